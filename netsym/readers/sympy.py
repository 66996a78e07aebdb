"""From sympy: an expression that sympy holds, as a formula.

Nothing here recurses, and sympy is asked only what is there: its own evaluation rewrites.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from netsym.errors import SpecError
from netsym.forms.form import bind
from netsym.formula import Formula
from netsym.graph.builder import Builder
from netsym.graph.functions import FUNCTIONS
from netsym.graph.graph import Graph
from netsym.graph.names import literal, output_names, refuse_bad_name
from netsym.layers.parameter_entries import is_writable
from netsym.wording import plural


def from_sympy(
    expression: Any, inputs: Sequence[Any] | None = None, outputs: Sequence[str] = ()
) -> Formula:
    """A sympy expression, or several in a list, Tuple or Matrix, as a formula.

    `inputs` are the symbols (or their names) that are inputs, in order; without it all symbols
    are, by name. `outputs` names the results, "y" or "y_1 …" without it, or another letter where a
    symbol has this one. Raises `SpecError` for what is not an expression of the functions that
    netsym knows, and for the symbol e, which a text reads as Euler's number.

    >>> import sympy
    >>> x, w, b = sympy.symbols("x w b")
    >>> formula = from_sympy(1/(1 + sympy.exp(-w*x - b)), inputs=[x])
    >>> print(formula.text(ascii=True))
    y = 1/(1 + exp(-b - w*x))
    """
    listed = isinstance(expression, (list, tuple, sympy.Tuple, sympy.MatrixBase))
    roots = list(expression) if listed else [expression]
    for root in roots:
        if not isinstance(root, sympy.Expr):
            raise SpecError(
                f"{root!r} is a {type(root).__name__}, not a sympy expression; give an Expr, or "
                "a list, Tuple or Matrix of them"
            )
    if not roots:
        raise SpecError("there is no expression in the list; give at least one")
    nodes = _Nodes(roots)
    names = [str(s) for s in inputs] if inputs is not None else sorted(nodes.symbols)
    for name in (*nodes.symbols, *names, *outputs):
        refuse_bad_name(name)
        if name == "e":
            raise SpecError("'e' is Euler's number in every text; give the symbol another name")
    for name, times in Counter([*dict.fromkeys([*nodes.symbols, *names]), *outputs]).items():
        if times > 1 or names.count(name) > 1:
            raise SpecError(f"the name {name!r} is given to two things; each names one")
    return nodes.formula(names, outputs)


class _Nodes(Builder):
    """The nodes of sympy expressions."""

    def __init__(self, roots: Iterable[Any]) -> None:
        super().__init__()
        self._seen: dict[int, int] = {}  # by id(): sympy's own comparison walks whole trees
        self._alive: list[Any] = []
        self._objects: dict[str, Any] = {}
        self.roots = [self._number(root) for root in roots]

    def _number(self, root: Any) -> int:
        stack = [root]
        while stack:
            expression = stack[-1]
            if id(expression) in self._seen:
                stack.pop()
                continue
            below = _operands(expression)
            unseen = [item for item in below if id(item) not in self._seen]
            if unseen:
                self._alive += unseen
                stack += unseen
                continue
            stack.pop()
            self._alive.append(expression)
            self._seen[id(expression)] = self._made(expression, [self._seen[id(b)] for b in below])
        return self._seen[id(root)]

    def _made(self, expression: Any, operands: list[int]) -> int:
        if isinstance(expression, sympy.Symbol):
            known = self._objects.setdefault(expression.name, expression)
            if known is not expression and known != expression:
                raise SpecError(
                    f"two different symbols are called {expression.name!r} (one may be real, or a "
                    "Dummy); use one symbol for one thing"
                )
            return self.symbol(expression.name)
        if isinstance(expression, sympy.Number):
            return self.constant(_value(expression))
        if isinstance(expression, sympy.Add):
            return self.operation("add", tuple(operands))
        if isinstance(expression, sympy.Mul):
            return self._product(expression, operands)
        if isinstance(expression, sympy.Pow):
            return self._power(expression.exp, *operands)
        if expression is sympy.E:
            return self.operation("exp", (self.constant(1.0),))
        return self._call("pi" if expression is sympy.pi else type(expression).__name__,
                          expression, operands)  # fmt: skip

    def _call(self, kind: str, expression: Any, operands: list[int]) -> int:
        """A function of the table, by sympy's class of it."""
        rows = [row for row in FUNCTIONS.values() if row.sympy == kind]
        if not rows:
            known = ", ".join(sorted({row.sympy for row in FUNCTIONS.values() if row.sympy}))
            raise SpecError(
                f"{kind} is not something netsym knows; it knows sums, products, powers and {known}"
            )
        for row in rows:
            count = len(operands) - len(row.sympy_after)
            if expression.args[count:] == row.sympy_after:
                return self.operation(row.name, tuple(operands[:count]))
        ends = " or ".join(f"{row.sympy_after[-1]} ({row.name})" for row in rows)
        raise SpecError(
            f"{expression} has another value at its kink than what netsym knows; as the last "
            f"operand give {ends}"
        )

    def _product(self, product: Any, operands: list[int]) -> int:
        """Factors over divisors; a leading -1 is a negation, as in sympy's own printing."""
        over = [n for f, n in zip(product.args, operands, strict=True) if not _is_inverse(f)]
        under = [n for f, n in zip(product.args, operands, strict=True) if _is_inverse(f)]
        negative = len(product.args) > 1 and product.args[0] is sympy.S.NegativeOne
        over = over[1:] if negative else over
        result = self._times(over)
        if under:
            bases = [self.kinds[n][1][1] for n in under]  # each is 1/base, see _power
            result = self.operation("divide", (result, self._times(bases)))
        return self.operation("negate", (result,)) if negative else result

    def _times(self, factors: list[int]) -> int:
        if not factors:
            return self.constant(1.0)
        return factors[0] if len(factors) == 1 else self.operation("multiply", tuple(factors))

    def _power(self, exponent: Any, base: int, given: int) -> int:
        if exponent == sympy.S.Half:
            return self.operation("sqrt", (base,))
        if isinstance(exponent, sympy.Number) and exponent.is_negative:
            positive = -exponent
            if positive == sympy.S.Half:
                base = self.operation("sqrt", (base,))
            elif positive != 1:
                base = self.operation("power", (base, self.constant(_value(positive))))
            return self.operation("divide", (self.constant(1.0), base))
        return self.operation("power", (base, given))

    def formula(self, inputs: list[str], outputs: Sequence[str]) -> Formula:
        """The nodes as a formula; `inputs` are names of symbols."""
        graph = Graph()
        names = list(dict.fromkeys([*inputs, *sorted(self.symbols)]))
        placed = (
            dict(zip(names, graph.symbols(literal(*names)).tolist(), strict=True)) if names else {}
        )
        ids = self.build(graph, placed, self.roots)
        width = len(self.roots)
        if outputs and len(outputs) != width:
            called, wanted = plural(len(outputs), "output name"), plural(width, "expression")
            raise SpecError(f"{called} for {wanted}; give one each")
        shape = () if width == 1 else (width,)
        ends = literal(*outputs) if outputs else output_names(shape, names)
        places = np.array([placed[name] for name in inputs], dtype=np.int32)
        return Formula(graph, places, bind(ends, ids[self.roots]))


def _operands(expression: Any) -> Sequence[Any]:
    if isinstance(expression, (sympy.Symbol, sympy.Number)):
        return ()
    operands: Sequence[Any] = expression.args
    return operands


def _is_inverse(factor: Any) -> bool:
    return (
        isinstance(factor, sympy.Pow)
        and isinstance(factor.exp, sympy.Number)
        and bool(factor.exp.is_negative)
    )


def _value(number: Any) -> float | Fraction:
    if number.is_finite is not True:
        raise SpecError(f"{number} is not a finite number")
    exact = _exact(number)
    if not is_writable(exact):
        raise SpecError(
            "a number in the expression is too long or too large: it may have 400 digits above "
            "and below the line, and be less than 1.8e308"
        )
    as_float = float(exact)
    is_float = isinstance(number, sympy.Float) or exact.denominator == 1
    return as_float if is_float and Fraction(as_float) == exact else exact


def _exact(number: Any) -> Fraction:
    if not isinstance(number, sympy.Float):
        return Fraction(int(number.p), int(number.q))
    sign, mantissa, exponent, _ = number._mpf_
    if abs(exponent) > 5000:
        raise SpecError("a number in the expression is too large or too small for a formula")
    return Fraction(-int(mantissa) if sign else int(mantissa)) * Fraction(2) ** int(exponent)
