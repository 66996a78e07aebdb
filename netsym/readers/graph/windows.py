"""Layers whose kernel moves along one, two or three axes, and how far it moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from netsym.layers import Layer, Shape, refuse_vast
from netsym.layers.convolution import (
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
)
from netsym.layers.pooling import (
    AveragePool1d,
    AveragePool2d,
    AveragePool3d,
    MaxPool1d,
    MaxPool2d,
    MaxPool3d,
)
from netsym.readers.graph.builder import Constant
from netsym.readers.graph.traced import Traced, Unreadable

#: By how many axes they have, from one.
CONV = (Conv1d, Conv2d, Conv3d)
CONV_BACK = (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d)
MAX = (MaxPool1d, MaxPool2d, MaxPool3d)
AVERAGE = (AveragePool1d, AveragePool2d, AveragePool3d)


def of_axes(kinds: Sequence[type[Layer]], axes: int) -> Any:
    """The layer along so many axes; raises `Unreadable` if there is none."""
    if not 1 <= axes <= len(kinds):
        raise Unreadable(f"moves along {axes} axes")
    return kinds[axes - 1]


def short(numbers: Shape) -> Shape:
    """One number, if it is that along every axis."""
    return numbers[:1] if len(set(numbers)) == 1 else numbers


def to_ceil(padded: int, reach: int, stride: int, start: int) -> int:
    """How much more padding at the end makes room for a last window that begins before it."""
    places = -(-(padded - reach) // stride) + 1
    if (places - 1) * stride >= start:
        places -= 1
    return max((places - 1) * stride + reach - padded, 0)


def in_zeros(value: Traced, before: Shape, after: Shape) -> Traced:
    """An array (examples, channels, …) with zeros around it that count like its values."""
    if value.is_filled and value.fill:
        raise Unreadable("puts several numbers beside values")
    margins = [(0, 0), (0, 0), *zip(before, after, strict=True)]
    return replace(value.moved(lambda places: np.pad(places, margins)), fill=0.0)


def interpolation(before: int, after: int, scale: float, align: bool = False) -> Constant:
    """The weights (after, before) of linear interpolation, where `scale` places become one.

    With `align` the first and the last stay where they are; without, the middles of places are
    scaled.
    """
    refuse_vast("interpolates", after, before)
    places = np.arange(after)
    if align:
        at = places * ((before - 1) / (after - 1) if after > 1 else 0.0)
    else:
        at = np.maximum((places + 0.5) * scale - 0.5, 0)
    low = np.minimum(np.floor(at).astype(int), before - 1)
    high, part = np.minimum(low + 1, before - 1), at - low
    matrix = np.zeros((after, before))
    matrix[places, low] += 1 - part
    matrix[places, high] += part
    return matrix
