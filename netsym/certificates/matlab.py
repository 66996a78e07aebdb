"""MATLAB, run by Octave, which takes the same text."""

from __future__ import annotations

from pathlib import Path

from netsym.certificates.engine import Code, Engine, Rows, exchanged
from netsym.writers.code.matlab import Matlab

_DRIVER = """\
run_{title} = @{title};
rows = fopen("rows.bin"); values = fopen("values.bin", "w");
found = run_{title}(reshape(fread(rows, Inf, "double"), {inputs}, {count})');
fwrite(values, found', "double");
fclose(values);
"""


def _run(code: Code, rows: Rows, folder: Path) -> Rows:
    program = Matlab(code.form)
    count, inputs = rows.values.shape
    title, outputs = program.title(), len(program.outputs)
    (folder / f"{title}.m").write_text(code.text, encoding="utf-8")
    driver = _DRIVER.format(title=title, inputs=inputs, count=count)
    words = ["octave-cli", "--quiet", "--no-init-file", "--eval", driver]
    return exchanged(words, rows, outputs, folder)


OCTAVE = Engine("Octave", _run, "apt-get install octave", programs=("octave-cli",))
