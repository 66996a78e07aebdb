"""Streams one formula to a file and prints how long it took and the most memory it needed.

`python -m tests.benchmarks.stream SPEC names|numbers FILE`
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from tests.benchmarks.text import formula_of


def main(spec: str, parameters: str, path: str) -> None:
    formula = formula_of(spec, parameters)
    characters = 0
    start = time.perf_counter()
    with Path(path).open("w", encoding="ascii") as file:
        for piece in formula.write("text", ascii=True, max_nodes=None):
            file.write(piece)
            characters += len(piece)
    seconds = time.perf_counter() - start
    result = {
        "characters": characters,
        "megabytes": characters / 1e6,
        "seconds": seconds,
        "peak": peak_megabytes(),
    }
    print(json.dumps(result))


def peak_megabytes() -> float:
    """The most memory this process had resident.

    Linux hands a new process its parent's `ru_maxrss`, so `VmHWM` is read where there is one.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(r for r in status.read_text().splitlines() if r.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    main(*sys.argv[1:])
