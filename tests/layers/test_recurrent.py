"""Recurrent layers against ONNX's reference and onnxruntime, in every reading, and written once."""

from __future__ import annotations

import ast
import dataclasses
import re
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import helper
from onnx.reference import ReferenceEvaluator

import netsym
from netsym import SpecError
from netsym.layers import Layer
from netsym.layers.blocks import Block, Wire
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation
from netsym.layers.recurrent import GRU, LSTM, RNN, Recurrent, Stack
from netsym.layers.shaping import Flatten
from netsym.network.interface import Input
from tests.effort import many, random_examples
from tests.forms.test_sizes import from_text, together
from tests.layers.every_reading import chain, check, drawn, single
from tests.tex import compiled

SOME = random_examples(20)

#: The gates in the order of ONNX.
ONNX = {"lstm": "iofg", "gru": "zrn", "rnn": ("",)}


def weights(layer: Recurrent, inputs: int, seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    shapes = layer.parameters((2, inputs))
    return {key: rng.normal(size=shape) for key, shape in shapes.items()}


def onnx_model(layer: Recurrent, given: dict[str, Any], real: Any) -> onnx.ModelProto:
    """The layer as one node of ONNX, from weights with the names that they have here.

    `real` is the type of its numbers.
    """
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(real))
    gates, units = ONNX[layer.kind], layer.units
    zeros = np.zeros(units)
    biases = [given.get(f"b{gate}", zeros) for gate in gates]
    recurrent = [zeros] * len(gates)
    if "bu" in given:  # of the candidate alone; in the other gates biases add up
        recurrent[-1] = given["bu"]
    inputs = given[f"w{gates[0]}"].shape[1]

    def array(letter: str, width: int) -> Any:  # a coupled gate has none
        none = np.zeros((units, width))
        return np.stack([np.concatenate([given.get(f"{letter}{gate}", none) for gate in gates])])

    constants = {
        "W": array("w", inputs),
        "R": array("u", units),
        "B": np.stack([np.concatenate([*biases, *recurrent])]),
    }
    names = ["X", "W", "R", "B", "", "", "", ""]
    if layer.state != "zero":
        names[5:7] = ["h0", "c0"]
    if getattr(layer, "peepholes", False):
        gated = [given.get(f"p{gate}", zeros) for gate in "iof"]
        constants["P"] = np.stack([np.concatenate(gated)])
        names[7] = "P"
    if layer.kind != "lstm":
        names[6] = ""
    options: dict[str, Any] = {
        "hidden_size": units, "direction": "reverse" if layer.reverse else "forward",
    }  # fmt: skip
    if layer.clip is not None:
        options["clip"] = layer.clip
    if getattr(layer, "coupled", False):
        options["input_forget"] = 1
    if isinstance(layer, GRU):
        options["linear_before_reset"] = int(layer.reset == "after")
    if isinstance(layer, RNN):
        options["activations"] = [{"tanh": "Tanh", "relu": "Relu"}[layer.activation]]
    while not names[-1]:
        names.pop()
    node = helper.make_node(layer.kind.upper(), names, ["Y"], **options)
    fed = [name for name in ("X", "h0", "c0") if name in names]
    graph = helper.make_graph(
        [node], "cell",
        [helper.make_tensor_value_info(name, kind, [None] * 3) for name in fed],
        [helper.make_tensor_value_info("Y", kind, [None] * 4)],
        [onnx.numpy_helper.from_array(a.astype(real), name) for name, a in constants.items()],
    )  # fmt: skip
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)


def with_states(
    layer: Recurrent,
    shape: tuple[int, int],
    given: dict[str, Any] | None = None,
    then: Layer | None = None,
) -> netsym.Network:
    """A network of the layer, which reads a sequence and, if its state is an input, that."""
    if layer.state != "input":
        return chain([layer, *([then] if then else [])], shape, given)
    inputs = [Input.of("x", shape[0] * shape[1], shape)]
    inputs += [Input.of(f"{letter}_start", layer.units) for letter in layer.states]
    names = [each.name for each in inputs]
    wires: list[Wire] = [("layer1", layer, names, given or {})]
    wires += [("layer2", then, ["layer1"], {})] if then else []
    return netsym.Network.of("test", inputs, wires)


def by_onnx(layer: Recurrent, given: dict[str, Any], x: Any, real: Any = np.float64) -> Any:
    """States (points, steps, units) for x (points, steps, inputs).

    By ONNX's reference, or in float32 by onnxruntime, whose kernels have nothing else.
    """
    feed = {"X": x.transpose(1, 0, 2).astype(real)}
    for name in ("h0", "c0"):
        if name in given:
            state = np.broadcast_to(given[name], (1, len(x), layer.units))
            feed[name] = state.astype(real)
    model = onnx_model(layer, given, real)
    if real is np.float64:
        (states,) = ReferenceEvaluator(model).run(None, feed)
    else:
        (states,) = onnxruntime.InferenceSession(model.SerializeToString()).run(None, feed)
    return states[:, 0].transpose(1, 0, 2)


OPTIONS: dict[str, Any] = {
    "units": st.integers(1, 3), "reverse": st.booleans(), "bias": st.booleans(),
    "state": st.sampled_from(["zero", "named", "input"]), "clip": st.sampled_from([None, 0.5]),
}  # fmt: skip
LAYERS = st.one_of(
    st.builds(RNN, activation=st.sampled_from(["tanh", "relu"]), **OPTIONS),
    st.builds(GRU, reset=st.sampled_from(["after", "before"]), **OPTIONS),
    st.builds(LSTM, peepholes=st.booleans(), coupled=st.booleans(), **OPTIONS),
)


@SOME
@given(LAYERS, st.integers(1, 6), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_against_onnx(layer: Recurrent, steps: int, inputs: int, seed: int) -> None:
    given, rng = weights(layer, inputs, seed), np.random.default_rng(seed)
    x = rng.normal(size=(3, steps, inputs))
    states = [rng.normal(size=(3, layer.units)) for _ in layer.states if layer.state == "input"]
    known = given | {f"{key}0": each for key, each in zip(layer.states, states, strict=False)}
    close: dict[str, Any] = {"rtol": 1e-3, "atol": 1e-4}
    wanted = by_onnx(layer, known, x, np.float32)
    coupled = getattr(layer, "coupled", False)
    # the reference knows no relu here, which torch does, and neither of the others
    if getattr(layer, "activation", "tanh") != "relu" and layer.clip is None and not coupled:
        exactly = by_onnx(layer, known, x)
        np.testing.assert_allclose(wanted, exactly, **close)
        wanted, close = exactly, {"rtol": 1e-12, "atol": 1e-13}
    every = with_states(dataclasses.replace(layer, returns="all"), (steps, inputs), given)
    found = np.asarray(every(x, *states)).reshape(wanted.shape)
    np.testing.assert_allclose(found, wanted, **close)
    last = with_states(layer, (steps, inputs), given)
    found = np.asarray(last(x, *states)).reshape(3, layer.units)
    np.testing.assert_allclose(found, wanted[:, 0 if layer.reverse else -1], **close)


EVERY = [
    RNN(units=2),
    RNN(units=2, activation="relu", bias=False, reverse=True, returns="all"),
    GRU(units=1),
    GRU(units=2, bias=False),
    GRU(units=1, reset="before", state="named"),
    LSTM(units=1),
    LSTM(units=1, peepholes=True, state="named", returns="all"),
    LSTM(units=2, peepholes=True, reverse=True, steps=2),
    RNN(units=1, state="input", clip=0.5),
    GRU(units=1, state="input", reverse=True),
    LSTM(units=1, state="input", returns="all", clip=2.0),
    LSTM(units=1, peepholes=True, coupled=True),
]


@pytest.mark.parametrize("layer", EVERY, ids=str)
def test_every_reading(layer: Recurrent) -> None:
    check(with_states(layer, (2, 2)))


def test_every_reading_of_several_layers() -> None:
    check(chain([RNN(units=1, returns="all"), Dense(units=1), GRU(units=1, reverse=True)], (3, 1)))


# -- sizes --------------------------------------------------------------------------------------
def nodes_of(text: str) -> int:
    """The nodes of a formula with one unit: its products have two factors and no sum has a sum."""
    found = 0
    for node in ast.walk(ast.parse(text.partition(" = ")[2])):
        match node:
            case ast.BinOp(op=ast.Add(), left=ast.BinOp(op=ast.Add())):
                continue  # one sum of several terms
            case ast.BinOp(op=ast.Sub()):
                found += 2  # a sum and a negation
            case ast.BinOp() | ast.Constant():
                found += 1
            case ast.Name():  # of a value, or of the function of a call
                found += 1
    return found


@pytest.mark.parametrize("kind", [RNN, GRU, LSTM])
def test_inlined_counts_for_a_few_steps_are_those_of_the_text(kind: type[Recurrent]) -> None:
    for steps in range(1, many(7, 5)):
        network = single(kind(units=1), (steps, 1))
        assert network.inlined.size == network.forecast("inlined")
        assert network.inlined.size.nodes == nodes_of(network.inlined.text(ascii=True)), steps


def test_by_hand() -> None:
    network = single(RNN(units=1), (3, 1))
    assert network.inlined.text(ascii=True) == (
        "y = tanh(w1_1_1*x_3_1 + u1_1_1*tanh(w1_1_1*x_2_1 + u1_1_1*tanh(w1_1_1*x_1_1 + b1_1) "
        "+ b1_1) + b1_1)"
    )
    # tanh, sum, w*x and b are 6; each step more adds u*(…) and these: 6 + 2*8
    assert network.inlined.size.nodes == 22
    assert network.layered.text(ascii=True).splitlines() == [
        "h1_1_1 = tanh(w1_1_1*x_1_1 + b1_1)",
        "h1_2_1 = tanh(w1_1_1*x_2_1 + u1_1_1*h1_1_1 + b1_1)",
        "h1_3_1 = tanh(w1_1_1*x_3_1 + u1_1_1*h1_2_1 + b1_1)",
        "y = h1_3_1",
    ]
    assert network.once.text(ascii=True, headings=True).splitlines() == [
        "# layer 1: rnn, 1 unit, tanh, t = 1 to 3, h1_0 = 0",
        "h1_t_1 = tanh(w1_1_1*x_t_1 + u1_1_1*h1_prev_1 + b1_1)",
        "y = h1_3_1",
    ]
    assert network.once.size.nodes == 9 + 1


def test_what_grows_and_how() -> None:
    growth = single(LSTM(units=1), (5, 1)).growth(range(1, 11))
    assert growth.law("once") == "constant"
    assert growth.law("layered") == "linear, 47 more per step"
    assert growth.law("inlined").startswith("exponential, 4.79")
    nodes = growth.nodes["inlined"]
    assert nodes[4] == single(LSTM(units=1), (5, 1)).inlined.size.nodes
    assert single(RNN(units=1), (5, 1)).growth(range(1, 11)).law("inlined").startswith("linear, 8 ")
    stacked = chain([RNN(units=1, returns="all"), RNN(units=1)], (5, 1)).growth(range(1, 21))
    assert stacked.law("inlined") == "more than linear, less than exponential"
    assert stacked.law("layered") == "linear, 18 more per step"


def test_many_steps_are_counted_exactly() -> None:
    network = single(RNN(units=2), (500, 1))
    wanted = 6  # tanh(w*x + b), and then tanh(w*x + u*(…) + u*(…) + b)
    for _ in range(499):
        wanted = 2 * wanted + 10
    assert network.count_nodes("inlined") == 2 * wanted


@pytest.mark.parametrize("layer", EVERY, ids=str)
def test_the_size_written_once(layer: Recurrent) -> None:
    sizes = set()
    for steps in (1, 2, 7):
        if layer.steps is None:
            network = with_states(layer, (steps, 2), then=Dense(units=1))
            assert network.forecast("once") == network.once.size
            sizes.add(network.once.size.nodes)
            assert network.once.size == together(from_text(network.once), 1)
            assert network.size.forms["once"] == network.once.size
    assert len(sizes) == (layer.steps is None)


# -- written once -------------------------------------------------------------------------------
SIX = r"""
i_{t}^{[1]} &= \sigma\bigl(W_{i}^{[1]} x_{t} + U_{i}^{[1]} h_{t-1}^{[1]} + b_{i}^{[1]}\bigr) \\
f_{t}^{[1]} &= \sigma\bigl(W_{f}^{[1]} x_{t} + U_{f}^{[1]} h_{t-1}^{[1]} + b_{f}^{[1]}\bigr) \\
g_{t}^{[1]} &= \tanh\bigl(W_{g}^{[1]} x_{t} + U_{g}^{[1]} h_{t-1}^{[1]} + b_{g}^{[1]}\bigr) \\
c_{t}^{[1]} &= f_{t}^{[1]} \odot c_{t-1}^{[1]} + i_{t}^{[1]} \odot g_{t}^{[1]} \\
o_{t}^{[1]} &= \sigma\bigl(W_{o}^{[1]} x_{t} + U_{o}^{[1]} h_{t-1}^{[1]} + b_{o}^{[1]}\bigr) \\
h_{t}^{[1]} &= o_{t}^{[1]} \odot \tanh\bigl(c_{t}^{[1]}\bigr) \\
\hat{y} &= h_{5}^{[1]} \\[1ex]
& t = 1, \dots, 5,\quad h_{0}^{[1]} = 0,\quad c_{0}^{[1]} = 0 \\[1ex]
& x_{t} \in \mathbf{R}^{3} \\
"""


def test_the_six_equations_of_the_lstm() -> None:
    text = single(LSTM(units=4), (5, 3)).matrices.latex()
    assert text.startswith(r"\begin{aligned}" + SIX)
    assert text.count("h_{t-1}") == 4


def test_the_other_cells_as_people_write_them() -> None:
    def first_lines(layer: Recurrent, count: int) -> list[str]:
        lines = single(layer, (5, 3)).matrices.latex().splitlines()[1 : count + 1]
        return [re.sub(r"\^\{\[1\]\}| \\\\$|\\[bB]igg?[lr]", "", line) for line in lines]

    assert first_lines(RNN(units=2), 1) == [r"h_{t} &= \tanh(W x_{t} + U h_{t-1} + b)"]
    assert first_lines(GRU(units=2), 4) == [
        r"z_{t} &= \sigma(W_{z} x_{t} + U_{z} h_{t-1} + b_{z})",
        r"r_{t} &= \sigma(W_{r} x_{t} + U_{r} h_{t-1} + b_{r})",
        r"n_{t} &= \tanh(W_{n} x_{t} + r_{t} \odot (U_{n} h_{t-1} + b_{u}) + b_{n})",
        r"h_{t} &= (1 - z_{t}) \odot n_{t} + z_{t} \odot h_{t-1}",
    ]
    assert first_lines(GRU(units=2, reset="before", reverse=True), 4)[2:] == [
        r"n_{t} &= \tanh(W_{n} x_{t} + U_{n} (r_{t} \odot h_{t+1}) + b_{n})",
        r"h_{t} &= (1 - z_{t}) \odot n_{t} + z_{t} \odot h_{t+1}",
    ]
    peepholes = first_lines(LSTM(units=2, peepholes=True), 6)
    assert r"p_{f} \odot c_{t-1} + b_{f}" in peepholes[1]
    assert r"p_{o} \odot c_{t} + b_{o}" in peepholes[4]


def test_states_that_are_read_are_written_before_the_steps() -> None:
    network = with_states(LSTM(units=2, state="input", coupled=True, clip=0.5), (5, 3))
    assert r"& t = 1, \dots, 5,\quad h_{0}^{[1]} = \text{h start}" in network.matrices.latex()
    assert "t = 1 to 5, h1_0 = h_start, c1_0 = c_start" in str(network.once.headings)
    wires: list[Wire] = [
        ("first", RNN(units=2), ["x"], {}),
        ("bent", Dense(units=2, activation="relu"), ["z"], {}),
        ("cell", LSTM(units=2, state="input"), ["x", "first", "bent"], {}),
    ]
    network = netsym.Network.of("two", [Input.of("x", 6, (3, 2)), Input.of("z", 3)], wires)
    text = network.matrices.latex()
    assert r"h_{0}^{[3]} = h_{3}^{[1]},\quad c_{0}^{[3]} = a^{[2]} \\" in text
    assert r"a^{[2]} &= \operatorname{ReLU}" in text
    check(network)


def test_it_compiles(tmp_path: Path) -> None:
    two = Stack(cell="lstm", units=2, bidirectional=True, layers=2, state="named").block()
    network = netsym.Network.of("two", 6, [("two", two, ["input"], {})], shape=(3, 2))
    for formula in (network.matrices, network.once):
        compiled(formula.latex(document=True), tmp_path)


def test_both_directions_and_layers_written_once() -> None:
    block = Stack(cell="gru", units=2, bidirectional=True, reset="before").block()
    network = netsym.Network.of("both", 6, [("both", block, ["input"], {})], shape=(3, 2))
    lines = network.once.text(ascii=True).splitlines()
    assert lines[-4:] == ["y_1 = h1_3_1", "y_2 = h1_3_2", "y_3 = h2_1_1", "y_4 = h2_1_2"]
    assert network.forecast("once") == network.once.size
    every = chain(
        [LSTM(units=1, returns="all"), Activation(activation="relu"), Dense(units=1)], (4, 1)
    )
    assert every.once.text(ascii=True).splitlines()[-2:] == [
        "a2_t_1 = relu(h1_t_1)", "y_t_1 = w3_1_1*a2_t_1 + b3_1",
    ]  # fmt: skip
    assert every.forecast("once") == every.once.size


def test_tied_blocks_are_written_once() -> None:
    tied = Block(parts=(("d", Dense(units=2, activation="tanh"), ["input"], {}),), repeat=5,
                 share=True)  # fmt: skip
    wires: list[Wire] = [("tied", tied, ["input"], {}), ("end", Dense(units=1), ["tied"], {})]
    network = netsym.Network.of("tied", 2, wires)
    assert network.once.text(ascii=True, headings=True).splitlines() == [
        "# layer 1: tied.1.d, 2 units, tanh, 5 times, from the second time on with a1 in place of "
        "x",
        "a1_1 = tanh(w1_1_1*x_1 + w1_1_2*x_2 + b1_1)",
        "a1_2 = tanh(w1_2_1*x_1 + w1_2_2*x_2 + b1_2)",
        "",
        "# layer 6: end, 1 unit, linear",
        "y = w6_1_1*a1_1 + w6_1_2*a1_2 + b6_1",
    ]
    assert network.matrices.latex().count("W^{[1]}") == 6  # every copy, and its shape
    assert network.forecast("once") == network.once.size
    assert network.size.forms["once"] == network.once.size
    assert "written once" in str(network.size)
    assert "written once" not in str(netsym.parse("1-2-1:tanh").size)


def test_what_looks_at_several_steps_is_not_written_once() -> None:
    network = chain([LSTM(units=1, returns="all"), Flatten(), Dense(units=1)], (3, 1))
    assert not network.is_written_once
    with pytest.raises(SpecError, match="the steps of layer1 cannot be written once"):
        _ = network.once
    with pytest.raises(SpecError, match="so there is nothing to write once"):
        _ = netsym.parse("1-2-1:tanh").once
    lines = network.matrices.latex().splitlines()
    assert r"W_{i}^{[1]} \operatorname{row}_{t}(X) + U_{i}^{[1]} h_{t-1}^{[1]}" in lines[1]
    assert "H^{[1]}" in lines[7]


def test_what_is_written_once_is_no_program() -> None:
    network = single(LSTM(units=1), (3, 1))
    for ask in (network.once.python, lambda: network.once([1, 2, 3])):
        with pytest.raises(SpecError, match="its steps have no number"):
            ask()


# -- what is printed is what is meant -----------------------------------------------------------
@pytest.mark.parametrize(
    "layer", [RNN(units=2, state="named"), GRU(units=2), LSTM(units=1)], ids=str
)
def test_the_python_that_is_printed_computes_it(layer: Recurrent) -> None:
    network = single(layer, (3, 2))
    values = drawn(network, 3)
    x = np.random.default_rng(4).normal(size=6)
    for formula in (network.layered, network.inlined, network.shared):
        code: dict[str, Any] = {}
        exec(formula.python(), code)
        used = {k: v for k, v in values.items() if re.search(rf"\b{k}\b", formula.python())}
        np.testing.assert_allclose(code["f"](*x, **used), network(x, parameters=values), rtol=1e-13)


@pytest.mark.parametrize(
    "layer",
    [RNN(units=2, state="named"), GRU(units=2, state="named"), LSTM(units=1, peepholes=True),
     LSTM(units=1, state="named", returns="all")],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("form", ["inlined", "layered"])
def test_what_is_printed_is_read_back(layer: Recurrent, form: str) -> None:
    network = single(layer, (2, 2))
    formula = network.formula(form)
    texts = [formula.text(), formula.text(ascii=True)]
    texts += [formula.latex(notation=notation) for notation in ("ng", "cs229", "nielsen")]
    for text in texts:
        assert netsym.compare(network, text).verdict == "structural", text[:300]


def test_layers_and_directions_are_those_of_the_parts() -> None:
    """Two layers in both directions are four layers, joined."""
    stack = Stack(cell="lstm", units=2, layers=2, bidirectional=True)
    network = netsym.Network.of("stack", 12, [("s", stack.block(), ["input"], {})], shape=(4, 3))
    names = [placed.name for placed in network.layers]
    assert names == [f"s.{part}{n}" for n in (1, 2) for part in ("forward", "backward", "both")]
    given = {p.name: weights(p.layer, p.shapes[0][-1], n)
             for n, p in enumerate(network.layers) if isinstance(p.layer, Recurrent)}  # fmt: skip
    values = {
        name: float(value)
        for placed in network.layers
        for key, parameter in placed.parameters.items()
        for name, value in zip(
            parameter.names.all(), given[placed.name][key].reshape(-1), strict=True
        )
    }
    x = np.random.default_rng(9).normal(size=(2, 4, 3))
    a = x
    for n in (1, 2):
        both = [
            by_onnx(LSTM(units=2, reverse=back), given[f"s.{part}{n}"], a)
            for part, back in (("forward", False), ("backward", True))
        ]
        a = np.concatenate(both, axis=-1)
    wanted = np.concatenate([a[:, -1, :2], a[:, 0, 2:]], axis=-1)
    found = network(x.reshape(2, -1), parameters=values)
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-13)


# -- files --------------------------------------------------------------------------------------
SPEC = """
netsym = 1
shape = [2, 2]

[[layers]]
type = "gru"
units = 1
reset = "before"
returns = "all"
bias = false

[[layers]]
type = "lstm"
units = 1
peepholes = true
state = "named"
reverse = true
h0 = ["start"]
"""


def test_specs(tmp_path: Path) -> None:
    network = _loaded(SPEC, tmp_path)
    assert network.parameter_count == 3 * (2 + 1) + 4 * (1 + 1 + 1) + 3 + 2
    netsym.save(network, tmp_path / "again.toml")
    again = netsym.load(tmp_path / "again.toml")
    assert again.inlined.text() == network.inlined.text()
    assert "start" in network.parameter_names()


def test_many_numbers_are_saved_and_read(tmp_path: Path) -> None:
    layer = LSTM(units=2, bias=False)
    network = single(layer, (2, 40), weights(layer, 40, 5))
    netsym.save(network, tmp_path / "wide.toml")
    x = np.random.default_rng(6).normal(size=80)
    np.testing.assert_array_equal(netsym.load(tmp_path / "wide.toml")(x), network(x))


def test_a_named_state_of_zeros_is_a_zero_state() -> None:
    given = {"h0": [0, 0], "c0": [0, 0]}
    for steps in (1, 3):
        named = single(LSTM(units=2, state="named", peepholes=True), (steps, 1), given)
        zero = single(LSTM(units=2, peepholes=True), (steps, 1))
        assert netsym.compare(zero, named).verdict == "identical"


def _loaded(text: str, folder: Path) -> Any:
    path = folder / "spec.toml"
    path.write_text(text, encoding="utf-8")
    return netsym.load(path)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        (("units = 1", "units = 1\nsteps = 0"), "steps is 0; it must be a whole number from 1"),
        (("units = 1", "units = 1\nsteps = 4"),
         "is written for 4 steps, but its input has 2: its shape is 2 x 2; change one, or leave"),
        (('reset = "before"', 'reset = "befor"'), "reset is 'befor'; did you mean 'before'"),
        (('returns = "all"', 'returns = "al"'), "returns is 'al'; did you mean 'all'"),
        (('returns = "all"', ""), "reads a sequence, (steps, values), but its input is 1; "),
        (('h0 = ["start"]', "h0 = [1, 2]"), "h0"),
        (('state = "named"', 'state = "zero"'), "has no parameter 'h0'"),
        (("peepholes = true", "peephole = true"), "did you mean 'peepholes'"),
        (("shape = [2, 2]", "shape = [0, 2]"), "shape"),
        (("peepholes = true", "clip = 0"), "clip is a number above zero, not 0"),
        (('state = "named"', 'state = "input"'), "reads the sequence, h, c, as its state is"),
        (("shape = [2, 2]", "inputs = 4"), "reads a sequence, (steps, values), but its input is 4"),
    ],
)  # fmt: skip
def test_bad_input(changed: tuple[str, str], error: str, tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        _loaded(SPEC.replace(*changed), tmp_path)
    assert error in str(caught.value)


def test_a_state_that_does_not_fit() -> None:
    with pytest.raises(SpecError, match=r"h0.*1.*2|h0.*2.*1"):
        single(LSTM(units=2, state="named"), (3, 1), {"h0": [0.5]})


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"cell": "lstn"}, "cell is 'lstn'; did you mean 'lstm'"),
        ({"cell": "rnn", "reset": "before"}, "a cell 'rnn' has no option reset"),
        ({"cell": "gru", "peepholes": True}, "a cell 'gru' has no option peepholes"),
        ({"cell": "gru", "layers": 0}, "layers are a whole number above zero, not 0"),
        ({"cell": "rnn", "activation": "sigmoid"}, "activation is 'sigmoid'"),
        ({"cell": "gru", "coupled": True}, "a cell 'gru' has no option coupled"),
        ({"cell": "gru", "state": "input"}, 'state = "input" is an option of single layers'),
        ({"cell": "rnn", "units": 0}, "units are a whole number above zero, not 0"),
        ({"cell": "rnn", "steps": 0}, "steps are a whole number above zero, not 0"),
    ],
)
def test_bad_stacks(options: dict[str, Any], error: str) -> None:
    with pytest.raises(SpecError, match=re.escape(error)):
        Stack(**{"units": 2, **options}).block()


def test_other_numbers_of_steps() -> None:
    network = single(LSTM(units=1, steps=5, returns="all"), (5, 1))
    longer = network.with_steps(7)
    assert longer.input_names.all() == [f"x_{t}_1" for t in range(1, 8)]
    assert longer.output_names.all() == [f"y_{t}_1" for t in range(1, 8)]
    assert longer.inlined.text() == single(LSTM(units=1, returns="all"), (7, 1)).inlined.text()
    with pytest.raises(SpecError, match="reads no sequence step by step"):
        netsym.parse("1-2-1").with_steps(3)
    flat = chain([LSTM(units=1, returns="all"), Flatten(), Dense(units=1)], (3, 1))
    with pytest.raises(SpecError, match=r"layer layer3 \(dense\) has parameters for 3"):
        flat.with_steps(4)


def test_names_that_the_cell_gives_are_taken() -> None:
    for name in ("h1_2_1", "wi1_1_1", "c1_1_1"):
        with pytest.raises(SpecError, match="is also what the notation calls another value"):
            single(LSTM(units=1), (2, 1), {"bi": [name]})
