"""onnxruntime: a Gemm and an activation for each layer, in float64 or float32, on one thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tests.rivals.dense import Floats, Weights

OPERATORS = {"relu": "Relu", "tanh": "Tanh", "linear": "Identity"}


def evaluation(
    layers: Sequence[Weights], points: Floats, real: type[Any] = np.float64
) -> Callable[[], Any]:
    """Evaluation at many points, by a session made before; numbers are of the type `real`.

    Its arena is off, so that what a call takes is given back; with it, it is no faster.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    session = onnxruntime.InferenceSession(
        model(layers, real).SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    given = {"x": points.astype(real)}
    return lambda: session.run(None, given)[0]


def model(layers: Sequence[Weights], real: type[Any]) -> Any:
    """The layers as a model of ONNX."""
    from onnx import helper, numpy_helper

    kind = helper.np_dtype_to_tensor_dtype(np.dtype(real))
    nodes, constants, value = [], [], "x"
    for number, w in enumerate(layers, 1):
        matrix, bias, z, a = (f"{letter}{number}" for letter in "Wbza")
        constants += [
            numpy_helper.from_array(w.matrix.astype(real), matrix),
            numpy_helper.from_array(w.bias.astype(real), bias),
        ]
        nodes += [
            helper.make_node("Gemm", [value, matrix, bias], [z], transB=1),
            helper.make_node(OPERATORS[w.activation], [z], [a]),
        ]
        value = a
    widths = [layers[0].matrix.shape[1], len(layers[-1].bias)]
    ends = [
        helper.make_tensor_value_info(name, kind, [None, width])
        for name, width in zip(("x", value), widths, strict=True)
    ]
    graph = helper.make_graph(nodes, "dense layers", ends[:1], ends[1:], constants)
    opsets = [helper.make_opsetid("", 21)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10)
