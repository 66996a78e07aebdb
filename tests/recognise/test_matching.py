"""Formulas in letters of their own: which letter is which name, and what is no renaming."""

from __future__ import annotations

import pytest

import netsym
from netsym.errors import SpecError
from tests.effort import many
from tests.recognise.renaming import mistaken, written
from tests.verdicts import SAME


@pytest.mark.parametrize("seed", range(many(1000, 40)))
def test_a_network_in_other_letters_is_equal(seed: int) -> None:
    case = written(seed)
    inputs = [case.letters[name] for name in case.network.input_names.all()]
    found = netsym.compare(case.network, case.text, inputs=inputs)
    assert found.verdict in SAME
    assert found.because.count(" = ") >= min(len(case.network.parameter_names()), 12)


@pytest.mark.parametrize("seed", range(many(1000, 40)))
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
