"""Samples: points at which both sides are computed, with numbers that may vary one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from netsym.ops import Ops
from netsym.ops.arrays import filled
from netsym.ops.numeric import Numeric
from netsym.ops.proved.balls import Ball, Balls
from netsym.ops.straight_line import StraightLine

A = TypeVar("A")

Lines = tuple[StraightLine, StraightLine]
#: The numbers of both sides, one for every use.
Exact = tuple[Sequence[Fraction], Sequence[Fraction]]
Numbers = tuple[Sequence[Fraction | Ball], Sequence[Fraction | Ball]]


@dataclass(frozen=True, slots=True)
class Sample:
    """Points (points, inputs) in exact fractions, and values (points,) of each of the names."""

    x: npt.NDArray[np.object_]
    names: Mapping[str, npt.NDArray[np.object_]]

    @classmethod
    def of(cls, x: npt.NDArray[Any], values: Mapping[str, float | Fraction]) -> Sample:
        """Points at which the names have the same values."""
        exact = filled(map(Fraction, x.reshape(-1).tolist()), x.shape)
        names = {n: filled([Fraction(value)] * len(x), (len(x),)) for n, value in values.items()}
        return cls(exact, names)

    def joined(self, *others: Sample) -> Sample:
        """With further points."""
        every = [self, *others]
        names = {n: np.concatenate([each.names[n] for each in every]) for n in self.names}
        return Sample(np.concatenate([each.x for each in every]), names)

    def at(self, places: Sequence[int]) -> Sample:
        """Some of the points."""
        return Sample(self.x[places], {n: values[places] for n, values in self.names.items()})


@dataclass(frozen=True, slots=True)
class Varied(Generic[A]):
    """A value, and what it is where one of the free numbers is a step further."""

    base: A
    by: Mapping[int, A]


class _Variants(Generic[A]):
    """Computes with values and their variants, of those numbers alone that a value depends on."""

    def __init__(self, ops: Ops[A]) -> None:
        self.ops = ops

    def constant(self, value: float | Fraction) -> Varied[A]:
        return Varied(self.ops.constant(value), {})

    def add(self, *terms: Varied[A]) -> Varied[A]:
        return self._each(self.ops.add, terms)

    def multiply(self, *factors: Varied[A]) -> Varied[A]:
        return self._each(self.ops.multiply, factors)

    def divide(self, numerator: Varied[A], denominator: Varied[A]) -> Varied[A]:
        return self._each(self.ops.divide, (numerator, denominator))

    def power(self, base: Varied[A], exponent: int) -> Varied[A]:
        return self._each(lambda value: self.ops.power(value, exponent), (base,))

    def negate(self, value: Varied[A]) -> Varied[A]:
        return self._each(self.ops.negate, (value,))

    def call(self, function: str, *operands: Varied[A]) -> Varied[A]:
        return self._each(lambda *each: self.ops.call(function, *each), operands)

    def _each(self, operation: Callable[..., A], operands: Sequence[Varied[A]]) -> Varied[A]:
        whose = dict.fromkeys(number for operand in operands for number in operand.by)
        return Varied(
            operation(*(operand.base for operand in operands)),
            {n: operation(*(each.by.get(n, each.base) for each in operands)) for n in whose},
        )


def outputs(
    line: StraightLine, ops: Balls | Numeric, sample: Sample, numbers: Sequence[Any]
) -> npt.NDArray[Any]:
    """The outputs of one side at all points, (points*outputs,), with an element for each number."""
    found = varied(line, ops, sample, numbers, {})
    return np.concatenate([each.base for each in found])


def varied(
    line: StraightLine,
    ops: Balls | Numeric,
    sample: Sample,
    numbers: Sequence[Any],
    steps: Mapping[int, tuple[int, Any]],
) -> list[Varied[Any]]:
    """The outputs with their variants; `steps` has for a number its own, and what it becomes."""

    def column(values: npt.NDArray[np.object_]) -> Any:
        return values.astype(np.float64) if isinstance(ops, Numeric) else ops.points(values)

    x = column(sample.x)
    inputs: list[Varied[Any]] = [Varied(x[:, place : place + 1], {}) for place in range(x.shape[1])]

    def element(value: Any) -> Any:
        return np.array([value], dtype=np.float64 if isinstance(ops, Numeric) else object)

    given = [
        Varied(element(value), {steps[n][0]: element(steps[n][1])} if n in steps else {})
        for n, value in enumerate(numbers)
    ]

    def named(name: str) -> Varied[Any]:
        return Varied(column(sample.names[name][:, None]), {})

    found = line.run(_Variants(ops), inputs, named, given)
    count = len(sample.x)
    return [
        Varied(_column(each.base, count), {n: _column(v, count) for n, v in each.by.items()})
        for each in found
    ]


def _column(value: Any, count: int) -> Any:
    return np.broadcast_to(value, (count, 1)).reshape(-1)
