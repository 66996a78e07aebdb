"""Python and NumPy, run by the Python that runs netsym, in a process of its own.

Where Python raises an error, as for exp(1000), there is no number.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from netsym.certificates.engine import Code, Engine, Rows, exchanged
from netsym.writers.code.numpy import NumPyCode
from netsym.writers.code.program import Program
from netsym.writers.code.python import PythonCode

_EACH = """\
run_{title} = {title}
import math
from array import array

rows, values = array("d"), array("d")
with open("rows.bin", "rb") as file:
    rows.frombytes(file.read())
for n in range({count}):
    try:
        found = run_{title}(*rows[n*{inputs} : (n + 1)*{inputs}])
    except ArithmeticError:
        found = (math.nan,) * {outputs}
    values.extend(found if isinstance(found, tuple) else (found,))
with open("values.bin", "wb") as file:
    values.tofile(file)
"""
_AT_ONCE = """\
run_{title} = {title}
rows = np.fromfile("rows.bin").reshape({count}, {inputs})
np.asarray(run_{title}(rows), dtype=float).tofile("values.bin")
"""


def _runs(kind: type[Program], driver: str) -> Callable[[Code, Rows, Path], Rows]:
    def run(code: Code, rows: Rows, folder: Path) -> Rows:
        count, inputs = rows.values.shape
        title, outputs = kind(code.form).title(), len(code.form.outputs)
        text = driver.format(count=count, inputs=inputs, outputs=outputs, title=title)
        (folder / "network.py").write_text(f"{code.text}\n\n{text}", encoding="utf-8")
        words = [sys.executable, "-I", "network.py"]
        return exchanged(words, rows, outputs, folder)

    return run


PYTHON = Engine("python", _runs(PythonCode, _EACH))
NUMPY = Engine("numpy", _runs(NumPyCode, _AT_ONCE))
