"""R, run by Rscript."""

from __future__ import annotations

from pathlib import Path

from netsym.certificates.engine import Code, Engine, Rows, exchanged
from netsym.writers.code.r import R

_DRIVER = """
run_{title} <- {title}
rows <- matrix(readBin("rows.bin", "double", {count}*{inputs}), nrow={inputs})
columns <- lapply(seq_len({inputs}), function(n) rows[n, ])
found <- matrix(do.call(run_{title}, columns), ncol={outputs})
found <- found[rep_len(seq_len(nrow(found)), {count}), , drop=FALSE]
writeBin(as.vector(t(found)), "values.bin")
"""


def _run(code: Code, rows: Rows, folder: Path) -> Rows:
    program = R(code.form)
    count, inputs = rows.values.shape
    outputs = len(program.outputs)
    driver = _DRIVER.format(count=count, inputs=inputs, title=program.title(), outputs=outputs)
    (folder / "network.R").write_text(code.text + driver, encoding="utf-8")
    return exchanged(["Rscript", "--vanilla", "network.R"], rows, outputs, folder)


RSCRIPT = Engine("Rscript", _run, "apt-get install r-base-core", programs=("Rscript",))
