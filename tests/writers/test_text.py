"""Text: parentheses, numbers, names and broken lines, judged by Python's own parser."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st
from trees import NAMES, PATIENT, POINTS, TREES, Tree, built, read_by_python, worth

import netsym
from netsym.errors import TooLargeError

x, w, b = sympy.symbols("x w b", real=True)


def right(text: str) -> str:
    return text.removeprefix("y = ")


#: What a tree is written as. Sums and products are not merged: parentheses that were computed stay.
WRITTEN: list[tuple[Tree, str]] = [
    # negation
    (("negate", "x"), "-x"),
    (("negate", ("negate", "x")), "-(-x)"),
    (("negate", ("add", "x", "b")), "-(x + b)"),
    (("negate", ("multiply", "w", "x")), "-w*x"),
    (("negate", ("divide", "w", "x")), "-w/x"),
    (("negate", ("multiply", 2.0, "x")), "-(2*x)"),
    (("negate", ("multiply", -2.0, "x")), "-(-2*x)"),
    (("negate", ("multiply", ("negate", "w"), "x")), "-(-w)*x"),
    (("negate", ("power", "x", 2.0)), "-x**2"),
    (("negate", ("exp", "x")), "-exp(x)"),
    (("negate", 2.0), "-(2)"),
    (("negate", -2.0), "-(-2)"),
    (("negate", ("power", 2.0, 2.0)), "-(2**2)"),
    # sums
    (("add", "x", ("negate", "b")), "x - b"),
    (("add", ("negate", "x"), "b"), "-x + b"),
    (("add", "x", ("add", "w", "b")), "x + (w + b)"),
    (("add", ("add", "x", "w"), "b"), "(x + w) + b"),
    (("add", "x", ("negate", ("add", "w", "b"))), "x - (w + b)"),
    (("add", "x", ("negate", ("add", "w", ("negate", "b")))), "x - (w - b)"),
    (("add", "x", ("negate", ("negate", "b"))), "x - (-b)"),
    (("add", "x", ("multiply", -1.0, "b")), "x - 1*b"),
    (("add", ("multiply", "w", "x"), "b"), "w*x + b"),
    (("add", "x", ("divide", "w", "b")), "x + w/b"),
    # numbers in every position
    (-2.0, "-2"),
    (("add", -2.0, "x"), "-2 + x"),
    (("add", "x", -2.0), "x - 2"),
    (("add", "x", -2.0, -0.5), "x - 2 - 0.5"),
    (("multiply", -2.0, "x"), "-2*x"),
    (("multiply", "x", -2.0), "x*(-2)"),
    (("multiply", "x", ("negate", "b")), "x*(-b)"),
    (("multiply", ("negate", "b"), "x"), "(-b)*x"),
    (("divide", -2.0, "x"), "-2/x"),
    (("divide", "x", -2.0), "x/(-2)"),
    (("power", -2.0, 2.0), "(-2)**2"),
    (("power", "x", -2.0), "x**(-2)"),
    (("power", ("negate", "x"), 2.0), "(-x)**2"),
    (("exp", -2.0), "exp(-2)"),
    (("max", -2.0, ("negate", "x")), "max(-2, -x)"),
    (("add", ("power", -2.0, 2.0), "x"), "(-2)**2 + x"),
    (("add", "x", ("multiply", ("power", -2.0, 2.0), "b")), "x + (-2)**2*b"),
    (("add", "x", ("divide", ("multiply", -2.0, "w"), "b")), "x - 2*w/b"),
    # products and quotients
    (("multiply", "w", ("multiply", "x", "b")), "w*(x*b)"),
    (("multiply", ("multiply", "w", "x"), "b"), "(w*x)*b"),
    (("multiply", "w", ("add", "x", "b")), "w*(x + b)"),
    (("multiply", "w", ("divide", "x", "b")), "w*(x/b)"),
    (("multiply", ("divide", "w", "x"), "b"), "(w/x)*b"),
    (("divide", ("multiply", "w", "x"), "b"), "w*x/b"),
    (("divide", "w", ("multiply", "x", "b")), "w/(x*b)"),
    (("divide", ("divide", "w", "x"), "b"), "(w/x)/b"),
    (("divide", "w", ("divide", "x", "b")), "w/(x/b)"),
    (("divide", ("add", "w", "x"), ("add", "x", "b")), "(w + x)/(x + b)"),
    (("divide", 1.0, ("power", "x", 2.0)), "1/x**2"),
    # powers
    (("power", ("power", "x", 2.0), 3.0), "(x**2)**3"),
    (("power", "x", ("power", 2.0, 3.0)), "x**(2**3)"),
    (("power", ("add", "x", "b"), 2.0), "(x + b)**2"),
    (("power", ("multiply", "w", "x"), 2.0), "(w*x)**2"),
    (("power", ("exp", "x"), 2.0), "exp(x)**2"),
    (("multiply", ("power", "x", 2.0), "w"), "x**2*w"),
    # fractions
    (Fraction(1, 3), "1/3"),
    (Fraction(-1, 3), "-1/3"),
    (("add", "x", Fraction(1, 3)), "x + 1/3"),
    (("add", "x", Fraction(-1, 3)), "x - 1/3"),
    (("multiply", Fraction(1, 3), "x"), "(1/3)*x"),
    (("multiply", "x", Fraction(-1, 3)), "x*(-1/3)"),
    (("divide", "x", Fraction(1, 3)), "x/(1/3)"),
    (("power", Fraction(1, 3), 2.0), "(1/3)**2"),
    (("power", "x", Fraction(1, 3)), "x**(1/3)"),
    (("negate", Fraction(1, 3)), "-(1/3)"),
    (("exp", Fraction(-1, 3)), "exp(-1/3)"),
    (Fraction(-4), "-4"),
    (("power", Fraction(-4), 2.0), "(-4)**2"),
    # the edges of float64
    (0.0, "0"),
    (-0.0, "-0.0"),
    (("add", "x", -0.0), "x - 0.0"),
    (1e15, "1000000000000000"),
    (1e16, "1e+16"),
    (("power", -1e16, 2.0), "(-1e+16)**2"),
    (1e-300, "1e-300"),
    (("multiply", -1e-300, "x"), "-1e-300*x"),
    (5e-324, "5e-324"),
    (0.1, "0.1"),
    (Fraction(10**30), "1" + "0" * 30),
]


@pytest.mark.parametrize(
    ("tree", "text"), WRITTEN, ids=lambda part: part if isinstance(part, str) else ""
)
def test_parentheses(tree: Tree, text: str) -> None:
    assert right(built(tree).text(ascii=True)) == text


def test_the_table_reads_back() -> None:
    """Python's own parser agrees with every line of it that has an exact value."""
    read = 0
    for tree, text in WRITTEN:
        if tree in (("power", "x", ("power", 2.0, 3.0)), ("power", "x", Fraction(1, 3))):
            continue
        assert read_by_python(text, POINTS[0]) == worth(tree, POINTS[0]), text
        read += 1
    assert read == len(WRITTEN) - 2


#: Expressions as sympy holds them when nothing was evaluated.
FROM_SYMPY: list[tuple[Callable[[], Any], str]] = [
    (lambda: sympy.Mul(-1, b + x, evaluate=False), "-(b + x)"),
    (lambda: sympy.Add(w, sympy.Mul(-1, x), evaluate=False), "w - x"),
    (lambda: sympy.Mul(w, sympy.Pow(b + x, -1), evaluate=False), "w/(b + x)"),
    (lambda: sympy.Pow(sympy.Integer(-2), x, evaluate=False), "(-2)**x"),
    (lambda: sympy.Pow(sympy.Pow(x, 2, evaluate=False), 3, evaluate=False), "(x**2)**3"),
    (lambda: sympy.Mul(sympy.Rational(-1, 3), x, evaluate=False), "(-1/3)*x"),
    (lambda: sympy.Mul(w, sympy.Add(x, sympy.Add(b, w, evaluate=False), evaluate=False),
                       evaluate=False), "w*(x + (b + w))"),
    (lambda: sympy.sqrt(x), "sqrt(x)"),
    (lambda: 1 / sympy.sqrt(x), "1/sqrt(x)"),
    (lambda: sympy.Max(x, b, evaluate=False), "max(b, x)"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("expression", "text"), FROM_SYMPY, ids=lambda p: p if isinstance(p, str) else ""
)
def test_expressions_of_sympy(expression: Callable[[], Any], text: str) -> None:
    written = right(netsym.from_sympy(expression(), inputs=[x]).text(ascii=True))
    if text.startswith("max"):  # sympy keeps the operands of Max in a set
        assert sorted(re.findall(r"\w", written)) == sorted(re.findall(r"\w", text))
    else:
        assert written == text


@PATIENT
@given(TREES)
def test_python_reads_every_ascii_text_as_the_formula(tree: Tree) -> None:
    text = right(built(tree).text(ascii=True))
    assert not re.search(r"[-+*/] ?[-+]", text.replace("e-", "e").replace("e+", "e")), text
    for point in POINTS:
        try:
            value = worth(tree, point)
        except (ZeroDivisionError, OverflowError):
            assume(False)
        assert read_by_python(text, point) == value


@PATIENT
@given(TREES)
def test_unicode_says_the_same_as_ascii(tree: Tree) -> None:
    plain, shown = built(tree).text(ascii=True), built(tree).text()
    assert shown.replace("·", "*").replace("^", "**").replace("σ", "sigmoid") == plain


@PATIENT
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_round_trip(number: float) -> None:
    read = float(eval(right(built(number).text(ascii=True))))
    assert struct.pack("d", read) == struct.pack("d", number)


@PATIENT
@given(st.fractions())
def test_fractions_round_trip(number: Fraction) -> None:
    numerator, _, denominator = right(built(number).text(ascii=True)).partition("/")
    assert Fraction(int(numerator), int(denominator or 1)) == number


@pytest.mark.parametrize(
    ("number", "digits", "text"),
    [
        (math.pi, 3, "3.14"),
        (-math.pi, 3, "-3.14"),
        (1.25e-7, 2, "1.2e-07"),
        (2.0, 5, "2"),
        (123456.0, 3, "1.23e+05"),
        (0.1, 17, "0.10000000000000001"),
    ],
)
def test_digits(number: float, digits: int, text: str) -> None:
    assert right(built(number).text(ascii=True, digits=digits)) == text


def test_rounded_numbers_keep_their_parentheses() -> None:
    assert right(built(("power", -123456.0, 2.0)).text(ascii=True, digits=2)) == "(-1.2e+05)**2"


def test_names_in_unicode() -> None:
    text = netsym.parse("12-11-1").layered.text()
    assert "a⁽¹⁾₁₁ = w⁽¹⁾₁₁,₁·x₁" in text, "a comma as soon as one index has two digits"
    assert "w⁽¹⁾₁₁·x₁ + w⁽¹⁾₁₂·x₂" in text, "and none before"
    assert "w⁽¹⁾₁,₁₂·x₁₂" in text


def test_no_name_is_written_for_two_values() -> None:
    for ascii in (True, False):
        text = netsym.parse("12-11-1").layered.text(ascii=ascii)
        names = set(re.findall(r"w[^*· )]*", text))
        assert len(names) == 11 * 12 + 11


@pytest.mark.parametrize("form", ["layered", "shared", "inlined"])
def test_too_large_is_refused_before_the_first_piece(form: str) -> None:
    formula = netsym.parse("2-2-1:sigmoid").formula(form)
    nodes = formula.size.nodes
    assert formula.text(max_nodes=nodes)
    with pytest.raises(
        TooLargeError,
        match=f"the {form} form has {nodes} nodes, more than the limit of {nodes - 1},",
    ):
        formula.write("text", max_nodes=nodes - 1)


# -- broken lines -------------------------------------------------------------------------------
def folded(text: str) -> str:
    """Broken lines put together again."""
    return re.sub(r"\n +", " ", re.sub(r"([(\[])\n +", r"\1", text))


LONG = st.builds(
    "-".join,
    st.lists(
        st.builds(
            "{}{}".format,
            st.integers(1, 5),
            st.sampled_from(["", "tanh", "sigmoid", "relu", "elu", "leaky_relu", "softplus"]),
        ),
        min_size=1,
        max_size=3,
    ),
)


@PATIENT
@given(st.integers(1, 13), LONG, st.sampled_from(["layered", "shared", "inlined"]),
       st.booleans(), st.booleans(), st.integers(20, 120))  # fmt: skip
def test_broken_lines_of_networks(
    inputs: int, rest: str, form: str, expand: bool, ascii: bool, width: int
) -> None:
    formula = netsym.parse(f"{inputs}-{rest}").formula(form, expand)
    assume(formula.size.nodes < 3000)
    whole, broken = formula.text(ascii=ascii), formula.text(ascii=ascii, width=width)
    assert folded(broken) == whole
    for line in broken.split("\n"):
        if len(line) > width:
            body = line.strip().removeprefix("+ ").removeprefix("- ")
            assert not breaks(body), f"{len(line)} > {width}: {line}"


def breaks(line: str) -> list[str]:
    """The terms of a line after which it could have been broken: 1 + … and sums within a product
    that fit on a few characters are kept together, and a bias stays with the term before."""
    terms = re.split(r" [+-] ", line)
    return [t for t in terms[:-1] if len(t) > 3 and not re.fullmatch(r".*\W\S{1,3}", t)][:-1]


@PATIENT
@given(TREES, st.integers(20, 100))
def test_broken_lines_of_any_formula(tree: Tree, width: int) -> None:
    formula = built(tree)
    assert folded(formula.text(ascii=True, width=width)) == formula.text(ascii=True)


def test_a_width_below_the_narrowest_is_taken_as_that() -> None:
    formula = netsym.parse("3-3-1:tanh").inlined
    assert formula.text(width=1) == formula.text(width=20)


def test_names_of_the_trees_are_all_used() -> None:
    assert set(NAMES) == set(POINTS[0])
