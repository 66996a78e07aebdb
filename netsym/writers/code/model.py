"""Models for optimisers: Python text of a function that takes symbols, and gives expressions.

Of the layered form it is the full space, where each value is a variable with an equation of its
own; of other forms the reduced one, where the inputs are all that varies.
"""

from __future__ import annotations

import keyword
from typing import ClassVar

from netsym.writers.code.program import Program


class Model(Program):
    """What CasADi and Pyomo share; named parameters are keywords."""

    reserved = frozenset({"VALUES", "maximum", "minimum", *keyword.kwlist})
    #: The line that imports it, and what comes before the inputs.
    imported: ClassVar[str]
    first: ClassVar[tuple[str, ...]] = ()

    @property
    def is_full(self) -> bool:
        """Whether each value is a variable."""
        return self.formula.form == "layered"

    @property
    def values(self) -> list[str]:
        """The variables of the full space, in the order of their equations."""
        return [name for name, _, _ in self.statements()]

    def defined(self, name: str, operands: list[str], right: str) -> str:
        return f"def {name}({', '.join(operands)}):\n    return {right}\n\n\n"

    def heading(self) -> str:
        text = f"import {self.imported}\n\n"
        if self.is_full:
            names = "".join(f"    {name!r},\n" for name in self.values).replace("'", '"')
            text += f"VALUES = (\n{names})\n\n"
        return f"{text}\n"

    def called(self, *names: str) -> str:
        """The line in which the function begins, with its operands."""
        inputs, parameters = self.arguments
        keywords = ["*", *parameters] if parameters else []
        operands = [*self.first, *inputs, *names, *keywords]
        return f"def {self.title()}({', '.join(operands)}):\n"

    def assigned(self, name: str) -> tuple[str, str]:
        return f"    {name} = ", "\n"
