"""Random residues that depend on what they stand for alone: names, and functions of operands."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.graph.names import Names
from netsym.ops.fields.tower import Towers

Array = npt.NDArray[Any]

_WORDS = 12  # of 64 bits, drawn for a prime that does not fit into one
_HASHED = 64  # bytes of a hash
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_INDEX = re.compile(r"[1-9][0-9]{0,17}")


class Oracle:
    """Keyed hashes as random functions (BLAKE2), for each level and trial its own."""

    def __init__(self, key: bytes, towers: Towers, rows: int) -> None:
        self.key = key
        self.towers = towers
        self.rows = rows
        self.dtype: Any = np.int64 if towers.in_words else object

    def names(self, names: Names) -> tuple[list[Array], Array]:
        """For every name residues (names, rows, trials) at each level, and a real in [-1, 1).

        They depend on the plain name alone: `w1_2` is the same one in `Names("w", 1, (3,))` and as
        a name that was typed.
        """
        seeds = self._seeds(names)
        at, drawn = [], 1
        for primes in self.towers.primes:
            shape = (self.rows, self.towers.trials)
            words = 1 if self.towers.in_words else _WORDS
            parts = []
            for _ in range(words):
                counters = np.arange(drawn, drawn + self.rows * shape[1], dtype=np.uint64)
                drawn += len(counters)
                parts.append(_mixed(seeds[:, None] + counters * _GOLDEN).reshape(-1, *shape))
            if self.towers.in_words:
                at.append((parts[0] % primes.astype(np.uint64)).astype(np.int64))
            else:
                wide = sum(part.astype(object) << 64 * n for n, part in enumerate(parts))
                at.append(wide % primes)
        return at, _mixed(seeds).astype(np.float64) / 2.0**63 - 1.0

    def _seeds(self, names: Names) -> Array:
        """A hash of 64 bits of every name: of its letters, mixed with one index after another."""
        if names.literal:
            return np.array([self._seed(name) for name in names.literal], dtype=np.uint64)
        start = names.base + ("" if names.layer is None else str(names.layer))
        seeds = np.full(names.shape or (1,), self._letters(start), dtype=np.uint64)
        for indices in np.indices(names.shape, dtype=np.uint64):
            seeds = _mixed(seeds ^ (indices + np.uint64(1)))
        return seeds.reshape(-1)

    def _seed(self, name: str) -> int:
        start, *indices = name.split("_")
        if not start or not all(_INDEX.fullmatch(index) for index in indices):
            return self._letters(name)
        seed = np.full(1, self._letters(start), dtype=np.uint64)
        for index in indices:
            seed = _mixed(seed ^ np.uint64(int(index)))
        return int(seed[0])

    def _letters(self, start: str) -> int:
        return int.from_bytes(hashlib.blake2b(start.encode(), key=self.key, digest_size=8).digest())

    def function(self, name: str, level: int, operands: Sequence[Array]) -> Array:
        """Residues of a random function of residues (…, rows, trials), of the same shape."""
        shape, trials = operands[0].shape, self.towers.trials
        primes = [int(prime) for prime in self.towers.primes[level]]
        begun = [self._begun(name, level, trial) for trial in range(trials)]
        hashed = []
        lists = zip(*(operand.reshape(-1).tolist() for operand in operands), strict=True)
        for position, residues in enumerate(lists):
            state = begun[position % trials].copy()
            state.update(repr(residues).encode())
            hashed.append(int.from_bytes(state.digest()) % primes[position % trials])
        return np.array(hashed, dtype=self.dtype).reshape(shape)

    def of_list(self, name: str, level: int, trial: int, residues: list[int]) -> int:
        """The same for one list of residues of any length."""
        state = self._begun(name, level, trial)
        state.update(repr(residues).encode())
        return int.from_bytes(state.digest()) % int(self.towers.primes[level][trial])

    def _begun(self, name: str, level: int, trial: int) -> Any:
        start = f"{name} {level} {trial} ".encode()
        return hashlib.blake2b(start, key=self.key, digest_size=_HASHED)


def _mixed(words: Array) -> Array:
    """The finaliser of SplitMix64 (Steele, Lea and Flood, 2014), a permutation of 64 bits."""
    words = words + _GOLDEN
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Array = words ^ (words >> np.uint64(31))
    return mixed
