"""The bridge to sympy: formulas as sympy objects and back. The only place that knows sympy.

sympy's own evaluation rewrites what it is given (see `to_sympy`), so objects are built unevaluated,
and no walk here recurses. sympy is never asked whether two things are equal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from netsym.errors import SpecError
from netsym.formula import Formula, bind
from netsym.graph.builder import Builder
from netsym.graph.constants import whole
from netsym.graph.functions import FUNCTIONS
from netsym.graph.graph import Graph
from netsym.graph.names import Names, literal, refuse_bad_name
from netsym.wording import plural


class _Raw:
    """The operations of a graph on sympy objects, without evaluation."""

    def constant(self, value: float | Fraction) -> Any:
        if isinstance(value, Fraction):
            return sympy.Rational(value.numerator, value.denominator)
        integer = whole(float(value))
        return (
            sympy.Float(float(value), precision=53) if integer is None else sympy.Integer(integer)
        )

    def add(self, *terms: Any) -> Any:
        return sympy.Add(*terms, evaluate=False)

    def multiply(self, *factors: Any) -> Any:
        return sympy.Mul(*factors, evaluate=False)

    def divide(self, numerator: Any, denominator: Any) -> Any:
        inverse = sympy.Pow(denominator, sympy.Integer(-1), evaluate=False)
        return inverse if numerator is sympy.S.One else self.multiply(numerator, inverse)

    def power(self, base: Any, exponent: Any) -> Any:
        power = sympy.Integer(exponent) if isinstance(exponent, int) else exponent
        return sympy.Pow(base, power, evaluate=False)

    def negate(self, value: Any) -> Any:
        return self.multiply(sympy.S.NegativeOne, value)

    def call(self, function: str, *operands: Any) -> Any:
        row = FUNCTIONS[function]
        if function == "sqrt":
            return self.power(operands[0], sympy.S.Half)
        if row.sympy:
            made = getattr(sympy, row.sympy)
            after = map(sympy.Integer, row.sympy_after)
            return made(*operands, *after, evaluate=False) if operands else made
        assert row.expansion is not None
        return row.expansion(self, *operands)


def to_sympy(formula: Formula) -> Any:
    """See `Formula.sympy`."""
    raw, graph, cut = _Raw(), formula.graph, formula.cut_mask
    made: list[Any] = [None] * len(graph)
    right: dict[int, Any] = {}
    left = {b.node: sympy.Symbol(b.name, real=True) for b in formula.bindings}
    operations: Mapping[str, Callable[..., Any]] = {
        "add": raw.add, "multiply": raw.multiply, "divide": raw.divide,
        "power": raw.power, "negate": raw.negate,
    }  # fmt: skip
    for block, rows in graph.walk(formula.mask):
        for row in rows.tolist():
            node = block.start + row
            operands = [made[n] for n in block.operands[row].tolist()]
            if block.op == "symbol":
                assert isinstance(block.payload, Names)
                made[node] = sympy.Symbol(block.payload.ascii(row), real=True)
            elif block.op == "constant":
                made[node] = raw.constant(block.number(row))
            elif block.op == "name":
                below = int(block.operands[row, 0])
                made[node] = operands[0]
                if cut[node]:
                    right[below] = operands[0]
                    names, position = graph.symbol(node)
                    made[node] = sympy.Symbol(names.ascii(position), real=True)
            else:
                write = operations.get(block.op)
                made[node] = write(*operands) if write else raw.call(block.op, *operands)
                if cut[node]:
                    right[node], made[node] = made[node], left[node]
    outputs = [made[output.node] for output in formula.outputs]
    if not formula.bindings:
        return outputs[0] if len(outputs) == 1 else sympy.Tuple(*outputs)
    bindings = [(sympy.Symbol(b.name, real=True), right[b.node]) for b in formula.bindings]
    return bindings, outputs


def to_lambda(formula: Formula) -> Any:
    """A formula without bindings as a `sympy.Lambda` from its inputs to a `Tuple`."""
    names = [formula.graph.symbol(node) for node in formula.inputs.tolist()]
    inputs = [sympy.Symbol(n.ascii(position), real=True) for n, position in names]
    made = to_sympy(formula)
    outputs = made if len(formula.outputs) > 1 else sympy.Tuple(made)
    return sympy.Lambda(tuple(inputs), outputs)


def from_sympy(
    expression: Any, inputs: Sequence[Any] | None = None, outputs: Sequence[str] = ()
) -> Formula:
    """A sympy expression, or several in a list, Tuple or Matrix, as a formula.

    `inputs` are the symbols (or their names) that are inputs, in order; without it all symbols
    are, by name. `outputs` names the results, "y" or "y_1 …" without it.
    Raises `SpecError` for what is not an expression of the functions netsym knows.

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
        function = _FUNCTIONS.get("pi" if expression is sympy.pi else type(expression).__name__)
        if function is None:
            known = ", ".join(sorted(_FUNCTIONS))
            raise SpecError(
                f"{type(expression).__name__} is not something netsym knows; "
                f"it knows sums, products, powers and {known}"
            )
        after = FUNCTIONS[function].sympy_after
        if after and expression.args[-len(after) :] != after:
            raise SpecError(
                f"{expression} has another value at its kink than {function} here; as the last "
                f"operand give {after[-1]}"
            )
        return self.operation(function, tuple(operands[: len(operands) - len(after)]))

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
        ends = literal(*outputs) if outputs else Names("y", None, () if width == 1 else (width,))
        places = np.array([placed[name] for name in inputs], dtype=np.int32)
        return Formula(graph, places, bind(ends, ids[self.roots]))


_FUNCTIONS: Mapping[str, str] = {row.sympy: name for name, row in FUNCTIONS.items() if row.sympy}


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
    if max(abs(exact.numerator), exact.denominator) >= 10**400 or abs(exact) >= 2**1024:
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
