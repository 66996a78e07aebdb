"""Normalisation: values minus a mean, over a standard deviation, times a gain, plus a shift."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import ClassVar, TypeVar

from netsym.errors import SpecError
from netsym.graph.array_operations import ROW
from netsym.layers import Layer, Shape, shape_text
from netsym.layers.channels import channelwise, for_each_channel
from netsym.ops import Ops, WholeOps
from netsym.wording import plural

A = TypeVar("A")


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalisation(Layer):
    """What all of them share: `eps` is added to the variance."""

    eps: float = 1e-5

    def __post_init__(self) -> None:
        if not self.eps >= 0:
            raise SpecError(f"eps is {self.eps:g}; it must be a number from 0, as in eps = 1e-5")

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def learned(self, length: int) -> dict[str, Shape]:
        """The parameters of this length that are not left out."""
        return {key: (length,) for key in self.letters if getattr(self, f"use_{key}", True)}

    def describe(self) -> str:
        return f"{self.kind}, eps {self.eps:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchNorm(Normalisation):
    """`a_c = gamma_c (x_c - mu_c)/sigma_c + beta_c` for every channel c, at inference.

    sigma is `√(v_c + eps)`. The channels are the first axis of (channels, …), or all of a vector.
    All parameters are (channels,): `mean` and `variance` are those of the training data, gamma and
    beta are learned (Ioffe and Szegedy, Batch Normalization, 2015, algorithms 1 and 2).
    """

    kind: ClassVar[str] = "batch_norm"
    letters: ClassVar[Mapping[str, str]] = {
        "gamma": "gamma", "beta": "beta", "mean": "mu", "variance": "v",
    }  # fmt: skip
    measured: ClassVar[frozenset[str]] = frozenset({"mean", "variance"})
    positive: ClassVar[frozenset[str]] = frozenset({"variance"})

    use_gamma: bool = True
    use_beta: bool = True

    def parameters(self, *shapes: Shape) -> dict[str, Shape]:
        return self.learned(shapes[0][0])

    def values(self, *shapes: Shape) -> dict[str, Shape]:
        return {"sigma": shapes[0][:1]}

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        (shape,) = ops.place.shapes
        deviation = ops.name(self._deviation(ops, parameters), "sigma")
        along = for_each_channel(ops, {**parameters, "sigma": deviation}, shape)
        centred = ops.add(inputs[0], ops.negate(along["mean"]))
        return _scaled(ops, along, ops.divide(centred, along["sigma"]))

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        along = channelwise(ops, parameters)
        centred = ops.add(inputs[0], ops.negate(along["mean"]))
        return _scaled(ops, along, ops.divide(centred, self._deviation(ops, along)))

    @property
    def elementwise(self) -> bool:
        return True

    def _deviation(self, ops: Ops[A], parameters: Mapping[str, A]) -> A:
        return ops.call("sqrt", ops.add(parameters["variance"], ops.constant(self.eps)))


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerNorm(Normalisation):
    """`a_i = gamma_i (x_i - mu)/sigma + beta_i` along the last axis, of length n.

    `mu = Σ_i x_i/n` and `sigma = √(Σ_i (x_i - mu)²/n + eps)` are those of each vector (…, n) by
    itself; gamma and beta are (n,) (Ba et al., Layer Normalization, 2016, equations 3 and 4).
    """

    kind: ClassVar[str] = "layer_norm"
    letters: ClassVar[Mapping[str, str]] = {"gamma": "gamma", "beta": "beta"}

    use_gamma: bool = True
    use_beta: bool = True

    def parameters(self, *shapes: Shape) -> dict[str, Shape]:
        return self.learned(shapes[0][-1])

    def values(self, *shapes: Shape) -> dict[str, Shape]:
        return {"mu": shapes[0][:-1], "sigma": shapes[0][:-1]}

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        return _scaled(ops, parameters, _normal(ops, inputs[0], self.eps))

    @property
    def stepwise(self) -> bool:
        return True

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        return _scaled(ops, parameters, _normal_whole(ops, inputs[0], self.eps, _each(ops)))


@dataclass(frozen=True, slots=True, kw_only=True)
class RMSNorm(Normalisation):
    """`a_i = gamma_i x_i/r` along the last axis, of length n, with `r = √(Σ_i x_i²/n + eps)`.

    r is that of each vector (…, n) by itself; gamma is (n,) (Zhang and Sennrich, Root Mean Square
    Layer Normalization, 2019, equation 4).
    """

    kind: ClassVar[str] = "rms_norm"
    letters: ClassVar[Mapping[str, str]] = {"gamma": "gamma"}

    use_gamma: bool = True

    def parameters(self, *shapes: Shape) -> dict[str, Shape]:
        return self.learned(shapes[0][-1])

    def values(self, *shapes: Shape) -> dict[str, Shape]:
        return {"r": shapes[0][:-1]}

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        (x,) = inputs
        return _scaled(ops, parameters, ops.divide(x, _root_mean_square(ops, x, self.eps, "r")))

    @property
    def stepwise(self) -> bool:
        return True

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        mean = ops.operator("mean", ops.power(inputs[0], 2), index=_each(ops))
        root = ops.call("sqrt", ops.add(mean, ops.constant(self.eps)))
        return _scaled(ops, parameters, ops.divide(inputs[0], root))


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped(Normalisation):
    """Normalisation of groups of channels, each by its own mean and variance."""

    letters: ClassVar[Mapping[str, str]] = {"gamma": "gamma", "beta": "beta"}

    use_gamma: bool = True
    use_beta: bool = True

    def count(self, channels: int) -> int:
        """How many groups there are."""
        return channels

    def each(self) -> str:
        """Of what there is one mean."""
        return "channel"

    def parameters(self, *shapes: Shape) -> dict[str, Shape]:
        return self.learned(shapes[0][0])

    def values(self, *shapes: Shape) -> dict[str, Shape]:
        groups = self.count(shapes[0][0])
        return {"mu": (groups,), "sigma": (groups,)}

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        (shape,) = ops.place.shapes
        groups = self.count(shape[0])
        x = ops.reshape(inputs[0], len(shape), (groups, prod(shape) // groups))
        normal = ops.reshape(_normal(ops, x, self.eps), 2, tuple(shape))
        return _scaled(ops, for_each_channel(ops, parameters, shape), normal)

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        normal = _normal_whole(ops, inputs[0], self.eps, self.each())
        return _scaled(ops, channelwise(ops, parameters), normal)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupNorm(Grouped):
    """`a_c = gamma_c (x_c - mu_g)/sigma_g + beta_c` for every channel c, in its group g.

    mu and sigma are the mean and `√(variance + eps)` of all values of the channels of a group;
    the channels (channels, …) are split into `groups` one after another, gamma and beta are
    (channels,) (Wu and He, Group Normalization, 2018, equations 1, 2 and 7).
    """

    kind: ClassVar[str] = "group_norm"

    groups: int

    def __post_init__(self) -> None:
        Normalisation.__post_init__(self)
        if self.groups < 1:
            raise SpecError(f"groups is {self.groups}; it must be a whole number from 1")

    def count(self, channels: int) -> int:
        return self.groups

    def each(self) -> str:
        return plural(self.groups, "group")

    def shape(self, *shapes: Shape) -> Shape:
        if shapes[0][0] % self.groups:
            raise SpecError(
                f"has {self.groups} groups, which does not divide the number of its input's "
                f"channels, {shapes[0][0]} of {shape_text(shapes[0])}; take one that does"
            )
        return shapes[0]

    def describe(self) -> str:
        return f"{self.kind}, {plural(self.groups, 'group')}, eps {self.eps:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceNorm(Grouped):
    """`a_c = gamma_c (x_c - mu_c)/sigma_c + beta_c` for every channel c of (channels, …).

    mu and sigma are the mean and `√(variance + eps)` of the values of each channel; gamma and beta
    are (channels,) (Ulyanov et al., Instance Normalization, 2016, equation 6).
    """

    kind: ClassVar[str] = "instance_norm"

    def shape(self, *shapes: Shape) -> Shape:
        if len(shapes[0]) < 2:
            raise SpecError(
                "normalises every channel of an input (channels, …), but its input is "
                f"{shape_text(shapes[0])}, so that every channel is one value; take a layer_norm"
            )
        return shapes[0]


def _mean(ops: Ops[A], values: A) -> A:
    """The mean along the last axis, which stays with length 1."""
    (count,) = ops.lengths(values, 1)
    return ops.divide(ops.total(values), ops.constant(count))


def _root_mean_square(ops: Ops[A], values: A, eps: float, letter: str) -> A:
    """`√(Σ x²/n + eps)` along the last axis, which stays with length 1, as a named value."""
    mean = _mean(ops, ops.power(values, 2))
    return _named(ops, ops.call("sqrt", ops.add(mean, ops.constant(eps))), letter)


def _named(ops: Ops[A], values: A, letter: str) -> A:
    """Values with a last axis of length 1, which their names do without."""
    return ops.reshape(ops.name(ops.reshape(values, 1, ()), letter), 0, (1,))


def _normal(ops: Ops[A], x: A, eps: float) -> A:
    """`(x - mu)/sigma` along the last axis."""
    centred = ops.add(x, ops.negate(_named(ops, _mean(ops, x), "mu")))
    return ops.divide(centred, _root_mean_square(ops, centred, eps, "sigma"))


def _each(ops: WholeOps[A]) -> str:
    """Of what there is one mean: of a vector as a whole, of an array of each row."""
    return ROW if len(ops.place.shapes[0]) > 1 else ""


def _normal_whole(ops: WholeOps[A], x: A, eps: float, each: str) -> A:
    """`(x - mu)/sigma`, with letters for both; of `each` of what there is one."""
    mean = ops.name(ops.operator("mean", x, index=each), "mu")
    variance = ops.add(ops.operator("var", x, index=each), ops.constant(eps))
    deviation = ops.name(ops.call("sqrt", variance), "sigma")
    return ops.divide(ops.add(x, ops.negate(mean)), deviation)


def _scaled(ops: Ops[A], parameters: Mapping[str, A], values: A) -> A:
    """`gamma*values + beta`, either of which may be left out."""
    if "gamma" in parameters:
        values = ops.multiply(parameters["gamma"], values)
    return ops.add(values, parameters["beta"]) if "beta" in parameters else values
