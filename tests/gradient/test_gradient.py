"""Gradients against sympy's diff, differences in mpmath, and formulas typed by hand."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import netsym
from netsym.errors import SpecError
from netsym.forms.form import inlined, layered, shared
from netsym.formula import Formula
from netsym.graph.functions import FUNCTIONS
from netsym.graph.graph import Graph
from netsym.graph.names import Derivatives
from netsym.layers.dense import Dense
from netsym.layers.merge import Add
from tests.effort import random_examples
from tests.networks import Case, cases, numbers_for
from tests.typed import parse_formula

POINTS = (-3.7, -1.3, -0.4, 0.3, 1.1, 2.9, 3.6)
FORMS = {"layered": layered, "shared": shared, "inlined": inlined}


def formula(text: str) -> Formula:
    return parse_formula(text).formula


def values(slopes: Formula, *x: float, **parameters: float) -> np.ndarray:
    return np.atleast_1d(slopes(*x, parameters=parameters))


def differentiated(whole: Formula, names: list[str], at: dict[str, float]) -> np.ndarray:
    """Every output by every name, by sympy's diff."""
    made = inlined(whole).sympy()
    outputs = list(made) if isinstance(made, sympy.Tuple) else [made]
    symbols = {str(s): s for output in outputs for s in output.free_symbols}
    point = {symbol: sympy.Float(at[name], 50) for name, symbol in symbols.items()}

    def slope(output: Any, name: str) -> Any:
        if name not in symbols:
            return 0
        along = symbols[name]
        rest = {symbol: number for symbol, number in point.items() if symbol != along}
        slope = sympy.diff(output.xreplace(rest), along).doit()  # of one name: much shorter
        return slope.evalf(30, subs={along: point[along]})

    return np.array([[slope(output, name) for name in names] for output in outputs], dtype=float)


# -- every function of the table -----------------------------------------------------------------
def applied(name: str) -> str:
    arity = {0: "", 1: "x", 2: "x, 0.3", 3: "x, -0.7, 0.4", -1: "x, x*x/3, 2/x"}[
        FUNCTIONS[name].arity
    ]
    return f"y = {name}({arity})" if arity else f"y = x*{name}"


@pytest.mark.parametrize("name", [n for n, row in FUNCTIONS.items() if not row.vector])
def test_every_function_against_sympy(name: str) -> None:
    given = formula(applied(name))
    slopes = given.gradient("inputs")
    for x in POINTS:
        if x > 0 or name not in ("log", "sqrt"):
            wanted = differentiated(given, ["x"], {"x": x})[0]
            np.testing.assert_allclose(values(slopes, x), wanted, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", [n for n, row in FUNCTIONS.items() if not row.vector])
def test_every_slope_is_the_expansions_slope(name: str) -> None:
    """The function and what it is written by have one derivative, also by its parameter."""
    row = FUNCTIONS[name]
    if row.expansion is None or row.arity not in (1, 2) or name == "heaviside":
        return
    network = netsym.parse(f"1-1:{name}")
    if row.arity == 2:
        given = formula(f"y = {name}(x, alpha)")
        for x in POINTS:
            z, r = min(x, 0.0), min(x, 0.0) / 0.3
            below = {"leaky_relu": z, "elu": np.expm1(z), "celu": np.expm1(r) - r * np.exp(r)}[name]
            found = values(given.gradient("alpha"), x, alpha=0.3)
            np.testing.assert_allclose(found, [below], rtol=1e-12, atol=1e-15)
    at = {"w1_1_1": 0.7, "b1_1": 0.1}
    points = np.array(POINTS)
    expanded = network.formula("inlined", expand=True).gradient("inputs")
    np.testing.assert_allclose(
        network.inlined.gradient("inputs")(points, parameters=at),
        expanded(points, parameters=at), rtol=1e-9, atol=1e-12,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "x", "slope"),
    [
        ("relu(x)", 0, 0), ("abs(x)", 0, 0), ("hard_sigmoid(x)", 3, 0), ("hard_sigmoid(x)", -3, 0),
        ("leaky_relu(x, 0.2)", 0, 0.2), ("elu(x, 0.5)", 0, 0.5), ("max(0, x)", 0, 0),
        ("max(x, 0)", 0, 1), ("min(0, x)", 0, 0), ("min(x, 2*x, 3*x)", 0, 1),
        ("max(2*x, x, 3*x)", 0, 2), ("max(-x, 2*x, 3*x)", 1, 3), ("max(x, x)", 1, 1),
        ("heaviside(x)", 0, 0), ("sign(x)", 0, 0), ("heaviside(x)", 1, 0), ("sign(x)*x", -2, -1),
    ],
)  # fmt: skip
def test_kinks(text: str, x: float, slope: float) -> None:
    assert values(formula(f"y = {text}").gradient("inputs"), x).tolist() == [slope]


def test_step_and_sign() -> None:
    both = formula("y_1 = heaviside(x)\ny_2 = sign(x)")
    assert np.asarray(both(np.array([-2.0, 0.0, 3.0]))).tolist() == [[0, -1], [0, 0], [1, 1]]
    made = both.sympy()
    x = sympy.Symbol("x", real=True)
    assert made == sympy.Tuple(sympy.Heaviside(x, 0), sympy.sign(x))
    assert netsym.from_sympy(made, inputs=[x]).text() == both.text()
    with pytest.raises(SpecError, match=r"as the last operand give 1 \(step\) or 0 \(heaviside\)"):
        netsym.from_sympy(sympy.Heaviside(x))
    space: dict[str, Any] = {}
    exec(both.python(), space)
    assert [space["f"](v) for v in (-2.0, 0.0, 3.0)] == [(0, -1), (0, 0), (1, 1)]


# -- arithmetic ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "slope"),
    [
        ("x**2", "2*x"), ("x**3", "3*x**2"), ("x**1", "1"), ("x*x", "x + x"), ("-x", "-1"),
        ("a*x", "a"), ("a/x", "-a/x**2"), ("x/a", "1/a"), ("1/x", "-(1/x**2)"),
        ("x - a*x", "1 - a"),
        ("x**a", "a*x**(a - 1)"), ("a**x", "a**x*log(a)"), ("sqrt(x)", "1/(2*sqrt(x))"),
        ("exp(-x)", "-exp(-x)"), ("cos(a*x)", "a*(-sin(a*x))"), ("a", "0"),
        ("x*exp(x)", "exp(x) + x*exp(x)"),
        ("tanh(a*x)", "a*(1 - tanh(a*x)**2)"), ("x**0.5", "0.5/x**0.5"),
    ],
)  # fmt: skip
def test_written_as_a_person_would(text: str, slope: str) -> None:
    """No factors of one, no terms of zero, signs in front."""
    slopes = formula(f"f(x) = {text}").gradient("inputs")
    assert slopes.text(ascii=True) == f"df_dx = {slope}"


# -- networks ------------------------------------------------------------------------------------
SPECS = (
    "1-2-1:sigmoid", "2-3tanh-2", "2-2relu-2relu-1", "2-3softplus-1", "2-2silu-1", "2-2gelu-1",
    "2-2elu-2", "2-3softmax", "2-2softmax-2tanh-1", "2-2tanh+-1", "1-2leaky_relu-1hard_sigmoid",
    "1-1gelu_tanh-1", "3-1",
)  # fmt: skip


@pytest.mark.parametrize("spec", SPECS)
def test_jacobians_of_networks_against_sympy(spec: str) -> None:
    network = netsym.parse(spec)
    at = numbers_for(network, 3)
    x = [0.4, -0.9, 0.7][: len(network.input_names)]
    inputs = network.input_names.all()
    names = [*network.parameter_names(), *inputs]
    wanted = differentiated(network.inlined, names, at | dict(zip(inputs, x, strict=True)))
    for form in FORMS:
        slopes = network.formula(form).jacobian(names)
        assert slopes.form == form
        found = values(slopes, *x, **at).reshape(wanted.shape)
        np.testing.assert_allclose(found, wanted, rtol=1e-11, atol=1e-14)


@random_examples(25)
@given(cases(), st.integers(1, 3))
def test_jacobians_of_random_networks_against_differences(case: Case, seed: int) -> None:
    """Central differences of the network's own forward pass, where there is no kink nearby."""
    network, step = case.network, 1e-6
    rng = np.random.default_rng(seed)
    x = rng.normal(size=len(network.input_names))
    slopes = network.inlined.jacobian("inputs")
    with np.errstate(all="ignore"):
        found = values(slopes, *x, **case.values).reshape(-1, len(x))
        ends = [
            np.atleast_1d(network(*(x + sign * step * unit), parameters=case.values))
            for unit in np.eye(len(x)) for sign in (1, 0, -1)
        ]  # fmt: skip
    above, middle, below = (np.stack(ends[k::3], axis=1) for k in range(3))
    forward, backward = (above - middle) / step, (middle - below) / step
    smooth = np.isfinite(forward) & (np.abs(forward - backward) < 1e-2 * (1 + np.abs(forward)))
    wanted = (above - below) / (2 * step)
    error = np.abs(found - wanted) / (1 + np.abs(wanted) + np.abs(middle))
    assert (error[smooth] < 1e-2).all()


def test_the_layered_form_is_back_propagation() -> None:
    assert netsym.parse("1-2-1:sigmoid").layered.gradient().text(ascii=True) == (
        "a1_1 = sigmoid(w1_1_1*x + b1_1)\n"
        "a1_2 = sigmoid(w1_2_1*x + b1_2)\n"
        "y = sigmoid(w2_1_1*a1_1 + w2_1_2*a1_2 + b2_1)\n"
        "delta2_1 = y*(1 - y)\n"
        "delta1_1 = w2_1_1*delta2_1*a1_1*(1 - a1_1)\n"
        "delta1_2 = w2_1_2*delta2_1*a1_2*(1 - a1_2)\n"
        "dy_dw1_1_1 = delta1_1*x\n"
        "dy_dw1_2_1 = delta1_2*x\n"
        "dy_db1_1 = delta1_1\n"
        "dy_db1_2 = delta1_2\n"
        "dy_dw2_1_1 = delta2_1*a1_1\n"
        "dy_dw2_1_2 = delta2_1*a1_2\n"
        "dy_db2_1 = delta2_1"
    )


def test_z_is_named_where_the_slope_needs_it() -> None:
    slopes = netsym.parse("2-2tanh-2relu-1").layered.gradient("w1_1_2")
    assert slopes.text() == (
        "a⁽¹⁾₁ = tanh(w⁽¹⁾₁₁·x₁ + w⁽¹⁾₁₂·x₂ + b⁽¹⁾₁)\n"
        "a⁽¹⁾₂ = tanh(w⁽¹⁾₂₁·x₁ + w⁽¹⁾₂₂·x₂ + b⁽¹⁾₂)\n"
        "z⁽²⁾₁ = w⁽²⁾₁₁·a⁽¹⁾₁ + w⁽²⁾₁₂·a⁽¹⁾₂ + b⁽²⁾₁\n"
        "z⁽²⁾₂ = w⁽²⁾₂₁·a⁽¹⁾₁ + w⁽²⁾₂₂·a⁽¹⁾₂ + b⁽²⁾₂\n"
        "δ⁽²⁾₁ = w⁽³⁾₁₁·heaviside(z⁽²⁾₁)\n"
        "δ⁽²⁾₂ = w⁽³⁾₁₂·heaviside(z⁽²⁾₂)\n"
        "δ⁽¹⁾₁ = (w⁽²⁾₁₁·δ⁽²⁾₁ + w⁽²⁾₂₁·δ⁽²⁾₂)·(1 - a⁽¹⁾₁^2)\n"
        "∂y/∂w⁽¹⁾₁₂ = δ⁽¹⁾₁·x₂"
    )


def test_names_in_latex() -> None:
    slopes = netsym.parse("1-1-1:tanh").layered.gradient("w1_1_1")
    assert r"\frac{\partial \hat{y}}{\partial w_{11}^{[1]}} &= \delta_{1}^{[1]}x" in slopes.latex()
    loss = formula("J = (w*x - t)**2").gradient("w")
    assert loss.latex().startswith(r"\frac{\partial J}{\partial w} = ")


def test_every_output_has_its_own_delta() -> None:
    slopes = netsym.parse("1-2tanh-2").layered.jacobian("w1")
    names = [binding.name for binding in slopes.bindings]
    assert names == ["a1_1", "a1_2", "delta1_1_1", "delta1_1_2", "delta1_2_1", "delta1_2_2"]
    assert [o.name for o in slopes.outputs] == [
        "dy_1_dw1_1_1", "dy_1_dw1_2_1", "dy_2_dw1_1_1", "dy_2_dw1_2_1",
    ]  # fmt: skip
    assert isinstance(slopes.outputs[0].names, Derivatives)
    assert slopes.outputs[0].names.position("dy_2_dw1_1_1") == 2
    assert slopes.output("dy_2_dw1_1_1").outputs[0].name == "dy_2_dw1_1_1"


def test_delta_gives_way_to_a_name_that_a_person_chose() -> None:
    given = formula("a1_1 = tanh(delta1*x)\nb1_1 = sigmoid(delta*a1_1)\ny = a1_1*b1_1")
    slopes = layered(given).gradient()
    names = [binding.name for binding in slopes.bindings]
    assert len(set(names)) == len(names)
    assert not {"delta", "delta1"} & set(names)
    found = values(slopes, 0.3, delta1=0.5, delta=0.7)
    wanted = differentiated(given, ["delta1", "delta"], {"delta1": 0.5, "delta": 0.7, "x": 0.3})
    np.testing.assert_allclose(np.sort(found), np.sort(wanted[0]), rtol=1e-12)


def test_the_formula_itself_stays_as_it_was() -> None:
    network = netsym.parse("2-3relu-2")
    whole = network.inlined
    before = str(whole), whole.size, len(whole.graph)
    whole.jacobian()
    assert before == (str(whole), whole.size, len(whole.graph))
    assert str(shared(whole)) == str(network.shared)


# -- sizes ---------------------------------------------------------------------------------------
def counted(form: Formula) -> int:
    """The nodes as written out, one by one."""
    graph, cut = form.graph, form.cut_mask

    def size(node: int, top: bool = False) -> int:
        block = graph.block_of(node)
        operands = block.operands[node - block.start].tolist()
        if cut[node] and not top:
            return 1
        return (block.op != "name") + sum(map(size, operands))

    return sum(size(b.node, top=True) for b in form.bindings) + sum(map(size, form.ends.tolist()))


@pytest.mark.parametrize("spec", ["1-2-1:sigmoid", "2-2relu-2tanh-1", "2-2gelu-2", "1-3softmax"])
@pytest.mark.parametrize("form", FORMS)
def test_sizes_against_brute_force(spec: str, form: str) -> None:
    slopes = FORMS[form](netsym.parse(spec).layered.jacobian())
    assert slopes.size.nodes == counted(slopes)


def test_expression_swell() -> None:
    """Layer by layer a gradient costs a few times the network; as one formula it explodes."""
    network = netsym.parse("2-4-4-4-4-1:tanh")
    assert layered(network.layered.gradient()).size.nodes < 4 * network.layered.size.nodes
    swollen = inlined(network.layered.gradient()).size.nodes
    assert swollen > 20 * network.inlined.size.nodes


# -- read back, and compared ---------------------------------------------------------------------
@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("form", ["layered", "inlined"])
def test_read_back(spec: str, form: str) -> None:
    network = netsym.parse(spec)
    slopes = network.formula(form).jacobian("w1")
    read = parse_formula(slopes.text(ascii=True), known=network.symbol_names(),
                         inputs=network.input_names).formula  # fmt: skip
    at, x = numbers_for(network, 1), [0.3, 0.8, -0.2][: len(network.input_names)]
    known = {name: at[name] for _, names in read.symbols() for name in names}
    np.testing.assert_allclose(values(read, *x, **known), values(slopes, *x, **at), rtol=1e-13)
    assert read.size.nodes == inlined(slopes).size.nodes


@pytest.mark.parametrize(
    ("spec", "wrt", "typed"),
    [
        ("1-1:sigmoid", "w1_1_1", "x*exp(-(w1_1_1*x + b1_1))/(1 + exp(-(w1_1_1*x + b1_1)))**2"),
        ("1-1:tanh", "b1_1", "1/cosh(w1_1_1*x + b1_1)**2"),
        ("1-1softplus-1", "w1_1_1", "w2_1_1*x/(1 + exp(-(w1_1_1*x + b1_1)))"),
        ("1-2softmax", "b1_1", "sigmoid(w1_1_1*x + b1_1 - w1_2_1*x - b1_2)"
                               "*sigmoid(w1_2_1*x + b1_2 - w1_1_1*x - b1_1)"),
    ],
)  # fmt: skip
def test_identical_to_what_a_person_types(spec: str, wrt: str, typed: str) -> None:
    slopes = netsym.parse(spec).inlined.gradient(wrt, 1)
    assert netsym.compare(slopes, typed).verdict == "identical"


def test_a_wrong_gradient_is_found_different() -> None:
    slopes = netsym.parse("1-1:sigmoid").inlined.gradient("w1_1_1")
    assert netsym.compare(slopes, "x*sigmoid(w1_1_1*x + b1_1)").verdict == "different"


def test_relu_gradients_are_compared() -> None:
    slopes = netsym.parse("1-1relu-1").inlined.gradient("w1_1_1")
    assert netsym.compare(slopes, "w2_1_1*x*heaviside(w1_1_1*x + b1_1)").verdict == "identical"
    assert netsym.compare(slopes, "w2_1_1*x*heaviside(b1_1 - w1_1_1*x)").verdict == "different"


# -- second derivatives --------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["x*w**3 + w*b", "tanh(w*x + b)*w", "exp(w*b)/b + sin(x*w)"])
def test_hessian_vector_against_sympy(text: str) -> None:
    given = formula(f"y = {text}")
    at = {"w": 0.7, "b": -0.4}
    symbols = sympy.symbols("w b", real=True)
    hessian = sympy.hessian(given.sympy(), symbols).subs(
        {**dict(zip(symbols, at.values(), strict=True)), sympy.Symbol("x", real=True): 0.9}
    )
    product = given.hessian_vector(["w", "b"])
    assert [o.name for o in product.outputs] == ["Hv_1", "Hv_2"]
    wanted = np.array(hessian * sympy.Matrix([0.3, 1.7]), dtype=float).reshape(-1)
    np.testing.assert_allclose(values(product, 0.9, 0.3, 1.7, **at), wanted, rtol=1e-12)


@pytest.mark.parametrize("spec", ["1-2tanh-1", "1-2sigmoid-1sigmoid", "1-2silu-1", "1-2relu-1"])
def test_hessian_vector_of_networks(spec: str) -> None:
    """By mpmath's differences of the gradient along the vector."""
    network = netsym.parse(spec)
    names, at = network.parameter_names(), numbers_for(network, 5)
    v = np.linspace(-1, 1, len(names))
    slopes = network.inlined.gradient()
    product = network.layered.hessian_vector()

    def along(t: Any) -> np.ndarray:
        moved = {n: at[n] + float(t) * step for n, step in zip(names, v, strict=True)}
        return values(slopes, 0.6, **moved)

    wanted = (along(1e-5) - along(-1e-5)) / 2e-5
    found = values(product, 0.6, *v, **at)
    np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-8)


def test_a_function_of_no_parameter_has_a_zero_derivative() -> None:
    assert formula("y = x + a").hessian_vector(["a"]).text() == "Hv₁ = 0"
    assert str(formula("y = 2*x + a - a").gradient("inputs")) == "∂y/∂x = 2"


# -- names ---------------------------------------------------------------------------------------
def test_the_sum_of_a_softmax_is_written_once() -> None:
    slopes = netsym.parse("1-2softmax").layered.gradient("inputs", 1)
    assert slopes.text(ascii=True).splitlines()[2:] == [
        "s1 = exp(z1_1) + exp(z1_2)",
        "ds1 = -exp(z1_1)/s1**2",
        "delta1_1 = (1/s1 + ds1)*exp(z1_1)",
        "delta1_2 = ds1*exp(z1_2)",
        "dy_1_dx = w1_1_1*delta1_1 + w1_2_1*delta1_2",
    ]


def test_beside_a_skip_connection_a_delta_is_written_once() -> None:
    slopes = netsym.parse("1-1relu+-1").layered.gradient(["w1_1_1", "b1"])
    assert slopes.text(ascii=True).splitlines() == [
        "z1_1 = w1_1_1*x + b1_1",
        "delta1_1 = w2_1_1*heaviside(z1_1)",
        "dy_dw1_1_1 = delta1_1*x",
        "dy_db1_1 = delta1_1",
    ]


def test_a_sum_has_no_name_that_a_person_gave() -> None:
    dense = Dense(units=2, activation="softmax")
    network = netsym.Network.of("s", 1, [("s", dense, ["input"], {"bias": ["s1", "b"]})])
    slopes = network.layered.gradient("s1", 1)
    assert [binding.name for binding in slopes.bindings] == ["z1_1", "z1_2", "delta1_1"]
    at = {"w1_1_1": 0.5, "w1_2_1": -1.0, "s1": 0.3, "b": 0.1}
    a = 1 / (1 + math.exp((-1.0 * 2 + 0.1) - (0.5 * 2 + 0.3)))
    np.testing.assert_allclose(slopes(2.0, parameters=at), a * (1 - a), rtol=1e-14)


def test_the_size_of_an_error_is_not_called_as_what_it_is_made_of() -> None:
    made = netsym.cost(netsym.parse("1-1"), "huber").layered.gradient("b1")
    names = [binding.name for binding in made.bindings]
    assert names == ["a1_1", "z2_1", "delta2_1", "delta1_1"] and len(set(names)) == len(names)


# -- what cannot be ------------------------------------------------------------------------------
def test_mistakes_are_explained() -> None:
    network = netsym.parse("2-3tanh-2")
    with pytest.raises(
        SpecError, match=r"output='y_1', or another of y_1, y_2; jacobian is of all"
    ):
        network.inlined.gradient()
    with pytest.raises(SpecError, match="no output 'y_9'"):
        network.inlined.gradient(output="y_9")
    with pytest.raises(SpecError, match="did you mean 'w1_1_1'"):
        network.inlined.jacobian("w1_1_11")
    with pytest.raises(SpecError, match=r"list of names .* is empty"):
        network.inlined.jacobian([])
    numbers = network.with_parameters(numbers_for(network))
    with pytest.raises(SpecError, match="all parameters are numbers; choose inputs"):
        numbers.inlined.jacobian()
    assert len(numbers.inlined.jacobian("inputs").outputs) == 4


def test_a_branch_grows_by_itself() -> None:
    graph = Graph()
    one = graph.constants([1.0])
    branch = graph.branch()
    two = branch.nodes("add", one, one)
    assert (len(graph), len(branch)) == (1, 2)
    assert graph.nodes("multiply", one, one)[0] == two[0] == 1
    assert branch.nodes("add", one, one)[0] == 1


def test_mpmath_agrees_about_gelu() -> None:
    slopes = formula("y = gelu(x)").gradient("inputs")
    for x in POINTS:
        wanted = mpmath.diff(lambda z: z * mpmath.ncdf(z), x)
        assert values(slopes, x)[0] == pytest.approx(float(wanted), rel=1e-12)


# -- dense layers as a whole ---------------------------------------------------------------------
def whole_and_one_by_one(network: netsym.Network, wrt: str, monkeypatch: Any) -> list[Formula]:
    made = [network.layered.jacobian(wrt)]
    with monkeypatch.context() as without:
        without.setattr("netsym.gradient.backward.dense_layer", lambda graph, number: None)
        fresh = layered(inlined(network.layered))
        made.append(fresh.jacobian(wrt))
    return made


def twice(wide: int) -> netsym.Network:
    """Two dense layers that have the same δ, and products of it with the same values."""
    a, b, c = Dense(units=wide, activation="tanh"), Dense(units=2), Dense(units=2)
    merged = [("c", c, ["a"], {}), ("d", Add(), ["b", "c"], {}), ("e", Dense(units=1), ["d"], {})]
    return netsym.Network.of("t", 2, [("a", a, ["input"], {}), ("b", b, ["a"], {}), *merged])


DENSE = {
    **{spec: netsym.parse(spec) for spec in ("2-3tanh-2sigmoid-2", "3-1-2relu-1", "2-2softmax")},
    "twice": twice(3),
    "numbers": netsym.parse("2-2tanh-2-1").with_parameters({"w2_1_1": 0.0, "w3_1_2": 1.0}),
    "loss": netsym.cost(netsym.parse("2-2tanh-1sigmoid"), "bce"),
}


@pytest.mark.parametrize("wrt", ["parameters", "inputs"])
@pytest.mark.parametrize("name", DENSE)
def test_a_dense_layer_as_a_whole(name: str, wrt: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, one_by_one = whole_and_one_by_one(DENSE[name], wrt, monkeypatch)
    assert whole.text() == one_by_one.text()
    assert len(whole.graph) == len(one_by_one.graph)


@pytest.mark.parametrize("name", DENSE)
def test_equal_nodes_of_a_gradient_are_one(name: str) -> None:
    graph = DENSE[name].layered.jacobian().graph
    rows = [
        (block.op, *row)
        for block in graph.blocks
        if block.operands.shape[1] and block.op != "name"
        for row in block.operands.tolist()
    ]
    assert len(rows) == len(set(rows))


def test_what_is_known_before_is_no_derivative() -> None:
    given = netsym.parse("2-2tanh-1").layered
    first = given.jacobian().text()
    size = len(given.backward.graph)
    assert given.jacobian("inputs").text() != first
    assert given.jacobian().text() == first
    assert len(given.backward.graph) == size
    assert len(given.backward.layers) == 2
    assert not any(block.op == "power" for block in given.backward.graph.blocks)
