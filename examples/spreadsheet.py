"""A network of iris flowers as a workbook of Excel, certified.

Run `python examples/spreadsheet.py`: it writes `iris.xlsx` into the folder given, or a new one,
with a row for each of some flowers, prints the formulas of the first row, and says how far they are
from the network where LibreOffice is there to compute them.
"""

import sys
import tempfile
from pathlib import Path

import netsym

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())
network = netsym.load(Path(__file__).with_name("iris.toml"))

flowers = [
    [5.1, 3.5, 1.4, 0.2],  # setosa
    [7.0, 3.2, 4.7, 1.4],  # versicolor
    [6.3, 3.3, 6.0, 2.5],  # virginica
]
book = folder / "iris.xlsx"
book.write_bytes(network.layered.workbook(flowers))
print(f"{book.name}: {book.stat().st_size:,} bytes, {len(flowers)} rows")
print()

# The same without a file: to paste behind the inputs in A1 to D1.
for formula in network.layered.code("excel", digits=3).split("\t"):
    print(formula)
print()

certificate = netsym.certify(network, "excel", flowers)
print(certificate.report(100))
assert certificate.verdict in ("certified", "not run")
