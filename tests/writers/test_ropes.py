"""Ropes and their layout: nothing is lost, lines fit, and nesting has no limit."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trees import PATIENT

from netsym.writers.ropes import Layout, Rope, flat

STEP = 2


def joined(*pieces: str | Rope) -> Rope:
    return Rope(pieces, sum(map(width, pieces)))


def summed(*terms: str | Rope) -> Rope:
    pieces: list[str | Rope] = [terms[0]]
    for term in terms[1:]:
        pieces += [" + ", term]
    return Rope(pieces, sum(map(width, pieces)), separated=True)


def width(piece: str | Rope) -> int:
    return len(piece) if isinstance(piece, str) else piece.width


def layout(limit: int) -> Layout:
    return Layout(limit, len, lambda level: "\n" + " " * STEP * level, STEP)


def laid(piece: str | Rope, limit: int, start: str = "y = ") -> str:
    return "".join(layout(limit).lines(start, piece))


def folded(text: str) -> str:
    return re.sub(r"\n +", " ", re.sub(r"\(\n +", "(", text))


def term(piece: str | Rope) -> str | Rope:
    """A sum within a sum has parentheses."""
    return joined("(", piece, ")") if isinstance(piece, Rope) and piece.separated else piece


NAMES = st.text("abc", min_size=1, max_size=9)
ROPES = st.recursive(
    NAMES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=5).map(lambda terms: summed(*map(term, terms))),
        inner.map(lambda piece: joined("f(", piece, ")")),
        st.tuples(NAMES, inner).map(lambda two: joined(two[0], "*(", two[1], ")")),
    ),
    max_leaves=25,
)


@PATIENT
@given(ROPES)
def test_a_rope_knows_its_width(rope: str | Rope) -> None:
    assert len("".join(flat(rope))) == width(rope)


@PATIENT
@given(ROPES, st.integers(5, 80))
def test_broken_lines_fold_back(rope: str | Rope, limit: int) -> None:
    assert folded(laid(rope, limit)) == "y = " + "".join(flat(rope))


@PATIENT
@given(ROPES)
def test_what_fits_is_one_line(rope: str | Rope) -> None:
    text = "y = " + "".join(flat(rope))
    assert laid(rope, len(text)) == text


TERMS = st.text("abc", min_size=4, max_size=9)
FLAT = st.lists(TERMS, min_size=2, max_size=30).map(lambda terms: summed(*terms))


@PATIENT
@given(FLAT, st.integers(24, 60))
def test_lines_of_a_plain_sum_fit_and_are_full(rope: Rope, limit: int) -> None:
    lines = laid(joined("f(", rope, ")"), limit).split("\n")
    assert all(len(line) <= limit for line in lines)
    for line, after in pairwise(lines[1:]):
        first = after.strip().split(" ")[1]
        assert len(line) + len(f" + {first}") > limit, "the next term had room on this line"


@PATIENT
@given(st.lists(FLAT, min_size=2, max_size=4), st.integers(30, 60))
def test_lines_of_sums_in_a_sum_fit(inner: list[Rope], limit: int) -> None:
    rope = summed(*(joined("w*f(", part, ")") for part in inner))
    lines = laid(joined("g(", rope, ")"), limit).split("\n")
    assert max(map(len, lines)) <= limit


def test_how_it_looks() -> None:
    inner = [joined(f"w{i}*f(", summed("aaaa*x", "bbbb*x", "cc"), ")") for i in (1, 2)]
    rope = joined("g(", summed(*inner, "b"), ")")
    assert laid(rope, 44) == (
        "y = g(\n  w1*f(aaaa*x + bbbb*x + cc)\n  + w2*f(aaaa*x + bbbb*x + cc) + b)"
    )
    assert laid(rope, 24) == (
        "y = g(\n"
        "  w1*f(\n"
        "    aaaa*x + bbbb*x\n"
        "    + cc)\n"
        "  + w2*f(\n"
        "    aaaa*x + bbbb*x\n"
        "    + cc) + b)"
    )  # fmt: skip


def test_a_sum_led_by_something_short_keeps_it() -> None:
    rope = joined("1/(", summed("1", joined("exp(", summed("aaaaaaa", "bbbbbbb"), ")")), ")")
    assert laid(rope, 24) == "y = 1/(1 + exp(\n    aaaaaaa + bbbbbbb))"


def test_a_solid_rope_is_never_broken() -> None:
    rope = summed("aaaa", "bbbb", "cccc")
    solid = Rope(["{", rope, "}"], rope.width + 2, solid=True)
    assert laid(solid, 8) == "y = {aaaa + bbbb + cccc}"


@pytest.mark.parametrize("depth", [10, 100_000])
def test_nesting_has_no_limit(depth: int) -> None:
    rope: str | Rope = "x"
    for _ in range(depth):
        rope = joined("f(", rope, ")")
    assert "".join(flat(rope)) == "f(" * depth + "x" + ")" * depth
    assert laid(rope, 10) == "y = " + "f(" * depth + "x" + ")" * depth


def test_pieces_are_shared_and_not_copied() -> None:
    rope: str | Rope = "x"
    for _ in range(200):
        rope = joined("f(", rope, ",", rope, ")")
    pieces = flat(rope)
    assert [next(pieces) for _ in range(3)] == ["f("] * 3
    assert width(rope) == 5 * 2**200 - 4
