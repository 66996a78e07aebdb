"""Verdicts: for each an example that only it fits, and near misses that have to be different."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from flint import fmpz_mat
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

import netsym
from netsym.equality import identity, ladder
from netsym.equality.ladder import judge
from netsym.equality.sides import Subject, aligned, of_formula, subject
from netsym.equality.terms import Terms
from netsym.equality.verdict import VERDICTS, Verdict
from netsym.ops.numeric import Numeric
from tests.effort import heavy, many, random_examples, sample
from tests.networks import Case, cases, dense_network
from tests.verdicts import SAME

Layer = tuple[Any, Any, str]


def judged(one: Any, other: Any, **options: Any) -> Verdict:
    first = subject(one)
    return judge(first, aligned(first, subject(other, first)), Terms(**options))


def random_network(widths: Sequence[int], activation: str, seed: int) -> netsym.Network:
    source = np.random.default_rng(seed)
    return dense_network(
        widths[0],
        *(
            (source.normal(size=(m, n)) / n**0.5, source.normal(size=m), activation)
            for n, m in pairwise(widths)
        ),
    )


def moved(net: netsym.Network, layer: int, key: str, place: tuple[int, ...], ulps: int = 1) -> Any:
    """The network with one number moved by so many units in the last place."""
    placed = list(net.layers)
    parameter = placed[layer].parameters[key]
    entries = np.array(parameter.entries)
    for _ in range(abs(ulps)):
        entries[place] = np.nextafter(entries[place], math.copysign(math.inf, ulps))
    parameters = {
        **placed[layer].parameters,
        key: dataclasses.replace(parameter, stored=entries),
    }
    placed[layer] = dataclasses.replace(placed[layer], parameters=parameters)
    return dataclasses.replace(net, layers=tuple(placed))


# -- structural, identical ------------------------------------------------------------------------
def test_the_ladder_and_its_exit_codes() -> None:
    assert list(VERDICTS) == [
        "structural", "identical", "exact-on-regions", "within-error", "different", "undecided",
    ]  # fmt: skip
    assert list(VERDICTS.values()) == [0, 0, 0, 0, 1, 4]


@pytest.mark.parametrize(
    "spec", ["1-2-1:sigmoid", "2-3relu-2", "3-2tanh-3softmax", "2-4tanh-4tanh+-1"]
)
def test_structural(spec: str) -> None:
    net = netsym.parse(spec)
    for typed in (net.inlined.text(ascii=True), net.layered.text(), net.shared.text(ascii=True)):
        assert judged(net, typed).name == "structural"


def test_written_in_another_order_it_is_identical_and_no_more() -> None:
    assert judged("a*x + b", "b + x*a").name == "identical"
    assert judged("x - y", "x + -y").name == "structural"


def tanh_form(net: netsym.Network) -> str:
    """The sigmoids of 1-2-1, by hand, as (1 + tanh(z/2))/2."""

    def sigmoid(z: str) -> str:
        return f"(1 + tanh(({z})/2))/2"

    units = [sigmoid(f"w1_{n}_1*x + b1_{n}") for n in (1, 2)]
    return sigmoid(f"w2_1_1*({units[0]}) + w2_1_2*({units[1]}) + b2_1")


def test_sigmoid_as_tanh_is_identical_for_all_weights() -> None:
    net = netsym.parse("1-2-1:sigmoid")
    found = judged(net, tanh_form(net))
    assert found.name == "identical"
    assert "for all values of" in found.because
    assert found.numbers.heuristic
    assert found.numbers.defined == found.numbers.points >= 16
    assert any("heuristic, because of exp" in line for line in found.evidence)
    assert any("points" in line and "in numbers" in line for line in found.evidence)
    assert found.counterexample is None
    assert judged(net, tanh_form(net).replace("/2))/2", "/2))/3", 1)).name == "different"


def test_a_proved_bound_is_not_called_heuristic() -> None:
    found = judged("(x + 1)^2", "x^2 + 2*x + 1")
    assert found.name == "identical"
    assert found.numbers.chance is not None
    assert found.numbers.chance <= identity.CONVINCING
    assert not found.numbers.heuristic


def hidden(order: Sequence[int], activation: str, factor: Fraction = Fraction(1)) -> Any:
    """2-3-2 with its hidden units in an order, rescaled by a factor."""
    first = [
        [Fraction(3, 7), Fraction(-2)],
        [Fraction(1, 3), Fraction(5)],
        [Fraction(-4), Fraction(1)],
    ]
    bias = [Fraction(1, 7), Fraction(-3), Fraction(2)]
    last = [
        [Fraction(1), Fraction(-5, 3), Fraction(2)],
        [Fraction(7), Fraction(1, 2), Fraction(-1)],
    ]
    return dense_network(
        2,
        ([[w * factor for w in first[n]] for n in order], [bias[n] * factor for n in order],
         activation),
        ([[row[n] / factor for n in order] for row in last], [Fraction(1), Fraction(0)], "linear"),
    )  # fmt: skip


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu", "gelu", "softplus"])
def test_permuted_hidden_units_are_identical(activation: str) -> None:
    assert judged(hidden([0, 1, 2], activation), hidden([2, 0, 1], activation)).name == "identical"


def test_a_rescaled_relu_is_identical_and_a_rescaled_tanh_is_not() -> None:
    three = Fraction(3)
    found = judged(hidden([0, 1, 2], "relu"), hidden([0, 1, 2], "relu", three))
    assert found.name == "identical"
    assert any("seen both active and inactive" in line for line in found.evidence)
    assert judged(hidden([0, 1, 2], "relu"), hidden([0, 1, 2], "relu", -three)).name == "different"
    assert judged(hidden([0, 1, 2], "tanh"), hidden([0, 1, 2], "tanh", three)).name == "different"


def test_a_shifted_softmax_is_identical() -> None:
    def softmax(shifts: Sequence[int]) -> netsym.Network:
        weights = [["a", "b"], ["c", "d"], ["e", "f"]]
        return dense_network(2, (weights, [Fraction(1, 3) + s for s in shifts], "softmax"))

    assert judged(softmax([0, 0, 0]), softmax([5, 5, 5])).name == "identical"
    assert judged(softmax([0, 0, 0]), softmax([5, 5, 6])).name == "different"


# -- exact on regions -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("one", "other"),
    [("abs(x)^2", "x^2"), ("max(-1, min(1, x))", "-max(-1, min(1, -x))")],
)
def test_exact_on_regions(one: str, other: str) -> None:
    found = judged(one, other)
    assert found.name == "exact-on-regions"
    assert found.evidence[0].startswith("exactly: ")
    assert found.numbers.pieces >= 1
    assert judged(one, f"{other} + 1e-15").name == "different"


def test_a_unit_that_is_never_inactive_is_known() -> None:
    assert judged("relu(x^2 + 1)", "x^2 + 1").name == "exact-on-regions"
    assert judged("relu(x^2 - 1e-30)", "x^2 - 1e-30").name == "different"


def test_a_difference_in_one_region_is_found() -> None:
    """A kink in a far corner: relu(x - 900)."""
    assert judged("relu(x) + relu(x - 900)/1e6", "relu(x)").name == "different"
    assert judged("relu(x)", "relu(x) + relu(x - 900)/1e6").name not in SAME
    assert judged("abs(x)^2", "x^2 + relu(-x - 5000)").name not in SAME


# -- within an error that has a cause -------------------------------------------------------------
def collapse(layers: Sequence[Layer]) -> tuple[list[list[Fraction]], list[Fraction]]:
    """W2(W1 x + b1) + b2 … in exact fractions."""
    first, *rest = layers
    matrix = [[Fraction(w) for w in row] for row in first[0]]
    bias = [Fraction(b) for b in first[1]]
    for weights, biases, _ in rest:
        exact = [[Fraction(w) for w in row] for row in weights]
        bias = [sum(w * b for w, b in zip(row, bias, strict=True)) + Fraction(c)
                for row, c in zip(exact, biases, strict=True)]  # fmt: skip
        matrix = [[sum(w * matrix[k][j] for k, w in enumerate(row))
                   for j in range(len(matrix[0]))] for row in exact]  # fmt: skip
    return matrix, bias


def stack(widths: Sequence[int], seed: int) -> list[Layer]:
    source = np.random.default_rng(seed)
    return [(source.normal(size=(m, n)), source.normal(size=m), "linear")
            for n, m in pairwise(widths)]  # fmt: skip


def rounded(matrix: Any, bias: Any) -> netsym.Network:
    weights = np.array([[float(w) for w in row] for row in matrix])
    return dense_network(weights.shape[1], (weights, np.array([float(b) for b in bias]), "linear"))


def test_a_collapse_rounded_once_is_within_error() -> None:
    layers = stack([3, 4, 2], 1)
    exact = rounded(*collapse(layers))
    found = judged(dense_network(3, *layers), exact)
    assert found.name == "within-error"
    assert "affine" in found.because
    assert "rounded" in found.because
    assert found.numbers.gap is not None
    assert 0 < found.numbers.gap < 1e-6
    for key, places in (("weights", np.ndindex(2, 3)), ("bias", np.ndindex(2))):
        for place in sample([*places], 1):
            for ulps, name in ((1, "within-error"), (-1, "within-error"), (64, "different")):
                wrong = moved(exact, 0, key, place, ulps)
                assert judged(dense_network(3, *layers), wrong).name == name, (key, place, ulps)


def test_a_collapse_of_fractions_that_are_floats_is_identical() -> None:
    layers: list[Layer] = [
        ([[0.5, 2.0]], [1.0], "linear"), ([[4.0], [0.25]], [0.0, 3.0], "linear"),
    ]  # fmt: skip
    assert judged(dense_network(2, *layers), rounded(*collapse(layers))).name == "identical"


def test_rounding_is_no_excuse_with_an_activation() -> None:
    net = random_network([2, 2, 1], "tanh", 3)
    assert judged(net, moved(net, 0, "weights", (0, 0))).name == "different"


def test_typed_decimals() -> None:
    net = dense_network(1, ([[0.123456]], [1.987654], "linear"))
    found = judged(net, "0.1235*x + 1.99")
    assert found.name == "within-error"
    assert "half of the last digit" in found.because
    assert [str(each) for each in found.numbers.stand_ins] == [
        "0.1235 stands for 0.123456", "1.99 stands for 1.987654",
    ]  # fmt: skip
    assert judged(net, "0.1237*x + 1.99").name == "different"  # its last digit is wrong by 2
    assert judged(net, "0.1235*x + 1.97").name == "different"
    assert judged(net, "0.1235*x + 2").name == "different"  # 2 is no decimal: it is exact
    assert judged(net, "0.123456*x + 1.987654").name in SAME


def test_a_float32_source() -> None:
    net = random_network([2, 3, 1], "tanh", 4)
    layers = [
        (p.parameters["weights"].entries, p.parameters["bias"].entries, "tanh") for p in net.layers
    ]
    single = [(np.float32(w).astype(float), np.float32(b).astype(float), a) for w, b, a in layers]  # type: ignore[arg-type]
    found = judged(net, dense_network(2, *single))
    assert found.name == "within-error"
    assert "float32" in found.because
    wrong = [single[0], (single[1][0] * (1 + 2.0**-12), *single[1][1:])]
    assert judged(net, dense_network(2, *wrong)).name == "different"
    coarse = [(np.float16(w).astype(float), np.float16(b).astype(float), a) for w, b, a in layers]  # type: ignore[arg-type]
    assert judged(net, dense_network(2, *coarse)).name == "different"


def test_a_tolerance() -> None:
    found = judged("x", "x + 0.001", tolerance=0.01)
    assert found.name == "within-error"
    assert "tolerance of 0.01" in found.because
    assert judged("x", "x + 0.001", tolerance=0.0001).name == "different"
    assert judged("x", "x + 0.001", tolerance=0.0).name == "different"
    assert judged("x", "x + 0.001").name == "different"
    assert judged("x", "x", tolerance=1.0).name == "structural"  # never less than it is


# -- different: one unit in the last place --------------------------------------------------------
ULPS: list[tuple[Sequence[int], str, list[tuple[int, str, tuple[int, ...]]]]] = [
    ([1, 2, 1], "sigmoid", [(0, "weights", (0, 0)), (0, "weights", (1, 0)), (0, "bias", (0,)),
                            (0, "bias", (1,)), (1, "weights", (0, 0)), (1, "weights", (0, 1)),
                            (1, "bias", (0,))]),
    ([10, 32, 32, 1], "tanh", [(0, "weights", (5, 3)), (1, "weights", (31, 0)), (2, "bias", (0,))]),
    ([10, 32, 32, 1], "relu", [(0, "weights", (9, 9)), (1, "weights", (3, 30)), (0, "bias", (7,))]),
    ([784, 128, 10], "relu", [(0, "weights", (100, 700))]),
]  # fmt: skip


@pytest.mark.parametrize(("widths", "activation", "places"), sample(ULPS, 1))
def test_one_ulp_in_one_weight_is_different(
    widths: Sequence[int], activation: str, places: list[tuple[int, str, tuple[int, ...]]]
) -> None:
    net = random_network(widths, activation, 8)
    for n, (layer, key, place) in enumerate(places[: many(len(places), 1)]):
        found = judged(net, moved(net, layer, key, place, 1 if n % 2 else -1))
        assert found.name == "different", (layer, key, place)
        assert found.counterexample is not None
        assert len(found.counterexample.place.inputs) == widths[0]


def test_a_network_is_itself_also_where_it_is_large() -> None:
    net = random_network([784, 128, 10], "relu", 8)
    assert judged(net, random_network([784, 128, 10], "relu", 8)).name in SAME


def whole(matrix: Any) -> fmpz_mat:
    return fmpz_mat(*matrix.shape, [int(n) for n in matrix.ravel()])


def once_rounded(matrix: fmpz_mat, bits: int) -> Any:
    """A matrix of integers over 2**bits, each rounded to the nearest float, as int/int is."""
    flat = np.array([int(n) / 2**bits for n in matrix.entries()])
    return flat.reshape(matrix.nrows(), matrix.ncols())


def exact_collapse(width: int, seed: int) -> tuple[netsym.Network, netsym.Network]:
    """Three linear layers and their product: in integers, rounded once. No code of ours does it."""
    source, bits = np.random.default_rng(seed), 52
    matrices = [source.integers(-(2**49), 2**49, (width, width)) for _ in range(3)]
    biases = [source.integers(-(2**52), 2**52, (width, 1)) for _ in range(3)]
    layers = [
        (w / 2**bits, b[:, 0] / 2**bits, "linear") for w, b in zip(matrices, biases, strict=True)
    ]
    one, two, three = map(whole, matrices)
    first, second, third = map(whole, biases)
    outer, scale = three * two, 2**bits
    shifted = outer * first + three * second * scale + third * scale**2
    weights, bias = once_rounded(outer * one, 3 * bits), once_rounded(shifted, 3 * bits)[:, 0]
    return dense_network(width, *layers), dense_network(width, (weights, bias, "linear"))


def test_a_collapse_of_three_wide_layers_and_one_ulp() -> None:
    """512 wide in the benchmarks."""
    size = many(80, 10)
    net, collapsed = exact_collapse(size, 2)
    assert judged(net, collapsed).name == "within-error"
    for place in sample(((size * 3 // 4, 7), (0, 0), (size - 1, size - 1)), 1):
        assert judged(net, moved(collapsed, 0, "weights", place)).name == "different"
    assert judged(net, moved(collapsed, 0, "bias", (5,), -1)).name == "different"


# -- different, in words --------------------------------------------------------------------------
def test_both_values_at_a_point_that_can_be_checked() -> None:
    net = netsym.parse("2-2-1:tanh")
    found = judged(net, "w2_1_1*tanh(w1_1_1*x_1 + b1_1)")
    assert found.name == "different"
    at = found.counterexample
    assert at is not None
    assert set(at.place.inputs) == {"x_1", "x_2"}
    assert set(at.place.parameters) == set(net.parameter_names())
    here = at.place.parameters
    mine = net(*at.place.inputs.values(), parameters=here)
    theirs = here["w2_1_1"] * math.tanh(here["w1_1_1"] * at.place.inputs["x_1"] + here["b1_1"])
    assert float(at.one.split()[0]) == pytest.approx(mine, rel=1e-12)
    assert float(at.other.split()[0]) == pytest.approx(theirs, rel=1e-12)
    assert at.short[0] != at.short[1]
    assert at.to_json()["output"] == "y"


def test_the_output_that_differs_is_named() -> None:
    net = netsym.parse("1-2")
    found = judged(net, "y_1 = w1_1_1*x + b1_1\ny_2 = w1_2_1*x - b1_2")
    assert found.name == "different"
    assert found.counterexample is not None
    assert found.counterexample.output == "y_2"


# -- undecided, and never rounded up --------------------------------------------------------------
def test_undecided() -> None:
    one, other = "atan(x) + atan(1/x)", "atan(2*x) + atan(1/(2*x))"
    found = judged(one, other)
    assert found.name == "undecided"
    assert "neither proved" in found.because
    assert judged(one, f"{other} + 0.0000000001").name == "different"


def test_laws_of_circles_are_known() -> None:
    assert judged("sin(x)^2 + cos(x)^2", "1").name == "identical"
    assert judged("sin(x)^2 + cos(x)^2", "1.0000000001").name == "different"


def test_a_chance_that_is_too_large_is_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    net = netsym.parse("1-2-1:sigmoid")
    monkeypatch.setattr(identity, "CONVINCING", -1e6)
    found = judged(net, tanh_form(net))
    assert found.name == "undecided"
    assert any("too large to be a proof" in line for line in found.evidence)
    assert judged(hidden([0, 1, 2], "tanh"), hidden([1, 2, 0], "tanh")).name == "identical"
    assert judged(net, net.inlined.text()).name == "structural"  # neither needs a chance


def test_too_few_points_are_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ladder, "_ENOUGH", 10**6)
    assert judged("exp(x)^2", "exp(2*x)").name == "undecided"
    assert judged("(x + 1)^2", "x^2 + 2*x + 1").name == "exact-on-regions"  # which needs no points


# -- no number, too large -------------------------------------------------------------------------
def test_where_nothing_is_defined_nothing_is_called_equal() -> None:
    for one, other in (
        ("log(-x^2 - 1)", "2*log(-x^2 - 1)/2"), ("log(-x^2 - 1)", "log(-x^2 - 1) + 1"),
        ("sqrt(-1 - x^2)", "-sqrt(-1 - x^2)"),
    ):  # fmt: skip
        found = judged(one, other)
        assert found.name == "undecided", (one, other)
        assert found.numbers.defined == 0 < found.numbers.points
        assert found.numbers.gap is None


def test_points_where_a_value_is_not_defined_are_counted_apart() -> None:
    found = judged("1/x", "(1 + 0*x)/x")
    assert found.name == "identical"
    assert "where x != 0" in found.because
    assert 0 < found.numbers.defined < found.numbers.points
    assert judged("1/x", "1/x + 1e-12").name == "different"
    assert judged("log(x)", "log(x) + log(1 + 1e-9)").name == "different"


def test_overflow_is_reported_apart() -> None:
    """Logits over 709: exp overflows in float64, and the true value is fine."""
    net = dense_network(2, ([[800.0, 0.0], [0.0, 900.0]], [1.0, 2.0], "softmax"))
    found = judged(net, net.inlined.text(ascii=True))
    assert found.name == "structural"
    mine, theirs = found.numbers.broken
    assert mine == 0 < theirs  # softmax of a network subtracts the largest first
    assert ["overflows" in line for line in found.evidence if "in float64" in line] == [False, True]
    assert judged(net, moved(net, 0, "bias", (1,))).name == "different"


def test_outputs_that_cancel() -> None:
    assert judged("x*1e8 - x*1e8 + 0.001*x", "0.001*x").name == "identical"
    assert judged("x*1e8 - x*1e8 + 0.001*x", "0.0020000000000000002*x").name == "different"
    net = dense_network(1, ([[1e8], [1e8]], [0.125, 0.1], "tanh"), ([[1e9, -1e9]], [0.0], "linear"))
    swapped = dense_network(
        1, ([[1e8], [1e8]], [0.1, 0.125], "tanh"), ([[-1e9, 1e9]], [0.0], "linear")
    )
    assert judged(net, swapped).name == "identical"


def test_saturated_units() -> None:
    net = dense_network(1, ([[1e4], [-3e3]], [5e3, 1e3], "sigmoid"), ([[1.5, -2.5]], [0.5], "tanh"))
    swapped = dense_network(
        1, ([[-3e3], [1e4]], [1e3, 5e3], "sigmoid"), ([[-2.5, 1.5]], [0.5], "tanh")
    )
    assert judged(net, swapped).name == "identical"
    assert judged(net, moved(swapped, 1, "bias", (0,))).name == "different"


# -- 0 false different ----------------------------------------------------------------------------
FORMS: list[Callable[[netsym.Network], Any]] = [
    lambda net: net.inlined, lambda net: net.shared, lambda net: net.layered,
    lambda net: net.formula("inlined", expand=True),
]  # fmt: skip


@pytest.mark.parametrize("ascii", [True, False], ids=["ascii", "unicode"])
@given(case=cases(most_layers=3, most_units=3), form=st.sampled_from(FORMS))
@random_examples(25, suppress_health_check=list(HealthCheck))
def test_equal_forms_are_never_called_different(
    ascii: bool, case: Case, form: Callable[[netsym.Network], Any]
) -> None:
    net = case.network
    if net.count_nodes("inlined", expand=True) > 5000:
        return
    found = judged(net, form(net).text(ascii=ascii))
    assert found.name in SAME, found


# -- the check can fail ---------------------------------------------------------------------------
def test_a_formula_that_is_read_wrong_is_found() -> None:
    net = netsym.parse("1-2-1:tanh")
    one, right = subject(net), of_formula(net.inlined, "the formula")

    class Wrong(Subject):
        def read(self, ops: Any, x: Any) -> Any:
            return ops.multiply(ops.constant(1 + 2.0**-52), right.read(ops, x))

    wrong = Wrong(**{f.name: getattr(right, f.name) for f in dataclasses.fields(right)})
    assert judge(one, right).name == "structural"
    assert judge(one, wrong).name == "different"


def test_a_wrong_float64_reading_shows_in_the_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    net = netsym.parse("1-2-1:tanh")
    right = judged(net, net.inlined.text())
    apply = Numeric.apply

    def wrong(self: Numeric, function: str, values: Any, *constants: float) -> Any:
        return 1.001 * apply(self, function, values, *constants)

    monkeypatch.setattr(Numeric, "apply", wrong)
    found = judged(net, net.inlined.text())
    (mine, _), (off, _) = right.numbers.errors, found.numbers.errors
    assert mine < 1e-12
    assert off > 1e-4


def test_seeds_choose_the_points() -> None:
    net = netsym.parse("1-2-1:sigmoid")
    wrong = net.inlined.text().replace("σ(", "tanh(", 1)
    places = {seed: judged(net, wrong, seed=seed).counterexample for seed in (0, 1, 2)}
    assert len({str(at.place) for at in places.values() if at is not None}) == 3
    again = judged(net, wrong, seed=1)
    assert again == judged(net, wrong, seed=1)
    assert again.counterexample == places[1]


@pytest.mark.parametrize(
    "net", ["3-4tanh-1", "20-40tanh-1", pytest.param("300-200tanh-1", marks=heavy)]
)
def test_no_size_is_called_equal_where_one_is_not_defined(net: str) -> None:
    """(x - 0.123)/(x - 0.123) is 1 everywhere but at one point, which no point that is tried is."""
    network = netsym.parse(net)
    text = network.shared.text(ascii=True)
    found = netsym.compare(network, f"{text} + (x_1 - 0.123)/(x_1 - 0.123) - 1")
    assert found.verdict == "identical" and "where both are defined" in found.because
    same = netsym.compare(network, f"{text} + 0*(x_1 - 0.123)/(1 + x_1^2)")
    assert same.verdict == "identical" and "where both are defined" not in same.because
