"""Words as vectors: the embedding of one-hot rows, and learned positions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from netsym.errors import SpecError
from netsym.layers import Layer, Shape, shape_text
from netsym.ops import Ops, WholeOps

A = TypeVar("A")


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedding(Layer):
    """`U W_e`: each row of U, with a one for its word and zeros elsewhere, takes the word's vector.

    Of (steps, words) it gives (steps, width); weights are (words, width), as in torch's Embedding
    (Radford et al., Improving Language Understanding, 2018, equation 2). A linear layer of as many
    units as words has weights of this shape, so it can share them.
    """

    kind: ClassVar[str] = "embedding"
    letters: ClassVar[Mapping[str, str]] = {"weights": "we"}

    width: int

    def shape(self, *shapes: Shape) -> Shape:
        return (*shapes[0][:-1], self.width)

    def parameters(self, *shapes: Shape) -> dict[str, Shape]:
        return {"weights": (shapes[0][-1], self.width)}

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        return ops.contract(ops.transpose(parameters["weights"], 1, 0), inputs[0])

    @property
    def stepwise(self) -> bool:
        return True

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        return ops.matmul(inputs[0], parameters["weights"])

    def describe(self) -> str:
        return f"embedding of width {self.width}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Positions(Layer):
    """`X + W_p`: a learned vector for every step is added; weights (steps, width).

    Radford et al., Improving Language Understanding, 2018, equation 2.
    """

    kind: ClassVar[str] = "positions"
    letters: ClassVar[Mapping[str, str]] = {"weights": "wp"}

    def shape(self, *shapes: Shape) -> Shape:
        if len(shapes[0]) != 2:
            raise SpecError(
                f"takes sequences (steps, values), but its input has shape {shape_text(shapes[0])}"
                "; reshape it first"
            )
        return shapes[0]

    def parameters(self, *shapes: Shape) -> dict[str, Shape]:
        return {"weights": shapes[0]}

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        return ops.add(inputs[0], parameters["weights"])

    @property
    def elementwise(self) -> bool:
        return True

    def describe(self) -> str:
        return "learned positions"
