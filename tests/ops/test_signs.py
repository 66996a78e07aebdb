"""Sets of signs are never too small, and what is called defined everywhere is."""

from __future__ import annotations

from functools import partial
from itertools import product

import numpy as np
import pytest
from hypothesis import given

import netsym
from netsym.equality import signs as sets
from netsym.graph.functions import FUNCTIONS
from netsym.ops.numeric import Numeric
from netsym.ops.signs import SignSets
from tests.effort import random_examples
from tests.networks import Case, cases
from tests.typed import parse_formula

BITS = {-1: 1, 0: 2, 1: 4}


def bits_of(signs: set[int] | frozenset[int]) -> int:
    return sum(BITS[sign] for sign in signs)


ALL = {bits_of(signs): signs for signs in map(frozenset, (
    {-1}, {0}, {1}, {-1, 0}, {0, 1}, {-1, 1}, {-1, 0, 1}
))}  # fmt: skip


def bits(*found: int) -> np.ndarray:
    return np.array(found, dtype=np.uint8)


def test_products_and_largest_are_those_of_sets() -> None:
    ops = SignSets()
    for (a, one), (b, other) in product(ALL.items(), repeat=2):
        assert ops.multiply(bits(a), bits(b)) == bits_of(sets.times(one, other))
        assert ops.call("max", bits(a), bits(b)) == bits_of({max(p) for p in product(one, other)})
        assert ops.call("min", bits(a), bits(b)) == bits_of({min(p) for p in product(one, other)})
        assert ops.negate(bits(a)) == bits_of(sets.flipped(one))
        assert ops.power(bits(a), 2) == bits_of({sign**2 for sign in one})


def test_sums_have_all_signs_of_sets_and_no_more_but_0() -> None:
    ops = SignSets()
    for (a, one), (b, other), (c, third) in product(ALL.items(), repeat=3):
        exact = bits_of(sets.plus(sets.plus(one, other), third))
        for found in (ops.add(bits(a), bits(b), bits(c)), ops.total(bits(a, b, c))):
            assert found | exact == found and found | 2 == exact | 2
        scaled = ops.products(bits(a, b)[None], bits(c, a)[None])
        exact = bits_of(sets.plus(sets.times(one, third), sets.times(other, one)))
        assert scaled | exact == scaled and scaled | 2 == exact | 2


@random_examples(100)
@given(cases(exact=False))
def test_values_have_signs_that_were_said(case: Case) -> None:
    signs = SignSets()
    sides = [case.network.read, partial(netsym.ops.reading.read_formula, case.network.shared)]
    chance = np.random.default_rng(0)
    x = np.concatenate(
        [chance.normal(size=(20, len(case.inputs))), np.zeros((1, len(case.inputs)))]
    )
    for read in sides:
        said = read(signs, signs.any(len(case.inputs)))
        with np.errstate(all="ignore"):
            values = np.atleast_2d(read(Numeric(case.values), x))
        found = np.select([values < 0, values == 0, values > 0], [1, 2, 4], 0)
        exact = np.abs(values) > 1e-200  # what float64 may make 0 has a sign
        assert not (found & ~said)[exact].any()
        if not signs.partial:
            assert not np.isnan(values[np.abs(x).max(axis=1) < 5]).any()


TOTAL = ["sqrt(x^2 + 1)", "log(1 + exp(x))", "1/(1 + x^4)", "x/max(1, abs(y))", "exp(x)^-2",
         "log(cosh(x))", "1/(exp(x) + exp(y))", "x^0", "tanh(x)/2", "sqrt(relu(x))",
         "1/(sigmoid(x) + relu(y))", "x/-exp(y)", "sqrt(1/softplus(x))",
         "1/min(-1, x)"]  # fmt: skip
PARTIAL = ["1/x", "log(x)", "sqrt(x)", "tan(x)", "x^-1", "1/(1 - abs(x))", "log(abs(x))",
           "1/tanh(x)", "(x - 3)/(x - 3)", "sqrt(x - x)", "1/relu(x)", "x^0.5", "x^y"]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "total"), [(t, True) for t in TOTAL] + [(t, False) for t in PARTIAL]
)
def test_where_functions_are_defined(text: str, total: bool) -> None:
    formula = parse_formula(f"f(x, y) = {text}").formula
    signs = SignSets()
    netsym.ops.reading.read_formula(formula, signs, signs.any(2))
    assert (not signs.partial) == total


def test_every_other_function_of_the_table_is_defined_everywhere() -> None:
    """So a row that is not must be among the domains."""
    x = np.array([-3.0, -2, -1, -0.1, 0, 0.1, 1, 2, 3])
    for name, row in FUNCTIONS.items():
        if row.vector or not row.arity:
            continue
        others = [np.full(len(x), number) for number in (0.5, 2.0)[: abs(row.arity) - 1]]
        with np.errstate(all="ignore"):
            values = row.numpy(x, *others)
        signs = SignSets()
        said = signs.call(name, signs.any(len(x))[0], *map(signs.numbers, others))
        found = np.select([values < 0, values == 0, values > 0], [1, 2, 4], 0)
        assert not (found & ~said).any(), name
        if not np.isfinite(values).all():
            assert signs.partial, name
    assert {"log", "sqrt", "tan"} == {
        name for name in FUNCTIONS
        for signs in [SignSets()]
        if FUNCTIONS[name].arity == 1 and (signs.call(name, signs.any(1)), signs.partial)[1]
    }  # fmt: skip
