"""Balls against mpmath: they contain the exact value, and they are small."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import flint
import mpmath
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import netsym
from netsym import ValueMissingError
from netsym.graph.functions import FUNCTIONS
from netsym.graph.names import Names
from netsym.ops.parameters import Parameter
from netsym.ops.proved.balls import (
    Balls,
    decimal,
    disjoint,
    midpoint,
    overlap,
    power,
    precision,
    radius,
    side_by_side,
)
from netsym.ops.reading import read_formula
from tests.effort import random_examples
from tests.networks import Case, activated, cases, number, points_for, reference
from tests.networks import Value as Reference
from tests.ops.test_readings import IDS, ROWS, VALUES

BITS = 256


@pytest.fixture(autouse=True)
def at_precision() -> Any:
    with precision(BITS):
        yield


def reading(**options: Any) -> Balls:
    return Balls({}, BITS, **options)


def exactly(value: Any) -> Any:
    """mpmath's number as a ball without radius."""
    sign, man, exp, _ = value._mpf_
    return flint.arb((-int(man) if sign else int(man), int(exp)))


def contains(ball: Any, value: Any, off: float = 1e-85) -> bool:
    """Whether a ball contains what mpmath found, `off` being what mpmath may have lost."""
    middle = exactly(value)
    return bool(ball.overlaps(middle + flint.arb(0, off) * (abs(middle) + flint.arb(1e-30))))


# -- one operation ------------------------------------------------------------------------------
@pytest.mark.parametrize(("what", "read", "values", "nodes", "heights"), ROWS, ids=IDS)
def test_operations_by_hand(
    what: str, read: Callable[[Any], Any], values: list[float], nodes: Any, heights: Any
) -> None:
    found = np.asarray(read(Balls(VALUES, BITS)), dtype=object).reshape(-1)
    assert [midpoint(ball) for ball in found] == pytest.approx(values, rel=1e-15)
    assert all(radius(ball) < 1e-70 for ball in found)


ARGUMENTS = [-30.0, -3.7, -1.0, -1e-3, 0.0, 1e-9, 0.1, 0.5, 1.0, 2.5, 20.0]
PLAIN: dict[str, Callable[[Any], Any]] = {
    name: getattr(mpmath, name)
    for name in ("exp", "log", "sqrt", "sin", "cos", "tan", "atan", "sinh", "cosh", "erf", "tanh")
} | {"abs": abs}


@pytest.mark.parametrize("function", PLAIN)
def test_functions(function: str) -> None:
    known = [x for x in ARGUMENTS if x > 0 or function not in ("log", "sqrt")]
    found = reading().call(function, reading().points([known]))[0]
    with mpmath.workdps(100):
        for x, ball in zip(known, found, strict=True):
            wanted = PLAIN[function](mpmath.mpf(x))
            assert contains(ball, wanted)
            assert ball.rad() <= 1e-50 * abs(exactly(wanted))


def test_pi_max_and_min() -> None:
    ops = reading()
    with mpmath.workdps(100):
        assert contains(ops.call("pi").item(), +mpmath.pi)
    three = [ops.constant(v) for v in (0.5, -2.0, 7.25)]
    assert float(ops.call("max", *three).item()) == 7.25
    assert float(ops.call("min", *three).item()) == -2.0


ACTIVATIONS = [name for name, row in FUNCTIONS.items() if row.activation]


@pytest.mark.parametrize("function", ACTIVATIONS)
def test_activations(function: str) -> None:
    row = FUNCTIONS[function]
    constants = [] if row.alpha is None else [row.alpha]
    x = reading().points([ARGUMENTS])
    found = reading().apply(function, x, *constants)[0]
    with mpmath.workdps(100):
        z = [Reference(mpmath.mpf(v), mpmath.mpf(0)) for v in ARGUMENTS]
        for wanted, ball in zip(activated(function, row.alpha, z), found, strict=True):
            assert contains(ball, wanted.value)
            # gelu of -30 is 1 - 1 to 200 digits: there it is the absolute error that is small
            scale = 1 if function.startswith("gelu") else abs(exactly(wanted.value))
            assert ball.rad() <= 1e-50 * scale


def test_every_function_of_the_table_is_known() -> None:
    for name, row in FUNCTIONS.items():
        if not row.vector:
            count = {-1: 3}.get(row.arity, row.arity)
            reading().call(name, *[reading().constant(0.5)] * count)
    with pytest.raises(KeyError):
        reading().call("nonsense", reading().constant(1))


@pytest.mark.parametrize("base", [-1.5, 0.5, 3.0])
@pytest.mark.parametrize("exponent", [-3, -1, 0, 1, 2, 7, 1001])
def test_powers(base: float, exponent: int) -> None:
    ball = power(flint.arb(base), exponent)
    with mpmath.workdps(100):
        assert contains(ball, mpmath.mpf(base) ** exponent)
    wide = power(flint.arb(base, 4.0), exponent)  # contains 0: flint's own power would be nan
    assert not wide.is_finite() if exponent < 0 else wide.contains(ball.mid())


def test_a_quotient_by_a_ball_with_zero_is_not_finite() -> None:
    ops = reading()
    for below in (flint.arb(0), flint.arb(0, 1), flint.arb(1e300).exp()):
        quotient = ops.divide(ops.constant(1), np.asarray(below, dtype=object))
        assert not quotient.item().is_finite()
    assert ops.call("log", ops.constant(-1.0)).item().is_nan()
    assert ops.call("sqrt", ops.constant(-1.0)).item().is_nan()
    assert not ops.power(ops.constant(0), -1).item().is_finite()


# -- far out ------------------------------------------------------------------------------------
def test_huge_arguments() -> None:
    ops = reading()
    huge = ops.call("exp", ops.points([[1e6, -1e6, 1e300, -1e300]]))[0]
    assert [ball.is_finite() for ball in huge] == [True, True, False, True]
    with mpmath.workdps(100):
        assert contains(huge[0], mpmath.exp(mpmath.mpf(10) ** 6))
        assert contains(huge[1], mpmath.exp(-(mpmath.mpf(10) ** 6)))
    assert huge[0].rad() < 1e-60 * huge[0]
    assert huge[3].contains(0)


@pytest.mark.parametrize("function", ["sigmoid", "tanh", "silu", "softplus", "relu", "erf"])
def test_saturated_units(function: str) -> None:
    x = [-1e300, -1e15, -1e4, -500.0, 500.0, 1e4, 1e15, 1e300]
    found = reading().call(function, reading().points([x]))[0]
    assert all(ball.is_finite() for ball in found)
    identity = function in ("silu", "softplus", "relu")
    low, high = (0, None) if identity or function == "sigmoid" else (-1, 1)
    for value, ball in zip(x, found, strict=True):
        end = low if value < 0 else (value if identity else high or 1)
        assert abs(ball - flint.arb(end)) < flint.arb(1e-60) * max(1.0, abs(value))
    if function == "sigmoid":
        with mpmath.workdps(100):
            assert contains(found[2], mpmath.exp(-10000) / (1 + mpmath.exp(-10000)), 1e-70)
        assert found[2].rad() < 1e-60 * found[2]  # of its own size, not of 1


@pytest.mark.parametrize("function", ["sigmoid", "tanh", "erf"])
@pytest.mark.parametrize("wide", [(0, 100), (1000, 3), (-1000, 3), (0.5, 1)])
def test_wide_balls_stay_within_the_range(function: str, wide: tuple[float, float]) -> None:
    z = flint.arb(*wide)
    ball = reading().call(function, np.array([z], dtype=object))[0]
    low = 0 if function == "sigmoid" else -1
    assert ball > low - 1e-6
    assert ball < 1 + 1e-6
    with mpmath.workdps(100):
        for x in (wide[0] - wide[1], wide[0], wide[0] + wide[1]):
            x = mpmath.mpf(x)
            wanted = 1 / (1 + mpmath.exp(-x)) if low == 0 else getattr(mpmath, function)(x)
            assert contains(ball, wanted)


def test_what_is_unknown_stays_unknown() -> None:
    ops = reading()
    anything, nothing = flint.arb(1e300).exp(), flint.arb.nan()
    for function in ("sigmoid", "tanh", "erf"):
        known, unknown = ops.call(function, np.array([anything, nothing], dtype=object))
        assert abs(known) < 1.01
        assert unknown.is_nan()
    for function in ("softplus", "silu", "relu"):
        found = ops.call(function, np.array([anything, nothing], dtype=object))
        assert not any(ball.is_finite() for ball in found)


# -- sums of products ---------------------------------------------------------------------------
class InPieces(Balls):
    once = 7

    def terms_at_once(self, values: Any) -> int:
        return self.once


@pytest.mark.parametrize("once", [1, 7, 10, 23, 1000])
@pytest.mark.parametrize("leading", [(), (1,), (5,), (2, 3)])
def test_contract_in_pieces_of_any_size(leading: tuple[int, ...], once: int) -> None:
    source = np.random.default_rng(0)
    ops = InPieces({}, BITS)
    ops.once = once
    entries = source.integers(-50, 50, (4, 5)).astype(float)
    weights = ops.parameter(Parameter(Names("w", 1, (4, 5)), entries))
    bias = ops.points(np.arange(4.0))
    x = source.integers(-50, 50, (*leading, 5)).astype(float)
    for _ in range(2):  # the second time from what is kept of the weights
        found = ops.contract(weights, ops.points(x), bias)
        assert found.shape == (*leading, 4)
        assert found.astype(float).tolist() == (x @ entries.T + np.arange(4.0)).tolist()
    plain = ops.contract(ops.points(entries), ops.points(x), None)
    assert plain.astype(float).tolist() == (x @ entries.T).tolist()


def test_points_keep_their_shape() -> None:
    for shape in ((0, 3), (1, 0), (2, 3), (3,)):
        assert reading().points(np.zeros(shape)).shape == shape
    assert midpoint(reading().points([[2, Fraction(1, 2)]])[0, 1]) == 0.5


def test_parameters_are_numbers_names_and_fractions() -> None:
    ops = Balls({"p": Fraction(1, 7), "w1_2": 0.1}, BITS)
    mixed = np.array(["p", None, Fraction(1, 3), 0.5], dtype=object)
    found = ops.parameter(Parameter(Names("w", 1, (4,)), mixed))
    assert found[1].is_exact()
    assert found[1].contains(flint.arb(0.1))
    assert (7 * found[0]).contains(1)
    assert (3 * found[2]).contains(1)
    assert found[3] == flint.arb(0.5)
    with pytest.raises(ValueMissingError, match=r"^no value for w2_1"):
        ops.parameter(Parameter(Names("w", 2, (1,))))
    with pytest.raises(ValueMissingError, match=r"^no value for q"):
        ops.parameter(Parameter(Names("w", 1, (2,)), np.array(["q", 1.0], dtype=object)))


# -- whole networks -----------------------------------------------------------------------------
@random_examples(60)
@given(cases())
def test_networks_contain_the_reference(case: Case) -> None:
    """Also: the graph says the same as the layers, and float64 is off by rounding alone."""
    x = points_for(case)
    with precision(BITS):
        ops = Balls(case.values, BITS)
        found = case.network.read(ops, ops.points(x))
        graph = read_formula(case.network.inlined, ops, ops.points(x))
        floats = np.asarray(case.network(x, parameters=case.values)).reshape(found.shape)
        for point, balls, others, values in zip(x, found, graph, floats, strict=True):
            known = reference(case, point)
            off = 1e-30 * known.largest
            for ball, other, value, wanted in zip(
                balls, others, values.tolist(), known.outputs, strict=True
            ):
                assert ball.overlaps(exactly(wanted.value) + flint.arb(0, off))
                assert radius(ball) < 1e-50 * known.largest
                assert overlap(ball, other)
                assert abs(midpoint(ball) - value) <= 2 * float(wanted.error)


@st.composite
def perturbed(draw: Callable[[Any], Any]) -> tuple[Case, Any]:
    """A network of numbers, and the same with every number moved within a thousandth of it."""
    case = draw(cases(named=False, most_layers=3))
    shares = st.sampled_from([Fraction(-1), Fraction(1), Fraction(0), Fraction(2, 3)])

    def moved(entry: Any) -> Any:
        if isinstance(entry, list):
            return [moved(one) for one in entry]
        return Fraction(entry) + draw(shares) * off(entry)

    wires = [
        (name, layer, sources, {key: moved(entry) for key, entry in entries.items()})
        for name, layer, sources, entries in case.wires
    ]
    assume(all(abs(Fraction(e)) > 1e-200 or e == 0 for *_, p in case.wires for e in flat(p)))
    return case, netsym.Network.of("moved", len(case.inputs), wires)


def flat(entries: Any) -> list[Any]:
    if isinstance(entries, dict):
        return [e for one in entries.values() for e in flat(one)]
    return [e for one in entries for e in flat(one)] if isinstance(entries, list) else [entries]


def off(value: float | Fraction) -> Fraction:
    return abs(Fraction(value)) / 1000


@random_examples(60)
@given(perturbed())
def test_within_the_radius_of_the_constants(drawn: tuple[Case, Any]) -> None:
    case, moved = drawn
    x = points_for(case)
    with precision(BITS):
        wide = Balls({}, BITS, off)
        exact = Balls({}, BITS)
        balls = case.network.read(wide, wide.points(x)).reshape(-1)
        insides = moved.read(exact, exact.points(x)).reshape(-1)
        graph = read_formula(case.network.inlined, wide, wide.points(x)).reshape(-1)
        for ball, inside, other in zip(balls, insides, graph, strict=True):
            assert ball.overlaps(inside)
            assert other.overlaps(inside)


def test_radius_is_of_numbers_only() -> None:
    """Not of the inputs, of values of names, or of the constants that a function is made of."""
    ops = Balls({"p": 0.5}, BITS, lambda c: Fraction(1, 100))
    assert ops.symbols(Names("", None, (1,), ("p",)))[0].is_exact()
    assert ops.points([[0.5]])[0, 0].is_exact()
    assert float(ops.constant(0.5).item().rad()) == pytest.approx(0.01)
    gelu = ops.call("gelu", ops.points([[1.0]]))[0, 0]
    assert radius(gelu) < 1e-70
    once = Balls({}, BITS, lambda c: Fraction(0))
    assert once.constant(0.1).item().is_exact()


# -- coverage -----------------------------------------------------------------------------------
def test_coverage_by_hand() -> None:
    """Units x, 5 - x and 3: at -1 and 1 the first is seen on both sides, the others active."""
    network = netsym.Network.of(
        "by hand", 1,
        [("one", netsym.parse("1-3:relu").layers[0].layer, ["input"],
          {"weights": [[1.0], [-1.0], [0.0]], "bias": [0.0, 5.0, 3.0]})],
    )  # fmt: skip
    ops = reading()
    network.read(ops, ops.points([[-1.0], [1.0]]))
    (seen,) = ops.coverage
    assert (seen.layer, seen.function) == (1, "max")
    assert seen.above.tolist() == [True, False, False]  # max(0, z): 0 is above where z is negative
    assert seen.below.tolist() == [True, True, True]
    read_formula(network.inlined, ops, ops.points([[0.0]]))
    assert [c.layer for c in ops.coverage[1:]] == [0]  # a formula has no layers
    assert (ops.coverage[1].above.any(), ops.coverage[1].below.sum()) == (False, 2)  # 0 is neither


def test_coverage_of_other_functions() -> None:
    ops = reading()
    x = ops.points([[-1.0, 2.0], [3.0, 2.0]])
    ops.call("abs", x)
    assert ops.coverage.pop().above.tolist() == [True, True]
    for function, count in {"leaky_relu": 2, "elu": 2, "hard_sigmoid": 2, "relu": 1}.items():
        ops.apply(function, x, *([0.1] if count == 2 and function != "hard_sigmoid" else []))
        assert len(ops.coverage) == count, function
        ops.coverage.clear()
    ops.call("max", x, ops.constant(0), ops.constant(1))
    assert len(ops.coverage) == 2
    ops.coverage.clear()
    ops.call("max", x[0], ops.constant(0))  # no points axis: it has no other side to be seen on
    ops.apply("sigmoid", x)
    assert ops.coverage == []
    wide = Balls({}, BITS, lambda c: Fraction(1))
    wide.apply("relu", x)
    wide.apply("leaky_relu", x, 0.5)
    assert len(wide.coverage) == 3


def test_what_is_not_certain_is_not_covered() -> None:
    ops = reading()
    ops.call("max", np.array([[flint.arb(0, 1), flint.arb.nan()]], dtype=object), ops.constant(0))
    assert not ops.coverage[0].above.any()
    assert not ops.coverage[0].below.any()


# -- precision and reports ----------------------------------------------------------------------
def test_precision_is_restored() -> None:
    before = flint.ctx.prec
    with pytest.raises(ZeroDivisionError), precision(77):
        assert flint.ctx.prec == 77
        raise ZeroDivisionError
    assert flint.ctx.prec == before
    with pytest.raises(RuntimeError, match=r"run this reading within precision\(64\)"):
        Balls({}, 64).constant(1)


def test_disjoint_and_overlap() -> None:
    one, other, wide = flint.arb(1), flint.arb(1) + flint.arb(2) ** -200, flint.arb(1, 0.5)
    assert disjoint(one, other)
    assert not overlap(one, other)
    assert overlap(one, wide)
    assert not disjoint(one, wide)
    for unknown in (flint.arb.nan(), flint.arb(1e300).exp(), flint.arb.pos_inf()):
        assert not disjoint(one, unknown)
        assert not overlap(one, unknown)
        assert math.isnan(midpoint(unknown))
        assert radius(unknown) == math.inf


@pytest.mark.parametrize(
    ("ball", "text"),
    [
        (lambda: flint.arb(0.5), "0.5"),
        (lambda: flint.arb(-3), "-3"),
        (lambda: flint.arb(0), "0"),
        (lambda: flint.arb(100), "100"),
        (lambda: flint.arb(1e300), "1.0000000000000000525e+300"),
        (lambda: flint.arb(0.5, 0.25), "0.5 ± 0.25"),
        (lambda: flint.arb.nan(), "nan"),
        (lambda: flint.arb(1e300).exp(), "unbounded"),
    ],
)
def test_decimal(ball: Callable[[], Any], text: str) -> None:
    assert decimal(ball()) == text


def test_side_by_side_shows_the_difference() -> None:
    third = flint.arb(1) / 3
    for exponent in (-5, -100, -230):
        one, other = side_by_side(third, third + flint.arb(2) ** exponent)
        assert one != other
        assert one.split(" ± ")[0] != other.split(" ± ")[0]
    assert side_by_side(third, third) == (decimal(third), decimal(third))
    assert side_by_side(flint.arb(0), flint.arb(1)) == ("0", "1")
    with precision(53):  # the reading is over
        assert len(set(side_by_side(third, third + third.rad() * 8))) == 2


def test_number_agrees_with_mpmath() -> None:
    with mpmath.workdps(100):
        assert contains(reading().number(Fraction(1, 3)), number(Fraction(1, 3)))
        assert contains(reading().number(0.1), number(0.1))
