"""Verdicts: how long they take, and how many of them are wrong where the answer is known."""

from __future__ import annotations

import random
import statistics
import time
from dataclasses import dataclass, field
from fractions import Fraction

from netsym import compare, parse, simplify
from netsym.equality.ladder import judge
from netsym.equality.sides import aligned, subject
from netsym.equality.verdict import VERDICTS
from tests.benchmarks.measure import Bar, Call, DisagreementError, Line, at_most, faster, race, row
from tests.benchmarks.networks import WIDE, fresh, numeric
from tests.equality.sector_pairs import tried
from tests.equality.typed_pairs import pairs
from tests.peak import value_and_peak
from tests.pieces.pairs import bumped, drawn, judged, twin

_FORMULA = (
    "1/(1 + e^-(w2_1_1/(1 + e^-(w1_1_1 x + b1_1)) + w2_1_2/(1 + e^-(w1_2_1 x + b1_2)) + b2_1))"
)
_ROUNDS = 200  # of every kind of typed pair
_LAWS, _PIECES = 5_000, 5_000


@row("verdict: 1-2-1 against a typed formula")
def typed() -> list[Line]:
    ours = Call(lambda: parse("1-2-1:sigmoid"), lambda network: compare(network, _FORMULA).verdict)
    return race(ours, [at_most(0.06)])


@row("verdict: 784-128relu-10 and itself, names")
def wide_names() -> list[Line]:
    return race(Call(lambda: parse(WIDE), compare), [at_most(0.8)])


@row("verdict: 784-128relu-10 and itself, numbers")
def wide_numbers() -> list[Line]:
    network = numeric(WIDE)
    return race(Call(lambda: fresh(network), compare), [at_most(0.3)])


@row("verdict: 128-128-128-128 and its collapse")
def collapsed() -> list[Line]:
    network = numeric("128-128-128-128")
    found = simplify(network)
    return race(Call(lambda: fresh(network), lambda net: compare(net, found)), [at_most(0.3)])


@dataclass(slots=True)
class _Judged:
    """Pairs by how they were judged, and how long each took."""

    right: int = 0
    undecided: int = 0
    seconds: list[float] = field(default_factory=list)


@row("verdicts on typed numbers and pieces")
def numbers() -> list[Line]:
    found, peak = value_and_peak(_on_typed_pairs)
    count = found.right + found.undecided
    decided = 100 * found.right / count
    return [
        Line(0.0, f"of {count:,} pairs", unit="wrong", memory=peak),
        Line(decided, "decided", unit="%", bar=Bar(98, ">= 98 %"), memory=peak),
        Line(statistics.median(found.seconds), "median, 0.1 s", 0.1, bar=faster(1), memory=peak),
        Line(max(found.seconds), "slowest, 3 s", 3.0, bar=faster(1), memory=peak),
    ]


def _on_typed_pairs() -> _Judged:
    found = _Judged()
    for pair in pairs(2026, _ROUNDS):
        start = time.process_time()
        one = subject(pair.one)
        name = judge(one, aligned(one, subject(pair.other, one))).name
        found.seconds.append(time.process_time() - start)
        if name == "undecided":
            found.undecided += 1
            continue
        if (not VERDICTS[name]) != pair.equal:
            raise DisagreementError(f"{name}: {pair}")
        found.right += 1
    return found


@row("laws made at random, by sectors")
def laws() -> list[Line]:
    found, peak = value_and_peak(lambda: tried(_LAWS, seed=2026))
    for left, right in found.wrong:
        raise DisagreementError(f"proved: {left} = {right}")
    bar = Bar(85, ">= 85 %")
    return [
        Line(100 * found.proved / _LAWS, f"of {_LAWS:,}, proved", unit="%", bar=bar, memory=peak),
        Line(0.0, f"of {found.false:,} false ones", unit="wrong", memory=peak),
    ]


@row("networks with and without a bump, by pieces")
def pieces() -> list[Line]:
    undecided, peak = value_and_peak(_on_pieces)
    return [Line(float(undecided), f"of {2 * _PIECES:,} pairs", unit="undecided", memory=peak)]


def _on_pieces() -> int:
    source, undecided = random.Random(2026), 0
    for _ in range(_PIECES):
        inputs = source.choice([1, 1, 2, 3])
        layers = drawn([inputs, source.randint(1, 4), source.randint(1, 3), 1], source)
        other = twin(layers, source)
        at = [Fraction(source.randint(-999, 999), 7) for _ in range(inputs)]
        bump = bumped(other, at, Fraction(1, 10 ** source.randint(0, 20)))
        for second, equal in ((other, True), (bump, False)):
            found = judged(layers, second)
            if found is None or found.equal is None:
                undecided += 1
            elif found.equal is not equal:
                raise DisagreementError(f"{found.how}: {layers} and {second}")
    return undecided
