"""One operator of ONNX, in float64: by its own reference implementation, or by onnxruntime."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from onnx import ModelProto, TensorProto, helper
from onnx.reference import ReferenceEvaluator


def onnx(operator: str, *inputs: npt.NDArray[Any], **options: Any) -> Any:
    """The first output of an operator, by ONNX's reference implementation."""
    return ReferenceEvaluator(_model(operator, inputs, options)).run(None, _named(inputs))[0]


def runtime(operator: str, *inputs: npt.NDArray[Any], **options: Any) -> Any:
    """The first output of an operator, by onnxruntime, which has some of them in float64."""
    model = _model(operator, inputs, options).SerializeToString()
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return session.run(None, _named(inputs))[0]


def _named(inputs: tuple[npt.NDArray[Any], ...]) -> dict[str, npt.NDArray[Any]]:
    return {f"i{n}": array for n, array in enumerate(inputs)}


def _model(
    operator: str, inputs: tuple[npt.NDArray[Any], ...], options: dict[str, Any]
) -> ModelProto:
    opset = options.pop("opset", 21)
    values = [
        helper.make_tensor_value_info(
            name, TensorProto.INT64 if a.dtype == np.int64 else TensorProto.DOUBLE, a.shape
        )
        for name, a in _named(inputs).items()
    ]
    graph = helper.make_graph(
        [helper.make_node(operator, [value.name for value in values], ["o"], **options)],
        "one operator",
        values,
        [helper.make_tensor_value_info("o", TensorProto.DOUBLE, None)],
    )
    opsets = [helper.make_opsetid("", opset)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10)
