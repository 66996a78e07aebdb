"""Discrete logarithms: which power of a generator a residue is."""

from __future__ import annotations

from math import isqrt

import numpy as np
import numpy.typing as npt

Objects = npt.NDArray[np.object_]


class Logarithm:
    """log to the base of a generator of the subgroup of prime order, by baby and giant steps.

    A residue outside the subgroup is first raised into it, by the k with k*order + 1 = prime, and
    the result divided by k: so log(a b) = log a + log b for all residues (Shanks, 1971). Then k
    residues have the same logarithm, of which exp gives one.
    """

    def __init__(self, prime: int, order: int, generator: int) -> None:
        self.prime, self.order = prime, order
        self.into = (prime - 1) // order
        self.undo = pow(self.into, -1, order)
        self.step = min(4 * isqrt(order) + 1, order)
        self.places: dict[int, int] = {}
        power = 1
        for place in range(self.step):
            self.places.setdefault(power, place)
            power = power * generator % prime
        self.giant = pow(generator, -self.step, prime)

    def __call__(self, residues: Objects) -> Objects:
        """The logarithms of Python integers, of the same shape; of 0 it is 0."""
        found = [self._one(int(residue)) for residue in residues.reshape(-1).tolist()]
        return np.array(found, dtype=object).reshape(residues.shape)

    def _one(self, residue: int) -> int:
        current = pow(residue, self.into, self.prime)
        for start in range(0, self.order + self.step, self.step):
            if current in self.places:
                return (start + self.places[current]) * self.undo % self.order
            current = current * self.giant % self.prime
        return 0
