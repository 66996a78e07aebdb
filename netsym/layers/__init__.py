"""What layers compute: the shapes of their parameters and one `forward`. A file per family."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from netsym.errors import SpecError, did_you_mean
from netsym.formula.functions import ACTIVATIONS, FUNCTIONS
from netsym.ops import Ops

A = TypeVar("A")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer(ABC):
    """The mathematics of one layer, on vectors.

    The fields of a subclass are its options in a spec, `letters` its parameters with the letter
    each is named by. `check` raises `SpecError` for inputs that it cannot take.
    """

    kind: ClassVar[str]
    letters: ClassVar[Mapping[str, str]] = {}
    joins: ClassVar[bool] = False  # takes two or more inputs rather than one

    @abstractmethod
    def width(self, *widths: int) -> int:
        """The number of outputs for inputs of these widths; `SpecError` if they do not fit."""

    def parameters(self, *widths: int) -> dict[str, tuple[int, ...]]:
        """The shape of every parameter array, for inputs of these widths."""
        return {}

    @abstractmethod
    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        """The output from the inputs, written with `ops`; arrays of shape (…, width)."""

    def describe(self) -> str:
        """The layer in a few words, for headings."""
        return self.kind

    @property
    def elementwise(self) -> bool:
        """Whether each output depends on the inputs of its own place alone."""
        return False

    def stages(self) -> tuple[Stage, ...]:
        """The layer as simpler ones, so that what is affine in it stands by itself.

        The first takes the parameters; the last gives the output.
        """
        return (Stage(self, (0,)),)


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a layer: `sources` are numbers of stages before it, from 1; 0 is the input."""

    layer: Layer
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Activated(Layer):
    """A layer that ends in an activation; `alpha` is the parameter of leaky_relu and elu."""

    activation: str = "linear"
    alpha: float | None = None

    def __post_init__(self) -> None:
        if self.activation not in ACTIVATIONS:
            hint = did_you_mean(self.activation, ACTIVATIONS)
            raise SpecError(f"unknown activation {self.activation!r}; {hint}")
        takes_alpha = self.activation in FUNCTIONS and (
            FUNCTIONS[self.activation].alpha is not None
        )
        if self.alpha is not None and not takes_alpha:
            with_alpha = " and ".join(f.name for f in FUNCTIONS.values() if f.alpha is not None)
            raise SpecError(f"{self.activation} has no alpha; only {with_alpha} have one")

    def activate(self, ops: Ops[A], values: A) -> A:
        """Apply the activation, element by element (softmax: to the whole vector)."""
        if self.activation == "linear":
            return values
        default = FUNCTIONS[self.activation].alpha
        if default is None:
            return ops.apply(self.activation, values)
        return ops.apply(self.activation, values, default if self.alpha is None else self.alpha)
