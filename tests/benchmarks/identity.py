"""Identity by finite fields: how long a proof takes, and what is proved of what is true."""

from __future__ import annotations

import random
import subprocess
import sys
from fractions import Fraction

from netsym import Network, parse
from netsym.equality.identity import Read, identity
from netsym.equality.laws import laws
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation, Scale
from netsym.ops.reading import read_formula
from tests.benchmarks.measure import (
    Bar,
    DisagreementError,
    Line,
    Rival,
    faster,
    race,
    row,
    timed,
)
from tests.benchmarks.networks import WIDE, numeric
from tests.equality.near_misses import all_pairs
from tests.equality.rewrites import entries_of, pair, permuted

_TIMEOUT = 40  # seconds that sympy gets
_REWRITES = 5_000
_SYMPY = """
from sympy import exp, simplify, symbols, tanh
x = symbols("x", real=True)
def sigmoid(z): return 1/(1 + exp(-z))
w = symbols("w1:8", real=True)
one = sigmoid(w[4]*sigmoid(w[0]*x + w[1]) + w[5]*sigmoid(w[2]*x + w[3]) + w[6])
def half(z): return (1 + tanh(z/2))/2
other = half(w[4]*half(w[0]*x + w[1]) + w[5]*half(w[2]*x + w[3]) + w[6])
print(simplify(one - other) == 0)
"""


@row("identity: 1-2-1 sigmoid and its tanh form")
def small() -> list[Line]:
    network, other = parse("1-2-1:sigmoid"), _by_tanh()
    lines = _proof(network, other.read, 0.1)
    ours = lines[0].ours
    try:
        started = timed(lambda: subprocess.run([sys.executable, "-c", _SYMPY], timeout=_TIMEOUT))
        lines.append(Line(ours, "sympy simplify(a - b)", started(), bar=faster(100), rounds=1))
    except subprocess.TimeoutExpired:
        name = f"sympy simplify, > {_TIMEOUT} s"
        lines.append(Line(ours, name, float(_TIMEOUT), bar=faster(100), rounds=1))
    return lines


@row("identity: 10-32-32-1 tanh, permuted, names")
def deep_named() -> list[Line]:
    network = parse("10-32tanh-32tanh-1")
    return _proof(network, permuted(network, 3).read, 0.3)


@row("identity: 10-32-32-1 tanh, permuted, numbers")
def deep_numeric() -> list[Line]:
    network = numeric("10-32tanh-32tanh-1")
    return _proof(network, permuted(network, 3).read, 0.3)


@row("identity: 784-128-10 relu, permuted")
def wide() -> list[Line]:
    network = numeric(WIDE)
    return _proof(network, permuted(network, 3).read, 0.5)


@row("identity: three layers 512x512, permuted")
def square() -> list[Line]:
    network = numeric("512-512-512-512")
    return _proof(network, permuted(network, 3).read, 1.0)


@row("identity: 20 layers of 10, shared form, names")
def tall_named() -> list[Line]:
    return _tall(parse("10-20x10-1:tanh"))


@row("identity: 20 layers of 10, shared form, numbers")
def tall_numeric() -> list[Line]:
    return _tall(numeric("10-20x10-1:tanh"))


@row("identity: laws proved")
def proved() -> list[Line]:
    found = laws()
    return [
        Line(len(found.proved), f"(of {len(found)} true ones)", unit="laws", bar=Bar(34, ">= 34"))
    ]


@row("identity: true rewrites not proved")
def rewrites() -> list[Line]:
    source, missed = random.Random(2), 0
    for number in range(_REWRITES):
        one, other, inputs, outputs, _ = pair(source)
        found = identity(one, other, inputs, outputs, str(number))
        missed += found is None or not found.convinces
    allowed = _REWRITES / 200
    bar = Bar(1, f"<= {allowed:g} (0.5 %)")
    return [Line(missed, f"(of {_REWRITES:,}), allowed", allowed, unit="missed", bar=bar)]


@row("identity: different pairs called identical")
def pairs() -> list[Line]:
    found = all_pairs()
    if found.wrong or found.different < 100_000:
        raise DisagreementError(f"of {found.different:,} called identical: {found.wrong[:3]}")
    return [Line(0.0, f"(of {found.different:,} pairs)", unit="wrong")]


def _tall(network: Network) -> list[Line]:
    formula = network.shared
    return _proof(network, lambda ops, x: read_formula(formula, ops, x), 3.0)


def _proof(network: Network, other: Read, most: float) -> list[Line]:
    """The time of a proof, against the most that it may take."""

    def prove() -> None:
        size, count = network.parameter_count, len(network.output_names)
        found = identity(network.read, other, network.input_names, count, "seed", size)
        if found is None or not found.convinces:
            raise DisagreementError("what is equal was not proved")

    bar = Bar(1, f"<= {most:g} s")
    line = race(timed(prove), [Rival("what it may take", lambda: most, bar)], least=3, most=9)[0]
    return [line]


def _by_tanh() -> Network:
    """1-2-1 sigmoid by tanh, names halved: (1 + tanh(z/2))/2 is made by layers of exact numbers."""
    half, names = Fraction(1, 2), parse("1-2-1:sigmoid").layers
    layers = []
    last = "input"
    for number, placed in enumerate(names, 1):
        width = placed.width
        given = {key: entries_of(placed.parameters[key]).tolist() for key in ("weights", "bias")}
        for name, layer, parameters in (
            (f"z{number}", Dense(units=width), given),
            (f"h{number}", Scale(use_bias=False), {"weights": [half] * width}),
            (f"t{number}", Activation(activation="tanh"), {}),
            (f"s{number}", Scale(), {"weights": [half] * width, "bias": [half] * width}),
        ):
            layers.append((name, layer, [last], parameters))
            last = name
    return Network.of("by tanh", 1, layers)
