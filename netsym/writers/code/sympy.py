"""sympy code: a script that rebuilds a form in sympy, as it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import ClassVar

from netsym.forms.form import Form
from netsym.graph.function import Function
from netsym.graph.functions import FUNCTIONS
from netsym.watching import Watcher, no_watcher
from netsym.writers.code.python import PythonCode
from netsym.writers.ropes import Rope, flat
from netsym.writers.spelling import ATOM, Spelled, one_by_one

#: Words of the script; a value of such a name is held by a variable with underscores after it.
_WORDS = frozenset(
    {"Add", "Float", "Integer", "Mul", "Rational", "evaluate", "symbols", "bindings", "outputs"}
    | {row.sympy for row in FUNCTIONS.values()}
)


class SympyCode(PythonCode):
    """Expressions for `with evaluate(False):`, where sums and products stay as they are."""

    reserved = _WORDS
    shifts = False

    def knows(self, function: Function) -> bool:
        return bool(function.sympy)

    def stable(self, function: Function) -> str:
        return ""

    def _write_negation(self, _: str, nodes: list[int]) -> str | Rope:
        return self._flat_call("Mul", ["Integer(-1)", self.texts[nodes[0]]])

    operations: ClassVar[Mapping[str, tuple[str, int]]] = {
        **PythonCode.operations,
        "negate": ("_write_negation", ATOM),
    }

    def fraction(self, value: Fraction) -> tuple[str, int]:
        return f"Rational({value.numerator}, {value.denominator})", ATOM

    def decimals(self, texts: Sequence[str]) -> Spelled:
        return one_by_one(self._decimal, *super().decimals(texts))

    def _decimal(self, text: str, binds: int) -> tuple[str, int]:
        if text.lstrip("-").isdecimal():
            return f"Integer({text})", ATOM
        return (f"Float({text})", ATOM) if self.digits is None else (text, binds)

    def function(self, name: str) -> str:
        return FUNCTIONS[name].sympy or name

    def around(self, count: int) -> list[str]:
        return ["Add(", *[", "] * (count - 1), ")"] if count > 2 else super().around(count)

    def product(self, factors: list[str | Rope]) -> str | Rope:
        return self._flat_call("Mul", factors) if len(factors) > 2 else super().product(factors)

    def call(self, function: str, operands: list[str | Rope]) -> str | Rope:
        if function in ("max", "min"):  # these two do not listen to evaluate(False)
            return self._flat_call(FUNCTIONS[function].sympy, [*operands, "evaluate=False"])
        operands = [*operands, *map(str, FUNCTIONS[function].sympy_after)]
        return super().call(function, operands) if operands else self.function(function)

    def _flat_call(self, name: str, operands: list[str | Rope]) -> str | Rope:
        pieces: list[str | Rope] = [f"{name}("]
        for operand in operands:
            pieces += [operand, ", "]
        return self.join([*pieces[:-1], ")"])


def write(
    formula: Form,
    *,
    digits: int | None = None,
    progress: Watcher = no_watcher,
) -> Iterator[str]:
    """A Python script that rebuilds the form with sympy, piece by piece.

    It ends with `bindings`, a list of (symbol, expression), and `outputs`, a list of expressions.
    Nothing is evaluated or reordered; floats are exact.
    """
    language = SympyCode(formula, digits, progress)
    definitions = language.definitions()
    classes = {FUNCTIONS[name].sympy for name in definitions} - {""}
    words = {"Add", "Float", "Integer", "Mul", "Rational", "evaluate", "symbols"} | classes
    yield f"from sympy import {', '.join(sorted(words, key=str.lower))}\n\n"
    inputs = dict.fromkeys(formula.input_names())
    names = [*inputs, *(name for _, found in formula.symbols() for name in found)]
    names += [binding.name for binding in formula.bindings]
    if names:
        variables = ", ".join(map(language.variable, names))
        yield f'{variables} = symbols("{" ".join(names)}", real=True)\n'
    for definition in filter(None, definitions.values()):
        yield f"\n\n{definition.rstrip()}\n"
    yield "\n\nbindings, outputs = [], []\nwith evaluate(False):\n"
    bound = {language.variable(binding.name) for binding in formula.bindings}
    for name, right, is_output in language.statements():
        if is_output:
            opening, closing = "outputs.append(", ")\n"
        elif name in bound:
            opening, closing = f"bindings.append(({name}, ", "))\n"
        else:
            opening, closing = f"{name} = ", "\n"
        yield f"    {opening}"
        yield from flat(right)
        yield closing
