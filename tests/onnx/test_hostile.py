"""Files that are broken, or made to do harm, are refused at once, and nothing is run or written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import ModelProto, TensorProto, helper

from netsym.errors import SpecError
from netsym.files.spec_of import dumps
from netsym.readers.onnx import from_onnx
from tests.onnx.models import model, node

HUGE = np.array([10**6, 10**6])


def plain() -> ModelProto:
    return model([node("MatMul", "x w", "y")], {"x": ["N", 2]}, ["y"],
                 {"w": np.ones((2, 3), np.float32)})  # fmt: skip


def outside(location: str) -> ModelProto:
    made = plain()
    tensor = made.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", location
    return made


def short_of_numbers() -> ModelProto:
    made = plain()
    made.graph.initializer[0].raw_data = b"\0" * 8
    return made


def declares_much() -> ModelProto:
    made = plain()
    made.graph.initializer[0].dims[:] = [10**9, 10**9]
    return made


def cyclic() -> ModelProto:
    return model([node("Add", "x b", "a"), node("Relu", "a", "b"), node("Add", "a b", "y")],
                 {"x": ["N", 2]}, ["y"])  # fmt: skip


def of_constant(kind: str, inputs: str, numbers: Mapping[str, np.ndarray]) -> ModelProto:
    nodes = [node(kind, inputs, "c"), node("Add", "x c", "y")]
    return model(nodes, {"x": ["N", 2]}, ["y"], numbers)


def looped() -> ModelProto:
    body = helper.make_graph([], "body", [], [])
    nodes = [node("Loop", "n - x", "y", body=body)]
    return model(nodes, {"x": ["N", 2]}, ["y"], {"n": np.array(10**9)})


def control_characters() -> ModelProto:
    return model([node("Round", "x", "y", "a\x1b[31m\nb")], {"x": ["N", 2]}, ["y"])


def functions(*bodies: list[tuple[str, str, str]]) -> ModelProto:
    """A model that calls the last of its functions f0, f1, …, each of nodes (kind, from, to)."""
    made = model([helper.make_node(f"f{len(bodies) - 1}", ["x"], ["y"], domain="own")],
                 {"x": ["N", 2]}, ["y"])  # fmt: skip
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("own", 1)]
    made.opset_import.append(opsets[1])
    for number, body in enumerate(bodies):
        nodes = [
            helper.make_node(kind, [source], [to], domain="own" if kind[0] == "f" else "")
            for kind, source, to in body
        ]
        made.functions.append(
            helper.make_function("own", f"f{number}", ["a"], ["b"], nodes, opsets)
        )
    return made


def bomb() -> ModelProto:
    """Each function calls the one before it ten times: 10^12 nodes in a few kilobytes."""
    ends = ["a", *(f"t{n}" for n in range(9)), "b"]
    ten = [[(f"f{n}", *pair) for pair in pairwise(ends)] for n in range(12)]
    return functions([("Relu", "a", "b")], *ten)


def chain(kind: str, first: str, count: int, twice: bool = False, **options: int) -> ModelProto:
    """One operator again and again, of the value before, or of that twice."""
    names = [first, *(f"v{n}" for n in range(count - 1)), "y"]
    nodes = [node(kind, f"{a} {a}" if twice else a, b, **options) for a, b in pairwise(names)]
    return model(nodes, {"x": ["N", 2]}, ["y"], {"w": np.ones((1, 2), np.float32)})


ONE = np.ones((1,), np.float32)
BROKEN: Mapping[str, tuple[Callable[[], ModelProto], str]] = {
    "external data above": (lambda: outside("../secret"), "lies in '../secret', outside of the"),
    "external data anywhere": (lambda: outside("/etc/passwd"), "'/etc/passwd', outside of the"),
    "external data missing": (lambda: outside("w.bin"), "there is no file"),
    "numbers missing": (short_of_numbers, "has the shape 2 x 3, but holds 2 numbers"),
    "numbers declared": (declares_much, "1000000000 x 1000000000, but holds 6 numbers"),
    "cycle": (cyclic, "reads 'b', which nothing before it gives: the graph has a cycle"),
    "huge constant": (lambda: of_constant("ConstantOfShape", "s", {"s": HUGE}), "would make"),
    "huge expansion": (lambda: of_constant("Expand", "o s", {"o": ONE, "s": HUGE}), "would make"),
    "huge tiles": (lambda: of_constant("Tile", "o s", {"o": ONE, "s": np.array([10**12])}),
                   "would make"),
    "huge range": (lambda: of_constant("Range", "a b d", {
        "a": np.array(0.0), "b": np.array(1e15), "d": np.array(1.0)}), "would make"),
    "huge product": (lambda: of_constant("Mul", "a b", {
        "a": np.ones((10**5, 1), np.float32), "b": np.ones((1, 10**5), np.float32)}),
        "would make"),
    "huge padding": (lambda: model([node("Pad", "x p", "y")], {"x": ["N", 2]}, ["y"],
                                   {"p": np.array([0, 0, 0, 10**12])}), "would make"),
    "huge repetition": (lambda: model([node("Expand", "x s", "y")], {"x": [1]}, ["y"],
                                      {"s": np.array([10**12])}), "would make"),
    "huge input": (lambda: model([node("Relu", "x", "y")], {"x": ["N", 10**6, 10**6]}, ["y"]),
                   "input 'x' is 1000000 x 1000000 = 1,000,000,000,000, more than the"),
    "huge image": (lambda: model([node("Resize", "x - s", "y", mode="nearest")],
                                 {"x": ["N", 1, 2, 2]}, ["y"],
                                 {"s": np.array([1, 1, 1e6, 1e6], np.float32)}), "grows to"),
    "huge windows": (lambda: model([node("MaxPool", "x", "y", kernel_shape=[10**6, 10**6],
                                         pads=[10**6] * 4)], {"x": ["N", 1, 2, 2]}, ["y"]),
                     "has windows, places times elements"),
    "huge sum": (lambda: model([node("CumSum", "x a", "y")], {"x": ["N", 10**5]}, ["y"],
                               {"a": np.array(1)}), "adds up by a matrix of 100000 x 100000"),
    "huge outer product": (lambda: model([node("Einsum", "x x x x", "y",
                                               equation="ni,nj,nk,nl->nijkl")],
                                         {"x": ["N", 100]}, ["y"]), "more than the"),
    "huge choice": (lambda: of_constant("OneHot", "i d v", {
        "i": np.array([0, 1]), "d": np.array(10**12), "v": np.array([0.0, 1.0], np.float32)}),
        "would make"),
    "doubled again and again": (lambda: chain("Concat", "x", 45, twice=True, axis=1),
                                "would join"),
    "numbers doubled again and again": (lambda: chain("Concat", "w", 45, twice=True, axis=1),
                                        "would make"),
    "many layers": (lambda: chain("Relu", "x", 30_001), "at most 30,000 layers are read"),
    "a function of itself": (lambda: functions([("f0", "a", "b")]), "cannot be laid out"),
    "functions in a circle": (lambda: functions([("f1", "a", "b")], [("f0", "a", "b")]),
                              "cannot be laid out"),
    "functions within functions": (
        lambda: functions([("Relu", "a", "b")], *([(f"f{n}", "a", "b")] for n in range(5000))),
        "cannot be laid out"),
    "functions of functions": (bomb, "laid out are 1,000,000,000,000 nodes; at most 200,000"),
    "loop": (looped, "operator Loop depends on values"),
    "control characters": (control_characters, r"operator Round (node 'a\x1b[31m\nb')"),
    "unknown operator": (lambda: model([node("Nonsense", "x", "y")], {"x": ["N", 2]}, ["y"]),
                         "operator Nonsense is not read here"),
    "missing input": (lambda: model([node("Conv", "x", "y")], {"x": ["N", 1, 4]}, ["y"]),
                      "operator Conv lacks its input 2"),
    "wrong shapes": (lambda: of_constant("Identity", "w", {"w": np.ones(3, np.float32)}),
                     "inputs or attributes that do not fit together"),
    "no outputs": (lambda: model([], {"x": ["N", 2]}, ["y"]), "output 'y' is given by no node"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_refused(name: str, tmp_path: Path) -> None:
    make, said = BROKEN[name]
    path = tmp_path / "broken.onnx"
    path.write_bytes(make().SerializeToString())
    with pytest.raises(SpecError, match=re.escape(said)) as error:
        from_onnx(path)
    assert str(error.value).isprintable()
    assert [each.name for each in tmp_path.iterdir()] == ["broken.onnx"]


def test_names_with_control_characters_are_not_printed(tmp_path: Path) -> None:
    name, other = "a\x1b[31m", "b\n\x07"
    made = model([helper.make_node("Add", [name, other], ["y\x1b"], name="n\x1b")],
                 {name: ["N", 2], other: ["N", 2]}, ["y\x1b"])  # fmt: skip
    made.graph.name = "t\x1b[2J"
    path = tmp_path / "names.onnx"
    path.write_bytes(made.SerializeToString())
    for network in (from_onnx(path), from_onnx(made)):
        said = f"{network.title} {network!r} {network.assumed} {dumps(network)}"
        said += network.inlined.text() + network.layered.text()
        assert "".join(said.split("\n")).isprintable()


def test_many_outputs_of_one_operator_are_read_at_once() -> None:
    parts = [f"y{n}" for n in range(5000)]
    made = model([helper.make_node("Split", ["x"], parts, axis=1, num_outputs=5000),
                  node("Relu", "y4999", "y")], {"x": ["N", 5000]}, ["y"])  # fmt: skip
    assert from_onnx(made)(np.arange(-4999.0, 1.0)) == 0.0


def test_truncated(tmp_path: Path) -> None:
    path = tmp_path / "cut.onnx"
    content = plain().SerializeToString()
    for length in range(len(content)):
        path.write_bytes(content[:length])
        try:
            from_onnx(path)
        except SpecError:
            continue
        assert length > len(content) - 30  # what is cut off there changes no number


def test_graphs_within_graphs(tmp_path: Path) -> None:
    """Deeper than protobuf reads, and as deep as it does."""
    inner = helper.make_graph(
        [node("Identity", "x", "y")], "inner", [],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)])  # fmt: skip
    for _ in range(20):
        step = node("If", "c", "y", then_branch=inner, else_branch=inner)
        inner = helper.make_graph([step], "g", [],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)])  # fmt: skip
        if inner.ByteSize() > 2**20:
            break
    made = model(list(inner.node), {"x": ["N", 2]}, ["y"], {"c": np.array(True)})
    with pytest.raises(SpecError, match="too many graphs within each other"):
        from_onnx(made)
    raw = b""
    for _ in range(10_000):  # a graph in an attribute in a node in a graph, by their field numbers
        for tag in (b"\x32", b"\x2a", b"\x0a"):
            raw = tag + _length(len(raw)) + raw
    path = tmp_path / "deep.onnx"
    path.write_bytes(b"\x3a" + _length(len(raw)) + raw)
    with pytest.raises(SpecError, match="is no ONNX model, or cut off"):
        from_onnx(path)


def _length(number: int) -> bytes:
    found = b""
    while number > 127:
        found += bytes([number & 127 | 128])
        number >>= 7
    return found + bytes([number])


def test_numbers_beside_the_file_are_read(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    onnx.save(plain(), path, save_as_external_data=True, location="w.bin", size_threshold=0)
    assert (tmp_path / "w.bin").is_file()
    network = from_onnx(path)
    assert network([1.0, 2.0]).tolist() == [3.0, 3.0, 3.0]
    (tmp_path / "w.bin").write_bytes(b"\0" * 8)
    with pytest.raises(SpecError, match=r"goes beyond the end of 'w.bin', which is cut off"):
        from_onnx(path)


def test_a_link_does_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(np.ones(6, np.float32).tobytes())
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "w.bin").symlink_to(tmp_path / "secret")
    path = folder / "model.onnx"
    path.write_bytes(outside("w.bin").SerializeToString())
    with pytest.raises(SpecError, match="outside of the model's folder"):
        from_onnx(path)
