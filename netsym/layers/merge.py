"""Layers that join several values: add (a skip connection), multiply, gate and concat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, TypeVar

from netsym.errors import SpecError
from netsym.layers import MOST_AXES, Layer, Shape, shape_text
from netsym.ops import Ops

A = TypeVar("A")


@dataclass(frozen=True, slots=True, kw_only=True)
class Add(Layer):
    """`a = x + y + …`: the inputs, all of one shape, added element by element."""

    kind: ClassVar[str] = "add"
    reads: ClassVar[tuple[int, int | None]] = (2, None)

    def shape(self, *shapes: Shape) -> Shape:
        return same("adds", shapes)

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        return ops.add(*inputs)

    @property
    def elementwise(self) -> bool:
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Multiply(Layer):
    """`a = x*y*…`: the inputs, all of one shape, multiplied element by element.

    With a sigmoid before one of two inputs this is a gate.
    """

    kind: ClassVar[str] = "multiply"
    reads: ClassVar[tuple[int, int | None]] = (2, None)

    def shape(self, *shapes: Shape) -> Shape:
        return same("multiplies", shapes)

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        return ops.multiply(*inputs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate(Layer):
    """`a = g*x + (1 - g)*y`, element by element, for the inputs g, x, y of one shape.

    g says how much of x passes, and of y the rest (Srivastava et al., Highway Networks, 2015,
    equation 3).
    """

    kind: ClassVar[str] = "gate"
    reads: ClassVar[tuple[int, int | None]] = (3, 3)

    def shape(self, *shapes: Shape) -> Shape:
        return same("mixes", shapes)

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        gate, first, second = inputs
        rest = ops.add(ops.constant(1), ops.negate(gate))
        return ops.add(ops.multiply(gate, first), ops.multiply(rest, second))


@dataclass(frozen=True, slots=True, kw_only=True)
class Concat(Layer):
    """`a = (x, y, …)`: the inputs one after another; arrays of three axes or more say the `axis`.

    It counts from the last, which is -1. Vectors and sequences (steps, features) are joined
    along that one if nothing is said; -2 joins the channels of signals (channels, length), -3 those
    of images (channels, height, width).
    """

    kind: ClassVar[str] = "concat"
    reads: ClassVar[tuple[int, int | None]] = (2, None)

    axis: int | None = field(default=None, metadata={"least": -MOST_AXES})

    @property
    def along(self) -> int:
        """The axis, counted from the last."""
        return -1 if self.axis is None else self.axis

    def shape(self, *shapes: Shape) -> Shape:
        axes, along = len(shapes[0]), self.along
        if self.axis is None and max(map(len, shapes)) > 2:
            raise SpecError(
                f"joins arrays of shapes {shapes_text(shapes)}, so it must say along which axis: "
                f"write axis = {-axes} for the first, the channels of images, or axis = -1 for the "
                "last, their width"
            )
        if not -axes <= along <= -1:
            raise SpecError(
                f"joins along axis {along}, but its inputs have the axes {-axes} to -1, counted "
                "from the last"
            )
        others = {(*shape[:along], *shape[len(shape) + along + 1 :]) for shape in shapes}
        if len(others) > 1 or len({len(shape) for shape in shapes}) > 1:
            raise SpecError(
                f"joins values along axis {along}, so all other lengths must agree, but their "
                f"shapes are {shapes_text(shapes)}"
            )
        length = sum(shape[along] for shape in shapes)
        return (*shapes[0][:along], length, *shapes[0][axes + along + 1 :])

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        return ops.concatenate(inputs, self.along)

    @property
    def stepwise(self) -> bool:
        return self.along == -1


def same(does: str, shapes: Sequence[Shape]) -> Shape:
    """The one shape of several values; raises `SpecError` if they differ."""
    if len(set(shapes)) > 1:
        raise SpecError(f"{does} values of one shape, but these have {shapes_text(shapes)}")
    return shapes[0]


def shapes_text(shapes: Sequence[Shape]) -> str:
    """Shapes for a sentence: 2 x 3, 4 and 3 x 2."""
    *first, last = map(shape_text, shapes)
    return f"{', '.join(first)} and {last}"
