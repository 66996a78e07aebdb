"""Exact fractions against Python's, on whole networks and one operation at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from typing import Any

import flint
import numpy as np
import pytest
from hypothesis import given

import netsym
from netsym.graph.names import Names
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation, Dropout, Scale, Standardize
from netsym.layers.merge import Add
from netsym.ops.arrays import filled
from netsym.ops.parameters import Parameter
from netsym.ops.proved.rationals import NotRational, Rationals
from netsym.ops.proved.scaled import Scaled, ScaledRationals
from netsym.ops.reading import read_formula
from tests.effort import random_examples
from tests.networks import Case, cases, entries_of, points_for
from tests.ops.test_readings import IDS, ROWS, VALUES

PIECEWISE = ("linear", "relu", "leaky_relu", "hard_sigmoid")


def fractions(values: Any) -> Any:
    """As Python has them, in the same nesting."""
    if isinstance(values, Scaled):
        pairs = zip(*values.pairs(), strict=True)
        return filled((Fraction(*pair) for pair in pairs), values.shape).tolist()
    if isinstance(values, np.ndarray):
        return fractions(values.tolist())
    if isinstance(values, list):
        return [fractions(value) for value in values]
    return Fraction(int(values.p), int(values.q))


# -- by hand ------------------------------------------------------------------------------------
def activated(name: str, alpha: float | None, z: Fraction) -> Fraction:
    if name == "relu":
        return max(z, Fraction(0))
    if name == "leaky_relu":
        return z if z > 0 else Fraction(0.01 if alpha is None else alpha) * z
    if name == "hard_sigmoid":
        return min(max(z / 6 + Fraction(1, 2), Fraction(0)), Fraction(1))
    return z


def known(entries: Any, values: Mapping[str, float]) -> Any:
    if isinstance(entries, list):
        return [known(entry, values) for entry in entries]
    return Fraction(values[entries] if isinstance(entries, str) else entries)


def by_hand(case: Case, point: list[float]) -> list[Fraction]:
    found = {"input": [Fraction(x) for x in point]}
    for count, wire in enumerate(case.wires, 1):
        name, layer, sources, _ = wire
        taken = [found[source] for source in sources]
        x = taken[0]
        entries = entries_of(count, wire, [len(t) for t in taken])
        given = {key: known(entry, case.values) for key, entry in entries.items()}
        if isinstance(layer, Dense):
            z = [sum(w * v for w, v in zip(row, x, strict=True)) for row in given["weights"]]
            z = [v + b for v, b in zip(z, given.get("bias", [0] * len(z)), strict=True)]
            a = [activated(layer.activation, layer.alpha, v) for v in z]
            found[name] = [p + q for p, q in zip(a, x, strict=True)] if layer.skip else a
        elif isinstance(layer, Activation):
            found[name] = [activated(layer.activation, layer.alpha, v) for v in x]
        elif isinstance(layer, Scale):
            bias = given.get("bias", [0] * len(x))
            found[name] = [w * v + b for w, v, b in zip(given["weights"], x, bias, strict=True)]
        elif isinstance(layer, Standardize):
            mean, scale = given.get("mean", [0] * len(x)), given.get("scale", [1] * len(x))
            found[name] = [(v - m) / s for v, m, s in zip(x, mean, scale, strict=True)]
        elif isinstance(layer, Add):
            found[name] = [sum(values) for values in zip(*taken, strict=True)]  # type: ignore[misc]
        else:
            found[name] = x if isinstance(layer, Dropout) else [v for vs in taken for v in vs]
    return found[case.wires[-1][0]]


@random_examples(60)
@given(cases(activations=PIECEWISE))
def test_networks_by_hand(case: Case) -> None:
    x = points_for(case)
    wanted = [by_hand(case, point) for point in x]
    for ops in (Rationals(case.values), ScaledRationals(case.values)):
        for read in (case.network.read, partial(read_formula, case.network.inlined)):
            y = read(ops, ops.points(x))
            known = isinstance(y, Scaled) and not y.below.ndim  # it has no points axis
            assert fractions(y) == (wanted[0] if known else wanted)


@pytest.mark.parametrize("reading", [Rationals, ScaledRationals])
@pytest.mark.parametrize(("what", "read", "values", "nodes", "heights"), ROWS, ids=IDS)
def test_operations_by_hand(
    what: str,
    read: Callable[[Any], Any],
    values: list[float],
    nodes: Any,
    heights: Any,
    reading: Callable[[Any], Any],
) -> None:
    ops = reading(VALUES)
    if what in ("call", "call without operands", "softmax") or what.startswith("apply"):
        with pytest.raises(NotRational, match="leaves the rational numbers"):
            read(ops)
        return
    found = np.array(fractions(read(ops)), dtype=object).reshape(-1)
    assert [float(value) for value in found] == pytest.approx(values, rel=1e-15)


# -- what has no exact result -------------------------------------------------------------------
def test_roots() -> None:
    ops = Rationals()
    root = ops.call("sqrt", ops.points([Fraction(4, 9)]))
    assert fractions(root) == [Fraction(2, 3)]
    for value in (2.0, -4.0):
        with pytest.raises(NotRational, match=f"square root of {int(value)} is not rational"):
            ops.call("sqrt", ops.points([value]))


def test_division_by_zero_names_the_point() -> None:
    ops = Rationals()
    one, x = ops.constant(1), ops.points([[1.0], [0.0]])
    for divide in (lambda: ops.divide(one, x), lambda: ops.power(x, -2)):
        with pytest.raises(NotRational, match=r"^a division by zero at point 2$"):
            divide()
    with pytest.raises(NotRational, match=r"^a division by zero$"):
        ops.divide(one, ops.constant(0))


def test_powers() -> None:
    ops = Rationals()
    x = ops.points([[0.5], [-3.0]])
    assert fractions(ops.power(x, -2)) == [[Fraction(4)], [Fraction(1, 9)]]
    assert fractions(ops.power(x, 1000))[0] == [Fraction(1, 2**1000)]
    for exponent in (1001, -1001, 10**9):
        with pytest.raises(NotRational, match=f"a power of {exponent} is too long"):
            ops.power(x, exponent)


def test_fractions_do_not_grow_without_end() -> None:
    ops = Rationals()
    x = ops.points([[1 / 3]])
    with pytest.raises(NotRational, match="more than 100,000 bits"):
        for _ in range(40):
            x = ops.multiply(x, x)
    with pytest.raises(NotRational, match=r"too long|more than"):
        for _ in range(40):
            x = ops.power(x, 1000)


def test_contract_with_many_points_and_long_fractions() -> None:
    source = np.random.default_rng(1)
    weights = np.empty((3, 40), dtype=object)
    weights[:] = [[Fraction(int(n), 997) for n in row] for row in source.integers(-9, 9, (3, 40))]
    x = source.normal(size=(50, 40))
    ops = Rationals()
    found = ops.contract(
        ops.parameter(Parameter(Names("w", 1, (3, 40)), weights)), ops.points(x), None
    )
    wanted = [
        [sum(w * Fraction(v) for w, v in zip(row, point, strict=True)) for row in weights]
        for point in x.tolist()
    ]
    assert fractions(found) == wanted


def test_coverage() -> None:
    network = netsym.parse("1-2-1:relu")
    numbers = dict.fromkeys(network.parameter_names(), 1.0) | {"w1_2_1": -1.0, "b1_2": -3.0}
    ops = Rationals(numbers)
    network.read(ops, ops.points([[-2.0], [0.5], [-1.0]]))
    hidden, end = ops.coverage
    assert (hidden.layer, end.layer) == (1, 2)
    assert hidden.above.tolist() == [True, True]  # 1 + x at -2; -x - 3 at all of them
    assert hidden.below.tolist() == [True, False]
    assert (end.above.tolist(), end.below.tolist()) == ([False], [True])


def test_numbers_are_exact() -> None:
    ops = Rationals({"p": Fraction(1, 3)})
    assert fractions(ops.points([0.1, Fraction(1, 7)])) == [Fraction(0.1), Fraction(1, 7)]
    assert fractions(ops.symbols(Names("", None, (1,), ("p",)))) == [Fraction(1, 3)]
    assert ops.constant(-2).item() == flint.fmpq(-2)
