"""Identity: whether two functions are equal as mathematical functions, by residues."""

from __future__ import annotations

import random
from collections.abc import Callable, Set
from dataclasses import dataclass
from math import ceil, log2
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.graph.functions import FUNCTIONS
from netsym.graph.names import Names
from netsym.ops import Ops
from netsym.ops.fields.fields import Fields
from netsym.ops.fields.outline import Outline, Outlines
from netsym.ops.fields.residues import Residues
from netsym.ops.fields.tower import WIDE, Towers, towers
from netsym.wording import plural

#: A function of x in any reading: `read(ops, x)` for x (…, inputs) gives (…, outputs).
Read = Callable[[Ops[Any], Any], Any]
Mask = npt.NDArray[np.bool_]

#: log2 of the chance of an accident, above which nothing is called identical.
CONVINCING = -40.0
_GOAL = -64.0  # log2 of the chance of an accident that is aimed at
_MOST_TRIALS = 16
_WEAK = -3.0  # log2 of the chance in one trial from which on primes have to be larger
_MOST_WITH_ROOTS = 400  # trials: a root of a square has a sign that is right by accident in half
_LEAST = 0.1  # bits that a trial counts at least, when the number of trials is chosen
_HIGHEST = 32  # levels of a tower: higher ones take long to find
_HIGHEST_WITH_LOGARITHMS = 4
_ROUNDS = 24  # of new points, where trials are spoiled by a zero denominator or a missing root
_AT_ONCE = 8_000_000  # residues of parameters held at once


@dataclass(frozen=True, slots=True)
class _Way:
    """A way of reading: functions as random, max of max as one, laws of roots, or of circles."""

    opaque: bool = False
    flat: bool = False
    roots: bool = False
    circular: bool = False

    def helps(self, used: Set[str], nested: bool) -> bool:
        """Whether it says more of what uses these functions than the ways before it."""
        return (
            (nested or not self.flat)
            and ("sqrt" in used or not self.roots)
            and (not used.isdisjoint(_CIRCLES) or not self.circular)
            and (self.opaque or bool(used))
        )


_CIRCLES = frozenset({"sin", "cos", "tan"})
#: Tried in this order.
_WAYS = (
    _Way(opaque=True), _Way(opaque=True, flat=True), _Way(), _Way(flat=True),
    _Way(circular=True), _Way(circular=True, flat=True), _Way(roots=True),
    _Way(roots=True, flat=True),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Identity:
    """What the finite fields say of two functions.

    `equal` (outputs,) are the outputs that are proved equal. `chance` is log2 of a bound on the
    chance that an output is among them by accident; where exp is used (`heuristic`), the bound
    assumes that values in the tower behave as independent ones do (Li and Wu, ITCS 2026).
    """

    equal: Mask
    chance: float
    heuristic: bool
    trials: int
    bits: int

    @property
    def holds(self) -> bool:
        """Whether all outputs are proved equal."""
        return bool(self.equal.all())

    @property
    def convinces(self) -> bool:
        """Whether it holds, and the chance of an accident is too small to be one."""
        return self.holds and self.chance <= CONVINCING

    def joined(self, other: Identity) -> Identity:
        """What either proves; where both are needed, either may have been an accident."""
        if (other.equal == self.equal).all():
            return min(self, other, key=lambda found: found.chance)
        if not (other.equal & ~self.equal).any():
            return self
        if not (self.equal & ~other.equal).any():
            return other
        return Identity(
            self.equal | other.equal,
            float(np.logaddexp2(self.chance, other.chance)),
            self.heuristic or other.heuristic,
            min(self.trials, other.trials),
            min(self.bits, other.bits),
        )

    def __str__(self) -> str:
        how = "by exp in towers of primes" if self.heuristic else "with functions as random ones"
        kind = "heuristic, because of exp" if self.heuristic else "proved"
        return (
            f"{plural(self.trials, 'random point')} of finite fields with primes of "
            f"{self.bits} bits, {how}; the chance of an accident is below "
            f"10^{ceil(self.chance * 0.30103)} ({kind})"
        )


def identity(
    one: Read,
    other: Read,
    inputs: Names,
    outputs: int,
    seed: str,
    size: int = 0,
    bits: int | None = None,
    trials: int | None = None,
) -> Identity | None:
    """Compare two functions of the same inputs; None if no way of reading could be carried out.

    `seed` makes it repeatable. `size` is how many parameters there are, so that large networks take
    their trials one after another. `bits` and `trials` are for tests of the bound itself.
    """  # fmt: skip
    best: Identity | None = None
    for way in _WAYS:
        attempt = _Attempt(one, other, inputs, seed, way)
        outline = attempt.outline.found
        if outline.levels > _HIGHEST and not way.opaque:
            continue
        if not way.helps(outline.functions, outline.nested):
            continue
        found = attempt.run(outputs, size, bits, trials)
        if found is not None:
            best = found if best is None else best.joined(found)
        if best is not None and best.convinces:
            break
    return best


class _Attempt:
    """One way of reading both functions."""

    def __init__(self, one: Read, other: Read, inputs: Names, seed: str, way: _Way) -> None:
        self.reads = (one, other)
        self.inputs = inputs
        self.seed = f"{seed} {way}"
        self.way = way
        self.outline = self._outline(logarithms=True)
        found = self.outline.found
        out_of_reach = not found.possible or found.levels > _HIGHEST_WITH_LOGARITHMS
        if way.opaque or out_of_reach or "log" not in found.functions:
            self.outline = self._outline(logarithms=False)

    def _outline(self, logarithms: bool) -> Outlines:
        ops = Outlines(self.way.opaque, logarithms, self.way.circular)
        ends = [read(ops, ops.inputs(self.inputs)) for read in self.reads]
        self.ends: list[Outline] = ends
        first, lost = max(end.first for end in ends), max(end.lost for end in ends)
        ops.found.levels = max(ops.found.levels, first + lost + 1)
        ops.found.possible &= first < min(end.end for end in ends)
        return ops

    @property
    def kinked(self) -> bool:
        rows = map(FUNCTIONS.__getitem__, self.outline.found.functions)
        return any(row.kinked or row.piecewise for row in rows)

    def run(self, outputs: int, size: int, bits: int | None, trials: int | None) -> Identity | None:
        """Points until there are enough good ones; None if too many are spoiled."""
        source = random.Random(self.seed)
        levels = 1 if self.way.opaque else self.outline.found.levels
        each = self._chance(self._towers(levels, 1, source, bits))
        if bits is None and each > _WEAK and not self.outline.logarithms:
            bits = WIDE
            each = self._chance(self._towers(levels, 1, source, bits))
        most = _MOST_WITH_ROOTS if self.way.roots else _MOST_TRIALS
        wanted = trials or min(most, max(2, ceil(_GOAL / min(each, -_LEAST))))
        at_once = max(1, min(wanted, _AT_ONCE // max(size * levels, 1)))
        equal, good, chance = np.ones(outputs, dtype=bool), 0, 0.0
        for _ in range(_ROUNDS * ceil(wanted / at_once)):
            count = (
                at_once if self.way.roots else min(at_once, wanted - good)
            )  # many will be spoiled
            field = self._towers(levels, count, source, bits)
            same, trusted = self._point(field, source.randbytes(32))
            equal &= same[:, trusted].all(axis=1)
            good += int(trusted.sum())
            chance += self._chance(field) * float(trusted.mean())
            if good >= wanted or not equal.any():
                small = field.smallest.bit_length()
                return Identity(equal, chance, not self.way.opaque, good, small)
        return None

    def _towers(self, levels: int, count: int, source: random.Random, bits: int | None) -> Towers:
        return towers(
            levels, count, source, self.way.roots, bits, self.outline.logarithms, self.way.circular
        )

    def _chance(self, field: Towers) -> float:
        """log2 of the chance that all these trials are fooled."""
        chance = self.outline.chance(field, self.ends)
        if not self.way.roots:
            return chance
        roots = min(self.outline.found.roots, 50)
        signs = log2(1 - 2.0**-roots)  # any of the roots has the wrong one
        return max(chance, field.trials * signs)

    def _point(self, field: Towers, key: bytes) -> tuple[Mask, Mask]:
        """Which outputs agree at random points (outputs, trials), and which trials are good."""
        ops = Fields(
            key, field, opaque=self.way.opaque, kinked=self.kinked, flat=self.way.flat,
            roots=self.way.roots, logarithms=self.outline.logarithms,
        )  # fmt: skip
        one, other = (read(ops, ops.symbols(self.inputs)) for read in self.reads)
        return agreement(one, other), ops.good


def agreement(one: Residues, other: Residues) -> Mask:
    """Whether residues agree at every level that both have, (…, trials)."""
    same = [
        (one_at[..., 0, :] == other_at[..., 0, :]).astype(bool)
        for one_at, other_at in zip(one.at, other.at, strict=True)
        if one_at is not None and other_at is not None
    ]
    result: Mask = np.logical_and.reduce(np.broadcast_arrays(*same))
    return result
