"""Layers that act on every element by itself: activation, prelu, scale, standardize, dropout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, TypeVar

from netsym.errors import SpecError
from netsym.graph.functions import FUNCTIONS, LINEAR
from netsym.layers import Activated, Layer, Shape, Stage
from netsym.layers.channels import channelwise, for_each_channel
from netsym.ops import Ops, WholeOps

A = TypeVar("A")


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation(Activated):
    """`a = g(x)`, element by element; softmax along the last axis."""

    kind: ClassVar[str] = "activation"

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        return self.activate(ops, inputs[0])

    @property
    def elementwise(self) -> bool:
        return self.activation == LINEAR or not FUNCTIONS[self.activation].vector

    @property
    def stepwise(self) -> bool:
        return True

    def describe(self) -> str:
        return self.activation


def activation_apart(layer: Activated, **without: Any) -> tuple[Stage, ...]:
    """A layer without its activation, and this; `without` are its options that come later."""
    plain = Stage(replace(layer, activation=LINEAR, alpha=None, **without), (0,))
    if layer.activation == LINEAR:
        return (plain,)
    activation = Activation(activation=layer.activation, alpha=layer.alpha)
    return plain, Stage(activation, (1,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale(Layer):
    """`a = w*x + b`, element by element: weights and bias of the input's shape."""

    kind: ClassVar[str] = "scale"
    letters: ClassVar[Mapping[str, str]] = {"weights": "w", "bias": "b"}

    use_bias: bool = True

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def parameters(self, *shapes: Shape) -> dict[str, Shape]:
        return {"weights": shapes[0]} | ({"bias": shapes[0]} if self.use_bias else {})

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        scaled = ops.multiply(parameters["weights"], inputs[0])
        return ops.add(scaled, parameters["bias"]) if self.use_bias else scaled

    @property
    def elementwise(self) -> bool:
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Standardize(Layer):
    """`a = (x - m)/s`, element by element: mean and scale of the
    input's shape.

    Either can be left out (`use_mean`, `use_scale`). With the mean and the standard deviation of
    the training data this is standardisation, as scikit-learn's StandardScaler computes it.
    """

    kind: ClassVar[str] = "standardize"
    letters: ClassVar[Mapping[str, str]] = {"mean": "m", "scale": "s"}
    measured: ClassVar[frozenset[str]] = frozenset(letters)

    use_mean: bool = True
    use_scale: bool = True

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def parameters(self, *shapes: Shape) -> dict[str, Shape]:
        used = {"mean": self.use_mean, "scale": self.use_scale}
        return {key: shapes[0] for key, use in used.items() if use}

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        (x,) = inputs
        if self.use_mean:
            x = ops.add(x, ops.negate(parameters["mean"]))
        return ops.divide(x, parameters["scale"]) if self.use_scale else x

    @property
    def elementwise(self) -> bool:
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class PReLU(Layer):
    """`a = max(0, x) + alpha min(x, 0)`: a leaky relu whose slope below 0 is learned.

    `slopes` (channels,) has one for every channel, the first axis of (channels, …) or each element
    of a vector; with `shared` (1,) they have one together (He et al., Delving Deep into Rectifiers,
    2015, equation 1). Its derivative at 0 is alpha, as torch's.
    """

    kind: ClassVar[str] = "prelu"
    letters: ClassVar[Mapping[str, str]] = {"slopes": "alpha"}

    shared: bool = True

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def parameters(self, *shapes: Shape) -> dict[str, Shape]:
        return {"slopes": (1,) if self.shared else shapes[0][:1]}

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        (shape,) = ops.place.shapes
        width = 1 if self.shared else shape[0]
        along = for_each_channel(ops, parameters, (width, *shape[1:]))
        return self._bent(ops, along["slopes"], inputs[0])

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        along = parameters if self.shared else channelwise(ops, parameters)
        return self._bent(ops, along["slopes"], inputs[0])

    def _bent(self, ops: Ops[A], slopes: A, x: A) -> A:
        zero = ops.constant(0)
        below = ops.multiply(slopes, ops.call("min", x, zero))  # at 0 this is the slope
        return ops.add(ops.call("max", zero, x), below)

    def describe(self) -> str:
        return "parametric relu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropout(Layer):
    """`a = x`: at inference dropout does nothing (Srivastava et al., 2014); `rate` is kept."""

    kind: ClassVar[str] = "dropout"

    rate: float = 0.5

    def __post_init__(self) -> None:
        if not 0 <= self.rate <= 1:
            raise SpecError(f"the rate of dropout is a share from 0 to 1, not {self.rate:g}")

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        return inputs[0]

    @property
    def elementwise(self) -> bool:
        return True

    def describe(self) -> str:
        return f"dropout {self.rate:g}, which does nothing at inference"
