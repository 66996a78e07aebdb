"""The bridge to sympy: formulas as sympy objects and back. The only place that knows sympy.

sympy's own evaluation rewrites what it is given (see `to_sympy`), so objects are built unevaluated,
and no walk here recurses. sympy is never asked whether two things are equal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import sympy

from netsym.forms.form import Form
from netsym.graph.constants import whole
from netsym.graph.functions import FUNCTIONS


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


def to_sympy(formula: Form) -> Any:
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
                made[node] = sympy.Symbol(block.names.ascii(row), real=True)
            elif block.op == "constant":
                made[node] = raw.constant(block.number(row))
            elif block.op == "name":
                below = int(block.operands[row, 0])
                made[node] = operands[0]
                if cut[node]:
                    right[below] = operands[0]
                    made[node] = sympy.Symbol(graph.name_of(node), real=True)
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


def to_lambda(formula: Form) -> Any:
    """A formula without bindings as a `sympy.Lambda` from its inputs to a `Tuple`."""
    inputs = [sympy.Symbol(name, real=True) for name in formula.input_names()]
    made = to_sympy(formula)
    outputs = made if len(formula.outputs) > 1 else sympy.Tuple(made)
    return sympy.Lambda(tuple(inputs), outputs)
