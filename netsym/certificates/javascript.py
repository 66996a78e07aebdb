"""JavaScript, run by node as a module."""

from __future__ import annotations

from pathlib import Path

from netsym.certificates.engine import Code, Engine, Rows, exchanged

_DRIVER = """\
import {{readFileSync, writeFileSync}} from 'node:fs';
const [f] = Object.values(await import('./network.mjs'));
const rows = new Float64Array(new Uint8Array(readFileSync('rows.bin')).buffer);
const count = {count}, width = {inputs};
const values = [];
for (let n = 0; n < count; n++) values.push(f(...rows.subarray(n*width, (n + 1)*width)));
writeFileSync('values.bin', Buffer.from(Float64Array.from(values.flat()).buffer));
"""


def _run(code: Code, rows: Rows, folder: Path) -> Rows:
    driver = _DRIVER.format(count=len(rows.values), inputs=rows.values.shape[1])
    (folder / "network.mjs").write_text(code.text, encoding="utf-8")
    (folder / "driver.mjs").write_text(driver, encoding="utf-8")
    return exchanged(["node", "driver.mjs"], rows, len(code.form.outputs), folder)


NODE = Engine("node", _run, "apt-get install nodejs", programs=("node",))
