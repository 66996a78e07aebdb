"""max of many operands in finite fields, element by element, and of nested max as one set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.ops.fields.oracle import Oracle
from netsym.ops.fields.rounding_bounds import Running

Array = npt.NDArray[Any]
# The residues of both rows, and the real value with the bound of its error.
Member = tuple[tuple[int, int], tuple[float, float]]


class Sets:
    """Remembers of which operands a max was, so that max(a, max(b, c)) is max(a, b, c).

    `flat` says whether to look.
    """

    def __init__(self, oracle: Oracle, flat: bool) -> None:
        self.oracle = oracle
        self.flat = flat
        self._members: dict[tuple[int, int, tuple[int, int]], dict[int, Member]] = {}

    def largest(self, level: int, operands: Sequence[Array], reals: Sequence[Running]) -> Array:
        """Residues (…, 2, trials) of the largest of operands of that shape, reals (…)."""
        primes = [int(prime) for prime in self.oracle.towers.primes[level]]
        found = np.empty(operands[0].shape, dtype=self.oracle.dtype)
        results = found.reshape(-1, 2, len(primes))
        lists = [operand.reshape(-1, 2, len(primes)).tolist() for operand in operands]
        signs = [
            list(zip(r.value.reshape(-1).tolist(), r.error.reshape(-1).tolist(), strict=True))
            for r in reals
        ]
        for place in range(len(results)):
            for trial, prime in enumerate(primes):
                members = [
                    ((residues[place][0][trial], residues[place][1][trial]), real[place])
                    for residues, real in zip(lists, signs, strict=True)
                ]
                results[place, :, trial] = self._one(level, trial, prime, members)
        return found

    def _one(self, level: int, trial: int, prime: int, members: list[Member]) -> tuple[int, int]:
        known: dict[int, Member] = {}
        for member in members:
            nested = self._members.get((level, trial, member[0])) if self.flat else None
            known.update(nested or {member[0][0]: member})
        _drop_smaller(known)
        if len(known) == 1:
            return next(iter(known.values()))[0]
        below = pow(len(known), -1, prime)
        means = [sum(both[row] for both, _ in known.values()) * below % prime for row in (0, 1)]
        middle = sum(real for _, (real, _) in known.values()) / len(known)
        room = sum(error for _, (_, error) in known.values())
        distances = (
            (both[1] - means[1]) * _sign(real - middle, room) for both, (real, _) in known.values()
        )
        unit = sum(distances) % prime or 1
        inverse = pow(unit, -1, prime)
        results = []
        for row, mean in enumerate(means):
            ratios = sorted((both[row] - mean) * inverse % prime for both, _ in known.values())
            hashed = self.oracle.of_list("max", level, trial, ratios)
            results.append((mean + unit * hashed) % prime)
        found = (results[0], results[1])
        self._members[level, trial, found] = known
        return found


def _drop_smaller(known: dict[int, Member]) -> None:
    """Leave out constants that are certainly smaller than another one.

    What has one residue at both points is constant, but by an accident that `Outlines.chance`
    counts; so its real value is known, and max(2, 3, x) is max(3, x).
    """
    constants = [key for key, (both, _) in known.items() if both[0] == both[1]]
    if len(constants) > 1:
        largest = max(constants, key=lambda key: known[key][1][0])
        value, error = known[largest][1]
        for key in constants:
            below, room = known[key][1]
            if key != largest and _sign(value - below, error + room) > 0:
                del known[key]


def _sign(value: float, error: float) -> int:
    """The sign, where it is certain; `error` bounds those of all operands, and of their mean."""
    room = 2 * error + 2.0**-48 * abs(value)
    return (value > room) - (value < -room)
