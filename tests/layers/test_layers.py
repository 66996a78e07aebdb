"""Layers against ONNX and plain Python, and every mistake in their wiring."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import netsym
from netsym import SpecError
from netsym.layers import Layer
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation, Dropout, Scale
from netsym.layers.merge import Add, Concat
from netsym.layers.registry import LAYERS
from tests.layers.onnx_operators import onnx


def network(*wires: Any, inputs: Any = 3, outputs: Any = (), **more: Any) -> Any:
    return netsym.Network.of("test", inputs, wires, outputs, **more)


def refused(*wires: Any, **more: Any) -> str:
    with pytest.raises(SpecError) as caught:
        network(*wires, **more)
    return str(caught.value)


def single(layer: Layer, given: dict[str, Any] | None = None) -> Any:
    return network(("layer1", layer, ["input"], given or {}))


# -- what they compute --------------------------------------------------------------------------
#: Operators of ONNX that are activations, with their options.
ONNX: dict[str, tuple[str, dict[str, Any]]] = {
    "selu": ("Selu", {}), "celu": ("Celu", {"alpha": 1.0}), "mish": ("Mish", {}),
    "hard_swish": ("HardSwish", {}), "softsign": ("Softsign", {}), "sin": ("Sin", {}),
    "exp": ("Exp", {}), "hard_sigmoid": ("HardSigmoid", {"alpha": 1 / 6}), "elu": ("Elu", {}),
    "leaky_relu": ("LeakyRelu", {}), "softplus": ("Softplus", {}), "relu": ("Relu", {}),
}  # fmt: skip


@pytest.mark.parametrize("name", ONNX)
def test_activations_against_onnx(name: str) -> None:
    """At their kinks, and far away."""
    operator, options = ONNX[name]
    z = np.array([-40.0, -6, -3, -1, -0.3, 0, 0.3, 1, 3, 6, 40])
    found = netsym.parse(f"1-1{name}")(z, parameters={"w1_1_1": 1.0, "b1_1": 0.0})
    np.testing.assert_allclose(found, onnx(operator, z, **options), rtol=2e-7, atol=1e-12)


def test_a_layer_is_registered_under_its_kind() -> None:
    assert {"dense", "activation", "scale", "standardize", "add", "concat", "dropout"} <= {*LAYERS}
    assert all(layer.kind == name for name, layer in LAYERS.items())


@pytest.mark.parametrize(("name", "below"), [("leaky_relu", -2.0), ("elu", np.expm1(-2.0))])
def test_alpha(name: str, below: float) -> None:
    call = network(("a", Activation(activation=name, alpha=0.3), ["input"], {}), inputs=1)
    assert call([-2.0, 0.0, 2.0]) == pytest.approx([0.3 * below, 0.0, 2.0], rel=1e-15)
    default = network(("a", Activation(activation=name), ["input"], {}), inputs=1)
    assert default(-2.0) == pytest.approx({"leaky_relu": 0.01, "elu": 1.0}[name] * below)


def test_scale_dropout_add_and_concat() -> None:
    point = [1.0, -2.0, 3.0]
    scale = {"weights": [2.0, 0.5, -1.0], "bias": [1.0, 1.0, 1.0]}
    assert single(Scale(), scale)(*point).tolist() == [3.0, 0.0, -2.0]
    assert single(Scale(use_bias=False), {"weights": [2.0, 0.5, -1.0]})(*point).tolist() == [
        2.0, -1.0, -3.0,
    ]  # fmt: skip
    assert single(Dropout(rate=0.9))(*point).tolist() == point
    both = ("s", Scale(), ["input"], scale)
    assert network(both, ("o", Add(), ["input", "s"], {}))(*point).tolist() == [4, -2, 1]
    assert network(both, ("o", Add(), ["s", "s", "input"], {}))(*point).tolist() == [7, -2, -1]
    assert network(both, ("o", Concat(), ["s", "input"], {}))(*point).tolist() == [3, 0, -2, *point]


def test_describe() -> None:
    assert Dense(units=1).describe() == "1 unit, linear"
    assert Dense(units=3, activation="tanh", skip=True).describe() == "3 units, tanh + its input"
    assert Dropout(rate=0.25).describe() == "dropout 0.25, which does nothing at inference"
    assert Activation(activation="relu").describe() == "relu"
    assert Add().describe() == "add"


# -- options ------------------------------------------------------------------------------------
def test_options_that_do_not_fit() -> None:
    with pytest.raises(SpecError, match=r"^unknown activation 'tnah'; did you mean 'tanh'\?$"):
        Dense(units=1, activation="tnah")
    with pytest.raises(SpecError, match="unknown activation 'log'; did you mean 'logsig'"):
        Activation(activation="log")
    message = r"^tanh has no alpha; only leaky_relu, elu, celu have one$"
    with pytest.raises(SpecError, match=message):
        Dense(units=1, activation="tanh", alpha=0.1)
    with pytest.raises(SpecError, match=r"^linear has no alpha"):
        Activation(alpha=0.1)


# -- shapes and entries -------------------------------------------------------------------------
DENSE = Dense(units=2)
WHERE = "layer 1 (dense)"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([[1, 2, 3]], f"{WHERE}: weights must have shape 2 x 3, but 1 x 3 was given"),
        ([1, 2, 3], f"{WHERE}: weights must have shape 2 x 3, but 3 was given"),
        ([[1, 2], [3, 4], [5, 6]],
         f"{WHERE}: weights have 3 rows of 2, the layer has 3 inputs and 2 units: this is inputs x "
         "units, as scikit-learn, Keras and R store it; transpose it"),
        (np.zeros((3, 2)), "this is inputs x units"),
        ([[1, 2], [3, 4], [5, [6]]], "an entry is a number, a name, or"),
        (np.zeros((2, 2)), "must have shape 2 x 3, but 2 x 2 was given"),
        (1.0, "must have shape 2 x 3, but a single number was given"),
        ([], "must have shape 2 x 3, but"),
        ([[1, 2, 3], [4, 5]],
         f"{WHERE}: weights has rows of different lengths (2, 3); it must have shape 2 x 3"),
        ([[[1], [2], [3]], [[4], [5], [6]]], "must have shape 2 x 3, but 2 x 3 x 1 was given"),
        ([[[[1]], [[2]], [[3]]], [[[4]], [[5]], [[6]]]],
         "weights is nested too deeply; it must have shape 2 x 3"),
        ([[1, 2, 3], 4], f"{WHERE}: weights holds [1, 2, 3]; an entry is a number, a name, or"),
        ([[1, 2, None], [4, 5, 6]],
         "weights holds None; an entry is a number, a name, or an exact"),
        ([[1, 2, True], [4, 5, 6]],
         "weights holds True; an entry is a number, a name, or an exact"),
        ([[1, 2, 1j], [4, 5, 6]], "weights holds 1j; an entry is a number, a name, or an exact"),
        ([[1, 2, np.complex128(1j)], [4, 5, 6]], "an entry is a number, a name, or an exact"),
        (np.array(3), "weights must have shape 2 x 3, but a single number was given"),
        ([[1, 2, float("nan")], [4, 5, 6]],
         f"{WHERE}: weights[0][2] is nan; every number must be finite"),
        ([[1, 2, 3], [4, float("-inf"), 6]], "weights[1][1] is -inf; every number must be finite"),
        (np.array([[1, 2, 3], [4, np.inf, 6]]),
         "weights[1][1] is inf; every number must be finite"),
        ([["p", 2, float("nan")], [4, 5, 6]], "weights[0][2] is nan; every number must be finite"),
        ([["1/0", 2, 3], [4, 5, 6]], "weights holds '1/0', which is not a number"),
        ([["1/2/3", 2, 3], [4, 5, 6]], "weights holds '1/2/3', which is not a number"),
        ([["", 2, 3], [4, 5, 6]], "weights holds ''"),
        ([["9" * 401, 2, 3], [4, 5, 6]], "a number too long or too large"),
        ([["0,15", 2, 3], [4, 5, 6]], "weights holds '0,15', which is not a number"),
        ([["0.5/2", 2, 3], [4, 5, 6]], "weights holds '0.5/2', which is not a number"),
        ([["1e-999", 2, 3], [4, 5, 6]], "a number too long or too large"),
        ([[10**400, 2, 3], [4, 5, 6]], "a number too long or too large"),
        ([["-2w", 2, 3], [4, 5, 6]], "weights holds '-2w', which is not a number"),
        ([["w 1", 2, 3], [4, 5, 6]], "'w 1' is not a name: use letters, digits and underscores"),
        ([["é", 2, 3], [4, 5, 6]], "'é' is not a name"),
        ([["lambda", 2, 3], [4, 5, 6]], "'lambda' is a function or a word of Python"),
        ([["tanh", 2, 3], [4, 5, 6]], "'tanh' is a function or a word of Python"),
        ([["b1_2", 2, 3], [4, 5, 6]],
         "the name 'b1_2' is also what the notation calls another value"),
        ([["x_3", 2, 3], [4, 5, 6]],
         "the name 'x_3' is also what the notation calls another value"),
        ([["a1_1", 2, 3], [4, 5, 6]],
         "the name 'a1_1' is also what the notation calls another value"),
    ],
)  # fmt: skip
def test_entries_that_do_not_fit(given: Any, message: str) -> None:
    assert message in refused(("layer1", DENSE, ["input"], {"weights": given}))


def test_entries_that_fit() -> None:
    given = {
        "weights": [["p", 2, "1/3"], [np.float32(0.5), np.int64(7), Fraction(1, 7)]],
        "bias": (2**53 + 1, "-5"),
    }
    made = single(DENSE, given)
    assert made.parameter_names() == ["p"]
    entries = made.layers[0].parameters["weights"].entries
    expected = ["p", 2.0, Fraction(1, 3), 0.5, 7.0, Fraction(1, 7)]
    assert entries.reshape(-1).tolist() == expected
    assert made.layers[0].parameters["bias"].entries.tolist() == [2**53 + 1, Fraction(-5)]
    numbers = single(DENSE, {"weights": np.arange(6).reshape(2, 3), "bias": [0, 1]})
    assert numbers(1.0, 1.0, 1.0).tolist() == [3.0, 13.0]
    float32 = single(DENSE, {"weights": np.full((2, 3), 0.1, dtype=np.float32), "bias": [0, 0]})
    assert float32(1.0, 0.0, 0.0)[0] == float(np.float32(0.1))


def test_parameters_that_there_are_not() -> None:
    assert refused(("layer1", DENSE, ["input"], {"wieghts": [1.0]})) == (
        "layer 1 (dense) has no parameter 'wieghts'; it takes weights and bias"
    )
    own_name = ("front", Dense(units=2, use_bias=False), ["input"], {"bias": [1.0, 2.0]})
    assert refused(own_name) == ("layer 1 (dense front) has no parameter 'bias'; it takes weights")
    assert refused(("layer1", Dropout(), ["input"], {"rate": [1.0]})) == (
        "layer 1 (dropout) has no parameter 'rate'; it takes none"
    )


# -- wiring -------------------------------------------------------------------------------------
def linear(name: str, *sources: str, units: int = 3, **options: Any) -> Any:
    return (name, Dense(units=units, **options), list(sources), {})


def test_a_network_needs_something() -> None:
    assert refused() == "a network needs at least one layer; this one has none"
    for inputs in (0, -1):
        message = f"inputs is {inputs}; give a whole number from 1 to 1,000,000,000"
        assert refused(linear("a", "input"), inputs=inputs) == message
    assert refused(linear("a", "input"), inputs=[]) == (
        "a network needs at least one input; the list of inputs is empty"
    )


def test_names_of_layers() -> None:
    twice = refused(linear("a", "input"), linear("a", "input"))
    assert twice == "two layers are called 'a'; give each its own name"
    assert (
        refused(linear("input", "input"))
        == "an input and a layer are both called 'input'; give each its own name"
    )
    unknown = refused(linear("hidden", "input"), linear("out", "hiden"))
    assert unknown == "layer out reads from 'hiden'; did you mean 'hidden'?"


def test_sources() -> None:
    assert refused(linear("a", "input"), ("s", Add(), ["a"], {})) == (
        "layer s (add) joins two or more values; say which in from = […]"
    )
    assert refused(linear("a", "input"), linear("b", "a", "input")) == (
        "layer b (dense) reads from one value, but from lists 2; "
        "join them in an add or concat layer first"
    )
    assert "layer b (dense) reads from one value, but from lists 0" in refused(
        linear("a", "input"), linear("b")
    )
    assert "joins two or more values" in refused(("s", Concat(), ["input"], {}))


def test_unread_layers() -> None:
    assert refused(linear("a", "input"), linear("b", "input"), linear("c", "input")) == (
        "nothing reads from a and b and c, but a network has one output unless its outputs are "
        "named; read from all but one of them, join them in a concat layer, or name the outputs: "
        '[[outputs]] name = "y", from = "a"'
    )


def test_cycles() -> None:
    message = refused(linear("a", "c"), linear("b", "a"), linear("c", "b"))
    assert message.startswith("the layers read from each other in a cycle: ")
    assert message.endswith("; a network goes one way, from the input to the output")
    path = message.split(": ")[1].split(";")[0].split(" <- ")
    reads = {"a": "c", "b": "a", "c": "b"}
    assert path[0] == path[-1]
    assert len(path) == 4
    assert all(reads[one] == other for one, other in pairwise(path))
    assert "a <- a" in refused(linear("a", "a"))
    beside = refused(linear("in", "input"), linear("p", "q"), linear("q", "p"),
                     ("s", Add(), ["in", "q"], {}))  # fmt: skip
    assert "p <- q <- p" in beside or "q <- p <- q" in beside
    ring = [linear(f"n{k:02}", f"n{(k - 1) % 30:02}") for k in range(30)]
    assert "<- … <-" in refused(*ring)


def test_layers_may_be_listed_in_any_order() -> None:
    wires = [
        linear("last", "both", units=1),
        ("both", Concat(), ["one", "two"], {}),
        linear("two", "one", units=2),
        linear("one", "input"),
    ]
    made = network(*wires)
    assert [placed.name for placed in made.layers] == ["one", "two", "both", "last"]
    assert made.parameter_names()[0] == "w1_1_1"
    assert [placed.width for placed in made.layers] == [3, 2, 5, 1]
    assert [placed.widths for placed in made.layers] == [(3,), (3,), (3, 2), (5,)]


def test_widths_that_do_not_fit() -> None:
    assert refused(linear("wide", "input", units=4, skip=True)) == (
        "layer 1 (dense wide) adds its own input, so it needs as many units as inputs: "
        "4 units, 3 inputs; change one or leave the skip out"
    )
    assert refused(linear("a", "input", units=2), ("s", Add(), ["a", "input", "a"], {})) == (
        "layer 2 (add s) adds values of one shape, but these have 2, 3 and 2"
    )


def test_names_of_inputs_outputs_and_functions() -> None:
    layer = linear("a", "input", units=2)
    assert "the name 'u' is given 2 times" in refused(layer, inputs=["u", "v", "u"])
    assert "'1st' is not a name" in refused(layer, inputs=["1st"])
    assert "'if' is a function or a word of Python" in refused(layer, inputs=["if", "v"])
    assert "the name 'w1_1_1' is also what the notation calls" in refused(layer, inputs=["w1_1_1"])
    assert refused(layer, outputs=["one"]) == "1 output name for 2 outputs; give one each"
    assert "the name 'u' is given 2 times" in refused(layer, inputs=["u"], outputs=["u", "v"])
    assert "the name 'x_1' is also what" in refused(layer, outputs=["x_1", "v"])
    assert "'f g' is not a name" in refused(layer, function="f g")
    assert "'max' is a function or a word of Python" in refused(layer, function="max")
    assert "the name 'g' is given 2 times" in refused(layer, inputs=["g", "v"], function="g")
    given = ("a", Dense(units=1), ["input"], {"weights": [["u"]]})
    assert "the name 'u' is given 2 times" in refused(given, inputs=["u"])
