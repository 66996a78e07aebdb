"""Python: a function that needs `math` alone, and stays valid however deep or long the formula."""

from __future__ import annotations

import math

from netsym.graph.function import Function
from netsym.graph.functions import FUNCTIONS
from netsym.writers.code.program import Program, written
from netsym.writers.ropes import Rope


class PythonCode(Program):
    """A function of the inputs, with named parameters as keywords; it imports from `math` alone.

    Functions that `math` lacks are defined above it, the way that does not overflow. Several
    outputs are returned as a tuple. Python's parser takes 200 nested parentheses.
    """

    def knows(self, function: Function) -> bool:
        return bool(function.python)

    def stable(self, function: Function) -> str:
        return f"{function.prelude}\n\n" if function.prelude else ""

    def defined(self, name: str, operands: list[str], right: str) -> str:
        return f"def {name}({', '.join(operands)}):\n    return {right}\n\n\n"

    def call(self, function: str, operands: list[str | Rope]) -> str | Rope:
        return super().call(function, operands) if operands else function

    def heading(self) -> str:
        needed = " ".join(FUNCTIONS[name].python for name in self.definitions()).split()
        words = sorted({word for word in needed if hasattr(math, word)})
        return f"from math import {', '.join(words)}\n\n\n" if words else ""

    def opening(self) -> str:
        inputs, parameters = self.arguments
        keywords = ["*", *parameters] if parameters else []
        return f"def {self.title()}({', '.join([*inputs, *keywords])}):\n"

    def assigned(self, name: str) -> tuple[str, str]:
        return f"    {name} = ", "\n"

    def given(self, name: str, place: int) -> tuple[str, str]:
        return ("    return ", "\n") if len(self.formula.outputs) == 1 else self.assigned(name)

    def closing(self) -> str:
        outputs = self.outputs
        return f"    return {', '.join(outputs)}\n" if len(outputs) > 1 else ""


write = written(PythonCode)
