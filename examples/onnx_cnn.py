"""Read a convolutional network from an ONNX file: its layers, its size, its formula.

Run `python examples/onnx_cnn.py`: it writes `cnn.onnx`, as an exporter would, into the folder
given, or a new one, and reads it back. The command line takes such a file as well:
`netsym show cnn.onnx`.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

import netsym

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())

random = np.random.default_rng(1)
numbers = {
    "conv.weight": random.normal(size=(2, 1, 3, 3)),
    "conv.bias": random.normal(size=2),
    "fc.weight": random.normal(size=(3, 8)),
    "fc.bias": random.normal(size=3),
}
nodes = [
    helper.make_node("Conv", ["image", "conv.weight", "conv.bias"], ["c"], pads=[1, 1, 1, 1]),
    helper.make_node("Relu", ["c"], ["r"]),
    helper.make_node("MaxPool", ["r"], ["p"], kernel_shape=[2, 2], strides=[2, 2]),
    helper.make_node("Flatten", ["p"], ["f"]),
    helper.make_node("Gemm", ["f", "fc.weight", "fc.bias"], ["g"], transB=1),
    helper.make_node("Softmax", ["g"], ["classes"]),
]
graph = helper.make_graph(
    nodes,
    "cnn",
    [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 1, 4, 4])],
    [helper.make_tensor_value_info("classes", TensorProto.FLOAT, ["batch", 3])],
    [numpy_helper.from_array(a.astype(np.float32), name) for name, a in numbers.items()],
)
path = folder / "cnn.onnx"
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)]), path)

network = netsym.from_onnx(path)
for layer in network.layers:
    print(f"{layer.name}: {layer.layer.describe()}")
print(network.size)
print(network.inlined.output("y_1").text(digits=2)[:70], "…")

image = random.normal(size=(5, 1, 4, 4)).astype(np.float32)
(expected,) = ReferenceEvaluator(str(path)).run(None, {"image": image})
print("as ONNX computes it:", bool(abs(network(image) - expected).max() < 1e-5))
