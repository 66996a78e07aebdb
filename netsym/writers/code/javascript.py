"""JavaScript: a module of functions that need `Math` alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from netsym.writers.code.program import Program, written
from netsym.writers.spelling import ATOM

_OF_MATH = ("exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "atan", "sinh", "cosh",
            "tanh", "abs", "sign")  # fmt: skip
_RESERVED = """
arguments await break case catch class const continue debugger default delete do else enum eval
export extends false finally for function if implements import in instanceof interface let new null
package private protected public return static super switch this throw true try typeof var void
while with yield Math NaN Infinity undefined Number
"""
# All terms are positive, so that none cancels another (Abramowitz and Stegun, 7.1.6).
_ERF = """\
function erf(z) {
  const a = Math.abs(z);
  if (!(a < 6)) return Number.isNaN(z) ? z : Math.sign(z);
  let term = a, sum = a;
  for (let n = 1; term > 1e-17*sum; n++) {
    term *= 2*a*a/(2*n + 1);
    sum += term;
  }
  return Math.sign(z)*Math.min(1, 2/Math.sqrt(Math.PI)*Math.exp(-a*a)*sum);
}
"""


class JavaScript(Program):
    """A module with one function of the inputs, whose numbers are float64 as NumPy's.

    Parameters that have names come last, as one object. Several outputs are returned as an array.
    """

    reserved = frozenset(_RESERVED.split())
    calls: Mapping[str, str] = {
        **{name: f"Math.{name}({{0}})" for name in _OF_MATH},
        "max": "Math.max({0}, {1})", "min": "Math.min({0}, {1})", "power": "Math.pow({0}, {1})",
        "pi": "Math.PI", "float": "Number({0})", "erf": "erf({0})",
    }  # fmt: skip
    support: Mapping[str, str] = {"erf": _ERF}
    choice = "({0} ? {1} : {2})"
    operations: ClassVar[Mapping[str, tuple[str, int]]] = {
        **Program.operations, "power": ("_write_call", ATOM),
    }  # fmt: skip

    def defined(self, name: str, operands: list[str], right: str) -> str:
        return f"const {name} = ({', '.join(operands)}) => {right};\n"

    def opening(self) -> str:
        inputs, _ = self.arguments
        names = [name for _, names in self.formula.symbols() for name in names]
        taken = [n if n == self.variable(n) else f"{n}: {self.variable(n)}" for n in names]
        parameters = [f"{{{', '.join(taken)}}}"] if taken else []
        return f"export function {self.title()}({', '.join([*inputs, *parameters])}) {{\n"

    def assigned(self, name: str) -> tuple[str, str]:
        return f"  const {name} = ", ";\n"

    def given(self, name: str, place: int) -> tuple[str, str]:
        return ("  return ", ";\n") if len(self.formula.outputs) == 1 else self.assigned(name)

    def closing(self) -> str:
        outputs = self.outputs
        return f"  return [{', '.join(outputs)}];\n}}\n" if len(outputs) > 1 else "}\n"


write = written(JavaScript)
