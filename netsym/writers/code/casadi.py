"""CasADi: a function of SX, MX or DM whose result is a column of the same kind."""

from __future__ import annotations

from collections.abc import Mapping

from netsym.writers.code.model import Model
from netsym.writers.code.program import written

_SAME = ("exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "atan", "sinh", "cosh",
         "tanh", "erf", "sign")  # fmt: skip
# A symbol is taken to be equal to itself: what is neither more nor less is no number.
_LARGER = """\
def {0}(a, b):
    return ca.if_else(a {1} b, a, ca.if_else(b {1}= a, b, a + b))


"""
_JUMP = """\
def {0}(z):
    return ca.if_else(z {1} 0, 1, ca.if_else(z {2} 0, 0, z))


"""


class CasadiCode(Model):
    """The outputs; in the full space what is 0 for each of the `VALUES`, which are operands, too.

    Solvers vary the inputs and these; a reduced model has nothing but the inputs.
    """

    imported = "casadi as ca"
    reserved = frozenset({*Model.reserved, "ca"})
    calls: Mapping[str, str] = {
        **{name: f"ca.{name}({{0}})" for name in _SAME}, "abs": "ca.fabs({0})", "pi": "ca.pi",
        "max": "maximum({0}, {1})", "min": "minimum({0}, {1})", "step": "step({0})",
        "heaviside": "heaviside({0})",
    }  # fmt: skip
    support: Mapping[str, str] = {
        "maximum": _LARGER.format("maximum", ">"), "minimum": _LARGER.format("minimum", "<"),
        "step": _JUMP.format("step", ">=", "<"), "heaviside": _JUMP.format("heaviside", ">", "<="),
    }  # fmt: skip
    choice = "ca.if_else({0}, {1}, {2})"

    def opening(self) -> str:
        return f"{self.called(*self.values)}    return ca.vertcat(\n" if self.is_full else (
            self.called()
        )  # fmt: skip

    def assigned(self, name: str) -> tuple[str, str]:
        return (f"        {name} - (", "),\n") if self.is_full else super().assigned(name)

    def closing(self) -> str:
        return "    )\n" if self.is_full else f"    return ca.vertcat({', '.join(self.outputs)})\n"


write = written(CasadiCode)
