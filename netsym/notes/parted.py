"""A network in the parts of its picture: what goes in, the layers, and a loss with its cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod

from netsym.graph.names import Names
from netsym.layers import Shape
from netsym.layers.registry import LOSSES
from netsym.layers.wiring import Placed
from netsym.network.network import Network
from netsym.notes.symbols import Symbol, whole

_AFTER = ("cost", "penalty")


@dataclass(frozen=True)
class Source:
    """A value that layers read and none computes: an input, or numbers that are given."""

    name: str
    letter: str
    names: Names
    shape: Shape  # of one example
    examples: bool

    @property
    def symbol(self) -> Symbol:
        """What it is called as a whole."""
        return whole(self.letter, None, "(i)" if self.examples else "")


@dataclass(frozen=True)
class Parted:
    """A network and, by what they are for, its layers.

    `losses` are those that compare with a target and what comes after them.
    """

    network: Network

    @cached_property
    def losses(self) -> tuple[Placed, ...]:
        """The layers of a loss and of the cost."""
        return tuple(p for p in self.network.layers if p.layer.kind in (*LOSSES, *_AFTER))

    @cached_property
    def layers(self) -> tuple[Placed, ...]:
        """All other layers."""
        given = {each.name for each in self.sources.values()}
        return tuple(p for p in self.network.layers if p not in self.losses and p.name not in given)

    @cached_property
    def sources(self) -> dict[str, Source]:
        """What goes in, by name."""
        found = {
            each.name: Source(
                each.name, each.letter, _of_one(each.names, each.letter, each.shape, each.examples),
                each.shape[len(each.examples) :], bool(each.examples),
            )
            for each in self.network.inputs
        }  # fmt: skip
        for p in self.network.layers:
            if p.layer.kind == "given":
                letter, shape = p.layer.value_letter, p.shape[1:]
                found[p.name] = Source(p.name, letter, _vector(letter, shape), shape, True)
        return found

    @cached_property
    def targets(self) -> frozenset[str]:
        """The sources that a loss alone reads."""
        read = {source for p in self.layers for source in p.sources}
        return frozenset(name for name in self.sources if name not in read)

    @property
    def read(self) -> list[Source]:
        """The sources that layers read."""
        return [each for name, each in self.sources.items() if name not in self.targets]

    @property
    def is_stack(self) -> bool:
        """Whether every layer reads the one before, and the last gives the one output or loss."""
        if len(self.read) != 1 or len(self.network.outputs) != 1 or not self.layers:
            return False
        before = [self.read[0].name, *(p.name for p in self.layers)]
        reads = (p.sources == (b,) for p, b in zip(self.layers, before, strict=False))
        last = [s for p in self.losses[:1] for s in p.sources if s not in self.targets]
        return all(reads) and (last or [self.network.outputs[0].source]) == before[-1:]

    @property
    def examples(self) -> int:
        """How many examples there are, 0 of one that is not counted."""
        return max((prod(p.examples) for p in self.layers if p.examples), default=0)

    @property
    def index(self) -> str:
        """What stands above values that each example has its own of."""
        return "(i)" if self.examples else ""

    def symbol_of(self, placed: Placed) -> Symbol:
        """What the output of a layer is called as a whole."""
        return whole(self.network.letters[placed.name], placed.number, self.index)

    def is_end(self, placed: Placed) -> bool:
        """Whether a layer gives the prediction, or an output."""
        read_by_loss = any(placed.name in p.sources for p in self.losses)
        return read_by_loss or any(each.source == placed.name for each in self.network.outputs)


def _vector(letter: str, shape: Shape) -> Names:
    return Names(letter, None, () if prod(shape) == 1 else shape)


def _of_one(names: Names, letter: str, shape: Shape, examples: Shape) -> Names:
    """The names of the entries of one example."""
    return _vector(letter, shape[len(examples) :]) if examples else names


def shape_said(shape: Sequence[int]) -> str:
    """A shape beside a picture.

    >>> shape_said((3, 224, 224))
    '3 × 224 × 224'
    """
    return " × ".join(f"{length:,}" for length in shape)
