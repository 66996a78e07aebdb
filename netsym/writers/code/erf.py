"""The error function as polynomials, for languages that have none: SQL and Pyomo.

W. J. Cody, Rational Chebyshev approximations for the error function, Math. Comp. 23, 1969.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

# The numbers of the two polynomials of each quotient, the highest power first.
_NEAR = (
    (1.85777706184603153e-1, 3.16112374387056560, 1.13864154151050156e2, 3.77485237685302021e2,
     3.20937758913846947e3),
    (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3,
     2.84423683343917062e3),
)  # fmt: skip
_FAR = (
    (2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1,
     2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3,
     1.23033935479799725e3),
    (1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2,
     1.62138957456669019e3, 3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3,
     1.23033935480374942e3),
)  # fmt: skip


def _polynomial(numbers: Sequence[str], of: str) -> str:
    """By Horner's rule."""
    return reduce(lambda above, number: f"({above})*{of} + {number}", numbers)


def _quotient(
    numbers: tuple[Sequence[float], Sequence[float]], of: str, literal: Callable[[float], str]
) -> str:
    above, below = (_polynomial([*map(literal, each)], of) for each in numbers)
    return f"({above})/({below})"


def _literal(number: float) -> str:
    text = repr(number)
    return text if "e" in text else f"{text.removesuffix('.0')}e0"


#: In SQL, of the operand {0}: from 6 on it is 1 in float64.
ERF = (
    f"CASE WHEN ABS({{0}}) < 0.46875e0 THEN {{0}}*{_quotient(_NEAR, '({0}*{0})', _literal)} "
    f"WHEN ABS({{0}}) < 6e0 THEN {{0}}/ABS({{0}})*"
    f"(1e0 - EXP(-({{0}}*{{0}}))*{_quotient(_FAR, 'ABS({0})', _literal)}) "
    "WHEN {0} < 0e0 THEN -1e0 WHEN -{0} < 0e0 THEN 1e0 ELSE {0} END"
)

#: In Pyomo; where both ways meet they have the same slope, so that solvers see no kink. What it is
#: of has a name, as it would stand in what they read some thirty times.
PYOMO_ERF = f"""\
def erf(z):
    z = pyo.Expression(expr=z)
    z.construct()
    a, b = abs(z), z*z
    near = z*{_quotient(_NEAR, "b", repr)}
    far = 1 - pyo.exp(-b)*{_quotient(_FAR, "a", repr)}
    far = pyo.Expr_if(IF=z >= 0, THEN=far, ELSE=-far)
    return pyo.Expr_if(IF=a < 0.46875, THEN=near, ELSE=far)


"""
