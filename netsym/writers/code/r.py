"""R: a function of vectors, one for each input, which computes all their elements at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netsym.writers.code.program import Program, written
from netsym.writers.ropes import Rope

_SAME = ("exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "atan", "sinh", "cosh",
         "tanh", "abs", "sign")  # fmt: skip
#: Words of the language, and what the text calls by name.
_RESERVED = """
if else repeat while function for next break TRUE FALSE NULL Inf NaN NA in pi
NA_integer_ NA_real_ NA_complex_ NA_character_
cbind ifelse local pchisq pmax pmin
"""
_ERF = "  erf <- function(z) sign(z)*pchisq(2*z^2, 1)\n"  # it is no difference of larger numbers


class R(Program):
    """A function of one vector per input, and then of the named parameters.

    Several outputs are the columns of a matrix; what else it needs is seen by it alone.
    """

    deepest = 250  # R takes 50 brackets in each other
    reserved = frozenset(_RESERVED.split())
    calls: Mapping[str, str] = {
        **{name: f"{name}({{0}})" for name in _SAME},
        "max": "pmax({0}, {1})", "min": "pmin({0}, {1})", "pi": "pi", "erf": "erf({0})",
        "float": "as.numeric({0})",
    }  # fmt: skip
    support: Mapping[str, str] = {"erf": _ERF}
    choice = "ifelse(({0}) %in% TRUE, {1}, {2})"  # NaN >= 0 is neither

    def variables(self, names: Sequence[str]) -> Sequence[str]:
        named = super().variables(names)
        return [f"`{name}`" if name[0] == "_" else name for name in named]

    def power(self, base: str | Rope, exponent: str | Rope) -> str | Rope:
        return self.join([base, "^", exponent])

    def defined(self, name: str, operands: list[str], right: str) -> str:
        return f"  {name} <- function({', '.join(operands)}) {right}\n"

    def heading(self) -> str:
        return f"{self.title()} <- local({{\n"

    def opening(self) -> str:
        inputs, parameters = self.arguments
        return f"  function({', '.join([*inputs, *parameters])}) {{\n"

    def assigned(self, name: str) -> tuple[str, str]:
        return f"    {name} <- ", "\n"

    def closing(self) -> str:
        outputs = self.outputs
        found = f"cbind({', '.join(outputs)})" if len(outputs) > 1 else outputs[0]
        return f"    {found}\n  }}\n}})\n"


write = written(R)
