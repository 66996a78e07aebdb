"""What operators of all systems do with arrays, as layers: arithmetic, products, reductions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from netsym.layers import Layer, Shape, refuse_vast
from netsym.layers.attention import MaskedSoftmax
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation
from netsym.layers.function import POWER, Function
from netsym.layers.merge import Add, Concat, MatMul, Multiply
from netsym.layers.pooling import GlobalAveragePool, GlobalMaxPool
from netsym.layers.reduce import Reduce
from netsym.readers.graph.builder import Builder, Constant, checked
from netsym.readers.graph.traced import Batch, Traced, Unreadable, fresh

Value = Traced | Constant

_SAME_SHAPE: dict[str, Layer] = {"add": Add(), "multiply": Multiply()}
#: What changes nothing, as the constant after a value; of a sum or a product before it, too.
_NEUTRAL = {"add": 0, "subtract": 0, "multiply": 1, "divide": 1}


# -- element by element -----------------------------------------------------------------------
def elementwise(build: Builder, layer: Layer, value: Traced) -> Traced:
    """A layer that does the same to every entry, wherever it stands."""
    if value.is_whole:
        return value.after(build.put(layer, [value.source]))
    return build.apply(layer, value, value.batch)


def function(build: Builder, name: str, *values: Value) -> Traced:
    """A function of `netsym.layers.function`, of one value or of several that broadcast."""
    first, *others = values
    for other in others[:-1] if len(values) > 2 else []:
        first = function(build, name, first, other)
    if not others:
        assert isinstance(first, Traced)
        if name in ("add", "multiply", "max", "min"):
            return first
        return elementwise(build, Function(function=name), first)
    return _of_two(build, name, first, others[-1])


def _of_two(build: Builder, name: str, one: Value, other: Value) -> Traced:
    if isinstance(one, Traced) and isinstance(other, Traced):
        return _of_values(build, name, one, other)
    value, constant = (one, other) if isinstance(one, Traced) else (other, one)
    assert isinstance(value, Traced) and not isinstance(constant, Traced)
    return _with_constant(build, name, value, constant, first=value is other)


def _with_constant(
    build: Builder, name: str, value: Traced, constant: Constant, first: bool
) -> Traced:
    if name == "add" and np.isneginf(constant).any():
        return _masked(build, value, constant)
    constant = checked(constant)
    shape = np.broadcast_shapes(value.shape, constant.shape)
    if not constant.size:
        raise Unreadable("gives an empty array")
    if (constant == constant.flat[0]).all():
        return _with_number(build, name, value, constant.reshape(-1)[:1], first, shape)
    batch = _batch_in(shape, value)
    number = _constant_of_each(constant, batch, len(shape))
    inner = _traced_of_each(value, batch, len(shape))
    source, seen = build.laid_out(inner, None)
    while number.ndim > 1 and len(number) == 1:  # axes that broadcasting adds by itself
        number = number[0]
    layer = Function(function=name, lengths=number.shape, first=first)
    made = build.put(layer, [source], {"constant": number})
    return fresh(made, layer.shape(seen), batch, _seen(seen, number.shape, inner.shape))


def _with_number(
    build: Builder, name: str, value: Traced, given: Constant, first: bool, shape: Shape
) -> Traced:
    number = float(given[0])
    if shape != value.shape:
        value = value.moved(lambda places: np.broadcast_to(places, shape))
    if _NEUTRAL.get(name) == number and not (first and name in ("subtract", "divide")):
        return value
    if name == POWER and not first and number.is_integer() and 0 < abs(number) <= 64:
        if number == 1:
            return value
        return elementwise(build, Function(function=POWER, exponent=int(number)), value)
    if name == POWER and not first and number == 0.5:
        return elementwise(build, Function(function="sqrt"), value)
    layer, numbers = Function(function=name, first=first), {"constant": given}
    if value.is_whole:
        return value.after(build.put(layer, [value.source], numbers))
    return build.apply(layer, value, value.batch, numbers)


def _masked(build: Builder, value: Traced, constant: Constant) -> Traced:
    """A sum with a constant that is -inf in places, as masks of attention are."""
    out = np.isneginf(constant)
    rest = np.where(out, 0.0, constant)
    made = _with_constant(build, "add", value, rest, False) if rest.any() else value
    shape = np.broadcast_shapes(value.shape, out.shape)
    places = np.where(out, -1, np.broadcast_to(made.places, shape))
    if made.is_filled and made.fill != -np.inf:
        raise Unreadable("puts -inf beside other numbers")
    return replace(made, places=places, fill=-np.inf)


def _of_values(build: Builder, name: str, one: Traced, other: Traced) -> Traced:
    if one.source == other.source and np.array_equal(one.places, other.places):
        if name == "multiply":
            return elementwise(build, Function(function=POWER, exponent=2), one)
        if name == "add":
            return _with_number(build, "multiply", one, np.array([2.0]), False, one.shape)
    alike = one.source_shape == other.source_shape and one.shape == other.shape
    if alike and one.is_whole and np.array_equal(one.places, other.places):
        layer = _SAME_SHAPE.get(name) or Function(function=name)
        return one.after(build.put(layer, [one.source, other.source]))
    shape = np.broadcast_shapes(one.shape, other.shape)
    batch = _batch_in(shape, one, other)
    each = [_traced_of_each(value, batch, len(shape)) for value in (one, other)]
    (left, left_shape), (right, right_shape) = (build.laid_out(value, None) for value in each)
    same = left_shape == right_shape and name in _SAME_SHAPE
    layer = _SAME_SHAPE[name] if same else Function(function=name)
    made = build.put(layer, [left, right])
    seen = _seen(each[0].shape, each[1].shape)
    return fresh(made, layer.shape(left_shape, right_shape), batch, seen)


def _seen(*shapes: Shape) -> Shape:
    return np.broadcast_shapes(*shapes)


def _batch_in(shape: Shape, *values: Traced) -> Batch | None:
    """Where the examples are in what values broadcast to."""
    found = {
        replace(batch, axis=batch.axis - len(value.shape) + len(shape))
        for value in values
        if (batch := value.batch) is not None
    }
    if len(found) > 1:
        raise Unreadable("joins arrays that have their examples in different places")
    return found.pop() if found else None


def _constant_of_each(constant: Constant, batch: Batch | None, axes: int) -> Constant:
    """A constant that broadcasts to an array with these examples, as that of one example."""
    axis = None if batch is None else batch.axis - axes + constant.ndim
    if batch is None or axis is None or axis < 0:
        return constant
    if constant.shape[axis] == 1:
        return constant.squeeze(axis) if batch.alone else constant
    each = replace(batch, axis=axis).of_each(constant)
    if not (each == each[:1]).all():
        raise Unreadable("has other numbers for other examples of a batch")
    return np.asarray(each[0])


def _traced_of_each(value: Traced, batch: Batch | None, axes: int) -> Traced:
    """A value that broadcasts to an array with these examples, as that of one example."""
    own = value.batch
    if own is not None:
        return replace(value, places=value.of_each(own), count=0)
    if batch is None or batch.axis - axes + len(value.shape) < 0:
        return value
    places = _constant_of_each(value.places, batch, axes)
    return replace(value, places=np.asarray(places))


# -- along axes -------------------------------------------------------------------------------
def softmax(build: Builder, value: Traced, axis: int) -> Traced:
    """The softmax along an axis, over what is not -inf."""

    def last(value: Traced) -> Traced:
        if not value.is_filled or value.fill != -np.inf:
            return build.apply(Activation(activation="softmax"), value, value.batch)
        there = value.of_each(value.batch) >= 0
        present = np.asarray(there[(0,) * max(there.ndim - 2, 0)])
        if not (there == present).all():
            present = there
        while present.ndim > 1 and (present == present[:1]).all():
            present = present[0]
        whole = replace(value, places=_known_everywhere(value), fill=0.0)
        lengths = present.shape if present.ndim > 1 else ()
        said = tuple(present.astype(int).reshape(-1).tolist())
        return build.apply(MaskedSoftmax(present=said, lengths=lengths), whole, whole.batch)

    return along_last(value, axis, last)


def _known_everywhere(value: Traced) -> Any:
    """The places with some value where there is -inf, so that the examples stay where they are."""
    batch = value.batch
    each = value.places[None] if batch is None else batch.of_each(value.places)
    first = np.where(each < 0, 0, each % value.size)
    plain = np.arange(first[0].size).reshape(first[:1].shape)
    if first[0].size == value.size and ((first == plain) | (each < 0)).all():
        first = np.broadcast_to(plain, first.shape)
    examples = np.arange(len(each)).reshape(-1, *(1,) * (each.ndim - 1))
    filled = np.where(each < 0, examples * value.size + first, each)
    return filled[0] if batch is None else batch.together(filled)


def along_last(value: Traced, axis: int, change: Any) -> Traced:
    """What changes a value along its last axis, along another axis."""
    value.axis_of_each(axis)  # raises for that of the examples
    there = value.moved(lambda places: np.moveaxis(places, axis, -1))
    made: Traced = change(there)
    return made.moved(lambda places: np.moveaxis(places, -1, axis))


def reduce(
    build: Builder, reduction: str, value: Traced, axes: Sequence[int] | None, keep: bool
) -> Traced:
    """A reduction over axes, None for all, which stay with length 1 if they are kept."""
    count = len(value.shape)
    over = sorted({axis % count for axis in (range(count) if axes is None else axes)} if count
                  else set())  # fmt: skip
    kept = tuple(1 if axis in over else n for axis, n in enumerate(value.shape))
    shape = kept if keep else tuple(n for axis, n in enumerate(value.shape) if axis not in over)
    inside = [axis for axis in over if value.shape[axis] > 1] or over
    if not inside:
        return value
    own = sorted(value.axis_of_each(axis) for axis in inside)
    batch = value.batch
    source, seen = build.laid_out(value, batch)
    if len(own) == len(seen) - 1 > 1 and 0 not in own and reduction in ("mean", "max"):
        layer: Layer = GlobalAveragePool() if reduction == "mean" else GlobalMaxPool()
        made_shape: Shape = tuple(1 if n in own else m for n, m in enumerate(seen))
        name = build.put(layer, [source])
    else:
        said = () if len(own) == len(seen) else tuple(n + 1 for n in own)
        layer = Reduce(reduction=reduction, axes=said, keep=keep)
        name = build.put(layer, [source])
        made_shape = tuple(1 if n in own else m for n, m in enumerate(seen))
    made = fresh(name, layer.shape(seen), batch, made_shape)
    return made.moved(lambda places: places.reshape(shape))


def concat(build: Builder, values: Sequence[Value], axis: int) -> Traced:
    """Values one after another along an axis."""
    values = [value for value in values if value.shape[axis] or len(values) == 1]
    traced = [value for value in values if isinstance(value, Traced)]
    refuse_vast("would join", sum(prod(value.shape) for value in values))
    if len(traced) == 1:
        (one,) = traced
        others = [v for v in values if not isinstance(v, Traced) and v.size]
        numbers = {float(n) for v in others for n in np.unique(v)}
        if not numbers:
            return one
        if len(numbers) == 1 and np.isfinite([*numbers]).all() and not one.is_filled:
            parts = [v.places if isinstance(v, Traced) else np.full(v.shape, -1) for v in values]
            return replace(one, places=np.concatenate(parts, axis), fill=numbers.pop())
    first = traced[0]
    if len({(v.source, v.fill) for v in traced}) == 1 and len(traced) == len(values):
        return replace(first, places=np.concatenate([v.places for v in traced], axis))
    place = first.axis_of_each(axis)
    batch = first.batch
    each: list[tuple[str, Shape]] = []
    for value in values:
        if isinstance(value, Traced):
            if value.batch != batch:
                raise Unreadable("joins arrays that have their examples in different places")
            each.append(build.laid_out(value, batch))
        else:
            number = _constant_of_each(np.asarray(value), batch, value.ndim)
            each.append(build.laid_out(build.numbers(number), None))
    axes = len(each[0][1])
    layer = Concat(axis=None if axes <= 2 and place == axes - 1 else place - axes)
    name = build.put(layer, [source for source, _ in each])
    return fresh(name, layer.shape(*(shape for _, shape in each)), batch)


def cumulated(
    build: Builder, value: Traced, axis: int, less: int = 0, back: bool = False
) -> Traced:
    """The sum of all up to each place along an axis, `less` so many; `back`: from each on."""
    length = value.shape[axis]
    refuse_vast("adds up by a matrix of", length, length)
    ones = np.tri(length, k=-less)
    return along_last(value, axis, lambda last: linear(build, last, ones.T if back else ones))


def where(build: Builder, chosen: Constant, one: Value, other: Value) -> Value:
    """The first value where it is chosen, and the other one elsewhere."""
    shape = np.broadcast_shapes(np.shape(chosen), one.shape, other.shape)
    chosen = np.broadcast_to(chosen, shape)
    if isinstance(one, Traced) and isinstance(other, Traced):
        if (one.source, one.fill) != (other.source, other.fill):
            mask = chosen.astype(np.float64)
            left = function(build, "multiply", one, mask)
            return function(build, "add", left, function(build, "multiply", other, 1 - mask))
        return replace(one, places=np.where(chosen, one.places, other.places))
    if not isinstance(one, Traced):
        if not isinstance(other, Traced):
            return np.where(chosen, one, other)
        chosen, one, other = ~chosen, other, one
    assert not isinstance(other, Traced)
    numbers = np.unique(np.broadcast_to(other, shape)[~chosen])
    if not len(numbers):
        return one.moved(lambda places: np.broadcast_to(places, shape))
    if len(numbers) == 1 and (not one.is_filled or one.fill == numbers[0]):
        return replace(one, places=np.where(chosen, one.places, -1), fill=float(numbers[0]))
    kept = function(build, "multiply", one, chosen.astype(np.float64))
    return function(build, "add", kept, np.where(chosen, 0.0, other))


# -- products ---------------------------------------------------------------------------------
def linear(
    build: Builder, value: Traced, weights: Constant, bias: Constant | None = None
) -> Traced:
    """`x Wᵀ + b` along the last axis; weights (units, inputs)."""
    value.axis_of_each(-1)
    given = {"weights": checked(weights)} | ({} if bias is None else {"bias": checked(bias)})
    layer = Dense(units=len(weights), use_bias=bias is not None)
    return build.apply(layer, value, value.batch, given)


def matmul(build: Builder, left: Value, right: Value) -> Traced:
    """The product of matrices as NumPy has it, with vectors and with axes that broadcast."""
    ends = (len(left.shape) == 1, len(right.shape) == 1)
    left = _moved(left, lambda a: a[None]) if ends[0] else left
    right = _moved(right, lambda a: a[:, None]) if ends[1] else right
    if isinstance(left, Traced) and not isinstance(right, Traced) and right.ndim == 2:
        made = linear(build, left, right.T)
    elif isinstance(right, Traced) and not isinstance(left, Traced) and left.ndim == 2:
        turned = right.moved(lambda places: np.swapaxes(places, -1, -2))
        made = linear(build, turned, left).moved(lambda places: np.swapaxes(places, -1, -2))
    else:
        made = _product(build, left, right)
    if ends[0]:
        made = made.moved(lambda places: places.squeeze(-2))
    return made.moved(lambda places: places.squeeze(-1)) if ends[1] else made


def _moved(value: Value, change: Any) -> Any:
    return value.moved(change) if isinstance(value, Traced) else change(value)


def _product(build: Builder, left: Value, right: Value) -> Traced:
    axes = max(len(left.shape), len(right.shape))
    batch = _batch_in((1,) * axes, *(v for v in (left, right) if isinstance(v, Traced)))
    if batch is not None and batch.axis >= axes - 2:
        raise Unreadable("multiplies matrices whose rows or columns are examples of a batch")
    each = []
    for value in (left, right):
        if isinstance(value, Traced):
            each.append(_traced_of_each(value, batch, axes))
        else:
            each.append(build.numbers(_constant_of_each(np.asarray(value), batch, axes)))
    one, other = each
    turned = other.moved(lambda places: np.swapaxes(places, -1, -2))
    (first, first_shape) = build.laid_out(one, None)
    is_turned = turned.is_whole and _is_plain(turned) and not _is_plain(other)
    second, second_shape = build.laid_out(turned if is_turned else other, None)
    layer = MatMul(transposed=is_turned)
    name = build.put(layer, [first, second])
    return fresh(name, layer.shape(first_shape, second_shape), batch)


def _is_plain(value: Traced) -> bool:
    """Whether it is the value of its layer as it stands."""
    return bool((value.places.reshape(-1) == np.arange(value.places.size)).all())
