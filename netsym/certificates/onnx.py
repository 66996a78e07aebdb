"""ONNX, run by onnxruntime; where that has no float64, as of Tan, by ONNX's own reference."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.certificates.engine import Code, Engine, Rows
from netsym.writers.code.onnx import model


def _run(code: Code, rows: Rows, _: Path) -> Rows:
    import onnx.reference
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as errors

    single = bool(code.options.get("float"))
    written = model(code.form, float=single, digits=code.digits)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # nothing of what it folds
    try:
        session = onnxruntime.InferenceSession(written, options, ["CPUExecutionProvider"])
    except errors.NotImplemented:
        session = onnx.reference.ReferenceEvaluator(written)
    values = rows.values.astype(np.float32 if single else np.float64)
    with np.errstate(all="ignore"):
        found = session.run(None, _inputs(onnx.load_from_string(written).graph.input, values))
    flat = [np.reshape(each, (len(values), -1)) for each in found]
    return Rows.of(np.concatenate(flat, axis=1, dtype=np.float64))


def _inputs(ends: Iterable[Any], values: npt.NDArray[Any]) -> dict[str, npt.NDArray[Any]]:
    """The columns of each input of a model, in its shape."""
    given, start = {}, 0
    for end in ends:
        _, *shape = (axis.dim_value for axis in end.type.tensor_type.shape.dim)
        columns = values[:, start : start + prod(shape)]
        given[end.name] = columns.reshape(len(values), *shape)
        start += prod(shape)
    return given


ONNXRUNTIME = Engine(
    "onnxruntime or ONNX's reference",
    _run,
    "pip install onnx onnxruntime",
    modules=("onnx", "onnxruntime"),
)
