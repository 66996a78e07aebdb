"""MathML, which is read back from its tree alone; and the words that stand for a formula."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as Tree

import pytest

import netsym
from netsym.files import latex_of_names
from netsym.graph.functions import ACTIVATIONS
from netsym.path import network_of
from netsym.writers.array_spoken import ArraySpoken
from netsym.writers.latex_in_mathml import in_mathml
from netsym.writers.latex_in_words import in_words
from netsym.writers.spoken import LONGEST, alternative
from tests.effort import many
from tests.recognise.stacks import stack
from tests.small_networks import small_network

SAME = ("structural", "identical", "exact-on-regions")
#: What MathML Core has, of what may be used here.
ELEMENTS = {"math", "mrow", "mi", "mn", "mo", "mfrac", "msup", "msub", "msubsup", "mover", "msqrt",
            "mtable", "mtr", "mtd", "mphantom", "mspace", "munder", "munderover",
            "mtext"}  # fmt: skip
CHILDREN = {"mfrac": 2, "msup": 2, "msub": 2, "msubsup": 3, "mover": 2, "munder": 2,
            "munderover": 3}  # fmt: skip
_SIGNS = {"⋅": r" \cdot ", "\u2062": r"\,", "\u2061": "", "−": "-", "∂": r"\partial "}
_WORDS = {"σ": r"\sigma ", "π": r"\pi ", "tanh": r"\tanh"}


def latex(node: Tree.Element) -> str:
    """LaTeX with the meaning of a tree."""
    inside = [latex(child) for child in node]
    match node.tag:
        case "mn":
            return node.text or ""
        case "mi":
            text = node.text or ""
            return _WORDS.get(text) or (text if len(text) == 1 else rf"\operatorname{{{text}}}")
        case "mo":
            return _SIGNS.get(node.text or "", node.text or "")
        case "mphantom":
            return ""
        case "mspace":
            return r"\,"
        case "munder":  # a brace, then its label, which is a name that the network knows
            return inside[0]
        case "mfrac":
            return rf"\frac{{{inside[0]}}}{{{inside[1]}}}"
        case "msup":
            return f"{inside[0]}^{{{inside[1]}}}"
        case "msub":
            return f"{inside[0]}_{{{inside[1]}}}"
        case "msubsup":
            return f"{inside[0]}_{{{inside[1]}}}^{{{inside[2]}}}"
        case "mover":
            return rf"\hat{{{inside[0]}}}"
        case "msqrt":
            return rf"\sqrt{{{''.join(inside)}}}"
        case "mtable" if node.get("displaystyle") and _is_of_equations(node):
            return " \\\\\n".join(inside)
        case _:
            return "".join(inside)


def _is_of_equations(table: Tree.Element) -> bool:
    return len(table[0]) == 2


def tree(text: str) -> Tree.Element:
    """The tree of a text, which is well formed and has only what MathML Core knows."""
    root = Tree.fromstring(text)
    for node in root.iter():
        assert node.tag in ELEMENTS
        assert len(node) == CHILDREN.get(node.tag, len(node)), node.tag
        assert node.tag not in ("mi", "mn", "mo") or (node.text and not len(node))
    return root


@pytest.mark.parametrize("seed", range(many(120, 4)))
def test_it_is_read_back_as_the_network(seed: int) -> None:
    made = stack(seed)
    form = made.network.layered if seed % 2 else made.network.inlined
    if form.size.nodes > 3_000:
        return
    written = latex(tree("".join(form.write("mathml"))))
    assert netsym.compare(form, written).verdict in SAME, written


@pytest.mark.parametrize("seed", range(many(120, 4)))
def test_latex_in_mathml_is_read_back_as_the_network(seed: int) -> None:
    made = stack(seed)
    form = made.network.layered if seed % 2 else made.network.inlined
    if form.size.nodes > 3_000:
        return
    given = form.latex(color=True)
    written = latex(tree(f"<math>{in_mathml(given)}</math>"))
    assert netsym.compare(form, written).verdict in SAME, written


@pytest.mark.parametrize("seed", range(many(80, 4)))
def test_latex_of_every_family_is_well_formed_and_said(seed: int) -> None:
    network = small_network(seed).network
    for given in (network.layered.latex(), network.matrices.latex()):
        tree(f"<math>{in_mathml(given)}</math>")
        said = in_words(given)
        assert " equals " in said
        assert not set(said) & set("\\{}&^_$"), said


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_every_activation_is_read_back(activation: str) -> None:
    network = netsym.parse(f"2-2{activation}-1")
    written = latex(tree("".join(network.layered.write("mathml"))))
    assert netsym.compare(network, written).verdict in SAME, written


@pytest.mark.parametrize(
    "formula",
    [
        "log(x^2)/(x - 1)^2 - 3*x*0.5 - 1e-5*x - 2*3",
        "x*(-1e-5) + (-2)^3*x - (-x)^2 + 2^-x",
        "sqrt(abs(x + 1)) + abs(-x) - sqrt(2)/3*x",
        "max(x, 0, -x) + min(x, 1) + leaky_relu(x, 0.1)",
        "-(x - 1)*(x + 1)/((x + 2)/(x - 3))",
        "exp(-(x/2)^2)^2 + (x^2)^3 + x^(2^3)",
        "clip(x, 0, 1) + heaviside(x) + sign(x)*pi",
    ],
)
def test_formulas_are_read_back(formula: str) -> None:
    written = latex(tree("".join(network_of(formula).inlined.write("mathml"))))
    assert netsym.compare(formula, written).verdict in SAME, written


@pytest.mark.parametrize("seed", range(many(80, 4)))
def test_every_family_of_layers_is_well_formed(seed: int) -> None:
    tree("".join(small_network(seed).network.layered.write("mathml")))


@pytest.mark.parametrize("shorthand", ["9-5relu-2", "3-4tanh-4tanh+-2", "9-5tanh-3softmax"])
def test_whole_arrays_are_read_back(shorthand: str) -> None:
    network = netsym.parse(shorthand)
    form = replace(network.matrices.inlined, shapes=())
    written = latex(tree("".join(form.write("mathml"))))
    assert netsym.check(network, written).equal, written


@pytest.mark.parametrize("seed", range(many(80, 4)))
def test_whole_arrays_of_every_family_are_well_formed(seed: int) -> None:
    form = small_network(seed).network.matrices
    math = tree("".join(form.write("mathml")))
    assert math.get("alttext") == alternative(form, ArraySpoken)
    rows = len(form.bindings) + len(form.outputs)
    assert len(math[0]) >= rows


def test_whole_arrays_say_what_arrays_they_are() -> None:
    math = tree("".join(netsym.parse("9-5relu-2").matrices.write("mathml")))
    shapes = ["".join(row.itertext()) for row in math[0] if "∈" in "".join(row.itertext())]
    assert shapes == ["x∈𝐑9", "W[1]∈𝐑5×9,b[1]∈𝐑5", "W[2]∈𝐑2×5,b[2]∈𝐑2"]


def test_operations_of_whole_arrays() -> None:
    gradient = netsym.parse("2-3-1:sigmoid").matrices.gradient("W1")
    assert "".join(gradient.write("words")).splitlines()[3:] == [
        "delta 1 equals open bracket, W 2 transposed times delta 2, close bracket times element by "
        "element a 1 times element by element open bracket, 1, minus a 1, close bracket;",
        "the derivative of y hat by W 1 equals delta 1 times x transposed",
    ]
    shown = "".join(tree("".join(gradient.write("mathml"))).itertext())
    assert "(W[2])T" in shown and "⊙" in shown and "xT" in shown
    cost = netsym.cost("1-1:sigmoid", "bce", examples=3).matrices
    assert "∑i=1m" in "".join(tree("".join(cost.write("mathml"))).itertext())


def test_names_of_others_are_harmless() -> None:
    assert (
        in_mathml("<script>&")
        == "<mo>&lt;</mo>"
        + "".join(f"<mi>{letter}</mi>" for letter in "script")
        + "<mo>&gt;</mo><mo>&amp;</mo>"
    )


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (r"\mathbf{W}_{1}", "<msub><mi>\U0001d416</mi><mn>1</mn></msub>"),
        (r"\Gamma", "<mi>Γ</mi>"),
        (r"\lambda_{\text{max}}", "<msub><mi>λ</mi><mi>max</mi></msub>"),
        (r"\mathcal{L}", "<mi>ℒ</mi>"),
        (r"\mathrm{key\_words}", "<mi>key_words</mi>"),
        (r"x_{t-1,2}", "<msub><mi>x</mi><mrow><mi>t</mi><mo>−</mo><mn>1</mn><mo>,</mo>"
                       "<mn>2</mn></mrow></msub>"),
        ("W''_{1}^{[2]}", "<msubsup><mi>W</mi><mn>1</mn><mrow><mo>′</mo><mo>′</mo><mn>[2]</mn>"
                          "</mrow></msubsup>"),
        (r"\operatorname{GELU}_{\tanh}", "<msub><mi>GELU</mi><mi>tanh</mi></msub>"),
    ],
)  # fmt: skip
def test_names_as_they_are_shown(name: str, shown: str) -> None:
    assert in_mathml(name) == shown


def test_every_command_that_a_spec_may_use_is_shown() -> None:
    """A command that is not known would stand there as a word."""
    for word in f"{latex_of_names._SYMBOLS} {' '.join(latex_of_names._LETTERS)}".split():
        assert word not in in_mathml(rf"\{word}"), word
    for word in latex_of_names._TAKING.split():
        assert word not in in_mathml(rf"\{word}{{q}}"), word


def test_what_changes_nothing_is_left_out() -> None:
    network = network_of("1*x^2 + 0 + (-1)*(x^2 + 1)*w + 0*1 - 0.5*x*1")
    shown = "".join(tree("".join(network.inlined.write("mathml"))).itertext())
    assert "".join(shown.split()).replace("\u2062", "") == "y^=x2−(x2+1)w−0.5x"


def test_a_wide_sum_is_a_column() -> None:
    written = "".join(netsym.parse("9-1").inlined.write("mathml"))
    assert len(tree(written).findall(".//mtable")) == 2
    narrow = "".join(netsym.parse("2-1").inlined.write("mathml"))
    assert len(tree(narrow).findall(".//mtable")) == 1


def test_words() -> None:
    form = network_of("f(x) = log(x^2)/(x - 1) - 3*sigma_2").inlined
    assert alternative(form) == (
        "f of x equals the fraction, the logarithm of, x to the power of 2, end, over, "
        "x, minus 1, end, minus 3 times sigma 2"
    )
    math = tree("".join(form.write("mathml")))
    assert math.get("alttext") == alternative(form)


def test_long_formulas_have_short_words() -> None:
    said = alternative(netsym.parse("2-20x3-1:tanh").inlined)
    assert len(said) < LONGEST
    assert said.endswith("and so on: a long formula")


def test_words_of_derivatives() -> None:
    network = netsym.cost(netsym.parse("1-1:sigmoid"), "bce")
    said = "".join(network.inlined.gradient("w1_1_1").write("words"))
    assert said.startswith("the derivative of J by w 1 1 1 equals ")
