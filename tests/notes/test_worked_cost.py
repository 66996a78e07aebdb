"""A cost with its numbers: what the table and the lines say is what NumPy computes."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import netsym
from netsym.notes.worked_cost import worked_cost
from tests.cli.running import run
from tests.tex import compiled

UNIT = netsym.parse("1-1:sigmoid").with_parameters({"w1_1_1": 0.9, "b1_1": -0.3})
DATA = ([[-1.0], [0.5], [2.0]], [0, 1, 1])


def test_one_unit_over_three_examples() -> None:
    table, total = worked_cost(UNIT, "bce", DATA, l2=0.1)
    x, y = np.array([-1.0, 0.5, 2.0]), np.array([0, 1, 1])
    a = 1 / (1 + np.exp(-(0.9 * x - 0.3)))
    losses = -np.where(y == 1, np.log(a), np.log(1 - a))
    rows = table.rows[0].partition(r"\hline ")[2].removesuffix(r" \end{array}").split(r" \\ ")
    bare = [re.sub(r"\\phantom\{[^{}]*\}", "", row).split(" & ") for row in rows]
    said = np.array([[float(cell) for cell in row] for row in bare])
    assert np.abs(said - np.stack([[1, 2, 3], x, y, a, losses], axis=1)).max() < 1e-4
    assert total.rows == (
        r"J &= \frac{1}{3}\,(0.2633 + 0.6210 + 0.2014) + \frac{0.1}{2} \cdot 0.81",
        "&= 0.3619 + 0.0405",
        "&= 0.4024",
    )


@pytest.mark.parametrize("terms", [{}, {"l1": 0.5}, {"l1": 0.5, "l2": 0.25}, {"reduction": "sum"}])
def test_the_last_line_is_the_cost(terms: dict[str, float]) -> None:
    network = netsym.parse("2-3tanh-2")
    rng = np.random.default_rng(2)
    values = dict(zip(network.parameter_names(), rng.normal(size=17).tolist(), strict=True))
    network, data = (
        network.with_parameters(values),
        (rng.normal(size=(20, 2)), rng.normal(size=(20, 2))),
    )
    table, total = worked_cost(network, "mse", data, digits=9, **terms)
    exact = float(netsym.cost(network, "mse", data=data, **terms)())
    assert float(total.rows[-1].removeprefix("&= ")) == pytest.approx(exact, rel=1e-8)
    assert table.aside == "20 examples; left out where the dots are: 8"
    assert table.rows[0].count(r"\vdots") == 8
    assert r"\cdots" in total.rows[0]


def test_the_page_of_a_cost(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    spec = tmp_path / "unit.toml"
    netsym.save(UNIT, spec)
    words = ("--loss", "bce", "--data", "-1,0;0.5,1;2,1", "--l2", "0.1", "--to", "latex")
    page = run(capfd, "show", str(spec), *words, "--document").out
    assert "&= 0.4024" in page
    log = compiled(page, tmp_path)
    assert "Overfull" not in log
    assert re.findall(r"\[(\d+)[\]{]", log) == ["1"]
    assert r"\begin{aligned}" in run(capfd, "show", str(spec), *words).out
