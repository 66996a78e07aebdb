"""What other languages write is read as the plain formula, node for node, with the carets in it."""

from __future__ import annotations

import pytest

import netsym
from netsym import SpecError
from netsym.files.files import loads
from netsym.forms.form import inlined, layered
from netsym.forms.shifted import shifted
from netsym.graph.functions import ACTIVATIONS
from netsym.graph.names import Names, literal
from netsym.readers import shorthand
from netsym.typed.greek import GREEK_COMMANDS, GREEK_LETTERS
from tests.typed import parse_formula
from tests.typed.test_parse import ascii_of

PLAIN = "1.5*tanh(2*x1 + 0.5) - 0.5*tanh(-1*x1 + 0.25) + 0.1"

#: One network of numbers, in every language.
LANGUAGES = {
    "Excel": "=1.5*TANH(2*x1+0.5)-0.5*TANH(-1*x1+0.25)+0.1",
    "Excel, a fixed cell": "=1.5*TANH(2*$x$1+0.5)-0.5*TANH(-1*x$1+0.25)+0.1",
    "Excel, decimal commas": "=1,5*TANH(2*x1+0,5)-0,5*TANH(-1*x1+0,25)+0,1",
    "MATLAB": "y = 1.5.*tansig(2.*x1+0.5)-0.5.*tanh(-1.*x1'+0.25)+0.1;",
    "MATLAB, lines and remarks": "% the network\ny = 1.5*tanh(2*x1 + 0.5) ...\n"
                                 "    - 0.5*tanh(-1*x1 + 0.25) + 0.1; % the output",
    "MATLAB, a handle": "f = @(x1) 1.5*tanh(2*x1+0.5) - 0.5*tanh(-1*x1+0.25) + 0.1;",
    "Julia": "f(x1) = 1.5 .* tanh.(2x1 .+ 0.5) .- 0.5 .* tanh.(-1x1 .+ 0.25) .+ 0.1",
    "R": "y <- 1.5*tanh(2*x1+0.5)-0.5*tanh(-1*x1+0.25)+0.1",
    "R, a function": "f <- function(x1) { 1.5*tanh(2*x1+0.5) - 0.5*tanh(-1*x1+0.25) + 0.1 }",
    "Maple": "y := 1.5*tanh(2*x1+0.5)-0.5*tanh(-1*x1+0.25)+0.1",
    "Python": "y = 1.5*np.tanh(2*x1+0.5)-0.5*math.tanh(-1*x1+0.25)+0.1",
    "torch": "y = 1.5*torch.tanh(2*x1+0.5)-0.5*torch.nn.functional.tanh(-1*x1+0.25)+0.1",
    "lambda": "f = lambda x1: 1.5*tanh(2*x1+0.5)-0.5*tanh(-1*x1+0.25)+0.1",
    "def": "import numpy as np\n\ndef f(x1: float) -> float:\n"
           "    h = np.tanh(2*x1 + 0.5)\n"
           "    return 1.5*h - 0.5*np.tanh(-1*x1 + 0.25) + 0.1",
    "C": "y = 1.5f*tanhf(2.0f*x1+0.5f)-0.5f*tanhf(-1.0f*x1+0.25f)+0.1f;",
    "C, declarations": "const double h = tanh(2*x1 + 0.5);\n"
                       "double y = 1.5*h - 0.5*tanh(-1*x1 + 0.25) + 0.1;",
    "C, a function": "double f(double x1) {\n  double h = tanh(2*x1 + 0.5);\n"
                     "  return 1.5*h - 0.5*tanh(-1*x1 + 0.25) + 0.1;\n}",
    "JavaScript": "const y = 1.5*Math.tanh(2*x1+0.5) - 0.5*Math.tanh(-1*x1+0.25) + 0.1; // x1 in m",
    "JMP": "y = 1.5*TanH(2*:x1+0.5)-0.5*TanH(-1*:x1+0.25)+0.1",
    "Mathematica": "y = 1.5*Tanh[2*x1+0.5]-0.5*Tanh[-1*x1+0.25]+0.1",
    "sympy": "1.5*tanh(2*x1 + 0.5) - 0.5*tanh(-1*x1 + 0.25) + 0.1",
    "any order": "y = 1.5*h_1 - 0.5*h_2 + 0.1\nh_2 = tanh(-1*x1 + 0.25)\nh_1 = tanh(2*x1 + 0.5)",
    "where": "y = 1.5*g - 0.5*h + 0.1, where g = tanh(2*x1 + 0.5) and h = tanh(-1*x1 + 0.25)",
    "a function of one's own": "s(z) = tanh(z)\ny = 1.5*s(2*x1 + 0.5) - 0.5*s(-1*x1 + 0.25) + 0.1",
}  # fmt: skip


@pytest.mark.parametrize("text", LANGUAGES.values(), ids=LANGUAGES)
def test_languages(text: str) -> None:
    assert ascii_of(text).partition(" = ")[2] == PLAIN


SPELLINGS = [
    ("max(0, x)", "if(x > 0, x, 0)", "IF(x>=0;x;0)", "x > 0 ? x : 0", "x if x > 0 else 0",
     "0 if x < 0 else x", "if (x > 0) x else 0", "np.where(x > 0, x, 0)", "ifelse(x>0, x, 0)",
     "Piecewise((x, x > 0), (0, True))", "Piecewise((0, x < 0), (x, x >= 0))", "fmax(0, x)",
     "np.maximum(0, x)", "fmaxf(0.0f, x)", r"\begin{cases} x & x > 0 \\ 0 & x \le 0 \end{cases}",
     r"\begin{cases} 0, & \text{if } x < 0, \\ x, & \text{otherwise} \end{cases}",
     r"\left\{\begin{array}{ll} x & \text{for } x \geq 0 \\ 0 & x < 0 \end{array}\right."),
    ("step(-1 - x)*(-1) + (1 - step(-1 - x))*((heaviside(x + 1)*heaviside(1 - x))*x + "
     "(1 - heaviside(x + 1)*heaviside(1 - x)))", "-1 if x <= -1\n x if -1 < x < 1\n 1 if x >= 1",
     "y = -1, if x <= -1\n    x, if -1 < x < 1\n    1, if x >= 1",
     r"\begin{cases} -1 & x \leq -1 \\ x & -1 < x < 1 \\ 1 & x \geq 1 \end{cases}"),
    ("min(x, y)", "x < y ? x : y", "x if x <= y else y"),
    ("leaky_relu(x, 0.1)", "x if x > 0 else 0.1*x", "x < 0 ? 0.1*x : x", "=IF(x>0;x;0,1*x)"),
    ("elu(x, 2)", "x > 0 ? x : 2*(exp(x) - 1)", "x if x > 0 else 2*expm1(x)"),
    ("elu(x, 1)", "x > 0 ? x : exp(x) - 1", "x > 0 ? x : -1 + exp(x)"),
    ("abs(x)", "x >= 0 ? x : -x", "fabs(x)", "|x|", r"\left|x\right|"),
    ("heaviside(x)*a + (1 - heaviside(x))*b", "x > 0 ? a : b", "a if x > 0 else b"),
    ("(heaviside(x)*heaviside(5 - x))*a + (1 - heaviside(x)*heaviside(5 - x))*b",
     "a if 0 < x < 5 else b", "a if x > 0 and x < 5 else b", "x > 0 && x < 5 ? a : b",
     "np.where((x > 0) & (x < 5), a, b)", "=IF(AND(x>0;x<5);a;b)", "(0 < x and x < 5) ? a : b",
     r"\begin{cases} a & x > 0 \text{ and } x < 5 \\ b & \text{otherwise} \end{cases}",
     r"\begin{cases} a & 0 < x \land x < 5 \\ b & \text{else} \end{cases}"),
    ("heaviside(x)*x", "(x > 0).*x", "(x>0)*x"),
    ("step(x - 2)*heaviside(5 - x)", "2 <= x < 5", "(2 <= x < 5)"),
    ("step(x - 1)*2 + (1 - step(x - 1))*(step(-1 - x)*3 + (1 - step(-1 - x))*4)",
     "x >= 1 ? 2 : x <= -1 ? 3 : 4", "2 if x >= 1 else 3 if x <= -1 else 4"),
    ("sigmoid(x)", "plogis(x)", "sigma(x)", "logsig(x)", "sigm(x)", "expit(x)", "σ(x)",
     r"\sigma(x)", r"\operatorname{sigmoid}(x)", r"\text{sigmoid}(x)", r"\mathrm{logistic}(x)",
     r"\sigma x"),
    ("gaussian(x)", "radbas(x)"),
    ("relu(x)", "poslin(x)", "F.relu(x)", "tf.nn.relu(x)", r"\text{ReLU}(x)"),
    ("x**3", "pow(x, 3)", "POWER(x;3)", "x.^3", "Math.pow(x, 3)", "x³"),
    ("exp(x)", "expf(x)", "e^x", "e^{x}",
     "Math.E**x", "pow(e, x)", "np.e**x", r"e^{x}", r"\exp{x}"),
    ("log(1 + x)", "log1p(x)", "np.log1p(x)"),
    ("tanh(x)**2", r"\tanh^2 x", r"\tanh^{2}(x)", r"\tanh^2{x}", "tanh^2(x)", "tanh²(x)"),
    ("sin(2*x)", r"\sin 2x", r"\sin(2x)", "sin 2x"),
    ("w_11*x", "w_11x", "w_11 x", "w_{11}x", "w_{11}*x", r"w_{11} x", "w_{11} * x"),
    ("w_1*(x + 1)", "w_1(x+1)", "w_1 (x + 1)", r"w_1(x+1)\,", r"w_{1}\,(x+1)"),
    ("theta_0 + theta_1*x", "θ_0 + θ_1*x", "θ₀ + θ₁x", "θ_0+θ_1 x", r"\theta_0 + \theta_{1} x",
     r"\boldsymbol{\theta}_0 + \boldsymbol\theta_1 x", "θ_{0} + θ_{1}*x"),
    ("W*x + b_1", r"\mathbf W x + \mathbf{b}_{1}", r"\mathbf{W}\mathbf{x} + \mathbf b_1"),
    ("(a + 1)/(b/c)", r"{a + 1 \over {b \over c}}", r"\frac{a + 1}{{b \over c}}"),
    ("x_1*w_1 + x_2*w_2", "x[0]*w[0] + x[1]*w[1]", "x[1]*w[1] + x[2]*w[2]"),
    ("w_1_2*x_1", "w[1,2]*x[1]", "w[1][2]*x[1]", "w[0][1]*x[0]"),
    ("exp(-net)", "e^{-net}", "e**-net"),
    ("exp(a)/(exp(a) + exp(b))\ny_2 = exp(b)/(exp(a) + exp(b))", "softmax(a, b)",
     "F.softmax(a, b)"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("plain", "text"), [(row[0], text) for row in SPELLINGS for text in row[1:]]
)
def test_spellings(plain: str, text: str) -> None:
    wanted = f"y_1 = {plain}" if "\n" in plain else ascii_of(plain)
    assert ascii_of(text) == wanted


LEFT_SIDES = ["f(x) =", "Z(i) =", "y[0] =", "f(w_1, x) =", "output =", "z_3 =", r"ŷ =", "y(1) ="]


@pytest.mark.parametrize("left", LEFT_SIDES)
def test_any_left_side(left: str) -> None:
    known = {"known": [literal("w_1")], "inputs": Names("x"), "outputs": Names("y")}
    read = parse_formula(f"{left} 2*w_1*x", **known).formula
    assert read.text(ascii=True).partition(" = ")[2] == "2*w_1*x"


def test_names_of_a_network_in_other_spellings() -> None:
    known = {
        "known": [literal("w_11", "b"), Names("w", 1, (2, 2)), Names("b", 1, (2,))],
        "inputs": Names("x", None, (2,)),
    }
    expected = "y = w_11*x_1 + w1_1_2*x_2 + b1_2"
    for text in (
        "w11*x1 + w112*x2 + b12", "w_{11}x_{1} + w_{112}x_{2} + b_{12}",
        "w_11*x[0] + w[0][0][1]*x[1] + b[0][1]", "w_11*x(1) + W1(1,2)*x(2) + b1(2)",
        "w_11x_1 + w⁽¹⁾₁₂x₂ + b⁽¹⁾₂", "w_11 x_1 + w^{[1]}_{12} x_2 + b_{2}^{[1]}",
    ):  # fmt: skip
        assert parse_formula(text, **known).formula.text(ascii=True) == expected


def test_every_greek_letter_is_a_name() -> None:
    for letter, word in GREEK_LETTERS.items():
        assert ascii_of(f"{letter}_1*x") == f"y = {word.rstrip('_')}_1*x"
    for command, word in GREEK_COMMANDS.items():
        assert ascii_of(f"{command}_{{1}} x") == f"y = {word.rstrip('_')}_1*x"


@pytest.mark.parametrize("activation", list(ACTIVATIONS))
@pytest.mark.parametrize("form", ["inlined", "layered"])
def test_own_python_is_read(activation: str, form: str) -> None:
    """The functions that it defines above are those of the table, as they stand there."""
    network = shorthand.parse(f"2-2{activation}-2tanh")
    for expand in (False, True):
        formula = network.formula(form, expand)
        read = parse_formula(
            "".join(formula.write("python")), known=network.symbol_names()[1:],
            inputs=network.input_names, outputs=network.output_names,
        )  # fmt: skip
        assert not read.notes
        if activation == "softmax":  # it is written so that no exponential overflows, in names
            expected = shifted(network.formula("inlined", expand))[0]
            assert inlined(read.formula).text(ascii=True) == expected.text(ascii=True)
            continue
        again = read.formula if form == "inlined" else layered(read.formula)
        assert again.text(ascii=True) == formula.text(ascii=True)


@pytest.mark.parametrize("activation", list(ACTIVATIONS))
@pytest.mark.parametrize("form", ["inlined", "layered"])
def test_own_script_for_sympy_is_read(activation: str, form: str) -> None:
    network = shorthand.parse(f"2-2{activation}-2tanh")
    script = "".join(network.formula(form).write("sympy"))
    assert netsym.compare(network, script).verdict in ("structural", "identical")


def test_fractions_and_floats_of_a_script_for_sympy_are_numbers() -> None:
    formula = parse_formula("f(x) = max(1/3*x, -0.1, -1/7)*step(x) - 1/(2 - x)*3*x").formula
    script = "".join(formula.write("sympy"))
    assert parse_formula(script).formula.text(ascii=True)[4:] == formula.text(ascii=True)[7:]


PIECES = "netsym = 1\ninputs = 1\n" + "".join(
    f"[[layers]]\ntype = 'dense'\nactivation = '{activation}'\nweights = {weights}\nbias = {bias}\n"
    for activation, weights, bias in (
        ("relu", "[[2], [-1]]", "[0.5, 0.25]"), ("linear", "[[1.5, -0.5]]", "[0]"),
    )
)  # fmt: skip


@pytest.mark.parametrize("language", ["text", "latex"])
def test_own_pieces_are_read(language: str) -> None:
    network = loads(PIECES)
    pieces = getattr(netsym.regions(network), language)()
    assert "if" in pieces
    assert netsym.compare(network, pieces).verdict.startswith("exact")


def test_another_function_of_a_known_name_is_what_the_text_defines() -> None:
    wrong = "def sigmoid(z):\n    return 1/(1 + exp(z))\n\ndef f(x):\n    return sigmoid(x)"
    assert ascii_of(wrong) == "y = 1/(1 + exp(x))"
    assert ascii_of("σ(z) = 1/(1 + 2^-z)\ny = σ(3*x)") == "y = 1/(1 + 2**(-(3*x)))"


REFUSED = [
    ("0,5*max(0,5*x)", "this comma can separate two values, or be that of a decimal\n"
                       "  0,5*max(0,5*x)\n           ^\nseparate values by ; where decimals have "
                       "commas, or write decimals with a point"),
    ("=1,234*A1", "this comma can be that of a decimal, or of thousands\n  =1,234*A1\n    ^\n"
                  "write 1.234, or 1234"),
    ("=1+-A1^2", "-A1^2 is (-…)^… in a sheet, and -(A1^2) elsewhere\n  =1+-A1^2\n     ^  ^\n"
                 "put what is meant into parentheses"),
    ("=2^A1^2", "powers of powers are read from the left in a sheet, and from the right "
                "elsewhere\n  =2^A1^2\n    ^  ^\nput what is meant into parentheses"),
    ("=LOG(A1)", "LOG is the logarithm of base 10 in a sheet, and the natural one here\n"
                 "  =LOG(A1)\n   ^^^\nwrite LN(z), or LN(z)/LN(10)"),
    ("1.5*f + 2.0f", "2.0f can be the number 2.0 of C, or 2.0*f\n  1.5*f + 2.0f\n"
                     "             ^\nwrite one of these"),
    ("x % 2", "'%' can begin a remark, or stand for a remainder\n  x % 2\n    ^\n"
              "begin a remark with #; networks have no such remainders or quotients"),
    ("a // b", "'//' can begin a remark, or stand for a whole quotient\n  a // b\n    ^^\n"
               "begin a remark with #; networks have no such remainders or quotients"),
    ("f'(x)", "\"'\" has no meaning here\n  f'(x)\n   ^\n"
              "a formula has no quotes, and a derivative has its own name"),
    ("2 + w(x)", "'w' can be a factor or a function here\n  2 + w(x)\n      ^\n"
                 "write w*(x), or define w(x) = …"),
    ("2 + x(1)", "'x' can be a factor here, or a value with an index\n  2 + x(1)\n      ^\n"
                 "write x*(1), or x_1"),
    ("W(1,2)", "'W' can be a factor here, or a value with an index\n  W(1,2)\n  ^\n"
               "write W*(1), or W_1_2"),
    (r"\alpha w(x)", "'w' can be a factor or a function here\n  \\alpha w(x)\n         ^\n"
                     "write w*(x), or define w(x) = …"),
    ("tanh w x", "what tanh takes in 'tanh w x' is not clear\n  tanh w x\n  ^^^^\n"
                 "write tanh(w)*x, or tanh(w*x)"),
    (r"\tan^{-1}(x)", "tan with the exponent -1 can be 1/tan(…), or its inverse\n"
                      "  \\tan^{-1}(x)\n  ^^^^\n"
                      "write one of these; the inverse of tan is atan"),
    ("1 + (a if b else c)", "a condition compares two values, as in z > 0\n"
                            "  1 + (a if b else c)\n       ^^^^^^^^^^^^^"),
    ("a if x > 0 and y else b", "a condition compares two values, as in z > 0\n"
                                "  a if x > 0 and y else b\n  ^^^^^^^^^^^^^^^^"),
    ('x + "a"', "'\"' has no meaning in a formula\n  x + \"a\"\n      ^\na formula has no quotes"),
    ("a if b > 0", "a choice a if c else b has no else\n  a if b > 0\n  ^^^^^^^^^^"),
    ("x > 0 ? x", "a choice c ? a : b has no :\n  x > 0 ? x\n  ^^^^^^^^^"),
    ("2 + x : y", "this ':' belongs to no choice\n  2 + x : y\n  ^^^^^^^^^"),
    ("y = 0 if x < 0\n    x if x > 1", "the cases leave out some values; let the last be "
                                       "otherwise\n  line 1: y = 0 if x < 0\n"
                                       "              ^^^^^^^^^^"),
    ("IF(x > 0)", "if takes 3 values, not 1\n  IF(x > 0)\n  ^^^^^^^^^"),
    ("s(z) = 2*z\ny = s(1, 2)", "s takes 1 value, not 2\n  line 2: y = s(1, 2)\n"
                                "              ^^^^^^^"),
    (r"1\,000 x", "nothing joins '1' and '000'\n  1\\,000 x\n  ^  ^^^\n"
                  "write * between them for a product"),
    (r"a \over b", "\\over belongs between braces\n  a \\over b\n    ^^^^^\n"
                   r"as in {a \over b}, or \frac{a}{b}"),
    ("np.foo(x)", "no function called 'foo'\n  np.foo(x)\n     ^^^"),
    ("=1,5*SIGMOD(A1)", "no function called 'SIGMOD'\n  =1,5*SIGMOD(A1)\n       ^^^^^^\n"
                        "did you mean 'sigmoid'?"),
    ("x[0] + tahn(2)", "no function called 'tahn'\n  x[0] + tahn(2)\n         ^^^^"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), REFUSED, ids=[text for text, _ in REFUSED])
def test_two_readings_are_refused_and_both_named(text: str, message: str) -> None:
    with pytest.raises(SpecError) as error:
        parse_formula(text)
    assert str(error.value).startswith(message)


def test_carets_stand_in_the_text_as_typed() -> None:
    text = "y <- 1,5*fmaxf(0; $A$1') + IF(b<-1; 2; 3)"
    parsed = parse_formula(text)
    assert parsed.text == text
    shown = {text[start:stop] for start, stop in parsed.spans.values()}
    assert {"1,5", "$A$1", "fmaxf(0; $A$1')", "b", "IF(b<-1; 2; 3)"} <= shown
    latex = r"\tanh^2 w_{1} + \begin{cases} x & x > 0 \\ 0 & x \le 0 \end{cases}"
    shown = {latex[start:stop] for start, stop in parse_formula(latex).spans.values()}
    assert {r"\tanh^2 w_{1}", "w_{1}", latex[latex.index(r"\begin") :]} <= shown


def test_outputs_in_any_order_and_spelling() -> None:
    known = {"inputs": Names("x"), "outputs": Names("y", None, (2,))}
    for text in (
        "y2 = x\ny1 = 2*x",
        "y[1] = x; y[0] = 2*x",
        "y_{2} = x\ny_{1} = 2x",
        "ŷ₂ = x\nŷ₁ = 2x",
    ):
        found = parse_formula(text, **known).formula.outputs
        assert {output.name: output.node for output in found}.keys() == {"y_1", "y_2"}
        first = next(output for output in found if output.name == "y_1")
        formula = parse_formula(text, **known).formula
        assert formula.graph.block_of(first.node).op == "multiply"


def test_an_arrow_is_a_sign_of_comparison_but_at_the_beginning() -> None:
    assert ascii_of("x<-1 ? 2 : 3") == ascii_of("2 if x < -1 else 3") == ascii_of("IF(x<-1;2;3)")
    assert ascii_of("y<-1*x") == "y = 1*x"


def test_zero_as_an_index_is_said() -> None:
    assert parse_formula("w[0]*x[0] + b").notes == (
        "w[0] was read as w_1: the indices are counted from 0 here",
    )
    known = {"known": [literal("w_0", "w_1")], "inputs": Names("x")}
    assert parse_formula("w[0] + w[1]*x", **known).formula.text(ascii=True) == "y = w_0 + w_1*x"
    assert parse_formula("w[1]*x", **known).notes == ()


def test_without_known_names_only_inputs_are() -> None:
    with pytest.raises(SpecError) as error:
        parse_formula("2*X1", known=(), inputs=Names("x", None, (2,)))
    assert str(error.value).startswith("unknown name 'X1'\n  2*X1\n    ^^\n")


@pytest.mark.parametrize(
    "text",
    [
        "def f(x):\n    return -2*x + 1",
        "def f(x):\n    h = 2*x\n    return -h + 1",
        "double f(double x) {\n  double h = 2*x;\n  return -h + 1;\n}",
        "return -2*x + 1",
    ],
)
def test_what_is_returned_may_begin_with_a_minus(text: str) -> None:
    """A line that begins with one goes on with the line before, but not behind return."""
    assert netsym.compare(text, "1 - 2*x").verdict in ("structural", "identical")
