"""Convolutions of signals and images, and their transposes."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, TypeVar

from netsym.errors import SpecError
from netsym.graph.functions import FUNCTIONS
from netsym.layers import Activated, Shape, Stage, shape_text
from netsym.layers.elementwise import activation_apart
from netsym.layers.windows import Geometry, Windows, margins, spatial
from netsym.ops import Ops, WholeOps
from netsym.wording import plural

A = TypeVar("A")

_FROM_0 = {"least": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Convolution(Activated):
    """What convolutions along any number of axes share.

    `kernel`, `stride` and `dilation` are one number for all axes or one for each; `padding` is
    that too, or the zeros before every axis and then those after. `groups` of channels do not see
    each other.
    """

    axes: ClassVar[int]
    letters: ClassVar[Mapping[str, str]] = {"weights": "w", "bias": "b"}

    channels: int
    kernel: tuple[int, ...]
    stride: tuple[int, ...] = (1,)
    padding: tuple[int, ...] = field(default=(0,), metadata=_FROM_0)
    dilation: tuple[int, ...] = (1,)
    groups: int = 1
    use_bias: bool = True

    def __post_init__(self) -> None:
        Activated.__post_init__(self)
        self.geometry  # noqa: B018  raises for options that do not fit
        if self.activation != "linear" and FUNCTIONS[self.activation].vector:
            last = [*range(2, self.axes + 2), 1]
            raise SpecError(
                f"{self.activation} acts along the last axis, and here the channels are the first; "
                f"to apply it to the channels of every place, leave it out and write a transpose "
                f"layer with axes = {last}, then an activation layer"
            )
        if self.groups < 1 or self.channels % self.groups:
            raise SpecError(
                f"{plural(self.channels, 'channel')} cannot be split into "
                f"{plural(self.groups, 'group')}; take a multiple"
            )

    @property
    def geometry(self) -> Geometry:
        """How the kernel moves."""
        return Geometry.of(self.axes, self.kernel, self.stride, self.padding, self.dilation)

    def shape(self, *shapes: Shape) -> Shape:
        channels, lengths = spatial(shapes[0], self.axes, "convolves")
        if channels % self.groups:
            raise SpecError(
                f"has {self.groups} groups, which does not divide the number of its input's "
                f"channels, {channels} of {shape_text(shapes[0])}; take one that does"
            )
        return (self.channels, *self.places(lengths))

    @abstractmethod
    def places(self, lengths: Shape) -> Shape:
        """The lengths of the output, for an input of these lengths."""

    @abstractmethod
    def windows(self, lengths: Shape) -> Windows:
        """What the kernel meets at every place of the output."""

    @abstractmethod
    def grouped(self, ops: Ops[A], weights: A) -> A:
        """The weights as (groups, channels of the output, of the input, kernel)."""

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        (x,) = inputs
        channels, *lengths = ops.lengths(x, self.axes + 1)
        windows = self.windows(tuple(lengths))
        places, kernel = windows.positions.shape
        each = channels // self.groups
        x = ops.take(ops.reshape(x, self.axes, (-1,)), windows.positions)
        x = ops.reshape(x, 3, (self.groups, each, places, kernel))
        x = ops.transpose(x, 0, 2, 1, 3)
        bias = parameters.get("bias")
        if bias is not None:
            bias = ops.reshape(bias, 1, (self.groups, 1, -1))
        present = windows.present
        if present is not None:
            present = present[:, None, None, :]  # for each place, and any channels
        z = ops.contract(self.grouped(ops, parameters["weights"]), x, bias, present, axes=2)
        z = ops.transpose(z, 0, 2, 1)
        return self.activate(ops, ops.reshape(z, 3, (self.channels, *windows.shape)))

    def stages(self) -> tuple[Stage, ...]:
        return activation_apart(self)

    def unusual(self) -> list[str]:
        """What is not usual of how it convolves, in words."""
        return self.geometry.unusual() + [f"{self.groups} groups"] * (self.groups > 1)

    def _convolved(self, ops: WholeOps[A], parameters: Mapping[str, A], weights: A, values: A) -> A:
        """A letter for every array; an operator says what is not usual."""
        z = ops.convolve(weights, values, index=", ".join(self.unusual()))
        return self.activate(ops, ops.add(z, parameters["bias"]) if self.use_bias else z)

    def describe(self) -> str:
        groups = f", {self.groups} groups" if self.groups > 1 else ""
        many = plural(self.channels, "channel")
        return f"{self.kind}, {many}, {self.geometry.describe()}{groups}, {self.activation}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Direct(Convolution):
    """A convolution that is no transposed one."""

    def parameters(self, *shapes: Shape) -> dict[str, Shape]:
        taken = shapes[0][0] // self.groups
        weights: dict[str, Shape] = {"weights": (self.channels, taken, *self.geometry.kernel)}
        return weights | ({"bias": (self.channels,)} if self.use_bias else {})

    def places(self, lengths: Shape) -> Shape:
        return self.geometry.places(lengths)

    def windows(self, lengths: Shape) -> Windows:
        return self.geometry.windows(lengths)

    def grouped(self, ops: Ops[A], weights: A) -> A:
        channels, each, *_ = ops.lengths(weights, self.axes + 2)
        return ops.reshape(weights, self.axes + 2, (self.groups, channels // self.groups, each, -1))

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        return self._convolved(ops, parameters, parameters["weights"], *inputs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conv1d(Direct):
    """`a_o[p] = g(Σ_c Σ_k w_oc[k] x_c[p stride + k dilation - padding] + b_o)`.

    Of a signal (channels, length) it gives (`channels`, places); weights (channels of the output,
    channels of the input/groups, kernel), bias (channels of the output,). It is a
    cross-correlation, as all libraries have it (Goodfellow et al., Deep Learning, 2016,
    equation 9.6; Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016).
    """

    kind: ClassVar[str] = "conv1d"
    axes: ClassVar[int] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Conv2d(Direct):
    """`a_o[p, q] = g(Σ_c Σ_k Σ_l w_oc[k, l] x_c[p + k, q + l] + b_o)`, with stride, padding and
    dilation along each axis as in a `Conv1d`.

    Of an image (channels, height, width) it gives (`channels`, rows, columns); weights (channels
    of the output, channels of the input/groups, rows and columns of the kernel), bias (channels of
    the output,) (Goodfellow et al., Deep Learning, 2016, equations 9.6 and 9.8).
    """

    kind: ClassVar[str] = "conv2d"
    axes: ClassVar[int] = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Conv3d(Direct):
    """As `Conv2d`, along the three axes of a volume or a film (channels, depth, height, width).

    It gives (`channels`, places along each axis); weights (channels of the output, channels of the
    input/groups, the three lengths of the kernel), bias (channels of the output,).
    """

    kind: ClassVar[str] = "conv3d"
    axes: ClassVar[int] = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Transposed(Convolution):
    """A transposed convolution: the linear map that is the transpose of a convolution's.

    `output_padding` puts more places at the end of each axis.
    """

    output_padding: tuple[int, ...] = field(default=(0,), metadata=_FROM_0)

    def __post_init__(self) -> None:
        Convolution.__post_init__(self)
        most = [
            max(s, d) for s, d in zip(self.geometry.stride, self.geometry.dilation, strict=True)
        ]
        if any(more >= n for more, n in zip(self.more, most, strict=True)):
            raise SpecError(
                f"output_padding is {max(self.more)}; it must be smaller than the stride or the "
                "dilation"
            )

    @property
    def more(self) -> Shape:
        """How many places are put at the end of each axis."""
        return tuple(n for n, _ in margins("output_padding", self.output_padding, self.axes))

    def parameters(self, *shapes: Shape) -> dict[str, Shape]:
        each = self.channels // self.groups
        weights: dict[str, Shape] = {"weights": (shapes[0][0], each, *self.geometry.kernel)}
        return weights | ({"bias": (self.channels,)} if self.use_bias else {})

    def places(self, lengths: Shape) -> Shape:
        return self.geometry.places_transposed(lengths, self.more)

    def windows(self, lengths: Shape) -> Windows:
        return self.geometry.windows_transposed(lengths, self.more)

    def grouped(self, ops: Ops[A], weights: A) -> A:
        channels, each, *_ = ops.lengths(weights, self.axes + 2)
        split = (self.groups, channels // self.groups, each, -1)
        return ops.transpose(ops.reshape(weights, self.axes + 2, split), 0, 2, 1, 3)

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        return self._convolved(ops, parameters, ops.flipped(parameters["weights"]), *inputs)

    def unusual(self) -> list[str]:
        more = shape_text(self.more)
        return Convolution.unusual(self) + [f"output padding {more}"] * any(self.more)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvTranspose1d(Transposed):
    """`a_o[p] = g(Σ_c Σ_k w_co[k] x_c[(p + padding - k dilation)/stride] + b_o)`, over those k for
    which the position is whole and inside the input.

    Of a signal (channels, length) it gives (`channels`, places); weights (channels of the input,
    channels of the output/groups, kernel), bias (channels of the output,) (Dumoulin and Visin, A
    guide to convolution arithmetic for deep learning, 2016, chapter 4; Zeiler et al.,
    Deconvolutional Networks, 2010).
    """

    kind: ClassVar[str] = "conv_transpose1d"
    axes: ClassVar[int] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvTranspose2d(Transposed):
    """As `ConvTranspose1d`, along the two axes of an image (channels, height, width).

    It gives (`channels`, rows, columns); weights (channels of the input, channels of the
    output/groups, rows and columns of the kernel), bias (channels of the output,).
    """

    kind: ClassVar[str] = "conv_transpose2d"
    axes: ClassVar[int] = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvTranspose3d(Transposed):
    """As `ConvTranspose1d`, along the three axes of a volume (channels, depth, height, width).

    It gives (`channels`, places along each axis); weights (channels of the input, channels of the
    output/groups, the three lengths of the kernel), bias (channels of the output,).
    """

    kind: ClassVar[str] = "conv_transpose3d"
    axes: ClassVar[int] = 3
