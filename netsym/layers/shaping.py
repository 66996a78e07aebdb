"""Layers that put values in other places: flatten, reshape, transpose, rearrange, pad, upsample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import ClassVar, TypeVar

import numpy as np

from netsym.errors import SpecError, did_you_mean
from netsym.layers import Layer, Shape, refuse_vast, shape_text
from netsym.layers.windows import margins, spread
from netsym.ops import Ops, WholeOps

A = TypeVar("A")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flatten(Layer):
    """`a = vec(x)`: all values in a vector, the last axis fastest; (…) gives (values,)."""

    kind: ClassVar[str] = "flatten"

    def shape(self, *shapes: Shape) -> Shape:
        return (prod(shapes[0]),)

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        (shape,) = ops.place.shapes
        return ops.reshape(inputs[0], len(shape), (-1,))

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        return ops.operator("vec", inputs[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Reshape(Layer):
    """`a = x` with the axes `to`: the same values in the same order, the last axis fastest."""

    kind: ClassVar[str] = "reshape"

    to: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.to or min(self.to) < 1:
            raise SpecError(f"to is {list(self.to)}; give the length of every axis, at least 1")

    def shape(self, *shapes: Shape) -> Shape:
        if prod(shapes[0]) != prod(self.to):
            raise SpecError(
                f"makes {shape_text(self.to)} = {prod(self.to):,} values of {shape_text(shapes[0])}"
                f" = {prod(shapes[0]):,}; both must have as many"
            )
        return self.to

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        (shape,) = ops.place.shapes
        return ops.reshape(inputs[0], len(shape), self.to)

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        return ops.operator("reshape", inputs[0], index="x".join(map(str, self.to)))

    def describe(self) -> str:
        return f"reshape to {shape_text(self.to)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transpose(Layer):
    """`a[i_1, …] = x[…]`: the axes in another order; `axes` says, counted from 1, which axis of
    the input comes first, second and so on. Without it they are in reverse.
    """

    kind: ClassVar[str] = "transpose"

    axes: tuple[int, ...] = ()

    def order(self, count: int) -> Shape:
        """Which axis, counted from 0, comes in each place."""
        return tuple(axis - 1 for axis in self.axes) or tuple(reversed(range(count)))

    def shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        order = self.order(len(shape))
        if sorted(order) != list(range(len(shape))):
            raise SpecError(
                f"puts the axes in the order {list(self.axes)}, but its input {shape_text(shape)} "
                f"has the axes 1 to {len(shape)}; name each once"
            )
        return tuple(shape[axis] for axis in order)

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        (shape,) = ops.place.shapes
        return ops.transpose(inputs[0], *self.order(len(shape)))

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        (shape,) = ops.place.shapes
        if self.order(len(shape)) == (1, 0):
            return ops.flipped(inputs[0])
        axes = ",".join(str(axis + 1) for axis in self.order(len(shape)))
        return ops.operator("transpose", inputs[0], index=axes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rearrange(Layer):
    """`a[k] = x[positions[k]]`: values of the input, by their places, as an array of `lengths`.

    Places count the values of the input from 0, the last axis fastest, and the positions go through
    the output in the same way; the place after the last is `value`. A value may be taken several
    times, or not at all.
    """

    kind: ClassVar[str] = "rearrange"

    positions: tuple[int, ...] = field(metadata={"least": 0})
    lengths: tuple[int, ...] = ()
    value: float = 0.0

    def shape(self, *shapes: Shape) -> Shape:
        lengths, count = self._lengths, prod(shapes[0])
        if len(self.positions) != prod(lengths):
            raise SpecError(
                f"has {len(self.positions):,} positions for an array of {shape_text(lengths)}; "
                "give one for each of its values"
            )
        if max(self.positions) > count:
            raise SpecError(
                f"takes the value at {max(self.positions)}, but its input {shape_text(shapes[0])} "
                f"has the places 0 to {count - 1}, and {count} for the value {self.value:g}"
            )
        return lengths

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        (shape,) = ops.place.shapes
        x = ops.reshape(inputs[0], len(shape), (prod(shape),))
        if max(self.positions) == prod(shape):
            x = ops.concatenate([x, ops.numbers(np.array([self.value]))])
        taken = ops.take(x, np.array(self.positions))
        return ops.reshape(taken, 1, self.shape(shape))

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        """The places are counted from 1 here, and left out where there are many."""
        (shape,) = ops.place.shapes
        few = self.positions if len(self.positions) <= _FEW else ()
        places = [f"{p + 1}" if p < prod(shape) else f"({self.value:g})" for p in few]
        lengths = "x".join(map(str, self._lengths))
        said = f"{' '.join(places)} as {lengths}" if few else lengths
        return ops.operator("rearrange", inputs[0], index=said)

    @property
    def _lengths(self) -> Shape:
        return self.lengths or (len(self.positions),)

    def describe(self) -> str:
        return f"rearrange to {shape_text(self._lengths)}"


_FEW = 24  # positions that are written out

PADDINGS = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pad(Layer):
    """`a = x` with more values around it: of all axes but the channels, or of the one of a vector.

    `padding` is one number for all sides, one for each axis, or those before every axis and then
    those after. With `mode` "constant" they are `value`; "reflect" goes back the way without the
    value at the edge, "replicate" repeats that value, "circular" goes on from the other end
    (torch.nn.functional.pad has the same modes).
    """

    kind: ClassVar[str] = "pad"

    padding: tuple[int, ...] = field(metadata={"least": 0})
    mode: str = "constant"
    value: float = 0.0

    def __post_init__(self) -> None:
        if self.mode not in PADDINGS:
            raise SpecError(f"unknown mode {self.mode!r}; {did_you_mean(self.mode, PADDINGS)}")

    def shape(self, *shapes: Shape) -> Shape:
        channels, lengths = _around(shapes[0])
        sides = margins("padding", self.padding, len(lengths))
        most = {"reflect": -1, "circular": 0}.get(self.mode)
        for length, (before, after) in zip(lengths, sides, strict=True):
            if most is not None and max(before, after) > length + most:
                raise SpecError(
                    f"pads {max(before, after)} on a side of length {length}; with mode "
                    f"{self.mode!r} it can be {length + most} at most"
                )
        padded = [length + sum(both) for length, both in zip(lengths, sides, strict=True)]
        refuse_vast("pads to", *padded)
        return (*channels, *padded)

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        (shape,) = ops.place.shapes
        _, lengths = _around(shape)
        sides = margins("padding", self.padding, len(lengths))
        count = prod(lengths)
        positions = np.arange(count).reshape(lengths)
        x = ops.reshape(inputs[0], len(lengths), (count,))
        if self.mode == "constant":
            x = ops.concatenate([x, ops.numbers(np.array([self.value]))])
            return ops.take(x, np.pad(positions, sides, constant_values=count))
        return ops.take(x, np.pad(positions, sides, mode=PADDINGS[self.mode]))  # type: ignore[call-overload]

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        return ops.operator("pad", inputs[0], index=self._said())

    def describe(self) -> str:
        return f"pad {self._said()}"

    def _said(self) -> str:
        sides = ", ".join(map(str, self.padding))
        return f"{sides} with {self.value:g}" if self.mode == "constant" else f"{sides} {self.mode}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upsample(Layer):
    """`a_c[p] = x_c[⌊p/scale⌋]`: every value `scale` times along each axis (nearest neighbour).

    It acts on all axes but the channels, or on the one of a vector; `scale` is one number for all
    of them or one for each.
    """

    kind: ClassVar[str] = "upsample"

    scale: tuple[int, ...] = (2,)

    def shape(self, *shapes: Shape) -> Shape:
        channels, lengths = _around(shapes[0])
        scales = spread("scale", self.scale, len(lengths))
        larger = [n * s for n, s in zip(lengths, scales, strict=True)]
        refuse_vast("grows to", *larger)
        return (*channels, *larger)

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        (shape,) = ops.place.shapes
        _, lengths = _around(shape)
        x = inputs[0]
        scales = spread("scale", self.scale, len(lengths))
        for axis, (length, scale) in enumerate(zip(lengths, scales, strict=True)):
            x = ops.take(x, np.repeat(np.arange(length), scale), axis - len(lengths))
        return x

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        return ops.operator("upsample", inputs[0], index="x".join(map(str, self.scale)))

    def describe(self) -> str:
        return f"upsample {shape_text(self.scale)} times"


def _around(shape: Shape) -> tuple[Shape, Shape]:
    """The channels' axis, none of a vector, and the others."""
    return ((), shape) if len(shape) == 1 else (shape[:1], shape[1:])
