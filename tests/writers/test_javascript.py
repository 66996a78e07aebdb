"""JavaScript computes what the network does, at ordinary points and at the extreme ones."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

import netsym
from netsym.graph.functions import ACTIVATIONS, FUNCTIONS
from netsym.path import network_of
from tests.effort import many
from tests.small_networks import small_network
from tests.writers.node import Module, values

POINTS = [(0.3, -1.2), (2.0, 5.0), (0.0, 0.0), (-4.0, 1.0)]
EXTREME = [-1e300, -1e4, -745.5, -6.0, -3.0, -1.0, -1e-9, -0.0, 0.0, 1e-300, 0.5, 1.0, 2.5, 3.0,
           6.0, 36.0, 745.5, 1e4, 1e300, math.nan, math.inf, -math.inf]  # fmt: skip


def code(form: netsym.Formula) -> str:
    return "".join(form.write("javascript"))


@pytest.mark.parametrize("expand", [False, True])
@pytest.mark.parametrize("form", ["layered", "shared", "inlined"])
def test_every_activation(form: str, expand: bool, tmp_path: Path) -> None:
    modules, expected = [], []
    for activation in ACTIVATIONS:
        network = netsym.parse(f"2-3{activation}-2{activation}")
        given = dict.fromkeys(network.parameter_names(), 0.0)
        random = np.random.default_rng(7)
        given = {name: float(random.normal() / 2) for name in given}
        modules.append(Module(code(network.formula(form, expand)), POINTS, given))
        expected.append([network(*point, parameters=given) for point in POINTS])
    for found, right in zip(values(modules, tmp_path), expected, strict=True):
        np.testing.assert_allclose(found, right, rtol=1e-12)


def test_every_activation_where_float64_ends(tmp_path: Path) -> None:
    """Stable ways are those of the table; of an exponential what is infinite is infinite."""
    names = [name for name in ACTIVATIONS if name != "softmax"]
    networks = [network_of(f"{name}(x)" + ("*1" if name == "linear" else "")) for name in names]
    points = [(value,) for value in EXTREME]
    found = values([Module(code(n.inlined), points) for n in networks], tmp_path)
    with np.errstate(all="ignore"):
        for name, network, rows in zip(names, networks, found, strict=True):
            right = [[float(network(*point))] for point in points]
            lost = 1e-15 if FUNCTIONS[name].cancels else 0  # 1 + erf(-6), by any erf
            np.testing.assert_allclose(rows, right, rtol=1e-12, atol=lost, err_msg=name)


@pytest.mark.parametrize("first", range(0, many(400, 20), 20))
def test_random_networks_of_every_family(first: int, tmp_path: Path) -> None:
    made = [small_network(seed) for seed in range(first, first + 20)]
    modules = [Module(code(m.network.layered), [m.point], m.values) for m in made if m.is_tame]
    right = [m.network(*m.point, parameters=m.values) for m in made if m.is_tame]
    for found, value in zip(values(modules, tmp_path), right, strict=True):
        np.testing.assert_allclose(found[0], np.ravel(value), rtol=1e-11, atol=1e-12)


def test_erf_is_within_a_few_units_of_the_last_digit(tmp_path: Path) -> None:
    points = [(value,) for value in np.linspace(-7, 7, 2_001).tolist()]
    (found,) = values([Module(code(network_of("erf(x)").inlined), points)], tmp_path)
    right = [[math.erf(value)] for (value,) in points]
    np.testing.assert_allclose(found, right, rtol=1e-14, atol=0)


def test_words_of_the_language_are_no_names(tmp_path: Path) -> None:
    text = "f(var, Math, x) = await_*var + new*Math - delete*x^2 + (-x)^2"
    network = network_of(text)
    given = dict.fromkeys(network.parameter_names(), 2.0)
    (found,) = values([Module(code(network.inlined), [(3.0, 5.0, 7.0)], given)], tmp_path)
    assert found == [[2 * 3 + 2 * 5 - 2 * 49 + 49]]


def test_two_thousand_layers(tmp_path: Path) -> None:
    symbolic = netsym.parse("1-1x2000-1:sigmoid")
    given = dict.fromkeys(symbolic.parameter_names(), 0.5)
    network = symbolic.with_parameters(given)
    (found,) = values([Module(code(network.inlined), [(0.5,)])], tmp_path)
    np.testing.assert_allclose(found, [[network(0.5)]], rtol=1e-12)


def test_a_derivative_is_a_module_too(tmp_path: Path) -> None:
    network = netsym.cost(netsym.parse("2-2tanh-1sigmoid"), "bce")
    slope = network.layered.gradient()
    given = dict.fromkeys(network.parameter_names(), 0.25)
    point = [0.3, -1.2, 1.0]
    (found,) = values([Module(code(slope), [point], given)], tmp_path)
    np.testing.assert_allclose(found[0], np.ravel(slope(*point, parameters=given)), rtol=1e-12)
