"""Layers that join several values: add (a skip connection), multiply, gate, concat and matmul."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, TypeVar

import numpy as np

from netsym.errors import SpecError
from netsym.layers import MOST_AXES, Layer, Shape, refuse_vast, shape_text
from netsym.ops import Ops, WholeOps

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


@dataclass(frozen=True, slots=True, kw_only=True)
class MatMul(Layer):
    """`A = X Y`, the product of two matrices (n, k) and (k, m), for each place of the axes before.

    These broadcast as NumPy's; `transposed` takes Yᵀ, of which Y is (m, k).
    """

    kind: ClassVar[str] = "matmul"
    reads: ClassVar[tuple[int, int | None]] = (2, 2)

    transposed: bool = False

    def shape(self, *shapes: Shape) -> Shape:
        left, right = shapes
        if min(len(left), len(right)) > 1:
            columns, inner = right[-2:] if self.transposed else right[:-3:-1]
            try:
                places = np.broadcast_shapes(left[:-2], right[:-2])
            except ValueError:
                inner = 0
            if left[-1] == inner:
                refuse_vast("multiplies matrices:", *places, left[-2], inner, columns)
                return (*places, left[-2], columns)
        wanted = "(…, n, k) and (…, m, k)" if self.transposed else "(…, n, k) and (…, k, m)"
        raise SpecError(
            f"multiplies matrices {wanted}, but these have shapes {shapes_text(shapes)}"
        )

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        shapes = ops.place.shapes
        axes = max(map(len, shapes))
        left, right = (
            ops.reshape(x, len(shape), (1,) * (axes - len(shape)) + shape)
            for x, shape in zip(inputs, shapes, strict=True)
        )
        columns = right if self.transposed else ops.transpose(right, 1, 0)
        return ops.transpose(ops.contract(left, columns), 1, 0)

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        left, right = inputs
        axes = len(ops.place.shapes[1])
        if self.transposed and axes == 2:
            return ops.matmul(left, ops.flipped(right))
        if self.transposed:
            order = ",".join(map(str, [*range(1, axes - 1), axes, axes - 1]))
            return ops.matmul(left, ops.operator("transpose", right, index=order))
        return ops.matmul(left, right)

    def describe(self) -> str:
        return "matmul with the second transposed" if self.transposed else "matmul"


def same(does: str, shapes: Sequence[Shape]) -> Shape:
    """The one shape of several values; raises `SpecError` if they differ."""
    if len(set(shapes)) > 1:
        raise SpecError(f"{does} values of one shape, but these have {shapes_text(shapes)}")
    return shapes[0]


def shapes_text(shapes: Sequence[Shape]) -> str:
    """Shapes for a sentence: 2 x 3, 4 and 3 x 2."""
    *first, last = map(shape_text, shapes)
    return f"{', '.join(first)} and {last}"
