"""A function that is written out as a formula, for what no other layer computes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import ClassVar, TypeVar

from netsym.errors import SpecError
from netsym.forms.form import Form, symbols_of
from netsym.graph.names import literal
from netsym.layers import Layer, Shape, shape_text
from netsym.ops import Ops, WholeOps
from netsym.ops.reading import read_formula
from netsym.typed.parse import parse_formula
from netsym.wording import plural

A = TypeVar("A")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written(Layer):
    """A typed formula, of one or several equations, as a function of its `arguments`.

    Of a vector it gives one of as many values as there are equations. Without `arguments`, which
    are separated by commas, they are x, or x_1, x_2, …; of all other names those that multiply or
    divide are `weights`, the others `biases`.
    """

    kind: ClassVar[str] = "formula"
    letters: ClassVar[Mapping[str, str]] = {"weights": "w", "biases": "b"}

    formula: str
    arguments: str = ""

    def shape(self, *shapes: Shape) -> Shape:
        (length,) = shapes[0] if len(shapes[0]) == 1 else (0,)
        names, wanted = self._arguments(), len(self._arguments())
        if length != wanted:
            given = shape_text(shapes[0])
            raise SpecError(
                f"the formula has {plural(wanted, 'argument')} ({', '.join(names)}), but its input "
                f"has shape {given}; name one for each value in arguments"
            )
        return (len(self._form().outputs),)

    def parameters(self, *shapes: Shape) -> dict[str, Shape]:
        lengths = {key: len(self.names_of(key)) for key in self.letters}
        return {key: (length,) for key, length in lengths.items() if length}

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        (x,) = inputs
        own = [parameters[key] for key in self.letters if key in parameters]
        given = ops.concatenate([x, *own]) if own else x
        return read_formula(self._form(), ops, given)

    def names_of(self, parameter: str) -> list[str]:
        """Those of the formula that are no arguments, in order."""
        return _names(self.formula, self.arguments)[parameter]

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        return ops.operator("formula", *inputs, *parameters.values())

    def _arguments(self) -> list[str]:
        return _names(self.formula, self.arguments)["arguments"]

    def _form(self) -> Form:
        return _form(self.formula, self.arguments)

    def describe(self) -> str:
        return "a formula"


@lru_cache(maxsize=64)
def _names(formula: str, arguments: str) -> dict[str, list[str]]:
    """The arguments of a formula, and its other names: weights, and biases."""
    form = parse_formula(formula).formula
    given = [each.strip() for each in arguments.split(",") if each.strip()]
    given = given or form.input_names()
    others = {node: name for name, node in symbols_of(form).items() if name not in given}
    factors = {
        node
        for block, rows in form.graph.walk(form.mask)
        if block.op in ("multiply", "divide")
        for node in block.operands[rows].reshape(-1).tolist()
    }
    return {
        "arguments": given,
        "weights": [name for node, name in others.items() if node in factors],
        "biases": [name for node, name in others.items() if node not in factors],
    }


@lru_cache(maxsize=64)
def _form(formula: str, arguments: str) -> Form:
    """The formula as a function of its arguments and its parameters."""
    names = _names(formula, arguments)
    return parse_formula(formula, inputs=literal(*chain(*names.values()))).formula
