"""`netsym grad`: forms, names, sizes, LaTeX, and what it refuses."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

import netsym
from netsym.files.files import loads
from netsym.forms.form import inlined, shared
from tests.cli.running import run
from tests.conftest import PATIENCE
from tests.effort import many

Capture = pytest.CaptureFixture[str]


def test_back_propagation_under_its_headings(capfd: Capture) -> None:
    ran = run(capfd, "grad", "1-1-1:tanh", "--ascii", "--wrt", "w1_1_1,b2")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "# layer 1: 1 unit, tanh\n"
        "a1_1 = tanh(w1_1_1*x + b1_1)\n"
        "\n"
        "# layer 2: 1 unit, tanh\n"
        "y = tanh(w2_1_1*a1_1 + b2_1)\n"
        "\n"
        "# back through layer 2: 1 unit, tanh\n"
        "delta2_1 = 1 - y**2\n"
        "\n"
        "# back through layer 1: 1 unit, tanh\n"
        "delta1_1 = w2_1_1*delta2_1*(1 - a1_1**2)\n"
        "\n"
        "# derivatives\n"
        "dy_dw1_1_1 = delta1_1*x\n"
        "dy_db2_1 = delta2_1\n"
    )


#: A cost, back propagation by headings: what stands under each.
COST = """\
# layer 1: 2 units, {0}
{1}
# back through layer 3: cost, mean of the losses
dL2_1 = 1/2
dL2_2 = 1/2

# back through layer 2: loss, {2}
{3}
# back through layer 1: 2 units, {0}
{4}
# derivatives
dJ_db1_1 = delta1_1_1 + delta1_2_1
"""


def test_back_through_a_cost_of_two_examples(capfd: Capture) -> None:
    options = ("--loss", "cross_entropy", "--examples", "2", "--wrt", "b1_1", "--ascii")
    forward, passed, back = "", "", ""
    for i in (1, 2):
        units = (1, 2)
        for n in units:
            forward += f"z1_{i}_{n} = w1_{n}_1*x{i} + b1_{n}\n"
            passed += f"da1_{i}_{n} = -t{i}_{n}*dL2_{i}/a1_{i}_{n}\n"
    forward += "".join(f"s1_{i} = exp(z1_{i}_1) + exp(z1_{i}_2)\n" for i in (1, 2))
    for i in (1, 2):
        forward += "".join(f"a1_{i}_{n} = exp(z1_{i}_{n})/s1_{i}\n" for n in (1, 2))
        sums = (f"da1_{i}_{n}*exp(z1_{i}_{n})/s1_{i}**2" for n in (1, 2))
        back += f"ds1_{i} = -{' - '.join(sums)}\n"
    back += "".join(f"delta1_{i}_1 = (da1_{i}_1/s1_{i} + ds1_{i})*exp(z1_{i}_1)\n" for i in (1, 2))
    ran = run(capfd, "grad", "1-2softmax", *options)
    assert ran.out == COST.format("softmax", forward, "cross-entropy", passed, back)


def test_what_is_taught_is_proved(capfd: Capture) -> None:
    ran = run(capfd, "grad", "1-2sigmoid", "--loss", "bce", "--taught", "--wrt", "b1", "--ascii")
    assert ran.err.startswith("note: δ = (a - t)/2 is identical to what the chain rule gives; ")
    assert "(proved)" in ran.err
    assert "delta1_1 = (a1_1 - t_1)/2\n" in ran.out and "da1" not in ran.out
    ran = run(capfd, "grad", "1-2softmax", "--loss", "cross_entropy", "--taught", "--to", "latex",
              "--level", "matrix", "--examples", "3")  # fmt: skip
    assert "identical to what the chain rule gives, for targets that sum to 1; " in ran.err
    assert r"\delta^{[1](i)} &= \hat{y}^{(i)} - y^{(i)} \\" in ran.out


@pytest.mark.parametrize(
    ("rows", "delta"),
    [
        ("1,1\n1,1\n2,0", "delta1_2_1 = dL2_1*(a1_1_1 - 1) + dL2_2*(a1_2_1 - 1)"),
        ("1,1\n1,0\n2,0", "delta1_2_1 = dL2_1*(a1_1_1 - 1) + dL2_2*a1_2_1"),
    ],
)
def test_equal_examples_share_what_is_taught(
    rows: str, delta: str, capfd: Capture, tmp_path: Path
) -> None:
    """They have one pre-activation, and so one δ, that of all of them."""
    data = tmp_path / "data.csv"
    data.write_text(rows)
    options = ("--loss", "bce", "--data", data, "--taught", "--wrt", "b1", "--ascii")
    ran = run(capfd, "grad", "1-1sigmoid", *options)
    assert f"\n{delta}\n" in ran.out
    assert "is identical to what the chain rule gives" in ran.err


def test_what_is_taught_of_given_examples(capfd: Capture, tmp_path: Path) -> None:
    data = tmp_path / "data.csv"
    data.write_text("0.5,2\n-1,0\n")
    ran = run(capfd, "grad", "1-3softmax", "--loss", "cross_entropy", "--data", data, "--taught",
              "--wrt", "b1", "--ascii")  # fmt: skip
    assert re.findall(r"delta1_._. = (.*)", ran.out) == [
        "dL2_1*a1_1_1", "dL2_1*a1_1_2", "dL2_1*(a1_1_3 - 1)",
        "dL2_2*(a1_2_1 - 1)", "dL2_2*a1_2_2", "dL2_2*a1_2_3",
    ]  # fmt: skip
    assert re.findall(r"^# (\w+ \w+ \w+ \d)", ran.out, re.MULTILINE) == [
        "back through layer 3",
        "back through layer 1",
    ]
    assert "targets that sum to 1" not in ran.err


def test_a_cost_of_many_examples_is_refused_at_once(capfd: Capture) -> None:
    ran = run(
        capfd, "grad", "2-3tanh-1sigmoid", "--loss", "bce", "--examples", many(100_000, 20_000)
    )
    assert (ran.code, ran.out) == (3, "")
    assert "and that is the network without its derivatives" in ran.err


def test_the_adversarial_direction(capfd: Capture, tmp_path: Path) -> None:
    ran = run(capfd, "grad", "2-2-1:sigmoid", "--loss", "bce", "--wrt", "inputs", "--json")
    assert list(json.loads(ran.out)["outputs"]) == ["dJ_dx_1", "dJ_dx_2", "dJ_dt"]
    data = tmp_path / "data.csv"
    data.write_text("0.5,1\n")
    ran = run(capfd, "grad", "1-1sigmoid", "--loss", "bce", "--data", data, "--wrt", "inputs")
    assert (ran.code, ran.out) == (2, "")
    assert "there are no inputs to differentiate by; choose parameters" in ran.err


def test_inlined_and_one_output(capfd: Capture) -> None:
    options = ("--wrt", "x_2", "--output", "y_2", "--form", "inlined")
    ran = run(capfd, "grad", "2-2:sigmoid", *options)
    a = "σ(w⁽¹⁾₂₁·x₁ + w⁽¹⁾₂₂·x₂ + b⁽¹⁾₂)"
    assert ran.out == f"∂y₂/∂x₂ = w⁽¹⁾₂₂·({a}·(1 - {a}))\n"


def test_all_outputs_without_one(capfd: Capture) -> None:
    ran = run(capfd, "grad", "1-2", "--wrt", "inputs", "--json")
    assert json.loads(ran.out)["outputs"] == {"dy_1_dx": "w⁽¹⁾₁₁", "dy_2_dx": "w⁽¹⁾₂₁"}


def test_sizes_side_by_side(capfd: Capture) -> None:
    ran = run(capfd, "grad", "2-4tanh-4tanh-1:linear", "--size")
    assert ran.out.startswith("37 derivatives\n\nform     network  derivatives  times\n")
    assert "expression swell" in ran.out
    data = json.loads(run(capfd, "grad", "2-4tanh-4tanh-1", "--size", "--json").out)
    network = netsym.parse("2-4tanh-4tanh-1")
    for form, sizes in data["forms"].items():
        assert sizes["network"] == network.formula(form).size.nodes
        slopes = network.formula(form).gradient()
        assert sizes["derivatives"]["nodes"] == slopes.size.nodes
        assert f"{slopes.size.nodes:,}" in ran.out


def test_sizes_of_a_gradient_that_nobody_writes_out(capfd: Capture) -> None:
    ran = run(capfd, "grad", "2-10x20-1:tanh", "--size")
    assert ran.code == 0
    assert re.search(r"inlined .* 5\.37 × 10\^41", ran.out)
    refused = run(capfd, "grad", "2-10x20-1:tanh", "--form", "inlined")
    assert (refused.code, refused.out) == (3, "")
    assert "layer by layer it has 19,700 (--form layered)" in refused.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["1-2-1:tanh", "--wrt", "w1_1_11"], "did you mean 'w1_1_1'?"),
        (["1-2-1:tanh", "--form", "layerd"], "did you mean 'layered'?"),
        (["2-2:tanh", "--output", "3"], "give a number from 1 to 2"),
        (
            ["1-2-1:tanh", "--level", "matrix", "--to", "sympy"],
            "--level matrix is for --to text or --to latex or --to mathml or --to words; add",
        ),
        (["1-2-1:tanh", "--onion"], "--onion is for --to latex; add --to latex, or leave"),
        (
            ["1-2-1:tanh", "--onion", "--to", "latex", "--form", "shared"],
            "--onion changes nothing beside --form shared; leave one of them out",
        ),
        (["1-2-2:tanh", "--level", "matrix", "--to", "latex"], "the output has 2"),
        (["1-2-1:tanh", "--taught"], "--taught is for the derivatives of a cost; add --loss"),
        (
            ["1-2-1:tanh", "--loss", "mse", "--taught"],
            "bce after sigmoid and cross_entropy after softmax; here mse is after tanh",
        ),
        (
            ["2-2sigmoid", "--loss", "bce", "--examples", "2", "--wrt", "x3_1"],
            "did you mean 'x2_1'",
        ),
        (
            ["1-2-1:tanh", "--level", "matrix", "--to", "latex", "--form", "shared"],
            "--form shared changes nothing beside --level matrix; leave one of them out",
        ),
    ],
)
def test_mistakes(capfd: Capture, arguments: list[str], said: str) -> None:
    ran = run(capfd, "grad", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_the_matrix_level(capfd: Capture) -> None:
    ran = run(capfd, "grad", "2-3sigmoid-1sigmoid", "--level", "matrix", "--to", "latex")
    for line in (
        r"\delta^{[2]} &= \hat{y} (1 - \hat{y})",
        r"\delta^{[1]} &= \Bigl(\bigl(W^{[2]}\bigr)^{\mathsf{T}} \delta^{[2]}\Bigr)"
        r" \odot a^{[1]} \odot \bigl(1 - a^{[1]}\bigr)",
        r"\frac{\partial \hat{y}}{\partial W^{[1]}} &= \delta^{[1]} x^{\mathsf{T}}",
        r"\frac{\partial \hat{y}}{\partial b^{[2]}} &= \delta^{[2]}",
    ):
        assert line in ran.out


def test_the_onion_names_every_factor_of_the_chain(capfd: Capture) -> None:
    options = ("--to", "latex", "--onion", "--wrt", "w1_1_1")
    chain = run(capfd, "grad", "1-1-1:sigmoid", *options, "--form", "inlined").out
    factors = re.findall(r"_\{(\\partial .*?/\\partial .*?)\}\}(?= |\n)", chain)
    assert factors == [
        r"\partial \hat{y}/\partial z_{1}^{[2]}",
        r"\partial z_{1}^{[2]}/\partial a_{1}^{[1]}",
        r"\partial a_{1}^{[1]}/\partial z_{1}^{[1]}",
        r"\partial z_{1}^{[1]}/\partial w_{11}^{[1]}",
    ]
    layers = run(capfd, "grad", "1-2-1:sigmoid", *options).out
    assert (
        r"{\underbrace{w_{11}^{[2]}\delta_{1}^{[2]}}_{\partial \hat{y}/\partial a_{1}^{[1]}}}"
        in layers
    )


def test_the_onion_takes_the_loss_and_the_slope_apart(capfd: Capture) -> None:
    options = ("--loss", "bce", "--to", "latex", "--onion", "--wrt", "w1_1_1")
    layers = run(capfd, "grad", "1-2-1:sigmoid", *options).out
    assert (
        r"\delta_{1}^{[2]} &= {\underbrace{d\hat{y}}_{\partial J/\partial \hat{y}}} \cdot "
        r"{\underbrace{\hat{y}\,(1 - \hat{y})}_{\partial \hat{y}/\partial z_{1}^{[2]}}} \\"
    ) in layers
    chain = run(capfd, "grad", "1-2-1:sigmoid", *options, "--form", "inlined").out
    assert re.findall(r"_\{(\\partial .*?/\\partial .*?\})\}", chain) == [
        r"\partial J/\partial \hat{y}",  # wider than a line: named where it closes
        r"\partial \hat{y}/\partial z_{1}^{[2]}",
        r"\partial z_{1}^{[2]}/\partial a_{1}^{[1]}",
        r"\partial a_{1}^{[1]}/\partial z_{1}^{[1]}",
        r"\partial z_{1}^{[1]}/\partial w_{11}^{[1]}",
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ["1-2-1:sigmoid", "--loss", "bce", "--onion", "--form", "inlined"],
        ["2-2-2:tanh", "--loss", "mse", "--onion", "--form", "inlined", "--wrt", "w1_1_1"],
        ["2-2tanh-3softmax", "--loss", "cross_entropy", "--onion"],
        ["2-2tanh+-2", "--loss", "huber", "--l1", "0.1", "--examples", "2", "--level", "matrix"],
        ["1-2-1:sigmoid", "--onion"],
        ["1-1-1:tanh", "--onion", "--form", "inlined"],
        ["2-2tanh-2relu-1", "--onion"],
        ["2-3sigmoid-3softmax-1", "--level", "matrix"],
        ["1-2silu-2", "--color", "--notation", "nielsen"],
    ],
)
def test_documents_compile(
    capfd: Capture, tmp_path: Path, pdflatex: str, arguments: list[str]
) -> None:
    target = tmp_path / "grad.tex"
    ran = run(capfd, "grad", *arguments, "--to", "latex", "--document", "-o", target)
    assert ran.code == 0
    done = subprocess.run(
        [pdflatex, "-interaction=nonstopmode", "-halt-on-error", target.name],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Overfull" not in done.stdout


# -- limits, exactly where they are ---------------------------------------------------------------
@pytest.mark.parametrize("form", ["layered", "shared", "inlined"])
def test_as_many_nodes_as_the_limit_are_written_and_one_more_is_not(
    form: str, capfd: pytest.CaptureFixture[str]
) -> None:
    network = netsym.parse("1-2-1:sigmoid")
    slopes = network.layered.jacobian()
    nodes = {
        "layered": slopes, "shared": shared(slopes), "inlined": inlined(slopes),
    }[form].size.nodes  # fmt: skip
    words = ("grad", "1-2-1:sigmoid", "--form", form, "--max-nodes")
    assert run(capfd, *words, nodes).code == 0
    ran = run(capfd, *words, nodes - 1)
    assert (ran.code, ran.out) == (3, "")
    assert f"has {nodes} nodes, more than the limit of {nodes - 1}" in ran.err


def test_what_is_built_has_a_limit_of_its_own(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A graph of the network and, for each of its 2 outputs, as much again."""
    nodes = netsym.parse("2-3-2:tanh").count_nodes("layered")
    monkeypatch.setattr("netsym.cli.grad.MOST_DIFFERENTIATED", 3 * nodes)
    assert run(capfd, "grad", "2-3-2:tanh", "--size").code == 0
    monkeypatch.setattr("netsym.cli.grad.MOST_DIFFERENTIATED", 3 * nodes - 1)
    ran = run(capfd, "grad", "2-3-2:tanh", "--size")
    assert ran.code == 3 and f"{3 * nodes:,} nodes" in ran.err
    assert run(capfd, "grad", "2-3-2:tanh", "--size", "--output", "1").code == 0


def test_names_of_z_are_the_same_once_a_network_was_saved(tmp_path: Path) -> None:
    """Also where an input is called z."""
    for first in ("x", "z", "z_1"):
        network = loads(
            f"netsym = 1\ninputs = ['{first}']\noutputs = ['out']\n"
            "[[layers]]\ntype = 'dense'\nunits = 2\nactivation = 'relu'\n"
            "[[layers]]\ntype = 'dense'\nunits = 1\nactivation = 'silu'\n"
        )
        wanted = network.layered.gradient().text(ascii=True)
        netsym.save(network, tmp_path / "saved.toml")
        again = netsym.load(tmp_path / "saved.toml")
        assert again.layered.gradient().text(ascii=True) == wanted
        given = dict.fromkeys(network.parameter_names(), 0.3)
        np.testing.assert_array_equal(
            network.layered.gradient()(1.5, parameters=given),
            network.inlined.gradient()(1.5, parameters=given),
        )
