"""Every number that the API and the command line take: what is none is refused, in these words."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import inf, nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netsym
from netsym.collapse.derivation import derivation
from netsym.collapse.expansion import expanded
from netsym.equality.laws import laws
from netsym.errors import SpecError, as_given
from netsym.layers.dense import Dense
from netsym.pieces.region import at
from netsym.pieces.regions import regions
from tests.cli.running import run

NET = netsym.parse("1-2-1:relu")
RELU = NET.with_parameters(dict.fromkeys(NET.parameter_names(), 0.5))
LINEAR = netsym.parse("2-2-2")
LSTM = netsym.load(Path(__file__).parents[1] / "examples" / "lstm.toml")
APART = netsym.compare("x", "x + 1")
PIECES, PIECE = regions(RELU), at(RELU, [3])
HUGE = 10**5000  # Python writes no such number without being told to
LONG = "a number of thousands of digits"

NO_NUMBERS: list[Any] = [nan, inf, -inf, True, False, np.True_, "3", [2], 2j]
Takes = Callable[[Any], Any]

#: What takes a whole number: what it is called, and what else is refused.
WHOLE: dict[str, tuple[Takes, str, list[Any]]] = {
    "compare, seed": (lambda n: netsym.compare("x", "x", seed=n), "seed", []),
    "laws": (laws, "seed", []),
    "simplify, steps": (lambda n: netsym.simplify(LINEAR, steps=n), "steps", [-1]),
    "cost, examples": (lambda n: netsym.cost(NET, "mse", examples=n), "examples", [0, -1]),
    "with_steps": (LSTM.with_steps, "steps", [0, -1]),
    "growth": (lambda n: LSTM.growth([n]), "steps", [0, -1]),
    "text, width": (lambda n: NET.inlined.text(width=n), "width", [0, -1]),
    "latex, width": (lambda n: NET.inlined.latex(width=n), "width", [0, -1]),
    "comparison, width": (APART.report, "width", [0, -1]),
    "simplified, width": (netsym.simplify(LINEAR).report, "width", [0, -1]),
    "blocked, width": (netsym.simplify(RELU).report, "width", [0, -1]),
    "region, width": (PIECE.report, "width", [0, -1]),
    "regions, width": (PIECES.report, "width", [0, -1]),
    "text, digits": (lambda n: NET.inlined.text(digits=n), "digits", [0, -1, 18, HUGE]),
    "latex, digits": (lambda n: NET.inlined.latex(digits=n), "digits", [0, -1, 18, HUGE]),
    "python, digits": (lambda n: NET.inlined.python(digits=n), "digits", [0, -1, 18, HUGE]),
    "sympy, digits": (lambda n: NET.inlined.sympy_code(digits=n), "digits", [0, -1, 18, HUGE]),
    "region, digits": (lambda n: PIECE.report(digits=n), "digits", [0, -1, 18, HUGE]),
    "regions, digits": (PIECES.text, "digits", [0, -1, 18, HUGE]),
    "regions report, digits": (lambda n: PIECES.report(digits=n), "digits", [0, -1, 18, HUGE]),
    "derivation, digits": (lambda n: derivation(netsym.simplify(LINEAR), digits=n), "digits",
                           [0, -1, 18, HUGE]),
    "max_nodes": (lambda n: NET.inlined.text(max_nodes=n), "max_nodes", [-1]),
    "expanded": (lambda n: expanded(LINEAR, n), "max_nodes", [-1]),
    "derivation": (lambda n: derivation(netsym.simplify(LINEAR), max_nodes=n), "max_nodes", [-1]),
    "regions, budget": (lambda n: regions(RELU, budget=n), "budget", [0, -1]),
}  # fmt: skip
#: What takes any finite number.
REAL: dict[str, tuple[Takes, str, list[Any]]] = {
    "tolerance": (lambda n: netsym.compare("x", "x + 1", tolerance=n), "tolerance", [-1, -1e-9]),
    "tolerance of equal ones": (lambda n: netsym.compare("x", "x", tolerance=n), "tolerance", [-1]),
    "tolerance of one": (lambda n: netsym.compare(NET, tolerance=n), "tolerance", [-1]),
    "tolerance of a simplified one": (
        lambda n: netsym.compare(LINEAR, netsym.simplify(LINEAR), tolerance=n), "tolerance", [-1]),
    "l1": (lambda n: netsym.cost(NET, "mse", l1=n), "l1", [-1, -0.1]),
    "l2": (lambda n: netsym.cost(NET, "mse", l2=n), "l2", [-1, -0.1]),
    "delta": (lambda n: netsym.cost(NET, "huber", delta=n), "delta of a Huber loss", [0, -1]),
}  # fmt: skip


def refused(take: Takes, given: Any, start: str) -> None:
    with pytest.raises(SpecError) as error:
        take(given)
    said = str(error.value)
    assert said.startswith(start) and len(said) < 150


@pytest.mark.parametrize("name", WHOLE)
def test_whole_numbers(name: str) -> None:
    take, what, wrong = WHOLE[name]
    for given in [*NO_NUMBERS, 1.5, Fraction(3, 2), *wrong]:
        shown = LONG if given is HUGE else repr(given)
        refused(take, given, f"{what} is {shown}; give a whole number")
    for given in (2, 2.0, np.int64(2), np.float64(2)):
        take(given * 1000 if what == "max_nodes" else given)


@pytest.mark.parametrize("given", [nan, inf, True, 1.5, 0, -1, HUGE], ids=as_given)
def test_how_many_inputs(given: Any) -> None:
    wires = [("a", Dense(units=1), ["input"], {})]
    refused(lambda n: netsym.Network.of("n", n, wires), given, "inputs is ")
    for number in (2, 2.0, np.int64(2)):
        assert netsym.Network.of("n", number, wires).input_names.all() == ["x_1", "x_2"]


@pytest.mark.parametrize("name", REAL)
def test_real_numbers(name: str) -> None:
    take, what, wrong = REAL[name]
    for given in [*NO_NUMBERS, HUGE, *wrong]:
        shown = LONG if given is HUGE else repr(given)
        refused(take, given, f"{what} is {shown}; give a finite number")
    for given in (2, 0.5, Fraction(1, 2), np.float32(0.5), np.int64(2)):
        take(given)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("compare 1-1 1-1 --tolerance nan", "tolerance is nan; give a finite number from 0"),
        ("compare 1-1 --tolerance inf", "tolerance is inf; give a finite number from 0"),
        ("check 1-1 x --tolerance 1e999", "tolerance is inf; give a finite number from 0"),
        ("check 1-1 x --tolerance -1", "-1"),
        ("compare 1-1 --seed 1.5", "1.5"),
        ("compare 1-1 --seed nan", "nan"),
        ("inline 1-1:tanh --digits nan", "nan"),
        ("inline 1-1:tanh --digits 18", "18"),
        ("inline 1-1:tanh --width -40", "-40"),
        ("inline 1-1:tanh --width inf", "inf"),
        ("inline 1-1:tanh --max-nodes nan", "'nan' is not a whole number above zero"),
        ("inline 1-1:tanh --max-nodes inf", "'inf' is not a whole number above zero"),
        ("inline 1-1:tanh --output nan", "no output 'nan'"),
        ("inline 1-1:tanh --loss mse --l1 nan", "l1 is nan; give a finite number from 0"),
        ("inline 1-1:tanh --loss mse --l2 -1", "l2 is -1.0; give a finite number from 0"),
        ("inline 1-1:tanh --loss mse --examples 0", "0"),
        ("inline 1-1:tanh --loss mse --examples 1.5", "1.5"),
        ("inline 1-1:tanh --loss huber --delta inf",
         "delta of a Huber loss is inf; give a finite number above 0"),
        ("size 1-1:tanh --steps nan", "'nan'; give a range"),
        ("simplify 1-1-1 --steps -1", "-1"),
        ("simplify 1-1-1 --steps nan", "nan"),
        ("simplify 1-1-1 --factor nan", "--factor nan is not a tolerance"),
        ("simplify 1-1-1 --factor 1e999", "--factor 1e999 is not a tolerance"),
        ("regions {relu} --at nan", "x is 'nan'; it must be a finite number"),
        ("regions {relu} --at inf", "x is 'inf'; it must be a finite number"),
        ("regions {relu} --box nan,1", "the box: x is 'nan'; it must be a finite"),
        ("regions {relu} --box 1,0", "the box goes from 1 to 0 in x; low must be"),
    ],
)  # fmt: skip
def test_numbers_on_the_command_line(
    arguments: str, message: str, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    netsym.save(RELU, tmp_path / "relu.toml")
    words = arguments.replace("{relu}", str(tmp_path / "relu.toml")).split()
    ran = run(capfd, *words)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("given", [nan, inf, True, HUGE, "x", None, [1, 2]], ids=as_given)
def test_a_point_and_a_box_are_made_of_numbers(given: Any) -> None:
    with pytest.raises(SpecError) as error:
        regions(RELU, (given, 7))
    assert len(str(error.value)) < 200
    if given is not HUGE:
        with pytest.raises(SpecError):
            at(RELU, [given])
    assert at(RELU, [np.int64(3)]).point == at(RELU, [3]).point == (3,)


def test_what_is_bound_is_an_array_of_numbers() -> None:
    network = netsym.parse("1-1-1")
    bound = network.with_parameters(dict.fromkeys(network.parameter_names(), 0.1))
    for given in (["x"], [HUGE], [None]):
        with pytest.raises(SpecError, match="x must be an array of numbers, a point a row"):
            netsym.simplify(bound).bound([given])
