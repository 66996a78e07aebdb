"""Formulas of whole arrays: `ŷ = W²·tanh(W¹x + b¹) + b²`, a letter for every matrix and vector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from netsym.errors import SpecError
from netsym.forms.array_form import ArrayForm
from netsym.forms.form import inlined
from netsym.formula import Face
from netsym.writers import ARRAY_WRITERS


@dataclass(frozen=True, eq=False, repr=False)
class ArrayFormula(Face, ArrayForm):
    """A formula whose nodes are whole arrays, with the `shapes` of its letters.

    It is written, counted (an array is one name) and differentiated. What its letters stand for is
    not in it, so it has no values and is no program: for these take a form of single units.

    >>> import netsym
    >>> formula = netsym.parse("3-2tanh-1").matrices
    >>> print(formula)
    a¹ = tanh(W¹x + b¹)
    ŷ = W²a¹ + b²
    >>> print(formula.inlined.text(ascii=True), "with", formula.inlined.size.nodes, "nodes")
    y = W2 @ tanh(W1 @ x + b1) + b2 with 10 nodes
    """

    writers = ARRAY_WRITERS

    @property
    def inlined(self) -> ArrayFormula:
        """The one formula, without bindings: every copy is written, and each layer of a plain stack
        once; of a cell one formula for each value that a step hands on. Raises `SpecError` where
        there is none.
        """
        if self.why_no_letters:
            raise SpecError(
                f"{self.why_no_letters}, so there is no one formula of whole arrays; take the "
                "layered form (netsym show --level matrix)"
            )
        return inlined(self)

    def gradient(
        self, wrt: str | Sequence[str] = "parameters", output: int | str | None = None
    ) -> ArrayFormula:
        """The derivatives of one output that is one number: back propagation, layer by layer.

        `wrt` says by what: "parameters", "inputs", or letters with their layer (W1); the derivative
        by an array has its shape.
        Raises `SpecError` for an output of several numbers, for unknown letters, and for layers
        whose derivative is not known of whole arrays.
        """
        from netsym.gradient.of_arrays import matrix_gradient  # who only writes need not wait

        one = self if output is None else self.output(output)
        return matrix_gradient(replace(one, numbers={}), self.shapes, wrt)
