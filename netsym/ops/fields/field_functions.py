"""What functions are in finite fields.

exp is a power in a tower of primes, so its laws hold, and with them those of sigmoid, tanh and
softmax, and of sin and cos where -1 has a root; log is the discrete logarithm, a root a root. max
is a random function of the distances of its operands from their mean, in units of a norm: so it
does not depend on their order, and commutes with shifts and with positive factors. All others are
random functions.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from netsym.ops.fields.residues import Arithmetic, Array, Residues, both_rows, real_of


def _exp(fields: Arithmetic, z: Residues) -> Residues:
    def raised(level: int, above: Array) -> Array:
        return fields.raised(level, fields.towers.generators[level], above)

    return fields.each(raised, real_of("exp"), z, shift=1)


def _log(fields: Arithmetic, z: Residues) -> Residues:
    if not fields.logarithms:  # still a function
        return fields.random("log", z)
    return fields.each(
        lambda level, a: fields.logarithm(a) if level == 1 else None, real_of("log"), z, shift=-1
    )


def _sqrt(fields: Arithmetic, z: Residues) -> Residues:
    """A root where there is one; primes are 3 modulo 4."""
    if not fields.roots:
        return fields.random("sqrt", z)

    def root(level: int, residues: Array) -> Array:
        primes = fields.towers.primes[level]
        found = fields.raised(level, residues, (primes + 1) // 4)
        fields.spoil(found * found % primes != residues)
        return found

    return fields.each(root, real_of("sqrt"), z)


def _tanh(fields: Arithmetic, z: Residues) -> Residues:
    one, decay = fields.constant(1), _exp(fields, fields.multiply(fields.constant(-2), z))
    return fields.divide(fields.add(one, fields.negate(decay)), fields.add(one, decay))


def _sinh(fields: Arithmetic, z: Residues) -> Residues:
    below = fields.negate(_exp(fields, fields.negate(z)))
    return fields.divide(fields.add(_exp(fields, z), below), fields.constant(2))


def _cosh(fields: Arithmetic, z: Residues) -> Residues:
    both = fields.add(_exp(fields, z), _exp(fields, fields.negate(z)))
    return fields.divide(both, fields.constant(2))


def _tan(fields: Arithmetic, z: Residues) -> Residues:
    return fields.divide(_sin(fields, z), _cos(fields, z))


def _sin(fields: Arithmetic, z: Residues) -> Residues:
    """`(exp(iz) - exp(-iz))/2i` (Euler)."""
    return _circular(fields, "sin", z, lambda turned, back, unit: (turned - back) * -unit)


def _cos(fields: Arithmetic, z: Residues) -> Residues:
    """`(exp(iz) + exp(-iz))/2`."""
    return _circular(fields, "cos", z, lambda turned, back, _: turned + back)


def _circular(
    fields: Arithmetic, name: str, z: Residues, twice: Callable[[Array, Array, Array], Array]
) -> Residues:
    """By `exp(iz)`, `exp(-iz)` and i in a circular tower, else a random function."""
    towers = fields.towers
    if not towers.imaginary:
        return fields.random(name, z)

    def found(level: int, above: Array) -> Array:
        primes, order = towers.primes[level], towers.primes[level + 1]
        angle = above * towers.imaginary[level + 1] % order
        generators = towers.generators[level]
        turned = fields.raised(level, generators, angle)
        back = fields.raised(level, generators, -angle % order)
        doubled = twice(turned, back, towers.imaginary[level]) % primes
        result: Array = doubled * ((primes + 1) // 2) % primes
        return result

    return fields.each(found, real_of(name), z, shift=1)


def _abs(fields: Arithmetic, z: Residues) -> Residues:
    return _max(fields, z, fields.negate(z))


def _min(fields: Arithmetic, *operands: Residues) -> Residues:
    return fields.negate(_max(fields, *(fields.negate(operand) for operand in operands)))


def _max(fields: Arithmetic, *operands: Residues) -> Residues:
    if len(operands) == 1:
        return operands[0]
    if len(operands) == 2 and not fields.flat:
        return _larger(fields, *operands)
    return fields.largest(operands)


def _larger(fields: Arithmetic, a: Residues, b: Residues) -> Residues:
    """`(a + b)/2 + u h(±(a - b)/2u)`, with a random function h of both, and the unit u > 0.

    Where a - b has one residue at both points it is constant, but by an accident that
    `Outlines.chance` counts; then the sign of its real value says which is the larger one.
    """
    apart = fields.real(lambda x, y: x - y, a, b)
    assert apart is not None
    sign = apart.sign()

    def larger(level: int, x: Array, y: Array) -> Array:
        primes = fields.towers.primes[level]
        x, y = both_rows(x, y)
        half = (primes + 1) // 2
        distance = (x - y) * half % primes
        signs = sign[..., None, None]
        unit = distance[..., 1:, :] * signs % primes
        unit = np.where(unit == 0, 1, unit)
        ratio = distance * fields.raised(level, unit, primes - 2) % primes
        hashed = fields.oracle.function("max", level, [np.minimum(ratio, -ratio % primes)])
        result = np.where(x == y, x, ((x + y) * half + unit * hashed) % primes)
        fixed = (distance[..., :1, :] == distance[..., 1:, :]) & (signs != 0)
        return np.where(fixed, np.where(signs > 0, x, y), result)

    return fields.each(larger, real_of("max"), a, b)


NATIVE: dict[str, Callable[..., Residues]] = {
    "exp": _exp, "log": _log, "sqrt": _sqrt, "tanh": _tanh, "sinh": _sinh, "cosh": _cosh,
    "tan": _tan, "sin": _sin, "cos": _cos, "abs": _abs, "max": _max, "min": _min,
}  # fmt: skip
