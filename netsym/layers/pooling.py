"""Pooling: the largest or the mean of what lies in a window, or of a whole channel."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import ClassVar, TypeVar

import numpy as np

from netsym.errors import SpecError
from netsym.layers import Layer, Shape, shape_text
from netsym.layers.windows import Geometry, Windows, spatial
from netsym.ops import Ops, WholeOps

A = TypeVar("A")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool(Layer):
    """What poolings with a kernel share; `stride` is the kernel unless it is given.

    `kernel`, `stride` and `dilation` are one number for all axes or one for each; `padding` is
    that too, or what is before every axis and then what is after.
    """

    axes: ClassVar[int]
    operator: ClassVar[str]

    kernel: tuple[int, ...]
    stride: tuple[int, ...] = ()
    padding: tuple[int, ...] = field(default=(0,), metadata={"least": 0})
    dilation: tuple[int, ...] = (1,)

    def __post_init__(self) -> None:
        self.geometry  # noqa: B018  raises for options that do not fit

    @property
    def geometry(self) -> Geometry:
        """How the kernel moves."""
        stride = self.stride or self.kernel
        return Geometry.of(self.axes, self.kernel, stride, self.padding, self.dilation)

    def shape(self, *shapes: Shape) -> Shape:
        channels, lengths = spatial(shapes[0], self.axes, "pools")
        places = self.geometry.places(lengths)
        if 0 in self.geometry.windows(lengths).there:
            raise SpecError(
                f"has windows that lie on padding alone: padding {list(self.padding)}, kernel "
                f"{list(self.kernel)}; take less padding than half the kernel"
            )
        return (channels, *places)

    @abstractmethod
    def pooled(self, ops: Ops[A], values: A, windows: Windows) -> A:
        """One value of every window (…, places, elements of the kernel); shape (…, places, 1)."""

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        (x,) = inputs
        windows = self.geometry.windows(ops.lengths(x, self.axes))
        x = ops.take(ops.reshape(x, self.axes, (-1,)), windows.positions)
        return ops.reshape(self.pooled(ops, x, windows), 2, windows.shape)

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        kernel = self.geometry.kernel
        said = [shape_text(kernel), *self.geometry.unusual(stride=kernel)]
        return ops.operator(self.operator, inputs[0], index=", ".join(said))

    def describe(self) -> str:
        return f"{self.kind}, {self.geometry.describe()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MaxPool(Pool):
    """`a_c[p] = max_k x_c[p stride + k dilation - padding]`, over what lies on the input."""

    operator: ClassVar[str] = "maxpool"

    def pooled(self, ops: Ops[A], values: A, windows: Windows) -> A:
        return ops.maximum(values, windows.positions.shape[1], windows.present)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaxPool1d(MaxPool):
    """`a_c[p] = max_k x_c[p stride + k dilation - padding]`, over what lies on the input.

    Of a signal (channels, length) it gives (channels, places) (Dumoulin and Visin, A guide to
    convolution arithmetic for deep learning, 2016, section 1.2).
    """

    kind: ClassVar[str] = "max_pool1d"
    axes: ClassVar[int] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MaxPool2d(MaxPool):
    """`a_c[p, q] = max_{k, l} x_c[…]`: as `MaxPool1d`, along the two axes of an image.

    Of an image (channels, height, width) it gives (channels, rows, columns) (Goodfellow et al.,
    Deep Learning, 2016, section 9.3).
    """

    kind: ClassVar[str] = "max_pool2d"
    axes: ClassVar[int] = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class MaxPool3d(MaxPool):
    """`a_c[p, q, r] = max x_c[…]`: as `MaxPool1d`, along the three axes of a volume.

    Of a volume (channels, depth, height, width) it gives (channels, places along each axis).
    """

    kind: ClassVar[str] = "max_pool3d"
    axes: ClassVar[int] = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class AveragePool(Pool):
    """The mean of what lies in each window.

    With `count_padding` the zeros of the padding count as elements (torch's count_include_pad).
    """

    operator: ClassVar[str] = "avgpool"

    count_padding: bool = True

    def pooled(self, ops: Ops[A], values: A, windows: Windows) -> A:
        places, kernel = windows.positions.shape
        sums = ops.total(values, windows.present)
        counts = np.full(places, kernel) if self.count_padding else windows.there
        if len(set(counts.tolist())) == 1:
            return _over(ops, sums, int(counts[0]))
        several = np.flatnonzero(counts > 1)  # what is alone in its window is its own mean
        divisors = ops.numbers(counts[several, None].astype(np.float64))
        means = ops.divide(ops.take(sums, several, -2), divisors)
        positions = np.arange(places)
        positions[several] = places + np.arange(len(several))
        return ops.take(ops.concatenate([sums, means], -2), positions, -2)


@dataclass(frozen=True, slots=True, kw_only=True)
class AveragePool1d(AveragePool):
    """`a_c[p] = 1/n Σ_k x_c[p stride + k dilation - padding]`, n elements in a window.

    Of a signal (channels, length) it gives (channels, places). With `count_padding`, the zeros of
    the padding count among the n (torch's count_include_pad), else n are those on the input
    (LeCun et al., Gradient-Based Learning Applied to Document Recognition, 1998, section II.B).
    """

    kind: ClassVar[str] = "average_pool1d"
    axes: ClassVar[int] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AveragePool2d(AveragePool):
    """`a_c[p, q] = 1/n Σ_{k, l} x_c[…]`: as `AveragePool1d`, along the two axes of an image.

    Of an image (channels, height, width) it gives (channels, rows, columns).
    """

    kind: ClassVar[str] = "average_pool2d"
    axes: ClassVar[int] = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class AveragePool3d(AveragePool):
    """`a_c[p, q, r] = 1/n Σ x_c[…]`: as `AveragePool1d`, along the three axes of a volume.

    Of a volume (channels, depth, height, width) it gives (channels, places along each axis).
    """

    kind: ClassVar[str] = "average_pool3d"
    axes: ClassVar[int] = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalPool(Layer):
    """One value of every channel: (channels, …) gives (channels,)."""

    operator: ClassVar[str]

    def shape(self, *shapes: Shape) -> Shape:
        if len(shapes[0]) < 2:
            raise SpecError(
                "pools every channel of an input (channels, …) as a whole, but its input is "
                f"{shape_text(shapes[0])}, which has no axis but channels"
            )
        return shapes[0][:1]

    @abstractmethod
    def pooled(self, ops: Ops[A], values: A, count: int) -> A:
        """One value of every channel (…, channels, elements); shape (…, channels, 1)."""

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        ((channels, *lengths),) = ops.place.shapes
        count = prod(lengths)
        x = ops.reshape(inputs[0], 1 + len(lengths), (channels, count))
        return ops.reshape(self.pooled(ops, x, count), 2, (channels,))

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        return ops.operator(self.operator, inputs[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalAveragePool(GlobalPool):
    """`a_c = 1/n Σ_i x_c[i]`: the mean of every channel (Lin et al., Network In Network, 2013,
    section 3.2); (channels, …) gives (channels,).
    """

    kind: ClassVar[str] = "global_average_pool"
    operator: ClassVar[str] = "avgpool"

    def pooled(self, ops: Ops[A], values: A, count: int) -> A:
        return _over(ops, ops.total(values), count)


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalMaxPool(GlobalPool):
    """`a_c = max_i x_c[i]`: the largest of every channel; (channels, …) gives (channels,)."""

    kind: ClassVar[str] = "global_max_pool"
    operator: ClassVar[str] = "maxpool"

    def pooled(self, ops: Ops[A], values: A, count: int) -> A:
        return ops.maximum(values, count)


def _over(ops: Ops[A], sums: A, count: int) -> A:
    """Means from sums of so many."""
    return sums if count == 1 else ops.divide(sums, ops.constant(count))
