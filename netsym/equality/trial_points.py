"""Trial points: where both sides are looked at, if their numbers are others than they were."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.equality.agreement import Draw, Place
from netsym.equality.assumptions import Assumptions
from netsym.equality.points import sample as sampled
from netsym.equality.samples import Lines, Numbers, Sample, outputs
from netsym.graph.functions import FUNCTIONS
from netsym.ops import Ops
from netsym.ops.arrays import filled
from netsym.ops.numeric import Floats, Numeric

_KNOWN, _OTHERS = 200, 24  # points with the names as where both differ, and as elsewhere
_FRESH, _BESIDE = 60, 16  # new points, and some beside kinks, at which irrational numbers are tried


@dataclass(frozen=True, eq=False)
class TrialPoints:
    """Points for two sides of so many inputs, which are `apart` at a place as they are written.

    They were looked at where `given` says.
    """

    lines: Lines
    width: int
    given: Sequence[Draw]
    apart: Place
    assumed: Assumptions

    @cached_property
    def kinked(self) -> bool:
        """Whether a side has kinks."""
        return any(line.has_kinks for line in self.lines)

    def usual(self, count: int) -> Sample:
        """Points at which units are alive, at kinks, and where both differ; and so many others."""
        return self._known.joined(self._anew(count, 11))

    def fresh(self, again: int, numbers: Numbers) -> Sample:
        """Other points, among them such as are beside kinks if the numbers are these."""
        found = self.usual(0).joined(self._anew(_FRESH, 99 + again))
        if not (self.kinked and self.width):
            return found
        values = self.apart.parameters
        return found.joined(
            self._met(_beside_kinks(self.lines, self.width, values, numbers), values)
        )

    @cached_property
    def _known(self) -> Sample:
        values = self.apart.parameters
        there = np.array([list(self.apart.inputs.values())]).reshape(1, self.width)
        same = [each.x for each in self.given if each.values == values]
        x = np.concatenate([there, _alive(self.lines, self.width, values), *same])[:_KNOWN]
        others = [each for each in self.given if each.values != values]
        return self._met(x, values).joined(
            *(self._met(each.x[:_OTHERS], each.values) for each in others)
        )

    def _anew(self, count: int, seed: int) -> Sample:
        """Points with short coordinates; names have all values, or such as are assumed of them."""
        width, names = self.width, [*self.apart.parameters]
        if not self.assumed:
            x = _grid(width + len(names), count, seed)
            return Sample(x[:, :width], {n: x[:, width + k] for k, n in enumerate(names)})
        values = [self.apart.parameters, *(each.values for each in self.given)]
        parts = np.array_split(_grid(width, count, seed), len(values))
        made = [self._met(x, known) for x, known in zip(parts, values, strict=True)]
        return made[0].joined(*made[1:])

    def _met(self, x: npt.NDArray[Any], values: Mapping[str, float | Fraction]) -> Sample:
        """The points at which all that is assumed holds."""
        return Sample.of(x[self.assumed.hold(x, values)] if self.assumed else x, values)


def _grid(width: int, count: int, seed: int) -> npt.NDArray[np.object_]:
    """Points with short coordinates of several magnitudes."""
    source = random.Random(seed)
    scales = (2, 8, 64, 1)
    return filled(
        (
            Fraction(source.randint(-4096, 4096), 4096) * scales[row % len(scales)]
            for row in range(count)
            for _ in range(width)
        ),
        (count, width),
    )


def _beside_kinks(
    lines: Lines, width: int, values: Mapping[str, float | Fraction], numbers: Numbers
) -> Floats:
    """Points on and beside the kinks of both sides with these numbers."""
    sides = [
        line.with_numbers(width, [float(each) for each in known])
        for line, known in zip(lines, numbers, strict=True)
    ]

    def both(ops: Ops[Any], x: Any) -> None:
        for read in sides:
            read(ops, x)

    names = {name: float(value) for name, value in values.items()}
    x = sampled(both, width, 0, _BESIDE, names)
    finite: Floats = x[np.isfinite(x).all(axis=1)]
    return finite


class _Arguments(Numeric):
    """Keeps how far the argument of every function is from where it bends."""

    def __init__(self, values: Any) -> None:
        super().__init__(values)
        self.seen: list[Floats] = []

    def call(self, function: str, *operands: Floats) -> Floats:
        if len(operands) == 2 and FUNCTIONS[function].arity == -1:
            self.seen.append(np.abs(operands[0] - operands[1]))
        elif operands:
            self.seen.append(np.abs(operands[0] - (1 if function in ("log", "sqrt") else 0)))
        return super().call(function, *operands)


def _alive(
    lines: Lines, width: int, values: Mapping[str, float | Fraction], each: int = 6
) -> Floats:
    """Points at which the arguments of functions are moderate, so that every unit is alive."""
    source, count = np.random.default_rng(3), 4000
    x = source.normal(size=(count, width)) * 4.0 ** source.integers(0, 6, size=(count, 1))
    x += source.normal(size=(count, width)) * 30 * (source.random((count, 1)) < 0.5)
    x = np.round(x * 64) / 64
    names = {name: np.full(count, value, dtype=object) for name, value in values.items()}
    sample = Sample(x.astype(object), names)
    chosen: dict[int, None] = {}
    for line in lines:
        ops = _Arguments({})
        with np.errstate(all="ignore"):
            outputs(line, ops, sample, [float(number.value) for number in line.numbers])
        for seen in ops.seen:
            if np.shape(seen)[:1] != (count,):
                continue  # of constants alone
            distance = np.where(np.isfinite(seen), seen, np.inf).reshape(count, -1)[:, 0]
            chosen.update(dict.fromkeys(np.argsort(distance)[:each].tolist()))
            chosen.update(dict.fromkeys(np.flatnonzero(distance < 3)[:each].tolist()))
    picked: Floats = x[list(chosen)]
    return picked
