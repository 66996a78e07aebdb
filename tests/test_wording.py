"""One thing is one, wherever it is counted: reports, results and errors with a count of 1."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction as F
from pathlib import Path

import pytest
import sympy

import netsym
from netsym.collapse.derivation import derivation
from netsym.collapse.simplification import simplify
from netsym.errors import NetsymError
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Dropout
from netsym.network.network import Network
from netsym.pieces.region import at
from netsym.pieces.regions import regions
from netsym.wording import agreed, few, plural, table
from tests.collapse.test_rules import dense, linear, net

FILES = sorted((Path(__file__).parent.parent / "netsym").rglob("*.py"))
#: "1 steps", but not "2.1 steps", "layer 1 has" or "1 is".
WRONG = re.compile(
    r"(?<![\w.,^-])1 (?:more |random |different |output )?(?!(?:is|has|was|as)\b)[a-z]+s\b"
)


def singles() -> Iterator[str]:
    """What is said where there is one of everything."""
    one = netsym.parse("1-1")
    kinked = netsym.Network.of("kink", 1, [dense("a", "input", [[1.0]], [0.5], activation="relu")])
    yield from map(repr, (one, kinked, one.inlined, one.layered))
    yield str(one.size)
    left = net(1, ("d", Dropout(), ["input"], {}), ("e", Dropout(), ["d"], {}))
    yield repr(left.inlined)
    product = net(1, dense("a", "input", [[0.1]]), dense("b", "a", [[0.1]]))
    for network in (left, product, netsym.parse("1-2-1"), kinked):
        result = simplify(network)
        yield from (str(result), repr(result), derivation(result))
        yield str(netsym.compare(network, result))
    blocked = net(2, dense("a", "input", [["p", "q"]]), linear("b", "a", 2, use_bias=False))
    yield str(simplify(blocked))
    yield from (str(netsym.compare(kinked)), str(netsym.compare("x + 1", "x + 2")))
    yield from (repr(at(kinked, [1])), str(at(kinked, [1])), str(at(one_number(), [1])))
    yield from (str(regions(kinked)), str(regions(one_number())))


def one_number() -> Network:
    return net(1, dense("a", "input", [[F(1, 3)]]))


ERRORS: dict[str, Callable[[], object]] = {
    "a name without a value": lambda: netsym.parse("1-1").inlined(1.0, parameters={"b1_1": 1.0}),
    "points of one input": lambda: one_number().inlined(1.0, 2.0),
    "names of outputs": lambda: Network.of("n", 1, [("a", Dense(units=2), ["input"], {})], ["y"]),
    "outputs of expressions": lambda: netsym.from_sympy(sympy.Symbol("x"), outputs=["a", "b"]),
    "a side of one output": lambda: netsym.compare(netsym.parse("1-1"), netsym.parse("1-2")),
    "a side of one input": lambda: netsym.compare(netsym.parse("1-1"), netsym.parse("2-1")),
    "a point of one value": lambda: at(one_number(), [1, 2]),
    "one name": lambda: at(net(1, dense("a", "input", [["w"]])), [1]),
}


def test_one_thing_is_one() -> None:
    said = list(singles())
    assert sum(bool(re.search(r"\b1 [a-z]+\b", text)) for text in said) > 12
    assert [WRONG.findall(text) for text in said if WRONG.search(text)] == []


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
def test_one_thing_is_one_in_errors(error: Callable[[], object]) -> None:
    with pytest.raises(NetsymError) as caught:
        error()
    message = str(caught.value)
    assert re.search(r"\b1\b|it is a name|is a name", message)
    assert not WRONG.search(message)
    assert "w1_1_1: these are" not in message


def test_this_would_see_a_wrong_plural() -> None:
    for wrong in ("its 1 numbers are", "1 more steps", "1 output names for 2 outputs"):
        assert WRONG.search(wrong)
    for right in ("1 step", "21 steps", "layer 1 is", "1 has", "0.1 units", "1 more step"):
        assert not WRONG.search(right)


#: `{'s' * (n != 1)}`, `{"s" if n > 1 else ""}`, `f" and {n} more"`.
BY_HAND = re.compile(r"""\{(['"])e?s\1 (\*|if)|else (['"])e?s\3\}|["'] and \{[^}]*\} more""")


def test_plurals_are_made_in_one_place() -> None:
    for path in FILES:
        if path.name != "wording.py":
            found = BY_HAND.search(path.read_text(encoding="utf-8"))
            assert found is None, f"{path}: {found and found[0]}"
    for text in ("{'s' * (n != 1)}", "{'s' if n != 1 else ''}", 'f" and {n - 5} more"'):
        assert BY_HAND.search(text)


def test_the_words() -> None:
    assert [plural(n, "place") for n in (0, 1, 2, 1000)] == [
        "0 places", "1 place", "2 places", "1,000 places",
    ]  # fmt: skip
    assert plural(1, "branch", "branches") == "1 branch"
    assert agreed(2, "was", "were") == "were"
    assert few({"a": 1, "b": 2, "c": 3}.items(), 1, lambda pair: pair[0]) == "a and 2 more"
    assert few([], 3) == ""
    assert few(list("ab"), 2) == "a, b"


def test_tables() -> None:
    rows = [("", "a", "bb"), ("long", "1,000", "c"), ("x", "", "")]
    assert table(rows, "<>") == ["          a  bb", "long  1,000   c", "x"]
    assert table(rows, "<><") == ["          a  bb", "long  1,000  c", "x"]
    assert table(rows, ">") == ["          a  bb", "long  1,000   c", "   x"]
