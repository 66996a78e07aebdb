"""What netsym knows of a function: the columns of the table, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Any, NamedTuple

_KINKED = frozenset({"abs", "max", "min"})
_JUMPING = frozenset({"sign", "heaviside"})


@dataclass(frozen=True, kw_only=True)
class Function:
    """What netsym knows of one function.

    `expansion(ops, *operands)` writes it by elementary operations, for any reading; `numpy` is the
    numerically stable evaluation; `prelude` defines it for a Python text that has `math` alone.

    `derivative(ops, result, *operands)` gives the partial derivatives, one for each operand, by
    elementary operations and by the result, where that is how it is taught: a(1 - a) for sigmoid.
    At a kink it is what torch says: relu'(0) = abs'(0) = hard_sigmoid'(±3) = 0, leaky_relu'(0) and
    elu'(0) are alpha. Of equal operands of max or min the first has slope 1 and the others 0, as
    in torch.max and max-pooling, so that max(0, z) is relu here too. (torch.maximum gives each of
    two equal ones a half, which is no derivative from either side.)
    """

    name: str
    latex: str
    numpy: Callable[..., Any]
    unicode: str = ""
    aliases: tuple[str, ...] = ()  # what people call it as well, in small letters
    arity: int = 1  # -1: any number of operands
    python: str = ""  # what to import from math, or a builtin where `prelude` is empty too
    prelude: str = ""
    sympy: str = ""  # sympy's class, where it has one
    sympy_after: tuple[int, ...] = ()  # what that class takes after the operands
    expansion: Callable[..., Any] | None = None
    derivative: Callable[..., tuple[Any, ...]] | None = None
    vector: bool = False  # of a vector: it has no node of its own, only its expansion
    activation: bool = False  # a layer may use it
    alpha: float | None = None  # default of its one parameter, the second operand
    divisor: bool = False  # that parameter is one, and so is not 0
    parity: int = 0  # -1: f(-z) = -f(z); 1: f(-z) = f(z)
    cancels: bool = False  # float64 loses all digits of a part of it, as of z*(1 - 1)
    slope: float | None = None  # no steeper anywhere, nor than a larger alpha; None: no bound
    bound: float | None = None  # no larger anywhere

    def words(self) -> list[str]:
        """Every spelling, in small letters: leaky_relu is leakyrelu, too."""
        plain = self.name.replace("_", "")
        return [
            word for word in dict.fromkeys((self.name, plain, self.unicode, *self.aliases)) if word
        ]

    @cached_property
    def repeats(self) -> bool:
        """Whether the expansion writes its operand more than once."""
        return self._expanded is not None and self._expanded.uses > 1

    @cached_property
    def piecewise(self) -> bool:
        """Whether the expansion is affine, piece by piece, in its first operand."""
        found = self._expanded
        return found is not None and found.bends and found.degree <= 1

    @cached_property
    def constants(self) -> frozenset[float]:
        """The numbers that its expansion is written with."""
        return frozenset() if self._expanded is None else self._expanded.constants

    @property
    def kinked(self) -> bool:
        """Whether it makes the kinks that expansions have."""
        return self.name in _KINKED

    @cached_property
    def jumps(self) -> bool:
        """Whether it is not continuous where its operand is some number, as sign is not at 0."""
        return self.name in _JUMPING or (self._expanded is not None and self._expanded.jumps)

    @cached_property
    def of_operand(self) -> bool:
        """Whether the derivative is written by the operand, not by the result alone."""
        if self.derivative is None:
            return False
        return any(slope.uses for slope in self.derivative(_Trace(), _Written(), *self._operands()))

    @cached_property
    def _expanded(self) -> _Written | None:
        if self.expansion is None:
            return None
        written: _Written = self.expansion(_Trace(), *self._operands())
        return written

    def _operands(self) -> list[_Written]:
        """The operand, and its parameters, which are numbers."""
        number = 2 if self.arity < 0 else self.arity
        return [_Written(uses=1, degree=1), *[_Written()] * (number - 1)][:number]


class _Written(NamedTuple):
    """A value as it is written: how often the operand stands in it, its degree in the operand,
    whether it is made of pieces, whether it jumps, and the numbers in it.
    """

    uses: int = 0
    degree: float = 0
    bends: bool = False
    jumps: bool = False
    constants: frozenset[float] = frozenset()


class _Trace:
    """The operations that expansions and derivatives are written with, as what is written."""

    def constant(self, value: float) -> _Written:
        return _Written(constants=frozenset({value}))

    def add(self, *terms: _Written) -> _Written:
        return self._of(terms, max(term.degree for term in terms))

    def multiply(self, *factors: _Written) -> _Written:
        return self._of(factors, sum(factor.degree for factor in factors))

    def divide(self, above: _Written, below: _Written) -> _Written:
        return self._of((above, below), above.degree if not below.degree else inf)

    def power(self, base: _Written, exponent: int) -> _Written:
        return self._of((base,), base.degree * exponent if exponent >= 0 else inf)

    def negate(self, value: _Written) -> _Written:
        return value

    def total(self, values: _Written) -> _Written:
        return values

    def call(self, function: str, *operands: _Written) -> _Written:
        most = max((operand.degree for operand in operands), default=0)
        if function in _KINKED:
            return self._of(operands, most, bends=most > 0)
        return self._of(operands, inf if most else 0, jumps=most > 0 and function in _JUMPING)

    def _of(
        self, parts: tuple[_Written, ...], degree: float, bends: bool = False, jumps: bool = False
    ) -> _Written:
        return _Written(
            sum(part.uses for part in parts),
            degree,
            bends or any(part.bends for part in parts),
            jumps or any(part.jumps for part in parts),
            frozenset().union(*(part.constants for part in parts)),
        )
