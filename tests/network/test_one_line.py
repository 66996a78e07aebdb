"""The whole network on one line of whole arrays: for which layers it is right, and which refuse."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netsym
from netsym.errors import SpecError, TooLargeError
from netsym.files.files import loads
from netsym.layers import Layer, Shape
from netsym.layers.registry import LAYERS, LOSSES
from netsym.network.interface import Input
from netsym.network.network import Network
from netsym.path import formula_of, written
from tests.array_text import evaluate
from tests.layers.every_reading import single
from tests.tex import compiled

#: Every kind of layer on inputs of some shapes; kinds may have several rows.
ROWS: list[tuple[str, dict[str, Any], tuple[Shape, ...]]] = [
    ("dense", {"units": 2, "activation": "tanh"}, ((3,),)),
    ("dense", {"units": 3, "activation": "relu", "skip": True}, ((3,),)),
    ("dense", {"units": 2, "activation": "softmax"}, ((3, 4),)),
    ("activation", {"activation": "softmax"}, ((4,),)),
    ("activation", {"activation": "elu", "alpha": 0.5}, ((4,),)),
    ("prelu", {}, ((3, 2),)),
    ("prelu", {"shared": True}, ((3, 2),)),
    ("scale", {}, ((3,),)),
    ("standardize", {}, ((3,),)),
    ("dropout", {}, ((3,),)),
    ("add", {}, ((3,), (3,))),
    ("multiply", {}, ((3,), (3,))),
    ("gate", {}, ((3,), (3,), (3,))),
    ("concat", {}, ((3,), (2,))),
    ("concat", {}, ((2, 3), (2, 2))),
    ("matmul", {}, ((2, 3), (3, 2))),
    ("matmul", {"transposed": True}, ((2, 3), (4, 3))),
    ("matmul", {"transposed": True}, ((2, 3, 2), (2, 1, 2))),
    ("function", {"function": "sin"}, ((3, 2),)),
    ("function", {"function": "max", "lengths": (2, 1)}, ((3,),)),
    ("function", {"function": "divide", "first": True}, ((3,),)),
    ("function", {"function": "power", "exponent": 3}, ((3,),)),
    ("function", {"function": "subtract"}, ((2, 3), (3,))),
    ("reduce", {}, ((2, 3),)),
    ("reduce", {"axes": (1,)}, ((2, 3),)),
    ("reduce", {"reduction": "mean", "axes": (1, 2), "keep": True}, ((2, 3, 2),)),
    ("reduce", {"axes": (2,), "keep": True}, ((2, 3),)),
    ("reduce", {"reduction": "max", "axes": (1,)}, ((2, 3),)),
    ("reduce", {"reduction": "min"}, ((2, 3),)),
    ("reduce", {"reduction": "prod", "axes": (1, 3)}, ((2, 3, 2),)),
    ("reduce", {"reduction": "norm1", "axes": (2, 3), "keep": True}, ((2, 3, 2),)),
    ("reduce", {"reduction": "norm2"}, ((3,),)),
    ("reduce", {"reduction": "logsumexp", "axes": (1,)}, ((2, 3),)),
    ("embedding", {"width": 2}, ((3, 4),)),
    ("positions", {}, ((3, 2),)),
    ("attention", {}, ((3, 4),)),
    ("attention", {"heads": 2, "causal": True, "rotary": "halves"}, ((3, 4),)),
    ("attention", {"rotary": "interleaved", "rotary_base": 50.0}, ((3, 4),)),
    ("attention", {"heads": 2, "bias": False}, ((3, 4), (2, 5))),
    ("masked_softmax", {"present": (1, 0, 1)}, ((2, 3),)),
    ("masked_softmax", {"present": (1, 0, 1, 1), "lengths": (2, 2)}, ((3, 2, 2),)),
    ("masked_softmax", {"present": (1, 1, 0, 1), "lengths": (2, 2)}, ((2, 2),)),
    ("feedforward", {"hidden": 3, "gated": True, "activation": "silu"}, ((2, 3),)),
    ("conv1d", {"channels": 2, "kernel": (2,), "stride": (2,)}, ((2, 5),)),
    ("conv1d", {"channels": 4, "kernel": (2,), "groups": 2, "activation": "relu"}, ((2, 5),)),
    ("conv2d", {"channels": 2, "kernel": (2,), "padding": (1,), "dilation": (1, 2)}, ((2, 4, 4),)),
    ("conv2d", {"channels": 1, "kernel": (2, 3), "padding": (1, 0, 2, 1)}, ((1, 3, 3),)),
    ("conv_transpose1d", {"channels": 2, "kernel": (3,), "stride": (2,)}, ((2, 3),)),
    ("conv_transpose1d", {"channels": 2, "kernel": (2,)}, ((1, 3),)),
    ("conv_transpose2d", {"channels": 2, "kernel": (2,), "stride": (2,), "padding": (1,),
                          "output_padding": (1,), "groups": 2}, ((2, 3, 2),)),
    ("max_pool1d", {"kernel": (2,)}, ((2, 5),)),
    ("max_pool2d", {"kernel": (2,), "stride": (1,), "padding": (1,)}, ((2, 3, 3),)),
    ("average_pool1d", {"kernel": (2,), "dilation": (2,)}, ((2, 6),)),
    ("average_pool2d", {"kernel": (2, 1), "stride": (1, 2)}, ((2, 4, 4),)),
    ("conv3d", {"channels": 2, "kernel": (2,), "padding": (1,)}, ((2, 2, 3, 2),)),
    ("conv_transpose3d", {"channels": 1, "kernel": (2,), "stride": (2,)}, ((2, 2, 1, 2),)),
    ("max_pool3d", {"kernel": (2,)}, ((2, 2, 4, 2),)),
    ("average_pool3d", {"kernel": (1, 2, 2)}, ((2, 2, 4, 2),)),
    ("global_average_pool", {}, ((2, 3),)),
    ("global_max_pool", {}, ((2, 3, 2),)),
    ("flatten", {}, ((2, 3),)),
    ("reshape", {"to": (3, 2)}, ((2, 3),)),
    ("transpose", {}, ((2, 3),)),
    ("transpose", {"axes": (3, 1, 2)}, ((2, 3, 4),)),
    ("rearrange", {"positions": (2, 0, 4, 2), "lengths": (2, 2), "value": 0.5}, ((2, 2),)),
    ("pad", {"padding": (1,), "value": 0.5}, ((1, 3),)),
    ("pad", {"padding": (1, 2), "mode": "reflect"}, ((2, 3),)),
    ("pad", {"padding": (1,), "mode": "circular"}, ((3,),)),
    ("upsample", {"scale": (2, 3)}, ((2, 2, 2),)),
    ("batch_norm", {}, ((2, 3),)),
    ("batch_norm", {}, ((3,),)),
    ("layer_norm", {}, ((2, 3),)),
    ("layer_norm", {}, ((3,),)),
    ("rms_norm", {}, ((2, 3),)),
    ("group_norm", {"groups": 2}, ((4, 3),)),
    ("instance_norm", {}, ((2, 3),)),
    ("part", {"lengths": (2,), "start": 1}, ((4,),)),
    ("part", {"lengths": (2, 2)}, ((5,),)),
]  # fmt: skip
#: What has no one line, with what is said of it.
REFUSED = {"formula": "a formula of single units"}
#: Layers that are written for one step.
CELLS = {"rnn", "gru", "lstm"}
#: Layers that costs are made of.
COSTS = {"cost", *LOSSES}


def test_given_numbers_are_none_of_the_inputs() -> None:
    spec = (
        "netsym = 1\ninputs = 2\n[[layers]]\ntype = 'given'\nlengths = 3\nvalues = [1, 2, 4]\n"
        "[[layers]]\ntype = 'concat'\nfrom = ['input', 'layer1']"
    )
    network = loads(spec)
    assert str(network.matrices.inlined.text()).startswith("ŷ = concatenate(x, [1; 2; 4])")
    check(network)


def of(kind: str, options: Mapping[str, Any], shapes: tuple[Shape, ...]) -> Network:
    """A layer of a kind; what reads several values reads several inputs."""
    layer: Layer = LAYERS[kind](**options)
    if len(shapes) == 1:
        return single(layer, shapes[0])
    inputs = [
        Input.of(name, prod(shape), shape) for name, shape in zip("uvs", shapes, strict=False)
    ]
    return Network.of("test", inputs, [("end", layer, [each.name for each in inputs], {})])


def known(network: Network, values: Mapping[str, float]) -> dict[str, Any]:
    """The arrays of parameters, by their letters in lower case."""
    return {
        parameter.names.start.lower(): parameter.numbers(values)
        for placed in network.layers
        for parameter in placed.parameters.values()
    }


def check(network: Network, seed: int = 0) -> None:
    """Its one line, computed from its text alone, has the values of the network, and every letter
    in it is one whose shape is said.
    """
    formula = network.matrices.inlined
    random = np.random.default_rng(seed)
    names = network.parameter_names()
    values = dict(zip(names, random.uniform(0.5, 1.5, len(names)).tolist(), strict=True))
    inputs = [random.normal(size=each.shape) for each in network.inputs]
    arrays = known(network, values)
    of_inputs = dict(zip((each.letter.lower() for each in network.inputs), inputs, strict=True))
    letters = {}
    for letter, shape in formula.shapes:
        array = arrays | of_inputs
        letters[letter.ascii(0)] = array[letter.ascii(0).lower()]
        assert letters[letter.ascii(0)].shape == shape
    found = [evaluate(line, letters) for line in formula.text(ascii=True).splitlines()]
    wanted = network(*(each[None] for each in inputs), parameters=values)
    wanted = wanted if isinstance(wanted, tuple) else (wanted,)
    for mine, theirs in zip(found, wanted, strict=True):
        np.testing.assert_allclose(np.ravel(mine), np.ravel(theirs), rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize(
    ("kind", "options", "shapes"), ROWS, ids=[f"{n}-{row[0]}" for n, row in enumerate(ROWS)]
)
def test_a_layer_on_one_line_has_its_values(
    kind: str, options: dict[str, Any], shapes: tuple[Shape, ...]
) -> None:
    check(of(kind, options, shapes))


@pytest.mark.parametrize("kind", ["encoder", "decoder"])
def test_a_block_on_one_line_has_its_values(kind: str) -> None:
    """What a residual block reads again is copied."""
    spec = f"netsym = 1\ninputs = 8\nshape = [2, 4]\n[[layers]]\ntype = '{kind}'\n"
    network = loads(spec + "name = 'block'\nheads = 2\nhidden = 3\nactivation = 'relu'\nrepeat = 2")
    check(network)
    assert network.size.matrices["inlined"].nodes > 2 * network.size.matrices["layered"].nodes


def test_every_kind_of_layer_is_tried() -> None:
    assert {row[0] for row in ROWS} | REFUSED.keys() | CELLS | COSTS | {"given"} == set(LAYERS)


@pytest.mark.parametrize("kind", REFUSED)
def test_what_has_no_one_line_says_so(kind: str) -> None:
    network = single(LAYERS[kind](formula="x_1*x_2"), (2,))
    with pytest.raises(SpecError, match=REFUSED[kind]):
        network.matrices.inlined  # noqa: B018
    assert "inlined" not in network.size.matrices


@pytest.mark.parametrize("kind", sorted(CELLS))
def test_of_a_cell_there_is_a_formula_for_each_value_that_a_step_hands_on(kind: str) -> None:
    """Step by step they have the values of the network; in an onion gates have braces."""
    network = single(LAYERS[kind](units=2), (3, 4))
    formula, random = network.matrices.inlined, np.random.default_rng(2)
    values = {name: random.uniform(-1, 1) for name in network.parameter_names()}
    x, arrays = random.normal(size=(3, 4)), known(network, values)
    letters = {each.ascii(0): arrays.get(each.ascii(0).lower()) for each, _ in formula.shapes}
    lines = formula.text(ascii=True).splitlines()[: len(formula.bindings)]
    names = [line.partition(" = ")[0] for line in lines]
    assert names == (["c1_t", "h1_t"] if kind == "lstm" else ["h1_t"])
    letters |= {name.replace("_t", "_prev"): np.zeros(2) for name in names}
    for row in x:
        letters["x_t"] = row
        for name, line in zip(names, lines, strict=True):
            letters[name] = evaluate(line, letters)
        letters |= {name.replace("_t", "_prev"): letters[name] for name in names}
    np.testing.assert_allclose(letters["h1_t"], network(x, parameters=values), rtol=1e-12)
    assert "inlined" not in network.size.matrices
    onion = formula.latex(onion=True, short=True, width=120)
    gates = {"rnn": "", "gru": "zrn", "lstm": "figo"}[kind]
    assert sorted(re.findall(r"\}_\{(\w)_\{t\}\}", onion)) == sorted(gates)


@pytest.mark.parametrize("loss", LOSSES)
def test_costs(loss: str) -> None:
    """Of one example; the mean over several stands in front of the same."""
    ends = {"bce": "3sigmoid", "cross_entropy": "3softmax", "hinge": "3tanh"}
    network = netsym.parse(f"2-4tanh-{ends.get(loss, '3')}")
    cost = netsym.cost(network, loss, l1=0.5, l2=0.25)
    formula, random = cost.matrices.inlined, np.random.default_rng(1)
    values = {name: random.uniform(-1, 1) for name in cost.parameter_names()}
    x, t = random.normal(size=2), np.array([0.0, 1.0, 0.0])
    letters = {letter.ascii(0): {"x": x, "t": t}.get(letter.base) for letter, _ in formula.shapes}
    letters |= {key[:1].upper() + key[1:] if array.ndim > 1 else key: array
                for key, array in known(network, values).items()}  # fmt: skip
    found = evaluate(formula.text(ascii=True), letters)
    assert found == pytest.approx(cost(*x, *t, parameters=values), rel=1e-12)
    many = netsym.cost(network, loss, examples=2, l1=0.5, l2=0.25).matrices.inlined
    text, without = many.text(), re.sub("[()]", "", formula.text())
    assert text.startswith("J = mean[examples](")
    assert re.sub("[()]", "", text.replace("mean[examples]", "", 1)) == without


# -- how it is written ---------------------------------------------------------------------------
def test_the_formula_on_one_line() -> None:
    deep = netsym.parse("3-4relu-4relu-2softmax").matrices.inlined
    assert str(deep) == "ŷ = softmax(W³·relu(W²·relu(W¹x + b¹) + b²) + b³)"
    assert deep.text(ascii=True) == "y = softmax(W3 @ relu(W2 @ relu(W1 @ x + b1) + b2) + b3)"
    assert deep.latex().splitlines()[1] == (
        r"\hat{y} &= \operatorname{softmax}\biggl(W^{[3]} \operatorname{ReLU}\Bigl(W^{[2]} "
        r"\operatorname{ReLU}\bigl(W^{[1]} x + b^{[1]}\bigr) + b^{[2]}\Bigr) + b^{[3]}\biggr)"
        r" \qquad \begin{array}{ll} x & 3 \\ W^{[1]}, b^{[1]} & 4 \times 3, 4 \\ "
        r"W^{[2]}, b^{[2]} & 4 \times 4, 4 \\ W^{[3]}, b^{[3]} & 2 \times 4, 2 \end{array}"
    )


def test_the_shapes_are_said_once_for_layers_that_are_alike() -> None:
    said = netsym.parse("784-128relu-10").matrices.inlined.text(headings=True).splitlines()
    assert said[1:] == ["# x: 784; W¹: 128 × 784, b¹: 128; W²: 10 × 128, b²: 10"]
    text = netsym.parse("2-10x20-1:relu").matrices.inlined.text(headings=True, ascii=True)
    assert text.endswith("\n# x: 2; W1: 10 x 2, b1: 10; W2 ... W20: 10 x 10, b2 ... b20: 10; "
                         "W21: 1 x 10,\n#   b21: 1")  # fmt: skip


def test_numbers_are_written_where_they_are_given_and_few() -> None:
    network = netsym.load("examples/hat.toml")
    formula = network.matrices.inlined
    assert formula.text(headings=True) == ("ŷ = [1, -2, 1]·relu([1; 1; 1]·x + [1; 0; -1])\n# x: 1")
    assert "array([[1, -2, 1]]) @ relu(" in formula.text(ascii=True)
    assert r"\begin{bmatrix} 1 & -2 & 1 \end{bmatrix} \operatorname{ReLU}\left(" in formula.latex()
    iris = netsym.load("examples/iris.toml").matrices.inlined
    assert iris.text(digits=2).startswith("ŷ = softmax(W³·tanh(W²·((x - [5.8; 3.1; 3.8; 1.2])/[")
    layered = network.matrices.text(headings=True)
    assert "a¹ = relu(W¹x + b¹)" in layered and layered.endswith("W²: 1 × 3")


def test_an_onion_braces_every_layer_and_writes_once_what_is_read_again() -> None:
    formula = netsym.parse("3-3tanh+-3tanh+-1").matrices.inlined
    assert formula.text().count("tanh(W¹x + b¹)") == 2
    onion = formula.latex(onion=True)
    assert onion.count(r"\tanh\bigl(W^{[1]} x + b^{[1]}\bigr)") == 1
    assert r"+ x\Bigr)}_{a^{[1]}}} + b^{[2]}\biggr) + a^{[1]}\Biggr)}_{a^{[2]}}}" in onion
    deep = skips(200).matrices.inlined
    assert len(deep.latex(onion=True, width=10**6, max_nodes=None)) < 100_000


def test_it_compiles(tmp_path: Path) -> None:
    networks = [
        netsym.load("examples/hat.toml"), netsym.load("examples/iris.toml"), skips(3),
        single(LAYERS["attention"](heads=2, causal=True, rotary="halves"), (3, 4)),  # type: ignore[call-arg]
        single(LAYERS["max_pool2d"](kernel=(2,), stride=(1,)), (2, 3, 3)),  # type: ignore[call-arg]
    ]  # fmt: skip
    for number, network in enumerate(networks):
        formula = network.matrices.inlined
        for onion in (False, True):
            source = formula.latex(document=True, onion=onion, color=onion)
            log = compiled(source, tmp_path, f"one{number}{onion}")
            assert "Overfull" not in log


# -- how large it is -----------------------------------------------------------------------------
def skips(layers: int) -> Network:
    """Layers that add their input, `tanh(W a + b) + a`, and a linear one."""
    return netsym.parse("-".join(["3", *["3tanh+"] * layers, "1"]))


def by_hand(copies: int) -> int:
    """Nodes of n layers `tanh(W a + b) + a` and a linear one: a(n) = 2 a(n - 1) + 6."""
    nodes = 1
    for _ in range(copies):
        nodes = 2 * nodes + 6
    return nodes + 4


@pytest.mark.parametrize("layers", [1, 2, 10, 500])
def test_the_copies_of_skips_are_counted_exactly(layers: int) -> None:
    copies = skips(layers).size.matrices["inlined"]
    assert copies.nodes == by_hand(layers)
    assert copies.operations["tanh"] == 2**layers - 1


@pytest.mark.parametrize("spec", ["3-4tanh-2softmax", "3-3tanh+-3relu+-1", "2-2sigmoid"])
def test_sizes_are_those_of_the_text(spec: str) -> None:
    """Counted by brute force: every letter, number and operation that is written."""
    formula = netsym.parse(spec).matrices.inlined
    tree = ast.parse(formula.text(ascii=True).partition(" = ")[2], mode="eval").body
    assert formula.size.nodes == nodes_of(tree)


def nodes_of(tree: ast.expr) -> int:
    """A sum of several terms is one operation, as Python's own pairs of them are not."""
    match tree:
        case ast.BinOp(op=ast.Add()):
            terms = [tree.right]
            while isinstance(tree.left, ast.BinOp) and isinstance(tree.left.op, ast.Add):
                tree = tree.left
                terms.append(tree.right)
            return 1 + sum(map(nodes_of, [tree.left, *terms]))
        case ast.BinOp():
            return 1 + nodes_of(tree.left) + nodes_of(tree.right)
        case ast.Call():
            return 1 + sum(map(nodes_of, tree.args))
        case ast.Name() | ast.Constant():
            return 1
    raise AssertionError(ast.dump(tree))


def test_what_is_too_large_is_refused_from_the_forecast() -> None:
    network = skips(70)
    nodes = by_hand(70)
    with pytest.raises(TooLargeError, match=f"inlined matrix form has {nodes:,} nodes"):
        "".join(written(network, level="matrix"))
    with pytest.raises(TooLargeError, match="inlined matrix form has"):
        formula_of(network, "inlined", False, None, 100, level="matrix", once=True)
    formula_of(network, "inlined", False, None, 1000, level="matrix", once=True)
    said = str(network.size)
    assert "The explosion is that of scalar units" in said
    assert "what is read k times is written k times" in said
    assert "every layer once" in str(netsym.parse("3-9tanh-9tanh-1").size)
