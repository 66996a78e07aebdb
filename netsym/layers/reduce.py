"""Sums, means, norms and the like over axes of an array."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar, TypeVar

import numpy as np

from netsym.errors import SpecError, did_you_mean
from netsym.graph.array_operations import ROW
from netsym.layers import Layer, Shape, refuse_vast, shape_text
from netsym.ops import Ops, WholeOps

A = TypeVar("A")


def _mean(ops: Ops[A], x: A, count: int) -> A:
    total = ops.total(x)
    return total if count == 1 else ops.divide(total, ops.constant(count))


def _product(ops: Ops[A], x: A, count: int) -> A:
    factors = [ops.take(x, np.array([place])) for place in range(count)]
    return ops.multiply(*factors) if count > 1 else x


#: What each reduction is, of the last axis, which has `count` elements and stays with length 1.
REDUCTIONS: Mapping[str, Callable[[Any, Any, int], Any]] = {
    "sum": lambda ops, x, _: ops.total(x),
    "mean": _mean,
    "max": lambda ops, x, count: ops.maximum(x, count),
    "min": lambda ops, x, count: ops.negate(ops.maximum(ops.negate(x), count)),
    "prod": _product,
    "norm1": lambda ops, x, _: ops.total(ops.call("abs", x)),
    "norm2": lambda ops, x, _: ops.call("sqrt", ops.total(ops.power(x, 2))),
    "logsumexp": lambda ops, x, _: ops.apply("logsumexp", x),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduce(Layer):
    """`a = Σ x` over `axes`, counted from 1, without them over all; or another `reduction`.

    It is "sum", "mean", "max", "min", "prod" (the product), "norm1" `Σ |x|`, "norm2" `√(Σ x²)` or
    "logsumexp" `log Σ exp(x)`. With `keep` the axes stay with length 1; of an array of which no
    axis stays it gives one value, (1,).
    """

    kind: ClassVar[str] = "reduce"

    reduction: str = "sum"
    axes: tuple[int, ...] = ()
    keep: bool = False

    def __post_init__(self) -> None:
        if self.reduction not in REDUCTIONS:
            hint = did_you_mean(self.reduction, REDUCTIONS)
            raise SpecError(f"unknown reduction {self.reduction!r}; {hint}")

    def over(self, count: int) -> Shape:
        """The axes that it reduces, counted from 0, of so many."""
        return tuple(axis - 1 for axis in self.axes) or tuple(range(count))

    def shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        over = self.over(len(shape))
        if max(over) >= len(shape) or len(set(over)) < len(over):
            raise SpecError(
                f"reduces the axes {list(self.axes)}, but its input {shape_text(shape)} has the "
                f"axes 1 to {len(shape)}; name each once"
            )
        if self.reduction == "prod":
            refuse_vast("multiplies so many values:", *(shape[n] for n in over), most=10_000)
        if self.keep:
            return tuple(1 if axis in over else n for axis, n in enumerate(shape))
        return tuple(n for axis, n in enumerate(shape) if axis not in over) or (1,)

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        (shape,) = ops.place.shapes
        over = self.over(len(shape))
        others = [axis for axis in range(len(shape)) if axis not in over]
        count = prod(shape[axis] for axis in over)
        x = ops.transpose(inputs[0], *others, *over)
        x = ops.reshape(x, len(shape), (*(shape[axis] for axis in others), count))
        return ops.reshape(
            REDUCTIONS[self.reduction](ops, x, count), len(others) + 1, self.shape(shape)
        )

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        (shape,) = ops.place.shapes
        last = self.over(len(shape)) == (len(shape) - 1,)
        if self.reduction in ("sum", "mean"):
            if self.keep and last:
                return ops.operator(self.reduction, inputs[0], index=ROW)
            if not self.axes and not self.keep:
                return ops.operator(self.reduction, inputs[0])
        index = f"{self._over_words()}{', kept' if self.keep else ''}"
        return ops.operator(self.reduction, inputs[0], index=index)

    def describe(self) -> str:
        return f"{self.reduction} over {self._over_words()}"

    def _over_words(self) -> str:
        said = ", ".join(map(str, self.axes))
        return f"{'axis' if len(self.axes) == 1 else 'axes'} {said}" if self.axes else "all axes"
