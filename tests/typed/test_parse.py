"""Text to formulas: what writers write comes back one to one; what people type is understood."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

import pytest
from hypothesis import HealthCheck, given

import netsym
import netsym.writers
from netsym import SpecError
from netsym.forms.form import layered
from netsym.graph.names import Names, literal
from netsym.network.network import Network
from netsym.typed.parse import Parsed
from tests.effort import many, random_examples
from tests.networks import Case, cases
from tests.typed import parse_formula
from tests.work import Work
from tests.writers.test_golden import GOLDEN, network, table
from tests.writers.trees import TREES, Tree, built

QUICK = random_examples(60, suppress_health_check=list(HealthCheck))
FORUM = "examples/forum/sigmoid.toml"
#: The thread's own text, with its two parentheses that are never closed.
THREAD = "f(x) = w_21*(1/(1+e**(-1*(w_11x + b_11))) + w_22 (1/(1+e**(-1*(w_12*x + b_12))) + b"


def names_of(net: Network) -> list[Names]:
    """The inputs of a network and all its parameters, as the notation or a person names them."""
    known = [net.input_names]
    for placed in net.layers:
        for parameter in placed.parameters.values():
            known += [] if parameter.is_numeric else [parameter.names]
            chosen = list(parameter.chosen())
            known += [literal(*chosen)] if chosen else []
    return known


def read(text: str, net: Network, form: str = "inlined") -> netsym.formula.Formula:
    made = parse_formula(
        text, known=names_of(net), inputs=net.input_names, outputs=net.output_names,
        function=net.function, latex_names=net.latex_names,
    ).formula  # fmt: skip
    return made if form == "inlined" else layered(made)


def ascii_of(text: str) -> str:
    return parse_formula(text).formula.text(ascii=True)


def forum() -> list[Names]:
    net = netsym.load(FORUM)
    return [literal(*net.parameter_names()), net.input_names]


#: Formulas of numbers; letters of whole arrays are not read.
TEXTS = [c for c in table() if c.to == "text" and "digits" not in c.options and c.form != "matrix"]


@pytest.mark.parametrize("case", TEXTS, ids=lambda case: case.name)
def test_golden_text_reads_back(case) -> None:
    written = (GOLDEN / case.name).read_text().rstrip("\n")
    options = {k: v for k, v in case.options.items() if k != "headings"}
    again = read(written, network(case.net), case.form).text(**options)
    expected = "\n".join(line for line in written.splitlines() if line and line[0] != "#")
    assert again == expected


@QUICK
@given(TREES)
def test_trees_read_back(tree: Tree) -> None:
    formula = built(tree)
    for options in ({"ascii": True}, {}, {"width": 20}, {"ascii": True, "width": 40}):
        text = formula.text(**options)
        assert parse_formula(text).formula.text(**options) == text


@QUICK
@given(cases())
def test_networks_read_back(case: Case) -> None:
    """In all forms, alphabets and widths, with the network's names and with none."""
    net = case.network
    for form in ("inlined", "layered", "shared"):
        for expand in (False, True):
            formula = net.formula(form, expand)
            if formula.size.nodes > 2000:
                continue
            for options in ({"ascii": True}, {}, {"width": 33}, {"ascii": True, "width": 80}):
                text = formula.text(**options)
                assert read(text, net, form).text(**options) == text
            headed = formula.text(headings=True)
            assert read(headed, net, form).text() == formula.text()
            free = parse_formula(formula.text()).formula
            assert (free if form == "inlined" else layered(free)).text() == formula.text()


@QUICK
@given(cases())
def test_networks_keep_their_size(case: Case) -> None:
    for form in ("inlined", "layered"):
        formula = case.network.formula(form)
        if formula.size.nodes <= 2000:
            again = read(formula.text(), case.network, form)
            assert again.size == formula.size


TYPED = [
    ("a - b*c", "y = a - b*c"),
    ("a - 0.5*x", "y = a - 0.5*x"),
    ("-(0.5*x)", "y = -(0.5*x)"),
    ("-2*x", "y = -2*x"),
    ("1/3*x", "y = (1/3)*x"),
    ("2/4", "y = 2/4"),
    ("a/b*c", "y = (a/b)*c"),
    ("a/b/c", "y = (a/b)/c"),
    ("-x^2", "y = -x**2"),
    ("-2**2", "y = -(2**2)"),
    ("2**3**2", "y = 2**(3**2)"),
    ("2^-1", "y = 2**(-1)"),
    ("x*-b", "y = x*(-b)"),
    ("1/(1+e**(-x))", "y = 1/(1 + exp(-x))"),
    ("e^x + e² + e", "y = exp(x) + exp(2) + exp(1)"),
    ("σ(x)·Sigmoid(x)×logistic(x)", "y = sigmoid(x)*sigmoid(x)*sigmoid(x)"),
    ("ReLU(x) − ln(x) – log(x)", "y = relu(x) - log(x) - log(x)"),
    ("√(x)∗π⋅pi", "y = sqrt(x)*pi*pi"),
    ("|x - 1|*|x|", "y = abs(x - 1)*abs(x)"),
    ("[x + {x}]²", "y = (x + x)**2"),
    ("(x)⁻¹", "y = x**(-1)"),
    ("w⁽¹⁾₁₂·x₁ + w⁽¹⁾₁,₁₂ + w^[1]_12 + w^(2)_1", "y = w1_1_2*x_1 + w1_1_12 + w1_1_2 + w2_1"),
    ("leaky_relu(x) + elu(x, 2)", "y = leaky_relu(x, 0.01) + elu(x, 2)"),
    ("max(x) + min(1, 2, x)", "y = max(x) + min(1, 2, x)"),
    ("2x + 2(x) + (x)(x) + (x) x", "y = 2*x + 2*x + x*x + x*x"),
    ("f(x) = x\n  + 1\n", "f(x) = x + 1"),
    ("h = x^2\n\n# the output\ny = h + h", "y = x**2 + x**2"),
    ("a=x+1; b=a*2; y_1=b; y_2=a", "y_1 = (x + 1)*2\ny_2 = x + 1"),
    ("y = (x +\n1\n) * 2", "y = (x + 1)*2"),
    ("00012345678901234567890", "y = 12345678901234567890"),
    ("9**9**9", "y = 9**(9**9)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TYPED, ids=[text for text, _ in TYPED])
def test_typed(text: str, expected: str) -> None:
    assert ascii_of(text) == expected


def test_nodes_are_what_was_typed() -> None:
    graph = parse_formula("a - b*c").formula.graph
    assert [block.op for block in graph.blocks if block.op != "symbol"] == [
        "multiply", "negate", "add",
    ]  # fmt: skip
    assert parse_formula("1/3").formula.size.nodes == 1
    assert parse_formula("x*x + x*x").formula.size.nodes == 7
    assert len(parse_formula("x*x + x*x").formula.graph) == 3  # equal nodes are one


def test_the_thread() -> None:
    """The text of the thread that netsym began with, and what it means once it is closed."""
    with pytest.raises(SpecError) as error:
        parse_formula(THREAD, known=forum())
    assert str(error.value) == (
        "2 parentheses are not closed\n"
        f"  {THREAD}\n"
        "              ^                                    ^"
    )
    closed = THREAD.replace("b_11)))", "b_11))))").replace("b_12)))", "b_12))))")
    parsed = parse_formula(closed, known=forum())
    assert parsed.formula.text(ascii=True) == (
        "f(x) = w_21*(1/(1 + exp(-1*(w_11*x + b_11)))) + w_22*(1/(1 + exp(-1*(w_12*x + b_12)))) + b"
    )
    assert parsed.notes == ("w_11x was read as w_11*x", "w_22 ( was read as w_22*(")


MISTAKES = [
    ("", "there is no formula"),
    ("a ++ b", "a value is missing between '+' and '+'\n  a ++ b\n     ^"),
    ("a +", "nothing follows '+'; a value is missing\n  a +\n    ^"),
    ("(,)", "a value is missing between '(' and ','\n  (,)\n   ^"),
    ("()", "nothing is in these parentheses\n  ()\n  ^^"),
    ("x)", "this ')' closes nothing\n  x)\n   ^"),
    ("(x]", "'(' is closed by ']'\n  (x]\n  ^ ^"),
    ("((x + [1", "3 parentheses are not closed\n  ((x + [1\n  ^^    ^"),
    ("1e999", "this number is too large\n  1e999\n  ^^^^^\na number must be less than 1.8e308"),
    ("1e-400", "this number is too small\n  1e-400\n  ^^^^^^\n"
               "numbers below 5e-324 are zero in float64"),
    ("x!", "'!' has no meaning in a formula\n  x!\n   ^\n"
           "a factorial is not among the functions of networks"),
    ("а + 1", "'а' (cyrillic small letter a) looks like 'a' but is not\n  а + 1\n  ^\ntype 'a'"),
    ("sigmod(x)", "no function called 'sigmod'\n  sigmod(x)\n  ^^^^^^\ndid you mean 'sigmoid'?"),
    ("exp(1, 2)", "exp takes 1 value, not 2\n  exp(1, 2)\n  ^^^^^^^^^"),
    ("exp + 1", "'exp' is a function\n  exp + 1\n  ^^^\nwrite exp(…)"),
    ("1/2x", "it is not clear where the divisor ends\n  1/2x\n     ^\n"
             "write (1/2)*x or 1/(2*x)"),
    ("a*b/2(x+1)", "it is not clear where the divisor ends\n  a*b/2(x+1)\n       ^\n"
                   "write (a*b/2)*(x+1) or a*b/(2*(x+1))"),
    ("1/3σ(x)", "it is not clear where the divisor ends\n  1/3σ(x)\n     ^\n"
                "write (1/3)*σ(x) or 1/(3*σ(x))"),
    ("e^2x", "it is not clear where the exponent ends\n  e^2x\n     ^\n"
             "write e^2*x or e^(2*x)"),
    ("a = b\nb = a", "'a' is used before it is defined\n  line 2: b = a\n              ^\n"
                     "it is defined by itself, through other equations"),
    ("a = a + 1", "'a' is used in its own definition\n  a = a + 1\n      ^"),
    ("a = 1\na = 2", "'a' is defined twice\n  line 2: a = 2\n          ^\n"
                     "it is defined in line 1 already"),
    ("a == b", "one equals sign is enough\n  a == b\n     ^"),
    ("a + b = c", "what is left of '=' must be one name, or a function of names\n"
                  "  a + b = c\n        ^\nas in y = w*x + b or f(x) = w*x + b"),
    ("y = (x\nz = 2", "1 parenthesis is not closed\n  line 1: y = (x\n              ^"),
    ("lambda", "'lambda' is a function or a word of Python; choose another name\n"
               "  lambda\n  ^^^^^^"),
    ("x.y", "'.' has no meaning in a formula\n  x.y\n   ^\na point belongs into a number, "
            "as in 0.5"),
    ("f(x_1, …, x_3) = …", "dots leave out what a formula must say\n  f(x_1, …, x_3) = …\n"
                           "                   ^\nwrite all of it"),
    ("softmax(x)", "'softmax' makes several values of several, so it is no part of one formula\n"
                   "  softmax(x)\n  ^^^^^^^\n"
                   "write exp(z_1)/(exp(z_1) + exp(z_2) + …) for its first value"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), MISTAKES, ids=[text for text, _ in MISTAKES])
def test_mistakes(text: str, message: str) -> None:
    with pytest.raises(SpecError) as error:
        parse_formula(text)
    said = str(error.value)
    assert said == message or (text == "" and said.startswith(message))


def test_unknown_names() -> None:
    with pytest.raises(SpecError) as error:
        parse_formula("w_11*x + b_13", known=forum())
    assert str(error.value) == (
        "unknown name 'b_13'\n  w_11*x + b_13\n           ^^^^\ndid you mean 'b_12'?"
    )
    known = [literal("a", "ab", "b", "bc", "c")]
    with pytest.raises(SpecError, match=r"'abc' can be a\*bc or ab\*c"):
        parse_formula("abc", known=known)
    with pytest.raises(SpecError, match="'w_11' is an input or a parameter already"):
        parse_formula("w_11 = 2\ny = w_11", known=forum())


def test_euler_is_a_name_if_it_is_known() -> None:
    parsed = parse_formula("e**x + e", known=[literal("e", "x")])
    assert parsed.formula.text(ascii=True) == "y = e**x + e"


def test_inputs_and_outputs() -> None:
    def inputs(parsed: Parsed) -> list[str]:
        formula = parsed.formula
        pairs = map(formula.graph.symbol, formula.inputs.tolist())
        return [names.ascii(place) for names, place in pairs]

    assert inputs(parse_formula("g(v, u) = u + k")) == ["v", "u"]
    assert inputs(parse_formula("x_10 + x_2 + k")) == ["x_2", "x_10"]
    three = Names("x", None, (3,))
    assert inputs(parse_formula("x_2 + k", inputs=three)) == ["x_1", "x_2", "x_3"]
    several = parse_formula("f_2(x) = x + 1", function="f", outputs=Names("y", None, (2,)))
    assert several.formula.outputs[0].name == "y_2"
    assert several.formula.text(ascii=True) == "f_2(x) = x + 1"
    with pytest.raises(SpecError, match="begin with y_1 = …"):
        parse_formula("x", outputs=Names("y", None, (2,)))
    with pytest.raises(SpecError, match=r"'t' is not an input"):
        parse_formula("f(t) = t", inputs=Names("x"))
    noted = parse_formula("h = x + 1\ny = x", outputs=Names("y"))
    assert noted.notes == ("h is defined but not used",)


def test_intermediate_values_keep_their_names() -> None:
    text = "a⁽¹⁾₁ = tanh(w·x)\na⁽¹⁾₂ = tanh(v·x)\nhelp = a⁽¹⁾₁·a⁽¹⁾₂\ny = help + a⁽¹⁾₁"
    formula = layered(parse_formula(text).formula)
    assert formula.text() == text
    assert formula.bindings[1].names == Names("a", 1, (2,))


def test_spans_and_digits() -> None:
    text = "y = 0.50*x + 2.5e-1*exp(0.5*x) + 3"
    parsed = parse_formula(text)
    formula = parsed.formula
    shown = {text[start:stop] for start, stop in parsed.spans.values()}
    assert {"0.50*x", "exp(0.5*x)", "0.50*x + 2.5e-1*exp(0.5*x) + 3", "x", "3"} <= shown
    assert {float(formula.graph.number(node)): half for node, half in parsed.digits.items()} == {
        0.5: Fraction(1, 20), 0.25: Fraction(1, 200),
    }  # fmt: skip


def test_every_place_of_an_operation_is_known() -> None:
    text = "y_1 = exp(w*x)\ny_2 = w*x + exp(w*x)"
    parsed = parse_formula(text)
    found = {text[slice(*parsed.spans[node])]: spans for node, spans in parsed.again.items()}
    assert {word: [start for start, _ in spans] for word, spans in found.items()} == {
        "w*x": [21, 31], "exp(w*x)": [27],
    }  # fmt: skip
    assert {name: text[slice(*span)] for name, span in parsed.equations.items()} == {
        "y_1": "y_1 = exp(w*x)", "y_2": "y_2 = w*x + exp(w*x)",
    }  # fmt: skip
    alone = parse_formula("\n w*x + 1")
    assert [alone.text[slice(*span)].strip() for span in alone.equations.values()] == ["w*x + 1"]


def test_long_text_is_refused_at_once() -> None:
    with pytest.raises(SpecError, match="at most 1,000,000 are read"):
        parse_formula("x" * 1_000_001)


def test_deep_text_is_refused_but_not_without_a_limit() -> None:
    deep = "exp(" * 6000 + "x" + ")" * 6000
    with pytest.raises(SpecError, match="nested more than 5,000 operations deep"):
        parse_formula(deep)
    assert parse_formula(deep, longest=None).formula.size.height == 6000


@pytest.mark.parametrize("unit", ["w1_{0}_{1}*x_{1} + ", "w⁽¹⁾₁₁·σ(x₁) + ", "-1.{0}{1}*x_{0} + "])
def test_long_sums_are_read_in_linear_time(unit: str) -> None:
    """How fast that is, the benchmarks say."""
    calls = []
    count = many(5_000, 2_500)
    for terms in (count, 2 * count):
        text = "".join(unit.format(n % 300 + 1, n % 40 + 1) for n in range(terms)) + "b"
        calls.append(Work(partial(parse_formula, text)).calls)
    assert calls[1] < 2.1 * calls[0]


#: Words that are a weight and an input, with what else stands in the text, and what they are.
SPLIT = {
    "y = mx + c": "m*x + c", "mx + b": "m*x + b", "wx": "w*x", "ax^2 + bx + c": "a*x^2 + b*x + c",
    "ax1 + bx2": "a*x1 + b*x2", "ax_1 + bx_2": "a*x_1 + b*x_2", "WX + B": "W*X + B",
    "ax + by + c": "a*x + b*y + c", "tanh(wx + b)": "tanh(w*x + b)", "2mx": "2*m*x",
    "f(u, v) = au + bv": "f(u, v) = a*u + b*v", "f(x, y) = ax + ay": "f(x, y) = a*x + a*y",
    "m = 2\ny = mx": "m = 2\ny = m*x",
}  # fmt: skip
#: Words that may be a name as well.
ASKED = ["vx + vy", "ax1 + ax2", "wx*x", "x*wx + b", "dx + 1", "ex + 1", "fx + c"]
#: Words that are names.
WHOLE = ["wx*h + wh*b", "f(u) = mx*u", "max(mean, 1)", "by + c", "abx + 1"]


@pytest.mark.parametrize(("text", "meant"), SPLIT.items())
def test_a_letter_before_an_input_is_a_weight(text: str, meant: str) -> None:
    read, wanted = parse_formula(text), parse_formula(meant)
    assert read.formula.text(ascii=True) == wanted.formula.text(ascii=True)
    assert any("was read as" in note for note in read.notes)


@pytest.mark.parametrize("text", ASKED)
def test_a_word_that_may_be_a_product_or_a_name_is_asked(text: str) -> None:
    with pytest.raises(SpecError, match=r"can be \w\*\w+, or a name") as error:
        parse_formula(text)
    assert "^" in str(error.value) and "write" in str(error.value)


@pytest.mark.parametrize("text", WHOLE)
def test_other_words_are_names(text: str) -> None:
    assert not any("was read as" in note for note in parse_formula(text).notes)


def test_a_name_called_e_is_said_to_be_a_number() -> None:
    said = "e was read as the number 2.718…; call it otherwise if it is a name"
    for text in ("e*x", "a + e", "b*x + c*e", "e*x + e"):
        assert parse_formula(text).notes == (said,)
    for text in ("e^x", "e**-x", "math.e*x", "exp(x)", "1/(1 + e^-x)"):
        assert said not in parse_formula(text).notes
