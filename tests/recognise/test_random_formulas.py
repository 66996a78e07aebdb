"""Formulas that are or are no networks: no false claim, and nothing has no end."""

from __future__ import annotations

import pytest

import netsym
from netsym.errors import SpecError, UnclearError
from netsym.path import network_of
from netsym.recognise.recognised import recognise
from netsym.recognise.units import NoNetwork
from tests.effort import heavy, many
from tests.recognise.random_formulas import formula
from tests.verdicts import SAME
from tests.work import Work


@pytest.mark.parametrize("first", range(0, many(200, 5, 3000), many(20, 5)))
def test_what_a_random_formula_is_read_as_is_equal_to_it(first: int) -> None:
    undecided = 0
    for seed in range(first, first + many(20, 5)):
        case = formula(seed)
        try:
            network = network_of(case.text, case.inputs or None)
        except SpecError as error:
            assert isinstance(error, UnclearError) or "has no names" in str(error), case.text
            continue
        verdict = netsym.compare(network.inlined, case.text).verdict
        undecided += verdict == "undecided"
        assert verdict in (*SAME, "undecided"), (seed, case.text)
        try:
            recognise(case.text, case.inputs or None)
        except NoNetwork as error:
            assert error.why in network.assumed
            assert "^" in str(error).splitlines()[2], (seed, str(error))
    assert undecided <= 2


@pytest.mark.parametrize(
    "text",
    [
        "min(z, 32)", "min(z, 64)", "min(z, 1000)", "max(z, -1e9)", "min(z, 1e15)", "min(64, 2*z)",
        "z + relu(z - 100) - 2*relu(z - 101) + relu(z - 102)", "min(tanh(z), 0.9999999)",
        "max(0, z) + relu(50*z - 5000)", "sigmoid(z) + relu(z - 40)", "min(max(z, 0), 600)",
        "abs(z - 77)", "leaky_relu(z, 0.1) + min(0, z + 300)",
    ],
)  # fmt: skip
def test_what_bends_far_away_is_seen(text: str) -> None:
    network = network_of(text)
    assert netsym.compare(network.inlined, text).verdict in SAME, network.layered.text()


#: Formulas of constants that no parameter can have, and why they are no network.
NO_PARAMETERS = {
    "x + ((((2^64)^64)^64)^64)": "a number too long or too large",
    "x*((((2^64)^64)^64)^64)": "a number too long or too large",
    "x*1e308*1e308": "a number too long or too large",
    "x*((0.1)^64)^64": "a number too long or too large",
    "x*" + "2*" * 20_000 + "1": "a number too long or too large",
    "x + log(-1)": "log that is no number",
    "x + 0*log(-1)": "log that is no number",
    "x + sqrt(-2) - sqrt(-2)": "sqrt that is no number",
    "x + (-1)^0.5 - (-1)^0.5": "a power that is no number",
    "x*0^(-0.5)*0": "a power that is no number",
    "x + 1/0": "a division by 0",
}


@pytest.mark.parametrize("text", NO_PARAMETERS)
def test_constants_that_are_no_parameters_make_no_network(text: str) -> None:
    with pytest.raises(NoNetwork, match=NO_PARAMETERS[text]) as caught:
        recognise(text)
    assert "^" in str(caught.value).splitlines()[2]
    assert NO_PARAMETERS[text] in network_of(text).assumed


def test_pi_alone_is_a_weight() -> None:
    network = netsym.from_formula("relu(pi*x + w) + pi")
    assert network.parameter_names() == ["w"]
    assert netsym.compare(network, "relu(pi*x + w) + pi").verdict in SAME


def _chain(step: str, count: int) -> str:
    steps = [f"h_{n} = {step}".replace("#", f"h_{n - 1}").replace("@", str(n))
             for n in range(1, count + 1)]  # fmt: skip
    return "\n".join(["h_0 = x", *steps, f"y = h_{count}"])


#: Formulas by how often something stands in them: twice as often is about twice the work.
LONG = {
    "calls": lambda n: "tanh(" * n + "x" + ")" * n,
    "layers": lambda n: _chain("tanh(w_@*# + b_@)", n),
    "largest": lambda n: "max(1," * n + "x" + ")" * n,
    "inputs": lambda n: "+".join(f"w_{i}*x_{i}" for i in range(n)),
    "weights": lambda n: "+".join(f"w_{i}*x" for i in range(n)),
    "factors": lambda n: "w*" * n + "x",
    "names multiplied": lambda n: "*".join(f"q_{i}" for i in range(n)),
}


@pytest.mark.parametrize("kind", LONG)
def test_a_long_formula_is_read_in_linear_time(kind: str) -> None:
    def calls(count: int) -> int:
        def read() -> None:
            try:
                recognise(LONG[kind](count))
            except SpecError:
                assert kind == "names multiplied"

        return Work(read).calls

    count = many(400, 200)
    assert calls(2 * count) < 2.4 * calls(count)


def test_skips_within_each_other_are_read_in_quadratic_time() -> None:
    """Of n layers each adds to a sum of up to n terms."""

    def calls(count: int) -> int:
        return Work(lambda: recognise(_chain("# + tanh(w_@*# + b_@)", count))).calls

    assert calls(160) < 4.5 * calls(80)


def test_a_largest_of_many_is_no_network() -> None:
    """Its layers would do nothing but pass values by: n layers of n by n weights."""
    text = f"max({', '.join(f'x_{place}' for place in range(1, 301))})"
    assert "values that pass layers by" in network_of(text).assumed


#: Functions within each other that may be an activation in many ways.
DEEP = {
    "exponentials": "exp(" * 4000 + "x" + ")" * 4000,
    "quotients": "1/(1+" * 2000 + "x" + ")" * 2000,
    "products": "*".join(["x"] * 100_000),
    "squares": _chain("#*#", 1000),
    "sums of exponentials": _chain("# + exp(#)", 300),
}


@heavy
@pytest.mark.parametrize("kind", DEEP)
def test_the_search_for_activations_ends(kind: str) -> None:
    def read() -> None:
        with pytest.raises(NoNetwork, match=r"too many to look through|depend"):
            recognise(DEEP[kind])

    assert Work(read).calls < 60_000_000
