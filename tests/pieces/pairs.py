"""Networks that are equal by construction, and networks that differ at a known point."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise

import numpy as np
from flint import fmpq

from netsym.equality.sides import aligned, subject
from netsym.ops.proved.rationals import Rationals, fractions
from netsym.ops.straight_line import Instruction, Number, StraightLine
from netsym.pieces import BUDGET
from netsym.pieces.everywhere import Everywhere, everywhere

#: Weights and bias of each layer; all but the last are relu.
Layers = list[tuple[list[list[Fraction]], list[Fraction]]]


def drawn(widths: list[int], source: random.Random) -> Layers:
    """A network with short decimals as weights."""

    def number() -> Fraction:
        return Fraction(source.randint(-30, 30), 10)

    return [
        (
            [[number() for _ in range(inputs)] for _ in range(units)],
            [number() for _ in range(units)],
        )
        for inputs, units in pairwise(widths)
    ]


def twin(layers: Layers, source: random.Random) -> Layers:
    """The same function: units permuted and scaled, one of each layer split in two, one dead."""
    made = [([list(row) for row in weights], list(bias)) for weights, bias in layers]
    for place in range(len(made) - 1):
        (weights, bias), (following, after) = made[place], made[place + 1]
        order = source.sample(range(len(bias)), len(bias))
        scales = [Fraction(source.choice([1, 2, 3, 5]), source.choice([1, 2, 4])) for _ in order]
        weights = [[w * s for w in weights[n]] for n, s in zip(order, scales, strict=True)]
        bias = [bias[n] * s for n, s in zip(order, scales, strict=True)]
        following = [[row[n] / s for n, s in zip(order, scales, strict=True)] for row in following]
        part = Fraction(source.randint(-5, 5), 3)
        weights.append(list(weights[0]))
        bias.append(bias[0])
        for row in following:
            row.append(row[0] * part)
            row[0] -= row[-1]
        if place:  # what is before is never negative
            weights.append([Fraction(-source.randint(0, 3)) for _ in weights[0]])
            bias.append(Fraction(-source.randint(0, 2)))
            for row in following:
                row.append(Fraction(source.randint(-9, 9)))
        made[place], made[place + 1] = (weights, bias), (following, after)
    return made


def bumped(layers: Layers, at: list[Fraction], radius: Fraction) -> Layers:
    """Another function around a point alone: a unit with a small bump is added before the last.

    The first layer gets |x - at| as units, the layers between hand it on.
    """
    made = [([list(row) for row in weights], list(bias)) for weights, bias in layers]
    assert len(made) == 3
    (first, ends), (second, middle), (last, _) = made
    units = len(first)
    for place, x in enumerate(at):
        for sign in (1, -1):
            first.append([Fraction(sign * (place == n)) for n in range(len(at))])
            ends.append(-sign * x)
    for row in second:
        row.extend([Fraction(0)] * (2 * len(at)))
    second.append([Fraction(0)] * units + [Fraction(-1)] * (2 * len(at)))
    middle.append(radius)
    for row in last:
        row.append(Fraction(1))
    return made


def value(layers: Layers, point: list[Fraction]) -> list[Fraction]:
    """The network at a point, by hand."""
    values = point
    for place, (weights, bias) in enumerate(layers):
        values = [
            sum((w * v for w, v in zip(row, values, strict=True)), b)
            for row, b in zip(weights, bias, strict=True)
        ]
        if place < len(layers) - 1:
            values = [max(v, Fraction(0)) for v in values]
    return values


def program(layers: Layers) -> StraightLine:
    """The network as a straight-line program."""
    made = StraightLine()

    def put(op: str, operands: tuple[int, ...] = (), which: int = 0) -> int:
        made.instructions.append(Instruction(op, operands, which))
        return len(made.instructions) - 1

    def number(value: Fraction) -> int:
        made.numbers.append(Number(value, value, False))
        return put("number", which=len(made.numbers) - 1)

    values = [put("input", which=n) for n in range(len(layers[0][0][0]))]
    for place, (weights, bias) in enumerate(layers):
        sums = []
        for row, b in zip(weights, bias, strict=True):
            terms = [put("multiply", (number(w), v)) for w, v in zip(row, values, strict=True)]
            sums.append(put("add", (*terms, number(b))))
        hidden = place < len(layers) - 1
        values = [put("relu", (each,)) for each in sums] if hidden else sums
    made.ends.extend(values)
    return made


def judged(one: Layers, other: Layers, budget: int = BUDGET) -> Everywhere | None:
    """Two networks, everywhere."""
    sides = [program(each) for each in (one, other)]
    mine, theirs = ([number.value for number in side.numbers] for side in sides)
    return everywhere(*sides, len(one[0][0][0]), (mine, theirs), budget)


def compared(one: str, other: str, budget: int = BUDGET) -> Everywhere | None:
    """Two formulas, everywhere; numbers are the decimals that are typed."""
    first = subject(one)
    second = aligned(first, subject(other, first))
    sides = [first.straight_line, second.straight_line]
    mine, theirs = ([number.value for number in side.numbers] for side in sides)
    return everywhere(*sides, len(first.inputs), (mine, theirs), budget)


def at_witness(one: str, other: str, found: Everywhere) -> list[list[Fraction]]:
    """The values of two formulas at a witness, as the reading of exact fractions has them."""
    assert found.witness is not None
    first = subject(one)
    second = aligned(first, subject(other, first))
    x = np.array([found.witness], dtype=object).reshape(1, len(found.witness))
    values = []
    for side in (first, second):
        ops = Rationals(found.values)
        numbers = [
            np.array([fmpq(n.value.numerator, n.value.denominator)], dtype=object)
            for n in side.straight_line.numbers
        ]
        y = side.straight_line.read(ops, ops.points(x), len(first.inputs), numbers)
        values.append(fractions(np.broadcast_to(y, (1, len(side.outputs))))[0].tolist())
    return values
