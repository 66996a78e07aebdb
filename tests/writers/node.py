"""What JavaScript gives, run by node: many modules in one process."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.conftest import not_installed

# JSON has no NaN and no infinity: they go there and back as words.
_DRIVER = """
import {readFileSync} from 'node:fs';
const number = v => Number(v), say = v => Number.isFinite(v) ? v : `${v}`;
const results = [];
for (const [index, {points, parameters}] of JSON.parse(readFileSync(0)).entries()) {
  const [f] = Object.values(await import(`./module${index}.mjs`));
  results.push(points.map(p => [f(...p.map(number), parameters)].flat().map(say)));
}
console.log(JSON.stringify(results));
"""


@dataclass(frozen=True)
class Module:
    """The text of a module, and where its one function is called."""

    code: str
    points: Sequence[Sequence[float]]
    parameters: Mapping[str, float] = field(default_factory=dict)


def values(modules: Sequence[Module], folder: Path) -> list[NDArray[np.float64]]:
    """The outputs of every module, a row a point."""
    node = shutil.which("node")
    if node is None:
        not_installed("node", "nodejs")
    for number, module in enumerate(modules):
        (folder / f"module{number}.mjs").write_text(module.code, encoding="utf-8")
    (folder / "driver.mjs").write_text(_DRIVER, encoding="utf-8")
    calls = [
        {"points": [[_said(value) for value in point] for point in module.points],
         "parameters": dict(module.parameters)}
        for module in modules
    ]  # fmt: skip
    ran = subprocess.run(
        [node, "driver.mjs"], input=json.dumps(calls), cwd=folder, capture_output=True, text=True
    )
    assert not ran.returncode, ran.stderr
    return [np.array(rows, dtype=float) for rows in json.loads(ran.stdout)]


def _said(value: float) -> float | str:
    if math.isfinite(value):
        return float(value)
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
