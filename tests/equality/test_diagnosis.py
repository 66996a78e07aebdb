"""Diagnosis: every single mistake at every place in nine small networks, carets, typed decimals.

The mistakes are made by `tests.equality.mistakes`, which knows nothing of how they are found. Where
there are too many for CI, a part is taken; `python -m tests.benchmarks -k diagnosis` runs all.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

import netsym
from netsym.equality import search
from netsym.equality.comparison import compare
from netsym.equality.diagnosis import Diagnosis, diagnose
from netsym.equality.ladder import judge
from netsym.equality.mutants import mutants
from netsym.equality.sides import aligned, subject
from netsym.equality.substitution import Mutant
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Standardize
from netsym.network.network import Network
from tests.effort import many, random_examples, sample
from tests.equality.mistakes import (
    Described,
    Mistake,
    built,
    five,
    further,
    letters,
    mistakes,
    numbers,
    some,
    text,
)

FORUM = netsym.load(Path(__file__).parents[2] / "examples" / "forum" / "sigmoid.toml")
FIVE, FURTHER = five(), further()
SMALLEST = "1-2-1 of the forum"
EQUAL = ("structural", "identical")


def found_in(network: netsym.Network, typed: str) -> tuple[str, Diagnosis | None]:
    """The verdict, and the diagnosis of what is different."""
    one = subject(network)
    other = aligned(one, subject(typed, one))
    verdict = judge(one, other).name
    return verdict, diagnose(one, other) if verdict == "different" else None


def explained(network: netsym.Network, typed: str) -> Diagnosis:
    verdict, found = found_in(network, typed)
    assert verdict == "different"
    assert found is not None
    return found


# -- every mistake at every place -----------------------------------------------------------------
@pytest.mark.parametrize("name", FIVE)
def test_without_a_mistake_they_are_equal(name: str) -> None:
    """Else the mistakes below would be two mistakes."""
    net, network = FIVE[name]
    assert found_in(network, text(net))[0] in EQUAL


def test_the_descriptions_hold_the_mistakes_that_people_make() -> None:
    kinds = {m.kind for net, _ in FIVE.values() for m in mistakes(net)}
    assert kinds >= {
        "missing", "missing, layer", "another", "another, layer", "twice", "extra", "extra, layer",
        "sign of a term", "sign of a bias", "sign inside", "sign outside", "bias missing",
        "biases missing", "term missing", "unit missing", "not normalised", "weights swapped",
        "weights misplaced", "biases swapped", "biases misplaced", "value misplaced",
        "inputs swapped", "transposed",
    }  # fmt: skip
    more = {m.kind for net, _ in FURTHER.values() for m in mistakes(net)} - kinds
    assert kinds >= {
        "sigmoid, no bracket", "sigmoid, no bracket, layer", "tanh, no factor", "tanh, no bracket",
        "-1 outside", "no biases, everywhere", "biases subtracted, everywhere",
        "no activation, everywhere", "sign in exp, everywhere", "e, everywhere", "number",
        "round everything, everywhere",
    }  # fmt: skip
    assert more == {
        "scale forgotten", "scale divided by", "no skips", "skips crossed", "gelu, no half",
        "gelu, no half, layer",
    }  # fmt: skip
    assert [len(mistakes(net)) for net, _ in FIVE.values()] == [63, 93, 219, 208, 148]


def test_mistakes_in_the_network_of_the_forum() -> None:
    net, network = FIVE[SMALLEST]
    every = sample(mistakes(net), 7)
    found = {m: explained(network, m.text) for m in every}  # each of them changes the function
    for m, diagnosis in found.items():
        named(m, diagnosis)
        departs_there(m, diagnosis)
    unique = sum(len(diagnosis.mistakes) == 1 for diagnosis in found.values())
    assert unique >= 0.85 * len(every)


@pytest.mark.parametrize("name", sample([name for name in FIVE if name != SMALLEST], 1))
def test_mistakes_of_every_kind(name: str) -> None:
    net, network = FIVE[name]
    chosen = some(mistakes(net), 34, seed=7)
    assert len({m.kind for m in chosen}) == len({m.kind for m in mistakes(net)})
    skipped = 0
    for m in sample(chosen, 3):
        verdict, diagnosis = found_in(network, m.text)
        if verdict in EQUAL:  # relu applied twice is relu
            assert (m.kind[:5], network.layers[0].layer.describe()) == ("twice", "3 units, relu")
            skipped += 1
        else:
            assert verdict == "different", m
            assert diagnosis is not None
            named(m, diagnosis)
            departs_there(m, diagnosis)
    assert skipped <= 2


@pytest.mark.parametrize("name", FURTHER)
def test_mistakes_with_scales_skips_and_gelu(name: str) -> None:
    net, network = FURTHER[name]
    assert found_in(network, text(net))[0] in EQUAL
    for m in some(mistakes(net), many(60, 3, 200), seed=3):
        diagnosis = explained(network, m.text)
        named(m, diagnosis)
        departs_there(m, diagnosis)


def named(m: Mistake, diagnosis: Diagnosis) -> None:
    assert m.words & set(diagnosis.mistakes), (m, diagnosis.mistakes)
    assert len(set(diagnosis.mistakes)) == len(diagnosis.mistakes)


def departs_there(m: Mistake, diagnosis: Diagnosis) -> None:
    """At the unit, or at the layer, where the mistake is; and something is marked."""
    start, stop = diagnosis.span or (0, 0)
    assert 0 <= start < stop <= len(m.text)
    assert diagnosis.departs is not None
    assert diagnosis.present <= diagnosis.units
    if len(diagnosis.mistakes) == 1:  # else another may be as good an explanation
        assert diagnosis.departs.layer == m.layer, m
        if m.unit is not None:
            assert diagnosis.departs.number == m.unit, m


def test_three_mistakes_are_not_taken_for_two() -> None:
    diagnosis = explained(FORUM, "σ(w_21*(w_11*x + b_11) + w_22*tanh(w_12*x - b_12) + b)")
    assert diagnosis.mistakes == ()
    assert "no single mistake" in diagnosis.headline("this is your network")
    assert diagnosis.departs is not None
    assert (diagnosis.departs.layer, diagnosis.present, diagnosis.units) == (1, 0, 3)


def test_all_mistakes_that_explain_it_are_named() -> None:
    """-tanh(z) = tanh(-z): which of both was meant nobody can tell."""
    net = netsym.parse("1-1:tanh")
    diagnosis = explained(net, "-tanh(w1_1_1*x + b1_1)")
    assert set(diagnosis.mistakes) == {
        f"with the sign {where} tanh changed on the output layer" for where in ("of", "inside")
    }
    assert "2 mistakes" in diagnosis.headline("this is your network")
    one, other = diagnosis.mistakes
    assert diagnosis.listed() == (f"either {one}", f"or {other}")


def test_a_swap_along_the_other_diagonal_is_no_transpose() -> None:
    weights = ["w1_1_1", "w1_1_2", "w1_2_1", "w1_2_2"]

    def typed(a: str, b: str, c: str, d: str) -> str:
        units = f"w2_1_1*tanh({a}*x_1 + {b}*x_2 + b1_1) + w2_1_2*tanh({c}*x_1 + {d}*x_2 + b1_2)"
        return f"tanh({units} + b2_1)"

    network = netsym.parse("2-2-1:tanh")
    assert found_in(network, typed(*weights))[0] == "structural"
    a, b, c, d = weights
    assert explained(network, typed(a, c, b, d)).mistakes == (
        "with the weights of layer 1 transposed",
    )
    (other,) = explained(network, typed(d, b, c, a)).mistakes
    assert "transposed" not in other
    assert {"swapped", a, d} <= set(other.split())


@st.composite
def small_networks(draw: st.DrawFn) -> tuple[Described, netsym.Network]:
    """One to three layers of at most three units, with names or with numbers of two digits."""
    widths = draw(st.lists(st.integers(1, 3), min_size=2, max_size=4))
    known = st.sampled_from(["sigmoid", "tanh", "relu", "softplus", "gelu"])
    activations = [draw(known) for _ in widths[2:]] + [draw(st.sampled_from(["", "sigmoid"]))]
    if draw(st.booleans()):
        layers = letters(widths, activations)
    else:
        layers = numbers(widths, activations, draw(st.integers(0, 10**6)), digits=2)
    if draw(st.booleans()):
        layers = [([[2.5]] * widths[0], [-0.125] * widths[0], "scale"), *layers]
    inputs = [f"x_{n}" for n in range(1, widths[0] + 1)]
    return built(inputs, layers, typed_out=draw(st.booleans()))


@random_examples(60, few=4, deadline=None)
@given(small_networks(), st.data())
def test_a_mistake_in_any_small_network_is_explained(
    drawn: tuple[Described, netsym.Network], data: st.DataObject
) -> None:
    """By its own words, or by others: each is proved to make the same formula."""
    net, network = drawn
    m = data.draw(st.sampled_from(mistakes(net)))
    verdict, diagnosis = found_in(network, m.text)
    assume(verdict == "different")  # relu of relu is relu, and a unit may be 0 everywhere
    assert diagnosis is not None
    assert diagnosis.mistakes, m
    event("in its own words" if m.words & set(diagnosis.mistakes) else "in others")


# -- two mistakes ---------------------------------------------------------------------------------
A1 = "layer 1, unit 1 (a1_1)"
A2 = "layer 1, unit 2 (a1_2)"
BOTH = [
    ("σ(w_21*(w_11*x + b_11) + w_22*tanh(w_12*x + b_12) + b)",
     f"without the sigmoid on {A1} and with tanh instead of sigmoid on {A2}"),
    ("w_21*σ(w_11*x + b_11) + w_22*σ(w_12*x + b_12)",
     "without the bias b on the output layer and without the sigmoid on the output layer"),
    ("σ(w_21*σ(w_11*x - b_11) + w_22*σ(w_12*x + b_12) - b)",
     f"with the sign of b_11 changed on {A1} and with the sign of b changed on the output layer"),
    ("σ(w_21*σ(w_12*x + b_11) + w_22*σ(w_11*x + b_12))",
     "with w_11 and w_12 swapped and without the bias b on the output layer"),
    ("σ(w_21*σ(-w_11*x - b_11) + w_22*tanh(w_12*x + b_12) + b)",
     f"with the sign inside sigmoid changed on {A1} and with tanh instead of sigmoid on {A2}"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "words"), BOTH, ids=[typed for typed, _ in BOTH])
def test_two_mistakes(typed: str, words: str) -> None:
    one, _, other = words.partition(" and w")
    diagnosis = explained(FORUM, typed)
    assert {words, f"w{other} and {one}"} & set(diagnosis.mistakes)
    assert "no single" not in diagnosis.headline("this is your network")


def test_two_numbers_in_one_unit() -> None:
    net, network = FURTHER["1-2-1 gelu"]
    typed = text(net).replace("0.5*p + 0.3", "0.55*p + 0.36")
    assert explained(network, typed).mistakes == (
        f"with 0.55 in the place of 0.5 (off by 0.05) on {A2} and with 0.36 in the place of 0.3 "
        f"(off by 0.06) on {A2}",
    )


# -- what is right is not blamed ------------------------------------------------------------------
TANH_BY_EXP = "h = (exp(2*x) - exp(-2*x))/(exp(2*x) + exp(-2*x))\ny = h - 0.5"
SIGMOID_BY_EXP = "h = exp(40*x)/(1 + exp(40*x))\ny = h - 0.5"


@pytest.mark.parametrize(("typed", "weight", "activation"), [
    (TANH_BY_EXP, 2, "tanh"), (SIGMOID_BY_EXP, 40, "sigmoid"),
])  # fmt: skip
def test_a_line_that_overflows_is_not_blamed(typed: str, weight: float, activation: str) -> None:
    _, network = built(["x"], [([[weight]], [0], activation), ([[1]], [0.5], "")])
    one = subject(network)
    other = aligned(one, subject(typed, one))
    found = {str(diagnose(one, other, seed)) for seed in range(many(10, 3))}
    assert len(found) == 1
    diagnosis = explained(network, typed)
    assert diagnosis.mistakes == ("with the sign of 0.5 changed on the output layer",)
    assert diagnosis.departs is not None
    assert diagnosis.departs.layer == 2
    assert (diagnosis.present, diagnosis.units) == (1, 2)
    assert diagnosis.span is not None
    assert typed[slice(*diagnosis.span)] == "h - 0.5"


@pytest.mark.parametrize("name", [SMALLEST, "2-2-1 sigmoid with skips"])
def test_the_seed_changes_nothing(name: str) -> None:
    net, network = (FIVE | FURTHER)[name]
    one = subject(network)
    for m in sample(some(mistakes(net), 6, seed=2), 1):
        other = aligned(one, subject(m.text, one))
        found = [diagnose(one, other, seed) for seed in range(many(10, 2))]
        assert found.count(found[0]) == len(found), m


def test_a_unit_inside_of_a_right_one_is_there() -> None:
    """A scale that is multiplied into the weights of a right unit is not what is wrong."""
    _, network = FURTHER["1-2-1 tanh between scales"]
    typed = "5*(1.5*tanh(0.06*x - 0.17) - 0.75*cos(0.4*x - 3.8) + 0.1) + 0.6"
    diagnosis = explained(network, typed)
    assert diagnosis.mistakes == ()
    assert diagnosis.departs is not None
    assert diagnosis.departs.name == "a2_2"


def test_an_alpha_is_said() -> None:
    network = Network.of("celu", ["x"], [
        ("c", Dense(units=1, activation="celu", alpha=0.5), ["input"], {})])  # fmt: skip
    assert explained(network, "elu(w1_1_1*x + b1_1, 0.5)").mistakes == (
        "with elu (alpha 0.5) instead of celu (alpha 0.5) on the output layer",
    )
    assert "with celu (alpha 1) instead of celu (alpha 0.5) on the output layer" in (
        explained(network, "celu(w1_1_1*x + b1_1)").mistakes
    )


def test_a_scale_that_is_multiplied() -> None:
    network = Network.of("s", ["p", "q"], [
        ("s", Standardize(), ["input"], {"mean": [2, 3], "scale": [4, 5]}),
        ("d", Dense(units=1, activation="tanh"), ["s"], {"weights": [[2, 1]], "bias": [-1]}),
    ])  # fmt: skip
    assert found_in(network, "tanh(2*(p - 2)/4 + (q - 3)/5 - 1)")[0] in EQUAL
    for typed, words in {
        "tanh(2*(p - 2)*4 + (q - 3)*5 - 1)":
            "multiplied by the scale instead of divided on layer 1",
        "tanh(2*(p - 2)/4 + (q - 3)*5 - 1)":
            f"multiplied by 5 instead of divided on {A2}",
        "tanh(2*p + q - 1)": "without layer 1 (standardize)",
    }.items():  # fmt: skip
        assert explained(network, typed).mistakes == (words,)


# -- where ----------------------------------------------------------------------------------------
#: Typed for the network of the forum: the part to be marked, the unit that departs, the mistake.
MARKED = [
    ("σ(w_21*(⟦w_11*x + b_11⟧) + w_22*σ(w_12*x + b_12) + b)", "a1_1", "without the sigmoid"),
    ("σ(w_21*σ(w_11*x + b_11) + w_22*⟦tanh(w_12*x + b_12)⟧ + b)", "a1_2", "with tanh instead"),
    ("σ(w_21*σ(⟦w_11*x⟧) + w_22*σ(w_12*x + b_12) + b)", "a1_1", "without the bias b_11"),
    ("σ(w_21*σ(w_11*x + b_11) + w_22*σ(⟦w_12*x - b_12⟧) + b)", "a1_2", "with the sign of b_12"),
    ("⟦w_21*σ(w_11*x + b_11) + w_22*σ(w_12*x + b_12) + b⟧", "y", "without the sigmoid"),
    ("σ(⟦w_21*σ(w_11*x + b_11) + w_22*σ(w_12*x + b_12)⟧)", "y", "without the bias b on"),
    ("σ(w_21*σ(w_11*x + b_11) + ⟦w_21*σ(w_12*x + b_12)⟧ + b)", "y", "with w_21 in the place"),
    ("σ(w_21*⟦σ(σ(w_11*x + b_11))⟧ + w_22*σ(w_12*x + b_12) + b)", None, "with sigmoid applied"),
    ("⟦σ(σ(w_21*σ(w_11*x + b_11) + w_22*σ(w_12*x + b_12) + b))⟧", None, "with sigmoid applied"),
    ("σ(⟦w_22*σ(w_12*x + b_12) + b⟧)", "y", "without the term w_21*a1_1"),
    ("p = σ(w_11*x + b_11)\n⟦q = tanh(w_12*x + b_12)⟧\nf(x) = σ(w_21*p + w_22*q + b)", "a1_2",
     "with tanh instead"),
    ("σ(w_21*σ(w_11*x + b_11) + ⟦w_12*σ(w_12*x + b_12)⟧ + b)", "y", None),
    ("σ(w_21*σ(w_11*x + b_11) + w_22/(1 + ⟦exp(w_12*x + b_12)⟧) + b)", "a1_2",
     "with the sign inside"),
    # what is wrong in one place and right in another
    ("σ(w_21*σ(w_11*x + b_11) + w_22*σ(⟦w_11*x⟧ + b_12) + b)", "a1_2", "with w_11 in the place"),
    ("σ(w_21*σ(w_11*x + b_11) + ⟦w_22*σ(w_11*x + b_11)⟧ + b)", "y", "with a1_1 in the place"),
    ("σ(w_21*σ(⟦w_12*x⟧ + b_11) + w_22*σ(w_12*x + b_12) + b)", "a1_1", "with w_12 in the place"),
    ("p = σ(w_11*x + b_11)\nq = σ(⟦w_11*x⟧ + b_12)\nf(x) = σ(w_21*p + w_22*q + b)", "a1_2",
     "with w_11 in the place"),
]  # fmt: skip


@pytest.mark.parametrize(("marked", "unit", "words"), MARKED, ids=[m for m, *_ in MARKED])
def test_what_is_marked(marked: str, unit: str | None, words: str | None) -> None:
    before, middle, after = marked.replace("⟧", "⟦").split("⟦")
    typed = before + middle + after
    diagnosis = explained(FORUM, typed)
    assert diagnosis.span is not None
    start, stop = diagnosis.span
    assert typed[start:stop] == middle
    assert diagnosis.text == typed
    if unit is not None:
        assert diagnosis.departs is not None
        assert diagnosis.departs.name == unit
    if words is not None:
        assert [m for m in diagnosis.mistakes if m.startswith(words)]


def test_what_is_marked_is_in_the_output_that_is_wrong() -> None:
    first = "tanh(w1_1_1*x_1 + w1_1_2*x_2 + b1_1)"
    for typed in (f"y_1 = {first}; y_2 = {first}", f"y_2 = {first}; y_1 = {first}"):
        diagnosis = explained(netsym.parse("2-2:tanh"), typed)
        assert diagnosis.mistakes == ("with y_1 in the place of y_2",)
        assert diagnosis.span is not None
        start, stop = diagnosis.span
        assert typed[:start].endswith("y_2 = ")
        assert typed[start:stop] == first
    strange = f"y_1 = {first}; y_2 = tanh(w1_1_1*x_1^3 + w1_1_2*x_2 + b1_1)"
    diagnosis = explained(netsym.parse("2-2:tanh"), strange)
    assert diagnosis.span is not None
    assert diagnosis.span[0] > strange.index("y_2")


# -- what learners do -----------------------------------------------------------------------------
A = ("σ(w1_1_1*x+b1_1)", "σ(w1_2_1*x+b1_2)")
OUT = "on the output layer"
LEARNERS = [
    ("1-2-1:sigmoid", "σ(w2_1_1*σ(w1_1_1+b1_1) + w2_1_2*σ(w1_2_1+b1_2) + b2_1)",
     "without x after the weights on layer 1"),
    ("1-2-1:sigmoid", f"σ(w2_1_1*σ(w1_1_1+b1_1) + w2_1_2*{A[1]} + b2_1)",
     f"without the x after w1_1_1 on {A1}"),
    ("1-2-1:sigmoid", f"σ(w2_1_1*{A[0]} + w2_1_2*{A[1]}) + b2_1",
     f"with the bias b2_1 outside the sigmoid {OUT}"),
    ("1-1:sigmoid", "σ(w1_1_1*x) + b1_1", f"with the bias b1_1 outside the sigmoid {OUT}"),
    ("1-1:sigmoid", "σ(w1_1_1*x + b1_1) + b1_1",
     f"with the bias b1_1 added again outside the sigmoid {OUT}"),
    ("1-2-1", "w2_1_1*w1_1_1*x+b1_1 + w2_1_2*w1_2_1*x+b1_2+b2_1",
     f"without the brackets after the weights {OUT}"),
    ("1-2-1", "w2_1_1*(w1_1_1*x+b1_1) + w2_1_2*w1_2_1*x+b1_2+b2_1",
     f"with a1_2 not in brackets after w2_1_2 {OUT}"),
    ("1-2-1:sigmoid", f"σ({A[0]} + {A[1]} + b2_1)", f"without the weights {OUT}"),
    ("1-2-1:sigmoid", f"σ(w2_1_1*{A[0]} + {A[1]} + b2_1)", f"without the weight w2_1_2 {OUT}"),
    ("1-1:sigmoid", "1/(1+e^-w1_1_1*x - b1_1)",
     f"with e^-w*x - b, the exponent not in brackets, for the sigmoid {OUT}"),
    ("1-1:sigmoid", "1/(1+e^-w1_1_1*x + b1_1)",
     f"with e^-w*x + b, the exponent not in brackets, for the sigmoid {OUT}"),
    ("1-1:sigmoid", "σ(w1_1_1*x*b1_1)", f"with b1_1 multiplied instead of added {OUT}"),
    ("1-1:sigmoid", "σ(w1_1_1+x+b1_1)", f"with w1_1_1 added instead of multiplied {OUT}"),
    ("1-2-1:sigmoid", "σ(w2_1_1*σ(w1_1_1*(x+b1_1)) + w2_1_2*σ(w1_2_1*(x+b1_2)) + b2_1)",
     "with the weights before brackets round the biases as well on layer 1"),
    ("1-1:sigmoid", "σ(w1_1_1*(x+b1_1))",
     f"with w1_1_1 before brackets round b1_1 as well {OUT}"),
    ("2-2softmax", "y_1=σ(w1_1_1*x_1+w1_1_2*x_2+b1_1); y_2=σ(w1_2_1*x_1+w1_2_2*x_2+b1_2)",
     f"with sigmoid instead of softmax {OUT}"),
    ("2-2softmax", "y_1=w1_1_1*x_1+w1_1_2*x_2+b1_1; y_2=w1_2_1*x_1+w1_2_2*x_2+b1_2",
     f"without the softmax {OUT}"),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "typed", "words"), LEARNERS, ids=[t for _, t, _ in LEARNERS])
def test_what_learners_do(spec: str, typed: str, words: str) -> None:
    assert explained(netsym.parse(spec), typed).mistakes == (words,)


def test_one_of_several_mistakes() -> None:
    typed = f"σ(w2_1_1*{A[0]} - w2_1_2*{A[1]} + b2_1)"
    said = " ".join(compare(netsym.parse("1-2-1:sigmoid"), typed).report(why=False).split())
    assert "this is your network with one of 2 mistakes, each of which explains it" in said
    assert f"- either with the sign of w2_1_2*a1_2 changed {OUT}" in said
    assert f"- or with the sign of sigmoid changed on {A2}" in said


def test_carets_stand_under_the_line() -> None:
    typed = "p = σ(w_11*x + b_11)\nq = tanh(w_12*x + b_12)\nf(x) = σ(w_21*p + w_22*q + b)"
    shown = explained(FORUM, typed).caret().splitlines()
    line = next(number for number, line in enumerate(shown) if "^" in line)
    assert "tanh" in shown[line - 1]
    start = shown[line].index("^")
    under = shown[line - 1][start : start + shown[line].count("^")]
    assert "tanh(w_12*x + b_12)".startswith(under[-19:]) or under.endswith("tanh(w_12*x + b_12)")


def test_the_diagnosis_as_data() -> None:
    diagnosis = explained(FORUM, "w_21*σ(w_11*x + b_11) + w_22*σ(w_12*x + b_12) + b")
    data = diagnosis.to_json()
    assert data["mistakes"] == ["without the sigmoid on the output layer"]
    assert data["departs"] == {"layer": 2, "unit": 1, "name": "y"}
    assert data["units"] == {"present": 2, "of": 3}
    assert data["span"] == [0, len(diagnosis.text)]


# -- typed decimals -------------------------------------------------------------------------------
DECIMALS, ROUGH = built(["x_1", "x_2"], numbers([2, 2, 1], ["tanh", ""], 3))


@pytest.mark.parametrize("digits", [2, 3, 6])
def test_typed_decimals_without_a_mistake(digits: int) -> None:
    found = compare(ROUGH, ROUGH.inlined.text(ascii=True, digits=digits))
    assert found.verdict == "within-error"
    assert "half of the last digit" in found.because
    assert found.counterexample is None
    assert found.diagnosis is None


def test_typed_decimals_with_a_mistake() -> None:
    typed = ROUGH.inlined.text(ascii=True, digits=3)
    assert typed.count("tanh") == 2
    changes = {
        typed.replace("tanh(", "(", 1): "without the tanh on layer 1, unit 1 (a1_1)",
        "tanh(".join(typed.rsplit("tanh(", 1)[:1]) + "sigmoid(" + typed.rsplit("tanh(", 1)[1]:
            "with sigmoid instead of tanh on layer 1, unit 2 (a1_2)",
        typed.replace("x_1", "q").replace("x_2", "x_1").replace("q", "x_2"):
            "with x_1 and x_2 swapped everywhere",
    }  # fmt: skip
    for changed, words in changes.items():
        found = compare(ROUGH, changed)
        assert found.verdict == "different", changed
        assert found.diagnosis is not None
        assert words in found.diagnosis.mistakes, changed


def test_mistakes_among_typed_decimals_of_another_network() -> None:
    """Every mistake of some kinds, with numbers typed with three digits."""
    net, _ = built(["x_1", "x_2"], numbers([2, 3, 2], ["relu", ""], 5, digits=3), True)
    _, network = FIVE["2-3-2 relu, numbers"]
    assert found_in(network, text(net))[0] == "within-error"
    every = [m for m in mistakes(net) if m.kind in ("missing", "bias missing", "inputs swapped")]
    assert len(every) == 9
    full = {m.text: m for m in mistakes(FIVE["2-3-2 relu, numbers"][0])}
    words = {(m.kind, m.layer, m.unit): m.words for m in full.values()}
    for m in sample(every, 2):
        diagnosis = explained(network, m.text)
        assert words[m.kind, m.layer, m.unit] & set(diagnosis.mistakes), m


def test_nothing_is_said_of_two_formulas() -> None:
    assert compare("x + 1", "x + 2").diagnosis is None


def test_a_large_network_is_searched_where_it_departs() -> None:
    """All mistakes would be too many: those of the first unit that departs are tried."""
    network = netsym.parse("10-20tanh-20tanh-1")
    typed = "\n".join(
        line.replace("tanh(", "sigmoid(") if line.startswith("a1_7 ") else line
        for line in network.layered.text(ascii=True).splitlines()
    )
    diagnosis = explained(network, typed)
    assert diagnosis.departs is not None
    assert diagnosis.departs.name == "a1_7"
    assert diagnosis.mistakes == ("with sigmoid instead of tanh on layer 1, unit 7 (a1_7)",)


def test_a_large_network_that_departs_nowhere_is_not_searched_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One digit too many hides no mistake, and only what is tried is made."""
    made = []
    monkeypatch.setattr(search, "_MOST_MADE", 0)
    monkeypatch.setattr(search, "mutants", lambda *given: map(noted, mutants(*given)))

    def noted(mutant: Mutant) -> Mutant:
        made.append(mutant)
        return mutant

    source = np.random.default_rng(0)
    network = netsym.parse("16-16-16-16")
    values = source.normal(size=network.parameter_count).tolist()
    network = network.with_parameters(dict(zip(network.parameter_names(), values, strict=True)))
    (layer,) = netsym.simplify(network).network.layers
    weights, bias = (layer.parameters[key].numbers({}).copy() for key in ("weights", "bias"))
    weights[0, 0] = np.nextafter(weights[0, 0], np.inf)
    other = netsym.parse("16-16")
    values = [*weights.reshape(-1).tolist(), *bias.tolist()]
    found = compare(network, other.with_parameters(
        dict(zip(other.parameter_names(), values, strict=True))
    ))  # fmt: skip
    assert found.verdict == "different"
    assert found.diagnosis is not None
    assert found.diagnosis.departs is None
    assert found.diagnosis.tried == len(made) == 50
