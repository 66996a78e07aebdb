"""Linear regions: counted by trying all patterns, placed by points, known ones by hand."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import netsym
from netsym.errors import SpecError, TooLargeError
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Standardize
from netsym.network.network import Network
from netsym.ops.proved.rationals import Rationals
from netsym.pieces.redundancy import irredundant
from netsym.pieces.regions import Inequality, Piece, Regions, at, regions
from tests.effort import random_examples
from tests.networks import Case, cases, dense_network
from tests.ops.test_rationals import by_hand
from tests.tex import START, compiled

PIECEWISE = ("linear", "relu", "leaky_relu", "hard_sigmoid")
F = Fraction


def drawn(spec: str, seed: int, whole: bool = True) -> Any:
    """A network with small whole numbers, or others."""
    network, source = netsym.parse(spec), random.Random(seed)
    values = {
        name: float(source.randint(-3, 3)) if whole else source.gauss(0, 1)
        for name in network.parameter_names()
    }
    return network.with_parameters(values)


def value(network: Any, point: Sequence[Fraction]) -> list[Fraction]:
    """The network in exact fractions, read in another way than regions are."""
    ops = Rationals()
    y = network.read(ops, ops.points(np.array([point], dtype=object)))
    row = np.broadcast_to(y, (1, len(network.output_names)))[0]
    return [F(int(v.p), int(v.q)) for v in row]


def applied(rows: Sequence[Sequence[Fraction]], point: Sequence[Fraction]) -> list[Fraction]:
    return [sum((a * x for a, x in zip(row, [*point, 1], strict=True)), F(0)) for row in rows]


def sides(piece: Any, point: Sequence[Fraction]) -> list[Fraction]:
    return applied([each.row for each in piece.inequalities], point)


RELU = dense_network(1, ([[1.0], [2.0]], [1.0, -1.0], "relu"), ([[2.0, -4.0]], [0.5], "linear"))
ABS = dense_network(1, ([[1.0], [-1.0]], [0.0, 0.0], "relu"), ([[1.0, 1.0]], [0.0], "linear"))
PLANE = dense_network(
    2,
    ([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], [0.0, 0.0, -1.0], "relu"),
    ([[1.0, 1.0, 1.0]], [0.0], "linear"),
)


# -- by hand ------------------------------------------------------------------------------------
def test_a_network_of_one_input() -> None:
    """2*relu(x + 1) - 4*relu(2x - 1) + 1/2."""
    found = regions(RELU)
    assert found.text() == (
        "y = 0.5         if x < -1\n    2*x + 2.5   if -1 <= x < 0.5\n    -6*x + 6.5  if x >= 0.5"
    )
    assert found.latex() == (
        "\\hat{y} = \\begin{cases}\n"
        "0.5 & \\text{if } x < -1 \\\\\n"
        "2\\,x + 2.5 & \\text{if } -1 \\le x < 0.5 \\\\\n"
        "-6\\,x + 6.5 & \\text{if } x \\ge 0.5\n"
        "\\end{cases}"
    )
    x = sympy.Symbol("x", real=True)
    half = sympy.Rational(1, 2)
    assert found.sympy() == sympy.Piecewise(
        (half, x < -1), (2 * x + 5 * half, (x >= -1) & (x < half)), (13 * half - 6 * x, x >= half)
    )
    assert [[len(a.active) for a in piece.activities] for piece in found] == [[0], [1], [2]]
    assert found.report() == (
        "3 linear regions, 3 different affine maps\n"
        "1. x < -1\n   y = 0.5\n   active: relu 0 of 2\n"
        "2. -1 <= x < 0.5\n   y = 2*x + 2.5\n   active: relu 1 of 2\n"
        "3. x >= 0.5\n   y = -6*x + 6.5\n   active: relu 2 of 2\n"
        "checked: the network, evaluated in exact fractions, equals its pieces at 4\n"
        "  points by which they are known"
    )


def test_the_region_around_a_point() -> None:
    region = at(RELU, ["1/3"])
    assert region.matrix == ((F(2),),)
    assert region.bias == (F(5, 2),)
    assert [(each.unit, each.row) for each in region.inequalities] == [
        (1, (F(1), F(1))),
        (2, (F(-2), F(1))),
    ]
    assert region.checked == 17
    assert str(region) == (
        "at x = 1/3 the network is the affine map\n"
        "  y = 2*x + 2.5\n"
        "where\n"
        "  x > -1   (layer 1 relu unit 1)\n"
        "  x < 0.5  (layer 1 relu unit 2)\n"
        "inequalities: 2\n"
        "active units:\n"
        "  layer 1 relu: 1 of 2 active: 1\n"
        "checked: the network, evaluated in exact fractions, equals the map at the point\n"
        "  and at 16 more of its region"
    )
    assert region.to_json() == {
        "schema": 1,
        "point": ["1/3"],
        "inputs": ["x"],
        "outputs": ["y"],
        "matrix": [["2"]],
        "bias": ["5/2"],
        "inequalities": [
            {"layer": 1, "function": "relu", "unit": 1, "coefficients": ["1"], "constant": "1",
             "holds": "> 0"},
            {"layer": 1, "function": "relu", "unit": 2, "coefficients": ["-2"], "constant": "1",
             "holds": "> 0"},
        ],
        "redundant": 0,
        "active": [{"layer": 1, "function": "relu", "units": 2, "active": [1]}],
        "checked": 17,
    }  # fmt: skip


def test_the_absolute_value() -> None:
    """Its two units bend at one place, which is one inequality."""
    assert regions(ABS).text() == "y = -x  if x < 0\n    x   if x >= 0"
    assert [len(piece.inequalities) for piece in regions(ABS)] == [1, 1]
    assert len(at(ABS, [1]).inequalities) == 1


@pytest.mark.parametrize(
    ("activation", "alpha", "text"),
    [
        ("leaky_relu", 0.25, "y = 0.25*x  if x < 0\n    x       if x >= 0"),
        ("leaky_relu", None, "y = 0.01*x  if x < 0\n    x       if x >= 0"),
        ("relu", None, "y = 0  if x < 0\n    x  if x >= 0"),
        ("linear", None, "y = x"),
        (
            "hard_sigmoid",
            None,
            "y = 0              if x < -3\n"
            "    (1/6)*x + 0.5  if -3 <= x < 3\n"
            "    1              if x >= 3",
        ),
    ],
)
def test_every_activation(activation: str, alpha: float | None, text: str) -> None:
    assert regions(dense_network(1, ([[1.0]], [0.0], activation), alpha=alpha)).text() == text


def test_active_units_of_hard_sigmoid_are_between_its_ends() -> None:
    network = dense_network(1, ([[1.0], [1.0], [1.0]], [0.0, 4.0, -4.0], "hard_sigmoid"))
    assert [a.active for a in at(network, [0]).activities] == [(1,)]
    assert str(at(network, [0]).activities[0]) == "layer 1 hard_sigmoid: 1 of 3 active: 1"


def test_a_skip_connection_and_a_layer_that_divides() -> None:
    layer = Dense(units=1, activation="relu", skip=True)
    network = netsym.Network.of(
        "skip", 1,
        [("s", Standardize(), ["input"], {"mean": [1.0], "scale": [2.0]}),
         ("d", layer, ["s"], {"weights": [[3.0]], "bias": [1.0]})],
    )  # fmt: skip
    assert regions(network).text() == ("y = 0.5*x - 0.5  if x < 1/3\n    2*x - 1      if x >= 1/3")


def test_two_outputs_each_with_its_own_pieces() -> None:
    network = dense_network(1, ([[1.0], [1.0]], [0.0, -2.0], "relu"))
    found = regions(network)
    assert found.text() == (
        "y_1 = 0  if x < 0\n      x  if x >= 0\ny_2 = 0      if x < 2\n      x - 2  if x >= 2"
    )
    assert len(found.intervals()) == 3
    assert len(found.intervals("y_2")) == 2
    assert found.latex().startswith("\\begin{aligned}\n\\hat{y}_{1} &= \\begin{cases}\n0 & ")


def test_a_dead_network_is_one_piece_but_has_its_regions() -> None:
    dead = dense_network(1, ([[1.0], [2.0]], [0.0, 1.0], "relu"), ([[-1.0, -1.0]], [-1.0], "relu"))
    found = regions(dead)
    assert found.text() == "y = 0"
    assert found.latex() == "\\hat{y} = 0"
    assert found.sympy() == 0
    assert (len(found), found.maps) == (3, 1)
    assert found.report().startswith(
        "3 linear regions, 1 piece after joining neighbours with one formula, 1 affine\n  map\n"
    )
    region = at(dead, [5])
    assert str(region.activities[1]) == "layer 2 relu: none of 1 active"
    assert [each.where for each in region.inequalities] == ["layer 1 relu unit 1"]


def test_a_unit_that_does_not_depend_on_the_inputs_has_no_kink() -> None:
    network = dense_network(1, ([[0.0], [0.0], [0.0]], [1.0, -1.0, 0.0], "relu"))
    region = at(network, [7])
    assert region.inequalities == ()
    assert region.activities[0].active == (1,)
    assert "it holds everywhere: no kink depends on the inputs" in str(region)
    assert len(regions(network)) == 1


def test_the_plane() -> None:
    found = regions(PLANE)
    assert len(found) == 7  # three lines in general position
    numbered = [line for line in found.report().splitlines() if line[0].isdigit()][1:]
    places = [line.partition(". ")[2] for line in numbered]
    assert "x_1 < 0, x_2 < 0" in places
    assert regions(PLANE, (0, "1/4")).maps == 1
    assert len(regions(PLANE, [(-1, 2), ("1/2", 1)])) == 3
    everywhere = dense_network(2, ([[1.0, 2.0]], [0.0], "linear"))
    assert "1. everywhere\n   y = x_1 + 2*x_2\n" in regions(everywhere).report()


def test_a_box_on_the_line() -> None:
    found = regions(RELU, ["-1/2", 1.5])
    assert found.text() == "y = 2*x + 2.5   if -0.5 <= x < 0.5\n    -6*x + 6.5  if 0.5 <= x <= 1.5"
    assert [len(piece.inequalities) for piece in found] == [1, 1]
    assert ", within -0.5 <= x <= 1.5\n" in found.report()
    assert found.to_json()["box"] == [["-1/2", "3/2"]]
    x = sympy.Symbol("x", real=True)
    assert found.sympy().subs(x, sympy.Rational(3, 2)) == sympy.Rational(-5, 2)
    assert found.sympy().subs(x, 2) is sympy.nan
    assert len(regions(RELU, [(0.5, 1)])) == 1  # a kink at its edge is none in it


def test_long_fractions_are_rounded_and_said_to_be() -> None:
    network = dense_network(1, ([[0.1]], [0.3], "relu"), ([[0.7]], [0.0], "linear"))
    assert "y = 0.06999999999999999*x + 0.21" in at(network, [1]).report()
    assert "note: numbers are rounded as shown" in at(network, [1]).report()
    assert "x > -3.00  " in at(network, [1]).report(digits=3)
    assert "note" not in at(RELU, [1]).report()
    assert at(network, [1]).matrix[0][0] == F(0.1) * F(0.7)


# -- counts, by trying all patterns -------------------------------------------------------------
def test_redundancy_by_hand() -> None:
    one = F(1)
    square = [[one, 0], [-one, 0], [0, one], [0, -one]]
    normals = np.array([*square, [one, one], [one, one], [F(2), 0]], dtype=object)
    slack = np.array([one, one, one, one, F(2), F(3, 2), F(3)], dtype=object)
    assert irredundant(normals, slack) == [0, 1, 2, 3, 5]
    assert irredundant(np.empty((0, 2), dtype=object), np.empty(0, dtype=object)) == []
    assert irredundant(normals[4:6], slack[4:6]) == [1]
    corner = np.array([*square[::2], [one, one]], dtype=object)  # meets the corner alone
    assert irredundant(corner, np.array([one, one, F(2)], dtype=object)) == [0, 1]


# -- properties ---------------------------------------------------------------------------------
NUMBERS = st.fractions(-4, 4, max_denominator=12)


@random_examples(60)
@given(cases(activations=PIECEWISE, named=False), st.data())
def test_the_map_is_the_network_around_the_point(case: Case, data: Any) -> None:
    point = [data.draw(NUMBERS) for _ in case.inputs]
    try:
        region = at(case.network, point)
    except SpecError as error:
        assert "is on a kink: layer" in str(error)
        assert "move the point to one side" in str(error)
        return
    assert applied(region.rows, point) == by_hand(case, point)  # type: ignore[arg-type]
    assert all(side > 0 for side in sides(region, point))
    near = [x + data.draw(st.fractions(-1, 1)) / 1000 for x in point]
    if all(side >= 0 for side in sides(region, near)):
        assert applied(region.rows, near) == by_hand(case, near)  # type: ignore[arg-type]
    assert region.report()
    assert region.formula()(*map(float, point)) == pytest.approx(
        case.network(*map(float, point)), rel=1e-9, abs=1e-9
    )


@random_examples(40)
@given(cases(activations=PIECEWISE, named=False, most_layers=4), st.data())
def test_every_point_is_in_one_region(case: Case, data: Any) -> None:
    if len(case.inputs) > 2:
        return
    box = data.draw(st.sampled_from([None, (-2, 3)]))
    found = regions(case.network, box)
    inputs = len(case.inputs)
    assert found.checked == (len(found) + 1 if inputs == 1 else len(found) * (inputs + 1))
    for _ in range(8):
        point = [data.draw(st.fractions(-2, 3, max_denominator=50)) for _ in case.inputs]
        holding = [piece for piece in found if all(side >= 0 for side in sides(piece, point))]
        within = [piece for piece in found if all(side > 0 for side in sides(piece, point))]
        assert len(within) <= 1
        assert holding
        assert within or len(holding) > 1
        for piece in holding:
            assert applied(piece.rows, point) == by_hand(case, point)  # type: ignore[arg-type]
    assert found.report()


@pytest.mark.parametrize("seed", range(6))
def test_the_pieces_of_one_input_are_the_network(seed: int) -> None:
    """As intervals, and in sympy; the ends are where pieces meet."""
    network = drawn("1-5relu-4relu-2", seed, whole=bool(seed % 2))
    found = regions(network)
    intervals = found.intervals()
    assert intervals[0].low is None
    assert intervals[-1].high is None
    for one, other in pairwise(intervals):
        assert one.high == other.low
        assert one.high is not None
        assert applied(one.rows, [one.high]) == applied(other.rows, [one.high])
        assert one.rows != other.rows
    x = sympy.Symbol("x", real=True)
    ends = [each.high for each in intervals if each.high is not None]
    points = [F(-1000), F(1000), F(1, 3), *ends, *(end + F(1, 7) for end in ends)]
    for point in points:
        exact = found.sympy().subs(x, sympy.Rational(point.numerator, point.denominator))
        assert [F(int(v.p), int(v.q)) for v in exact] == value(network, [point])


def test_text_is_the_function() -> None:
    """Read back by Python, at points between and on the ends."""
    network = drawn("1-6relu-1", 3)
    for line, interval in zip(
        regions(network).text().splitlines(), regions(network).intervals(), strict=True
    ):
        right, _, where = line[4:].partition(" if ")
        low = interval.low if interval.low is not None else interval.high - 5  # type: ignore[operator]
        assert eval(where.strip(), {"x": float(low)}) or interval.low is None
        assert eval(right.strip(), {"x": float(low)}) == pytest.approx(
            float(value(network, [low])[0])
        )


def test_latex_compiles(tmp_path: Path) -> None:
    pieces = [regions(RELU), regions(drawn("1-4relu-2", 1)), regions(drawn("1-4relu-1", 1, False))]
    body = "\n".join(f"\\[\n{each.latex()}\n\\]" for each in pieces)
    compiled(f"{START}\n{body}\n\\end{{document}}\n", tmp_path)


# -- errors -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("point", "said"),
    [
        ([1], "a point of this network has 2 values (x_1, x_2), but 1 was given"),
        ([1, 2, 3], "a point of this network has 2 values (x_1, x_2), but 3 were given"),
        ([], "but 0 were given"),
        ([1, float("nan")], "x_2 is nan; it must be a finite number"),
        ([float("-inf"), 1], "x_1 is -inf; it must be a finite number"),
        (["inf", 1], "x_1 is 'inf'; it must be a finite number"),
        (["NaN", 1], "x_1 is 'NaN'; it must be a finite number"),
        (["1/0", 1], "x_1 is '1/0', a division by zero"),
        (["0,5", 1], "x_1 is '0,5', which is no number; write it as 0.5, 1/3 or 1e-3"),
        (["1e999999999", 1], "x_1 is '1e999999999', which is no number"),
        (["", 1], "x_1 is '', which is no number"),
        ([None, 1], "x_1 is None, which is no number"),
        ([[1], 1], "x_1 is [1], which is no number"),
    ],
)
def test_points_that_are_none(point: list[Any], said: str) -> None:
    with pytest.raises(SpecError) as caught:
        at(PLANE, point)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("point", "same"),
    [([0.5], F(1, 2)), (["0.5"], F(1, 2)), ([" 1/2 "], F(1, 2)), ("5e-1", F(1, 2)),
     ([F(1, 3)], F(1, 3)), (["0.1"], F(1, 10)), ([0.1], F(0.1)), (0, F(0)),
     (np.array([0.25]), F(1, 4)), ([np.float32(0.5)], F(1, 2)), ([".5"], F(1, 2))],
)  # fmt: skip
def test_points_are_exact(point: Any, same: Fraction) -> None:
    line = dense_network(1, ([[1.0]], [0.0], "linear"))
    assert at(line, point).point == (same,)


def test_a_point_on_a_kink() -> None:
    with pytest.raises(SpecError) as caught:
        at(RELU, ["1/2"])
    assert str(caught.value) == (
        "x = 0.5 is on a kink: layer 1 relu unit 2 bends exactly there\n"
        "  where x > 0.5: y = -6*x + 6.5\n"
        "  where x < 0.5: y = 2*x + 2.5\n"
        "move the point to one side, for example to x = 1.5 or to x = 0"
    )
    with pytest.raises(SpecError) as caught:
        at(PLANE, [0, 0])
    assert str(caught.value) == (
        "x_1 = 0, x_2 = 0 is on a kink: layer 1 relu unit 1 (and 1 more of the layer) bends "
        "exactly there\n"
        "  where x_1 > 0: y = x_1 + x_2\n"
        "  where x_1 < 0: y = x_2\n"
        "move the point to one side, for example to x_1 = 0.5, x_2 = 0.25 or to x_1 = -2, x_2 = 1"
    )


def test_networks_without_regions() -> None:
    with pytest.raises(SpecError, match="w1_1_1, w1_2_1, b1_1, b1_2 and 3 more are names; give"):
        at(netsym.parse("1-2-1:relu"), [1])
    with pytest.raises(SpecError, match="layer 2 uses sigmoid, which is not piecewise linear; "):
        regions(drawn("1-2relu-1sigmoid", 0))
    with pytest.raises(SpecError, match="layer 1 uses softmax, which is not piecewise linear; "):
        at(drawn("1-2softmax", 0), [1])
    divided = netsym.Network.of(
        "by zero", 1, [("s", Standardize(), ["input"], {"mean": [0.0], "scale": [0.0]})]
    )
    with pytest.raises(SpecError, match="layer 1 has no exact values: a division by zero"):
        at(divided, [1])


@pytest.mark.parametrize(
    ("box", "said"),
    [
        ((1, 0), "the box goes from 1 to 0 in x_1; low must be below high"),
        ((1, 1), "low must be below high"),
        ((0, float("inf")), "the box: x_1 is inf; it must be a finite number"),
        ((0, "a"), "the box: x_1 is 'a', which is no number"),
        (((0, 1),), "a box is (low, high) for all inputs, or one such pair for each input"),
        (((0, 1), (0,)), "a box is (low, high)"),
        ((), "a box is (low, high)"),
        (5, "a box is (low, high)"),
        ((1, 2, 3), "a box is (low, high)"),
    ],
)
def test_boxes_that_are_none(box: Any, said: str) -> None:
    with pytest.raises(SpecError) as caught:
        regions(PLANE, box)
    assert said in str(caught.value)


def test_too_many_regions() -> None:
    with pytest.raises(
        TooLargeError, match="more than 6 linear regions, or they take as long to find; look at a"
    ):
        regions(PLANE, budget=6)
    assert len(regions(PLANE, budget=7)) == 7
    with pytest.raises(TooLargeError, match="more than 100 linear regions"):
        regions(drawn("2-200relu-1", 0, whole=False), budget=100)


def test_two_inputs_are_not_written_as_one_function() -> None:
    found = regions(PLANE)
    for write in (found.text, found.latex, found.sympy, found.intervals):
        with pytest.raises(SpecError, match="for networks of one input; for more, use the report"):
            write()


def test_large_networks_keep_all_inequalities_and_say_so() -> None:
    region = at(drawn("9-5relu-1", 0, whole=False), [1] * 9)
    assert not region.is_reduced
    assert "those that follow from others were not" in region.report()
    assert region.to_json()["redundant"] is None
    wide = at(drawn("40-3relu-1", 0, whole=False), [1] * 40)
    assert wide.report().startswith("at the point the network is the affine map\n  of 40 inputs")


def test_results_are_data() -> None:
    found = regions(RELU)
    assert isinstance(found, Regions)
    assert all(isinstance(piece, Piece) for piece in found)
    assert all(isinstance(each, Inequality) for piece in found for each in piece.inequalities)
    json = found.to_json()
    assert (json["schema"], json["regions"], json["maps"], json["joined"]) == (1, 3, 3, 3)
    assert json["pieces"][1]["low"] == "-1"
    assert json["pieces"][0]["low"] is None
    told: list[str] = []
    regions(RELU, progress=lambda what, done, total: told.append(what))
    assert told[0] == "looking for regions"


@pytest.mark.parametrize("look", [regions, lambda network: at(network, [1])])
def test_what_no_numbers_would_mend_is_said_before_names(look: Callable[[Network], object]) -> None:
    with pytest.raises(SpecError, match="layer 1 uses tanh, which is not piecewise linear"):
        look(netsym.parse("1-2-1:tanh"))
    with pytest.raises(SpecError, match="give the parameters numbers"):
        look(netsym.parse("1-2-1:relu"))
