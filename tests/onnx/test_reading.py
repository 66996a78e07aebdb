"""Networks from ONNX models: their values by onnxruntime, their layers as they are taught."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import ModelProto

import netsym
from netsym.collapse.simplification import simplify
from netsym.errors import SpecError
from netsym.files.files import loads
from netsym.files.spec_of import dumps
from netsym.network.network import Network
from netsym.path import network_of
from netsym.readers.onnx import from_onnx
from tests.onnx.models import Array, computed, model, node

RNG = np.random.default_rng(16)


def weights(*shape: int) -> Array:
    return RNG.normal(size=shape).astype(np.float32)


def mlp() -> ModelProto:
    """As torch exports Linear, ReLU, Linear."""
    return model(
        [
            node("Gemm", "x net.0.weight net.0.bias", "h", "/net/0/Gemm", transB=1),
            node("Relu", "h", "a", "/net/1/Relu"),
            node("MatMul", "a w", "p", "/out/MatMul"),
            node("Add", "p b", "y", "/out/Add"),
        ],
        {"x": ["N", 3]}, ["y"],
        {"net.0.weight": weights(4, 3), "net.0.bias": weights(4), "w": weights(4, 2),
         "b": weights(2)},
    )  # fmt: skip


def cnn() -> ModelProto:
    """Convolutions with batch norm and a skip, pooling, and a head."""
    numbers = {
        "c1.weight": weights(4, 2, 3, 3), "c2.weight": weights(4, 4, 1, 1), "c2.bias": weights(4),
        "bn.weight": weights(4), "bn.bias": weights(4), "mean": weights(4),
        "var": RNG.uniform(0.5, 2, 4).astype(np.float32), "fc.weight": weights(3, 4),
        "fc.bias": weights(3), "shape": np.array([0, -1]),
    }  # fmt: skip
    nodes = [
        node("Conv", "x c1.weight", "a", pads=[1, 1, 1, 1]),
        node("BatchNormalization", "a bn.weight bn.bias mean var", "b"),
        node("Relu", "b", "c"),
        node("MaxPool", "c", "d", kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1),
        node("Conv", "d c2.weight c2.bias", "e"),
        node("Add", "d e", "f", "/skip/Add"),
        node("GlobalAveragePool", "f", "g"),
        node("Reshape", "g shape", "h"),
        node("Gemm", "h fc.weight fc.bias", "i", transB=1),
        node("Softmax", "i", "y", axis=-1),
    ]
    return model(nodes, {"x": ["N", 2, 5, 6]}, ["y"], numbers)


def heads() -> ModelProto:
    """Attention of two heads as it is exported: the batch goes into the heads and comes back."""
    numbers = {
        **{f"w{role}": weights(4, 4) for role in "qkvo"}, "split": np.array([0, 0, 2, 2]),
        "merge": np.array([0, 0, -1]), "root": np.array(math.sqrt(2), dtype=np.float32),
        "together": np.array([-1, 3, 2]), "apart": np.array([-1, 2, 3, 2]),
    }  # fmt: skip
    nodes = []
    for role in "qkv":
        nodes += [
            node("MatMul", f"x w{role}", f"{role}1"),
            node("Reshape", f"{role}1 split", f"{role}2"),
            node("Transpose", f"{role}2", f"{role}3", perm=[0, 2, 1, 3]),
            node("Reshape", f"{role}3 together", role),
        ]
    nodes += [
        node("Transpose", "k", "kt", perm=[0, 2, 1]),
        node("MatMul", "q kt", "s"),
        node("Div", "s root", "scaled"),
        node("Softmax", "scaled", "alpha", axis=-1),
        node("MatMul", "alpha v", "c"),
        node("Reshape", "c apart", "c1"),
        node("Transpose", "c1", "c2", perm=[0, 2, 1, 3]),
        node("Reshape", "c2 merge", "c3"),
        node("MatMul", "c3 wo", "y"),
    ]
    return model(nodes, {"x": ["N", 3, 4]}, ["y"], numbers)


def masked() -> ModelProto:
    """A causal mask, as the part of a constant that the shape chooses."""
    mask = np.where(np.tri(3), 0, -np.inf).astype(np.float32)
    nodes = [
        node("Transpose", "x", "xt", perm=[0, 2, 1]),
        node("MatMul", "x xt", "s"),
        node("Add", "s mask", "z"),
        node("Softmax", "z", "a", axis=-1),
        node("MatMul", "a x", "y"),
    ]
    return model(nodes, {"x": ["N", 3, 2]}, ["y"], {"mask": mask})


def lstm(direction: str = "bidirectional") -> ModelProto:
    """A recurrent layer whose input has the examples first, read at its last step."""
    count = 2 if direction == "bidirectional" else 1
    numbers = {
        "W": weights(count, 12, 2), "R": weights(count, 12, 3), "B": weights(count, 24),
        "merge": np.array([0, 0, -1]), "last": np.array(-1), "fc.weight": weights(2, 3 * count),
    }  # fmt: skip
    nodes = [
        node("Transpose", "x", "t", perm=[1, 0, 2]),
        node("LSTM", "t W R B", "h", "/lstm/LSTM", hidden_size=3, direction=direction),
        node("Transpose", "h", "h1", perm=[0, 2, 1, 3]),
        node("Reshape", "h1 merge", "h2"),
        node("Gather", "h2 last", "l", axis=0),
        node("Gemm", "l fc.weight", "y", transB=1),
    ]
    return model(nodes, {"x": ["N", 4, 2]}, ["y"], numbers)


def begun(kind: str, gates: int, **options: Any) -> ModelProto:
    """A recurrent layer that begins with states which are inputs."""
    wanted = ["h", "c"] if kind == "LSTM" else ["h"]
    numbers = {"W": weights(1, 3 * gates, 2), "R": weights(1, 3 * gates, 3),
               "B": weights(1, 6 * gates), "P": weights(1, 9), "first": np.array([0])}  # fmt: skip
    peepholes = " P" if kind == "LSTM" else ""
    given = " ".join(f"{letter}0" for letter in wanted)
    nodes = [
        node("Transpose", "x", "t", perm=[1, 0, 2]),
        *(node("Unsqueeze", f"{letter} first", f"{letter}0") for letter in wanted),
        node(kind, f"t W R B - {given}{peepholes}", "a b", "/cell/cell", hidden_size=3, **options),
        node("Squeeze", "b first", "y"),
    ]
    if not peepholes:
        del numbers["P"]
    states: dict[str, list[str | int]] = {letter: ["N", 3] for letter in wanted}
    return model(nodes, {"x": ["N", 4, 2], **states}, ["y"], numbers)


def batch_by_shape() -> ModelProto:
    """The batch is read off with Shape, and put into a Reshape and an Expand."""
    nodes = [
        node("Shape", "x", "s"),
        node("Gather", "s zero", "n", axis=0),
        node("Unsqueeze", "n zeros", "n1"),
        node("Concat", "n1 rest", "to", axis=0),
        node("Reshape", "x to", "r"),
        node("Concat", "n1 three one", "wide", axis=0),
        node("Expand", "token wide", "tokens"),
        node("Concat", "tokens r", "y0", axis=2),
        node("Tanh", "y0", "y"),
    ]
    numbers = {
        "zero": np.array(0), "zeros": np.array([0]), "rest": np.array([3, 2]),
        "three": np.array([3]), "one": np.array([1]), "token": np.array([[[0.5]]], np.float32),
    }  # fmt: skip
    return model(nodes, {"x": ["N", 6]}, ["y"], numbers)


MODELS: Mapping[str, tuple[Callable[[], ModelProto], list[str]]] = {
    "mlp": (mlp, ["dense", "dense"]),
    "cnn": (cnn, ["conv2d", "batch_norm", "activation", "max_pool2d", "conv2d", "add",
                  "global_average_pool", "dense"]),
    "heads": (heads, ["attention"]),
    "masked": (masked, ["matmul", "masked_softmax", "matmul"]),
    "lstm": (lstm, ["lstm", "lstm", "concat", "rearrange", "dense"]),
    "lstm backward": (lambda: lstm("reverse"), ["lstm", "rearrange", "dense"]),
    "lstm begun": (lambda: begun("LSTM", 4, clip=0.7, input_forget=1), ["lstm"]),
    "lstm clipped": (lambda: begun("LSTM", 4, clip=1.3), ["lstm"]),
    "gru begun": (lambda: begun("GRU", 3, clip=0.7, linear_before_reset=1), ["gru"]),
    "rnn begun": (lambda: begun("RNN", 1, clip=0.7, direction="reverse"), ["rnn"]),
    "batch by shape": (batch_by_shape, ["rearrange", "activation"]),
}  # fmt: skip


def inputs_of(made: ModelProto, count: int) -> dict[str, Array]:
    """Numbers for every input, of so many examples."""
    given = {}
    for each in made.graph.input:
        shape = [d.dim_value or count for d in each.type.tensor_type.shape.dim]
        given[each.name] = RNG.normal(size=shape)
    return given


def values(network: Network, given: Mapping[str, Array]) -> list[Array]:
    found: Any = network(*given.values())
    return [np.asarray(each) for each in (found if isinstance(found, tuple) else (found,))]


def check(made: ModelProto, network: Network, count: int = 5, rtol: float = 2e-5) -> None:
    """Its values are those of onnxruntime, which computes in float32."""
    given = inputs_of(made, count)
    for mine, theirs in zip(values(network, given), computed(made, given), strict=True):
        np.testing.assert_allclose(
            mine.reshape(count, -1), theirs.reshape(count, -1), rtol=rtol, atol=1e-5
        )


def test_batch_norm_goes_into_the_convolution_before_it() -> None:
    made = cnn()
    result = simplify(from_onnx(made))
    assert [step.rule.__name__ for step in result.steps] == ["absorb_after"]
    assert [placed.layer.kind for placed in result.network.layers][:3] == [
        "conv2d", "activation", "max_pool2d"]  # fmt: skip
    check(made, result.network)


@pytest.mark.parametrize("name", MODELS)
def test_models(name: str) -> None:
    make, kinds = MODELS[name]
    made = make()
    network = from_onnx(made)
    check(made, network)
    assert [placed.layer.kind for placed in network.layers] == kinds
    again = loads(dumps(network))
    assert again.inlined.text(max_nodes=None) == network.inlined.text(max_nodes=None)
    exact = from_onnx(made, all_digits=True)
    given = inputs_of(made, 3)
    for mine, theirs in zip(values(network, given), values(exact, given), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-6)


def test_names_are_those_of_the_modules() -> None:
    network = from_onnx(mlp())
    assert [placed.name for placed in network.layers] == ["net.0", "out"]
    assert network.shorthand == "3-4relu-2"
    names = [placed.name for placed in from_onnx(cnn()).layers]
    assert names[:2] == ["c1", "bn"] and {"c2", "skip", "fc"} <= {*names}


def test_a_float32_has_its_own_digits() -> None:
    numbers = {"w": np.array([[0.1], [1e-20]], np.float32), "b": np.array([16777216], np.float32)}
    made = model([node("Gemm", "x w b", "y")], {"x": ["N", 2]}, ["y"], numbers)
    text = from_onnx(made).inlined.text(ascii=True)
    assert text.startswith("y = 0.1*x_1 + 1e-20*x_2 + 16777216"), text
    every = from_onnx(made, all_digits=True).inlined.text(ascii=True)
    assert every.startswith("y = 0.10000000149011612*x_1 + "), every


def test_several_inputs_and_outputs_have_their_own_names() -> None:
    made = model(
        [node("Add", "left right", "total"), node("Relu", "total", "clipped"),
         node("Mul", "left left", "unused")],
        {"left": ["N", 2], "right": ["N", 2], "idle": ["N", 1]}, ["total", "clipped"],
    )  # fmt: skip
    network = from_onnx(made)
    assert [each.name for each in network.inputs] == ["left", "right"]
    assert [each.name for each in network.outputs] == ["total", "clipped"]
    assert "no output needs 1 input 'idle'" in network.assumed
    one = from_onnx(made, outputs=["clipped"])
    assert "outputs left out: 'total'" in one.assumed
    assert one.inlined.text(ascii=True).startswith("y_1 = relu(left_1 + right_1)")


@pytest.mark.parametrize("first", [1, "N", ""])
def test_the_axis_of_examples_goes(first: int | str) -> None:
    made = model([node("Relu", "x", "y")], {"x": [first, 3]}, ["y"])
    assert from_onnx(made).inputs[0].shape == (3,)


def test_what_only_works_for_one_example_is_read_for_one() -> None:
    numbers = {"to": np.array([3, 2])}
    made = model([node("Reshape", "x to", "a"), node("Softmax", "a", "y", axis=0)],
                 {"x": [1, 6]}, ["y"], numbers)  # fmt: skip
    network = from_onnx(made)
    check(made, network, count=1)


GELU = {"half": np.array(0.5, np.float32), "one": np.array(1, np.float32),
        "root": np.array(math.sqrt(2), np.float32), "c": np.array(0.044715, np.float32),
        "s": np.array(math.sqrt(2 / math.pi), np.float32), "three": np.array(3, np.float32),
        "two": np.array(2, np.float32), "eps": np.array(1e-5, np.float32),
        "last": np.array([-1]), "g": weights(3), "b": weights(3)}  # fmt: skip
WRITTEN_OUT: Mapping[str, tuple[list[str], list[str]]] = {
    "silu": (["Sigmoid x s1", "Mul x s1 y"], ["activation silu"]),
    "gelu": (["Div x root a", "Erf a e", "Add e one f", "Mul x f m", "Mul m half y"],
             ["activation gelu"]),
    "gelu, half first": (["Div x root a", "Erf a e", "Add e one f", "Mul x half h", "Mul h f y"],
                         ["activation gelu"]),
    "gelu of tanh": (["Pow x three p", "Mul p c q", "Add x q r", "Mul r s t", "Tanh t u",
                      "Add u one v", "Mul x v w", "Mul w half y"], ["activation gelu_tanh"]),
    "mish": (["Softplus x s1", "Tanh s1 t", "Mul x t y"], ["activation mish"]),
    "layer norm": (["ReduceMean x last mu", "Sub x mu d", "Pow d two q", "ReduceMean q last v",
                    "Add v eps e", "Sqrt e r", "Div d r n", "Mul n g h", "Add h b y"],
                   ["layer_norm"]),
    "rms norm": (["Pow x two q", "ReduceMean q last v", "Add v eps e", "Sqrt e r", "Div x r n",
                  "Mul n g y"], ["rms_norm"]),
    "standardize": (["Sub x b d", "Div d g y"], ["standardize"]),
    "scale": (["Mul x g d", "Add d b y"], ["scale"]),
    "clip": (["Relu x a", "Min a three y"], ["activation relu", "function min"]),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN_OUT)
def test_what_is_written_out_is_recognised(name: str) -> None:
    lines, layers = WRITTEN_OUT[name]
    nodes = []
    for line in lines:
        kind, *read, gives = line.split()
        nodes.append(node(kind, " ".join(read), gives))
    used = {word for line in lines for word in line.split()}
    made = model(nodes, {"x": ["N", 3]}, ["y"], {k: v for k, v in GELU.items() if k in used})
    network = from_onnx(made)
    found = []
    for placed in network.layers:
        what = getattr(placed.layer, "activation", getattr(placed.layer, "function", ""))
        found.append(f"{placed.layer.kind} {what}".strip())
    assert found == layers
    check(made, network)


def test_what_is_read_elsewhere_too_is_not_swallowed() -> None:
    made = model(
        [node("MatMul", "x w", "p"), node("Relu", "p", "r"), node("Add", "p r", "y")],
        {"x": ["N", 3]}, ["y"], {"w": weights(3, 2)},
    )  # fmt: skip
    network = from_onnx(made)
    assert [placed.layer.kind for placed in network.layers] == ["dense", "activation", "add"]
    check(made, network)


def test_all_that_cannot_be_read_is_named_with_its_place() -> None:
    made = model(
        [node("NonZero", "x", "a", "Where_12"), node("Floor", "x", "b"),
         node("Cast", "a", "c", to=1), node("Add", "b c", "y")],
        {"x": ["N", 3]}, ["y"],
    )  # fmt: skip
    with pytest.raises(SpecError) as error:
        from_onnx(made)
    assert str(error.value) == (
        "cannot be read: operator NonZero (node 'Where_12') depends on values; operator Floor "
        "jumps at every whole number"
    )


def test_what_mixes_examples_is_refused() -> None:
    nodes = [node("Softmax", "x", "y", axis=0)]
    with pytest.raises(SpecError, match="Softmax works along the axis of the examples"):
        from_onnx(model(nodes, {"x": ["N", 3]}, ["y"]))
    numbers = {"first": np.array([0])}
    nodes = [node("Gather", "x first", "a"), node("Relu", "a", "b"), node("Add", "x b", "y")]
    with pytest.raises(SpecError, match="mixes the examples of a batch, or takes single ones out"):
        from_onnx(model(nodes, {"x": ["N", 2]}, ["y"], numbers))


def test_other_axes_without_a_length_are_asked_for() -> None:
    nodes = [node("ReduceMean", "x axes", "y", keepdims=0)]
    made = model(nodes, {"x": ["batch", "sequence", 2]}, ["y"], {"axes": np.array([1])})
    with pytest.raises(SpecError, match=r"lengths=\{'sequence': 8\}"):
        from_onnx(made)
    assert from_onnx(made, lengths={"sequence": 3}).inputs[0].shape == (3, 2)


def test_whole_numbers_as_inputs_are_refused() -> None:
    made = model([node("Identity", "x", "y")], {"x": ["N", 3]}, ["y"])
    made.graph.input[0].type.tensor_type.elem_type = 7
    with pytest.raises(SpecError, match="'x' has whole numbers or texts; only floats are read"):
        from_onnx(made)


def test_a_file_is_a_network_wherever_one_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "small.onnx"
    onnx.save(mlp(), path)
    network = from_onnx(path)
    assert network.title == "small"
    assert str(network_of(str(path)).inlined) == str(network.inlined)
    with pytest.raises(SpecError, match=r"small.onnx is read by netsym.from_onnx"):
        netsym.load(path)
    with pytest.raises(SpecError, match=r"there is no file .*other.onnx"):
        network_of(str(tmp_path / "other.onnx"))


@pytest.mark.parametrize(
    ("suffix", "way"),
    [
        (".pt", "netsym.from_torch(module, x)"),
        (".pkl", "netsym.from_sklearn(model)"),
        (".h5", 'model.save("model.keras")'),
    ],
)
def test_files_that_may_run_code_or_are_of_others_are_refused_with_the_way(
    tmp_path: Path, suffix: str, way: str
) -> None:
    path = tmp_path / f"model{suffix}"
    path.write_bytes(b"\x80\x04")
    with pytest.raises(SpecError) as error:
        network_of(str(path))
    assert way in str(error.value)
    assert ("may run what somebody put in it" in str(error.value)) == (suffix != ".h5")
