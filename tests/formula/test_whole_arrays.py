"""What a formula of whole arrays can do, and that it says no to the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import netsym
from netsym.errors import SpecError
from netsym.formula.matrix_gradient import matrix_gradient


def arrays(spec: str = "3-2tanh-1", loss: str | None = None) -> Any:
    network = netsym.parse(spec)
    return (network if loss is None else netsym.cost(network, loss)).matrices


@pytest.mark.parametrize("loss", [None, "mse", "huber"])
@pytest.mark.parametrize(
    ("asked", "what"),
    [
        (lambda f: f(1.0, 2.0, 3.0), "values"),
        (lambda f: f.jacobian(), "Jacobian"),
        (lambda f: f.hessian_vector(), "Hessian"),
        (lambda f: f.sympy(), "sympy expression"),
        (lambda f: f.sympy_code(), "program in sympy"),
        (lambda f: f.python(), "program in python"),
        (lambda f: f.write("python"), "program in python"),
        (lambda f: f.text(), "text"),
    ],
)
def test_what_has_no_meaning_for_letters_is_refused(
    asked: Callable[[Any], Any], what: str, loss: str | None
) -> None:
    """Numbers put for letters once gave W*x, a product of numbers."""
    with pytest.raises(SpecError, match=f"whole arrays has no .*{what}.*; take the layered form"):
        asked(arrays(loss=loss))


def test_the_gradient_is_that_of_arrays() -> None:
    """It once had neither a transpose nor a product element by element."""
    formula = arrays()
    for slopes in (formula.gradient(), formula.gradient(output="y")):
        assert slopes.latex() == matrix_gradient(formula).latex()
    assert r"\bigl(W^{[2]}\bigr)^{\mathsf{T}} \odot" in formula.gradient(["W1"]).latex()
