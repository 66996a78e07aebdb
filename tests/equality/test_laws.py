"""The table of laws: every row is true by mpmath, and found as it says; the report and the verb."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import mpmath
import pytest
from click.testing import CliRunner

import netsym.equality.laws
from netsym.cli import group
from netsym.equality.law_table import LAWS, Law
from netsym.equality.laws import Laws, _found, laws
from tests.effort import many, sample
from tests.equality.false_laws import FALSE
from tests.networks import TEXTBOOK, activated

NUMERAL = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")


def one(name: str) -> Any:
    return lambda z, alpha=None: activated(name, alpha, [Value(z)])[0].value


class Value:
    """What tests.networks takes: a value without an error."""

    def __init__(self, value: Any) -> None:
        self.value, self.error = value, mpmath.mpf(0)


number = mpmath.mpf


def size(z: Any) -> Any:
    """Of a real number; a complex one is no value of a formula."""
    return abs(z) if z >= 0 or z < 0 else z


KNOWN: dict[str, Any] = {
    **{name: one(name) for name in TEXTBOOK},
    **{name: getattr(mpmath, name) for name in ("exp", "log", "sqrt", "sin", "cos", "tan", "atan")},
    **{name: getattr(mpmath, name) for name in ("sinh", "cosh", "erf", "sign")},
    "selu": lambda z: number("1.0507009873554805")
    * (z if z > 0 else number("1.6732632423543772") * mpmath.expm1(z)),  # as float64 has them
    "gelu_tanh": lambda z: z / 2 * (
        1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (z + number("0.044715") * z**3))),
    "heaviside": lambda z: mpmath.mpf(int(z > 0)),
    "clip": lambda z, low, high: min(max(z, low), high),
    "abs": size, "max": max, "min": min, "number": number,
}  # fmt: skip


def value(text: str, at: dict[str, Any]) -> Any:
    """A side of a law, read by Python itself; None where it is not defined as a real number."""
    spelled = NUMERAL.sub(lambda found: f"number({found[0]!r})", text.replace("^", "**"))
    try:
        found = eval(spelled, {**KNOWN, "pi": +mpmath.pi, **at})
    except (ZeroDivisionError, ValueError, TypeError):  # log(0), max of complex numbers
        return None
    return found if isinstance(found, mpmath.mpf) and mpmath.isfinite(found) else None


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_every_law_is_true_where_both_sides_are_defined(law: Law) -> None:
    seen = 0
    with mpmath.workdps(50):
        for at in points(str(law), 200):
            left, right = value(law.left, at), value(law.right, at)
            if left is None or right is None:
                continue
            seen += 1
            size = max(abs(left), abs(right), 1)
            assert abs(left - right) <= size * mpmath.mpf(10) ** -20, (law, at)
    assert seen >= 10


def points(what: str, count: int) -> Iterator[dict[str, Any]]:
    """Of several sizes; the first few are small numbers, in which kinks and jumps are."""
    source = random.Random(what)
    for number in range(count):
        largest = (0.5, 3.0, 30.0)[number % 3]
        drawn = [mpmath.mpf(source.uniform(-largest, largest)) for _ in range(3)]
        if number < 3:
            drawn = [mpmath.mpf(number)] * 3
        elif number < 20:
            drawn = [mpmath.mpf(source.randint(-3, 3)) for _ in range(3)]
        yield dict(zip("xyz", drawn, strict=True))


@pytest.mark.parametrize(("left", "right"), FALSE, ids=lambda side: side)
def test_every_false_law_is_false_where_both_sides_are_defined(left: str, right: str) -> None:
    with mpmath.workdps(50):
        pairs = ((value(left, at), value(right, at)) for at in points(f"{left} = {right}", 300))
        assert any(
            one is not None and other is not None and abs(one - other) > 1e-18
            for one, other in pairs
        )


@pytest.mark.parametrize(("left", "right"), FALSE, ids=lambda side: side)
def test_no_false_law_is_proved(left: str, right: str) -> None:
    assert not _found(Law("", "", left, right), "seed").proved


def test_there_are_enough_false_laws() -> None:
    assert len(set(FALSE)) == len(FALSE) >= 170


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
    assert len(found) == len(LAWS) >= 300
    assert len({str(law) for law in LAWS}) == len({law.name for law in LAWS}) == len(LAWS)
    groups = Counter(law.group for law in LAWS)
    assert min(groups.values()) >= 4
    assert list(groups) == [
        "arithmetic", "roots", "powers", "exp and log", "sigmoid", "tanh", "softmax",
        "relu, max, abs", "abs and sign", "clipping", "activations", "steps", "losses",
        "odd and even", "circles",
    ]  # fmt: skip


def test_almost_all_are_proved(found: Laws) -> None:
    assert len(found.proved) >= 297
    assert len(found.proved) + len(found.not_proved) == len(found)


@pytest.mark.parametrize("seed", sample([0, 1, 2], 1))
def test_the_table_says_what_is_not_proved_and_why(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(netsym.equality.laws, "LAWS", LAWS[:: many(1, 5)])
    for law, proved, how, _, sectors in laws(seed):
        assert proved == (not law.why), law
        assert how == law.why or re.fullmatch(r"[<~] 10\^-(1[6-9]|[2-9]\d)|exactly", how), law
        assert (how == "exactly") <= (sectors > 0)


def test_only_what_needs_no_tower_has_a_proved_bound(found: Laws) -> None:
    hows = {law.name: how for law, _, how, *_ in found}
    assert hows["a product distributes"].startswith("< ")
    assert hows["erf is odd"] == "exactly"
    assert hows["sigmoid by exp"].startswith("~ ")
    assert hows["a square of abs"] == "exactly"
    assert hows["tan of atan"] == "atan is a random function with its symmetry alone"


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> tuple[Law, ...]:
    """Every tenth law in the place of the table."""
    monkeypatch.setattr(netsym.equality.laws, "LAWS", LAWS[::10])
    return LAWS[::10]


def test_a_seed_repeats(few: tuple[Law, ...]) -> None:
    found = laws(0)
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


def test_the_verb_prints_the_report(few: tuple[Law, ...]) -> None:
    run = CliRunner().invoke(group, ["laws"])
    assert run.exit_code == 0
    assert run.output == f"{laws()}\n"


def test_the_verb_prints_json_and_takes_a_seed(few: tuple[Law, ...], tmp_path: Any) -> None:
    target = tmp_path / "laws.json"
    run = CliRunner().invoke(group, ["laws", "--json", "--seed", "3", "-o", str(target)])
    assert (run.exit_code, run.output) == (0, "")
    data = json.loads(target.read_text())
    assert data == laws(3).to_json()
    assert laws(3).findings != laws(4).findings
    assert data["schema"] == 1
    assert data["seed"] == 3
    assert data["count"] == len(few) == data["proved"] + data["not_proved"]
    assert sum(row["proved"] for row in data["laws"]) == data["proved"]
    assert data["laws"][0] == {
        "group": "arithmetic", "name": "a sum commutes", "left": "x + y", "right": "y + x",
        "proved": True, "how": "exactly", "chance": None, "sectors": 1,
    }  # fmt: skip


def test_the_help_begins_with_an_example_and_says_what_proved_means() -> None:
    text = CliRunner().invoke(group, ["laws", "--help"]).output
    assert text.index("netsym laws\n") < text.index("Options")
    words = " ".join(text.split())
    assert '"Proved" means that both sides agree at random points of finite fields' in words
    assert "never called different" in words
