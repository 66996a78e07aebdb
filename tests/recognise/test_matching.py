"""Formulas in letters of their own: which letter is which name, and what is no renaming."""

from __future__ import annotations

import pytest

import netsym
from netsym.errors import SpecError, UnclearError
from tests.effort import many
from tests.recognise import pairs
from tests.recognise.renaming import mistaken, written
from tests.verdicts import SAME


@pytest.mark.parametrize("seed", range(many(120, 40, 1000)))
def test_a_network_in_other_letters_is_equal(seed: int) -> None:
    case = written(seed)
    inputs = [case.letters[name] for name in case.network.input_names.all()]
    found = netsym.compare(case.network, case.text, inputs=inputs)
    assert found.verdict in SAME
    assert found.because.count(" = ") >= min(len(case.network.parameter_names()), 12)


@pytest.mark.parametrize("seed", range(many(120, 40, 1000)))
def test_one_mistake_in_other_letters_is_named(seed: int) -> None:
    """It is different, and what is said has the layer, and the kind of the mistake."""
    case = written(seed)
    inputs = [case.letters[name] for name in case.network.input_names.all()]
    mistake = mistaken(case, seed)
    found = netsym.compare(case.network, mistake.text, inputs=inputs)
    assert found.verdict == "different"
    said = " ".join(found.report(why=False).split())
    assert any(layer in said for layer in mistake.layers), (mistake, said)
    assert any(kind in said for kind in mistake.kinds), (mistake, said)


def test_the_formula_of_the_thread() -> None:
    text = "w_21*(1/(1+e^-(w_11*x+b_11))) + w_22*(1/(1+e^-(w_12*x+b_12))) + b"
    found = netsym.check("1-2-1:sigmoid", text)
    assert found.diagnosis is not None
    assert found.diagnosis.mistakes == ("without the sigmoid on the output layer",)
    assert "read with w_11 = w1_1_1, b_11 = b1_1" in found.notes[0]
    right = netsym.check("1-2sigmoid-1", text)
    assert right.verdict in SAME
    assert right.because.endswith("w_21 = w2_1_1, w_22 = w2_1_2, b = b2_1")


def test_the_first_thing_that_a_learner_types() -> None:
    found = netsym.check("2-1", "w1*x1+w2*x2+b")
    assert found.exit_code == 0
    assert found.because.endswith("with x1 = x_1, x2 = x_2, w1 = w1_1_1, w2 = w1_1_2, b = b1_1")


#: Special cases, and where they are equal.
SPECIAL = {
    "σ(v1*σ(u1*x + b) + v2*σ(u2*x + b) + c)": "equal only where b1_2 = b1_1",
    "σ(v1*σ(u*x + a) + v2*σ(u*x + d) + c)": "equal only where w1_2_1 = w1_1_1",
    "σ(v1*σ(u1*x + a) + v2*σ(u2*x + d) + 0.5)": "equal only where b2_1 = 0.5",
    "σ(3*σ(u1*x + a) + v2*σ(u2*x + d) + c)": "equal only where w2_1_1 = 3",
}


@pytest.mark.parametrize(("text", "where"), SPECIAL.items())
def test_special_cases_say_where_they_are_equal(text: str, where: str) -> None:
    found = netsym.check("1-2-1:sigmoid", text)
    assert (found.verdict, found.exit_code) == ("different", 1)
    assert f"a special case: {where}" in found.because


def test_another_architecture_is_said_before_any_point() -> None:
    text = "v1*tanh(u1*x + a1) + v2*tanh(u2*x + a2) + v3*tanh(u3*x + a3) + c"
    found = netsym.check("1-2tanh-1", text)
    assert found.verdict == "different"
    assert found.because == (
        "the formula is another network: it has 3 units in the hidden layer, the network 2"
    )
    assert found.counterexample is None


def test_a_name_that_both_have_means_itself() -> None:
    """Crossed weights are a mistake, and no renaming."""
    found = netsym.check("2-1", "w1_1_2*x_1 + w1_1_1*x_2 + c")
    assert found.verdict == "different"


def test_misspelt_names_are_no_own_names() -> None:
    with pytest.raises(SpecError, match="unknown name 'X'") as caught:
        netsym.check("1-1:sigmoid", "1/(1+exp(-(w1_1_1*X + b1_1)))")
    assert "did you mean 'x'?" in str(caught.value)


def test_with_numbers_alone_a_strange_name_is_a_mistake() -> None:
    network = netsym.parse("2-1").with_parameters({"w1_1_1": 1.5, "w1_1_2": -0.5, "b1_1": 0.25})
    with pytest.raises(SpecError, match="unknown name 'w'"):
        netsym.check(network, "w*x_1 - 0.5*x_2 + 0.25")
    assert netsym.check(network, "1.5*a - 0.5*b + 0.25").verdict in SAME


def test_two_formulas_are_matched_if_it_is_asked_for() -> None:
    found = netsym.compare("relu(a*x + b)", "relu(w*x + c)")
    assert found.verdict == "different"
    assert "up to names they are equal, with w = a, c = b (--up-to-names)" in found.notes[-1]
    asked = netsym.compare("relu(a*x + b)", "relu(w*x + c)", up_to_names=True)
    assert asked.verdict in SAME
    assert asked.because.endswith("with w = a, c = b")


@pytest.mark.parametrize("first", range(0, many(200, 100, 600), 20))
def test_what_is_called_equal_is_renamed_and_what_is_renamed_is_equal(first: int) -> None:
    """Judged apart from netsym; a name never serves several times, nor is one that both have."""
    for seed in range(first, first + 20):
        case = pairs.case(seed)
        network = netsym.from_formula(case.network, list(case.inputs))
        try:
            found = netsym.compare(network, case.text)
        except SpecError as error:
            asked = isinstance(error, UnclearError) and not pairs.is_renamed(case)
            assert asked or "unknown name" in str(error), (seed, case, error)
            continue
        assert not found.only_where or pairs.holds(case, found.names, found.only_where), (
            seed,
            case,
        )
        if found.equal:
            assert pairs.why_no_renaming(case, found.names) == "", (seed, case, found.names)
        else:
            assert not pairs.is_renamed(case), (seed, case, found.because, found.notes)


#: A network of which names are tied, are numbers or products, a formula in other names, and where
#: both are equal.
GENERAL = [
    ("v*tanh(w*x + b) + u*tanh(k*x + b)", "p*tanh(q*x + r) + s*tanh(t*x + j)", {"j": "r"}),
    ("v*tanh(w*x + b) + u*tanh(k*x + b)", "v*tanh(w*x + b) + u*tanh(k*x + q)", {"q": "b"}),
    ("v*tanh(w*x + 2) + u*tanh(k*x + b)", "v*tanh(w*x + q) + u*tanh(k*x + b)", {"q": "2"}),
    ("pi*x + c", "q*x + c", {"q": "pi"}),
    ("a*x + 2*a", "w*x + d", {"d": "2*w"}),
]


@pytest.mark.parametrize(("network", "text", "where"), GENERAL)
def test_a_network_may_be_the_special_case(network: str, text: str, where: dict[str, str]) -> None:
    found = netsym.compare(netsym.from_formula(network), text)
    assert (found.verdict, found.exit_code, found.only_where) == ("different", 1, where)
    assert "a special case: equal only where" in found.because


def test_of_two_formulas_neither_may_be_more_general() -> None:
    for one, other in (("c*x + c", "a*x + b"), ("a*x + b", "c*x + c")):
        assert netsym.compare(one, other, up_to_names=True).verdict == "different"


@pytest.mark.parametrize(("text", "value"), [("e*x + c", "exp(1)"), ("2*pi*x + c", "2*pi")])
def test_a_constant_is_no_name(text: str, value: str) -> None:
    found = netsym.check("1-1", text)
    assert (found.only_where, found.names) == ({"w1_1_1": value}, {"c": "b1_1"})


#: Texts in which the inputs can only be told by what the network has, and what they are.
INPUTS = [
    ("2-1", "a*x_1 + b*z + c", {"z": "x_2"}), ("2-1", "a*x_1 + b*x2 + c", {"x2": "x_2"}),
    ("1-1:sigmoid", "σ(c*z + t)", {"z": "x"}), ("2-1", "i + j*in1 + k*in2", {"in1": "x_1"}),
    ("2-1", "ax + by + c", {"x": "x_1", "y": "x_2"}),
]  # fmt: skip


@pytest.mark.parametrize(("net", "text", "inputs"), INPUTS)
def test_inputs_are_those_that_make_it_the_network(
    net: str, text: str, inputs: dict[str, str]
) -> None:
    found = netsym.check(net, text)
    assert found.verdict in SAME
    assert inputs.items() <= found.names.items()


def test_a_parameter_is_no_input() -> None:
    with pytest.raises(SpecError, match="b1_1 is a parameter of the network, so it is no input"):
        netsym.check("1-1", "w1_1_1*b1_1 + q", inputs=["b1_1"])


def test_the_names_are_data() -> None:
    found = netsym.check("1-1", "m*x + c")
    assert found.names == {"m": "w1_1_1", "c": "b1_1"}
    assert found.to_json()["names"] == found.names
    special = netsym.check("1-1", "m*x + m").to_json()
    assert (special["names"], special["only_where"]) == ({"m": "w1_1_1"}, {"b1_1": "w1_1_1"})


#: Networks of which some inputs pass the hidden layer by, and texts that are them.
PASSED = [
    ("p*tanh(q*x_1 + r*x_2) + s*x_1 + t*x_2", "w1*tanh(u*X1 + r*x_2) + m*X1 + k*x_2"),
    ("p*tanh(q*x_1 + r*x_2) + s*x_1", "k*tanh(m*in1 + b*in2) + c*in2"),
    ("0.5*relu(p*x_1 + q*x_2 + 3) + r*x_1 + 0.5*x_2", "0.5*relu(w1*z + b*in1 + 3) + m*z + 0.5*in1"),
]


@pytest.mark.parametrize(("network", "text"), PASSED)
def test_what_passes_a_layer_by_is_matched_in_any_order(network: str, text: str) -> None:
    assert netsym.compare(netsym.from_formula(network), text).verdict in SAME


def test_another_architecture_always_says_how_it_differs() -> None:
    network = netsym.from_formula("p*tanh(q*x_1 + r*x_2) + s*x_1 + t*x_2")
    found = netsym.compare(network, "p*tanh(q*x_1 + r*x_2) + v*x_1")
    assert (
        "1 value passes the hidden layer by, in the network 2" in str(found.notes) + found.because
    )
