"""NumPy: a function of an array of inputs, which computes all its rows at once."""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Mapping

from netsym.forms.form import Form
from netsym.watching import Watcher, no_watcher
from netsym.writers.code import IN_PLACE, stands_apart
from netsym.writers.code.numpy_arrays import array_lines
from netsym.writers.code.program import Program, written

_SAME = ("exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "abs",
         "sign")  # fmt: skip
_ERF = """\
def erf(z):
    return np.vectorize(math.erf, otypes=[float])(z)


"""


class NumPyCode(Program):
    """A function of an array (…, inputs) whose result is (…, outputs), or (…) of one output.

    Named parameters are keywords. It needs NumPy alone.
    """

    reserved = frozenset({"inputs", "out", "np", "math", "float", *keyword.kwlist})
    calls: Mapping[str, str] = {
        **{name: f"np.{name}({{0}})" for name in _SAME}, "atan": "np.arctan({0})",
        "max": "np.maximum({0}, {1})", "min": "np.minimum({0}, {1})", "pi": "np.pi",
        "step": "np.heaviside({0}, 1.0)", "heaviside": "np.heaviside({0}, 0.0)", "erf": "erf({0})",
    }  # fmt: skip
    support: Mapping[str, str] = {"erf": _ERF}
    choice = "np.where({0}, {1}, {2})"

    def __init__(
        self, formula: Form, digits: int | None = None, watcher: Watcher = no_watcher,
        weights: str = IN_PLACE,
    ) -> None:  # fmt: skip
        self.is_apart = stands_apart(weights)
        super().__init__(formula, digits, watcher)

    def lines(self) -> Iterator[str]:
        return array_lines(self) if self.is_apart else super().lines()

    def defined(self, name: str, operands: list[str], right: str) -> str:
        return f"def {name}({', '.join(operands)}):\n    return {right}\n\n\n"

    def heading(self) -> str:
        return (
            "import math\n\n" if "erf" in self.definitions() else ""
        ) + "import numpy as np\n\n\n"

    def opening(self) -> str:
        inputs, parameters = self.arguments
        keywords = ["*", *parameters] if parameters else []
        columns = (
            f"    {name} = inputs[..., {place}]\n"
            for place, name in enumerate(inputs)
            if name in self.used
        )
        last = f", {len(self.outputs)}" if len(self.outputs) > 1 else ""
        return (
            f"def {self.title()}({', '.join(['inputs', *keywords])}):\n"
            f"    inputs = np.asarray(inputs, dtype=float)\n{''.join(columns)}"
            f"    out = np.empty((*inputs.shape[:-1]{last or ','}))\n"
            '    with np.errstate(all="ignore"):\n'
        )

    def assigned(self, name: str) -> tuple[str, str]:
        return f"        {name} = ", "\n"

    def given(self, name: str, place: int) -> tuple[str, str]:
        column = f"..., {place}" if len(self.outputs) > 1 else "..."
        return f"        out[{column}] = ", "\n"

    def closing(self) -> str:
        return "    return out[()]\n"


write = written(NumPyCode)
