"""Back propagation in titled groups: what is said, that it compiles on one page, and fits."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.running import run
from tests.tex import compiled

Capture = pytest.CaptureFixture[str]

BCE = r"""\begin{array}{lll}
 & \text{unit by unit, } j = 1, 2, 3\text{ and } k = 1, 2 & \text{whole layers} \\[1ex]
\textbf{Forward} & \begin{aligned}[t]
  a_{j}^{[1]} &= \sigma\bigl(w_{j1}^{[1]}x_{1} + w_{j2}^{[1]}x_{2} + b_{j}^{[1]}\bigr) \\[4pt]
"""
NETWORKS = ["1-2-1:sigmoid", "2-3-1:sigmoid", "4-8tanh-3softmax", "3-4relu-4relu+-2softmax"]


def grad(capfd: Capture, *words: str) -> str:
    ran = run(capfd, "grad", *words, "--to", "latex")
    assert ran.code == 0, ran.err
    return ran.out


def test_rows_that_differ_by_an_index_are_one(capfd: Capture) -> None:
    text = grad(capfd, "2-3-1:sigmoid", "--loss", "bce", "--document")
    assert BCE in text
    assert r"\delta_{j}^{[1]} &= w_{1j}^{[2]}\delta_{1}^{[2]}a_{j}^{[1]}" in text
    assert r"w_{jk}^{[1]}} &= \delta_{j}^{[1]}x_{k} &" in text
    titles = re.findall(r"\\textbf\{(\w+)\}", text)
    assert titles == ["Forward", "Loss", "Backward", "Gradients", "Shapes"]


def test_each_row_is_written_where_that_is_asked(capfd: Capture) -> None:
    text = grad(capfd, "2-3-1:sigmoid", "--loss", "bce", "--each")
    assert all(rf"\partial w_{{{j}{k}}}^{{[1]}}" in text for j in "123" for k in "12")
    assert "w_{jk}" not in text


def test_rows_of_numbers_are_not_one(capfd: Capture, tmp_path: Path) -> None:
    spec = tmp_path / "net.json"
    spec.write_text(
        '{"netsym": 1, "inputs": 1, "layers": [{"type": "dense", "activation": "tanh", "weights": '
        '[[0.5], [1.5], [2.5]], "bias": ["p", "q", "r"]}, {"type": "dense", "units": 1}]}'
    )
    text = grad(capfd, str(spec))
    assert all(
        rf"a_{{{j}}}^{{[1]}} &= \tanh({n}" in text for j, n in ((1, 0.5), (2, 1.5), (3, 2.5))
    )


@pytest.mark.parametrize(
    ("words", "delta"),
    [
        (("2-3-1:sigmoid", "--loss", "bce"), r"\,\hat{y}\,(1 - \hat{y}) = \hat{y} - y"),
        (("2-3softmax", "--loss", "cross_entropy"), r"\delta_{j}^{[1]} &= \hat{y}_{j} - y_{j}"),
        (("2-3-1:sigmoid", "--loss", "mse"), r"2\,(\hat{y} - y)"),
    ],
)
def test_what_cancels_is_cancelled(words: tuple[str, ...], delta: str, capfd: Capture) -> None:
    assert delta in grad(capfd, *words)


@pytest.mark.parametrize("network", NETWORKS)
def test_it_is_one_page_and_fits(network: str, capfd: Capture, tmp_path: Path) -> None:
    loss = "cross_entropy" if "softmax" in network else "bce"
    for number, options in enumerate(((), ("--color",))):
        source = grad(capfd, network, "--loss", loss, "--document", *options)
        log = compiled(source, tmp_path, f"groups{number}")
        assert "Overfull" not in log
        assert "[2" not in log or network == NETWORKS[-1]  # three layers break between groups
