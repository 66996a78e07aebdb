"""Identity by finite fields: how long a proof takes, and what is proved of what is true."""

from __future__ import annotations

import random
from fractions import Fraction

from netsym import Network, parse
from netsym.equality.identity import Read, identity
from netsym.equality.laws import laws
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation, Scale
from netsym.ops.reading import read_formula
from tests.benchmarks.measure import (
    Bar,
    Call,
    DisagreementError,
    Line,
    Rival,
    at_most,
    ended_after,
    faster,
    race,
    row,
)
from tests.benchmarks.networks import WIDE, fresh, numeric
from tests.equality.near_misses import all_pairs
from tests.equality.rewrites import entries_of, pair, permuted
from tests.peak import value_and_peak

_TIMEOUT = 40  # seconds of process time that sympy gets
_REWRITES = 5_000


@row("identity: 1-2-1 sigmoid and its tanh form")
def small() -> list[Line]:
    network, other = parse("1-2-1:sigmoid"), _by_tanh()
    code = """
from tests import rivals
from tests.benchmarks.measure import call
print(call(rivals.sympy.sigmoid_is_tanh).seconds())
"""
    sympys = ended_after(_TIMEOUT, "sympy simplify", code, faster(100))
    return _proof(network, other.read, 0.1, sympys)


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
    found, peak = value_and_peak(laws)
    words, bar = f"(of {len(found)} true ones)", Bar(34, ">= 34")
    return [Line(len(found.proved), words, unit="laws", bar=bar, memory=peak)]


@row("identity: true rewrites not proved")
def rewrites() -> list[Line]:
    missed, peak = value_and_peak(_missed)
    allowed = _REWRITES / 200
    words, bar = f"(of {_REWRITES:,}), allowed", Bar(1, f"<= {allowed:g} (0.5 %)")
    return [Line(missed, words, allowed, unit="missed", bar=bar, memory=peak)]


def _missed() -> int:
    source, missed = random.Random(2), 0
    for number in range(_REWRITES):
        one, other, inputs, outputs, _ = pair(source)
        found = identity(one, other, inputs, outputs, str(number))
        missed += found is None or not found.convinces
    return missed


@row("identity: different pairs called identical")
def pairs() -> list[Line]:
    found, peak = value_and_peak(all_pairs)
    if found.wrong or found.different < 100_000:
        raise DisagreementError(f"of {found.different:,} called identical: {found.wrong[:3]}")
    return [Line(0.0, f"(of {found.different:,} pairs)", unit="wrong", memory=peak)]


def _tall(network: Network) -> list[Line]:
    formula = network.shared
    return _proof(network, lambda ops, x: read_formula(formula, ops, x), 3.0)


def _proof(network: Network, other: Read, most: float, *others: Rival) -> list[Line]:
    """The time of a proof, against the most that it may take."""

    def prove(network: Network) -> None:
        size, count = network.parameter_count, len(network.output_names)
        found = identity(network.read, other, network.input_names, count, "seed", size)
        if found is None or not found.convinces:
            raise DisagreementError("what is equal was not proved")

    return race(Call(lambda: fresh(network), prove), [at_most(most), *others], least=3, most=9)


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
