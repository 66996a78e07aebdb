"""ONNX: a model of standard operators in float64, with a product of matrices for each layer."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.errors import SpecError, ValueMissingError
from netsym.forms.form import Form
from netsym.forms.shifted import shifted
from netsym.graph.functions import FUNCTIONS
from netsym.needed import need
from netsym.wording import without_values
from netsym.writers.code.loops import Column, Joined, Loop, Loops, Number, Picked

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


def model(form: Form, *, digits: int | None = None, **_: Any) -> bytes:
    """What an `.onnx` file holds: the form, from `inputs` (N, inputs) to `outputs` (N, outputs).

    Raises `SpecError` without onnx and for `digits`, `ValueMissingError` for names without numbers.
    """
    return bytes(_made(form, digits).SerializeToString(deterministic=True))


def write(form: Form, *, digits: int | None = None, **_: Any) -> Iterator[str]:
    """The model as a text that ONNX prints."""
    made = _made(form, digits)
    import onnx.printer

    yield onnx.printer.to_text(made)


def _made(form: Form, digits: int | None) -> Any:
    need("onnx", "a model of ONNX")
    if digits is not None:
        raise SpecError("a model of ONNX keeps its numbers whole; leave out digits")
    missing = [name for _, names in form.symbols() for name in names]
    if missing:
        raise ValueMissingError(without_values(missing))
    return _Model(form).made()


class _Model:
    """The operators of a form, while they are collected."""

    def __init__(self, form: Form) -> None:
        plain, _ = shifted(form)
        names = [*dict.fromkeys(plain.input_names())]
        given = {name: ("inputs", place) for place, name in enumerate(names)}
        self.form = plain
        self.loops = Loops(plain, given, frozenset({"inputs", "outputs"}))
        self.sizes = {"inputs": len(names)} | {
            loop.target: loop.length for loop in self.loops.loops
        }
        self.nodes: list[Any] = []
        self.held: dict[str, Any] = {}
        self.names: dict[Any, str] = {}
        self.alike = {"inputs"}  # what has a row for each row of inputs

    def made(self) -> Any:
        """The model, checked."""
        from onnx import TensorProto, checker, helper

        for loop in self.loops.loops:
            self._loop(loop)
        count = len(self.form.outputs)
        found = self._column(self.loops.outputs, count)
        self._node("Identity", [self._in_rows(found, count)], "outputs")
        ends = [
            helper.make_tensor_value_info(name, TensorProto.DOUBLE, ["N", size])
            for name, size in (("inputs", self.sizes["inputs"]), ("outputs", count))
        ]
        graph = helper.make_graph(
            self.nodes, self.form.function or "network", ends[:1], ends[1:], [*self.held.values()]
        )
        made = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR,
            producer_name="netsym",
        )  # fmt: skip
        checker.check_model(made, full_check=True)
        return made

    # -- operators ------------------------------------------------------------------------------
    def _node(self, operator: str, operands: Sequence[str], target: str = "", **said: Any) -> str:
        """The value of an operator of others, by its name."""
        from onnx import helper

        target = target or f"t{len(self.nodes)}_"
        self.nodes.append(helper.make_node(operator, [*operands], [target], **said))
        if self.alike.intersection(operands):
            self.alike.add(target)
        return target

    def _keep(self, values: npt.NDArray[Any]) -> str:
        """The name of an array of numbers, each of which is kept once."""
        from onnx import numpy_helper

        key = values.shape, values.dtype.str, values.tobytes()
        if key not in self.names:
            name = self.names[key] = f"c{len(self.held)}_"
            self.held[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return self.names[key]

    def _number(self, value: float) -> str:
        return self._keep(np.array([[value]], dtype=np.float64))

    def _places(self, places: Sequence[int] | npt.NDArray[np.int64]) -> str:
        return self._keep(np.array(places, dtype=np.int64))

    def _in_rows(self, value: str, width: int) -> str:
        """A value with a row for each row of inputs."""
        if value in self.alike:
            return value
        rows = self._node("Shape", ["inputs"], start=0, end=1)
        self.alike.discard(rows)
        shape = self._node("Concat", [rows, self._places([width])], axis=0)
        found = self._node("Expand", [value, shape])
        self.alike.add(found)
        return found

    def _loop(self, loop: Loop) -> None:
        columns = [self._column(column, loop.length) for column in loop.columns]
        if loop.right is not None:
            columns.insert(0, self._total(loop, self._column(loop.right, loop.width)))
        found = self._operation(loop.op, columns)
        if all(isinstance(each, Number) for each in loop.columns) and loop.right is None:
            found = self._node("Expand", [found, self._places([1, loop.length])])
        self._node("Identity", [found], loop.target)

    def _total(self, loop: Loop, right: str) -> str:
        """A matrix times what is right, or the sum of that."""
        if not loop.matrix:
            return self._node("ReduceSum", [right, self._places([1])], keepdims=1)
        if not loop.table:
            return self._node("MatMul", [right, self._keep(self.loops.numbers[loop.matrix].T)])
        table = self._places(self.loops.tables[loop.table])
        matrix = self._node("Gather", [loop.matrix, table], axis=1)
        last = self._places([2])
        total = self._node("MatMul", [matrix, self._node("Unsqueeze", [right, last])])
        return self._node("Squeeze", [total, last])

    # -- what is read ---------------------------------------------------------------------------
    def _column(self, column: Column, length: int) -> str:
        """Entries of an array, (N, length), or (1, …) of what no input changes."""
        if isinstance(column, Number):
            return self._number(column.value)
        if isinstance(column, Joined):
            parts, order = [], []
            for places, read in column.parts:
                order += places.tolist()
                parts.append(self._wide(self._column(read, len(places)), len(places)))
            joined = self._node("Concat", parts, axis=1)
            return self._node("Gather", [joined, self._places(np.argsort(order))], axis=1)
        if isinstance(column, Picked):
            places = self.loops.tables[column.table]
        else:
            places = column.start + column.step * np.arange(length if column.step else 1)
        if column.array in self.loops.numbers:
            return self._keep(self.loops.numbers[column.array][None, places])
        if np.array_equal(places, np.arange(self.sizes[column.array])):
            return column.array
        return self._node("Gather", [column.array, self._places(places)], axis=1)

    def _wide(self, value: str, width: int) -> str:
        """A value with all rows and entries, as what is joined must have."""
        full = self._in_rows(value, width)
        shape = self._places([1, width])
        return self._node("Expand", [full, shape]) if value in self.alike and width > 1 else full

    # -- operations -----------------------------------------------------------------------------
    def _operation(self, op: str, operands: list[str]) -> str:
        if op == "name":
            return operands[0]
        if op == "pi":
            return self._number(np.pi)
        if op == "erf":
            return self._erf(operands[0])
        if op not in _OPERATORS:
            return self._by_stable_way(op, operands)
        if len(operands) == 1:
            return operands[0] if op in ("add", "multiply", "max", "min") else self._node(
                _OPERATORS[op], operands
            )  # fmt: skip
        found = operands[0]
        for operand in operands[1:]:
            found = self._node(_OPERATORS[op], [found, operand])
        return found

    def _by_stable_way(self, op: str, operands: list[str]) -> str:
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
                return self._number(np.pi)
            case ast.Name(id=name):
                return known[name]
            case ast.Constant(value=float() | int() as value):
                return self._number(value)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self._node("Neg", [self._value(operand, known)])
            case ast.BinOp(left=left, op=sign, right=right):
                return self._node(
                    _SIGNS[type(sign)], [self._value(n, known) for n in (left, right)]
                )
            case ast.Compare(left=left, ops=[ast.NotEq()]):
                return self._node("IsNaN", [self._value(left, known)])
            case ast.Compare(left=left, ops=[sign], comparators=[right]):
                return self._node(
                    _SIGNS[type(sign)], [self._value(n, known) for n in (left, right)]
                )
            case ast.IfExp(test=test, body=body, orelse=other):
                return self._node("Where", [self._value(n, known) for n in (test, body, other)])
            case ast.Call(func=ast.Name(id="float"), args=[truth]):
                return self._node("Cast", [self._value(truth, known)], to=11)
            case ast.Call(func=ast.Name(id=name), args=given):
                return self._called(name, [self._value(each, known) for each in given])
        raise AssertionError(f"no stable way has {ast.dump(node)}")

    def _called(self, name: str, operands: list[str]) -> str:
        """A function that a stable way calls; two of them are no operators."""
        if name == "log1p":
            return self._log1p(operands[0])
        if name == "expm1":
            return self._expm1(operands[0])
        return self._operation(name, operands)

    def _expm1(self, z: str) -> str:
        """`tanh(z/2) (exp(z) + 1)`, which is no difference of larger numbers."""
        half = self._node("Tanh", [self._node("Div", [z, self._number(2.0)])])
        above = self._node("Add", [self._node("Exp", [z]), self._number(1.0)])
        return self._node("Mul", [half, above])

    def _erf(self, z: str) -> str:
        """`2/sqrt(pi) exp(-a^2) (a + 2 a^3/3 + …)` with a = |z|, where all terms are positive.

        Of Erf in float64 runtimes have none, or digits of float32. From a = 6 on it is 1.
        """
        a = self._node("Min", [self._node("Abs", [z]), self._number(6.0)])
        square = self._node("Mul", [a, a])
        each = self._node("Unsqueeze", [square, self._places([2])])
        powers = self._node("Pow", [each, self._keep(np.arange(_TERMS, dtype=np.float64))])
        terms = np.cumprod([2 / np.sqrt(np.pi), *(2 / (2 * n + 1) for n in range(1, _TERMS))])
        total = self._node("MatMul", [powers, self._keep(terms)])
        bell = self._node("Exp", [self._node("Neg", [square])])
        odd = self._node("Mul", [self._node("Sign", [z]), a])
        return self._node("Mul", [odd, self._node("Mul", [bell, total])])

    def _log1p(self, z: str) -> str:
        """`log(u) z/(u - 1)` with u = 1 + z, which is z where u is 1 (Kahan)."""
        one = self._number(1.0)
        u = self._node("Add", [one, z])
        below = self._node("Sub", [u, one])
        quotient = self._node("Div", [self._node("Mul", [self._node("Log", [u]), z]), below])
        return self._node("Where", [self._node("Equal", [u, one]), z, quotient])
