"""Sizes against a count of the written text, against closed forms, and against counts by hand."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Context, Decimal
from itertools import pairwise
from typing import Any

import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st

import netsym
from netsym.forms.shifted import shifted
from netsym.forms.sizes import Size, scientific
from netsym.layers.dense import Dense
from netsym.ops.counts.forecast import NetworkSize
from tests.effort import heavy, random_examples
from tests.networks import Case, cases

FORMS = ("layered", "shared", "inlined")


# -- a counter that reads the text --------------------------------------------------------------
@dataclass(frozen=True)
class Tally:
    """What DESIGN.md counts: nodes, the height, and the operations by kind."""

    text: str
    nodes: int = 1
    height: int = 0
    operations: Counter[str] = field(default_factory=Counter)


_TOKEN = re.compile(r"\s*([A-Za-z_]\w*|\d+(?:\.\d+)?(?:e[+-]?\d+)?|\*\*|[-+*/(),=])")
_DIGIT = re.compile(r"\d")


class Counting:
    """Counts the nodes of one right-hand side in ASCII; `given` are texts a name stands for.

    The rules, from DESIGN.md alone: what has parentheses is a thing of its own; a chain of + and -
    outside parentheses is one sum, a chain of * one product; - before a number makes one number;
    two numbers with / between them are one fraction.
    """

    def __init__(self, text: str, given: dict[str, Tally]) -> None:
        self.tokens = _TOKEN.findall(text)
        assert "".join(self.tokens) == re.sub(r"\s", "", text)
        self.place = 0
        self.given = given
        self.written: Counter[str] = Counter()  # every operation, by what it says

    def whole(self) -> Tally:
        tally = self.sum()
        assert self.place == len(self.tokens), self.tokens[self.place :]
        return tally

    def next(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self, *wanted: str) -> bool:
        if self.next() in wanted:
            self.place += 1
            return True
        return False

    def node(self, kind: str, *operands: Tally) -> Tally:
        text = f"{kind}({', '.join(o.text for o in operands)})"
        self.written[text] += 1
        return Tally(
            text,
            1 + sum(o.nodes for o in operands),
            1 + max(o.height for o in operands),
            Counter({kind: 1}) + sum((o.operations for o in operands), Counter()),
        )

    def sum(self) -> Tally:
        terms = [self.term(self.take("-"))]
        while self.next() in ("+", "-"):
            minus = self.take("-") or not self.take("+")
            terms.append(self.term(minus))
        return terms[0] if len(terms) == 1 else self.node("add", *terms)

    def term(self, minus: bool) -> Tally:
        """A quotient or a product; a minus belongs to a number that it stands right before."""
        number = bool(_DIGIT.match(self.next()))
        if minus and not number:
            return self.node("negate", self.term(minus=False))
        start = self.place
        factors = [self.power()]
        if minus:
            factors[0] = replace(factors[0], text=f"-{factors[0].text}")
        while self.take("*"):
            factors.append(self.power())
        result = factors[0] if len(factors) == 1 else self.node("multiply", *factors)
        if not self.take("/"):
            return result
        second = self.place
        divisor = self.power()
        fraction = self.place - start == 3 and all(
            _DIGIT.match(self.tokens[n]) for n in (start, second)
        )
        text = "".join(self.tokens[start : self.place])
        return Tally(text) if fraction else self.node("divide", result, divisor)

    def power(self) -> Tally:
        base = self.atom()
        return self.node("power", base, self.atom()) if self.take("**") else base

    def atom(self) -> Tally:
        if self.take("("):
            inner = self.sum()
            assert self.take(")"), (self.next(), " ".join(self.tokens))
            return inner
        word = self.next()
        self.place += 1
        assert re.match(r"\w", word), (word, " ".join(self.tokens))
        if not self.take("("):
            return self.given.get(word, Tally(word))
        operands = [self.sum()]
        while self.take(","):
            operands.append(self.sum())
        assert self.take(")"), (self.next(), " ".join(self.tokens))
        return self.node(word, *operands)


def from_text(formula: Any) -> list[Tally]:
    """A count of every equation of the ASCII text."""
    lines = formula.text(ascii=True, max_nodes=None).splitlines()
    return [Counting(line.partition(" = ")[2], {}).whole() for line in lines]


def from_python(formula: Any) -> list[Tally]:
    """The same of the Python text; names that only keep its expressions shallow are written out."""
    text = formula.python(max_nodes=None)
    formula = shifted(formula)[0]  # as code is written: no sum of exponentials overflows
    body = text[text.index("\ndef f(") if "\ndef f(" in text else 0 :].split(":\n", 1)[1]
    named = {b.name for b in formula.bindings}
    ends = {o.name for o in formula.outputs} if len(formula.outputs) > 1 else set()
    shallow: dict[str, Tally] = {}
    counts = []
    for line in body.splitlines():
        if ends and line.startswith("    return "):
            continue
        name, _, right = line.strip().removeprefix("return ").rpartition(" = ")
        tally = Counting(right, shallow).whole()
        if name and name not in named | ends:
            shallow[name] = tally
        else:
            counts.append(tally)
    return counts


def together(tallies: list[Tally], outputs: int) -> Size:
    operations: Counter[str] = sum((t.operations for t in tallies), Counter())
    return Size(
        nodes=sum(t.nodes for t in tallies),
        height=max(t.height for t in tallies),
        operations=dict(sorted(operations.items())),
        per_output=tuple(t.nodes for t in tallies[-outputs:]),
    )


def test_the_counter_counts_by_the_rules() -> None:
    by_hand = {
        "x": 1, "-2": 1, "1/3": 1, "-1/3": 1, "-x": 2, "x - y": 4, "x - 2": 3, "x + y - z": 5,
        "(x + y) + z": 5, "x + y + z": 4, "x*y*z": 4, "(x*y)*z": 5, "x/2": 3, "1/x": 3,
        "a - 2*x": 5, "a - (2*x)": 6, "x**3": 3, "f(x, y)": 3, "-(x + y)": 4, "-x*y": 4,
        "-(2*x)": 4, "-2*x": 3, "2e-05*x": 3,
        "w*x + b": 5, "sigmoid(w*x + b)": 6, "1/(1 + exp(-(w*x + b)))": 11, "(1/3)*x": 3,
    }  # fmt: skip
    assert {text: Counting(text, {}).whole().nodes for text in by_hand} == by_hand


# -- by hand ------------------------------------------------------------------------------------
W, X, B = sympy.symbols("w x b", real=True)


def test_counts_by_hand_from_sympy() -> None:
    with sympy.evaluate(False):
        affine = W * X + B
        logistic = 1 / (1 + sympy.exp(-affine))
        logistic_again = sympy.Pow(1 + sympy.exp(-(W * X + B)), -1)
    assert netsym.from_sympy(affine).size == Size(5, 2, {"add": 1, "multiply": 1}, (5,))
    assert netsym.from_sympy(sympy.tanh(affine, evaluate=False)).size.nodes == 6
    expected = {"add": 2, "divide": 1, "exp": 1, "multiply": 1, "negate": 1}
    for expression in (logistic, logistic_again):
        assert netsym.from_sympy(expression).size == Size(11, 6, expected, (11,))


def test_counts_by_hand_of_networks() -> None:
    assert netsym.parse("1-1").inlined.size == Size(5, 2, {"add": 1, "multiply": 1}, (5,))
    one = netsym.parse("1-1:sigmoid")
    assert one.inlined.size == Size(6, 3, {"add": 1, "multiply": 1, "sigmoid": 1}, (6,))
    written_out = one.formula("inlined", expand=True)
    assert written_out.size.nodes == 11
    assert written_out.text(ascii=True) == "y = 1/(1 + exp(-(w1_1_1*x + b1_1)))"


def test_1_2_1_sigmoid() -> None:
    network = netsym.parse("1-2-1:sigmoid")
    assert network.inlined.size == Size(19, 6, {"add": 3, "multiply": 4, "sigmoid": 3}, (19,))
    assert network.layered.size == Size(21, 3, {"add": 3, "multiply": 4, "sigmoid": 3}, (9,))
    assert network.shared.size == network.inlined.size  # nothing is used twice
    assert [Counting(line.partition(" = ")[2], {}).whole().nodes
            for line in network.layered.text(ascii=True).splitlines()] == [6, 6, 9]  # fmt: skip
    assert network.parameter_count == 7


def test_negative_numbers_are_one_node_and_named_means_are_negated() -> None:
    from netsym.layers.elementwise import Standardize

    def size(given: dict[str, Any]) -> Any:
        wires = [("s", Standardize(use_scale=False), ["input"], given)]
        network = netsym.Network.of("s", 1, wires)
        assert network.forecast("inlined") == network.inlined.size
        return network.inlined.size

    assert size({}) == Size(4, 2, {"add": 1, "negate": 1}, (4,))
    for mean in (2.0, -2.0, 0.0, "1/3"):
        assert size({"mean": [mean]}) == Size(3, 1, {"add": 1}, (3,))


# -- against the text, for every form -----------------------------------------------------------
@random_examples(150)
@given(cases(), st.sampled_from(FORMS), st.booleans())
def test_sizes_count_what_is_written(case: Case, form: str, expand: bool) -> None:
    forecast = case.network.forecast(form, expand)
    assume(forecast.nodes < 30_000)
    formula = case.network.formula(form, expand)
    expected = together(from_text(formula), len(formula.outputs))
    assert formula.size == expected
    assert forecast == expected


@random_examples(60)
@given(cases(most_layers=3), st.sampled_from(FORMS), st.booleans())
def test_sizes_count_what_python_reads(case: Case, form: str, expand: bool) -> None:
    formula = case.network.formula(form, expand)
    assume(formula.size.nodes < 10_000)
    assert shifted(formula)[0].size == together(from_python(formula), len(formula.outputs))


@random_examples(60)
@given(cases(most_layers=4), st.booleans())
def test_forecasts_are_the_sizes_of_what_is_built(case: Case, expand: bool) -> None:
    for form in FORMS:
        assert case.network.forecast(form, expand) == case.network.formula(form, expand).size
    sizes = case.network.sizes(expand)
    assert list(sizes.forms) == list(FORMS)
    assert sizes.forms["layered"] == case.network.formula("layered", expand).size


@random_examples(40)
@given(cases(most_layers=4), st.sampled_from(FORMS))
def test_outputs_count_for_themselves(case: Case, form: str) -> None:
    formula = case.network.formula(form)
    assume(formula.size.nodes < 10_000)
    for position in range(1, len(formula.outputs) + 1):
        one = formula.output(position)
        assert one.size == together(from_text(one), 1)
        if form == "inlined":
            assert one.size.per_output == (formula.size.per_output[position - 1],)


# -- exact, however large -----------------------------------------------------------------------
def expected_inlined(widths: list[int], own: int) -> list[int]:
    """Per layer, the nodes of one unit's formula: a sum of n products and a bias, and `own`."""
    sizes = [1]
    for inputs, _ in pairwise(widths):
        sizes.append(own + 1 + inputs * (2 + sizes[-1]) + 1)
    return sizes


@pytest.mark.parametrize("activation", ["linear", "tanh"])
@pytest.mark.parametrize(
    "widths", [[2, *[10] * 20, 1], [1, 1, 1], [3, 2], [5, *[7] * 60, 3], [10] * 330]
)
def test_closed_form(widths: list[int], activation: str) -> None:
    network = netsym.parse("-".join(map(str, widths)) + f":{activation}")
    own = activation != "linear"
    unit = expected_inlined(widths, own)
    inlined = Size(
        nodes=widths[-1] * unit[-1],
        height=(2 + own) * (len(widths) - 1),
        operations=network.forecast("inlined").operations,
        per_output=(unit[-1],) * widths[-1],
    )
    # one "add" a unit; the units of a layer are written once for each use of them
    times, uses = 0, widths[-1]
    products = 0
    for inputs in reversed(widths[:-1]):
        times += uses
        products += uses * inputs
        uses *= inputs
    operations = {"add": times, "multiply": products} | ({"tanh": times} if own else {})
    assert network.forecast("inlined") == inlined
    assert dict(inlined.operations) == operations
    layered = sum(m * (own + 1 + 3 * n + 1) for n, m in pairwise(widths))
    assert network.forecast("layered").nodes == layered
    assert network.layered.size == network.forecast("layered")
    assert network.inlined.size == inlined


def test_counts_of_more_than_4300_digits() -> None:
    """More digits than Python turns into text; counted all the same."""
    widths = [1000] * 1500
    network = netsym.parse("-".join(map(str, widths)))
    unit = expected_inlined(widths, 0)[-1]
    forecast = network.forecast("inlined")
    assert unit > 10**4400
    assert forecast.nodes == 1000 * unit
    assert list(forecast.per_output) == [unit] * 1000
    assert forecast.height == 2 * 1499
    assert sys.get_int_max_str_digits() == 4300


@heavy
def test_reports_of_more_than_4300_digits() -> None:
    network = netsym.parse("-".join(["1000"] * 1500))
    forms = {form: network.forecast(form) for form in ("layered", "inlined")}
    size = NetworkSize(
        "big", network.parameter_count, network.input_names, network.output_names, forms
    )
    unit = expected_inlined([1000] * 1500, 0)[-1]
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        digits = str(1000 * unit)
        grouped = f"{1000 * unit:,}"
    finally:
        sys.set_int_max_str_digits(limit)
    assert f"{digits[0]}.{digits[1:3]} × 10^{len(digits) - 1}" in str(size)
    assert grouped in size.report(exact=True)


def test_a_formula_too_large_to_count_in_float64_has_a_short_repr() -> None:
    formula = netsym.parse("-".join(["10"] * 330)).inlined
    unit = expected_inlined([10] * 330, 0)[-1]
    assert formula.size.nodes == 10 * unit
    assert "inlined formula of y_1, y_2, y_3, …" in repr(formula)


def test_named_and_numeric_networks_have_one_size() -> None:
    for text in ("2-3tanh-4silu-2softmax", "3-3elu+-3leaky_relu+-1gelu"):
        named = netsym.parse(text)
        values = {name: 0.37 + n / 64 for n, name in enumerate(named.parameter_names())}
        numeric = named.with_parameters(values)
        assert numeric.parameter_names() == []
        for form in FORMS:
            for expand in (False, True):
                expected = named.formula(form, expand).size
                assert numeric.formula(form, expand).size == expected
                assert numeric.forecast(form, expand) == expected


def test_equal_units_are_shared_where_numbers_make_them_equal() -> None:
    """Two equal rows are one unit in the shared form; layered and inlined write both."""
    equal = [("h", Dense(units=2, activation="tanh"), ["input"],
              {"weights": [[2.0], [2.0]], "bias": [1.0, 1.0]}),
             ("o", Dense(units=1), ["h"], {})]  # fmt: skip
    network = netsym.Network.of("twins", 1, equal)
    assert network.layered.size.nodes == 6 + 6 + 8
    assert network.inlined.size.nodes == 18
    # t_1 = tanh(2*x + 1); y = w*t_1 + w*t_1 + b
    assert network.shared.size == Size(6 + 8, 3, {"add": 2, "multiply": 3, "tanh": 1}, (8,))
    assert network.forecast("shared") == network.shared.size


def test_the_shared_form_of_a_large_network_is_not_built() -> None:
    network = netsym.parse("3000-3000-1")
    assert network.forecast("shared") is None
    assert "not counted" in str(network.size)
    assert network.size.to_json()["forms"]["shared"] is None


# -- reports ------------------------------------------------------------------------------------
def test_the_report_of_1_2_1() -> None:
    size = netsym.parse("1-2-1:sigmoid").size
    lines = str(size).splitlines()
    assert lines[0] == "1-2-1:sigmoid: 1 input, 1 output, 7 parameters"
    assert lines[2].split() == ["form", "nodes", "height", "operations"]
    assert lines[3] == "layered            21       3  add 3, multiply 4, sigmoid 3"
    assert lines[5] == "inlined            19       6  add 3, multiply 4, sigmoid 3"
    assert lines[7] == "matrix inlined     11       6  add 2, matmul 2, sigmoid 2"
    assert "no larger than the layers" in lines[-1]


def test_the_data_of_1_2_1() -> None:
    data = json.loads(json.dumps(netsym.parse("1-2-1:sigmoid").size.to_json()))
    assert data["schema"] == 1
    assert data["parameters"] == 7
    assert (data["inputs"], data["outputs"]) == (["x"], ["y"])
    assert data["forms"]["inlined"] == {
        "nodes": 19,
        "height": 6,
        "operations": {"add": 3, "multiply": 4, "sigmoid": 3},
        "per_output": {"y": 19},
    }


def powers() -> Iterator[int]:
    for power in (0, 1, 2, 3, 14, 15, 20, 29, 100, 308, 309, 1000, 4000):
        yield from (10**power - 1, 10**power, 10**power + 1, 2 * 10**power, 999 * 10**power)


def test_scientific_is_rounded() -> None:
    for count in powers():
        digits = str(count)
        if len(digits) < 4:
            assert scientific(count) == digits
            continue
        rounded = Decimal(count).normalize(Context(prec=3, rounding=ROUND_HALF_UP))
        lead, power = f"{rounded:.2E}".split("E+")
        assert scientific(count) == f"{lead} × 10^{power}"


@given(st.integers(1, 10**60))
def test_scientific_of_any_count(count: int) -> None:
    lead, _, power = scientific(count).partition(" × 10^")
    if power:
        unit = 10 ** (int(power) - 2)
        assert abs(count - round(float(lead) * 100) * unit) * 2 <= unit
    else:
        assert int(lead) == count < 1000
