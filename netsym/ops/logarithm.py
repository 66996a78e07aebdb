"""Discrete logarithms: which power of a generator a residue is."""

from __future__ import annotations

from math import isqrt

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]


class Logarithm:
    """log to the base of a generator of the subgroup of prime order, by baby and giant steps.

    A residue outside the subgroup is first raised into it, by the k with k*order + 1 = prime, and
    the result divided by k: so log(a b) = log a + log b for all residues (Shanks, 1971).
    """

    def __init__(self, prime: int, order: int, generator: int) -> None:
        self.prime, self.order = prime, order
        self.into = (prime - 1) // order
        self.undo = pow(self.into, -1, order)
        count = min(8 * isqrt(order) + 1, order)
        powers = np.ones(1, dtype=np.int64)
        while len(powers) < count:  # ω^0 … ω^(n-1), then the same times ω^n
            powers = np.concatenate([powers, powers * pow(generator, len(powers), prime) % prime])
        self.step = len(powers)
        self.places = np.argsort(powers)
        self.sorted = powers[self.places]
        self.giant = pow(generator, -self.step, prime)

    def __call__(self, residues: Integers) -> Integers:
        """The logarithms, of the same shape; of 0 it is 0."""
        flat = np.ascontiguousarray(residues).reshape(-1)
        raised = np.ones_like(flat)
        base, exponent = flat.copy(), self.into
        while exponent:
            if exponent & 1:
                raised = raised * base % self.prime
            base = base * base % self.prime
            exponent >>= 1
        found = np.zeros_like(flat)
        open_ = np.flatnonzero(raised)
        current = raised[open_]
        for start in range(0, self.order + self.step, self.step):
            if not len(open_):
                break
            places = np.minimum(np.searchsorted(self.sorted, current), len(self.sorted) - 1)
            hit = self.sorted[places] == current
            found[open_[hit]] = (start + self.places[places[hit]]) % self.order
            open_, current = open_[~hit], current[~hit] * self.giant % self.prime
        return (found * self.undo % self.order).reshape(residues.shape)
