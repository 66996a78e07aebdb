"""Diagnosis: every single mistake at every place in five small networks, carets, typed decimals.

The mistakes are made by `tests.equality.mistakes`, which knows nothing of how they are found. Where
there are too many for CI, a part is taken; `python -m tests.benchmarks -k diagnosis` runs all.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import netsym
from netsym.equality.comparison import compare
from netsym.equality.diagnosis import Diagnosis, diagnose
from netsym.equality.sides import aligned, subject
from netsym.equality.verdict import judge
from tests.effort import sample
from tests.equality.mistakes import (
    Mistake,
    built,
    five,
    mistakes,
    numbers,
    some,
    text,
)

FORUM = netsym.load(Path(__file__).parents[2] / "examples" / "forum" / "sigmoid.toml")
FIVE = five()
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
    assert [len(mistakes(net)) for net, _ in FIVE.values()] == [54, 79, 198, 200, 136]


def test_every_mistake_in_the_network_of_the_forum() -> None:
    net, network = FIVE[SMALLEST]
    every = mistakes(net)
    found = {m: explained(network, m.text) for m in every}  # each of them changes the function
    for m, diagnosis in found.items():
        named(m, diagnosis)
        departs_there(m, diagnosis)
    unique = sum(len(diagnosis.mistakes) == 1 for diagnosis in found.values())
    assert unique >= 0.85 * len(every)


@pytest.mark.parametrize("name", sample([name for name in FIVE if name != SMALLEST], 2))
def test_mistakes_of_every_kind(name: str) -> None:
    net, network = FIVE[name]
    chosen = some(mistakes(net), 26, seed=7)
    assert len({m.kind for m in chosen}) == len({m.kind for m in mistakes(net)})
    skipped = 0
    for m in chosen:
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


def test_two_mistakes_are_named_together() -> None:
    diagnosis = explained(FORUM, "σ(w_21*(w_11*x + b_11) + w_22*tanh(w_12*x + b_12) + b)")
    assert diagnosis.mistakes == (
        "without the sigmoid on layer 1, unit 1 (a1_1) and with tanh instead of sigmoid on "
        "layer 1, unit 2 (a1_2)",
    )


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
    assert set(diagnosis.listed()) == set(diagnosis.mistakes)


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
    assert "half of their last digit" in found.because
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
    for m in every:
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
