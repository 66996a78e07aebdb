"""A layer or a network behind a network: what it computes, its names, and what does not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import netsym
from netsym.errors import SpecError
from netsym.files.files import dumps, loads
from netsym.layers.blocks import Block
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation, Scale, Standardize
from netsym.layers.merge import Add, Concat
from netsym.layers.shaping import Flatten
from netsym.network.interface import Input
from tests.layers.every_reading import check, drawn

RNG = np.random.default_rng(3)


def texts(network: netsym.Network) -> str:
    return network.layered.text(ascii=True, headings=False)


def two_heads() -> netsym.Network:
    wires = [("a", Dense(units=2), ["input"], {}), ("b", Dense(units=2), ["input"], {})]
    return netsym.Network.of("heads", 3, wires, {"left": "a", "right": "b"})


@pytest.mark.parametrize(
    ("first", "second"),
    [("2-3:tanh", "3-2:relu"), ("1-2-1", "1-4tanh-1"), ("3-4", "4-4sigmoid+"),
     ("2-2x2:elu", "2-3softmax")],
)  # fmt: skip
def test_one_behind_the_other_is_the_composition(first: str, second: str) -> None:
    """By its values, with numbers for all names; and it is what the shorthand of both says."""
    before, behind = netsym.parse(first), netsym.parse(second)
    whole = before.then(behind)
    check(whole)
    numbers = drawn(whole, 0)
    own = {name: value for name, value in numbers.items() if name in before.parameter_names()}
    others = dict(zip(behind.parameter_names(), list(numbers.values())[len(own) :], strict=True))
    x = RNG.normal(size=(5, len(before.input_names)))
    between = np.reshape(before(x, parameters=own), (5, -1))
    expected = behind(between, parameters=others)
    np.testing.assert_allclose(whole(x, parameters=numbers), expected, rtol=1e-14)
    assert whole.shorthand is not None
    assert netsym.compare(whole, netsym.parse(whole.shorthand)).verdict == "structural"


def test_what_the_notation_names_is_numbered_on() -> None:
    whole = netsym.parse("1-2:tanh").then(netsym.parse("2-1"))
    assert texts(whole) == texts(netsym.parse("1-2tanh-1"))
    assert (whole.title, whole.shorthand) == ("1-2:tanh, 2-1", "1-2tanh-1")
    assert [placed.name for placed in whole.layers] == ["layer1", "layer2"]


def test_a_layer_is_put_behind_with_its_parameters() -> None:
    network = netsym.parse("2-2:tanh").then(Scale(), weights=[3, "c"], bias=[0.5, -1])
    assert texts(network).splitlines()[2:] == ["y_1 = 3*a1_1 + 0.5", "y_2 = c*a1_2 - 1"]
    named = network.then(Dense(units=1))
    assert texts(named).splitlines()[-1] == "y = w3_1_1*a2_1 + w3_1_2*a2_2 + b3_1"
    assert loads(dumps(named)) == named
    check(named.then(Activation(activation="relu")))


def test_what_scales_the_target_back() -> None:
    """A regressor of another library, and the mean and deviation of its targets."""
    network = netsym.parse("1-1").then(Scale(), weights=[2.0], bias=[7.0])
    (layer,) = netsym.simplify(network).network.layers
    assert layer.layer == Dense(units=1)
    assert netsym.simplify(network).network.inlined.text(ascii=True) == (
        "y = (2*w1_1_1)*x + (2*b1_1 + 7)"
    )


def test_several_outputs_are_read_in_their_order() -> None:
    added = two_heads().then(Add())
    joined = two_heads().then(Concat()).then(Dense(units=1))
    assert texts(added).splitlines()[-2:] == ["y_1 = a1_1 + a2_1", "y_2 = a1_2 + a2_2"]
    assert texts(joined).splitlines()[-1].startswith("y = w4_1_1*a1_1 + w4_1_2*a1_2 + w4_1_3*a2_1")
    check(joined)
    both = two_heads().then(
        netsym.Network.of(
            "sum",
            [Input.of("p", 2), Input.of("q", 2)],
            [("twice", Scale(use_bias=False), ["p"], {}), ("end", Add(), ["twice", "q"], {})],
        )
    )
    assert texts(both).splitlines()[-2:] == ["y_1 = a3_1 + a2_1", "y_2 = a3_2 + a2_2"]


def test_names_that_a_person_chose_stay_and_one_name_is_one_parameter() -> None:
    weights = {"weights": [["w"]]}
    first = netsym.Network.of("one", ["t"], [("in", Dense(units=1), ["input"], weights)])
    second = netsym.Network.of(
        "two", ["v"], [("in", Dense(units=1), ["input"], {**weights, "bias": ["2*b + w"]}),
                       ("layer2", Standardize(), ["in"], {"mean": ["w"], "scale": ["b"]})],
        ["price"], latex_names={"price": r"\pi", "v": "V", "b": r"\beta"}, assumed="so it is",
    )  # fmt: skip
    whole = first.then(second)
    assert [placed.name for placed in whole.layers] == ["in", "in_", "layer3"]
    assert whole.input_names.literal == ("t",) and whole.output_names.literal == ("price",)
    assert whole.latex_names == {"price": r"\pi", "b": r"\beta"}
    assert whole.assumed == "so it is; what both call w is one"
    assert texts(whole).splitlines()[1] == "a2_1 = w*a1_1 + (2*b + w)"
    assert texts(loads(dumps(whole))) == texts(whole)


def test_formulas_of_names_of_the_notation_follow_them() -> None:
    given = {"weights": [["w1_1_1", "w1_1_1 + 1"], [2, 3]], "bias": ["c", "b1_2"]}
    second = netsym.Network.of(
        "two", 2, [("layer1", Dense(units=2), ["input"], {"bias": ["b1_1", "b1_2"]}),
                   ("layer2", Dense(units=2), ["layer1"], given)],
        latex_names={"w1_1_1": "u", "a1_2": "h"},
    )  # fmt: skip
    whole = netsym.parse("1-2").then(second)
    assert texts(whole).splitlines()[-2:] == [
        "y_1 = w2_1_1*a2_1 + (w2_1_1 + 1)*a2_2 + c", "y_2 = 2*a2_1 + 3*a2_2 + b2_2",
    ]  # fmt: skip
    assert whole.latex_names == {"w2_1_1": "u", "a2_2": "h"}
    check(whole)


def test_an_output_gets_a_name_that_nothing_has() -> None:
    first = netsym.Network.of("one", ["y"], [("layer1", Dense(units=1), ["input"], {})])
    whole = first.then(Activation(activation="tanh"))
    assert texts(whole).splitlines()[-1] == "z = tanh(a1_1)"
    assert "the output is called z, as y is a name that was given" in whole.assumed


def test_a_block_that_is_repeated_stays_written_once() -> None:
    part: tuple[Any, ...] = ("in", Dense(units=2, activation="tanh"), ["input"], {})
    block = Block(parts=(part,), repeat=3, share=True)
    tied = netsym.Network.of("tied", 2, [("block", block, ["input"], {})])
    whole = netsym.parse("3-2").then(tied)
    assert [placed.copy_of for placed in whole.layers] == ["", "", "block.1.in", "block.1.in"]
    assert whole.is_written_once and len(whole.parameter_names()) == 14
    check(whole)
    again = tied.then(tied)
    assert [placed.name for placed in again.layers][3:] == [f"block.{n}.in_" for n in (1, 2, 3)]
    assert [placed.copy_of for placed in again.layers][3:] == ["", "block.1.in_", "block.1.in_"]


@pytest.mark.parametrize(
    ("first", "after", "given", "message"),
    [
        ("1-2", netsym.parse("3-1"), {}, "'1-2' gives 1 output of shape 2, but '3-1' takes 1 input "
         "of shape 3; what stands behind a network takes what it gives"),
        ("1-2", two_heads(), {}, "'1-2' gives 1 output of shape 2, but 'heads' takes 1 input of "
         "shape 3; what stands behind a network takes what it gives"),
        ("1-2", "softmax", {}, "a layer or a network stands behind a network, not str"),
        ("1-2", netsym.parse("2-1"), {"bias": [1]},
         "parameters are given with a layer; a network has its own"),
        ("1-2", Add(), {}, "layer layer1 (add) joins two or more values; say which in from = […]"),
        ("1-2", Dense(units=1), {"weights": [[1], [2]]},
         "layer 1 (dense): weights have 2 rows of 1, the layer has 2 inputs and 1 unit: this is "
         "inputs x units, as scikit-learn, Keras and R store it; transpose it"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said(
    first: str, after: Any, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(SpecError) as caught:
        netsym.parse(first).then(after, **given)
    assert str(caught.value) == message


def test_a_flat_network_behind_a_shaped_one() -> None:
    first = netsym.Network.of(
        "shaped", 4, [("layer1", Dense(units=3), ["input"], {})], shape=(2, 2)
    )
    with pytest.raises(SpecError, match="gives 1 output of shape 2 x 3, but '6-1' takes 1 input"):
        first.then(netsym.parse("6-1"))
    assert first.then(Flatten()).then(netsym.parse("6-1")).outputs[0].shape == (1,)
