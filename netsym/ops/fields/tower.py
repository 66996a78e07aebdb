"""Towers of primes: fields in which exp is a homomorphism.

A tower is p[0] > p[1] > … with p[i + 1] dividing p[i] - 1, and ω[i] of order p[i + 1] modulo p[i].
Then exp(z) mod p[i] := ω[i]^(z mod p[i + 1]) obeys exp(a + b) = exp(a) exp(b). Where all primes
are 1 modulo 4, each field has a root of -1, and with it sin and cos, by exp of its multiples.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import flint
import numpy as np
import numpy.typing as npt

#: Primes below this are held in int64: a product of two residues fits.
WORD = 31
#: Bits of the smallest prime of a tower that does not fit into words.
WIDE = 61
#: Bits of the order of the groups of discrete logarithms, which take its square root of steps; and
#: bits of the number of other residues that have the same logarithm.
LOGARITHM_BITS, _FAR = 22, 40
#: Bits of the smallest prime of a tower of 1, 2, 3 levels whose primes all fit into words.
_NARROW = (31, 28, 25)

#: The primes of a tower modulo what, and the factor k modulo that, of which k*prime + 1 is such a
#: prime again.
_Kind = tuple[int, int, int]
_ANY, _CIRCULAR, _WITH_ROOTS = (2, 1, 2), (4, 1, 4), (8, 7, 2)


@dataclass(frozen=True, slots=True)
class Towers:
    """Independent towers of one height, a trial each.

    `primes[level]` and `generators[level]` have shape (trials,), int64 or Python integers; so has
    `imaginary[level]`, the roots of -1, in circular towers.
    """

    primes: tuple[npt.NDArray[Any], ...]
    generators: tuple[npt.NDArray[Any], ...]
    imaginary: tuple[npt.NDArray[Any], ...] = ()

    @property
    def trials(self) -> int:
        """How many towers."""
        return len(self.primes[0])

    @property
    def levels(self) -> int:
        """How many primes one has."""
        return len(self.primes)

    @property
    def in_words(self) -> bool:
        """Whether residues are int64."""
        return self.primes[0].dtype != object

    @property
    def smallest(self) -> int:
        """The smallest prime of all."""
        return min(int(prime) for level in self.primes for prime in level)


def towers(
    levels: int,
    trials: int,
    source: random.Random,
    roots: bool = False,
    bits: int | None = None,
    logarithms: bool = False,
    circular: bool = False,
) -> Towers:
    """Random towers. With `roots` all primes are 7 modulo 8, so that roots of squares and of 2 are
    powers; if they are `circular`, primes are 1 modulo 4. With `logarithms`, of at least two
    levels, discrete logarithms at the first are within reach, because the second prime is small,
    and hardly ever ambiguous, because the first is large. `bits` is the size of the smallest prime,
    else as large as fits.
    """
    if logarithms and bits is None:
        bits = LOGARITHM_BITS - 4 * (levels - 2)
    if bits is None:
        bits = _NARROW[levels - 1] if levels <= len(_NARROW) else WIDE
    in_words = not logarithms and bits + 3 * (levels - 1) <= WORD
    kind = _WITH_ROOTS if roots else _CIRCULAR if circular else _ANY
    found = [_chain(levels, bits, source, kind, in_words, logarithms) for _ in range(trials)]
    dtype: Any = np.int64 if in_words else object
    columns = [np.array([chain[level] for chain in found], dtype=dtype) for level in range(levels)]
    generators = [
        np.array([_generator(c[i], c[i + 1], source) for c in found], dtype=dtype)
        for i in range(levels - 1)
    ]
    imaginary = [
        np.array([_root_of_minus_one(prime) for prime in column.tolist()], dtype=dtype)
        for column in columns[: levels if circular else 0]
    ]
    return Towers(tuple(columns), tuple(generators), tuple(imaginary))


def _chain(
    levels: int, bits: int, source: random.Random, kind: _Kind, in_words: bool, far: bool
) -> list[int]:
    """The primes of one tower, the largest first."""
    step, first, factor = kind
    while True:
        prime = (source.getrandbits(bits) | 1 << (bits - 1)) // step * step + first
        if prime.bit_length() != bits or not flint.fmpz(prime).is_prime():
            continue
        chain = [prime]
        while len(chain) < levels:
            is_first = far and len(chain) == levels - 1
            start = source.getrandbits(_FAR) // step * step + factor if is_first else factor
            above = _multiple(chain[-1], start, step, in_words)
            if above is None:
                break
            chain.append(above)
        if len(chain) == levels:
            return chain[::-1]


def _multiple(prime: int, start: int, step: int, in_words: bool) -> int | None:
    """The next prime k*prime + 1, with k from `start` in steps."""
    most = (1 << WORD) // prime if in_words else start + 1000 * (prime * start).bit_length()
    for k in range(start, most, step):
        if flint.fmpz(k * prime + 1).is_prime():
            return k * prime + 1
    return None


def _root_of_minus_one(prime: int) -> int:
    """A root of -1, of a prime that is 1 modulo 4: that power of what is no square."""
    roots = (pow(base, (prime - 1) // 4, prime) for base in range(2, prime))
    return next(root for root in roots if root * root % prime == prime - 1)


def _generator(prime: int, order: int, source: random.Random) -> int:
    """An element of that order."""
    while True:
        found = pow(source.randrange(2, prime - 1), (prime - 1) // order, prime)
        if found != 1:
            return found
