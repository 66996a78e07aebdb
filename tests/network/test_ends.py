"""Several named inputs and outputs, each with a shape; one is the special case."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import netsym
from netsym.errors import SpecError
from netsym.files.files import dumps, loads
from netsym.forms.sizes import measure
from netsym.layers.blocks import Shared, Wire
from netsym.layers.dense import Dense
from netsym.layers.merge import Add, Concat, Multiply
from netsym.layers.recurrent import RNN
from netsym.layers.shaping import Flatten
from netsym.network.interface import Input, Wanted
from netsym.network.network import Network
from tests.forms.test_sizes import from_text, together

TOWERS = """netsym = 1
title = "two towers"

[[inputs]]
name = "query"
entries = 2

[[inputs]]
name = "key_words"
shape = [2, 2]

[[outputs]]
name = "score"
from = "both"

[[outputs]]
name = "kind"
from = "head"

[[layers]]
name = "left"
type = "dense"
from = ["query"]
units = 2
activation = "tanh"

[[layers]]
name = "flat"
type = "flatten"
from = ["key_words"]

[[layers]]
name = "right"
type = "dense"
units = 2
activation = "tanh"

[[layers]]
name = "both"
type = "multiply"
from = ["left", "right"]

[[layers]]
name = "head"
type = "dense"
units = 3
activation = "softmax"
"""


def towers() -> Network:
    return loads(TOWERS)


def numbers(network: Network, seed: int = 1) -> dict[str, float]:
    random = np.random.default_rng(seed)
    names = network.parameter_names()
    drawn = random.choice([-1, 0, 1, 2, 0.5], len(names))
    return {name: float(v) for name, v in zip(names, drawn, strict=True)}


def by_hand(at: dict[str, float], query: Any, words: Any) -> tuple[Any, Any]:
    """The towers in NumPy alone."""

    def array(letter: str, rows: int, columns: int = 0) -> Any:
        names = [
            [f"{letter}_{i}_{j}" for j in range(1, columns + 1)] if columns else f"{letter}_{i}"
            for i in range(1, rows + 1)
        ]
        return np.vectorize(at.__getitem__)(np.array(names))

    left = np.tanh(query @ array("w1", 2, 2).T + array("b1", 2))
    flat = words.reshape(*words.shape[:-2], 4)
    right = np.tanh(flat @ array("w3", 2, 4).T + array("b3", 2))
    score = left * right
    powers = np.exp(score @ array("w5", 3, 2).T + array("b5", 3))
    return score, powers / powers.sum(-1, keepdims=True)


# -- values ------------------------------------------------------------------------------------
@pytest.mark.parametrize("seed", range(5))
def test_an_array_for_each_input_gives_an_array_for_each_output(seed: int) -> None:
    network, random = towers(), np.random.default_rng(seed)
    at = numbers(network, seed)
    query, words = random.normal(size=(7, 2)), random.normal(size=(7, 2, 2))
    found = network(query, words, parameters=at)
    for mine, wanted in zip(found, by_hand(at, query, words), strict=True):
        np.testing.assert_allclose(mine, wanted, rtol=1e-12, atol=1e-15)
    flat = np.concatenate([query, words.reshape(7, 4)], axis=1)
    for form in ("layered", "shared", "inlined"):
        values = network.formula(form)(flat, parameters=at)
        wanted = np.concatenate(by_hand(at, query, words), axis=1)
        np.testing.assert_allclose(values, wanted, rtol=1e-12, atol=1e-15)
    one, _ = network(query, words[0], parameters=at)  # points broadcast
    np.testing.assert_allclose(one, by_hand(at, query, words[:1])[0], rtol=1e-12, atol=1e-15)
    score, kind = network(flat, parameters=at)  # or all entries in the last axis
    assert (score.shape, kind.shape) == ((7, 2), (7, 3))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((np.ones(2),), "give an array for each, query (2), key_words (2 x 2), with the points in "
         "the axes before; given were 2"),
        ((np.ones(2), np.ones(4)), "given were 2, 4"),
        ((np.ones((3, 2)), np.ones((4, 2, 2))), "the points of query, key_words do not fit "
         "together: 3, 4"),
    ],
)  # fmt: skip
def test_arrays_that_do_not_fit(given: tuple[Any, ...], message: str) -> None:
    network = towers()
    with pytest.raises(SpecError, match=re.escape(message)):
        network(*given, parameters=numbers(network))


# -- forms, sizes, files, proofs ----------------------------------------------------------------
def test_what_is_written_is_counted_and_read_back() -> None:
    network = towers()
    for form in ("layered", "inlined"):
        size, formula = network.forecast(form), network.formula(form)
        assert size == measure(formula)
        assert size == together(from_text(formula), 5)
    assert netsym.compare(network, network.inlined).verdict == "structural"
    assert netsym.compare(network, network.inlined.text(ascii=True)).verdict == "structural"
    assert netsym.compare(network, network.inlined.latex()).verdict == "structural"
    for format in ("toml", "json"):
        again = loads(dumps(network, format), format=format)
        assert [each.name for each in again.inputs] == ["query", "key_words"]
        assert [each.shape for each in again.inputs] == [(2,), (2, 2)]
        assert [each.name for each in again.outputs] == ["score", "kind"]
        assert netsym.compare(network, again).verdict == "structural"


def test_a_changed_weight_is_seen_in_either_output() -> None:
    network = towers().with_parameters(numbers(towers()) | {"w5_1_1": 1.0, "w1_1_1": 1.0})
    other = towers().with_parameters(numbers(towers()) | {"w5_1_1": 1.5, "w1_1_1": 1.0})
    found = netsym.compare(network, other)
    assert found.verdict == "different" and found.counterexample.output.startswith("kind")


def test_outputs_are_chosen_by_name_and_index() -> None:
    network = towers()
    for which, names in (
        ("score", ["score_1", "score_2"]), ("kind[3]", ["kind_3"]), ("kind_2", ["kind_2"]),
        (1, ["score_1"]), ("5", ["kind_3"]),
    ):  # fmt: skip
        assert [output.name for output in network.inlined.output(which).outputs] == names
    for wrong in ("kind[4]", "kinds", "score[0]", "6"):
        with pytest.raises(SpecError, match="no output"):
            network.inlined.output(wrong)
    alone = network.output("score")
    assert [placed.name for placed in alone.layers] == ["left", "flat", "right", "both"]
    assert alone.parameter_names() == network.parameter_names()[:-9]
    text = alone.inlined.text(ascii=True)
    assert text == network.inlined.output("score").text(ascii=True)


def test_the_gradient_of_both_outputs_by_one_input() -> None:
    network = towers()
    at, random = numbers(network, 3), np.random.default_rng(3)
    query, words = random.normal(size=2), random.normal(size=(2, 2))
    names = [f"query_{n}" for n in (1, 2)]
    flat = [*query, *words.reshape(-1)]
    for form in ("layered", "shared", "inlined"):
        slopes = network.formula(form).jacobian(names)
        found = np.reshape(slopes(*flat, parameters=at), (5, 2))
        for place in range(2):  # a complex step: exact to the last digits
            moved = query.astype(complex)
            moved[place] += 1e-30j
            wanted = np.concatenate(by_hand(at, moved, words)).imag / 1e-30
            np.testing.assert_allclose(found[:, place], wanted, rtol=1e-12, atol=1e-14)


def test_whole_arrays_have_the_names_of_inputs_and_outputs() -> None:
    text = towers().matrices.text(ascii=True)
    assert "query" in text and "score = " in text and "kind = softmax(" in text
    latex = towers().matrices.latex()
    assert r"\text{key words}" in latex


def test_layers_collapse_between_several_inputs_and_outputs() -> None:
    wires: list[Wire] = [
        ("a", Dense(units=2), ["p"], {}),
        ("b", Dense(units=2), ["a"], {}),
        ("c", Dense(units=2), ["q"], {}),
        ("sum", Add(), ["b", "c"], {}),
        ("end", Dense(units=1), ["sum"], {}),
    ]
    ends = [Input.of("p", 2), Input.of("q", 2)]
    network = Network.of("n", ends, wires, {"middle": "b", "last": "end"})
    result = netsym.simplify(network)
    assert result.steps and netsym.compare(network, result).verdict in ("identical", "structural")
    assert [each.name for each in result.network.outputs] == ["middle", "last"]


# -- two inputs of one kind ---------------------------------------------------------------------
def test_a_siamese_pair_shares_its_weights() -> None:
    wires: list[Wire] = [
        ("one", Dense(units=2, activation="tanh"), ["first"], {}),
        ("other", Dense(units=2, activation="tanh"), ["second"], Shared("one")),
        ("product", Multiply(), ["one", "other"], {}),
        ("score", Dense(units=1), ["product"], {}),
    ]
    network = Network.of("pair", [Input.of("first", 2), Input.of("second", 2)], wires)
    assert network.parameter_count == 2 * 2 + 2 + 2 + 1
    at = numbers(network, 2)
    one, other = np.array([0.3, -1.0]), np.array([2.0, 0.5])
    assert network(one, other, parameters=at) == network(other, one, parameters=at)
    swapped = network.inlined.text(ascii=True).replace("first", "x").replace("second", "first")
    assert netsym.compare(network, swapped.replace("x_", "second_")).verdict == "identical"


def test_an_output_that_is_read_as_well_keeps_the_name_of_its_layer() -> None:
    wires: list[Wire] = [
        ("inner", Dense(units=1, activation="tanh"), ["input"], {}),
        ("outer", Dense(units=1), ["inner"], {}),
    ]
    network = Network.of("n", 1, wires, {"code": "inner", "result": "outer"})
    assert network.layered.text(ascii=True).splitlines() == [
        "a1_1 = tanh(w1_1_1*x + b1_1)",
        "code = a1_1",
        "result = w2_1_1*a1_1 + b2_1",
    ]
    assert network.shared.text(ascii=True).splitlines()[1:] == [
        "code = t_1",
        "result = w2_1_1*t_1 + b2_1",
    ]


def test_what_no_output_needs_is_left_out_and_said() -> None:
    wires: list[Wire] = [
        ("a", Dense(units=1), ["input"], {}),
        ("b", Dense(units=2), ["a"], {}),
        ("c", Dense(units=3), ["input"], {}),
    ]
    network = Network.of("n", 1, wires, {"y": "a"})
    assert [placed.name for placed in network.layers] == ["a"]
    assert network.assumed == "b and c are left out: no output needs them"
    assert network.parameter_names() == ["w1_1_1", "b1_1"]
    named = Network.of("n", 1, wires, [Wanted("p", "b", ("left", "right"))])
    assert named.inlined.outputs[1].name == "right" and "c is left out" in named.assumed


SAID = 'the output is called {}, as y is a name that was given; to choose, write outputs = ["…"]'


@pytest.mark.parametrize(
    ("inputs", "given", "units", "outputs"),
    [
        (["x", "y"], {}, 1, ["z"]),
        (["x", "y", "z"], {}, 1, ["t"]),
        (["x", "y"], {}, 2, ["y_1", "y_2"]),
        (["x", "y_1"], {}, 2, ["z_1", "z_2"]),
        (["x", "y_3"], {}, 2, ["y_1", "y_2"]),
        (["x", "y_1"], {}, 1, ["y"]),
        ([Input.of("y", 3)], {}, 1, ["z"]),
        (["x"], {"weights": [["y"]]}, 1, ["z"]),
        (["x"], {"weights": [["2*y + z"]]}, 1, ["t"]),
        (["x"], {"bias": ["y_2", "y_4"]}, 2, ["z_1", "z_2"]),
    ],
)
def test_another_value_may_be_called_as_the_output_would_be(
    inputs: Any, given: dict[str, Any], units: int, outputs: list[str]
) -> None:
    source = "y" if isinstance(inputs[0], Input) else "input"
    wires: list[Wire] = [("a", Dense(units=units, activation="tanh"), [source], given)]
    network = Network.of("n", inputs, wires)
    assert network.output_names.all() == outputs
    letter = outputs[0][0]
    assert network.assumed == ("" if letter == "y" else SAID.format(letter))
    again = loads(dumps(network))
    assert again.inlined == network.inlined
    text = network.inlined.text(ascii=True)
    assert netsym.check(network, text).equal
    named = Network.of("n", inputs, wires, ["p", "q"][:units])
    assert (named.output_names.all(), named.assumed) == (["p", "q"][:units], "")


def test_an_output_that_somebody_named_y_keeps_it() -> None:
    wires: list[Wire] = [("a", Dense(units=1), ["input"], {})]
    for outputs in (["y"], {"y": "a"}):
        with pytest.raises(SpecError, match="the name 'y' is"):
            Network.of("n", ["x", "y"], wires, outputs)


def test_an_input_y_through_every_verb() -> None:
    network = loads('netsym = 1\ninputs = ["x", "y"]\nlayers = [{type = "dense", units = 1}]')
    assert network.inlined.text(ascii=True) == "z = w1_1_1*x + w1_1_2*y + b1_1"
    assert network.matrices.text(ascii=True) == "z = W1 @ x + b1"
    assert network.inlined.latex() == r"z = w_{11}^{[1]}x + w_{12}^{[1]}y + b_{1}^{[1]}"
    assert network.inlined.gradient("y").text(ascii=True) == "dz_dy = w1_1_2"
    assert netsym.simplify(network).network.output_names.all() == ["z"]


def test_a_sequence_beside_other_outputs_is_written_once() -> None:
    wires: list[Wire] = [
        ("cell", RNN(units=1, returns="all"), ["words"], {}),
        ("flat", Flatten(), ["cell"], {}),
        ("both", Concat(), ["flat", "more"], {}),
        ("end", Dense(units=1), ["both"], {}),
    ]
    network = Network.of("n", [Input.of("words", 6, (3, 2)), Input.of("more", 1)], wires)
    assert not network.is_written_once  # flatten looks at all steps
    plain = Network.of("n", [Input.of("words", 6, (3, 2))], wires[:1])
    assert plain.once.text(ascii=True).startswith(
        "h1_t_1 = tanh(w1_1_1*words_t_1 + w1_1_2*words_t_2 + u1_1_1*h1_prev_1 + b1_1)"
    )
    assert plain.with_steps(5).input_names.all()[-1] == "words_5_2"


def test_a_cost_has_the_inputs_and_the_targets() -> None:
    network = towers().output("kind")
    made = netsym.cost(network, "cross_entropy")
    assert [each.name for each in made.inputs] == ["query", "key_words", "targets"]
    at, random = numbers(network, 4), np.random.default_rng(4)
    query, words = random.normal(size=(3, 2)), random.normal(size=(3, 2, 2))
    t = np.eye(3)
    losses = -(t * np.log(by_hand(at, query, words)[1])).sum(-1)
    np.testing.assert_allclose(made(query, words, t, parameters=at), losses, rtol=1e-12)
    mean = netsym.cost(network, "cross_entropy", data=([query, words], [0, 1, 2]))
    assert mean(parameters=at) == pytest.approx(losses.mean(), rel=1e-12)
    several = netsym.cost(network, "cross_entropy", examples=3)
    assert several(query, words, t, parameters=at) == pytest.approx(losses.mean(), rel=1e-12)
    with pytest.raises(SpecError, match=r"a cost is of one output, and this network has score, "
                       r"kind; take one of them: network.output\('score'\)"):  # fmt: skip
        netsym.cost(towers(), "mse")


# -- specs that do not fit ----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "key_words"', 'name = "query"', "2 inputs are called 'query'"),
        ('name = "kind"', 'name = "score"', "2 outputs are called 'score'"),
        ('"head"', '"query"', "an input and a layer are both called 'query'"),
        ('from = "head"', 'from = "heads"', "an output reads from 'heads', which is no layer; did "
         "you mean 'head'?"),
        ('from = ["query"]\n', "", "there are several inputs, so it must say which it reads"),
        ('name = "query"\n', "", "input 1: name is missing; write name = \"query\""),
        ("entries = 2", "entries = 0", "entries is 0; it must be a list of names"),
        ('"query"', '"b1"', "'b1' has an entry 'b1_"),
        ('name = "query"', 'name = "my query"', "'my query' is not a name"),
        ('from = "head"', 'from = "head"\nentries = ["a", "b"]', "2 output names for 3 outputs"),
        ("entries = 2", "entries = 2\nsize = 3",
         'input 1 has an unknown key "size"; choose from name, entries, shape'),
        ('title = "two towers"', "shape = [6]", "shape is that of one input"),
    ],
)  # fmt: skip
def test_specs_that_do_not_fit(old: str, new: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        loads(TOWERS.replace(old, new))
    assert message in str(caught.value)


def test_one_entry_of_an_output_is_a_network() -> None:
    """`--output y_1` and `inlined.output("y_1")` had it, and `network.output` did not."""
    network = netsym.parse("2-3-2:tanh")
    for name in ("y_1", "y_2"):
        one = network.output(name)
        assert one.output_names.all() == [name]
        assert netsym.compare(one, network.inlined.output(name)).verdict == "structural"
        values = dict.fromkeys(network.parameter_names(), 0.5)
        both = network.with_parameters(values)([0.25, -1.5])
        mine = one.with_parameters(dict.fromkeys(one.parameter_names(), 0.5))([0.25, -1.5])
        assert float(mine) == float(both[int(name[-1]) - 1])
        assert netsym.cost(one, "mse").output_names.all() == ["J"]
    with pytest.raises(SpecError, match="no output is called 'y_3'; did you mean 'y_2'"):
        network.output("y_3")


def test_load_says_where_a_shorthand_is_read() -> None:
    with pytest.raises(SpecError, match=r"there is no file 1-2-1; .* take netsym\.parse; choose"):
        netsym.load("1-2-1")
    with pytest.raises(SpecError, match=r"did you mean 'gpt2'\?"):
        netsym.load("gpt3")
