"""Every rule of the simplifier, on cases small enough to be worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction as F
from itertools import pairwise
from typing import Any, ClassVar, TypeVar

import mpmath
import numpy as np
import pytest
import sympy

import netsym
from netsym.collapse.simplification import simplify
from netsym.collapse.simplified import Simplified
from netsym.errors import SpecError
from netsym.layers import Layer, Shape
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation, Dropout, Scale, Standardize
from netsym.layers.merge import Add, Concat
from netsym.network.network import Network
from netsym.ops import Ops
from tests.collapse.byhand import entries, named, symbolic
from tests.effort import many

A = TypeVar("A")
EQUAL = ("structural", "identical")
Wire = tuple[str, Layer, Sequence[str], Mapping[str, Any]]


def net(inputs: int | list[str], *wires: Wire) -> Network:
    return Network.of("net", inputs, wires)


def dense(name: str, source: str, weights: Any, bias: Any = None, **options: Any) -> Wire:
    """A dense layer of given numbers or names; no bias if none is given."""
    given = {"weights": weights} if bias is None else {"weights": weights, "bias": bias}
    layer = Dense(units=len(weights), use_bias=bias is not None, **options)
    return (name, layer, [source], given)


def linear(name: str, source: str, units: int, **options: Any) -> Wire:
    """A dense layer whose parameters are named by the notation."""
    return (name, Dense(units=units, **options), [source], {})


def done(network: Network, **options: Any) -> Simplified:
    """What the simplifier makes of it, with what must hold of every result."""
    result = simplify(network, **options)
    assert netsym.compare(network, result.exact).verdict in EQUAL
    before, after = result.cost
    if not options.get("force"):
        assert after.parameters <= before.parameters
        assert after.operations <= before.operations
    if "steps" not in options:
        assert not simplify(result.exact, force=options.get("force", False)).steps
    assert str(result)
    return result


def rules(result: Simplified) -> list[str]:
    return [step.rule.__name__ for step in result.steps]


def kinds(network: Network) -> list[str]:
    return [placed.layer.kind for placed in network.layers]


def numbers(network: Network, place: int, key: str) -> list[Any]:
    found = network.layers[place].parameters[key]
    return np.array(entries(found), dtype=object).reshape(found.shape).tolist()


# -- affine layers one after another --------------------------------------------------------------
def test_one_two_one_becomes_one_one() -> None:
    result = done(netsym.parse("1-2-1"))
    assert rules(result) == ["compose"]
    assert kinds(result.network) == ["dense"]
    (w11, w12), (b11, b12) = map(named, ("w1_1_1", "w1_2_1")), map(named, ("b1_1", "b1_2"))
    v1, v2, c = named("w2_1_1"), named("w2_1_2"), named("b2_1")
    (weight,) = entries(result.network.layers[0].parameters["weights"])
    (bias,) = entries(result.network.layers[0].parameters["bias"])
    assert sympy.expand(weight - (v1 * w11 + v2 * w12)) == 0
    assert sympy.expand(bias - (v1 * b11 + v2 * b12 + c)) == 0
    before, after = result.cost
    assert (before.parameters, after.parameters) == (7, 2)


def test_numbers_are_multiplied_exactly() -> None:
    result = done(
        net(
            2,
            dense("a", "input", [[1.0, 2.0], [3.0, 4.0]], [5.0, 6.0]),
            dense("b", "a", [[1.0, -1.0], [0.5, 2.0]], [1.0, 0.0]),
        )
    )
    assert numbers(result.network, 0, "weights") == [[-2.0, -2.0], [6.5, 9.0]]
    assert numbers(result.network, 0, "bias") == [0.0, 14.5]
    assert result.is_rounded  # as the numbers came from float64; here nothing was lost
    assert numbers(result.exact, 0, "weights") == [[F(-2), F(-2)], [F(13, 2), F(9)]]


def test_fractions_stay_fractions() -> None:
    result = done(
        net(1, dense("a", "input", [[F(1, 3)]], [F(1, 7)]), dense("b", "a", [[F(3, 5)]], [F(2, 7)]))
    )
    assert not result.is_rounded
    assert np.ravel(numbers(result.network, 0, "weights")).tolist() == [F(1, 5)]
    assert numbers(result.network, 0, "bias") == [F(13, 35)]


def test_floats_are_rounded_once_and_exact_keeps_them() -> None:
    network = net(1, dense("a", "input", [[0.1]]), dense("b", "a", [[0.1]]))
    rounded, exact = done(network), done(network, exact=True)
    product = F(0.1) * F(0.1)
    assert np.ravel(numbers(rounded.network, 0, "weights")).tolist() == [float(product)]
    assert rounded.is_rounded
    assert not exact.is_rounded
    assert np.ravel(numbers(exact.network, 0, "weights")).tolist() == [product]
    # four factors: rounded once, in the end, not after each product
    chain = net(1, *(dense(f"l{n}", f"l{n - 1}" if n else "input", [[0.1]]) for n in range(4)))
    (weight,) = np.ravel(numbers(done(chain).network, 0, "weights"))
    assert weight == float(F(0.1) ** 4) != 0.1 * 0.1 * 0.1 * 0.1


def test_names_and_numbers_in_one_layer() -> None:
    result = done(
        net(
            2,
            dense("a", "input", [["p", 2.0], [F(1, 3), "q"]], ["r", 0.0]),
            dense("b", "a", [["s", 3.0]], [0.5]),
        )
    )
    p, q, r, s = map(named, "pqrs")
    found = [sympy.nsimplify(w) for w in np.ravel(numbers(result.exact, 0, "weights"))]
    for weight, expected in zip(found, [s * p + 1, 2 * s + 3 * q], strict=True):
        assert sympy.expand(weight - expected) == 0
    (bias,) = numbers(result.exact, 0, "bias")
    assert sympy.expand(sympy.nsimplify(bias) - (s * r + sympy.Rational(1, 2))) == 0


def test_a_run_of_every_affine_layer() -> None:
    result = done(
        net(
            2,
            ("s", Scale(), ["input"], {"weights": [2.0, 4.0], "bias": [1.0, -1.0]}),
            ("d", Dropout(), ["s"], {}),
            ("z", Standardize(), ["d"], {"mean": [1.0, 3.0], "scale": [2.0, 0.5]}),
            ("l", Activation(activation="linear"), ["z"], {}),
            dense("w", "l", [[1.0, 0.5]], [3.0]),
        )
    )
    assert kinds(result.network) == ["dense"]
    # s = (2x + 1, 4y - 1), z = (x, 8y - 8), w = x + 4y - 4 + 3
    assert numbers(result.network, 0, "weights") == [[1.0, 4.0]]
    assert numbers(result.network, 0, "bias") == [-1.0]


def test_elementwise_layers_stay_elementwise() -> None:
    result = done(
        net(
            3,
            ("s", Scale(), ["input"], {}),
            ("z", Standardize(), ["s"], {}),
            ("t", Scale(use_bias=False), ["z"], {}),
        )
    )
    assert kinds(result.network) == ["scale"]
    w, b, m, s, t = (named(f"{letter}_2") for letter in ("w1", "b1", "m2", "s2", "w3"))
    weight, bias = numbers(result.exact, 0, "weights")[1], numbers(result.exact, 0, "bias")[1]
    assert sympy.simplify(weight - t * w / s) == 0
    assert sympy.simplify(bias - t * (b - m) / s) == 0


@pytest.mark.parametrize("scaler", ["standardize", "scale"])
@pytest.mark.parametrize("before", [True, False])
def test_a_scaler_before_or_after_a_dense_layer(scaler: str, before: bool) -> None:
    def scale(source: str) -> Wire:
        if scaler == "scale":
            weights = {"weights": [2.0, 0.5], "bias": [1.0, 2.0]}
            return ("scaler", Scale(), [source], weights)
        return ("scaler", Standardize(), [source], {"mean": [1.0, 2.0], "scale": [0.5, 4.0]})

    first = "scaler" if before else "input"
    weights = dense("w", first, [[1.0, 2.0], [3.0, 4.0]], [1.0, -1.0])
    wires = [scale("input"), weights] if before else [weights, scale("w")]
    result = done(net(2, *wires))
    assert kinds(result.network) == ["dense"]
    factor = [2.0, 0.5] if scaler == "scale" else [2.0, 0.25]
    shift = [1.0, 2.0] if scaler == "scale" else [-2.0, -0.5]
    given, bias = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, -1.0])
    if before:
        expected, constant = given * factor, given @ shift + bias
    else:
        expected, constant = (given.T * factor).T, bias * factor + shift
    assert numbers(result.network, 0, "weights") == expected.tolist()
    assert numbers(result.network, 0, "bias") == constant.tolist()


def test_a_scaler_is_folded_behind_a_nonlinear_layer_too() -> None:
    result = done(
        net(
            1,
            ("s", Standardize(), ["input"], {"mean": [3.0], "scale": [2.0]}),
            dense("h", "s", [[4.0], [1.0]], [0.0, 1.0], activation="tanh"),
            ("t", Scale(use_bias=False), ["h"], {"weights": [0.5, 2.0]}),
            dense("o", "t", [[2.0, 3.0]], [0.0]),
        )
    )
    assert kinds(result.network) == ["dense", "dense"]
    assert numbers(result.network, 0, "weights") == [[2.0], [0.5]]
    assert numbers(result.network, 0, "bias") == [-6.0, -0.5]
    assert numbers(result.network, 1, "weights") == [[1.0, 6.0]]
    assert result.network.layers[0].layer.activation == "tanh"  # type: ignore[attr-defined]


@pytest.mark.parametrize("relu", [False, True])
def test_fifty_layers_become_one_or_two_if_a_relu_stands_between(relu: bool) -> None:
    source, width = np.random.default_rng(0), many(64, 16)
    wires: list[Wire] = []
    for n in range(50):
        given = {
            "weights": source.normal(0, width**-0.5, (width, width)),
            "bias": source.normal(0, 1, width),
        }
        layer = Dense(units=width, activation="relu" if relu and n == 24 else "linear")
        wires.append((f"l{n}", layer, [f"l{n - 1}" if n else "input"], given))
    result = simplify(net(width, *wires))
    if relu:
        assert len(result.network.layers) == 2
        (place,) = result.blocked
        assert "relu stands between" in place.because
        assert place.witness is not None
    else:
        assert len(result.network.layers) == 1
        assert not result.blocked
    x = source.normal(size=(3, width))
    expected = x
    for n, (_, _, _, given) in enumerate(wires):
        expected = expected @ given["weights"].T + given["bias"]
        if relu and n == 24:
            expected = np.maximum(expected, 0)
    np.testing.assert_allclose(result.network(x), expected, rtol=1e-9, atol=1e-9)


# -- branches -------------------------------------------------------------------------------------
def test_a_skip_around_an_affine_block() -> None:
    network = net(
        2, linear("a", "input", 3), linear("b", "a", 2), ("sum", Add(), ["b", "input"], {})
    )
    result = done(network)
    assert kinds(result.network) == ["dense"]
    u = sympy.Matrix(2, 3, [named(f"w2_{i}_{j}") for i in (1, 2) for j in (1, 2, 3)])
    w = sympy.Matrix(3, 2, [named(f"w1_{i}_{j}") for i in (1, 2, 3) for j in (1, 2)])
    expected = sympy.eye(2) + u * w
    found = sympy.Matrix(numbers(result.exact, 0, "weights"))
    assert (found - expected).expand() == sympy.zeros(2, 2)
    b = sympy.Matrix(3, 1, [named(f"b1_{i}") for i in (1, 2, 3)])
    c = sympy.Matrix(2, 1, [named(f"b2_{i}") for i in (1, 2)])
    bias = sympy.Matrix(numbers(result.exact, 0, "bias"))
    assert (bias - (u * b + c)).expand() == sympy.zeros(2, 1)


def test_a_dense_layer_with_its_own_skip() -> None:
    result = done(net(1, dense("a", "input", [[2.0]], [1.0], skip=True)))
    assert kinds(result.network) in (["dense"], ["scale"])
    assert np.ravel(numbers(result.network, 0, "weights")).tolist() == [3.0]


def test_branches_that_are_joined() -> None:
    result = done(
        net(
            2,
            dense("a", "input", [[1.0, 2.0]], [3.0]),
            dense("b", "input", [[4.0, 5.0], [6.0, 7.0]]),
            ("both", Concat(), ["a", "b"], {}),
            dense("o", "both", [[1.0, 1.0, 1.0], [0.0, 1.0, -1.0]], [0.0, 1.0]),
        )
    )
    assert kinds(result.network) == ["dense"]
    assert numbers(result.network, 0, "weights") == [[11.0, 14.0], [-2.0, -2.0]]
    assert numbers(result.network, 0, "bias") == [3.0, 1.0]


def test_branches_that_are_added_with_dropout() -> None:
    result = done(
        net(
            2,
            dense("a", "input", [[1.0, 2.0], [0.0, 1.0]], [3.0, 0.0]),
            ("d", Dropout(), ["a"], {}),
            ("s", Scale(use_bias=False), ["input"], {"weights": [10.0, 20.0]}),
            ("sum", Add(), ["d", "s", "input"], {}),
        )
    )
    assert kinds(result.network) == ["dense"]
    assert numbers(result.network, 0, "weights") == [[12.0, 2.0], [0.0, 22.0]]
    assert numbers(result.network, 0, "bias") == [3.0, 0.0]


def test_a_value_added_to_itself() -> None:
    result = done(net(2, ("twice", Add(), ["input", "input"], {}), ("d", Dropout(), ["twice"], {})))
    assert symbolic(result.exact) == [2 * named("x_1"), 2 * named("x_2")]
    result = done(
        net(1, dense("a", "input", [[3.0]], [1.0]), ("both", Concat(), ["a", "a"], {}),
            dense("o", "both", [[1.0, 1.0]], [0.0]))
    )  # fmt: skip
    assert np.ravel(numbers(result.network, 0, "weights")).tolist() == [6.0]


def test_a_scaler_that_feeds_two_branches_goes_into_both() -> None:
    result = done(
        net(
            2,
            ("s", Standardize(), ["input"], {"mean": [1.0, 2.0], "scale": [2.0, 4.0]}),
            dense("a", "s", [[2.0, 4.0]], [0.0], activation="relu"),
            dense("b", "s", [[1.0, 1.0]], [1.0], activation="tanh"),
            ("sum", Add(), ["a", "b"], {}),
        )
    )
    assert "standardize" not in kinds(result.network)
    assert numbers(result.network, 0, "weights") == [[1.0, 1.0]]
    assert numbers(result.network, 0, "bias") == [-3.0]
    assert numbers(result.network, 1, "weights") == [[0.5, 0.25]]  # 1 - 1/2 - 2/4 = 0, no bias
    assert "bias" not in result.network.layers[1].parameters


def test_several_sources_come_together_behind_relus() -> None:
    result = done(
        net(
            2,
            dense("r", "input", [[1.0, 1.0]], [0.0], activation="relu"),
            dense("t", "input", [[1.0, -1.0]], [0.0], activation="tanh"),
            dense("a", "r", [[2.0]], [1.0]),
            dense("b", "t", [[3.0]], [1.0]),
            ("sum", Add(), ["a", "b"], {}),
            dense("o", "sum", [[10.0]], [5.0]),
        )
    )
    x, y = named("x_1"), named("x_2")
    (found,) = symbolic(result.exact)
    relu, tanh = sympy.Function("relu"), sympy.Function("tanh")
    assert sympy.expand(found - (20 * relu(x + y) + 30 * tanh(x - y) + 25)) == 0
    assert len([k for k in kinds(result.network) if k in ("dense", "scale")]) == 3


def test_what_others_still_need_stays() -> None:
    result = done(
        net(
            3,
            linear("wide", "input", 3),
            linear("h", "wide", 3, activation="tanh"),
            linear("z", "wide", 3),
            ("both", Concat(), ["h", "z"], {}),
            linear("o", "both", 2, activation="sigmoid"),
        )
    )
    assert any("tanh" in p.layer.describe() for p in result.network.layers)
    assert len(result.network.layers) <= 5


def test_a_layer_read_three_times() -> None:
    result = done(
        net(
            2,
            linear("s", "input", 2),
            linear("a", "s", 2, activation="relu"),
            linear("b", "s", 2, activation="tanh"),
            linear("c", "s", 2),
            ("sum", Add(), ["a", "b", "c"], {}),
        )
    )
    assert result.cost[1].total <= result.cost[0].total


def test_the_last_layer_may_be_dropout_or_linear() -> None:
    for last in (Dropout(), Activation(activation="linear")):
        result = done(net(1, linear("h", "input", 2, activation="relu"), ("end", last, ["h"], {})))
        assert kinds(result.network) == ["dense"]
        assert len(result.network.output_names) == 2
        assert rules(result) == ["drop_identity"]
    names = Network.of("n", 1, [linear("h", "input", 2), ("d", Dropout(), ["h"], {})], ["p", "q"])
    assert done(names).network.output_names.all() == ["p", "q"]


def test_a_network_that_is_the_identity_keeps_a_layer() -> None:
    result = done(net(2, ("d", Dropout(), ["input"], {}), ("e", Dropout(), ["d"], {})))
    assert len(result.network.layers) == 1
    assert symbolic(result.exact) == [named("x_1"), named("x_2")]


def test_a_matrix_and_its_inverse_undo_each_other() -> None:
    forth = [[2.0, 1.0], [1.0, 1.0]]
    back = [[1.0, -1.0], [-1.0, 2.0]]
    result = done(
        net(
            2,
            dense("a", "input", forth),
            dense("b", "a", back),
            dense("h", "b", [[1.0, 2.0]], [0.0], activation="relu"),
        )
    )
    assert kinds(result.network) == ["dense"]
    assert numbers(result.network, 0, "weights") == [[1.0, 2.0]]
    alone = done(net(2, dense("a", "input", forth), dense("b", "a", back)))
    assert len(alone.network.layers) == 1
    assert symbolic(alone.exact) == [named("x_1"), named("x_2")]
    between = done(
        net(
            2,
            dense("h", "input", [[1.0, 2.0], [3.0, 4.0]], activation="tanh"),
            dense("a", "h", forth),
            dense("b", "a", back),
            ("g", Activation(activation="sigmoid"), ["b"], {}),
        )
    )
    assert "dense" in kinds(between.network)
    assert len(between.network.layers) == 2


def test_a_scale_by_one_is_left_out() -> None:
    result = done(
        net(
            2,
            ("s", Scale(), ["input"], {"weights": [1.0, 1.0], "bias": [0.0, 0.0]}),
            ("z", Standardize(use_mean=False), ["s"], {"scale": [1.0, 1.0]}),
            ("h", Activation(activation="tanh"), ["z"], {}),
        )
    )
    assert kinds(result.network) == ["activation"]


def test_networks_of_one_layer() -> None:
    for spec in ("2-3", "2-3relu", "3-3softmax"):
        result = done(netsym.parse(spec))
        assert not result.steps
        assert result.network is result.original
        assert not result.stopped


def test_two_activations_in_a_row_stay() -> None:
    result = done(netsym.parse("2-2tanh-1sigmoid"))
    assert not result.steps


# -- units ----------------------------------------------------------------------------------------
def test_units_without_outgoing_weights_are_left_out() -> None:
    result = done(
        net(
            1,
            dense("h", "input", [["a"], ["b"], ["c"]], ["d", "e", "f"], activation="tanh"),
            dense("o", "h", [["u", 0.0, "v"]], ["w"]),
        )
    )
    assert rules(result) == ["drop_unused"]
    assert numbers(result.network, 0, "weights") == [[named("a")], [named("c")]]
    assert numbers(result.network, 0, "bias") == [named("d"), named("f")]
    assert numbers(result.network, 1, "weights") == [[named("u"), named("v")]]
    assert "unit 2 of layer 1 (h)" in result.steps[0].found.words


def test_a_unit_is_needed_if_one_of_several_readers_needs_it() -> None:
    network = net(
        1,
        dense("h", "input", [[1.0], [2.0], [3.0]], [0.5, 0.25, 1.0], activation="tanh"),
        dense("p", "h", [[1.0, 0.0, 0.0]], activation="relu"),
        dense("q", "h", [[0.0, 0.0, 1.0]], activation="sigmoid"),
        ("sum", Add(), ["p", "q"], {}),
    )
    result = done(network)
    assert numbers(result.network, 0, "weights") == [[1.0], [3.0]]
    x = named("x")
    tanh, relu, sigmoid = map(sympy.Function, ("tanh", "relu", "sigmoid"))
    expected = relu(tanh(x + F(1, 2))) + sigmoid(tanh(3 * x + 1))
    assert sympy.simplify(symbolic(result.exact)[0] - expected) == 0


def test_equal_units_are_merged_and_their_outgoing_weights_add() -> None:
    result = done(
        net(
            1,
            dense("h", "input", [[2.0], [3.0], [2.0]], [1.0, 1.0, 1.0], activation="sigmoid"),
            dense("o", "h", [["u", "v", "w"]], ["c"]),
        )
    )
    assert rules(result) == ["merge_equal"]
    assert numbers(result.network, 0, "weights") == [[2.0], [3.0]]
    (row,) = numbers(result.network, 1, "weights")
    assert [sympy.expand(e) for e in row] == [named("u") + named("w"), named("v")]


def test_equal_units_are_merged_for_all_readers() -> None:
    result = done(
        net(
            1,
            dense("h", "input", [[2.0], [2.0]], [1.0, 1.0], activation="tanh"),
            dense("p", "h", [[1.0, 2.0]], [0.0], activation="relu"),
            dense("q", "h", [[5.0, 7.0]], [0.0], activation="sigmoid"),
            ("sum", Add(), ["p", "q"], {}),
        )
    )
    assert np.ravel(numbers(result.network, 1, "weights")).tolist() == [3.0]
    assert np.ravel(numbers(result.network, 2, "weights")).tolist() == [12.0]


def test_units_that_differ_in_the_bias_alone_stay() -> None:
    network = net(
        1,
        dense("h", "input", [[2.0], [2.0]], [1.0, 1.5], activation="sigmoid"),
        dense("o", "h", [[1.0, 1.0]]),
    )
    assert not done(network).steps


def test_units_equal_up_to_a_positive_factor_stay_apart() -> None:
    """Positive rescaling of relu is left alone."""
    network = net(
        1,
        dense("h", "input", [[1.0], [2.0]], [1.0, 2.0], activation="relu"),
        dense("o", "h", [[1.0, 1.0]]),
    )
    assert not done(network).steps


@pytest.mark.parametrize(
    ("function", "bias", "value"),
    [
        ("relu", F(3, 2), F(3, 2)),
        ("relu", F(-3, 2), F(0)),
        ("leaky_relu", F(3), F(3)),
        ("sigmoid", F(0), F(1, 2)),
        ("tanh", F(0), F(0)),
    ],
)
def test_constant_units_go_into_the_next_bias(function: str, bias: F, value: F) -> None:
    network = net(
        1,
        dense("h", "input", [[0.0], ["w"]], [bias, "b"], activation=function),
        dense("o", "h", [["u", "v"]], ["c"]),
    )
    result = simplify(network)
    assert rules(result) == ["fold_constants"]
    assert numbers(result.network, 0, "weights") == [[named("w")]]
    (constant,) = numbers(result.network, 1, "bias")
    expected = sympy.Rational(value.numerator, value.denominator) * named("u") + named("c")
    assert sympy.simplify(sympy.nsimplify(constant.doit()) - expected) == 0


def test_a_constant_unit_of_float_numbers_is_rounded_once() -> None:

    network = net(
        1,
        dense("h", "input", [[0.0], [1.0]], [0.3, 0.0], activation="sigmoid"),
        dense("o", "h", [[0.7, 1.0]], [0.1]),
    )
    result = done(network)
    with mpmath.workdps(60):
        exact = mpmath.mpf(0.7) / (1 + mpmath.exp(-mpmath.mpf(0.3))) + mpmath.mpf(0.1)
        assert numbers(result.network, 1, "bias") == [float(exact)]


def test_constant_units_of_softmax_stay() -> None:
    network = net(
        1,
        dense("h", "input", [[0.0], ["w"]], [1.0, "b"], activation="softmax"),
        dense("o", "h", [["u", "v"]], ["c"]),
    )
    result = done(network)
    assert not result.steps


def test_units_of_softmax_are_all_needed() -> None:
    network = net(
        1,
        dense("h", "input", [["w"], ["v"], ["v2"]], activation="softmax"),
        dense("o", "h", [["u", 0.0, 0.0]], ["c"]),
    )
    assert not done(network).steps


def test_all_units_can_go() -> None:
    network = net(
        2,
        dense("h", "input", [["p", "q"], ["r", "s"]], ["b1", "b2"], activation="tanh"),
        dense("o", "h", [[0.0, 0.0]], ["c"]),
    )
    result = done(network)
    assert result.cost[1].total < result.cost[0].total
    assert symbolic(result.exact) == [named("c")]


def test_dead_ends_go_with_what_only_they_need() -> None:
    network = net(
        1,
        dense("deep", "input", [["p"], ["q"]], ["b1", "b2"], activation="tanh"),
        dense("h", "deep", [["r", "s"], ["t", "u"]], ["b3", "b4"], activation="tanh"),
        dense("o", "h", [["v", 0.0]], ["c"]),
    )
    result = done(network)
    assert numbers(result.network, 1, "weights") == [[named("r"), named("s")]]
    chain = net(
        1,
        dense("deep", "input", [["p"], ["q"]], activation="tanh"),
        dense("h", "deep", [["r", 0.0], ["t", "u"]], activation="tanh"),
        dense("o", "h", [["v", 0.0]], ["c"]),
    )
    result = done(chain)  # without unit 2 of h, unit 2 of deep is not needed either
    assert numbers(result.network, 0, "weights") == [[named("p")]]
    assert rules(result) == ["drop_unused", "drop_unused"]


def test_a_bias_of_zero_is_left_out_of_what_is_made() -> None:
    result = done(
        net(1, dense("a", "input", [["p"]], [0.0]), dense("b", "a", [["q"], ["r"]], [0.0, 0.0]))
    )
    assert list(result.network.layers[0].parameters) == ["weights"]


# -- what is not done ----------------------------------------------------------------------------
def test_a_bottleneck_is_not_widened_unless_forced() -> None:
    network = netsym.parse("20-2-20")
    result = done(network)
    assert not result.steps
    (place,) = result.blocked
    assert place.layers == (1, 2)
    assert place.witness is None
    # (20*20 + 20) - (2*20 + 2 + 20*2 + 20) = 318 more to store
    assert "318 more parameters" in place.because
    assert "force" in place.because
    forced = done(network, force=True)
    assert len(forced.network.layers) == 1
    assert forced.cost[1].parameters == 420


def test_a_thousand_by_two_is_told_at_once() -> None:
    result = simplify(netsym.parse("1000-2-1000"))
    assert not result.steps
    # 1000*1000 + 1000 - (1000*2 + 2 + 2*1000 + 1000)
    assert "995,998 more parameters" in str(result).replace("\n  ", " ")


def test_steps_can_be_taken_one_by_one() -> None:
    network = net(
        2,
        ("d", Dropout(), ["input"], {}),
        linear("a", "d", 3),
        linear("b", "a", 2, activation="relu"),
        linear("c", "b", 2),
        linear("o", "c", 1),
    )
    everything = done(network)
    count = len(everything.steps)
    assert count >= 3
    for steps in range(count + 2):
        result = done(network, steps=steps)
        assert len(result.steps) == min(steps, count)
        assert result.stopped is (steps < count)
        assert [str(s) for s in result.steps] == [str(s) for s in everything.steps[:steps]]
    assert done(network, steps=0).network is network
    for one, other in pairwise(everything.steps):
        assert one.cost[1] == other.cost[0]
        assert one.nodes[1] == other.nodes[0]
    for step in everything.steps:
        assert netsym.compare(step.before, step.after).verdict in EQUAL


def test_what_is_given_is_checked() -> None:
    with pytest.raises(SpecError, match="steps is -1; give a whole number from 0"):
        simplify(netsym.parse("1-1"), steps=-1)
    with pytest.raises(SpecError, match="int is no network; give a network"):
        netsym.simplify(2)


def test_numbers_too_large_for_float64_stay_apart_and_say_so() -> None:
    network = net(1, dense("a", "input", [[1e200]]), dense("b", "a", [[1e200]]))
    result = done(network)
    assert not result.steps
    assert "too large for float64" in str(result).replace("\n  ", " ")


# -- layers that the rules do not know ------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class Reverse(Layer):
    """`a_i = x_(n+1-i)`."""

    kind: ClassVar[str] = "reverse"

    size: int

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        return ops.take(inputs[0], np.arange(self.size)[::-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Centred(Layer):
    """`a = x - mean(x)`, the mean over the values of one point."""

    kind: ClassVar[str] = "centred"

    size: int

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        (x,) = inputs
        mean = ops.divide(ops.total(x), ops.constant(float(self.size)))
        return ops.add(x, ops.negate(mean))


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalised(Layer):
    """`a = g*(x - m)/sqrt(v + e) + b`, as batch normalisation does it at inference."""

    kind: ClassVar[str] = "normalised"
    letters: ClassVar[Mapping[str, str]] = {"gain": "g", "shift": "b", "mean": "m", "variance": "v"}

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def parameters(self, *shapes: Shape) -> dict[str, Shape]:
        return dict.fromkeys(self.letters, shapes[0])

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        centred = ops.add(inputs[0], ops.negate(parameters["mean"]))
        spread = ops.call("sqrt", ops.add(parameters["variance"], ops.constant(1e-5)))
        scaled = ops.divide(ops.multiply(parameters["gain"], centred), spread)
        return ops.add(scaled, parameters["shift"])

    @property
    def elementwise(self) -> bool:
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Squared(Layer):
    """`a = x*x`, which is not affine."""

    kind: ClassVar[str] = "squared"

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        return ops.multiply(inputs[0], inputs[0])


def test_a_new_layer_that_reverses() -> None:
    network = net(
        3,
        ("r", Reverse(size=3), ["input"], {}),
        dense("a", "r", [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [7.0, 8.0]),
        ("t", Reverse(size=2), ["a"], {}),
    )
    result = done(network)
    assert kinds(result.network) == ["dense"]
    assert numbers(result.network, 0, "weights") == [[6.0, 5.0, 4.0], [3.0, 2.0, 1.0]]
    assert numbers(result.network, 0, "bias") == [8.0, 7.0]


def test_a_new_layer_that_takes_the_mean_away() -> None:
    network = net(
        3, ("c", Centred(size=3), ["input"], {}), dense("a", "c", [["p", "q", "r"]], ["b"])
    )
    result = done(network)
    assert kinds(result.network) == ["dense"]
    p, q, r = map(named, "pqr")
    mean = (p + q + r) / 3
    (row,) = numbers(result.exact, 0, "weights")
    for found, expected in zip(row, [p - mean, q - mean, r - mean], strict=True):
        assert sympy.simplify(sympy.nsimplify(found) - expected) == 0


def test_a_new_layer_like_batch_normalisation() -> None:
    given = {"gain": [2.0, 0.5], "shift": [0.1, 0.2], "mean": [1.0, -1.0], "variance": [4.0, 0.3]}
    network = net(
        2,
        dense("a", "input", [[1.0, 2.0], [3.0, 4.0]], [0.5, 0.25]),
        ("n", Normalised(), ["a"], given),
        ("g", Activation(activation="relu"), ["n"], {}),
        dense("o", "g", [[1.0, 1.0]], [0.0]),
    )
    result = simplify(network)
    assert len(result.network.layers) in (2, 3)
    assert "normalised" not in kinds(result.network)
    factor = np.array(given["gain"]) / np.sqrt(np.array(given["variance"]) + 1e-5)
    weights = (np.array([[1.0, 2.0], [3.0, 4.0]]).T * factor).T
    bias = (np.array([0.5, 0.25]) - given["mean"]) * factor + given["shift"]
    np.testing.assert_allclose(numbers(result.network, 0, "weights"), weights, rtol=1e-15)
    np.testing.assert_allclose(numbers(result.network, 0, "bias"), bias, rtol=1e-14)
    points = np.random.default_rng(0).normal(size=(20, 2))
    assert (result.bound(points) < 1e-13).all()


def test_a_new_layer_like_batch_normalisation_with_names() -> None:
    network = net(1, ("n", Normalised(), ["input"], {}), linear("a", "n", 1))
    result = done(network)
    g, b, m, v = (named(f"{letter}1_1") for letter in "gbmv")
    w, c = named("w2_1_1"), named("b2_1")
    x = named("x")
    # 1e-5 is the float64, as the layer has it
    spread = sympy.sqrt(v + sympy.Rational(*F(1e-5).as_integer_ratio()))
    expected = w * (g * (x - m) / spread + b) + c
    (found,) = symbolic(result.exact)
    assert sympy.simplify(found - expected) == 0


def test_a_new_layer_that_is_not_affine_stays() -> None:
    network = net(2, linear("a", "input", 2), ("q", Squared(), ["a"], {}), linear("b", "q", 2))
    result = done(network)
    assert not result.steps
    assert "squared stands between" in str(result).replace("\n  ", " ")
