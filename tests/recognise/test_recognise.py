"""A formula back to its layers: what netsym writes, what people type, and what is no network."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

import netsym
from netsym.errors import SpecError, UnclearError
from netsym.path import network_of
from netsym.recognise.recognised import recognise
from netsym.recognise.units import NoNetwork
from tests.effort import many
from tests.recognise.stacks import alike, stack, texts
from tests.verdicts import SAME


def test_what_netsym_writes_is_recognised() -> None:
    """Of all texts 99.5 % have the same layers; two equal units, of small numbers, are one."""
    wrong, tried = [], 0
    for seed in range(many(400, 8, 2000)):
        case = stack(seed)
        for kind, text in texts(case.network).items():
            tried += 1
            try:
                found = recognise(text, case.network.input_names.all(), longest=None)
            except NoNetwork as error:
                wrong.append((seed, kind, case.shorthand, str(error)))
                continue
            layers = (alike(found.shorthand), found.scaler is not None)
            if layers != (alike(case.shorthand), case.scaled):
                wrong.append((seed, kind, case.shorthand, found.shorthand))
    assert len(wrong) <= 0.005 * tried, wrong


@pytest.mark.parametrize("seed", range(many(150, 2)))
def test_what_is_recognised_is_the_network(seed: int) -> None:
    network = stack(seed).network
    for text in texts(network).values():
        found = recognise(text, network.input_names.all(), longest=None)
        assert netsym.compare(network, found.network).verdict in SAME


#: Formulas as people type them, and what they are.
TYPED = {
    "f(x) = w_21*(1/(1+e**(-1*(w_11*x + b_11)))) + w_22*(1/(1+e**(-1*(w_12*x + b_12)))) + b":
        "1-2sigmoid-1",
    "f(x) = w_21*(w_11*x + b_11) + w_22*(w_12*x + b_12) + b": "1-2-1",
    "y = A*(2/(1 + exp(-2*(B*X + b1)))) - 1 + b2": "1-1sigmoid-1",
    "y = A*((2/(1 + exp(-2*(B*X + b1)))) - 1) + b2": "1-1tanh-1",
    "w1*x1 + w2*x2 + b": "2-1",
    "σ(a*p + b)": "1-1sigmoid",
    "exp(w*x + b)/(1 + exp(w*x + b))": "1-1sigmoid",
    "(exp(w*x) - exp(-(w*x)))/(exp(w*x) + exp(-(w*x)))": "1-1tanh",
    "sinh(w*x)/cosh(w*x)": "1-1tanh",
    "max(w*x + b, 0)": "1-1relu",
    "max(w*x + b, 0.2*(w*x + b))": "1-1leaky_relu",
    "(w*x + b + |w*x + b|)/2": "1-1relu",
    "(w*x + b)*step(w*x + b)": "1-1relu",
    "w*log(1 + exp(v*x))": "1-1softplus-1",
    "max(v*x, 0) + log(1 + exp(-|v*x|))": "1-1softplus",
    "v*(w*x/(1 + exp(-w*x)))": "1-1silu-1",
    "0.5*(w*x)*(1 + erf(w*x/sqrt(2)))": "1-1gelu",
    "min(max(w*x + b, 0), 6)": "1-1relu6",
    "max(-1, min(1, w*x))": "1-1hard_tanh",
    "x*tanh(log(1 + exp(x)))": "1-1mish",
    "exp(-(w*x + b)^2)": "1-1gaussian",
    "w*x/(1 + |w*x|)": "1-1softsign",
    "relu(w*x + b) + x": "1-1relu+",
    "max(a*x + b, c*x + d)": "1-1relu-1",
    "h1 = relu(w1*x1 + w2*x2 + b)\nh2 = relu(w3*x1 + w4*x2 + b)\ny = v1*h1 + v2*h2": "2-2relu-1",
    "a = w1*x + b1\nc = w2*x + b2\ny_1 = e^a/(1 + e^a + e^c)\ny_2 = e^c/(1 + e^a + e^c)\n"
    "y_3 = 1/(1 + e^a + e^c)": "1-3softmax",
    "y_1 = e^(a*x)/(e^(a*x) + e^(b*x))\ny_2 = e^(b*x)/(e^(a*x) + e^(b*x))": "1-2softmax",
    "e^(a*x)/(e^(a*x) + e^(b*x))": "1-1sigmoid",
}  # fmt: skip


@pytest.mark.parametrize(("text", "shorthand"), TYPED.items())
def test_formulas_as_people_type_them(text: str, shorthand: str) -> None:
    found = recognise(text)
    assert found.shorthand == shorthand
    assert netsym.compare(found.network, text).verdict in SAME


REFUSED = {
    "x1*x2": "a product of two values that both depend on the inputs",
    "w*x*sigmoid(v*x + b) + c": "a product of two values",
    "x^2 + 1": "a power of a value that depends on the inputs",
    "2/(1 - e^(-2*x)) - 1": "a quotient whose divisor depends on the inputs",
    "log(x)": "log, which is no activation",
    "6*sign(w*x)": "sign, which is no activation",
    "w/x": "a quotient whose divisor depends on the inputs",
    "x^w": "a power whose exponent is no small whole number",
}


@pytest.mark.parametrize(("text", "why"), REFUSED.items())
def test_what_is_no_network_is_refused_with_a_caret(text: str, why: str) -> None:
    with pytest.raises(NoNetwork, match=why) as caught:
        recognise(text)
    assert "^" in str(caught.value).splitlines()[2]
    network = netsym.path.network_of(text)  # type: ignore[attr-defined]
    assert why in network.assumed
    assert netsym.compare(network, text).verdict in SAME


#: Formulas whose inputs are not said, and which they are.
INPUTS = {
    "w*x + b": ["x"],
    "w_1*x_1 + w_10*x_10 + w_2*x_2": ["x_1", "x_2", "x_10"],
    "0.3*age + 0.1*tenure - 2": ["age", "tenure"],
    "theta_0 + theta_1*t": ["t"],
    "σ(a*p + b)": ["p"],
    "g(u, v) = a*u + b*v": ["u", "v"],
    "w1*i1 + w2*i2 + b": ["i1", "i2"],
    "k*q + m*q2 + n*q + l*q2": ["q", "q2"],
}


@pytest.mark.parametrize(("text", "inputs"), INPUTS.items())
def test_which_names_are_inputs(text: str, inputs: Sequence[str]) -> None:
    assert recognise(text).inputs.names == inputs


def test_names_that_may_be_either_are_asked_for() -> None:
    with pytest.raises(
        UnclearError, match="which of the names are inputs is not clear: a, q"
    ) as caught:
        recognise("a*q")
    assert caught.value.readings == [["q"], ["a"]]
    assert recognise("a*q", ["a"]).inputs.names == ["a"]
    with pytest.raises(SpecError, match="there is no 'z' in the formula; its names are a, q"):
        recognise("a*q", ["z"])
    with pytest.raises(
        SpecError, match="a network has inputs, and none are given; the names are a, q"
    ):
        network_of("a*q + 1", [])


def test_one_name_in_several_places_is_one_parameter() -> None:
    network = netsym.from_formula("relu(w*x + b) + relu(w*x + b + 1) + b")
    assert network.shorthand == "1-2relu-1"
    assert network.parameter_names() == ["w", "b"]


def test_scaled_inputs_are_a_layer() -> None:
    found = recognise("tanh(0.3*((x_1 - 5)/2.5) + 0.1*((x_2 - 3)/7))")
    assert found.scaler is not None
    assert [str(each) for each in found.scaler[1]] == ["2.5", "7"]
    assert "scaled inputs" in str(found)


def test_what_passes_a_layer_by() -> None:
    text = "v*tanh(w*x + b) + u*x + c"
    found = recognise(text)
    assert "passed by a connection" in str(found)
    assert netsym.compare(found.network, text).verdict in SAME


def test_a_formula_of_thousands_of_weights() -> None:
    network = netsym.parse("10-32-32-1:tanh")
    text = network.inlined.text(ascii=True)
    assert len(text) > 160_000
    assert recognise(text).shorthand == "10-32tanh-32tanh-1tanh"


def test_every_function_takes_what_stands_for_a_network() -> None:
    text = "f(x) = 2*(3*x + 1) + 4*(x - 2)"
    assert str(netsym.simplify(text).network.inlined.text(ascii=True)) == "f(x) = 10*x - 6"
    assert str(netsym.regions("relu(2*x - 1) + 3")).startswith("2 linear regions")
    assert netsym.cost("sigmoid(w*x + b)", "bce").outputs[0].name == "J"
    with pytest.raises(SpecError, match="int is no network; give a network, a file, a shorthand"):
        netsym.simplify(3)


@pytest.mark.parametrize("text", ["b/b + x", "x + q - q", "0*q + x", "a*x*b/a"])
def test_a_name_that_cancels_is_kept(text: str) -> None:
    network = network_of(text)
    assert re.search(r"(?:b|q|a) cancels, and a network has no such name", network.assumed)
    assert netsym.compare(network, text).verdict in ("structural", "identical")


def test_how_a_formula_was_read_is_said() -> None:
    assert network_of("y = mx + c").assumed.startswith("mx was read as m*x; read as a 1-1 network")
    assert network_of("e*x").assumed.startswith("e was read as the number 2.718…")
