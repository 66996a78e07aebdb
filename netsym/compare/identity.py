"""Identity: whether two functions are equal as mathematical functions, by residues."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.formula.names import Names
from netsym.ops import Ops
from netsym.ops.field_functions import KINKED, PIECEWISE
from netsym.ops.outline import Outline, Outlines
from netsym.ops.residues import Fields, Residues
from netsym.ops.tower import WIDE, Towers, towers

#: A function of x in any reading: `read(ops, x)` for x (…, inputs) gives (…, outputs).
Read = Callable[[Ops[Any], Any], Any]
Mask = npt.NDArray[np.bool_]

_GOAL = -64.0  # log2 of the chance of an accident that is aimed at
_MOST_TRIALS = 16
_WEAK = -3.0  # log2 of the chance in one trial from which on primes have to be larger
_WITH_LOGARITHMS = 22  # bits of primes: discrete logarithms take their square root of steps
_WITH_ROOTS = 64  # trials: a root of a square has the sign that makes it look equal in half of them
_ROUNDS = 24  # of new points, where trials are spoiled by a zero denominator or a missing root
_AT_ONCE = 8_000_000  # residues of parameters held at once


#: Ways of reading, tried in this order: opaque, nested max as one, with the laws of roots.
_ATTEMPTS = (
    (True, False, False), (True, True, False), (False, False, False), (False, True, False),
    (False, False, True), (False, True, True),
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

    def joined(self, other: Identity) -> Identity:
        """What either proves; as certain as the less certain of those that are needed."""
        if not (other.equal & ~self.equal).any():
            return self
        if not (self.equal & ~other.equal).any():
            return other
        return Identity(
            self.equal | other.equal,
            max(self.chance, other.chance),
            self.heuristic or other.heuristic,
            min(self.trials, other.trials),
            min(self.bits, other.bits),
        )

    def __str__(self) -> str:
        how = "by exp in towers of primes" if self.heuristic else "with functions as random ones"
        kind = "heuristic, because of exp" if self.heuristic else "proved"
        return (
            f"{self.trials} random points of finite fields with primes of {self.bits} bits, {how}; "
            f"the chance of an accident is below 10^{ceil(self.chance * 0.30103)} ({kind})"
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
    for opaque, flat, roots in _ATTEMPTS:
        attempt = _Attempt(one, other, inputs, seed, opaque, flat, roots)
        used, nested = attempt.outline.functions, attempt.outline.nested
        if (flat and not nested) or (roots and "sqrt" not in used) or not (opaque or used):
            continue
        found = attempt.run(outputs, size, bits, trials)
        if found is not None:
            best = found if best is None else best.joined(found)
        if best is not None and best.holds:
            break
    return best


class _Attempt:
    """One way of reading both functions."""

    def __init__(
        self,
        one: Read,
        other: Read,
        inputs: Names,
        seed: str,
        opaque: bool,
        flat: bool,
        roots: bool,
    ) -> None:
        self.reads = (one, other)
        self.inputs = inputs
        self.seed = f"{seed} {opaque} {flat} {roots}"
        self.opaque = opaque
        self.flat = flat
        self.roots = roots
        self.outline = self._outline(logarithms=True)
        if self.outline.levels > 3 and "log" in self.outline.functions:
            self.outline = self._outline(logarithms=False)  # its primes are too large for them

    def _outline(self, logarithms: bool) -> Outlines:
        ops = Outlines(self.opaque, logarithms)
        ends = [read(ops, ops.inputs(self.inputs)) for read in self.reads]
        self.ends: list[Outline] = ends
        first, lost = max(end.first for end in ends), max(end.lost for end in ends)
        ops.levels = max(ops.levels, first + lost + 1)
        return ops

    @property
    def kinked(self) -> bool:
        return bool(self.outline.functions & (KINKED | PIECEWISE))

    def run(self, outputs: int, size: int, bits: int | None, trials: int | None) -> Identity | None:
        """Points until there are enough good ones; None if too many are spoiled."""
        source = random.Random(self.seed)
        levels = 1 if self.opaque else self.outline.levels
        if bits is None and not self.opaque and "log" in self.outline.functions:
            bits = _WITH_LOGARITHMS if self.outline.logarithms else WIDE
        each = self.outline.chance(towers(levels, 1, source, self.roots, bits), self.ends)
        if bits is None and each > _WEAK:
            bits = WIDE
            each = self.outline.chance(towers(levels, 1, source, self.roots, bits), self.ends)
        wanted = trials or min(_MOST_TRIALS, max(2, ceil(_GOAL / min(each, -1.0))))
        if self.roots and trials is None:
            wanted = _WITH_ROOTS
        at_once = max(1, min(wanted, _AT_ONCE // max(size * levels, 1)))
        equal, good, chance = np.ones(outputs, dtype=bool), 0, 0.0
        for _ in range(_ROUNDS * ceil(wanted / at_once)):
            count = at_once if self.roots else min(at_once, wanted - good)  # many will be spoiled
            field = towers(levels, count, source, self.roots, bits)
            same, trusted = self._point(field, source.randbytes(32))
            equal &= same[:, trusted].all(axis=1)
            good += int(trusted.sum())
            chance += self.outline.chance(field, self.ends) * float(trusted.mean())
            if good >= wanted or not equal.any():
                small = field.smallest.bit_length()
                chance = max(chance, -float(good)) if self.roots else chance
                return Identity(equal, chance, not self.opaque, good, small)
        return None

    def _point(self, field: Towers, key: bytes) -> tuple[Mask, Mask]:
        """Which outputs agree at random points (outputs, trials), and which trials are good."""
        ops = Fields(
            key, field, opaque=self.opaque, kinked=self.kinked, flat=self.flat, roots=self.roots
        )
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
