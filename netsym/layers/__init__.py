"""What layers compute: the shapes of their parameters and one `forward`. A file per family."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import ClassVar, NamedTuple, TypeVar

from netsym.errors import SpecError
from netsym.graph.functions import ACTIVATIONS, FUNCTIONS, LINEAR
from netsym.ops import Ops, WholeOps

A = TypeVar("A")
Shape = tuple[int, ...]

MOST_AXES = 16  # of an array; NumPy's have 64 at most, of which readings need some


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer(ABC):
    """The mathematics of one layer, on arrays of any axes; a vector has one.

    The fields of a subclass are its options in a spec, `letters` its parameters with the letter
    each is named by. Sequences are (steps, values), images (channels, height, width).
    """

    kind: ClassVar[str]
    letters: ClassVar[Mapping[str, str]] = {}
    measured: ClassVar[frozenset[str]] = frozenset()  # parameters that are not learned
    positive: ClassVar[frozenset[str]] = frozenset()  # parameters that are only defined above 0
    recurrent: ClassVar[bool] = False  # reads a sequence step by step
    reads: ClassVar[tuple[int, int | None]] = (
        1,
        1,
    )  # inputs: at least, and at most if there is one

    @abstractmethod
    def shape(self, *shapes: Shape) -> Shape:
        """The shape of the output for inputs of these shapes; `SpecError` if they do not fit."""

    def parameters(self, *shapes: Shape) -> dict[str, Shape]:
        """The shape of every parameter array, for inputs of these shapes."""
        return {}

    def names_of(self, parameter: str) -> list[str] | None:
        """The names of the entries of a parameter that is not given; None: by the notation."""
        return None

    def values(self, *shapes: Shape) -> dict[str, Shape]:
        """The shapes of the values that it names between its inputs and its output, by letter."""
        return {}

    @abstractmethod
    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        """The output from the inputs, written with `ops`.

        Arrays are (…, *shape): in some readings points come first.
        """

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        """The output as people write it with a letter for every array."""
        return self.forward(ops, parameters, *inputs)

    def describe(self) -> str:
        """The layer in a few words, for headings."""
        return self.kind

    @property
    def value_letter(self) -> str:
        """The letter of its output."""
        return "a"

    @property
    def elementwise(self) -> bool:
        """Whether each output depends on the inputs of its own place alone."""
        return False

    @property
    def stepwise(self) -> bool:
        """Whether it does the same to every step of a sequence, whatever the others are."""
        return self.elementwise and not self.letters

    def stages(self) -> tuple[Stage, ...]:
        """The layer as simpler ones, so that what is affine in it stands by itself.

        The first takes the parameters; the last gives the output.
        """
        return (Stage(self, (0,)),)


class Stage(NamedTuple):
    """A part of a layer: `sources` are numbers of stages before it, from 1; 0 is the input."""

    layer: Layer
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Activated(Layer):
    """A layer that ends in an activation; `alpha` is the parameter of leaky_relu, elu and celu."""

    activation: str = "linear"
    alpha: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "activation", activation_meant(self.activation))
        if self.alpha is not None and FUNCTIONS[self.activation].alpha is None:
            with_alpha = ", ".join(f.name for f in FUNCTIONS.values() if f.alpha is not None)
            raise SpecError(f"{self.activation} has no alpha; only {with_alpha} have one")

        if self.alpha == 0 and FUNCTIONS[self.activation].divisor:
            raise SpecError(f"{self.activation} divides by its alpha, which is 0; give another")

    def activate(self, ops: Ops[A], values: A) -> A:
        """Apply the activation, element by element (softmax: to the whole vector)."""
        if self.activation == LINEAR:
            return values
        default = FUNCTIONS[self.activation].alpha
        if default is None:
            return ops.apply(self.activation, values)
        return ops.apply(self.activation, values, default if self.alpha is None else self.alpha)


def activation_meant(word: str) -> str:
    """The activation that a word means, in any case of letters; raises `SpecError` for others."""
    meant = ACTIVATIONS.meant(word)
    if meant is None:
        raise SpecError(f"unknown activation {word!r}; {ACTIVATIONS.hint(word)}")
    return meant


def shape_text(shape: Shape) -> str:
    """A shape for a sentence: 3 x 32 x 32."""
    return " x ".join(map(str, shape))


def refuse_vast(what: str, *lengths: int, most: int = 30_000_000) -> None:
    """Raise `SpecError` for what has too many elements to be laid out: `what` says which."""
    count = prod(lengths)
    if count > most:
        many = f"{shape_text(lengths)} = {count:,}" if len(lengths) > 1 else f"{count:,}"
        raise SpecError(f"{what} {many}, more than the {most:,} that can be laid out; take less")
