"""C, compiled by gcc as C99 without any warning, and run."""

from __future__ import annotations

from pathlib import Path

from netsym.certificates.engine import Code, Engine, Rows, exchanged
from netsym.writers.code.c import C
from netsym.writers.code.compiler import PACKAGE, optimisation, ran

_STRICT = ("-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror")
_DRIVER = """\
#include <stdio.h>
#include "network.h"

static void run_{title}(const {kind} *in_{title}, {kind} *out_{title})
{{
    {call};
}}

int main(void)
{{
    FILE *rows = fopen("rows.bin", "rb"), *values = fopen("values.bin", "wb");
    double row[{inputs} + 1], value[{outputs}];
    {kind} given[{inputs} + 1], found[{outputs}];
    for (long n = 0; n < {count}; n++) {{
        if (fread(row, sizeof(double), {inputs}, rows) != {inputs}) return 1;
        for (int i = 0; i < {inputs}; i++) given[i] = ({kind})row[i];
        run_{title}(given, found);
        for (int i = 0; i < {outputs}; i++) value[i] = (double)found[i];
        if (fwrite(value, sizeof(double), {outputs}, values) != {outputs}) return 1;
    }}
    return fclose(values);
}}
"""


def _run(code: Code, rows: Rows, folder: Path) -> Rows:
    program = C(code.form, **code.options)
    inputs, _ = program.arguments
    title = program.title()
    taken = f"in_{title}, out_{title}" if inputs else f"out_{title}"
    driver = _DRIVER.format(
        inputs=len(inputs), outputs=len(program.outputs), kind=program.number_type,
        count=len(rows.values), title=title,
        call=f"{'' if inputs else f'(void)in_{title}; '}{title}({taken})",
    )  # fmt: skip
    (folder / "network.h").write_text(code.text, encoding="utf-8")
    (folder / "driver.c").write_text(driver, encoding="utf-8")
    ran(["gcc", *_STRICT, optimisation(code.text), "-o", "network", "driver.c", "-lm"], folder)
    return exchanged([str(folder / "network")], rows, len(program.outputs), folder)


GCC = Engine("gcc", _run, PACKAGE, programs=("gcc",))
