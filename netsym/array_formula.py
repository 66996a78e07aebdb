"""Formulas of whole arrays: `ŷ = W²·tanh(W¹x + b¹) + b²`, a letter for every matrix and vector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from netsym.errors import SpecError
from netsym.forms.array_form import ArrayForm
from netsym.forms.form import inlined
from netsym.forms.sizes import MAX_NODES
from netsym.formula import Face
from netsym.gradient.of_arrays import matrix_gradient
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

    @classmethod
    def of(cls, form: ArrayForm) -> ArrayFormula:
        """The face of a form."""
        return cls(**{field.name: getattr(form, field.name) for field in fields(form)})

    @property
    def inlined(self) -> ArrayFormula:
        """The one formula, without bindings; `SpecError` where a cell is written for one step."""
        if self.steps or len(self.aside):
            raise SpecError(
                "a recurrent layer is written for one step t, and what a step hands on needs a "
                "name; take the layered form"
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
        one = self if output is None else self.output(output)
        return matrix_gradient(one, self.shapes, wrt)

    def __str__(self) -> str:
        return self.text()

    def text(
        self,
        *,
        ascii: bool = False,
        width: int | None = None,
        digits: int | None = None,
        headings: bool = False,
        max_nodes: int | None = MAX_NODES,
    ) -> str:
        """The equations as text; ASCII as NumPy has it (`W1 @ x + b1`). See `Formula.text`."""
        options = {"ascii": ascii, "width": width, "headings": headings}
        return "".join(self.write("text", **options, digits=digits, max_nodes=max_nodes))

    def latex(
        self,
        *,
        document: bool = False,
        notation: str = "ng",
        color: bool = False,
        width: int | None = None,
        digits: int | None = None,
        max_nodes: int | None = MAX_NODES,
    ) -> str:
        """The equations in LaTeX, and what arrays the letters are. See `Formula.latex`."""
        options: dict[str, Any] = {"document": document, "notation": notation, "color": color}
        options |= {"digits": digits, "max_nodes": max_nodes}
        return "".join(self.write("latex", **options, **({"width": width} if width else {})))
