"""Formulas of whole arrays: `ŷ = W²·tanh(W¹x + b¹) + b²`, a letter for every matrix and vector."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from netsym.errors import SpecError
from netsym.forms.sizes import MAX_NODES
from netsym.formula import Form, Writers, inlined, written
from netsym.gradient.of_arrays import matrix_gradient
from netsym.graph.array_operations import Shapes
from netsym.graph.graph import Ids

#: What writes it, by the name that `--to` takes; the writers' room fills it, as `forms.WRITERS`.
ARRAY_WRITERS: Writers = {}


@dataclass(frozen=True, eq=False, repr=False)
class ArrayFormula(Form):
    """A form whose nodes are whole arrays, with the `shapes` of its letters.

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

    shapes: Shapes = ()

    whole: ClassVar[bool] = True

    @classmethod
    def of(cls, form: Form, shapes: Shapes, inputs: Ids) -> ArrayFormula:
        """A form of letters with these shapes, as an `ArrayFormula`."""
        parts = {field.name: getattr(form, field.name) for field in dataclasses.fields(Form)}
        return cls(**{**parts, "inputs": inputs}, shapes=shapes)

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

    def write(self, to: str, *, max_nodes: int | None = MAX_NODES, **options: Any) -> Iterator[str]:
        """The formula in a language, piece by piece: "text" or "latex", with the options of these.

        Raises `SpecError` for another language, `TooLargeError` for more than `max_nodes`.
        """
        return written(self, ARRAY_WRITERS, to, max_nodes, options)

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
