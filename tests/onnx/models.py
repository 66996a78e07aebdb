"""Small models of ONNX, made by its own helper, and what onnxruntime says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

Array = npt.NDArray[Any]


def model(
    nodes: Sequence[NodeProto],
    inputs: Mapping[str, Sequence[int | str]],
    outputs: Sequence[str],
    numbers: Mapping[str, Array] | None = None,
    opset: int = 21,
) -> ModelProto:
    """A model with these nodes; a length that is a text has no number."""
    graph = helper.make_graph(
        nodes,
        "a graph",
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            for name, shape in inputs.items()
        ],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        [numpy_helper.from_array(np.asarray(a), name) for name, a in (numbers or {}).items()],
    )
    opsets = [helper.make_opsetid("", opset)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10)


def node(kind: str, inputs: str, outputs: str, name: str = "", **options: Any) -> NodeProto:
    """A node whose inputs and outputs are words; a - is left out."""
    read = ["" if word == "-" else word for word in inputs.split()]
    return helper.make_node(kind, read, outputs.split(), name=name, **options)


def computed(model: ModelProto, given: Mapping[str, Array]) -> list[Array]:
    """What onnxruntime gives, in float32."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    single = {name: array.astype(np.float32) for name, array in given.items()}
    return [np.asarray(each) for each in session.run(None, single)]
