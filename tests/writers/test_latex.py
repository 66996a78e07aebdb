"""LaTeX: compiled by pdflatex, read back as mathematics, and its spelling rules."""

from __future__ import annotations

import dataclasses
import random
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from trees import (
    EXPONENTS,
    NAMES,
    NUMBERS,
    PATIENT,
    POINTS,
    TREES,
    Tree,
    built,
    read_by_python,
    worth,
)

import netsym
from netsym.errors import SpecError
from netsym.forms.form import bind
from netsym.formula import Formula
from netsym.graph.graph import Graph
from netsym.graph.names import Names, literal
from netsym.typed.parse import parse_formula
from netsym.writers.latex_pages import preamble
from netsym.writers.latex_widths import width_of
from netsym.writers.palette import LAYERS, LOSS, layer_color
from tests.tex import compiled

GOLDEN = Path(__file__).parents[1] / "golden"
SOURCES = {path.name: path.read_text(encoding="utf-8") for path in sorted(GOLDEN.glob("*.tex"))}
DOCUMENTS = {name: text for name, text in SOURCES.items() if r"\documentclass" in text}
FRAGMENTS = {name: text for name, text in SOURCES.items() if name not in DOCUMENTS}
TEXTWIDTH = 440.0  # pt, of a document


# -- compiling ----------------------------------------------------------------------------------
def measured(fragments: dict[Any, str], folder: Path, name: str, packages: str) -> dict[Any, float]:
    """Compile many fragments of display mathematics in one run; their widths in pt."""
    body = "".join(
        rf"\typeout{{CASE {case}}}\setbox0=\hbox{{$\displaystyle {text.strip()}$}}"
        rf"\typeout{{WIDTH {number} \the\wd0}}\[\copy0\]"
        "\n"
        for number, (case, text) in enumerate(fragments.items())
    )
    start = (
        rf"\documentclass{{article}}{packages}\setlength{{\textwidth}}{{440pt}}\begin{{document}}"
    )
    log = compiled(f"{start}\n{body}\\end{{document}}\n", folder, name)
    found = dict(re.findall(r"WIDTH (\d+) ([\d.]+)pt", log))
    return {case: float(found[str(number)]) for number, case in enumerate(fragments)}


AMSMATH, COLOR = r"\usepackage{amsmath}", r"\usepackage[svgnames]{xcolor}"


@pytest.fixture(scope="module")
def widths(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    folder = tmp_path_factory.mktemp("fragments")
    colored = {name: text for name, text in FRAGMENTS.items() if r"\textcolor" in text}
    plain = {name: text for name, text in FRAGMENTS.items() if name not in colored}
    assert plain and colored
    found = measured(plain, folder, "plain", AMSMATH)
    return found | measured(colored, folder, "colored", AMSMATH + COLOR)


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("documents")
    with ThreadPoolExecutor(2) as pool:
        jobs = {
            name: pool.submit(compiled, text, folder, f"document{number}")
            for number, (name, text) in enumerate(DOCUMENTS.items())
        }
    return {name: job.result() for name, job in jobs.items()}


@pytest.mark.parametrize("name", FRAGMENTS)
def test_a_fragment_compiles_and_fits_the_text(name: str, widths: dict[str, float]) -> None:
    assert 0 < widths[name] <= TEXTWIDTH


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_compiles_and_fits_the_page(name: str, logs: dict[str, str]) -> None:
    assert "Overfull \\hbox" not in logs[name]
    assert "LaTeX Warning" not in logs[name]


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """The widths of all lines of all documents, by (document) and line."""
    found = {}
    for name, text in DOCUMENTS.items():
        body = text.split("\\begin{align*}")[1].split("\\end{align*}")[0].strip()
        for line in re.split(r" ?\\\\(?:\[1ex\])?\n", body):
            found[f"{name}:{len(found)}"] = f"\\begin{{aligned}}{line}\\end{{aligned}}"
    packages = preamble(color=True).partition("\\setlength")[0].partition("\n")[2]
    return measured(found, tmp_path_factory.mktemp("lines"), "lines", packages)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_line_of_a_document_is_wider_than_its_text(name: str, lines: dict[str, float]) -> None:
    """A line of align* that is too wide runs off the page without a word from TeX: measure it."""
    own = {line: width for line, width in lines.items() if line.partition(":")[0] == name}
    assert own
    assert {line: width for line, width in own.items() if width > TEXTWIDTH} == {}


def test_a_line_that_is_too_wide_would_be_seen(tmp_path: Path) -> None:
    long = " + ".join(f"x_{{{n}}}" for n in range(60))
    assert measured({"long": long}, tmp_path, "long", AMSMATH)["long"] > TEXTWIDTH


MEASURED = [
    r"a_{11,12}^{[1]} + b", r"-y \log\bigl(1 - \hat{y}^{(i)}\bigr)", r"\operatorname{softmax}(x)",
    r"\dfrac{\exp(x)}{\exp(x) + \exp(y)}", r"\frac{\partial J}{\partial w_{11}^{[1]}}",
    r"\frac{1}{3} \sum_{i=1}^{3}", r"{\underbrace{\tanh\bigl(w\,x + b\bigr)}_{a_{1}^{[1]}}}",
    r"\begin{bmatrix} 0.5 & -1 \\ 2 & 3 \end{bmatrix} x", r"W \in \mathbf{R}^{3 \times 2}",
    r"\text{sepal length} \odot \lvert f \rvert", r"\sqrt{\sigma_{k} \cdot 10^{-5}}",
    r"\left(\begin{aligned} a & b \\ c \end{aligned}\right)",
]  # fmt: skip


def test_widths_are_those_of_tex_and_rather_larger(tmp_path: Path) -> None:
    found = measured(dict(enumerate(MEASURED)), tmp_path, "wide", AMSMATH)
    for number, text in enumerate(MEASURED):
        assert found[number] - 2 <= width_of(text) <= 1.2 * found[number] + 2, text


@pytest.mark.parametrize("name", SOURCES)
def test_no_package_but_amsmath_and_with_color_xcolor(name: str) -> None:
    text = SOURCES[name]
    used = re.findall(r"\\usepackage(?:\[.*?\])?\{(.*?)\}", text)
    wanted = [] if name in FRAGMENTS else ["amsmath"] + ["xcolor"] * (".color" in name)
    assert used == wanted
    assert (r"\textcolor" in text) == (".color" in name)


# -- pairs --------------------------------------------------------------------------------------
_PAIR = re.compile(
    r"\\(big|Big|bigg|Bigg)([lr])(\\[lr]vert|.)|([(\[]|\\lvert)|([)\]]|\\rvert)|\\(begin|end)\{(\w+)\*?\}|([{}])"
)
_CLOSING = {"(": ")", "[": "]", r"\lvert": r"\rvert", "{": "}"}


def check_pairs(text: str) -> None:
    """Every bracket, brace and environment closes with its own kind and size, properly nested."""
    text = re.sub(r"\^\{[\[(]\d+[\])]\}", "", text)  # the number of a layer
    text = text.replace(r"\\[1ex]", r"\\")
    stack: list[tuple[str, str]] = []
    for match in _PAIR.finditer(text):
        size, side, big, opening, closing, command, environment, brace = match.groups()
        if side == "l" or opening:
            stack.append((size or "", _CLOSING[big or opening]))
        elif side == "r" or closing:
            assert stack.pop() == (size or "", big or closing), text[: match.end()][-80:]
        elif command == "begin":
            stack.append(("begin", environment))
        elif command == "end":
            assert stack.pop() == ("begin", environment)
        elif brace == "{":
            stack.append(("", "}"))
        else:
            assert stack.pop() == ("", "}"), text[: match.end()][-80:]
    assert not stack


def equations_of(text: str) -> list[str]:
    """The equations of a text, each with its broken lines."""
    body = re.sub(r"(?s).*\\begin\{align(?:ed|\*)\}|\\end\{align(?:ed|\*)\}.*", "", text)
    starts = [match.start() for match in re.finditer(r"(?m)^(?!&)", body.strip())]
    return [body.strip()[a:b] for a, b in zip(starts, [*starts[1:], None], strict=True)]


@pytest.mark.parametrize("name", SOURCES)
def test_brackets_pair_up_in_every_equation(name: str) -> None:
    equations = equations_of(SOURCES[name])
    assert equations
    for equation in equations:
        check_pairs(equation)


@PATIENT
@given(TREES)
def test_brackets_pair_up_in_any_formula(tree: Tree) -> None:
    check_pairs(built(tree).latex())


# -- reading back -------------------------------------------------------------------------------
def as_python(latex: str) -> str:
    """LaTeX of the trees' formulas as Python; simple, as every multiplication is written."""
    text = latex.removeprefix(r"\hat{y} = ").replace("\\begin{aligned}\n\\hat{y} &= ", "")
    text = text.replace("\\end{aligned}", "").replace("{}", "")
    text = re.sub(r"\\\\\n&(\\quad)*", "", text)
    text = re.sub(r"\\(?:bigg?|Bigg?)l(?:\||\\lvert)|\\lvert", " abs(", text)
    text = re.sub(r"\\(?:bigg?|Bigg?)r(?:\||\\rvert)|\\rvert", ")", text)
    assume(text.count("|") in (0, 2))  # bars that begin and end alike cannot be told apart
    text = re.sub(r"\|(.*)\|", r" abs(\1)", text)
    text = re.sub(r"\\(?:bigg?|Bigg?)[lr]", "", text).replace("[", "(").replace("]", ")")
    text = text.replace(",\\, ", ", ").replace(r"\,", "*").replace(r"\cdot", "*")
    text = re.sub(r"\\(exp|tanh|max)", r"\1", text).replace(r"\sigma", "sigmoid")
    while True:  # innermost braces first
        found = re.search(r"\\[dt]frac\{([^{}]*)\}\{([^{}]*)\}|\^\{([^{}]*)\}", text)
        if not found:
            return text.strip().replace("\n", " ")
        above, below, exponent = found.groups()
        new = f"(({above})/({below}))" if exponent is None else f"**({exponent})"
        text = text[: found.start()] + new + text[found.end() :]


def check_meaning(tree: Tree, width: int) -> None:
    text = built(tree).latex(width=width)
    read = as_python(text)
    assert not re.search(r"[-+*] *[-+]", read), text
    assert not re.search(r"\d\\,\s*(\d|\\tfrac)", text), f"digits meet: {text}"
    assert not re.search(r"(?<![\d.])1(?:\\,| \\cdot)|[+-] 0(?![\d.])|\^\{-1\}", text), text
    read = re.sub(r"([\d.]+) \* 10\*\*\((-?\d+)\)", r"(\1e\2)", read)
    read = re.sub(r"\b10\*\*\((-\d+)\)", r"1e\1", read)
    for point in POINTS:
        try:
            value = worth(tree, point)
        except ZeroDivisionError:
            assume(False)
        assert read_by_python(read, point) == value, text


@PATIENT
@given(TREES, st.integers(15, 90))
def test_the_formula_can_be_read_back(tree: Tree, width: int) -> None:
    check_meaning(tree, width)


WIDE: Tree = ("tanh", ("add", *[("multiply", 0.5, name) for name in NAMES * 20]))


@pytest.mark.parametrize(
    ("tree", "latex"),
    [
        (("multiply", 1.0, "x"), "x"),
        (("multiply", 1.0, ("add", "x", "w")), "x + w"),
        (("multiply", -1.0, "x"), "-x"),
        (("multiply", -1.0, 2.0), r"-1 \cdot 2"),
        (("add", "w", ("multiply", -1.0, "x")), "w - x"),
        (("add", "w", -1.0), "w - 1"),
        (("add", "w", 0.0), "w"),
        (("add", 0.0, -0.0), "0"),
        (("multiply", 1.0, 1.0), "1"),
        (("multiply", "w", ("multiply", 1.0, ("add", "x", "b"))), r"w\,(x + b)"),
        (("divide", "x", 1.0), "x"),
        (("power", "x", -1.0), r"\dfrac{1}{x}"),
        (("divide", 1.0, 3.0), r"\dfrac{1}{3}"),
    ],
)
def test_what_changes_nothing_is_not_printed(tree: Tree, latex: str) -> None:
    """In print; in code it stays."""
    assert built(tree).latex().removeprefix(r"\hat{y} = ") == latex


def test_a_fraction_over_several_lines_is_no_power() -> None:
    third = built(("divide", WIDE, 3.0)).latex()
    assert re.match(r"\\begin\{aligned\}\n\\hat\{y\} &= \\dfrac\{1\}\{3\}\\,\\tanh", third)
    both = built(("divide", WIDE, WIDE)).latex()
    assert r"&= \tanh" in both and "{}/ " in both
    for text in (third, both, built(("power", WIDE, -1.0)).latex()):
        assert "^{-1}" not in text


def test_nested_bars_are_told_apart() -> None:
    text = built(("abs", ("add", ("abs", "x"), ("multiply", "w", ("abs", "b"))))).latex()
    assert "|x|" not in text or text.count("|") == 2, (
        f"||x| + w|b|| can be read in two ways: {text}"
    )


def random_tree(generator: random.Random, depth: int) -> Tree:
    def inner() -> Tree:
        return random_tree(generator, depth - 1)

    if depth == 0 or generator.random() < 0.1:
        return generator.choice([*NAMES, *NAMES, *NUMBERS])
    match generator.choice(["add", "add", "multiply", "divide", "negate", "power", "call"]):
        case "power":
            return ("power", inner(), generator.choice(EXPONENTS))
        case "negate":
            return ("negate", inner())
        case "divide":
            return ("divide", inner(), inner())
        case "call":
            return (generator.choice(["exp", "tanh", "sigmoid", "abs", "max", "sqrt"]), inner())
        case joined:
            return (joined, *(inner() for _ in range(generator.randint(2, 4))))


def test_any_formula_compiles(tmp_path: Path) -> None:
    generator = random.Random(20240517)
    fragments = {}
    for number in range(150):
        formula = built(random_tree(generator, 4))
        names = {"w": r"\gamma^{*}", "b": r"b_{\mathrm{max}}'"} if number % 2 else {}
        formula = dataclasses.replace(formula, latex_names=names)
        fragments[f"tree{number}"] = formula.latex(width=generator.choice([30, 76]))
    assert all(measured(fragments, tmp_path, "trees", AMSMATH).values())


# -- names --------------------------------------------------------------------------------------
def name_written(name: str, **options: Any) -> str:
    return symbol(name).latex(**options).removeprefix(r"\hat{y} = ")


def symbol(name: str) -> Formula:
    graph = Graph()
    nodes = graph.symbols(literal(name))
    return Formula(graph, nodes, bind(Names("y"), nodes))


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("x", "x"),
        ("W", "W"),
        ("w_21", "w_{21}"),
        ("w_1_2", "w_{1,2}"),
        ("w_1_12", "w_{1,12}"),
        ("x1", "x_{1}"),
        ("x12", "x_{12}"),
        ("b_i", "b_{i}"),
        ("a_max", r"a_{\text{max}}"),
        ("rate", r"\text{rate}"),
        ("sepal_length", r"\text{sepal length}"),
        ("sepal_length_2", r"\text{sepal length}_{2}"),
        ("rate_i", r"\text{rate}_{i}"),
        ("w_key_words_1", r"w_{\text{key words},1}"),
        ("alpha", r"\alpha"),
        ("beta_1", r"\beta_{1}"),
        ("theta12", r"\theta_{12}"),
        ("lambda_", r"\lambda"),
        ("lambda_max", r"\lambda_{\text{max}}"),
        ("w_eta", r"w_{\eta}"),
        ("Omega", r"\Omega"),
        ("alphabet", r"\text{alphabet}"),
        ("layer1", r"\text{layer1}"),
        ("a__b", r"\mathrm{a\_\_b}"),
    ],
)
def test_a_name_as_typed(name: str, latex: str) -> None:
    """Words are upright, Greek ones are letters, and what is read is the name again."""
    assert name_written(name) == latex
    assert read_names(name_written(name), literal(name)) == {name}


def read_names(latex: str, known: Names) -> set[str]:
    form = parse_formula(f"{latex} + 1", known=[known]).formula
    return {*form.input_names()} | {name for _, found in form.symbols() for name in found}


def test_names_that_would_look_alike_are_told_apart() -> None:
    """Of x1 and x_1 one is as typed; what is read is both again."""
    names = literal("x1", "x_1", "sepal_length", "sepal__length", "alpha_1", "alpha1")
    graph = Graph()
    nodes = graph.symbols(names)
    total = graph.nodes("add", *nodes[:, None])
    text = Formula(graph, nodes, bind(Names("y"), total)).latex().partition(" = ")[2]
    assert read_names(text, names) == {*names.literal}


@pytest.mark.parametrize("name", ["_", "_x", "x_", "__a__", "w__1", "x_1_", "A1b2_c3"])
def test_any_identifier_compiles(name: str, tmp_path: Path) -> None:
    text = name_written(name)
    check_pairs(text)
    assert measured({"name": text}, tmp_path, "name", AMSMATH)["name"] > 0


def test_a_given_latex_name_is_taken_raw() -> None:
    formula = dataclasses.replace(symbol("alpha"), latex_names={"alpha": r"\alpha_{0}^{\prime}"})
    assert formula.latex() == r"\hat{y} = \alpha_{0}^{\prime}"


def test_two_digit_indices_are_kept_apart() -> None:
    text = netsym.parse("12-11-1").layered.latex()
    assert "w_{11}^{[1]}" in text
    assert "w_{1,10}^{[1]}" in text
    assert "w_{11,1}^{[1]}" in text
    assert not re.search(r"_\{\d{3,}\}", text)
    assert len(set(re.findall(r"w_\{[\d,]*\}\^\{\[\d\]\}", text))) == 11 * 12 + 11


@pytest.mark.parametrize(
    ("names", "power"),
    [
        (Names("z", 1), r"\bigl(z^{[1]}\bigr)^{2}"),
        (Names("w", None, (2, 2)), "w_{11}^{2}"),
        (Names("x"), "x^{2}"),
        (Names("y", None), r"\hat{y}^{2}"),
    ],
    ids=["superscript", "subscript", "letter", "hat"],
)
def test_a_power_of_a_name(names: Names, power: str) -> None:
    assert squared(names).latex().removeprefix(r"\hat{y} = ") == power


def squared(names: Names, latex: str = "") -> Formula:
    graph = Graph()
    nodes = graph.symbols(names)[:1]
    power = graph.nodes("power", nodes, graph.constants(np.array([2.0])))
    said = {names.literal[0]: latex} if latex else {}
    return Formula(graph, nodes, bind(Names("y"), power), latex_names=said)


def test_a_power_of_a_raw_name_with_a_superscript() -> None:
    text = squared(literal("g"), r"\gamma^{*}").latex()
    assert text == r"\hat{y} = \bigl(\gamma^{*}\bigr)^{2}"


def test_a_power_of_a_colored_name_with_a_superscript() -> None:
    text = squared(Names("z", 1)).latex(color=True).partition(" = ")[2]
    assert re.fullmatch(r"\\bigl\(\\textcolor\{\w+\}\{z\^\{\[1\]\}\}\\bigr\)\^\{2\}", text)


# -- notations and colours ----------------------------------------------------------------------
def test_notations_count_layers_as_their_sources_do() -> None:
    layered = netsym.parse("1-1-1:sigmoid").layered
    lines = {n: layered.latex(notation=n).split("\n")[1:3] for n in ("ng", "cs229", "nielsen")}
    assert lines["ng"][0].startswith(r"a_{1}^{[1]} &= \sigma\bigl(w_{11}^{[1]}x + b_{1}^{[1]}")
    assert lines["cs229"][0].startswith(r"a_{1}^{(2)} &= \sigma\bigl(w_{11}^{(1)}x + b_{1}^{(1)}")
    assert lines["nielsen"][0].startswith(r"a_{1}^{2} &= \sigma\bigl(w_{11}^{2}x + b_{1}^{2}")
    assert r"w_{11}^{(2)}a_{1}^{(2)}" in lines["cs229"][1]
    assert r"w_{11}^{3}a_{1}^{2}" in lines["nielsen"][1]


def test_an_unknown_notation_is_answered_with_the_nearest() -> None:
    with pytest.raises(SpecError, match=r"unknown notation 'neilsen'; did you mean 'nielsen'\?"):
        netsym.parse("1-1").inlined.latex(notation="neilsen")


@pytest.mark.parametrize("form", ["layered", "inlined", "matrix"])
def test_one_colour_per_layer(form: str) -> None:
    """Every layer has one, the output that of the last layer, and inputs have none."""
    network = netsym.parse("2-2-2-1:tanh")
    formula = network.matrices if form == "matrix" else network.formula(form)
    text = formula.latex(color=True)
    colors: dict[str, set[str]] = {}
    for color, name in re.findall(r"\\textcolor\{(\w+)\}\{((?:[^{}]|\{[^{}]*\})*)\}", text):
        layer = re.search(r"\[(\d)\]", name)
        which = "3" if name.startswith(r"\hat") else layer[1] if layer else "0"
        colors.setdefault(which, set()).add(color)
    assert colors == {str(layer): {layer_color(layer).known} for layer in (1, 2, 3)}


def test_a_document_defines_the_colours_that_it_uses() -> None:
    text = netsym.parse("2-2-2-2-2-2:tanh").layered.latex(document=True, color=True)
    defined = dict(re.findall(r"\\definecolor\{(\w+)\}\{HTML\}\{(\w+)\}", text))
    assert defined == {color.name: color.light for color in (*LAYERS, LOSS)}
    assert {*re.findall(r"\\textcolor\{(\w+)\}", text)} == {color.name for color in LAYERS}


def test_losses_and_costs_have_a_colour_of_their_own() -> None:
    network = netsym.cost(netsym.parse("1-1:sigmoid"), "bce", examples=2)
    text = network.layered.latex(color=True)
    lost = rf"\textcolor{{{LOSS.known}}}"
    assert re.search(rf"(?m)^{re.escape(lost)}\{{L_.* &=", text)
    assert re.search(rf"(?m)^{re.escape(lost)}\{{J.* &=", text)


def test_a_named_function_has_the_colour_of_the_last_layer() -> None:
    network = netsym.parse("2-2-2:tanh")
    text = dataclasses.replace(network, function="f").layered.latex(color=True)
    assert r"\textcolor{Sienna}{f_{1}}(" in text


def test_a_function_of_several_letters_is_upright() -> None:
    network = dataclasses.replace(netsym.parse("1-2-2"), function="risk")
    assert r"\text{risk}_{1}(x) &=" in network.layered.latex()


def test_the_onion_names_every_hidden_unit_where_it_stands() -> None:
    text = netsym.parse("2-2-2-1:sigmoid").inlined.latex(onion=True)
    labels = re.findall(r"\\triangleleft\}\\;a_\{(\d)\}\^\{\[(\d)\]", text)
    assert labels == [("1", "1"), ("2", "1"), ("1", "2"), ("2", "2")]
    every = netsym.parse("2-2-2-1:sigmoid").inlined.latex(onion="full", width=200)
    labels = re.findall(r"\}_\{a_\{(\d)\}\^\{\[(\d)\]", every)
    assert sorted(labels) == sorted([(u, "2") for u in "12"] + [(u, "1") for u in "12"] * 2)


def test_a_single_line_is_no_alignment() -> None:
    assert "aligned" not in netsym.parse("1-2-1:sigmoid").inlined.latex()
    assert "&" not in netsym.parse("1-2-1:sigmoid").inlined.latex()
