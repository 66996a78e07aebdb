"""A formula in machine code: its C, compiled for this process alone, and called with numbers."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Mapping
from operator import methodcaller
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.errors import NotRunError
from netsym.forms.form import Form
from netsym.forms.values import Evaluation, Floats, excess, points, shaped
from netsym.writers.code.c import C
from netsym.writers.code.compiler import library

_EVERY = """
#include <stddef.h>

void netsym_every(const double *in, const double *parameters, double *out, ptrdiff_t count)
{{
    (void)in;
    (void)parameters;
    for (ptrdiff_t n = 0; n < count; n++)
        {call};
}}
"""
_POINTS = 32  # at which it is checked
_TOLERANCE = 1e-9  # of the largest value there; a sum that cancels loses digits in either order
_NUMBERS = frozenset({float, np.float64})


class Compiled:
    """A formula in machine code, called as the formula is, with its values but for rounding.

    One point of plain floats costs a microsecond beside what is computed; the points of an array
    are computed in one loop. See `netsym.formula.Formula.compiled`.
    """

    def __init__(self, form: Form, evaluation: Evaluation, text: str, weights: str) -> None:
        program = C(form, header=True, weights=weights)
        inputs, self._names = program.arguments
        self._width, self._outputs = len(inputs), len(form.outputs)
        taken = [f"in + n*{self._width}"] if inputs else []
        taken += ["parameters"] if self._names else []
        call = f"{program.title()}({', '.join([*taken, f'out + n*{self._outputs}'])})"
        self._every = library(text + _EVERY.format(call=call)).netsym_every
        pointer = ctypes.c_void_p
        self._every.argtypes = [pointer, pointer, pointer, ctypes.c_ssize_t]
        self._every.restype = None
        self._pack = struct.Struct(f"{self._width}d").pack
        self._row = ctypes.c_double * self._outputs
        self.form, self.evaluation, self.weights = form, evaluation, weights
        self._check()

    def __repr__(self) -> str:
        return f"<compiled {repr(self.form)[1:-1]}>"

    def __reduce__(self) -> tuple[Any, ...]:
        """It is compiled again where it is read."""
        return methodcaller("compiled", weights=self.weights, max_nodes=None), (self.form,)

    def __call__(
        self, *inputs: npt.ArrayLike, parameters: Mapping[str, float] | None = None
    ) -> Floats | float:
        """The values of the outputs; shapes and errors are those of `Formula.__call__`."""
        given = None
        if self._names or parameters is not None:
            numbers = self.evaluation.numbers(parameters)
            given = np.array([numbers[name] for name in self._names]).tobytes()
        if len(inputs) == self._width and _NUMBERS.issuperset(map(type, inputs)):
            found = self._at(self._pack(*inputs), given)
            return found[0] if self._outputs == 1 else np.frombuffer(found)
        x, shape = points(inputs, self._width)
        if len(x) == 1:
            return shaped(np.frombuffer(self._at(x.tobytes(), given))[None], shape)
        x, y = np.ascontiguousarray(x), np.empty((len(x), self._outputs))
        self._every(x.ctypes.data, given, y.ctypes.data, len(x))
        return shaped(y, shape)

    def _at(self, row: bytes, given: bytes | None) -> Any:
        """The outputs at one point, an array of ctypes of its own, where no threads meet."""
        found = self._row()
        self._every(row, given, found, 1)
        return found

    def _check(self) -> None:
        """Raise `NotRunError` where its values are not those of the formula."""
        random = np.random.default_rng(0)
        x = random.normal(size=(_POINTS if self._width else 1, self._width))
        given = {name: float(random.normal()) for name in self._names}
        right = self.evaluation(x, given)
        inputs = (x,) if self._width else ()
        found = np.reshape(self(*inputs, parameters=given), right.shape)
        known = np.isfinite(right)  # a formula overflows where code is written the stable way
        right, found = np.where(known, right, 0), np.where(known, found, 0)
        if (excess(found, right, np.abs(right).max(axis=0), _TOLERANCE) > 0).any():
            raise NotRunError("what the compiler made of it has other values than the formula")
