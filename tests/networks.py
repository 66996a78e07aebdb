"""Random networks for property tests, and a forward pass in mpmath that nobody's code shares.

`cases()` draws a network together with what it was built from; `reference` computes its outputs
to 40 digits straight from that, with a bound on what float64 may have lost on the way.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
from hypothesis import strategies as st

import netsym
from netsym.layers import Layer
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation, Dropout, Scale, Standardize
from netsym.layers.merge import Add, Concat

ACTIVATIONS = (
    "linear", "tanh", "sigmoid", "relu", "leaky_relu", "elu", "softplus", "silu", "gelu",
    "gelu_tanh", "hard_sigmoid", "softmax",
)  # fmt: skip
WITH_ALPHA = {"leaky_relu": 0.01, "elu": 1.0, "celu": 1.0}
LETTERS = {"weights": "w", "bias": "b", "mean": "m", "scale": "s"}

FLOATS = st.one_of(
    st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5, -2.0, 2.0, 1e-300, -1e-5, 0.1, 1 / 3]),
    st.floats(-2, 2, allow_subnormal=False, width=64),
)
NOT_ZERO = st.one_of(
    st.sampled_from([1.0, -1.0, 0.5, 2.0]), st.floats(0.25, 3.0), st.floats(-3.0, -0.25)
)
# Thirds and sevenths: no float64 equals them, so each is a number of its own.
FRACTIONS = st.builds(
    Fraction, st.integers(-20, 20).filter(lambda n: n % 3 and n % 7), st.sampled_from([3, 7, 21])
)

Wire = tuple[str, Layer, Sequence[str], Mapping[str, Any]]
Entry = str | float | Fraction


@dataclass(frozen=True)
class Case:
    """A network, what it was built from, and numbers for all its names."""

    network: Any
    inputs: list[str]
    wires: list[Wire]
    values: dict[str, float]

    def __repr__(self) -> str:  # what Hypothesis shows of a failure
        return f"Case(inputs={self.inputs}, wires={self.wires}, values={self.values})"


def dense_network(
    inputs: int | list[str], *layers: tuple[Any, Any, str], **options: Any
) -> netsym.Network:
    """Dense layers one after another, each of (weights, biases or None, activation)."""
    wires: list[Wire] = []
    for n, (weights, biases, activation) in enumerate(layers, 1):
        use_bias = biases is not None
        layer = Dense(units=len(weights), activation=activation, use_bias=use_bias, **options)
        given = {"weights": weights} | ({"bias": biases} if use_bias else {})
        wires.append((f"layer{n}", layer, [f"layer{n - 1}" if n > 1 else "input"], given))
    return netsym.Network.of("made", inputs, wires)


def numeric(spec: str, seed: int = 0) -> netsym.Network:
    """The network of a shorthand with normally distributed numbers."""
    source, network = np.random.default_rng(seed), netsym.parse(spec)
    return network.with_parameters(
        {name: float(source.normal()) for name in network.parameter_names()}
    )


def numbers_for(network: Any, seed: int = 0) -> dict[str, float]:
    """A number for every named parameter, none of them near zero."""
    source = random.Random(seed)
    return {
        name: source.choice([-1, 1]) * source.uniform(0.25, 1.5)
        for name in network.parameter_names()
    }


def entries_of(number: int, wire: Wire, widths: Sequence[int]) -> dict[str, list[Any]]:
    """The parameters of layer `number` as nested lists, missing ones named as the README says."""
    _, layer, _, given = wire
    shapes: dict[str, tuple[int, ...]] = {}
    if isinstance(layer, Dense):
        shapes["weights"] = (layer.units, widths[0])
        if layer.use_bias:
            shapes["bias"] = (layer.units,)
    elif isinstance(layer, Scale):
        shapes["weights"] = (widths[0],)
        if layer.use_bias:
            shapes["bias"] = (widths[0],)
    elif isinstance(layer, Standardize):
        shapes |= {"mean": (widths[0],)} if layer.use_mean else {}
        shapes |= {"scale": (widths[0],)} if layer.use_scale else {}
    entries = {}
    for key, shape in shapes.items():
        start = f"{LETTERS[key]}{number}"
        if key in given:
            entries[key] = list(given[key])
        elif len(shape) == 1:
            entries[key] = [f"{start}_{i}" for i in range(1, shape[0] + 1)]
        else:
            rows, columns = shape
            entries[key] = [
                [f"{start}_{i}_{j}" for j in range(1, columns + 1)] for i in range(1, rows + 1)
            ]
    return entries


class _Drawn:
    """The parameters of one network as they are drawn: some own names serve several times."""

    def __init__(
        self, draw: Callable[[Any], Any], named: bool, exact: bool, redundant: bool
    ) -> None:
        self.draw = draw
        self.named = named
        self.exact = exact
        self.redundant = redundant
        self.names: list[str] = []

    def entry(self, numbers: st.SearchStrategy[float]) -> Entry:
        kinds = ["number", "number", "name"] if self.named else ["number"]
        kind = self.draw(st.sampled_from(kinds + (["fraction"] if self.exact else [])))
        if kind == "number":
            return float(self.draw(numbers))
        if kind == "fraction":
            return Fraction(self.draw(FRACTIONS))
        if self.names and self.draw(st.integers(0, 2)) == 0:  # a parameter that stands elsewhere
            return str(self.draw(st.sampled_from(self.names)))
        start = self.draw(st.sampled_from(["q", "t_", "rate_", "W"]))
        self.names.append(f"{start}{len(self.names) + 1}")
        return self.names[-1]

    def vector(self, length: int, numbers: st.SearchStrategy[float] = FLOATS) -> list[Entry]:
        if self.draw(st.booleans()):
            return [float(self.draw(numbers)) for _ in range(length)]
        return [self.entry(numbers) for _ in range(length)]

    def matrix(self, rows: int, columns: int) -> list[list[Entry]]:
        if rows > 1 and self.draw(st.integers(0, 3)) == 0:  # all rows the same
            row: list[Entry] = [float(self.draw(FLOATS)) for _ in range(columns)]
            return [row for _ in range(rows)]
        if self.redundant and self.draw(st.booleans()):
            return self.redundant_matrix(rows, columns)
        return [self.vector(columns) for _ in range(rows)]

    def redundant_matrix(self, rows: int, columns: int) -> list[list[Entry]]:
        """Identity, rows of zeros or the same as another, or columns of zeros."""
        kind = self.draw(st.sampled_from(["identity", "rows", "columns"]))
        if kind == "identity":
            return [[float(row == column) for column in range(columns)] for row in range(rows)]
        matrix = [self.vector(columns) for _ in range(rows)]
        if kind == "rows":
            row = self.vector(columns)
            first, second = (self.draw(st.integers(0, rows - 1)) for _ in range(2))
            matrix[first] = matrix[second] = row if first != second else [0.0] * columns
        else:
            gone = self.draw(st.integers(0, columns - 1))
            matrix = [[*row[:gone], 0.0, *row[gone + 1 :]] for row in matrix]
        return matrix

    def given(self, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for key, shape in shapes.items():
            if self.named and self.draw(st.integers(0, 2)) == 0:
                continue  # names by the notation
            if len(shape) == 2:
                given[key] = self.matrix(*shape)
            else:
                given[key] = self.vector(shape[0], NOT_ZERO if key == "scale" else FLOATS)
        return given


@st.composite
def cases(
    draw: Callable[[Any], Any],
    activations: Sequence[str] = ACTIVATIONS,
    most_layers: int = 5,
    most_units: int = 4,
    named: bool = True,
    exact: bool = True,
    redundant: bool = False,
) -> Case:
    """Networks of every kind of layer, wired as a graph; every third is a plain chain.

    `redundant` ones often have units that are constant, equal to others, or not used, and more
    layers of width that fits.
    """
    count = draw(st.integers(1, 3))
    inputs = draw(st.sampled_from([count, ["u", "v", "speed_2"][:count]]))
    drawn = _Drawn(draw, named, exact, redundant)
    widths = {"input": count}
    unread: list[str] = []
    wires: list[Wire] = []

    def place(layer: Layer, sources: list[str], given: dict[str, Any], width: int) -> None:
        name = f"layer{len(wires) + 1}" if draw(st.booleans()) else f"part {len(wires) + 1}"
        wires.append((name, layer, sources, given))
        widths[name] = width
        unread[:] = [*(other for other in unread if other not in sources), name]

    chain = draw(st.integers(0, 2)) == 0
    for _ in range(draw(st.integers(1, most_layers))):
        last = wires[-1][0] if wires else "input"
        source = last if chain else draw(st.sampled_from([last, last, *widths]))
        width = widths[source]
        kind = draw(
            st.sampled_from(
                ["dense"] * 5 + ["activation", "scale", "standardize", "dropout", "add", "concat"]
            )
        )
        function = draw(st.sampled_from(list(activations)))
        alpha = draw(st.sampled_from([None, 0.2, 1.5])) if function in WITH_ALPHA else None
        if kind == "add" or kind == "concat":
            fits = [n for n, w in widths.items() if kind == "concat" or w == width]
            other = draw(st.sampled_from(fits))
            total = width if kind == "add" else width + widths[other]
            if total <= 6:
                place(Add() if kind == "add" else Concat(), [source, other], {}, total)
            continue
        if kind == "dropout":
            place(Dropout(), [source], {}, width)
        elif kind == "activation":
            place(Activation(activation=function, alpha=alpha), [source], {}, width)
        elif kind == "scale":
            use = draw(st.booleans())
            shapes = {"weights": (width,)} | ({"bias": (width,)} if use else {})
            place(Scale(use_bias=use), [source], drawn.given(shapes), width)
        elif kind == "standardize":
            mean, scale = draw(st.booleans()), draw(st.booleans())
            shapes = ({"mean": (width,)} if mean else {}) | ({"scale": (width,)} if scale else {})
            layer = Standardize(use_mean=mean, use_scale=scale)
            place(layer, [source], drawn.given(shapes), width)
        else:
            skip, use = draw(st.integers(0, 4)) == 0, draw(st.integers(0, 4)) > 0
            units = width if skip else draw(st.integers(1, most_units))
            dense = Dense(units=units, activation=function, alpha=alpha, use_bias=use, skip=skip)
            matrices = {"weights": (units, width)} | ({"bias": (units,)} if use else {})
            place(dense, [source], drawn.given(matrices), units)
    if not wires:
        place(Dropout(), ["input"], {}, count)
    if len(unread) > 1:
        place(Concat(), list(unread), {}, sum(widths[name] for name in unread))
    outputs = widths[wires[-1][0]]
    names = [f"out_{n}" for n in range(outputs)] if draw(st.integers(0, 3)) == 0 else []
    network = netsym.Network.of("drawn", inputs, wires, names)
    given = ["x"] if inputs == 1 else [f"x_{n}" for n in range(1, count + 1)]
    seed = draw(st.integers(0, 5))
    return Case(
        network, inputs if isinstance(inputs, list) else given, wires, numbers_for(network, seed)
    )


def points_for(case: Case, seed: int = 0) -> list[list[float]]:
    """A few input points: zero, ones, and some at random."""
    source = random.Random(seed)
    width = len(case.inputs)
    at_random = [[round(source.uniform(-2, 2), 3) for _ in range(width)] for _ in range(2)]
    return [[0.0] * width, [1.0] * width, *at_random]


# -- the forward pass, in mpmath ---------------------------------------------------------------
_U = mpmath.mpf(2) ** -53
_TINY = mpmath.mpf(10) ** -290  # products with 1e-300 underflow


@dataclass(frozen=True)
class Value:
    """A value to 40 digits, and how far a float64 computation of it may be off."""

    value: Any
    error: Any


@dataclass(frozen=True)
class Reference:
    """The outputs, and the largest magnitude that any value on the way has."""

    outputs: list[Value]
    largest: float


def reference(case: Case, point: Sequence[float]) -> Reference:
    """The network's outputs at a point, by its definition.

    The error follows the textbook (Higham, Accuracy and Stability of Numerical Algorithms, ch. 3):
    a sum of n products is off by at most (n + 2)u Σ|w||x|, and a function adds a few u and passes
    its operand's error on, times its largest slope. Doubled, for functions off by an ulp or two.
    """
    with mpmath.workdps(40):
        values = {"input": [Value(mpmath.mpf(x), mpmath.mpf(0)) for x in point]}
        largest = mpmath.mpf(1)
        for number, wire in enumerate(case.wires, 1):
            name, layer, sources, _ = wire
            taken = [values[source] for source in sources]
            entries = entries_of(number, wire, [len(t) for t in taken])
            known = {key: _known(e, case.values) for key, e in entries.items()}
            made = _layer(layer, known, taken)
            values[name] = [Value(v.value, 2 * v.error + _TINY) for v in made[-1]]
            largest = max([largest, *(abs(v.value) for vs in made for v in vs)])
        return Reference(values[case.wires[-1][0]], float(largest))


def number(value: float | Fraction) -> Any:
    """Exactly, as mpmath has it."""
    if isinstance(value, Fraction):
        return mpmath.mpf(value.numerator) / value.denominator
    return mpmath.mpf(value)


def _known(entries: Any, values: Mapping[str, float]) -> Any:
    if isinstance(entries, list):
        return [_known(entry, values) for entry in entries]
    return number(values[entries] if isinstance(entries, str) else entries)


def _layer(layer: Layer, known: Mapping[str, Any], taken: list[list[Value]]) -> list[list[Value]]:
    """What a layer computes: the values before the activation, if any, and the outputs."""
    x = taken[0]
    if isinstance(layer, Dense):
        bias = known.get("bias", [mpmath.mpf(0)] * layer.units)
        z = [_affine(row, x, b) for row, b in zip(known["weights"], bias, strict=True)]
        a = activated(layer.activation, layer.alpha, z)
        return [z, [_plus(p, q) for p, q in zip(a, x, strict=True)] if layer.skip else a]
    if isinstance(layer, Activation):
        return [x, activated(layer.activation, layer.alpha, x)]
    if isinstance(layer, Scale):
        bias = known.get("bias", [mpmath.mpf(0)] * len(x))
        triples = zip(known["weights"], x, bias, strict=True)
        return [[_affine([w], [v], b) for w, v, b in triples]]
    if isinstance(layer, Standardize):
        mean = known.get("mean", [mpmath.mpf(0)] * len(x))
        scale = known.get("scale", [mpmath.mpf(1)] * len(x))
        return [[_standard(v, m, s) for v, m, s in zip(x, mean, scale, strict=True)]]
    if isinstance(layer, Add):
        total = taken[0]
        for other in taken[1:]:
            total = [_plus(p, q) for p, q in zip(total, other, strict=True)]
        return [total]
    if isinstance(layer, Concat):
        return [[value for values in taken for value in values]]
    assert isinstance(layer, Dropout)
    return [x]


def _affine(weights: Sequence[Any], x: Sequence[Value], bias: Any) -> Value:
    pairs = list(zip(weights, x, strict=True))
    size = sum((abs(w * v.value) for w, v in pairs), abs(bias))
    error = sum(abs(w) * v.error for w, v in pairs) + (len(pairs) + 3) * _U * size
    return Value(mpmath.fsum([w * v.value for w, v in pairs]) + bias, error)


def _standard(x: Value, mean: Any, scale: Any) -> Value:
    error = x.error + 4 * _U * (abs(x.value) + abs(mean))
    return Value((x.value - mean) / scale, error / abs(scale))


def _plus(one: Value, other: Value) -> Value:
    size = abs(one.value) + abs(other.value)
    return Value(one.value + other.value, one.error + other.error + 2 * _U * size)


def activated(name: str, alpha: float | None, z: Sequence[Value]) -> list[Value]:
    """An activation by its definition in the literature, with its error."""
    if name == "linear":
        return list(z)
    if name == "softmax":
        powers = [mpmath.exp(v.value) for v in z]
        worst = max(v.error for v in z)
        size = max(abs(v.value) for v in z)
        return [
            Value(p / mpmath.fsum(powers), 2 * worst + (4 * size + 4 * len(z) + 8) * _U)
            for p in powers
        ]
    a = number(WITH_ALPHA.get(name, 1.0) if alpha is None else alpha)
    slope = max(mpmath.mpf("1.2"), abs(a))
    return [
        Value(_scalar(name, v.value, a), slope * v.error + 12 * _U * slope * (1 + abs(v.value)))
        for v in z
    ]


def _scalar(name: str, z: Any, alpha: Any) -> Any:
    return TEXTBOOK[name](z, alpha) if name in WITH_ALPHA else TEXTBOOK[name](z)


def _cut(z: Any, low: int, high: int) -> Any:
    return min(max(z, mpmath.mpf(low)), mpmath.mpf(high))


_SELU = (mpmath.mpf("1.0507009873554804934"), mpmath.mpf("1.6732632423543772848"))

#: Activations as textbooks and papers write them, in mpmath.
TEXTBOOK: dict[str, Callable[..., Any]] = {
    "linear": lambda z: z,
    "exp": mpmath.exp,
    "sin": mpmath.sin,
    "tanh": mpmath.tanh,
    "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)),
    "relu": lambda z: max(z, mpmath.mpf(0)),
    "leaky_relu": lambda z, alpha: z if z > 0 else alpha * z,
    "elu": lambda z, alpha: z if z > 0 else alpha * mpmath.expm1(z),
    "selu": lambda z: _SELU[0] * (z if z > 0 else _SELU[1] * mpmath.expm1(z)),
    "celu": lambda z, alpha: z if z > 0 else alpha * mpmath.expm1(z / alpha),
    "softplus": lambda z: mpmath.log1p(mpmath.exp(z)),
    "silu": lambda z: z / (1 + mpmath.exp(-z)),
    "mish": lambda z: z * mpmath.tanh(mpmath.log1p(mpmath.exp(z))),
    "gelu": lambda z: z * mpmath.ncdf(z),
    "gelu_tanh": lambda z: z / 2 * (1 + mpmath.tanh(
        mpmath.sqrt(2 / mpmath.pi) * (z + mpmath.mpf(0.044715) * z**3))),
    "hard_sigmoid": lambda z: _cut(z / 6 + mpmath.mpf("0.5"), 0, 1),
    "hard_swish": lambda z: z * _cut(z + 3, 0, 6) / 6,
    "hard_tanh": lambda z: _cut(z, -1, 1),
    "relu6": lambda z: _cut(z, 0, 6),
    "satlin": lambda z: _cut(z, 0, 1),
    "gaussian": lambda z: mpmath.exp(-(z**2)),
    "softsign": lambda z: z / (1 + abs(z)),
    "step": lambda z: mpmath.mpf(int(z >= 0)),
}  # fmt: skip
