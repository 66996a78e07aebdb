"""Losses: how far a prediction is from its target; the cost, their mean over examples; penalties.

A loss reads (prediction, target), both of one shape (…, k), and gives one number for each vector of
k. The losses that compare outputs one by one are means over these, as in torch.nn.functional and
Keras; cross-entropy is the sum over the classes, and sse that over the outputs. Logarithms are
natural.

A formula has the limits of its mathematics: log(0) is -inf, and 0*log(0) is NaN. The losses from
logits have no such places. Targets that are known to be 0 and 1, the `labels`, choose the terms:
no 0*log(…) is written, or computed.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import ClassVar, TypeVar

import numpy as np

from netsym.errors import SpecError, check_real, did_you_mean
from netsym.graph.array_operations import EXAMPLES, REDUCTIONS, ROW
from netsym.layers import Layer, Shape, shape_text
from netsym.layers.merge import same
from netsym.ops import Ops, Present, WholeOps
from netsym.wording import plural

A = TypeVar("A")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss(Layer):
    """What all losses share: they read a prediction and its target.

    The loss of an array (…, k) is (…, 1); with `examples`, which the first axis counts, (…).
    """

    reads: ClassVar[tuple[int, int | None]] = (2, 2)
    words: ClassVar[str]
    takes: ClassVar[str] = ""  # what a prediction is, if not any number
    wants: ClassVar[frozenset[str]] = frozenset()  # the activations that give such predictions
    refuses: ClassVar[frozenset[str]] = frozenset()  # those that do not
    least: ClassVar[int] = 1  # outputs

    examples: bool = False

    def shape(self, *shapes: Shape) -> Shape:
        shape = same("compares a prediction with its target, which must be", shapes)
        if shape[-1] < self.least:
            raise SpecError(
                f"compares the probabilities of {self.least} or more classes, but there is one "
                "output; for one probability use bce, for its logit bce_logits"
            )
        if self.examples and len(shape) < 2:
            raise SpecError("has an axis of examples, but reads a vector; leave examples out")
        return shape[:-1] if self.examples else (*shape[:-1], 1)

    @abstractmethod
    def loss(self, ops: Ops[A], prediction: A, target: A) -> A:
        """The losses, with a last axis of length 1."""

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        loss = self.loss(ops, *inputs)
        return ops.reshape(loss, 1, ()) if self.examples else loss

    def describe(self) -> str:
        return self.words

    def vectors(self, ops: WholeOps[A]) -> int | None:
        """How many vectors the prediction of one example has; None if it is one."""
        *axes, _ = ops.place.shapes[0][int(self.examples) :]
        return prod(axes) if axes else None

    @property
    def value_letter(self) -> str:
        return "L"


@dataclass(frozen=True, slots=True, kw_only=True)
class Averaged(Loss):
    """A loss that is the mean over the outputs of what `each` gives for them."""

    @abstractmethod
    def each(self, ops: Ops[A], prediction: A, target: A) -> A:
        """The loss of every output, (…, k)."""

    def loss(self, ops: Ops[A], prediction: A, target: A) -> A:
        return _mean(ops, self.each(ops, prediction, target), ops.lengths(prediction, 1)[0])

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        prediction, target = inputs
        return ops.operator("mean", self.each(ops, prediction, target))


@dataclass(frozen=True, slots=True, kw_only=True)
class SquaredError(Averaged):
    """`L = Σ (ŷ - t)²/k`, the mean squared error, without a half."""

    kind: ClassVar[str] = "mse"
    words: ClassVar[str] = "mean squared error"

    def each(self, ops: Ops[A], prediction: A, target: A) -> A:
        return ops.power(_difference(ops, prediction, target), 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfSquaredError(Loss):
    """`L = Σ (ŷ - t)²/2`, half the sum of squared errors, whose slope by ŷ is ŷ - t.

    The error of Bishop, Pattern Recognition and Machine Learning, 2006, equation 5.11, and of
    Mitchell, Machine Learning, 1997, equation 4.13.
    """

    kind: ClassVar[str] = "sse"
    words: ClassVar[str] = "half the sum of squared errors"

    def loss(self, ops: Ops[A], prediction: A, target: A) -> A:
        squares = ops.power(_difference(ops, prediction, target), 2)
        return ops.divide(ops.total(squares), ops.constant(2))

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        total = ops.operator("sum", ops.power(_difference(ops, *inputs), 2))
        return ops.divide(total, ops.constant(2 * (self.vectors(ops) or 1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsoluteError(Averaged):
    """`L = Σ |ŷ - t|/k`, the mean absolute error."""

    kind: ClassVar[str] = "mae"
    words: ClassVar[str] = "mean absolute error"

    def each(self, ops: Ops[A], prediction: A, target: A) -> A:
        return ops.call("abs", _difference(ops, prediction, target))


@dataclass(frozen=True, slots=True, kw_only=True)
class Huber(Averaged):
    """`L = Σ m (z - m/2)/k` with z = |ŷ - t| and m = min(z, delta).

    This is z²/2 up to delta, and from there the line delta (z - delta/2) (Huber, Robust
    Estimation of a Location Parameter, 1964, equation 7).
    """

    kind: ClassVar[str] = "huber"
    words: ClassVar[str] = "Huber loss"

    delta: float = 1.0

    def __post_init__(self) -> None:
        check_real("delta of a Huber loss", self.delta, above=0)

    def each(self, ops: Ops[A], prediction: A, target: A) -> A:
        size = ops.name(ops.call("abs", _difference(ops, prediction, target)), "z")
        near = ops.call("min", size, ops.constant(self.delta))
        half = ops.divide(near, ops.constant(2))
        return ops.multiply(near, ops.add(size, ops.negate(half)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hinge(Averaged):
    """`L = Σ max(0, 1 - t ŷ)/k`, for targets -1 and +1 (Cortes and Vapnik, 1995)."""

    kind: ClassVar[str] = "hinge"
    words: ClassVar[str] = "hinge loss"

    def each(self, ops: Ops[A], prediction: A, target: A) -> A:
        margin = ops.add(ops.constant(1), ops.negate(ops.multiply(target, prediction)))
        return ops.call("max", ops.constant(0), margin)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled(Loss):
    """A loss that may know its targets: `labels` are 0 and 1, one for each value of the target."""

    labels: tuple[int, ...] = field(default=(), metadata={"least": 0})

    def __post_init__(self) -> None:
        if not set(self.labels) <= {0, 1}:
            raise SpecError("labels are 0 and 1; read other targets from a layer")

    def shape(self, *shapes: Shape) -> Shape:
        shape = Loss.shape(self, *shapes)
        count, axes = prod(shapes[1]), 2 if self.examples else 1
        if self.labels and (len(self.labels) != count or len(shapes[1]) != axes):
            raise SpecError(
                f"has {plural(len(self.labels), 'label')}, but its target is "
                f"{shape_text(shapes[1])}; give one label for each value of a vector, or with "
                "examples of each vector"
            )
        return shape

    def ones(self, count: int) -> Present | None:
        """Which of the k targets of each vector are 1; None if they are not known."""
        if not self.labels:
            return None
        known = np.array(self.labels, dtype=bool)
        return known.reshape(-1, count) if self.examples else known


@dataclass(frozen=True, slots=True, kw_only=True)
class BinaryCrossEntropy(Labelled):
    """`L = -Σ (t log ŷ + (1 - t) log(1 - ŷ))/k`, for probabilities ŷ.

    Where ŷ is 0 or 1 there is a log(0): the loss is inf if that is the wrong end, else NaN.
    """

    kind: ClassVar[str] = "bce"
    words: ClassVar[str] = "binary cross-entropy"
    takes: ClassVar[str] = "a probability"
    wants: ClassVar[frozenset[str]] = frozenset({"sigmoid", "hard_sigmoid", "softmax"})

    def loss(self, ops: Ops[A], prediction: A, target: A) -> A:
        count = ops.lengths(prediction, 1)[0]
        right, wrong = ops.call("log", prediction), ops.call("log", _rest(ops, prediction))
        ones = self.ones(count)
        if ones is None:
            right, wrong = ops.multiply(target, right), ops.multiply(_rest(ops, target), wrong)
        terms = _side_by_side(ops, right, wrong, count)
        present = None if ones is None else np.stack([ones, ~ones], axis=-1)
        return ops.negate(_mean(ops, terms, count, present))

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        prediction, target = inputs
        right = ops.multiply(target, ops.call("log", prediction))
        wrong = ops.multiply(_rest(ops, target), ops.call("log", _rest(ops, prediction)))
        return ops.negate(ops.operator("mean", ops.add(right, wrong)))


@dataclass(frozen=True, slots=True, kw_only=True)
class BinaryCrossEntropyLogits(Labelled):
    """`L = Σ (softplus(z) - t z)/k`: binary cross-entropy after a sigmoid of the prediction z.

    It is finite for all logits: log σ(z) = z - softplus(z), log(1 - σ(z)) = -softplus(z).
    """

    kind: ClassVar[str] = "bce_logits"
    words: ClassVar[str] = "binary cross-entropy of logits"
    takes: ClassVar[str] = "a logit, before the sigmoid"
    refuses: ClassVar[frozenset[str]] = frozenset({"sigmoid", "hard_sigmoid", "softmax"})

    def loss(self, ops: Ops[A], prediction: A, target: A) -> A:
        count = ops.lengths(prediction, 1)[0]
        ones = self.ones(count)
        right = prediction if ones is not None else ops.multiply(target, prediction)
        terms = _side_by_side(ops, ops.apply("softplus", prediction), ops.negate(right), count)
        present = None if ones is None else np.stack([np.ones_like(ones), ones], axis=-1)
        return _mean(ops, terms, count, present)

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        prediction, target = inputs
        right = ops.multiply(target, prediction)
        return ops.operator("mean", ops.add(ops.apply("softplus", prediction), ops.negate(right)))


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossEntropy(Labelled):
    """`L = -Σ t log ŷ`, over the classes, for probabilities ŷ and a target that is one-hot.

    Where a ŷ is 0 there is a log(0): the loss is inf if that is the right class, else NaN.
    """

    kind: ClassVar[str] = "cross_entropy"
    words: ClassVar[str] = "cross-entropy"
    takes: ClassVar[str] = "probabilities that sum to 1"
    wants: ClassVar[frozenset[str]] = frozenset({"softmax"})
    least: ClassVar[int] = 2

    def loss(self, ops: Ops[A], prediction: A, target: A) -> A:
        return ops.negate(_right(ops, self, ops.call("log", prediction), target))

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        prediction, target = inputs
        return ops.negate(_right_whole(ops, self, ops.call("log", prediction), target))


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossEntropyLogits(Labelled):
    """`L = log Σ exp(z) - Σ t z`: cross-entropy after a softmax of the predictions z.

    For a target that sums to 1, such as a one-hot one. Computed without overflow.
    """

    kind: ClassVar[str] = "cross_entropy_logits"
    words: ClassVar[str] = "cross-entropy of logits"
    takes: ClassVar[str] = "logits, before the softmax"
    refuses: ClassVar[frozenset[str]] = frozenset({"sigmoid", "hard_sigmoid", "softmax"})
    least: ClassVar[int] = 2

    def loss(self, ops: Ops[A], prediction: A, target: A) -> A:
        right = _right(ops, self, prediction, target)
        return ops.add(ops.apply("logsumexp", prediction), ops.negate(right))

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        prediction, target = inputs
        right = _right_whole(ops, self, prediction, target)
        if self.vectors(ops) is None:
            return ops.add(ops.apply("logsumexp", prediction), ops.negate(right))
        each = ops.operator("logsumexp", prediction, index=ROW)
        return ops.add(ops.operator("mean", each), ops.negate(right))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost(Layer):
    """`J = Σ L/n`: the mean of n losses, all along the last `axes` axes, as a vector of one.

    The first of them counts `examples`, or all are of one example: then the matrix form has their
    mean already. With the `reduction` "sum", J is the sum over the examples, of each the mean.
    """

    kind: ClassVar[str] = "cost"

    axes: int = 1
    examples: bool = True
    reduction: str = REDUCTIONS[0]

    def __post_init__(self) -> None:
        if self.reduction not in REDUCTIONS:
            hint = did_you_mean(str(self.reduction), REDUCTIONS)
            raise SpecError(f"unknown reduction {self.reduction!r}; {hint}")

    def shape(self, *shapes: Shape) -> Shape:
        if len(shapes[0]) != self.axes:
            raise SpecError(
                f"is the mean along {self.axes} axes, but reads an array that has "
                f"{len(shapes[0])}; write axes = {len(shapes[0])}"
            )
        return (1,)

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        lengths = ops.lengths(inputs[0], self.axes)
        summed = self.examples and self.reduction == "sum"
        count = prod(lengths[1:] if summed else lengths)
        return _mean(ops, ops.reshape(inputs[0], self.axes, (-1,)), count)

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        return ops.operator(self.reduction, *inputs, index=EXAMPLES) if self.examples else inputs[0]

    def describe(self) -> str:
        return f"{self.reduction} of the losses"

    @property
    def value_letter(self) -> str:
        return "J"


@dataclass(frozen=True, slots=True, kw_only=True)
class Penalty(Layer):
    """`a = x + l1 Σ |w| + l2/2 Σ w²`, over all weights w of other layers, whose arrays it is given.

    `axes` says how many axes each of these has, `repeated` which of its entries, flattened, are
    weights that are counted elsewhere: each counts once.

    Biases are not penalised (Goodfellow et al., Deep Learning, 2016, section 7.1). The gradient
    of the second is l2*w, the weight decay of torch.optim.SGD.
    """

    kind: ClassVar[str] = "penalty"

    axes: tuple[int, ...]
    repeated: tuple[tuple[int, ...], ...]
    l1: float = 0.0
    l2: float = 0.0

    def __post_init__(self) -> None:
        for key, value in (("l1", self.l1), ("l2", self.l2)):
            check_real(key, value, least=0)

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        weights = list(parameters.values())
        terms = [inputs[0]]
        if self.l1:
            sizes = [ops.call("abs", array) for array in weights]
            terms.append(ops.multiply(ops.constant(self.l1), self._all(ops, sizes)))
        if self.l2:
            squares = [ops.power(array, 2) for array in weights]
            weighed = ops.multiply(ops.constant(self.l2), self._all(ops, squares))
            terms.append(ops.divide(weighed, ops.constant(2)))
        return ops.add(*terms)

    def _norms(self, ops: WholeOps[A], arrays: list[A]) -> A:
        """The sum of the sums of arrays; where a weight stands in several places, of it once."""
        sums = [
            ops.operator("sum", array, index="once" if repeated else "")
            for array, repeated in zip(arrays, self.repeated, strict=True)
        ]
        return _sum(ops, sums)

    def _all(self, ops: Ops[A], arrays: list[A]) -> A:
        """The sum of all elements of the arrays, as a vector of one."""
        counted = []
        for array, axes, repeated in zip(arrays, self.axes, self.repeated, strict=True):
            flat = ops.reshape(array, axes, (-1,))
            once = np.delete(np.arange(*ops.lengths(flat, 1)), repeated)
            if len(once):
                counted.append(ops.take(flat, once) if repeated else flat)
        return ops.total(ops.concatenate(counted))

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        terms = [inputs[0]]
        if self.l1:
            norms = self._norms(ops, [ops.call("abs", w) for w in parameters.values()])
            terms.append(ops.scale(ops.constant(self.l1), norms))
        if self.l2:
            norms = self._norms(ops, [ops.power(w, 2) for w in parameters.values()])
            terms.append(ops.divide(ops.scale(ops.constant(self.l2), norms), ops.constant(2)))
        return ops.add(*terms)

    def describe(self) -> str:
        said = [f"{key} {value:g}" for key, value in (("L1", self.l1), ("L2", self.l2)) if value]
        return " and ".join(said)

    @property
    def value_letter(self) -> str:
        return "J"


def _difference(ops: Ops[A], prediction: A, target: A) -> A:
    return ops.add(prediction, ops.negate(target))


def _rest(ops: Ops[A], share: A) -> A:
    return ops.add(ops.constant(1), ops.negate(share))


def _mean(ops: Ops[A], terms: A, count: int, present: Present | None = None) -> A:
    """The sum of terms along the last axis, over how many they are for."""
    if present is not None:
        present = present.reshape(*present.shape[:-2], -1)
    total = ops.total(terms, present)
    return ops.divide(total, ops.constant(count)) if count > 1 else total


def _side_by_side(ops: Ops[A], one: A, other: A, count: int) -> A:
    """Two terms for each of k outputs, next to each other along the last axis."""
    places = np.arange(2 * count).reshape(2, count).T.reshape(-1)
    return ops.take(ops.concatenate([one, other]), places)


def _right(ops: Ops[A], loss: Labelled, values: A, target: A) -> A:
    """The sum of values by how much each is the target: of one-hot targets, one value."""
    ones = loss.ones(ops.lengths(values, 1)[0])
    return ops.total(ops.multiply(target, values)) if ones is None else ops.total(values, ones)


def _right_whole(ops: WholeOps[A], loss: Labelled, values: A, target: A) -> A:
    """The same of whole arrays; of several vectors it is the mean over them."""
    count = loss.vectors(ops)
    if count is None:
        return ops.dot(target, values)
    return ops.divide(ops.operator("sum", ops.multiply(target, values)), ops.constant(count))


def _sum(ops: WholeOps[A], terms: list[A]) -> A:
    return ops.add(*terms) if len(terms) > 1 else terms[0]
