"""True equations made at random: small formulas and networks, and the same ones written otherwise.

Every rewrite is a law of real numbers, so whatever is made of them is equal, with exact numbers.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from netsym.equality.identity import Read
from netsym.graph.names import Names, literal
from netsym.layers.dense import Dense
from netsym.network.network import Network
from netsym.ops.reading import read_formula
from tests.typed import parse_formula

VARIABLES = literal("x", "y")
_LEAVES = ("x", "y", "a", "b", "x", "y", "2", "0.1", "1/3")
_POSITIVE = ("2", "3", "(1/7)", "0.3")
Tree = tuple[Any, ...]
Pair = tuple[Read, Read, Names, int, str]


def text_pair(source: random.Random) -> tuple[str, str]:
    """A formula, and the same one rewritten."""
    while True:
        tree = _tree(source, source.randint(1, 3), calls=2)
        one, other = written(tree), written(_rewritten(tree, source))
        if one != other:
            return one, other


def pair(source: random.Random) -> Pair:
    """What `identity` takes, and what it is about: two formulas, or every fifth time networks."""
    if source.random() < 0.2:
        return _networks(source)
    one, other = text_pair(source)
    return reading(one), reading(other), VARIABLES, 1, f"{one} = {other}"


def reading(text: str, inputs: Names = VARIABLES) -> Read:
    """A typed formula as `identity` takes it."""
    formula = parse_formula(text, inputs=inputs).formula
    return lambda ops, x: read_formula(formula, ops, x)


# -- formulas -------------------------------------------------------------------------------------
def _tree(source: random.Random, height: int, calls: int) -> Tree:
    if height == 0:
        return ("leaf", source.choice(_LEAVES))
    kind = source.choice(["+", "*", "-", "call", "call", "max", "softmax"])
    if kind in ("+", "*", "-", "max") or not calls:
        kind = kind if kind in ("+", "*", "-") or (kind == "max" and calls) else "+"
        below = calls - (kind == "max")
        return (kind, _tree(source, height - 1, below), _tree(source, height - 1, below))
    if kind == "softmax":
        return (kind, _tree(source, height - 1, 0), _tree(source, height - 1, 0))
    return (source.choice(list(_CALLS)), _tree(source, height - 1, calls - 1))


def written(tree: Tree) -> str:
    """A tree as people type it."""
    kind, *parts = tree
    if kind == "leaf":
        return str(parts[0])
    inner = [written(part) for part in parts]
    if kind in ("+", "*", "-"):
        return f"({inner[0]} {kind} {inner[1]})"
    if kind == "/":
        return f"({inner[0]}/{inner[1]})"
    if kind == "negate":
        return f"(-{inner[0]})"
    if kind == "softmax":
        e, f = inner
        return f"(exp({e})/(exp({e}) + exp({f})))"
    return f"{kind}({', '.join(inner)})"


def _number(value: str) -> Tree:
    return ("leaf", value)


_ONE, _TWO = _number("1"), _number("2")


def _negated(z: Tree) -> Tree:
    return ("negate", z)


def _twice(z: Tree) -> Tree:
    return ("*", _TWO, z)


def _scaled(kind: str, z: Tree, source: random.Random) -> Tree:
    factor = _number(source.choice(_POSITIVE))
    return ("/", (kind, ("*", factor, z)), factor)


_CALLS: dict[str, tuple[Callable[[Tree, random.Random], Tree], ...]] = {
    "sigmoid": (
        lambda z, s: ("/", ("+", _ONE, ("tanh", ("/", z, _TWO))), _TWO),
        lambda z, s: ("-", _ONE, ("sigmoid", _negated(z))),
        lambda z, s: ("/", ("exp", z), ("+", _ONE, ("exp", z))),
        lambda z, s: ("/", _ONE, ("+", _ONE, ("exp", _negated(z)))),
    ),
    "tanh": (
        lambda z, s: ("-", ("*", _TWO, ("sigmoid", _twice(z))), _ONE),
        lambda z, s: _negated(("tanh", _negated(z))),
        lambda z, s: ("/", ("sinh", z), ("cosh", z)),
        lambda z, s: ("/", ("-", ("exp", _twice(z)), _ONE), ("+", ("exp", _twice(z)), _ONE)),
    ),
    "softplus": (
        lambda z, s: ("log", ("+", _ONE, ("exp", z))),
        lambda z, s: ("+", z, ("softplus", _negated(z))),
    ),
    "silu": (lambda z, s: ("*", z, ("sigmoid", z)),),
    "relu": (
        lambda z, s: ("+", z, ("relu", _negated(z))),
        lambda z, s: ("max", _number("0"), z),
        lambda z, s: ("/", ("+", z, ("abs", z)), _TWO),
        lambda z, s: _scaled("relu", z, s),
    ),
    "abs": (
        lambda z, s: ("max", _negated(z), z),
        lambda z, s: ("abs", _negated(z)),
        lambda z, s: _scaled("abs", z, s),
    ),
    "exp": (
        lambda z, s: ("/", _ONE, ("exp", _negated(z))),
        lambda z, s: ("*", ("exp", ("/", z, _TWO)), ("exp", ("/", z, _TWO))),
        lambda z, s: ("*", ("exp", ("+", z, _ONE)), ("exp", _number("-1"))),
    ),
    "erf": (lambda z, s: _negated(("erf", _negated(z))),),
    "cos": (lambda z, s: ("cos", _negated(z)),),
    "gelu": (lambda z, s: ("+", z, ("gelu", _negated(z))),),
}


def _rewritten(tree: Tree, source: random.Random) -> Tree:
    """The tree with laws applied at random, from the leaves up."""
    kind, *parts = tree
    if kind == "leaf":
        return tree
    inner = [_rewritten(part, source) for part in parts]
    tree = (kind, *inner)
    if source.random() < 0.3:
        return tree
    if kind in _CALLS:
        return source.choice(_CALLS[kind])(inner[0], source)
    return source.choice(_BINARY[kind])(*inner)


def _distributed(a: Tree, b: Tree) -> Tree:
    if b[0] in ("+", "-"):
        return (b[0], ("*", a, b[1]), ("*", a, b[2]))
    return ("*", b, a)


def _associated(kind: str) -> Callable[[Tree, Tree], Tree]:
    def associated(a: Tree, b: Tree) -> Tree:
        return (kind, (kind, a, b[1]), b[2]) if b[0] == kind else (kind, b, a)

    return associated


def _swapped(kind: str) -> Callable[[Tree, Tree], Tree]:
    return lambda a, b: (kind, b, a)


def _shifted(a: Tree, b: Tree) -> Tree:
    return ("softmax", ("+", a, _ONE), ("+", b, _ONE))


_BINARY: dict[str, tuple[Callable[[Tree, Tree], Tree], ...]] = {
    "+": (_swapped("+"), _associated("+"), lambda a, b: ("-", a, _negated(b))),
    "*": (_swapped("*"), _associated("*"), _distributed),
    "-": (lambda a, b: ("+", a, _negated(b)), lambda a, b: _negated(("-", b, a))),
    "max": (
        _swapped("max"),
        lambda a, b: ("+", b, ("relu", ("-", a, b))),
        lambda a, b: _negated(("min", _negated(a), _negated(b))),
    ),
    "softmax": (lambda a, b: ("sigmoid", ("-", a, b)), _shifted),
}


# -- networks -------------------------------------------------------------------------------------
def _networks(source: random.Random) -> Pair:
    """A network of one hidden layer, and one with its units in another order, rescaled or by tanh;
    or its own formula with functions expanded.
    """
    inputs, units, outputs = (source.randint(1, 3) for _ in range(3))
    activation = source.choice(["relu", "sigmoid", "tanh", "leaky_relu", "softplus", "gelu"])
    first = [[_fraction(source) for _ in range(inputs)] for _ in range(units)]
    bias = [_fraction(source) for _ in range(units)]
    last = [[_fraction(source) for _ in range(units)] for _ in range(outputs)]
    ends = [_fraction(source) for _ in range(outputs)]
    one = _network(inputs, activation, first, bias, last, ends)
    what = f"{inputs}-{units}-{outputs} {activation}"
    if source.random() < 0.25:
        formula = one.formula(source.choice(["layered", "shared", "inlined"]), expand=True)
        read: Read = lambda ops, x: read_formula(formula, ops, x)  # noqa: E731
        return one.read, read, one.input_names, outputs, f"{what} expanded"
    order = source.sample(range(units), units)
    first, bias = [first[i] for i in order], [bias[i] for i in order]
    last = [[row[i] for i in order] for row in last]
    if activation in ("relu", "leaky_relu"):
        by = [abs(_fraction(source)) for _ in range(units)]
        first = [[w * k for w in row] for row, k in zip(first, by, strict=True)]
        bias = [b * k for b, k in zip(bias, by, strict=True)]
        last = [[w / k for w, k in zip(row, by, strict=True)] for row in last]
    elif activation == "sigmoid":  # (1 + tanh(z/2))/2
        activation = "tanh"
        first, bias = [[w / 2 for w in row] for row in first], [b / 2 for b in bias]
        ends = [b + sum(row) / 2 for b, row in zip(ends, last, strict=True)]
        last = [[w / 2 for w in row] for row in last]
    elif activation == "tanh":  # odd
        first, bias = [[-w for w in row] for row in first], [-b for b in bias]
        last = [[-w for w in row] for row in last]
    other = _network(inputs, activation, first, bias, last, ends)
    return one.read, other.read, one.input_names, outputs, f"{what} with other units"


def _network(inputs: int, activation: str, *numbers: Any) -> Network:
    first, bias, last, ends = numbers
    return Network.of(
        "small", inputs,
        [("one", Dense(units=len(first), activation=activation), ["input"],
          {"weights": first, "bias": bias}),
         ("two", Dense(units=len(last)), ["one"], {"weights": last, "bias": ends})],
    )  # fmt: skip


def _fraction(source: random.Random) -> Fraction:
    return Fraction(source.choice([-1, 1]) * source.randint(1, 40), source.choice([1, 2, 3, 7, 16]))


def permuted(network: Network, seed: int) -> Network:
    """The same function, its hidden units in another order."""
    rng, layers, order = np.random.default_rng(seed), [], None
    for number, placed in enumerate(network.layers):
        weights, bias = (entries_of(placed.parameters[key]) for key in ("weights", "bias"))
        if order is not None:
            weights = weights[:, order]
        if number < len(network.layers) - 1:
            order = rng.permutation(len(weights))
            weights, bias = weights[order], bias[order]
        parameters = {
            "weights": dataclasses.replace(placed.parameters["weights"], stored=weights),
            "bias": dataclasses.replace(placed.parameters["bias"], stored=bias),
        }
        layers.append(dataclasses.replace(placed, parameters=parameters))
    return dataclasses.replace(network, layers=tuple(layers))


def entries_of(parameter: Any) -> Any:
    """The entries of a parameter as an array, names as they are spelled."""
    if parameter.entries is not None:
        return parameter.entries
    return np.array(parameter.names.all(), dtype=object).reshape(parameter.shape)
