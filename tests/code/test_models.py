"""Models for optimisers: a solver finds the same in the full space as in the reduced one."""

from __future__ import annotations

import math
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netsym
from tests.code.networks import NETWORKS
from tests.conftest import not_installed


def functions(network: netsym.Network, to: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the full and the reduced text define."""
    if find_spec(to) is None:
        not_installed(to, f"python3-{to}")
    full: dict[str, Any] = {}
    reduced: dict[str, Any] = {}
    for form, space in {"layered": full, "inlined": reduced}.items():
        exec(compile(network.formula(form).code(to), f"<{form}>", "exec"), space)
    return full, reduced


@pytest.mark.heavy
def test_a_solver_finds_the_same() -> None:
    network = NETWORKS["tanh"]()
    full, reduced = functions(network, "casadi")
    import casadi as ca

    x = ca.MX.sym("x", 2)
    values = ca.MX.sym("values", len(full["VALUES"]))
    inputs, held = ca.vertsplit(x), ca.vertsplit(values)
    quiet = {"ipopt.print_level": 0, "print_time": 0, "ipopt.tol": 1e-12}
    near = 0.01 * ca.sumsqr(x)
    problems = {
        "full": {"x": ca.vertcat(x, values), "f": (held[-1] - 0.1) ** 2 + near,
                 "g": full["f"](*inputs, *held)},
        "reduced": {"x": x, "f": (reduced["f"](*inputs)[-1] - 0.1) ** 2 + near},
    }  # fmt: skip
    best = {}
    for name, problem in problems.items():
        solver = ca.nlpsol(name, "ipopt", problem, quiet)
        bounds = {"lbg": 0, "ubg": 0} if "g" in problem else {}
        found = solver(x0=0.1, **bounds)
        assert solver.stats()["success"]
        best[name] = np.array(found["x"]).ravel()[:2], float(found["f"])
    np.testing.assert_allclose(best["full"][0], best["reduced"][0], atol=1e-6)
    np.testing.assert_allclose(best["full"][1], best["reduced"][1], rtol=1e-9)
    y = network(best["full"][0])
    assert float(best["full"][1]) == pytest.approx(
        (y[-1] - 0.1) ** 2 + 0.01 * float(np.sum(best["full"][0] ** 2)), rel=1e-8
    )


@pytest.mark.heavy
def test_a_block_has_a_variable_and_an_equation_for_each_value() -> None:
    network = NETWORKS["iris"]()
    full, reduced = functions(network, "pyomo")
    import pyomo.environ as pyo

    model = pyo.ConcreteModel()
    model.inputs = pyo.Var(range(4), initialize=1.0)
    model.full, model.reduced = pyo.Block(), pyo.Block()
    given = [model.inputs[n] for n in range(4)]
    outputs = full["f"](model.full, *given)
    assert len(model.full.network) == len(model.full.equations) == len(full["VALUES"])
    assert [output.name for output in outputs] == [
        f"full.network[{name}]" for name in full["VALUES"][-3:]
    ]
    for equation in model.full.equations.values():
        variable, right = equation.expr.args
        variable.set_value(pyo.value(right))
    found = [pyo.value(output) for output in reduced["f"](model.reduced, *given)]
    np.testing.assert_allclose([pyo.value(each) for each in outputs], found, rtol=1e-13)
    np.testing.assert_allclose(found, network([1.0, 1, 1, 1]), rtol=1e-13)


@pytest.mark.heavy
def test_erf_is_that_of_python_and_is_read_once(tmp_path: Path) -> None:
    """Its operand stands once in what a solver reads."""
    network = netsym.parse("1-1gelu").with_parameters({"w1_1_1": 0.1234567, "b1_1": 0.5})
    full, _ = functions(network, "pyomo")
    import pyomo.environ as pyo

    points = [*np.linspace(-7, 7, 201).tolist(), 1e-300, -1e-9, 0.46875, 1e3, -1e3]
    found = [pyo.value(full["erf"](z)) for z in points]
    np.testing.assert_allclose(found, list(map(math.erf, points)), rtol=1e-15, atol=0)
    model = pyo.ConcreteModel()
    model.x, model.block = pyo.Var(initialize=0.1), pyo.Block()
    (y,) = full["f"](model.block, model.x)
    model.goal = pyo.Objective(expr=y)
    model.write(str(tmp_path / "model.nl"))
    assert (tmp_path / "model.nl").read_text().count("0.1234567") == 1
