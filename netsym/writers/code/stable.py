"""The stable way of a function in other languages: what the table says in Python, translated."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from netsym.graph.function import Function

_SIGNS: Mapping[type[ast.AST], str] = {
    ast.Add: " + ", ast.Sub: " - ", ast.Mult: "*", ast.Div: "/",
    ast.Lt: " < ", ast.Gt: " > ", ast.LtE: " <= ", ast.GtE: " >= ", ast.NotEq: " != ",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Translated:
    """The operands of a function, and its value as an expression."""

    operands: list[str]
    right: str


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a language spells what stable ways are made of, but for the signs that all share.

    `choice` is a template of what is where a condition holds, `call` spells a function of operands,
    `literal` a number.
    """

    choice: str
    call: Callable[[str, list[str]], str]
    literal: Callable[[str], str]

    def translated(self, function: Function) -> Translated:
        """The stable way of a function, which is one `def` that returns one expression."""
        (defined,) = ast.parse(function.prelude).body
        assert isinstance(defined, ast.FunctionDef)
        (returned,) = defined.body
        assert isinstance(returned, ast.Return)
        assert returned.value is not None
        operands = [argument.arg for argument in defined.args.args]
        return Translated(operands, self._text(returned.value))

    def _text(self, node: ast.expr) -> str:
        match node:
            case ast.Name(id=name):
                return name if name != "pi" else self.call(name, [])
            case ast.Constant(value=value):
                return self.literal(repr(value))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return f"-{self._closed(operand)}"
            case ast.BinOp(left=left, op=op, right=right):
                return f"{self._closed(left)}{_SIGNS[type(op)]}{self._closed(right)}"
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return f"{self._text(left)}{_SIGNS[type(op)]}{self._text(right)}"
            case ast.IfExp(test=test, body=body, orelse=other):
                return self.choice.format(*map(self._text, (test, body, other)))
            case ast.Call(func=ast.Name(id=name), args=operands):
                return self.call(name, [self._text(operand) for operand in operands])
        raise AssertionError(f"no stable way has {ast.dump(node)}")

    def _closed(self, node: ast.expr) -> str:
        text = self._text(node)
        simple = isinstance(node, (ast.Name, ast.Constant, ast.Call))
        return text if simple else f"({text})"
