"""C: the forward pass as one writes it by hand, a loop for each layer, compiled by gcc."""

from __future__ import annotations

import ctypes
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tests.rivals.dense import Floats, Weights

ACTIVATIONS = {"relu": "s > 0 ? s : 0", "tanh": "tanh(s)", "linear": "s"}
_EVERY = """
void every(const double *x, double *y, long rows, long times)
{{
    for (long t = 0; t < times; t++)
        for (long n = 0; n < rows; n++)
            {name}(x + n*{inputs}, y + n*{outputs});
}}
"""


def code(layers: Sequence[Weights]) -> str:
    """A function f(in, out)."""
    arrays, body = "", ""
    before = "in"
    for n, w in enumerate(layers, 1):
        units, inputs = w.matrix.shape
        rows = ",\n".join("{" + ", ".join(map(repr, row)) + "}" for row in w.matrix.tolist())
        bias = ", ".join(map(repr, np.broadcast_to(w.bias, (units,)).tolist()))
        arrays += f"static const double w{n}[{units}][{inputs}] = {{{rows}}};\n"
        arrays += f"static const double b{n}[{units}] = {{{bias}}};\n"
        after = "out" if n == len(layers) else f"a{n}"
        body += "" if after == "out" else f"    double {after}[{units}];\n"
        body += (
            f"    for (int i = 0; i < {units}; i++) {{\n        double s = b{n}[i];\n"
            f"        for (int j = 0; j < {inputs}; j++) s += w{n}[i][j]*{before}[j];\n"
            f"        {after}[i] = {ACTIVATIONS[w.activation]};\n    }}\n"
        )
        before = after
    return f"#include <math.h>\n{arrays}void f(const double *in, double *out)\n{{\n{body}}}\n"


def compiled(text: str, points: Floats, outputs: int, times: int = 1) -> Callable[[], Floats]:
    """The values at all points, computed so many times by a function f(in, out) in C."""
    rows, inputs = points.shape
    with TemporaryDirectory() as folder:
        path = Path(folder, "f.c")
        path.write_text(text + _EVERY.format(name="f", inputs=inputs, outputs=outputs))
        library = path.with_suffix(".so")
        words = ["gcc", "-O2", "-shared", "-fPIC", "-o", str(library), str(path), "-lm"]
        subprocess.run(words, check=True)
        every = ctypes.CDLL(str(library)).every
    x, y = np.ascontiguousarray(points), np.empty((rows, outputs))
    taken = (ctypes.c_void_p(x.ctypes.data), ctypes.c_void_p(y.ctypes.data))

    def evaluate() -> Floats:
        every(*taken, ctypes.c_long(rows), ctypes.c_long(times))
        return y

    return evaluate


def evaluation(layers: Sequence[Weights], points: Floats) -> Callable[[], Floats]:
    """Evaluation at many points, layer by layer."""
    return compiled(code(layers), points, len(layers[-1].matrix))
