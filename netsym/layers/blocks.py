"""Several layers as one: blocks, repeated, residual, or with the same parameters again.

A network has no blocks: they are laid out as the layers they stand for, `block.2.attention` for
the part `attention` of the second copy of `block`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar

from netsym.errors import SpecError, did_you_mean
from netsym.layers import Layer

INPUT = "input"
BLOCK = "block"  # what a spec calls one
MOST_LAYERS = 30_000


@dataclass(frozen=True, slots=True)
class Shared:
    """The parameters of the layer `origin`, in place of own ones.

    With `again` it is that layer once more, so that it is written once for all copies.
    """

    origin: str
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Layers that are wired among themselves; the last one gives the output.

    `parts` are like the layers of a network: they read from each other, from "input", and from
    "input2" and so on where the block reads from several values. There are `repeat` copies, each
    reading the one before; with `share` all have the parameters of the first. With `residual`,
    each adds its own input to its output (He et al., Deep Residual Learning, 2015, equation 1).
    """

    parts: tuple[Wire, ...]
    repeat: int = 1
    share: bool = False
    residual: bool = False

    def __post_init__(self) -> None:
        if not self.parts:
            raise SpecError("a block needs at least one layer; this one has none")
        if self.repeat < 1:
            raise SpecError(f"a block is repeated one or more times, not {self.repeat}")


class Composite(ABC):
    """A block by its options: a frozen dataclass, whose fields a spec gives like a layer's."""

    kind: ClassVar[str]
    reads: ClassVar[tuple[int, int]] = (1, 1)

    @abstractmethod
    def block(self) -> Block:
        """The layers that it stands for."""


#: A layer or block with its name, what it reads from, and its parameters as given.
Wire = tuple[str, Layer | Block, Sequence[str], Mapping[str, Any] | Shared]
#: The same for layers alone.
LayerWire = tuple[str, Layer, list[str], Mapping[str, Any] | Shared]


def expanded(wires: Iterable[Wire], inputs: Iterable[str] = (INPUT,)) -> list[LayerWire]:
    """The layers that layers and blocks stand for, in a network with inputs of these names.

    Raises `SpecError` for an unknown source, and for more than `MOST_LAYERS`.
    """
    outer = {name: name for name in inputs}
    layers = list(islice(_laid_out("", list(wires), outer, None), MOST_LAYERS + 1))
    if len(layers) > MOST_LAYERS:
        raise SpecError(
            f"a network has at most {MOST_LAYERS:,} layers; repeat its blocks less often"
        )
    return layers


def _laid_out(
    prefix: str, wires: Sequence[Wire], outer: Mapping[str, str], twin: str | None
) -> Iterator[LayerWire]:
    """Wires with full names. `twin` is the prefix of the copy whose parameters they have."""
    ends = {**outer, **{name: _end(prefix + name, layer) for name, layer, _, _ in wires}}
    for name, layer, sources, given in wires:
        for source in sources:
            if source not in ends:
                raise SpecError(
                    f"layer {prefix}{name} reads from {source!r}; {_hint(source, ends)}"
                )
        taken = [ends[source] for source in sources]
        if isinstance(layer, Block):
            yield from _copies(prefix + name, layer, taken, twin and twin + name)
            continue
        if twin is not None:
            given = Shared(twin + name, again=True)
        elif isinstance(given, Shared):
            given = Shared(ends.get(given.origin, given.origin), given.again)
        yield prefix + name, layer, taken, given


def _hint(source: str, known: Mapping[str, str]) -> str:
    if source[:-1] == INPUT and source[-1].isdecimal():  # input2, of a block that has it not
        return f"list {source[-1]} values in the from = […] of its block, and this is the last"
    return did_you_mean(source, known)


def _copies(name: str, block: Block, sources: list[str], twin: str | None) -> Iterator[LayerWire]:
    from netsym.layers.merge import Add  # most networks have no block

    others = {f"{INPUT}{n}": source for n, source in enumerate(sources[1:], 2)}
    before = sources[0]
    for number in range(1, block.repeat + 1):
        prefix = _prefix(name, block, number)
        origin = _prefix(twin, block, number) if twin else None
        if block.share and number > 1:
            origin = _prefix(twin or name, block, 1)
        yield from _laid_out(prefix, block.parts, {INPUT: before, **others}, origin)
        if block.residual:
            last, layer, _, _ = block.parts[-1]
            given: Mapping[str, Any] | Shared = {}
            if origin:
                given = Shared(f"{origin}add", again=True)
            yield f"{prefix}add", Add(), [_end(prefix + last, layer), before], given
        before = _last(prefix, block)


def _prefix(name: str, block: Block, number: int) -> str:
    return f"{name}." if block.repeat == 1 else f"{name}.{number}."


def _last(prefix: str, block: Block) -> str:
    """The layer that gives the output of a copy."""
    name, layer, _, _ = block.parts[-1]
    return f"{prefix}add" if block.residual else _end(prefix + name, layer)


def _end(name: str, layer: Layer | Block) -> str:
    """The layer that gives the output of a layer or block of this name."""
    if isinstance(layer, Layer):
        return name
    return _last(_prefix(name, layer, layer.repeat), layer)


def end_of(wires: Sequence[Wire], name: str) -> str:
    """The layer that gives the output of the layer or block of this name.

    Raises `SpecError` if there is none.
    """
    for known, layer, _, _ in wires:
        if known == name:
            return _end(name, layer)
    hint = did_you_mean(name, [known for known, *_ in wires])
    raise SpecError(f"an output reads from {name!r}, which is no layer; {hint}")
