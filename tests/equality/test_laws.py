"""The table of laws: every row is true by mpmath, and found as it says; the report and the verb."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from typing import Any

import mpmath
import pytest
from click.testing import CliRunner

from netsym.cli import group
from netsym.equality.laws import LAWS, Law, Laws, laws
from tests.effort import sample
from tests.networks import activated

NUMERAL = re.compile(r"\d+(?:\.\d+)?")


def one(name: str) -> Any:
    return lambda z, alpha=None: activated(name, alpha, [Value(z)])[0].value


class Value:
    """What tests.networks takes: a value without an error."""

    def __init__(self, value: Any) -> None:
        self.value, self.error = value, mpmath.mpf(0)


KNOWN: dict[str, Any] = {
    **{name: getattr(mpmath, name) for name in ("exp", "log", "sqrt", "sin", "cos", "tan", "atan")},
    **{name: getattr(mpmath, name) for name in ("sinh", "cosh", "erf")},
    **{name: one(name) for name in ("sigmoid", "tanh", "relu", "softplus", "silu", "gelu")},
    "leaky_relu": one("leaky_relu"),
    "hard_sigmoid": one("hard_sigmoid"),
    "abs": abs, "max": max, "min": min, "number": mpmath.mpf,
}  # fmt: skip


def value(text: str, at: dict[str, Any]) -> Any:
    """A side of a law, read by Python itself; None where it is not defined as a real number."""
    spelled = NUMERAL.sub(lambda found: f"number({found[0]!r})", text.replace("^", "**"))
    try:
        found = eval(spelled, {**KNOWN, **at})
    except (ZeroDivisionError, ValueError, TypeError):  # log(0), max of complex numbers
        return None
    return found if isinstance(found, mpmath.mpf) and mpmath.isfinite(found) else None


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_every_law_is_true_where_both_sides_are_defined(law: Law) -> None:
    source, seen = random.Random(str(law)), 0
    with mpmath.workdps(50):
        for number in range(60):
            largest = (0.5, 3.0, 30.0)[number % 3]
            drawn = [mpmath.mpf(source.uniform(-largest, largest)) for _ in range(3)]
            if number < 3:
                drawn = [mpmath.mpf(number)] * 3
            at = dict(zip("xyz", drawn, strict=True))
            left, right = value(law.left, at), value(law.right, at)
            if left is None or right is None:
                continue
            seen += 1
            size = max(abs(left), abs(right), 1)
            assert abs(left - right) <= size * mpmath.mpf(10) ** -20, (law, at)
    assert seen >= 10


def test_the_check_sees_what_is_false() -> None:
    with mpmath.workdps(50):
        at = {"x": mpmath.mpf(-2)}
        assert value("sqrt(x^2)", at) != value("x", at)
        assert value("log(x)", at) is None
        assert value("1/7", at) * 7 == 1


@pytest.fixture(scope="module")
def found() -> Laws:
    return laws()


def test_there_are_enough_of_each_kind(found: Laws) -> None:
    assert len(found) == len(LAWS) >= 45
    assert len({str(law) for law in LAWS}) == len({law.name for law in LAWS}) == len(LAWS)
    groups = Counter(law.group for law in LAWS)
    assert min(groups.values()) >= 5
    assert list(groups) == [
        "arithmetic", "roots", "exp and log", "sigmoid", "tanh", "softmax", "relu, max, abs",
        "odd and even",
    ]  # fmt: skip


def test_at_least_34_are_proved(found: Laws) -> None:
    assert len(found.proved) >= 34
    assert len(found.proved) + len(found.not_proved) == len(found)


@pytest.mark.parametrize("seed", sample(range(3), 1))
def test_the_table_says_what_is_not_proved_and_why(seed: int) -> None:
    for law, proved, how, _ in laws(seed):
        assert proved == (not law.why), law
        assert how == law.why or re.fullmatch(r"[<~] 10\^-(1[6-9]|[2-9]\d)", how), law


def test_only_what_needs_no_tower_has_a_proved_bound(found: Laws) -> None:
    hows = {law.name: how for law, _, how, _ in found}
    assert hows["a product distributes"].startswith("< ")
    assert hows["erf is odd"].startswith("< ")
    assert hows["exp of a sum"].startswith("~ ")
    assert hows["a square of abs"] == "signs are not known to the test"


def test_a_seed_repeats(found: Laws) -> None:
    assert laws(0) == found
    assert str(laws(0)) == str(found)


def test_the_report(found: Laws) -> None:
    lines = str(found).splitlines()
    proved, missing = len(found.proved), len(found.not_proved)
    assert lines[0] == (
        f"{len(found)} laws that are true where both sides are defined: "
        f"{proved} proved, {missing} not proved."
    )
    assert f"Proved: {proved}" in lines
    assert f"Not proved: {missing}" in lines
    assert max(map(len, lines)) <= 100
    text = " ".join(str(found).split())
    for law in LAWS:
        assert str(law) in text
    assert "never called different" in text


def test_the_verb_prints_the_report(found: Laws) -> None:
    run = CliRunner().invoke(group, ["laws"])
    assert run.exit_code == 0
    assert run.output == f"{found}\n"


def test_the_verb_prints_json_and_takes_a_seed(tmp_path: Any) -> None:
    target = tmp_path / "laws.json"
    run = CliRunner().invoke(group, ["laws", "--json", "--seed", "3", "-o", str(target)])
    assert (run.exit_code, run.output) == (0, "")
    data = json.loads(target.read_text())
    found = laws(3)
    assert data == found.to_json()
    assert data["schema"] == 1
    assert data["seed"] == 3
    assert data["count"] == len(LAWS) == data["proved"] + data["not_proved"]
    assert sum(row["proved"] for row in data["laws"]) == data["proved"]
    assert data["laws"][0] == {
        "group": "arithmetic", "name": "a sum commutes", "left": "x + y", "right": "y + x",
        "proved": True, "how": data["laws"][0]["how"], "chance": found.findings[0].chance,
    }  # fmt: skip


def test_the_help_begins_with_an_example_and_says_what_proved_means() -> None:
    text = CliRunner().invoke(group, ["laws", "--help"]).output
    assert text.index("netsym laws\n") < text.index("Options")
    words = " ".join(text.split())
    assert '"Proved" means that both sides agree at random points of finite fields' in words
    assert "never called different" in words
