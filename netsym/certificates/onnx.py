"""ONNX, run by onnxruntime; where that has no float64, as of Tan, by ONNX's own reference."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from netsym.certificates.engine import Code, Engine, Rows
from netsym.writers.code.onnx import model


def _run(code: Code, rows: Rows, _: Path) -> Rows:
    import onnx.reference
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as errors

    written = model(code.form)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # nothing of what it folds
    try:
        session = onnxruntime.InferenceSession(written, options, ["CPUExecutionProvider"])
    except errors.NotImplemented:
        session = onnx.reference.ReferenceEvaluator(written)
    with np.errstate(all="ignore"):
        (found,) = session.run(None, {"inputs": rows.values})
    return Rows.of(np.asarray(found))


ONNXRUNTIME = Engine(
    "onnxruntime or ONNX's reference",
    _run,
    "pip install onnx onnxruntime",
    modules=("onnx", "onnxruntime"),
)
