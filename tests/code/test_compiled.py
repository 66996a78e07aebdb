"""Formulas in machine code: the shapes, values and errors of the formula, and what can go wrong."""

from __future__ import annotations

import copy
import os
import pickle
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netsym
from netsym import SpecError, TooLargeError, ValueMissingError
from netsym.errors import NotRunError
from netsym.formula import Formula
from tests.code.networks import NETWORKS
from tests.conftest import not_installed


@pytest.fixture(scope="module", autouse=True)
def compiler() -> None:
    """That of the system, which must be there."""
    if shutil.which("gcc") is None:
        not_installed("gcc", "gcc libc6-dev")


@pytest.mark.parametrize("name", ["softmax", "iris", "elementary", "piecewise", "attention"])
def test_the_values_are_those_of_the_formula(name: str) -> None:
    formula = NETWORKS[name]().layered
    compiled = formula.compiled()
    x = np.random.default_rng(3).normal(size=(2, 5, len(formula.inputs)))
    for points in (x, x[0], x[0, 0], np.asfortranarray(x[0]), x[:, ::2], x[0, :0]):
        wanted, found = np.asarray(formula(points)), np.asarray(compiled(points))
        assert found.shape == wanted.shape and found.dtype == wanted.dtype
        np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(compiled(*x[0, 0].tolist()), compiled(x[0, 0]))
    np.testing.assert_array_equal(compiled(*np.moveaxis(x, -1, 0)), compiled(x))


@pytest.mark.parametrize("given", [(0.5, 1.0), (1, 2), ([0.5, 1.0],), (np.ones(3), 0.5), (True, 0)])
@pytest.mark.parametrize("spec", ["2-3tanh-1", "2-3tanh-2"])
def test_names_get_their_numbers_as_those_of_the_formula_do(spec: str, given: Any) -> None:
    network = netsym.parse(spec)
    compiled = network.inlined.compiled()
    for seed in (1, 2):
        random = np.random.default_rng(seed)
        at = {name: float(random.normal()) for name in network.parameter_names()}
        wanted, found = network.inlined(*given, parameters=at), compiled(*given, parameters=at)
        assert type(found) is type(wanted)
        assert np.shape(found) == np.shape(wanted)
        np.testing.assert_allclose(found, wanted, rtol=1e-12)


def _errors(formula: Any) -> list[str]:
    """What is said of calls that do not fit."""
    asked: Sequence[tuple[tuple[Any, ...], dict[str, Any]]] = [
        ((0.5,), {}), ((0.5, "a"), {}), (([[0.5]],), {}), ((), {}), ((0.5, 1.0, 2.0), {}),
        ((0.5, 1.0), {"parameters": {"v": 1.0}}), ((0.5, 1.0), {"parameters": [1.0]}),
        ((10**400, 1.0), {}), ((np.ones(2), np.ones(3)), {}),
    ]  # fmt: skip
    said = []
    for inputs, options in asked:
        with pytest.raises((SpecError, ValueMissingError)) as error:
            formula(*inputs, **options)
        said.append(str(error.value))
    return said


def test_what_does_not_fit_is_refused_as_by_the_formula() -> None:
    named = netsym.parse("2-1").inlined
    formula = netsym.parse("2-1").with_parameters({"w1_1_1": 1, "w1_1_2": 2, "b1_1": 3}).inlined
    assert _errors(formula.compiled()) == _errors(formula)
    with pytest.raises(ValueMissingError, match="w1_1_1"):
        named.compiled()(0.5, 1.0)
    with pytest.raises(TooLargeError):
        named.compiled(max_nodes=2)


def test_a_formula_without_inputs_is_a_number() -> None:
    formula = netsym.parse("1-1:tanh").inlined.gradient("b1_1")
    constant = Formula.of(netsym.parse("1-1").inlined.gradient("b1_1"))
    assert constant.compiled()(0.5, parameters={}) == constant(0.5) == 1
    at = {"w1_1_1": 0.5, "b1_1": -1.0}
    assert formula.compiled()(0.25, parameters=at) == pytest.approx(formula(0.25, parameters=at))


def test_loops_over_arrays_have_the_same_values() -> None:
    layered = NETWORKS["wide"]().layered
    x = np.random.default_rng(4).normal(size=(7, 20))
    apart, in_place = layered.compiled(weights="separate"), layered.compiled()
    np.testing.assert_allclose(apart(x), in_place(x), rtol=1e-12, atol=1e-12)


def test_it_copies_and_pickles() -> None:
    compiled = NETWORKS["iris"]().inlined.compiled()
    x = np.random.default_rng(5).normal(size=(3, 4))
    for other in (pickle.loads(pickle.dumps(compiled)), copy.deepcopy(compiled)):
        np.testing.assert_array_equal(other(x), compiled(x))
        assert repr(other) == repr(compiled)


def test_a_result_is_nobody_elses() -> None:
    compiled = NETWORKS["iris"]().inlined.compiled()
    first = compiled(1.0, 2.0, 3.0, 4.0)
    kept = np.copy(first)
    assert isinstance(first, np.ndarray) and first.flags.writeable
    compiled(4.0, 3.0, 2.0, 1.0)
    np.testing.assert_array_equal(first, kept)


# -- compilers ------------------------------------------------------------------------------------
def _only(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder in which `cc` is a script, the only compiler that is found."""
    program = folder / "cc"
    program.write_text(f"#!/bin/sh\nPATH={os.environ['PATH']}\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def test_without_a_compiler_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SpecError, match=r"needs a C compiler.*cc, gcc, clang.*apt-get install"):
        netsym.parse("1-1").inlined.compiled()


def test_what_computes_something_else_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = 'sed -i "s/tanh/sin/" program.c && exec gcc "$@"'
    _only(tmp_path, script, monkeypatch)
    netsym.parse("1-1:sigmoid").inlined.compiled()
    with pytest.raises(NotRunError, match="has other values than the formula"):
        netsym.parse("1-1:tanh").inlined.compiled()


def test_what_a_compiler_complains_of_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _only(tmp_path, "echo 'error: no more' >&2; exit 1", monkeypatch)
    with pytest.raises(NotRunError, match="error: no more"):
        netsym.parse("1-1").inlined.compiled()


def test_nothing_stays_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    compiled = netsym.parse("1-1:tanh").inlined.compiled()
    assert not [*tmp_path.iterdir()]
    assert compiled(0.0, parameters={"w1_1_1": 1.0, "b1_1": 0.0}) == 0
