"""JavaScript: a module of functions that need `Math` alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from netsym.forms.form import Form
from netsym.graph.function import Function
from netsym.writers.language import ATOM, Watcher, no_watcher
from netsym.writers.program import Program
from netsym.writers.ropes import flat
from netsym.writers.stable import Dialect

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
    """Expressions of JavaScript, whose numbers are float64 as NumPy's."""

    reserved = frozenset(_RESERVED.split())
    calls: ClassVar[Mapping[str, str]] = {
        **{name: f"Math.{name}({{0}})" for name in _OF_MATH},
        "max": "Math.max({0}, {1})", "min": "Math.min({0}, {1})", "power": "Math.pow({0}, {1})",
        "pi": "Math.PI", "float": "Number({0})",
    }  # fmt: skip
    operations: ClassVar[Mapping[str, tuple[str, int]]] = {
        **Program.operations, "power": ("_write_call", ATOM),
    }  # fmt: skip

    def stable(self, function: Function) -> str:
        if function.name == "erf":
            return _ERF
        if not function.prelude or self.knows(function):
            return ""
        way = Dialect("({0} ? {1} : {2})", self._called, self.literal).translated(function)
        return self.defined(function.name, way.operands, way.right)

    def definitions(self) -> dict[str, str]:
        found = super().definitions()
        needs_erf = any("erf(" in text for text in found.values())
        return {**({"erf": _ERF} if needs_erf else {}), **found}

    def _called(self, name: str, operands: list[str]) -> str:
        template = self.calls.get(name)
        return template.format(*operands) if template else f"{name}({', '.join(operands)})"

    def defined(self, name: str, operands: list[str], right: str) -> str:
        return f"const {name} = ({', '.join(operands)}) => {right};\n"


def write_javascript(
    formula: Form, *, digits: int | None = None, progress: Watcher = no_watcher
) -> Iterator[str]:
    """A module with one function of the inputs, piece by piece; it needs `Math` alone.

    Parameters that have names come last, as one object. Several outputs are returned as an array.
    """
    code = JavaScript(formula, digits, progress)
    yield from filter(None, code.definitions().values())
    inputs, _ = code.arguments()
    parameters = [name for _, names in formula.symbols() for name in names]
    taken = [n if n == code.variable(n) else f"{n}: {code.variable(n)}" for n in parameters]
    named = [f"{{{', '.join(taken)}}}"] if taken else []
    yield f"export function {code.title()}({', '.join([*inputs, *named])}) {{\n"
    outputs = []
    for name, right, is_output in code.statements():
        if is_output and len(formula.outputs) == 1:
            yield "  return "
        else:
            yield f"  const {name} = "
            outputs += [name] if is_output else []
        yield from flat(right)
        yield ";\n"
    if outputs:
        yield f"  return [{', '.join(outputs)}];\n"
    yield "}\n"
