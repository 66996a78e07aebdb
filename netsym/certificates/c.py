"""C, compiled by gcc as C99 without any warning, and run.

What is very long is not optimised: gcc takes minutes for a function of a megabyte.
"""

from __future__ import annotations

from pathlib import Path

from netsym.certificates.engine import Code, Engine, Rows, exchanged, ran
from netsym.writers.code.c import C

_LONG = 300_000  # characters
_STRICT = ("-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror")
_DRIVER = """\
#include <stdio.h>
#include "network.h"

int main(void)
{{
    FILE *rows = fopen("rows.bin", "rb"), *values = fopen("values.bin", "wb");
    double row[{inputs} + 1], value[{outputs}];
    {kind} given[{inputs} + 1], found[{outputs}];
    for (long n = 0; n < {count}; n++) {{
        if (fread(row, sizeof(double), {inputs}, rows) != {inputs}) return 1;
        for (int i = 0; i < {inputs}; i++) given[i] = ({kind})row[i];
        {call};
        for (int i = 0; i < {outputs}; i++) value[i] = (double)found[i];
        if (fwrite(value, sizeof(double), {outputs}, values) != {outputs}) return 1;
    }}
    return fclose(values);
}}
"""


def _run(code: Code, rows: Rows, folder: Path) -> Rows:
    program = C(code.form, **code.options)
    inputs, _ = program.arguments
    taken = "given, found" if inputs else "found"
    driver = _DRIVER.format(
        inputs=len(inputs), outputs=len(program.outputs), kind=program.number_type,
        count=len(rows.values), call=f"{program.title()}({taken})",
    )  # fmt: skip
    (folder / "network.h").write_text(code.text, encoding="utf-8")
    (folder / "driver.c").write_text(driver, encoding="utf-8")
    optimised = "-O2" if len(code.text) < _LONG else "-O0"
    ran(["gcc", *_STRICT, optimised, "-o", "network", "driver.c", "-lm"], folder)
    return exchanged([str(folder / "network")], rows, len(program.outputs), folder)


GCC = Engine("gcc", _run, "apt-get install gcc libc6-dev", programs=("gcc",))
