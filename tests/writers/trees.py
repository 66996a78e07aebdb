"""Random formulas as plain trees, and what they are worth: the oracle of the writers' tests.

A tree is a name, a float, a Fraction or (operation, *trees). Values are exact rationals, so that a
lost parenthesis cannot hide behind a rounding; `exp` and the like are rational stand-ins.
"""

from __future__ import annotations

import io
import math
import tokenize
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

import netsym.writers  # noqa: F401  (fills the table of writers)
from netsym.forms.form import bind
from netsym.formula import Formula
from netsym.graph.graph import Graph
from netsym.graph.names import Names, literal
from tests.effort import random_examples

Tree = Any

#: For `@given`: a machine that is busy with other things is no failure.
PATIENT = random_examples(80)

NAMES = ("x", "w", "b")
POINTS = (
    {"x": Fraction(3, 7), "w": Fraction(-5, 3), "b": Fraction(11, 13)},
    {"x": Fraction(-2), "w": Fraction(7, 2), "b": Fraction(-1, 9)},
)
#: What functions mean here; any different rational functions would do.
MEANINGS: Mapping[str, Callable[..., Fraction]] = {
    "exp": lambda z: 2 * z + 5,
    "tanh": lambda z: 3 - z,
    "sigmoid": lambda z: 1 / (z * z + 1),
    "abs": abs,
    "max": max,
    "min": min,
}


def built(tree: Tree) -> Formula:
    """The tree in a graph, node by node, by nothing but `Graph`."""
    graph = Graph()
    symbols = graph.symbols(literal(*NAMES))

    def node(tree: Tree) -> int:
        if isinstance(tree, str):
            return int(symbols[NAMES.index(tree)])
        if isinstance(tree, Fraction):
            return graph.fraction(tree)
        if isinstance(tree, float):
            return int(graph.constants(tree))
        operands = np.array([[node(part) for part in tree[1:]]], dtype=np.int32)
        return int(graph.rows(tree[0], operands)[0])

    return Formula(graph, symbols, bind(Names("y"), np.array([node(tree)], dtype=np.int32)))


def worth(tree: Tree, point: Mapping[str, Fraction]) -> Fraction:
    """The exact value of a tree; ZeroDivisionError where it has none."""
    if isinstance(tree, str):
        return point[tree]
    if isinstance(tree, (float, Fraction)):
        return Fraction(tree)
    values = [worth(part, point) for part in tree[1:]]
    match tree[0]:
        case "add":
            return sum(values, Fraction(0))
        case "multiply":
            return math.prod(values, start=Fraction(1))
        case "divide":
            return values[0] / values[1]
        case "negate":
            return -values[0]
        case "power":
            return values[0] ** int(values[1])
        case function:
            return MEANINGS[function](*values)


def read_by_python(text: str, point: Mapping[str, Fraction]) -> Fraction:
    """What Python's own parser makes of a text, with every number in it taken exactly."""
    tokens = []
    for kind, word, *_ in tokenize.generate_tokens(io.StringIO(text).readline):
        tokens.append((kind, word) if kind != tokenize.NUMBER else (tokenize.NAME, f"Q('{word}') "))
    exact = tokenize.untokenize(tokens)

    def number(word: str) -> Fraction:
        return Fraction(int(word)) if word.isdecimal() else Fraction(float(word))

    return eval(exact, {"Q": number, **MEANINGS, **point})


NUMBERS: tuple[float | Fraction, ...] = (
    0.0, -0.0, 1.0, -1.0, 2.0, -3.0, 0.5, -0.25, 1e-05, -1e-05, 1e16, -1e16, 1e-300, 2.5e20,
    123456789.0, 0.1, -0.1, Fraction(1, 3), Fraction(-2, 7), Fraction(10**30), Fraction(-(10**30)),
)  # fmt: skip
EXPONENTS = (-2.0, -1.0, 0.0, 1.0, 2.0, 3.0)


def _larger(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    def several(op: str, least: int, most: int) -> st.SearchStrategy[Tree]:
        return st.lists(inner, min_size=least, max_size=most).map(lambda parts: (op, *parts))

    return st.one_of(
        several("add", 2, 4),
        several("multiply", 2, 3),
        several("divide", 2, 2),
        several("negate", 1, 1),
        st.tuples(st.just("power"), inner, st.sampled_from(EXPONENTS)),
        several("max", 2, 3),
        *(several(name, 1, 1) for name in ("exp", "tanh", "sigmoid", "abs")),
    )


LEAVES = st.sampled_from(NAMES) | st.sampled_from(NUMBERS)
TREES = st.recursive(LEAVES, _larger, max_leaves=12)
