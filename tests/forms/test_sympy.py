"""The bridge to sympy: out, back, and what sympy must not be allowed to change on the way."""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

import mpmath
import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st

import netsym
from netsym import SpecError
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation, Scale
from netsym.layers.merge import Add, Concat
from tests.effort import heavy, random_examples
from tests.networks import ACTIVATIONS, Case, cases, number, points_for, reference
from tests.work import Work

SMALL = 1_500
#: Activations that are written without max, which sympy evaluates whatever it is told.
SMOOTH = [n for n in ACTIVATIONS if n not in ("relu", "leaky_relu", "elu", "hard_sigmoid")]

_FUNCTIONS: dict[Any, Callable[..., Any]] = {
    sympy.tanh: mpmath.tanh, sympy.exp: mpmath.exp, sympy.log: mpmath.log, sympy.erf: mpmath.erf,
    sympy.Max: max, sympy.Min: min,
}  # fmt: skip


def evaluated(expression: Any, values: dict[str, Any]) -> Any:
    """A sympy expression at 40 digits, by mpmath alone; equal parts are computed once."""
    known: dict[int, Any] = {}

    def value(e: Any) -> Any:
        if id(e) not in known:
            if e.is_Symbol:
                assert e.is_real
                known[id(e)] = values[e.name]
            elif e.is_Rational:
                known[id(e)] = mpmath.mpf(int(e.p)) / int(e.q)
            elif e.is_Float:
                known[id(e)] = mpmath.mpf(e._mpf_)
            elif e is sympy.pi:
                known[id(e)] = +mpmath.pi
            elif e.is_Add:
                known[id(e)] = mpmath.fsum([value(a) for a in e.args])
            elif e.is_Mul:
                known[id(e)] = mpmath.fprod([value(a) for a in e.args])
            elif e.is_Pow:
                known[id(e)] = mpmath.power(value(e.base), value(e.exp))
            else:
                known[id(e)] = _FUNCTIONS[type(e)](*[value(a) for a in e.args])
        return known[id(e)]

    return value(expression)


def close(found: Any, case: Case, point: list[float]) -> None:
    """Both sides are exact formulas at 40 digits: only rounding to 40 digits is between them."""
    expected = reference(case, point)
    assert len(found) == len(expected.outputs)
    for got, one in zip(found, expected.outputs, strict=True):
        # the bound is for 53 bits; the same formula at 133 bits (40 digits) is 2**80 times better
        assert abs(got - one.value) <= one.error / 2**70 + mpmath.mpf(10) ** -60


def executed(formula: Any) -> dict[str, Any]:
    """What the sympy script defines."""
    scope: dict[str, Any] = {}
    exec(formula.sympy_code(max_nodes=None), scope)
    return scope


# -- out ----------------------------------------------------------------------------------------
@random_examples(60)
@given(cases(most_layers=4), st.booleans())
def test_the_inlined_expression_has_the_values_of_the_network(case: Case, expand: bool) -> None:
    formula = case.network.formula("inlined", expand)
    assume(formula.size.nodes < 20 * SMALL)
    made = formula.sympy()
    expressions = list(made) if len(formula.outputs) > 1 else [made]
    with mpmath.workdps(40):
        for point in points_for(case):
            values = dict(zip(case.inputs, map(number, point), strict=True))
            values |= {name: number(v) for name, v in case.values.items()}
            close([evaluated(e, values) for e in expressions], case, point)


@random_examples(60)
@given(cases(), st.sampled_from(["layered", "shared"]), st.booleans())
def test_bindings_have_the_values_of_the_network(case: Case, form: str, expand: bool) -> None:
    formula = case.network.formula(form, expand)
    made = formula.sympy()
    bindings, outputs = made if formula.bindings else ([], made)
    outputs = outputs if isinstance(outputs, (list, sympy.Tuple)) else [outputs]
    assert [symbol.name for symbol, _ in bindings] == [b.name for b in formula.bindings]
    with mpmath.workdps(40):
        for point in points_for(case):
            values = dict(zip(case.inputs, map(number, point), strict=True))
            values |= {name: number(v) for name, v in case.values.items()}
            for symbol, right in bindings:
                values[symbol.name] = evaluated(right, values)
            close([evaluated(e, values) for e in outputs], case, point)


def test_sympys_own_evaluation_agrees() -> None:
    network = netsym.parse("2-3tanh-2softmax")
    values = {n: sympy.Rational(k, 7) for k, n in enumerate(network.parameter_names(), -8)}
    made = network.inlined.sympy()
    point = {"x_1": sympy.Rational(1, 2), "x_2": -2}
    given = {s: (values | point)[s.name] for s in made.free_symbols}
    found = [float(e.evalf(25, subs=given)) for e in made]
    numbers = {name: float(v) for name, v in values.items()}
    assert network(0.5, -2.0, parameters=numbers).tolist() == pytest.approx(found, rel=1e-13)
    names = sorted(given, key=str)
    function = sympy.lambdify(names, made, modules="mpmath")
    assert [float(v) for v in function(*(given[n] for n in names))] == pytest.approx(found)


def test_nothing_is_rewritten() -> None:
    """Every trap of FACTS.md: what sympy would rewrite by itself stays as the network has it."""
    x, y = sympy.symbols("x u", real=True)

    def network(inputs: list[str], *layers: Any) -> Any:
        wires, last = [], "input"
        for n, (layer, entries) in enumerate(layers):
            wires.append((f"l{n}", layer, [last], entries))
            last = f"l{n}"
        return netsym.Network.of("trap", inputs, wires).inlined

    ones = {"weights": [[1.0, 1.0]]}
    distributed = network(
        ["x", "u"],
        (Dense(units=1, use_bias=False), ones), (Scale(use_bias=False), {"weights": [2.0]}),
    )  # fmt: skip
    made = distributed.sympy()
    assert made.is_Mul
    assert made.args[0] == 2
    assert made.args[1].is_Add
    assert netsym.from_sympy(made).text(ascii=True) == "y = 2*(1*x + 1*u)"

    zero = network(["x"], (Scale(), {"weights": [0.0], "bias": [1.0]})).sympy()
    assert x in zero.free_symbols

    odd = {"weights": [[-2.0, 1.0]]}
    negative = network(["x", "u"], (Dense(units=1, use_bias=False, activation="tanh"), odd)).sympy()
    assert isinstance(negative, sympy.tanh)
    assert set(negative.args[0].args[0].args) == {sympy.Integer(-2), x}
    assert negative.args[0].args[1].args == (1, y)

    relu = (Activation(activation="relu"), {})
    twice = network(["x"], relu, relu).sympy()
    assert isinstance(twice, sympy.Max)
    assert sum(isinstance(a, sympy.Max) for a in twice.args) == 1
    inner = next(a for a in twice.args if isinstance(a, sympy.Max))
    assert set(inner.args) == {sympy.Integer(0), x}
    assert netsym.from_sympy(twice).size.nodes == 5

    sigmoid = network(["x"], (Activation(activation="sigmoid"), {})).sympy()
    assert sigmoid == sympy.Pow(
        sympy.Add(
            1, sympy.exp(sympy.Mul(-1, x, evaluate=False), evaluate=False), evaluate=False
        ), -1, evaluate=False,
    )  # fmt: skip

    stack = network(["x"], *[(Scale(), {"weights": [2.0], "bias": [1.0]})] * 3).sympy()
    assert netsym.from_sympy(stack).text(ascii=True) == "y = 2*(2*(2*x + 1) + 1) + 1"


@random_examples(100)
@given(
    st.floats(allow_nan=False, allow_infinity=False).filter(
        lambda value: str(value) not in ("-0.0", "-1.0")  # sympy's negation is a product with -1
    )
)
def test_floats_survive_exactly(value: float) -> None:
    wires = [("s", Scale(use_bias=False), ["input"], {"weights": [value]})]
    formula = netsym.Network.of("float", 1, wires).inlined
    made = formula.sympy()
    coefficient = next(a for a in made.args if a.is_Number)
    assert sympy.Rational(coefficient) == sympy.Rational(*value.as_integer_ratio())
    back = netsym.from_sympy(made)
    numbers = [
        block.number(row)
        for block in back.graph.blocks if block.op == "constant" for row in range(len(block))
    ]  # fmt: skip
    assert [struct.pack("d", n) for n in numbers] == [struct.pack("d", value)]
    script = executed(formula)["outputs"][0]
    assert script == made


@random_examples(60)
@given(st.fractions())
def test_fractions_are_exact(value: Fraction) -> None:
    text = f"{value.numerator}/{value.denominator}"
    wires = [("s", Scale(use_bias=False), ["input"], {"weights": [text]})]
    made = netsym.Network.of("fraction", 1, wires).inlined.sympy()
    coefficient = next(a for a in made.args if a.is_Number)
    assert coefficient == sympy.Rational(value.numerator, value.denominator)
    back = netsym.from_sympy(made)
    exact = [
        block.number(row)
        for block in back.graph.blocks if block.op == "constant" for row in range(len(block))
    ]  # fmt: skip
    assert [Fraction(n) for n in exact] == [value]


# -- modules ------------------------------------------------------------------------------------
def composed(case: Case) -> tuple[Any, ...]:
    """The outputs, from the modules alone, put together by sympy."""
    modules = case.network.modules()
    values: dict[str, tuple[Any, ...]] = {
        "input": tuple(sympy.Symbol(name, real=True) for name in case.inputs)
    }
    for name, _, sources, _ in case.wires:
        arguments = [value for source in dict.fromkeys(sources) for value in values[source]]
        values[name] = tuple(modules[name](*arguments))
    return values[case.wires[-1][0]]


@random_examples(50)
@given(cases(activations=SMOOTH, most_layers=4, most_units=3, exact=False))
def test_modules_composed_are_the_inlined_expression(case: Case) -> None:
    """Lambdas only substitute when sympy does not evaluate: then it is the very same tree."""
    formula = case.network.inlined
    assume(formula.size.nodes < SMALL)
    with sympy.evaluate(False):
        outputs = composed(case)
    made = formula.sympy()
    assert sympy.Tuple(*outputs) == (made if len(outputs) > 1 else sympy.Tuple(made))


@random_examples(40)
@given(cases(most_layers=3, most_units=2))
def test_modules_composed_have_the_values_of_the_network(case: Case) -> None:
    assume(case.network.inlined.size.nodes < 300)
    with sympy.evaluate(False):
        outputs = composed(case)
    point = points_for(case)[-1]
    with mpmath.workdps(40):
        values = dict(zip(case.inputs, map(number, point), strict=True))
        values |= {name: number(v) for name, v in case.values.items()}
        close([evaluated(e, values) for e in outputs], case, point)


def test_a_module_of_one_value_twice() -> None:
    """A layer may read one value twice, from = ["h", "h"]; its module takes it once."""
    wires = [
        ("h", Dense(units=1, activation="tanh"), ["input"], {}),
        ("twice", Add(), ["h", "h"], {}),
        ("o", Concat(), ["twice", "h"], {}),
    ]
    network = netsym.Network.of("twice", 1, wires)
    x, h = sympy.symbols("x h", real=True)
    modules = network.modules()
    assert modules["twice"](h) == sympy.Tuple(2 * h)
    assert modules["o"](x, h) == sympy.Tuple(x, h)


def test_modules_are_lambdas_of_real_symbols() -> None:
    modules = netsym.parse("2-3tanh-1").modules()
    assert list(modules) == ["layer1", "layer2"]
    first, last = modules.values()
    assert all(isinstance(module, sympy.Lambda) for module in modules.values())
    assert [s.name for s in first.variables] == ["x_1", "x_2"]
    assert [s.name for s in last.variables] == ["a1_1", "a1_2", "a1_3"]
    assert len(first.expr) == 3
    assert all(s.is_real for module in modules.values() for s in module.expr.free_symbols)
    x1, x2, w1, w2, b = sympy.symbols("x_1 x_2 w1_1_1 w1_1_2 b1_1", real=True)
    assert first(x1, x2)[0] == sympy.tanh(w1 * x1 + w2 * x2 + b)


# -- the script ---------------------------------------------------------------------------------
@random_examples(50)
@given(cases(), st.sampled_from(["layered", "shared", "inlined"]), st.booleans())
def test_the_script_rebuilds_the_expression(case: Case, form: str, expand: bool) -> None:
    formula = case.network.formula(form, expand)
    assume(formula.size.nodes < SMALL)
    scope = executed(formula)
    made = formula.sympy()
    if formula.bindings:
        assert (scope["bindings"], scope["outputs"]) == made
    else:
        assert scope["bindings"] == []
        assert sympy.Tuple(*scope["outputs"]) == (
            made if len(formula.outputs) > 1 else sympy.Tuple(made)
        )


@pytest.mark.parametrize("value", [1e22, 2.0**60, -1e16, 123456789012345680.0, 0.1, -0.5, 7.0])
def test_the_script_has_the_numbers_of_the_expression(value: float) -> None:
    given = {"weights": [value], "bias": [-value]}
    wires = [("s", Scale(), ["input"], given), ("t", Activation(activation="tanh"), ["s"], {})]
    formula = netsym.Network.of("number", 1, wires).inlined
    assert executed(formula)["outputs"] == [formula.sympy()]


@pytest.mark.parametrize("weight", ["w", 2.0, -2.0, "1/3", "-1/3"])
@pytest.mark.parametrize("activation", ["sigmoid", "silu"])
def test_the_script_negates_what_the_expression_negates(weight: Any, activation: str) -> None:
    """exp(-(w*x)) is not exp((-w)*x): the same value, another tree."""
    wires = [
        ("s", Scale(use_bias=False), ["input"], {"weights": [weight]}),
        ("a", Activation(activation=activation), ["s"], {}),
    ]
    formula = netsym.Network.of("minus", 1, wires).formula("inlined", expand=True)
    assert executed(formula)["outputs"] == [formula.sympy()]


@pytest.mark.parametrize(
    "name",
    ["Float", "Integer", "Add", "Mul", "Rational", "evaluate", "symbols", "bindings", "outputs",
     "Max", "S", "z", "I", "E"],
)  # fmt: skip
def test_the_script_works_whatever_parameters_are_called(name: str) -> None:
    """These are words of the script; a person may still have called a weight so."""
    try:
        wires = [("d", Dense(units=1, activation="relu"), ["input"], {"weights": [[name]]}),
                 ("s", Scale(), ["d"], {"weights": ["1/3"], "bias": [0.25]})]  # fmt: skip
        formula = netsym.Network.of("words", 1, wires).inlined
    except SpecError as error:
        assert name in str(error)  # refusing the name is an answer too
        return
    assert executed(formula)["outputs"] == [formula.sympy()]


# -- back ---------------------------------------------------------------------------------------
@random_examples(60)
@given(cases(most_layers=4, exact=False, named=False))
def test_what_comes_back_has_the_values_of_the_network(case: Case) -> None:
    made = case.network.inlined.sympy()
    assume(case.network.inlined.size.nodes < SMALL)
    back = netsym.from_sympy(made, inputs=case.inputs)
    for point in points_for(case):
        expected = reference(case, point)
        assume(expected.largest < 600)
        found = back(*point)
        found = found.tolist() if len(expected.outputs) > 1 else [found]
        for got, value in zip(found, expected.outputs, strict=True):
            assert abs(mpmath.mpf(got) - value.value) <= value.error


@random_examples(60)
@given(cases(activations=["linear", "tanh"], most_layers=4, exact=False))
def test_elementary_networks_come_back_the_same(case: Case) -> None:
    """Where sympy has every operation, out and back again says the same, to the letter."""
    formula = case.network.inlined
    assume(formula.size.nodes < SMALL)
    text = formula.text(ascii=True)
    assume("-0.0" not in text)  # sympy has no negative zero
    assume("-1*" not in text)  # sympy has one tree for -1*x and -x
    assume("- " not in text and "/" not in text and "(-" not in text)
    back = netsym.from_sympy(
        formula.sympy(), inputs=case.inputs, outputs=case.network.output_names.all()
    )
    assert back.text(ascii=True) == text
    assert back.size == formula.size


X, Y, W, B = sympy.symbols("x y w b", real=True)


@pytest.mark.parametrize(
    ("expression", "text", "nodes"),
    [
        (X, "x", 1),
        (sympy.Integer(2), "2", 1),
        (sympy.Rational(-1, 3), "-1/3", 1),
        (sympy.Float(0.1), "0.1", 1),
        (sympy.pi, "pi", 1),
        (sympy.E, "exp(1)", 2),
        (X + Y, "x + y", 3),
        (-X, "-x", 2),
        (X - Y, "x - y", 4),
        (X * Y, "x*y", 3),
        (X / Y, "x/y", 3),
        (1 / X, "1/x", 3),
        (X**3, "x**3", 3),
        (X**-3, "1/x**3", 5),
        (X**Y, "x**y", 3),
        (sympy.sqrt(X), "sqrt(x)", 2),
        (1 / sympy.sqrt(X), "1/sqrt(x)", 4),
        (sympy.exp(X), "exp(x)", 2),
        (sympy.Abs(X), "abs(x)", 2),
        (sympy.Max(X, Y, W), None, 4),
        (sympy.Min(X, 0), "min(0, x)", 3),
        (sympy.tanh(X) * 3, "3*tanh(x)", 4),
        (sympy.log(sympy.sin(X)), "log(sin(x))", 3),
        (sympy.erf(X), "erf(x)", 2),
        (2 * X / 3, "(2/3)*x", 3),
        (X / (Y * W), None, 5),
        (sympy.atan(X) + sympy.sinh(X) + sympy.cosh(X), None, 7),
    ],
)
def test_expressions_and_their_sizes(expression: Any, text: str | None, nodes: int) -> None:
    formula = netsym.from_sympy(expression)
    if text is not None:
        left = "z" if Y in expression.free_symbols else "y"
        assert formula.text(ascii=True) == f"{left} = {text}"
    assert formula.size.nodes == nodes
    values = {s: sympy.Rational(k, 3) for k, s in enumerate([X, Y, W, B], 2)}
    names = sorted(s.name for s in expression.free_symbols)
    given = [float(values[sympy.Symbol(n, real=True)]) for n in names]
    if names:
        exact = float(expression.subs(values).evalf(30))
        assert formula(*given) == pytest.approx(exact, rel=1e-14)


def test_inputs_outputs_and_several_expressions() -> None:
    formula = netsym.from_sympy([W * X + B, X], inputs=[X], outputs=["left", "right"])
    assert [output.name for output in formula.outputs] == ["left", "right"]
    assert formula(2.0, parameters={"w": 3.0, "b": 1.0}).tolist() == [7.0, 2.0]
    by_name = netsym.from_sympy(W * X + B, inputs=["x"])
    assert by_name(2.0, parameters={"w": 3.0, "b": 1.0}) == 7.0
    matrix = netsym.from_sympy(sympy.Matrix([[X, Y], [Y, X]]))
    assert matrix(1.0, 2.0).tolist() == [1, 2, 2, 1]
    assert [output.name for output in matrix.outputs] == ["y_1", "y_2", "y_3", "y_4"]
    unused = netsym.from_sympy(X, inputs=["x", "extra"])
    assert unused(1.0, 2.0) == 1.0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (sympy.oo, "oo is not a finite number"),
        (-sympy.oo + 0 * X, "-oo is not a finite number"),
        (X + sympy.nan, "nan is not a finite number"),
        (sympy.Max(X, sympy.oo, evaluate=False), "oo is not a finite number"),
        (sympy.zoo, "ComplexInfinity is not something"),
        (sympy.I * X, "ImaginaryUnit is not something"),
        (X < Y, "is a StrictLessThan, not a sympy expression"),
        (sympy.Eq(X, Y), "is a Equality, not a sympy expression"),
        (sympy.true, "is a BooleanTrue, not a sympy expression"),
        (sympy.Piecewise((X, X > 0), (0, True)), "is not something netsym knows"),
        (sympy.Function("g")(X), "g is not something netsym knows"),
        (sympy.gamma(X), "gamma is not something netsym knows"),
        (sympy.Integral(X, X), "is not something netsym knows"),
        (sympy.Derivative(sympy.tanh(X), X), "is not something netsym knows"),
        (sympy.MatrixSymbol("A", 2, 2), "is not something netsym knows"),
        (sympy.MatrixSymbol("A", 2, 2)[0, 1], "is not something netsym knows"),
        ("x + 1", "'x + 1' is a str, not a sympy expression; give an Expr"),
        (3, "3 is a int, not a sympy expression"),
        ([X, "y"], "'y' is a str, not a sympy expression"),
        (None, "None is a NoneType, not a sympy expression"),
        ([], "there is no expression in the list; give at least one"),
    ],
)  # fmt: skip
def test_what_is_not_an_expression(given: Any, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        netsym.from_sympy(given)
    assert message in str(caught.value)


def test_output_names_must_be_as_many_as_expressions() -> None:
    with pytest.raises(SpecError, match="2 output names for 1 expression; give one each"):
        netsym.from_sympy(X, outputs=["a", "b"])


@pytest.mark.parametrize("name", ["x y", "lambda", "x); import os; (y", "1x", "", "exp"])
def test_symbols_that_are_not_names(name: str) -> None:
    """Names go into code that is written: `from_sympy` refuses what is not a name."""
    with pytest.raises(SpecError):
        netsym.from_sympy(sympy.Symbol(name) + 1)
    with pytest.raises(SpecError):
        netsym.from_sympy(X, outputs=[name])


# -- deep and large -----------------------------------------------------------------------------
@heavy
def test_deep_expressions_do_not_recurse() -> None:
    depth, limit = 2_000, sys.getrecursionlimit()
    expression: Any = X
    for _ in range(depth):
        product = sympy.Mul(W, expression, evaluate=False)
        expression = sympy.tanh(sympy.Add(product, B, evaluate=False), evaluate=False)
    formula = netsym.from_sympy(expression, inputs=[X])
    assert formula.size.nodes == 5 * depth + 1
    value = mpmath.mpf("0.5")
    for _ in range(depth):
        value = mpmath.tanh(mpmath.mpf(0.75) * value + mpmath.mpf(0.25))
    assert abs(formula(0.5, parameters={"w": 0.75, "b": 0.25}) - value) < 1e-13
    assert formula.text(ascii=True).count("tanh(") == depth
    assert sys.getrecursionlimit() == limit


def test_deep_networks_go_out_and_come_back() -> None:
    network = netsym.parse("-".join(["1"] * 1_001) + ":tanh")
    made = network.inlined.sympy()
    assert netsym.from_sympy(made).size.nodes == network.inlined.size.nodes == 5_001
    bindings, outputs = network.layered.sympy()
    assert len(bindings) == 999
    assert netsym.from_sympy([right for _, right in bindings] + outputs).size.nodes == 6_000


@heavy
def test_a_large_expression_is_read_in_linear_time() -> None:
    """In that of its graph: the formula grows 100 times larger, the graph twice."""
    calls = []
    for inputs in (50, 100):
        network = netsym.parse(f"{inputs}-60tanh-10")
        values = {n: 0.01 + k * 2.0**-20 for k, n in enumerate(network.parameter_names())}
        numeric = network.with_parameters(values)
        names = [f"x_{n}" for n in range(1, inputs + 1)]
        work = Work(partial(netsym.from_sympy, numeric.inlined.sympy(), inputs=names))
        assert work.result.size.nodes == numeric.inlined.size.nodes
        calls.append(work.calls)
    assert calls[1] < 2.1 * calls[0]


def test_many_fractions_are_read_in_linear_time() -> None:
    calls = []
    for count in (1000, 2000):
        thirds = [sympy.Rational(3 * n + 1, 3) for n in range(count)]
        terms = [sympy.Mul(third, X, evaluate=False) for third in thirds]
        work = Work(partial(netsym.from_sympy, sympy.Add(*terms, evaluate=False)))
        assert work.result.size.nodes == 1 + 3 * count
        calls.append(work.calls)
    assert calls[1] < 2.1 * calls[0]
