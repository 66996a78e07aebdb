"""Where the kernel of a convolution or of a pooling lies: static geometry, by NumPy alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from netsym.errors import SpecError
from netsym.layers import Shape, refuse_vast, shape_text
from netsym.ops import Present

Positions = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Windows:
    """The elements that a kernel meets at every place of the output.

    `positions` (places, elements of the kernel) count the elements of the flattened input; where
    the kernel lies on padding it is not `present`, and its position is that of an element that is.
    `shape` is that of the output, `there` how many elements are present at each place.
    """

    shape: Shape
    positions: Positions
    present: Present | None

    @property
    def there(self) -> npt.NDArray[np.intp]:
        """How many elements of the kernel lie on the input at each place (places,)."""
        places, elements = self.positions.shape
        return np.full(places, elements) if self.present is None else self.present.sum(axis=1)


@dataclass(frozen=True, slots=True)
class Geometry:
    """How a kernel moves over an input, with a number for each of its axes.

    `padding` has a pair for each axis, before and after.
    """

    kernel: Shape
    stride: Shape
    padding: tuple[tuple[int, int], ...]
    dilation: Shape

    @classmethod
    def of(
        cls, axes: int, kernel: Shape, stride: Shape, padding: Shape, dilation: Shape
    ) -> Geometry:
        """The geometry from options as a spec gives them; raises `SpecError` if they do not fit."""
        return cls(
            spread("kernel", kernel, axes),
            spread("stride", stride, axes),
            margins("padding", padding, axes),
            spread("dilation", dilation, axes),
        )

    @property
    def extent(self) -> Shape:
        """How far the kernel reaches, with the gaps that dilation leaves."""
        return tuple(d * (k - 1) + 1 for k, d in zip(self.kernel, self.dilation, strict=True))

    def places(self, lengths: Shape) -> Shape:
        """Over how many places the kernel moves; raises `SpecError` if it is too large."""
        padded = tuple(n + sum(p) for n, p in zip(lengths, self.padding, strict=True))
        if any(reach > n for reach, n in zip(self.extent, padded, strict=True)):
            dilated = " with its dilation" if self.extent != self.kernel else ""
            around = f" with padding ({shape_text(lengths)} without)" if padded != lengths else ""
            raise SpecError(
                f"has a kernel of {shape_text(self.extent)}{dilated}, larger than its input of "
                f"{shape_text(padded)}{around}; take a smaller kernel or more padding"
            )
        every = zip(padded, self.extent, self.stride, strict=True)
        found = tuple((n - reach) // stride + 1 for n, reach, stride in every)
        refuse_vast("has windows, places times elements:", *found, *self.kernel)
        return found

    def windows(self, lengths: Shape) -> Windows:
        """The windows on an input of these lengths.

        Place p of an axis has the elements p*stride + k*dilation - padding (Dumoulin and Visin, A
        guide to convolution arithmetic for deep learning, 2016, relationship 6).
        """
        shape = self.places(lengths)
        along = [
            np.arange(places)[:, None] * stride + np.arange(kernel) * dilation - before
            for places, kernel, stride, dilation, (before, _) in zip(
                shape, self.kernel, self.stride, self.dilation, self.padding, strict=True
            )
        ]
        return _joined(shape, lengths, along)

    def places_transposed(self, lengths: Shape, more: Shape) -> Shape:
        """The lengths of a transposed convolution's output, with so many `more` places at the end.

        Raises `SpecError` if nothing is left of it.
        """
        every = zip(lengths, self.stride, self.extent, self.padding, more, strict=True)
        found = tuple(
            (n - 1) * stride + reach - sum(padding) + end
            for n, stride, reach, padding, end in every
        )
        if min(found) < 1:
            raise SpecError(
                f"has an output of {shape_text(found)}: its padding cuts off all there is; take "
                "less padding or a larger kernel"
            )
        refuse_vast("has windows, places times elements:", *found, *self.kernel)
        return found

    def windows_transposed(self, lengths: Shape, more: Shape) -> Windows:
        """The windows of the transposed convolution: the inputs that reach each output.

        Input q reaches the places q*stride + k*dilation - padding, so place p has the inputs
        (p + padding - k*dilation)/stride, where this is whole (Dumoulin and Visin, chapter 4).
        """
        shape = self.places_transposed(lengths, more)
        along = []
        for places, length, kernel, stride, dilation, (before, _) in zip(
            shape, lengths, self.kernel, self.stride, self.dilation, self.padding, strict=True
        ):
            start = np.arange(places)[:, None] + before - np.arange(kernel) * dilation
            along.append(np.where(start % stride == 0, start // stride, length))
        return _joined(shape, lengths, along)

    def describe(self) -> str:
        """The kernel and what is not usual, for headings: `kernel 3 x 3, stride 2, padding 1`."""
        return ", ".join([f"kernel {shape_text(self.kernel)}", *self.unusual()])

    def unusual(self, stride: Shape = (1,)) -> list[str]:
        """What is not usual, where `stride` is: `stride 2`, `padding 1`, `dilation 2`."""
        befores, afters = (tuple(pair[end] for pair in self.padding) for end in (0, 1))
        words = [f"stride {_short(self.stride)}"] * (self.stride != spread("", stride, len(afters)))
        if befores == afters:
            words += [f"padding {_short(befores)}"] * any(befores)
        else:
            words += [f"padding {shape_text(befores)} before and {shape_text(afters)} after"]
        return words + [f"dilation {_short(self.dilation)}"] * (set(self.dilation) != {1})


def _short(numbers: Shape) -> str:
    """Numbers for each axis, or the one that all are."""
    return str(numbers[0]) if len(set(numbers)) == 1 else shape_text(numbers)


def _joined(shape: Shape, lengths: Shape, along: Sequence[Positions]) -> Windows:
    """Windows from the positions (places, kernel) along each axis, some outside the input."""
    positions, present = np.zeros((1, 1), dtype=np.intp), np.ones((1, 1), dtype=bool)
    for length, axis in zip(lengths, along, strict=True):
        inside = (axis >= 0) & (axis < length)
        cells = (len(positions) * len(axis), -1)
        positions = (positions[:, None, :, None] * length + axis[:, None, :]).reshape(cells)
        present = (present[:, None, :, None] & inside[:, None, :]).reshape(cells)
    if present.all():
        return Windows(shape, positions, None)
    first = np.take_along_axis(positions, present.argmax(axis=1)[:, None], axis=1)
    first[~present.any(axis=1)] = 0  # where nothing is present, any position will do
    return Windows(shape, np.where(present, positions, first), present)


# -- options along axes -------------------------------------------------------------------------
def spread(name: str, given: Shape, axes: int) -> Shape:
    """An option along every axis: one number for all, or one for each; `SpecError` otherwise."""
    return _along(name, given, (1, axes), least=1) * (axes if len(given) == 1 else 1)


def margins(name: str, given: Shape, axes: int) -> tuple[tuple[int, int], ...]:
    """What is added before and after along every axis: one number for all, one for each axis, or
    those before and then those after, as ONNX has them; `SpecError` otherwise.
    """
    given = _along(name, given, (1, axes, 2 * axes), least=0)
    every = given * (2 * axes // len(given))
    return tuple(zip(every[:axes], every[axes:], strict=True))


def _along(name: str, given: Shape, lengths: Sequence[int], least: int) -> Shape:
    if len(given) not in lengths:
        counts = " or ".join(dict.fromkeys(map(str, lengths)))
        numbers = "number" if counts == "1" else "numbers"
        raise SpecError(f"{name} is {_listed(given)}; give {counts} {numbers}")
    if min(given) < least:
        raise SpecError(f"{name} is {_listed(given)}; every number must be at least {least}")
    return given


def _listed(numbers: Shape) -> str:
    return str(numbers[0]) if len(numbers) == 1 else str(list(numbers))


def spatial(shape: Shape, axes: int, what: str) -> tuple[int, Shape]:
    """The channels and the lengths of an input (channels, …); `SpecError` for other axes."""
    if len(shape) != axes + 1:
        wanted = {
            1: "signals (channels, length)",
            2: "images (channels, height, width)",
            3: "volumes (channels, depth, height, width)",
        }[axes]
        raise SpecError(
            f"{what} {wanted}, but its input is {shape_text(shape)}; give the network's input that "
            "shape, or put a reshape layer before it"
        )
    return shape[0], shape[1:]
