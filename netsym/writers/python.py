"""Python: a function that needs `math` alone, and stays valid however deep or long the formula."""

from __future__ import annotations

import math
from collections.abc import Iterator

from netsym.forms.form import Form
from netsym.graph.function import Function
from netsym.graph.functions import FUNCTIONS
from netsym.writers.language import Watcher, no_watcher
from netsym.writers.program import Program
from netsym.writers.ropes import Rope, flat


class PythonCode(Program):
    """Expressions of Python, whose parser takes 200 nested parentheses."""

    def knows(self, function: Function) -> bool:
        return bool(function.python)

    def stable(self, function: Function) -> str:
        return function.prelude

    def defined(self, name: str, operands: list[str], right: str) -> str:
        return f"def {name}({', '.join(operands)}):\n    return {right}\n"

    def call(self, function: str, operands: list[str | Rope]) -> str | Rope:
        return super().call(function, operands) if operands else function


def write_python(
    formula: Form,
    *,
    digits: int | None = None,
    progress: Watcher = no_watcher,
) -> Iterator[str]:
    """A Python function of the inputs, with named parameters as keywords, piece by piece.

    It imports from `math` alone; functions that `math` lacks are defined above it, the way that
    does not overflow. Several outputs are returned as a tuple.
    """
    code = PythonCode(formula, digits, progress)
    definitions = code.definitions()
    needed = " ".join(FUNCTIONS[name].python for name in definitions).split()
    words = {word for word in needed if hasattr(math, word)}
    if words:
        yield f"from math import {', '.join(sorted(words))}\n\n\n"
    for definition in filter(None, definitions.values()):
        yield f"{definition}\n\n"
    inputs, parameters = code.arguments()
    keywords = ["*", *parameters] if parameters else []
    yield f"def {code.title()}({', '.join([*inputs, *keywords])}):\n"
    outputs = []
    statements = list(code.statements())
    if code.pieces:
        first = code.pieces[0][1]
        yield f"    # {first} and so on: Python parses only so many nested operations\n"
    for name, right, is_output in statements:
        if is_output and len(formula.outputs) == 1:
            yield "    return "
        else:
            yield f"    {name} = "
            outputs += [name] if is_output else []
        yield from flat(right)
        yield "\n"
    if outputs:
        yield f"    return {', '.join(outputs)}\n"
