"""Python and sympy code: compiled and run here, against NumPy and against Python's own parser."""

from __future__ import annotations

import ast
import math
import types
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import assume, given
from trees import NAMES, PATIENT, POINTS, TREES, Tree, built, read_by_python, worth

import netsym
from netsym.errors import SpecError
from netsym.files.files import loads
from netsym.forms.form import bind
from netsym.formula import Formula
from netsym.graph.functions import ACTIVATIONS
from netsym.graph.graph import Graph
from netsym.graph.names import Names, literal
from netsym.network.network import Network
from tests.effort import heavy

FORMS = ("layered", "shared", "inlined")
SMOOTH_AND_NOT = [name for name in ACTIVATIONS if name != "softmax"]


def run(code: str) -> dict[str, Any]:
    """What a script defines; the script sees nothing of this module."""
    space: dict[str, Any] = {}
    exec(compile(code, "<written>", "exec"), space)
    return {key: value for key, value in space.items() if key != "__builtins__"}


def function(code: str, name: str = "f") -> Any:
    return run(code)[name]


def weights(network: Network, seed: int = 7) -> dict[str, float]:
    random = np.random.default_rng(seed)
    names = [n for p in network.layers for q in p.parameters.values() for n in q.names.all()]
    return dict(zip(names, (random.normal(size=len(names)) / 2).tolist(), strict=True))


def imports(code: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(code)):
        assert not isinstance(node, ast.Import)
        if isinstance(node, ast.ImportFrom):
            found.add(node.module)
    return found


@pytest.mark.parametrize("expand", [False, True])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_computes_what_the_network_does(
    activation: str, form: str, expand: bool
) -> None:
    network = netsym.parse(f"2-3{activation}-2{activation}")
    code = network.formula(form, expand).python()
    assert imports(code) <= {"math"}
    f, given = function(code), weights(network)
    for point in [(0.3, -1.2), (2.0, 5.0), (0.0, 0.0), (-4.0, 1.0)]:
        np.testing.assert_allclose(
            f(*point, **given), network(*point, parameters=given), rtol=1e-12
        )


@pytest.mark.parametrize("activation", SMOOTH_AND_NOT)
@pytest.mark.parametrize("z", [-1e300, -1e110, -1e4, -745.5, -0.0, 0.0, 745.5, 1e4, 1e110, 1e300])
def test_the_helpers_do_not_overflow(activation: str, z: float) -> None:
    network = loads(
        'netsym = 1\ninputs = ["x"]\n[[layers]]\ntype = "dense"\nweights = [[1]]\nbias = false\n'
        f'activation = "{activation}"\n'
    )
    with np.errstate(over="ignore"):
        expected = network(z)
    if activation == "exp" and z > 709:  # a formula is what it says
        with pytest.raises(OverflowError):
            function(network.inlined.python())(z)
        return
    assert function(network.inlined.python())(z) == pytest.approx(expected, rel=1e-12, abs=0)


#: Shapes that a text could be too long or too deep for: 785 and 3001 terms, 60 to 2000 layers.
LARGE = ["784-1:sigmoid", "3000-1", "1-1x60-1:tanh", "70-70-1:tanh"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("shape", LARGE)
def test_long_and_deep_texts_run(shape: str, form: str) -> None:
    network = netsym.parse(shape)
    f, given = function(network.formula(form).python()), weights(network)
    point = np.linspace(-1, 1, len(network.input_names))
    assert f(*point.tolist(), **given) == pytest.approx(network(point, parameters=given), rel=1e-10)


@heavy
def test_two_thousand_layers() -> None:
    """With numbers for its weights and biases: a call with thousands of keywords is slow."""
    symbolic = netsym.parse("1-1x2000-1:sigmoid")
    network = symbolic.with_parameters(weights(symbolic))
    assert function(network.inlined.python())(0.5) == pytest.approx(network(0.5), rel=1e-12)


def test_deep_expanded_texts_run() -> None:
    network = netsym.parse("1-1x300-1:sigmoid")
    f, given = function(network.formula("inlined", expand=True).python()), weights(network)
    assert f(0.5, **given) == pytest.approx(network(0.5, parameters=given), rel=1e-12)


def nested(op: str, depth: int, terms: int, last: bool) -> Formula:
    """op(op(op(…, x, x, …), x, x, …), …), deeper at its first or its last operand."""
    graph = Graph()
    x = graph.symbols(literal("x"))
    node = x
    for _ in range(depth):
        others = np.repeat(x, terms - 1)
        operands = np.concatenate([others, node] if last else [node, others])
        node = graph.rows(op, operands.reshape(1, -1))
    return Formula(graph, x, bind(Names("y"), node))


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize(
    ("op", "depth", "terms"),
    [("add", 2000, 2), ("add", 60, 70), ("add", 20, 300), ("multiply", 1000, 2),
     ("multiply", 6, 200), ("divide", 1000, 2), ("negate", 2000, 1), ("tanh", 2000, 1),
     ("power", 40, 2), ("max", 500, 3)],
)  # fmt: skip
def test_deep_and_wide_formulas_compile_and_run(
    op: str, depth: int, terms: int, last: bool
) -> None:
    formula = nested(op, depth, terms, last)
    f = function(formula.python())
    with np.errstate(all="ignore"):
        expected = float(formula(1.0))
    assert f(1.0) == pytest.approx(expected, rel=1e-9)


@PATIENT
@given(TREES)
def test_python_code_is_the_formula(tree: Tree) -> None:
    code = built(tree).python()
    body = code.rpartition("    return ")[2].strip()
    assert "\n" not in body
    ast.parse(code)
    for point in POINTS:
        try:
            value = worth(tree, point)
        except ZeroDivisionError:
            assume(False)
        assert read_by_python(body, point) == value


def test_several_outputs_are_a_tuple_and_one_is_not() -> None:
    code = netsym.parse("1-2").inlined.python()
    f = function(code)
    given = {"w1_1_1": 2.0, "w1_2_1": 3.0, "b1_1": 0.0, "b1_2": 1.0}
    assert f(1.0, **given) == (2.0, 4.0)
    assert (
        function(netsym.parse("1-2").inlined.output(2).python())(1.0, w1_2_1=3.0, b1_2=1.0) == 4.0
    )


def test_parameters_are_keywords_only() -> None:
    f = function(netsym.parse("1-1").inlined.python())
    with pytest.raises(TypeError, match="positional"):
        f(1.0, 2.0, 3.0)


def test_without_digits_the_numbers_are_exact() -> None:
    numbers = [math.pi, -1 / 3, 5e-324, 1.7976931348623157e308, 0.1]
    rows = ", ".join(f"[{n!r}]" for n in numbers)
    layer = f'type = "dense"\nweights = [{rows}]\nbias = false\n'
    network = loads(f'netsym = 1\ninputs = ["x"]\n[[layers]]\n{layer}')
    assert list(function(network.layered.python())(1.0)) == numbers
    assert function(network.inlined.output(1).python(digits=3))(1.0) == 3.14


NAMED = """
netsym = 1
inputs = ["{inputs}"]
function = "{function}"
[[layers]]
type = "dense"
activation = "{activation}"
weights = [["{weight}"]]
bias = ["{bias}"]
"""


@pytest.mark.parametrize(
    "names",
    [
        {"weight": "t1", "bias": "t_1"},
        {"inputs": "f"},
        {"inputs": "z", "weight": "alpha", "activation": "leaky_relu"},
        {"inputs": "network", "weight": "f"},
        {"weight": "float", "bias": "print"},
        {"weight": "Add", "bias": "Mul"},
        {"weight": "outputs", "bias": "bindings"},
        {"weight": "symbols", "bias": "evaluate"},
        {"weight": "Float", "bias": "Integer"},
        {"inputs": "Rational", "weight": "I", "bias": "S"},
    ],
    ids=str,
)
def test_names_of_a_person_do_not_break_the_code(names: Mapping[str, str]) -> None:
    """A script may not give way to a name that happens to be one of its own words."""
    said = {"inputs": "x", "function": "g", "activation": "sigmoid", "weight": "w", "bias": "b"}
    said |= names
    network = loads(NAMED.format(**said))
    values = {said["weight"]: 0.75, said["bias"]: 1 / 3}
    expected = network(2.0, parameters=values)
    g = function(network.layered.python(), said["function"])
    assert g(2.0, **values) == pytest.approx(expected, rel=1e-14)
    (expression,) = run(network.layered.sympy_code())["outputs"]
    numbers = {sympy.Symbol(k, real=True): v for k, v in {said["inputs"]: 2.0, **values}.items()}
    assert float(expression.subs(numbers)) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("word", ["expm1", "log1p", "exp", "sigmoid", "__debug__", "lambda"])
@pytest.mark.parametrize("role", ["inputs", "function", "weight", "bias"])
def test_words_that_python_text_needs_are_refused(word: str, role: str) -> None:
    said = {"inputs": "x", "function": "g", "activation": "sigmoid", "weight": "w", "bias": "b"}
    with pytest.raises(SpecError, match=f"'{word}' is"):
        loads(NAMED.format(**(said | {role: word})))


def test_names_that_a_layer_gives_do_not_meet_those_of_a_person() -> None:
    network = netsym.parse("1-1x100-1:tanh")
    code = network.formula("inlined", expand=False).python()
    assigned = [n.targets[0].id for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Assign)]
    assert assigned, "so deep a text is written in steps"
    assert len(set(assigned)) == len(assigned)
    assert not set(assigned) & {*network.parameter_names(), *network.input_names.all()}


# -- sympy code ---------------------------------------------------------------------------------
def rebuilt(formula: Formula) -> types.SimpleNamespace:
    return types.SimpleNamespace(**run(formula.sympy_code()))


@pytest.mark.parametrize("shape", ["1-2-1:sigmoid", "2-3tanh-2softmax", "2-2relu+-1gelu", "3-2-1"])
def test_the_script_rebuilds_every_form(shape: str) -> None:
    network = netsym.parse(shape)
    point = {"x": 0.3, "x_1": 0.3, "x_2": -1.2, "x_3": 2.0}
    given = weights(network)
    for form in FORMS:
        script = rebuilt(network.formula(form))
        values = {
            sympy.Symbol(k, real=True): sympy.Float(v, 30) for k, v in {**point, **given}.items()
        }
        for name, expression in script.bindings:
            values[name] = expression.xreplace(values).evalf(20)
        found = [float(expression.xreplace(values).evalf(17)) for expression in script.outputs]
        inputs = [point[name] for name in network.input_names.all()]
        np.testing.assert_allclose(
            found, np.atleast_1d(network(*inputs, parameters=given)), rtol=1e-12
        )


def test_the_script_evaluates_nothing() -> None:
    """What sympy would simplify while it builds: a zero, a one, nested relu, a linear stack."""
    spec = """
netsym = 1
inputs = ["x"]
[[layers]]
type = "dense"
activation = "{0}"
weights = [[0.0], [1.0]]
bias = [2.0, -0.5]
[[layers]]
type = "dense"
activation = "{0}"
weights = [[2.0, 3.0]]
bias = [0.5]
"""
    for activation in ("linear", "tanh"):
        formula = loads(spec.format(activation)).inlined
        (expression,) = rebuilt(formula).outputs
        again = netsym.from_sympy(expression, inputs=["x"])
        assert again.size.nodes == formula.size.nodes
        assert again(0.7) == formula(0.7)


@PATIENT
@given(TREES)
def test_sympy_code_is_the_formula(tree: Tree) -> None:
    script = built(tree).sympy_code()
    assert imports(script) == {"sympy"}
    (expression,) = run(script)["outputs"]
    try:
        value = worth_in_floats(tree)
    except (ZeroDivisionError, OverflowError, ValueError):
        assume(False)
    assume(math.isfinite(value) and abs(value) < 1e200)
    point = {sympy.Symbol(name, real=True): sympy.Rational(p.numerator, p.denominator)
             for name, p in POINTS[0].items()}  # fmt: skip
    found = sympy.sympify(expression).xreplace(point)
    assume(not found.has(sympy.zoo, sympy.nan, sympy.oo))
    assert abs(complex(found.evalf(40)) - value) <= 1e-6 * max(1.0, abs(value))


def worth_in_floats(tree: Tree) -> float:
    """The value of a tree at the first point, with the true functions."""
    if isinstance(tree, str):
        return float(POINTS[0][tree])
    if isinstance(tree, (float, int)) or not isinstance(tree, tuple):
        return float(tree)
    values = [worth_in_floats(part) for part in tree[1:]]
    match tree[0]:
        case "add":
            return math.fsum(values)
        case "multiply":
            return math.prod(values)
        case "divide":
            return values[0] / values[1]
        case "negate":
            return -values[0]
        case "power":
            return values[0] ** int(values[1])
        case "sigmoid":
            return 1 / (1 + math.exp(-values[0]))
        case "max":
            return max(values)
        case "abs":
            return abs(values[0])
        case name:
            return float(getattr(math, name)(values[0]))


def test_the_names_of_the_trees_are_inputs() -> None:
    code = built("x").python()
    assert ast.parse(code).body[0].args.args[0].arg == NAMES[0]
