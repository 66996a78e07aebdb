"""Layers written as ONNX: as operators in float32, which are read again as the same layers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import onnx
import pytest

import netsym
from netsym.files.files import loads
from netsym.files.layer_types import layer_type
from netsym.layers.samples import SAMPLES
from tests.code.networks import NETWORKS, filled


def rounded(network: netsym.Network, seed: int = 3) -> netsym.Network:
    """The network with a number of few digits for every name, which float32 holds as well."""
    made = filled(network, seed)
    names = network.parameter_names()
    every = (placed.parameters for placed in made.layers)
    numbers = [n for parameters in every for p in parameters.values() for n in p.numbers({}).flat]
    return network.with_parameters(
        {name: round(float(number), 3) for name, number in zip(names, numbers, strict=True)}
    )


def operators(network: netsym.Network, single: bool) -> list[str]:
    model = onnx.load_from_string(network.layered.onnx(float=single))
    return [node.op_type for node in model.graph.node if node.op_type != "Identity"]


def again(network: netsym.Network, folder: Path, single: bool = True) -> netsym.Network:
    (folder / "net.onnx").write_bytes(network.layered.onnx(float=single))
    return netsym.from_onnx(str(folder / "net.onnx"))


@pytest.mark.parametrize("kind", SAMPLES)
def test_every_layer_is_certified(kind: str) -> None:
    network = filled(layer_type(kind).network)
    found = netsym.certify(network, "onnx")
    assert found.verdict == "certified" and found.relative < 1e-12, found.report()
    found = netsym.certify(network, "onnx", float=True)
    assert found.apart is None and found.relative < 1e-5, found.report()


def spec(shape: str, **said: object) -> str:
    """A network of one layer."""
    options = "".join(f"{key} = {value}\n" for key, value in said.items())
    return f"netsym = 1\nshape = {shape}\n[[layers]]\n{options}"


def quoted(word: str) -> str:
    return f'"{word}"'


def recurrent() -> Iterator[tuple[str, dict[str, object]]]:
    """Every cell, and all that it may be asked for."""
    for cell, returns, reverse, state in product(
        ("lstm", "gru", "rnn"), ("last", "all"), ("false", "true"), ("zero", "named")
    ):
        yield cell, {"returns": quoted(returns), "reverse": reverse, "state": quoted(state)}
    for cell in ("lstm", "gru", "rnn"):
        yield cell, {"clip": 0.5, "bias": "false"}
    yield "gru", {"reset": quoted("before")}
    yield "rnn", {"activation": quoted("relu")}
    yield "lstm", {"peepholes": "true", "state": quoted("named")}
    yield "lstm", {"coupled": "true"}


@pytest.mark.parametrize(("cell", "said"), [*recurrent()], ids=str)
def test_a_recurrent_layer_is_one_operator(
    cell: str, said: dict[str, object], tmp_path: Path
) -> None:
    network = rounded(loads(spec("[3, 2]", type=quoted(cell), units=2, **said)))
    assert operators(network, single=True).count(cell.upper()) == 1
    assert cell.upper() not in operators(network, single=False)
    read = again(network, tmp_path)
    assert cell in [placed.layer.kind for placed in read.layers]
    assert netsym.compare(network, read).verdict == "structural"
    found = netsym.certify(network, "onnx", float=True)
    assert found.apart is None and found.relative < 1e-5, found.report()


WINDOWS = [
    ("Conv", "[2, 8]", {"type": "conv1d", "channels": 4, "kernel": 3, "stride": 2, "padding": 1,
                        "groups": 2}),
    ("Conv", "[2, 8]", {"type": "conv1d", "channels": 3, "kernel": 3, "dilation": 2,
                        "padding": [1, 2]}),
    ("Conv", "[2, 5, 6]", {"type": "conv2d", "channels": 4, "kernel": [3, 2], "stride": [2, 1],
                           "padding": [1, 0]}),
    ("Conv", "[1, 5, 5]", {"type": "conv2d", "channels": 2, "kernel": 3, "bias": "false"}),
    ("Conv", "[1, 3, 3, 3]", {"type": "conv3d", "channels": 2, "kernel": 2}),
    ("ConvTranspose", "[2, 4]", {"type": "conv_transpose1d", "channels": 2, "kernel": 3,
                                 "stride": 2, "padding": 1, "output_padding": 1}),
    ("ConvTranspose", "[2, 3, 3]", {"type": "conv_transpose2d", "channels": 4, "kernel": 3,
                                    "stride": 2, "padding": 1, "groups": 2}),
    ("MaxPool", "[1, 4, 4]", {"type": "max_pool2d", "kernel": 3, "stride": 2, "padding": 1}),
    ("MaxPool", "[2, 6]", {"type": "max_pool1d", "kernel": 2, "dilation": 2}),
    ("AveragePool", "[2, 6, 6]", {"type": "average_pool2d", "kernel": 3, "stride": 2,
                                  "padding": 1}),
    ("AveragePool", "[2, 6]", {"type": "average_pool1d", "kernel": 3, "stride": 2,
                               "padding": [0, 1], "count_padding": "false"}),
    ("GlobalAveragePool", "[2, 3, 3]", {"type": "global_average_pool"}),
    ("GlobalMaxPool", "[2, 3, 3]", {"type": "global_max_pool"}),
    ("BatchNormalization", "[2, 3, 3]", {"type": "batch_norm"}),
    ("BatchNormalization", "[4]", {"type": "batch_norm", "eps": 0.001}),
    ("LayerNormalization", "[3, 4]", {"type": "layer_norm"}),
    ("LayerNormalization", "[4]", {"type": "layer_norm", "gamma": "false", "beta": "false"}),
    ("InstanceNormalization", "[2, 3, 3]", {"type": "instance_norm"}),
]  # fmt: skip


@pytest.mark.parametrize(("operator", "shape", "said"), WINDOWS, ids=str)
def test_a_layer_is_its_operator(
    operator: str, shape: str, said: dict[str, object], tmp_path: Path
) -> None:
    network = rounded(loads(spec(shape, **{**said, "type": quoted(str(said["type"]))})))
    assert operators(network, single=True)[0] == operator
    assert operator not in operators(network, single=False)
    read = again(network, tmp_path)
    assert read.layers[0].layer.kind == said["type"]
    is_filled_up = said.get("gamma") == "false"  # the operator has a gain, which is 1 then
    wanted = "identical" if is_filled_up else "structural"
    assert netsym.compare(network, read).verdict == wanted
    found = netsym.certify(network, "onnx", float=True)
    assert found.apart is None and found.relative < 1e-5, found.report()


def test_what_an_operator_does_not_take_is_written_out() -> None:
    said = {"type": quoted("average_pool1d"), "kernel": 2, "dilation": 2}
    network = loads(spec("[2, 6]", **said))
    assert "AveragePool" not in operators(network, single=True)
    assert netsym.certify(network, "onnx", float=True).verdict == "certified"


def test_attention_is_products_and_a_softmax() -> None:
    found = operators(NETWORKS["attention"](), single=False)
    assert {*found} == {"MatMul", "Add", "Reshape", "Transpose", "Div", "Softmax"}
    assert found.count("Softmax") == 1 and found.count("MatMul") == 6


@pytest.mark.parametrize("name", ["skip", "wide", "deep"])
def test_a_network_is_read_again_layer_by_layer(name: str, tmp_path: Path) -> None:
    network = NETWORKS[name]()
    read = again(network, tmp_path, single=False)
    assert netsym.compare(network, read).verdict == "structural"


def test_inputs_and_outputs_have_their_shapes(tmp_path: Path) -> None:
    network = filled(netsym.load(Path(__file__).parents[2] / "examples" / "conv.toml"))
    graph = onnx.load_from_string(network.layered.onnx(float=True)).graph
    (end,) = graph.input
    assert end.name == "inputs" and end.type.tensor_type.elem_type == onnx.TensorProto.FLOAT
    lengths = [axis.dim_value for axis in end.type.tensor_type.shape.dim]
    assert tuple(lengths[1:]) == network.inputs[0].shape
    assert {f"{each.name}.weights" for each in network.layers if "weights" in each.parameters} <= {
        each.name for each in graph.initializer
    }


def test_several_inputs_and_outputs_have_their_names() -> None:
    network = filled(layer_type("gate").network)
    graph = onnx.load_from_string(network.layered.onnx()).graph
    assert [end.name for end in graph.input] == ["g", "x", "v"]
    assert [end.name for end in graph.output] == ["outputs"]


def test_nan_is_what_the_certificate_says() -> None:
    """In float32 onnxruntime's MaxPool and LSTM forget NaN; in float64 none is forgotten."""
    for name in ("conv and norm", "LSTM of 3 steps"):
        single = netsym.certify(NETWORKS[name](), "onnx", float=True)
        assert [each.name for each in single.extremes if each.apart] == ["NaN"], single.report()
        assert netsym.certify(NETWORKS[name](), "onnx").verdict == "certified"


def test_a_float32_model_makes_float32() -> None:
    network = NETWORKS["tanh"]()
    import onnxruntime

    held = network.layered.onnx(float=True)
    session = onnxruntime.InferenceSession(held, providers=["CPUExecutionProvider"])
    x = np.random.default_rng(0).normal(size=(5, 2)).astype(np.float32)
    (found,) = session.run(None, {"inputs": x})
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, network(x, dtype="float32"), rtol=1e-5)
