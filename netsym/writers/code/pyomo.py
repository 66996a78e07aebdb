"""Pyomo: a function that puts a network on a block, and gives its outputs as expressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netsym.writers.code.erf import PYOMO_ERF
from netsym.writers.code.model import Model
from netsym.writers.code.program import written

_SAME = ("exp", "log", "sqrt", "sin", "cos", "tan", "atan", "sinh", "cosh", "tanh")
_DEFINED = """\
def {0}:
    return {1}


"""


class PyomoCode(Model):
    """A tuple of the outputs; in the full space they are variables `block.network[…]`.

    Each of these has one of `block.equations`, in the order of `VALUES`. No branch overflows, as
    Pyomo computes both.
    """

    imported = "pyomo.environ as pyo"
    first = ("block",)
    reserved = frozenset({*Model.reserved, "pyo", "block"})
    calls: Mapping[str, str] = {
        **{name: f"pyo.{name}({{0}})" for name in _SAME},
        "abs": "abs({0})", "pi": "3.141592653589793",
        "max": "maximum({0}, {1})", "min": "minimum({0}, {1})",
        **{name: f"{name}({{0}})"
           for name in ("sign", "step", "heaviside", "sigmoid", "silu", "erf")},
    }  # fmt: skip
    support: Mapping[str, str] = {"erf": PYOMO_ERF} | {
        name: _DEFINED.format(f"{name}({operands})", right)
        for name, operands, right in (
            ("maximum", "a, b", "pyo.Expr_if(IF=a >= b, THEN=a, ELSE=b)"),
            ("minimum", "a, b", "pyo.Expr_if(IF=a <= b, THEN=a, ELSE=b)"),
            ("heaviside", "z", "pyo.Expr_if(IF=z <= 0, THEN=0, ELSE=1)"),
            ("step", "z", "pyo.Expr_if(IF=z >= 0, THEN=1, ELSE=0)"),
            ("sign", "z", "step(z) - step(-z)"),
            ("sigmoid", "z", "pyo.exp(minimum(z, 0))/(1 + pyo.exp(-abs(z)))"),
            ("silu", "z", "z*sigmoid(z)"),
            ("log1p", "z", "2*pyo.atanh(z/(2 + z))"),
            ("expm1", "z", "pyo.tanh(z/2)*(pyo.exp(minimum(z, 700)) + 1)"),
        )
    }
    choice = "pyo.Expr_if(IF={0}, THEN={1}, ELSE={2})"

    def opening(self) -> str:
        if not self.is_full:
            return self.called()
        return (
            f"{self.called()}    block.network = pyo.Var(VALUES)\n"
            "    block.equations = pyo.ConstraintList()\n"
            f"    {_tuple(self.values)} = (block.network[name] for name in VALUES)\n"
        )

    def assigned(self, name: str) -> tuple[str, str]:
        if self.is_full:
            return f"    block.equations.add({name} == ", ")\n"
        return super().assigned(name)

    def closing(self) -> str:
        return f"    return {_tuple(self.outputs)}\n"


def _tuple(names: Sequence[str]) -> str:
    return f"({', '.join(names)}{',' if len(names) == 1 else ''})"


write = written(PyomoCode)
