"""The operators of a model of ONNX, while they are collected, and functions that are several."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.graph.functions import FUNCTIONS

#: Those of opset 18, which says what they are of float64.
_OPSET, _IR = 18, 8
_OPERATORS: Mapping[str, str] = {
    "add": "Add", "multiply": "Mul", "divide": "Div", "power": "Pow", "negate": "Neg",
    "max": "Max", "min": "Min",
    **{name: name.capitalize() for name in (
        "exp", "log", "sqrt", "sin", "cos", "tan", "atan", "sinh", "cosh", "tanh", "abs",
        "sign", "sigmoid", "relu")},
}  # fmt: skip
#: Terms of erf, of which more are too small to be seen below 6.
_TERMS = 160
_SIGNS: Mapping[type[ast.AST], str] = {
    ast.Add: "Add", ast.Sub: "Sub", ast.Mult: "Mul", ast.Div: "Div",
    ast.Lt: "Less", ast.Gt: "Greater", ast.LtE: "LessOrEqual", ast.GtE: "GreaterOrEqual",
}  # fmt: skip

Array = npt.NDArray[Any]


class Nodes:
    """Operators in float64, or in `single` precision, and the numbers that they read.

    `ends` are the inputs, with their shapes; a value has a row for each of their rows, or it is one
    of `held`, (1, …) or without rows. Weights are rounded to so many `digits`.
    """

    def __init__(
        self, ends: Mapping[str, Sequence[int]], single: bool = False, digits: int | None = None
    ) -> None:
        self.ends = ends
        self.single = single
        self.digits = digits
        self.scope = ""  # the layer that operators are of
        self.nodes: list[Any] = []
        self.held: dict[str, Any] = {}
        self._names: dict[Any, str] = {}
        self._alike = {*ends}  # what has a row for each row of the inputs
        self._rows = ""

    def model(self, title: str, outputs: Mapping[str, Sequence[int]]) -> Any:
        """The model, checked; outputs and their shapes by name."""
        from onnx import checker, helper

        inputs, made = (
            [helper.make_tensor_value_info(name, self._element, ["N", *shape])
             for name, shape in ends.items()]
            for ends in (self.ends, outputs)
        )  # fmt: skip
        graph = helper.make_graph(self.nodes, title, inputs, made, [*self.held.values()])
        found = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR,
            producer_name="netsym",
        )  # fmt: skip
        checker.check_model(found, full_check=True)
        return found

    @property
    def _element(self) -> int:
        from onnx import TensorProto

        return TensorProto.FLOAT if self.single else TensorProto.DOUBLE

    # -- operators and what they read -----------------------------------------------------------
    def node(self, operator: str, operands: Sequence[str], target: str = "", **said: Any) -> str:
        """The value of an operator of others, by its name."""
        return self.several(operator, operands, (target or self._free(operator),), **said)[0]

    def several(
        self, operator: str, operands: Sequence[str], targets: Sequence[str], **said: Any
    ) -> Sequence[str]:
        """The values of an operator that gives several; "" is one that nobody reads."""
        from onnx import helper

        name = f"{self.scope}/{operator}_{len(self.nodes)}" if self.scope else ""
        self.nodes.append(helper.make_node(operator, [*operands], [*targets], name, **said))
        if self._alike.intersection(operands):
            self._alike.update(targets)
        return targets

    def _free(self, operator: str) -> str:
        return f"{self.scope}/{operator}_{len(self.nodes)}_value" if self.scope else (
            f"t{len(self.nodes)}_"
        )  # fmt: skip

    def keep(self, values: Array, name: str = "") -> str:
        """The name of an array of numbers, each of which is kept once."""
        from onnx import numpy_helper

        if values.dtype.kind == "f":
            values = np.asarray(values, dtype=np.float32 if self.single else np.float64)
        key = values.shape, values.dtype.str, values.tobytes()
        if key not in self._names:
            free = name if name and name not in self.held else f"c{len(self.held)}_"
            self._names[key] = free
            self.held[free] = numpy_helper.from_array(np.array(values, order="C"), free)
        return self._names[key]

    def number(self, value: float) -> str:
        """The name of a number, of shape (1, 1)."""
        return self.keep(np.array([[value]], dtype=np.float64))

    def places(self, places: Sequence[int] | npt.NDArray[np.int64]) -> str:
        """The name of an array of whole numbers."""
        return self.keep(np.array(places, dtype=np.int64))

    def rounded(self, weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Weights with as many digits as are asked for."""
        if self.digits is None:
            return weights
        each = [float(f"{weight:.{self.digits}g}") for weight in weights.reshape(-1).tolist()]
        return np.array(each).reshape(weights.shape)

    def rows(self) -> str:
        """How many rows there are, of shape (1,)."""
        if not self._rows:
            self._rows = self.node("Shape", [next(iter(self.ends))], start=0, end=1)
            self._alike.discard(self._rows)
        return self._rows

    def in_rows(self, value: str, shape: Sequence[int]) -> str:
        """A value with a row, of this shape, for each row of the inputs."""
        return value if value in self._alike else self.expanded(value, [], shape)

    def expanded(self, value: str, before: Sequence[int], after: Sequence[int]) -> str:
        """A value in the shape (*before, rows, *after)."""
        axes = [self.places(before)] if before else []
        axes += [self.rows(), *([self.places(after)] if after else [])]
        shape = self.node("Concat", axes, axis=0)
        found = self.node("Expand", [value, shape])
        self._alike.discard(shape)
        self._alike.add(found)
        return found

    # -- operations -----------------------------------------------------------------------------
    def operation(self, op: str, operands: Sequence[str]) -> str:
        """An operation of a graph, element by element."""
        if op == "name":
            return operands[0]
        if op == "pi":
            return self.number(np.pi)
        if op == "erf":
            return self._erf(operands[0])
        if op not in _OPERATORS:
            return self._by_stable_way(op, operands)
        if len(operands) == 1:
            return operands[0] if op in ("add", "multiply", "max", "min") else self.node(
                _OPERATORS[op], operands
            )  # fmt: skip
        if op in ("max", "min"):
            return self.node(_OPERATORS[op], operands)
        return reduce(lambda left, right: self.node(_OPERATORS[op], [left, right]), operands)

    def _by_stable_way(self, op: str, operands: Sequence[str]) -> str:
        """A function that is no operator, from the stable way that the table has."""
        (defined,) = ast.parse(FUNCTIONS[op].prelude).body
        assert isinstance(defined, ast.FunctionDef)
        (returned,) = defined.body
        assert isinstance(returned, ast.Return)
        assert returned.value is not None
        names = (argument.arg for argument in defined.args.args)
        return self._value(returned.value, dict(zip(names, operands, strict=True)))

    def _value(self, node: ast.expr, known: Mapping[str, str]) -> str:
        match node:
            case ast.Name(id="pi"):
                return self.number(np.pi)
            case ast.Name(id=name):
                return known[name]
            case ast.Constant(value=float() | int() as value):
                return self.number(value)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.node("Neg", [self._value(operand, known)])
            case ast.BinOp(left=left, op=sign, right=right):
                return self.node(_SIGNS[type(sign)], [self._value(n, known) for n in (left, right)])
            case ast.Compare(left=left, ops=[ast.NotEq()]):
                return self.node("IsNaN", [self._value(left, known)])
            case ast.Compare(left=left, ops=[sign], comparators=[right]):
                return self.node(_SIGNS[type(sign)], [self._value(n, known) for n in (left, right)])
            case ast.IfExp(test=test, body=body, orelse=other):
                return self.node("Where", [self._value(n, known) for n in (test, body, other)])
            case ast.Call(func=ast.Name(id="float"), args=[truth]):
                return self.node("Cast", [self._value(truth, known)], to=self._element)
            case ast.Call(func=ast.Name(id=name), args=given):
                return self._called(name, [self._value(each, known) for each in given])
        raise AssertionError(f"no stable way has {ast.dump(node)}")

    def _called(self, name: str, operands: list[str]) -> str:
        """A function that a stable way calls; two of them are no operators."""
        if name == "log1p":
            return self._log1p(operands[0])
        if name == "expm1":
            return self._expm1(operands[0])
        return self.operation(name, operands)

    def _expm1(self, z: str) -> str:
        """`tanh(z/2) (exp(z) + 1)`, which is no difference of larger numbers."""
        half = self.node("Tanh", [self.node("Div", [z, self.number(2.0)])])
        above = self.node("Add", [self.node("Exp", [z]), self.number(1.0)])
        return self.node("Mul", [half, above])

    def _erf(self, z: str) -> str:
        """`2/sqrt(pi) exp(-a^2) (a + 2 a^3/3 + …)` with a = |z|, where all terms are positive.

        Of Erf in float64 runtimes have none, or digits of float32. From a = 6 on it is 1.
        """
        if self.single:
            return self.node("Erf", [z])
        a = self.node("Min", [self.node("Abs", [z]), self.number(6.0)])
        square = self.node("Mul", [a, a])
        each = self.node("Unsqueeze", [square, self.places([-1])])
        powers = self.node("Pow", [each, self.keep(np.arange(_TERMS, dtype=np.float64))])
        terms = np.cumprod([2 / np.sqrt(np.pi), *(2 / (2 * n + 1) for n in range(1, _TERMS))])
        total = self.node("MatMul", [powers, self.keep(terms)])
        bell = self.node("Exp", [self.node("Neg", [square])])
        odd = self.node("Mul", [self.node("Sign", [z]), a])
        return self.node("Mul", [odd, self.node("Mul", [bell, total])])

    def _log1p(self, z: str) -> str:
        """`log(u) z/(u - 1)` with u = 1 + z, which is z where u is 1 (Kahan)."""
        one = self.number(1.0)
        u = self.node("Add", [one, z])
        below = self.node("Sub", [u, one])
        quotient = self.node("Div", [self.node("Mul", [self.node("Log", [u]), z]), below])
        return self.node("Where", [self.node("Equal", [u, one]), z, quotient])
