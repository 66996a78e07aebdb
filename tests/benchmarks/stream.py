"""The program that streams one formula to a file, a process of its own."""

from __future__ import annotations

import json
import time
from pathlib import Path

from tests.benchmarks.text import formula_of


def main(spec: str, parameters: str, path: str) -> None:
    """Print how many characters the file has, and the process time of writing it."""
    formula = formula_of(spec, parameters)
    characters = 0
    start = time.process_time()
    with Path(path).open("w", encoding="ascii") as file:
        for piece in formula.write("text", ascii=True, max_nodes=None):
            file.write(piece)
            characters += len(piece)
    print(json.dumps({"characters": characters, "seconds": time.process_time() - start}))
