"""Every language computes what the network does, at ordinary rows and at the extreme ones."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netsym
from netsym.certificates import ENGINES
from netsym.certificates.certificate import Certificate
from netsym.files.files import loads
from netsym.graph.functions import FUNCTIONS, LINEAR
from netsym.path import network_of
from netsym.writers.code import PROGRAMS
from netsym.writers.code.compiler import ran
from tests.code.networks import NETWORKS, filled, in_forms
from tests.conftest import not_installed

FORMS = ("layered", "shared", "inlined")
#: What is slow has a test of its own (Spark a room); what an extra brings is run with all of them.
SLOW, EXTRA = {"excel", "pyomo", "spark", "pyspark"}, {"casadi"}
QUICK = [
    pytest.param(name, marks=pytest.mark.heavy) if name in EXTRA else name
    for name in ENGINES
    if name not in SLOW
]
#: Networks so large that they are written in one form alone.
LARGE = {"deep": "layered", "wide": "layered"}
#: Python raises an error for what is infinite, and its max forgets NaN.
NOT_THERE = {("python", name) for name in ("exp", "hyperbolic", "conv and norm")}


def certified(
    network: netsym.Network, to: str, form: str = "layered", data: object = None, **options: Any
) -> Certificate:
    """The certificate of a network, which was run."""
    if ENGINES[to].missing():
        not_installed(ENGINES[to].name, ENGINES[to].package)
    found = netsym.certify(network, to, data, form=form, **options)
    assert not found.why_not, found.report()
    return found


def test_every_language_is_executed() -> None:
    """But for sympy's scripts, which tests of writers execute."""
    assert {row.name for row in PROGRAMS} - {"sympy"} == {*ENGINES}
    assert "run by Octave" in certified(NETWORKS["tanh"](), "matlab").report()


def test_networks_have_every_function() -> None:
    """Those of vectors are written by others."""
    graphs = (made().layered for made in NETWORKS.values())
    seen = {block.op for form in graphs for block, _ in form.graph.walk(form.mask)}
    of_vectors = {name for name, row in FUNCTIONS.items() if row.vector}
    assert {*FUNCTIONS} - seen == {LINEAR, *of_vectors}
    assert len(NETWORKS) >= 25


@pytest.mark.parametrize("to", QUICK)
@pytest.mark.parametrize(("name", "form"), in_forms(*FORMS))
def test_it_is_the_network(name: str, to: str, form: str) -> None:
    found = certified(NETWORKS[name](), to, LARGE.get(name, form))
    assert found.rows > 1000
    assert found.relative < ENGINES[to].tolerance, found.report()
    assert found.verdict == "certified" or (to, name) in NOT_THERE, found.report()


@pytest.mark.parametrize(("name", "to"), [*product(NETWORKS, ("c", "numpy"))])
def test_weights_apart_are_the_network_too(name: str, to: str) -> None:
    found = certified(NETWORKS[name](), to, weights="separate")
    assert found.relative < ENGINES[to].tolerance, found.report()
    assert found.verdict == "certified", found.report()


def test_large_layers_are_loops() -> None:
    network = NETWORKS["wide"]()
    text = network.layered.c(weights="separate")
    assert "static const double w1[100][20] = {" in text
    assert "for (int j = 0; j < 20; j++) sum += w1[i][j]*in[j];" in text
    assert text.count("for (") == 5
    text = network.layered.numpy(weights="separate")
    assert "inputs @ w1.T + b1" in text and len(text) < len(network.layered.numpy())


@pytest.mark.parametrize("weights", ["in-place", "separate"])
def test_a_header_may_be_in_several_files(weights: str, tmp_path: Path) -> None:
    """And twice in each; it needs the C library and libm alone."""
    if ENGINES["c"].missing():
        not_installed(ENGINES["c"].name, ENGINES["c"].package)
    network = NETWORKS["iris"]()
    text = network.layered.c(header=True, weights=weights)
    assert re.findall(r"#include.*", text) == ["#include <math.h>"]
    title = network.function or "f"
    (tmp_path / "net.h").write_text(text)
    called = '#include "net.h"\n#include "net.h"\ndouble NAME(void)\n{\n'
    called += f"    double in[4] = {{1, 1, 1, 1}}, out[3];\n    {title}(in, out);\n"
    called += "    return out[0];\n}\n"
    (tmp_path / "one.c").write_text(called.replace("NAME", "one"))
    other = called.replace("NAME", "other") + "double one(void);\n"
    (tmp_path / "other.c").write_text(f"{other}int main(void) {{ return one() != other(); }}\n")
    strict = ("-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror")
    ran(["gcc", *strict, "-o", "both", "one.c", "other.c", "-lm"], tmp_path)
    ran([str(tmp_path / "both")], tmp_path)


def test_weights_apart_have_numbers() -> None:
    with pytest.raises(netsym.SpecError, match=r"w1_1_1 has none; give it one, or leave --weights"):
        netsym.parse("2-1").layered.code("c", weights="separate")
    with pytest.raises(netsym.SpecError, match="did you mean 'separate'"):
        netsym.parse("2-1").layered.numpy(weights="seperate")


@pytest.mark.parametrize("to", ENGINES)
def test_the_text_is_the_same_each_time(to: str) -> None:
    for name in ("attention", "skip"):
        network = NETWORKS[name]()
        assert network.layered.code(to) == filled_again(name).layered.code(to)


def filled_again(name: str) -> netsym.Network:
    return NETWORKS[name].__wrapped__()


@pytest.mark.parametrize("to", QUICK)
def test_softmax_of_large_weights_is_no_nan(to: str) -> None:
    network = filled(netsym.parse("2-3softmax"))
    large = {name: 1e4 * value for name, value in zip(netsym.parse("2-3softmax").parameter_names(),
             [1.0, -2, 3, 1, -1, 0, 0, 1, 2], strict=True)}  # fmt: skip
    network = netsym.parse("2-3softmax").with_parameters(large)
    assert certified(network, to).verdict == "certified"


@pytest.mark.parametrize("activation", ["sigmoid", "softmax", "silu", "softplus", "mish"])
def test_single_precision_has_no_nan_with_large_weights(activation: str) -> None:
    shape = netsym.parse(f"2-3{activation}")
    network = shape.with_parameters(
        {name: 300.0 * (-1) ** n for n, name in enumerate(shape.parameter_names())}
    )
    found = certified(network, "c", float=True)
    assert found.verdict == "certified", found.report()


NAMED = """
netsym = 1
inputs = ["{0}", "{1}"]
function = "{2}"
[[layers]]
type = "dense"
activation = "sigmoid"
weights = [[1.5, -2.0]]
bias = [0.5]
"""
RESERVED = [
    ("double", "main", "printf"), ("in1", "out", "f"), ("t1", "inputs", "y1"),
    ("var", "Math", "eval"), ("np", "float", "register"), ("select", "table", "drop"),
    ("maximum", "parameters", "gamma"), ("expf", "fabs", "pow"), ("R1", "LOG10", "let"),
    ("a", "A", "end"), ("order", "Group", "f"), ("data", "inputs", "step_1"),
    ("x", "X", "x_"), ("t1", "T1", "T"), ("_x", "v_x", "V_X"),
    *(("row", "values", title) for title in ("rows", "given", "found", "value", "n", "model")),
    ("f_module", "out", "Sin"), ("zeros", "size", "numel"), ("_a", "c", "ifelse"),
]  # fmt: skip


@pytest.mark.parametrize("to", QUICK)
@pytest.mark.parametrize("names", RESERVED, ids=str)
def test_words_of_a_language_are_harmless_names(names: tuple[str, str, str], to: str) -> None:
    assert certified(loads(NAMED.format(*names)), to).verdict == "certified"


HOSTILE = [
    '"; DROP TABLE t; --',
    "=cmd|' /C calc'!A0",
    "*/ int x; /*",
    "a\\b",
    "x'y",
    "\u202ex",
    "x\n",
]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("place", range(3))
def test_what_is_no_name_is_refused(name: str, place: int) -> None:
    said = ["a", "b", "f"]
    said[place] = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    with pytest.raises(netsym.SpecError, match="name"):
        loads(NAMED.format(*said))


def test_log_sum_exp_is_shifted() -> None:
    """The network of a formula is what that says, and overflows; its code does not."""
    network = network_of("log(exp(x) + exp(y))", ["x", "y"])
    code = network.inlined.numpy()
    space: dict[str, object] = {}
    exec(compile(code, "<written>", "exec"), space)
    found = space["f"]([[1000.0, 999.0], [-1000.0, -1000.0]])  # type: ignore[operator]
    np.testing.assert_allclose(found, [1000 + np.log1p(np.exp(-1)), -1000 + np.log(2)], rtol=1e-15)


#: Where Python raises an error, as for exp(1000), Pyomo has no number.
OVERFLOW = {"exp", "hyperbolic"}


@pytest.mark.heavy
@pytest.mark.parametrize(("name", "form"), in_forms("layered", "inlined"))
def test_pyomo_is_the_network(name: str, form: str) -> None:
    """It computes an expression anew for each row, which takes long."""
    network = NETWORKS[name]()
    rows = np.random.default_rng(0).normal(size=(20, len(network.input_names)))
    form = LARGE.get(name, form)
    found = certified(network, "pyomo", form, rows)
    assert found.relative < 1e-12, found.report()
    assert found.verdict == "certified" or name in OVERFLOW, found.report()
