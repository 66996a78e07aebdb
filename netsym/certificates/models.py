"""CasADi and Pyomo, run by the Python that runs netsym, in a process of its own.

In the full space each value is what its equation says, one after another.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from netsym.certificates.engine import Code, Engine, Rows, exchanged
from netsym.writers.code.casadi import CasadiCode
from netsym.writers.code.model import Model
from netsym.writers.code.pyomo import PyomoCode

_CASADI = """\
run_{title} = {title}
import numpy as np

rows = np.fromfile("rows.bin").reshape({count}, {inputs})
width, length = {inputs}, {values}
symbols = [ca.SX.sym(f"s{{n}}") for n in range(width + length)]
model = ca.Function("model", symbols, [run_{title}(*symbols)])
held = [*rows.T, *np.zeros((length, {count}))]
for place in range(length):
    found = np.array(model(*(ca.DM(each).T for each in held)))
    held[width + place] = -found[place]
if length:
    found = np.array(held[len(held) - {outputs}:])
else:
    found = np.array(model(*(ca.DM(each).T for each in held))) if width else np.repeat(
        np.array(model()["o0"]), {count}, axis=1)
np.ascontiguousarray(found.T, dtype=float).tofile("values.bin")
"""
_PYOMO = """\
run_{title} = {title}
import math
from array import array

model = pyo.ConcreteModel()
model.inputs = pyo.Param(range({inputs}), mutable=True, initialize=0.0)
model.block = pyo.Block()
outputs = run_{title}(model.block, *(model.inputs[n] for n in range({inputs})))
equations = list(model.block.equations.values()) if {values} else []
rows, values = array("d"), array("d")
with open("rows.bin", "rb") as file:
    rows.frombytes(file.read())
for n in range({count}):
    for place in range({inputs}):
        model.inputs[place].set_value(rows[n*{inputs} + place])
    try:
        for equation in equations:
            variable, right = equation.expr.args
            variable.set_value(pyo.value(right), skip_validation=True)
        found = [pyo.value(output) for output in outputs]
    except ArithmeticError:
        found = [math.nan]*{outputs}
    values.extend(found)
with open("values.bin", "wb") as file:
    values.tofile(file)
"""


def _runs(kind: type[Model], driver: str) -> Callable[[Code, Rows, Path], Rows]:
    def run(code: Code, rows: Rows, folder: Path) -> Rows:
        made = kind(code.form)
        count, inputs = rows.values.shape
        outputs = len(made.outputs)
        text = driver.format(
            count=count, inputs=inputs, outputs=outputs, title=made.title(),
            values=len(made.values) if made.is_full else 0,
        )  # fmt: skip
        (folder / "network.py").write_text(f"{code.text}\n{text}", encoding="utf-8")
        return exchanged([sys.executable, "-I", "network.py"], rows, outputs, folder)

    return run


CASADI = Engine("CasADi", _runs(CasadiCode, _CASADI), "pip install casadi", modules=("casadi",))
PYOMO = Engine(
    "Pyomo", _runs(PyomoCode, _PYOMO), "pip install pyomo", modules=("pyomo",), nan=False
)
