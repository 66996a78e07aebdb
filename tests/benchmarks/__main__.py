"""`python -m tests.benchmarks`: runs the rows and prints a table, or the data with `--json`.

`python -m tests.benchmarks growth` says how jobs grow with size instead.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import platform
import sys
import time
from importlib import metadata
from typing import Any

from tests.benchmarks import (
    build,
    code,
    collapse,
    diagnosis,
    evaluate,
    felt,
    gradient,
    growth,
    identity,
    importing,
    judging,
    large,
    pages,
    pieces,
    process,
    recognition,
    sizes,
    sql,
    text,
)
from tests.benchmarks.measure import Line, Row, rows_of

THEMES = (
    build,
    sizes,
    large,
    importing,
    text,
    felt,
    evaluate,
    code,
    sql,
    gradient,
    identity,
    judging,
    diagnosis,
    collapse,
    pieces,
    recognition,
    pages,
    process,
)

PACKAGES = (
    "numpy",
    "sympy",
    "casadi",
    "symengine",
    "onnxruntime",
    "duckdb",
    "m2cgen",
    "orbital",
    "click",
)
COLUMNS = "{:<43} {:>10} {:>8}  {:<27} {:>10} {:>8} {:>7}  {:<13} {}"
HEADER = COLUMNS.format("row", "netsym", "memory", "rival", "rival", "memory", "ratio", "bar", "")
#: How large a unit with a prefix is, the largest first.
PREFIXES = {
    "s": {"": 1.0, "m": 1e-3, "µ": 1e-6},
    "B": {"G": 1e9, "M": 1e6},
}


def main() -> None:
    arguments = _arguments()
    if arguments.what == "growth":
        growth.main(arguments.k)
        return
    rows = [row for theme in THEMES for row in rows_of(theme)]
    chosen = [row for row in rows if arguments.k.lower() in row.title.lower()]
    if arguments.json:
        lines = [{"row": row.title, **data(line)} for row in chosen for line in lines_of(row)]
        print(json.dumps({"schema": 1, "machine": machine(), "rows": lines}, indent=2))
        return
    print(", ".join(f"{key} {value}" for key, value in machine().items()))
    print(HEADER, "-" * len(HEADER), sep="\n")
    for row in chosen:
        for line in lines_of(row):
            print(table_row(row.title, line), flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("what", nargs="?", choices=["rows", "growth"], default="rows")
    parser.add_argument("--json", action="store_true", help="print the data instead of a table")
    parser.add_argument("-k", metavar="WORD", default="", help="only rows whose title has WORD")
    return parser.parse_args()


def lines_of(row: Row) -> list[Line]:
    """What a row measured; a row that cannot run says why, and the others go on."""
    started = time.perf_counter()
    try:
        lines = row.run()
    except ImportError as error:
        lines = [Line(problem=f"{error}; pip install 'netsym[bench]'")]
    except Exception as error:
        lines = [Line(problem=f"{type(error).__name__}: {error}"[:300])]
    if not sys.stdout.isatty():
        seconds = time.perf_counter() - started
        print(f"{seconds:5.1f} s  {row.title}", file=sys.stderr, flush=True)
    return lines


def table_row(title: str, line: Line) -> str:
    """A line of the table."""
    if line.problem:
        return f"{title:<44} {line.problem}"
    ratio = "" if line.ratio is None else f"{line.ratio:.3g}"
    ours, theirs = shown(line.ours, line.unit), shown(line.theirs, line.unit)
    memory, rivals = (megabytes(size) for size in (line.memory, line.rival_memory))
    bar = line.bar.words if line.bar else ""
    columns = (title, ours, memory, line.rival, theirs, rivals, ratio, bar, verdict(line))
    return COLUMNS.format(*columns).rstrip()


def shown(value: float | None, unit: str) -> str:
    """A measurement with three digits, seconds and bytes with the prefix that fits."""
    if value is None:
        return ""
    for prefix, size in PREFIXES[unit].items() if unit in PREFIXES and value else ():
        if value >= size:
            return f"{value / size:.3g} {prefix}{unit}"
    return f"{value:.3g} {unit}"


def megabytes(size: int | None) -> str:
    """Bytes with three digits; what is small may have been taken from what another freed."""
    return "< 1 MB" if size is not None and size < 1e6 else shown(size, "B")


def verdict(line: Line) -> str:
    """Whether the bar is met; empty where there is none."""
    return "" if line.met is None else ("met" if line.met else "missed")


def data(line: Line) -> dict[str, Any]:
    """The line as JSON has it."""
    bar = dataclasses.asdict(line.bar) if line.bar else None
    fields = {field.name: getattr(line, field.name) for field in dataclasses.fields(line)}
    return fields | {"ratio": line.ratio, "bar": bar, "met": line.met}


def machine() -> dict[str, str]:
    """What the numbers were measured on."""
    versions = {}
    for package in PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            versions[package] = "absent"
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    cores = {"cores": str(os.cpu_count()), "load": load}
    return {"python": platform.python_version(), "system": platform.platform(terse=True)} | (
        cores | versions
    )


if __name__ == "__main__":
    main()
