"""How ONNX resizes an array, axis by axis: the matrix along each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import helper

from netsym.layers import Shape, refuse_vast
from netsym.readers.graph.traced import Unreadable
from netsym.readers.onnx.folding import evaluated
from netsym.readers.onnx.operator import Operator


def matrices(op: Operator, shape: Shape) -> Iterator[npt.NDArray[np.float64] | None]:
    """The matrix (new length, length) along every axis; None where nothing changes."""
    places = [int(n) % len(shape) for n in op.options.get("axes", range(len(shape)))]
    scales, sizes = _asked(op, len(places))
    if op.kind == "Resize" and op.text("keep_aspect_ratio_policy", "stretch") != "stretch":
        scales, sizes = _kept_ratio(op, [shape[n] for n in places], sizes), None
    grown = [
        length if axis not in places
        else int(sizes[places.index(axis)]) if sizes is not None
        else int(length * (1 if scales is None else float(scales[places.index(axis)])))
        for axis, length in enumerate(shape)
    ]  # fmt: skip
    refuse_vast("grows to", *grown)
    for axis, length in enumerate(shape):
        if axis not in places:
            yield None
            continue
        place = places.index(axis)
        factor = None if scales is None else float(scales[place])
        size = None if sizes is None else int(sizes[place])
        roi = _region(op, place, len(places))
        plain = factor in (None, 1.0) and size in (None, length)
        yield None if plain and roi is None else _along(op, length, factor, size, roi)


def _asked(
    op: Operator, axes: int
) -> tuple[npt.NDArray[np.float64] | None, npt.NDArray[np.int64] | None]:
    """The scales, or the new lengths."""
    if op.kind == "Upsample" or op.opset < 11:
        given = op.constant_or(1, op.options.get("scales"))
        return np.asarray(given, dtype=np.float64), None
    scales, sizes = op.constant_or(2), op.constant_or(3)
    if sizes is not None and np.size(sizes):
        return None, np.asarray(sizes, dtype=np.int64)
    if scales is None or np.size(scales) != axes:
        raise Unreadable("has neither scales nor sizes")
    return np.asarray(scales, dtype=np.float64), None


def _kept_ratio(
    op: Operator, lengths: list[int], sizes: npt.NDArray[np.int64] | None
) -> npt.NDArray[np.float64] | None:
    """The one scale of all axes by a policy; the new lengths are rounded from it."""
    if sizes is None:
        return None
    ratios = [int(size) / length for size, length in zip(sizes, lengths, strict=True)]
    larger = op.text("keep_aspect_ratio_policy", "stretch") == "not_larger"
    return np.full(len(lengths), min(ratios) if larger else max(ratios))


def _region(op: Operator, place: int, axes: int) -> tuple[float, float] | None:
    if op.text("coordinate_transformation_mode", "half_pixel") != "tf_crop_and_resize":
        return None
    roi = op.constant(1).reshape(-1)
    return float(roi[place]), float(roi[place + axes])


def _along(
    op: Operator,
    length: int,
    factor: float | None,
    size: int | None,
    roi: tuple[float, float] | None,
) -> npt.NDArray[np.float64]:
    """What the rows of the identity become along the first axis of a matrix."""
    refuse_vast("resizes by a matrix of", length, size or int(length * (factor or 1)))
    kept = ("mode", "coordinate_transformation_mode", "nearest_mode", "cubic_coeff_a",
            "exclude_outside", "extrapolation_value", "antialias")  # fmt: skip
    options = {key: op.options[key] for key in kept if key in op.options}
    policy = op.kind == "Resize" and "keep_aspect_ratio_policy" in op.options
    arrays: dict[str, npt.NDArray[Any]] = {
        "x": np.eye(length), "roi": np.array([], dtype=np.float32)}  # fmt: skip
    if roi is not None:
        arrays["roi"] = np.array([roi[0], 0, roi[1], 1], dtype=np.float32)
    if policy and factor is not None:
        size, factor = int(np.floor(length * factor + 0.5)), None
    if factor is not None:
        arrays["scales"] = np.array([factor, 1], dtype=np.float32)
        names = ["x", "roi", "scales"]
    else:
        arrays["sizes"] = np.array([size, length], dtype=np.int64)
        names = ["x", "roi", "", "sizes"]
    if float(options.get("extrapolation_value", 0)):
        raise Unreadable("puts a number where it reads outside of its input")
    node = helper.make_node("Resize", names, ["y"], **options)
    (found,) = evaluated(node, arrays, max(op.opset, 19))
    return np.asarray(found, dtype=np.float64)
