"""Recurrent layers of one or two directions, over arrays (steps, examples, values)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from netsym.layers.merge import Concat
from netsym.layers.recurrent import Recurrent
from netsym.readers.graph.builder import Builder, Constant, checked
from netsym.readers.graph.operations import Value
from netsym.readers.graph.traced import Batch, Traced, Unreadable, fresh


@dataclass(frozen=True, slots=True)
class Cell:
    """One direction: its parameters, the options of its layer, and whether it begins at the end.

    `starts` are its states before the first step, (examples, units) each; None is zero.
    """

    parameters: Mapping[str, Constant]
    options: Mapping[str, Any]
    backward: bool = False
    starts: Sequence[Value | None] = ()


def states(
    build: Builder,
    kind: type[Recurrent],
    x: Traced,
    units: int,
    cells: Sequence[Cell],
    every: bool,
) -> Traced:
    """The states (steps, directions, examples, units); of the last step alone without the steps."""
    batch = x.batch_at(1)
    source, _ = build.laid_out(x, batch)
    place = Batch(1 if every else 0, batch.count)
    made = []
    for cell in cells:
        begun = _begun(build, kind, units, cell.starts)
        layer = kind(units=units, returns="all" if every else "last", reverse=cell.backward,
                     state=begun.state, **cell.options)  # fmt: skip
        name = build.put(layer, [source, *begun.sources], {**cell.parameters, **begun.parameters})
        made.append(fresh(name, build.shape(name), place))
    whole = made[0]
    if len(made) > 1:
        read = [build.laid_out(each, place) for each in made]
        joined = Concat()
        name = build.put(joined, [source for source, _ in read])
        whole = fresh(name, joined.shape(*(shape for _, shape in read)), place)
    count = len(cells)
    return whole.moved(
        lambda a: np.moveaxis(a.reshape(*a.shape[:-1], count, a.shape[-1] // count), -2, -3)
    )


def ends(every: Traced, cells: Sequence[Cell]) -> Traced:
    """The state after the last step of each direction (directions, examples, units)."""
    places = [0 if cell.backward else -1 for cell in cells]
    return every.moved(lambda a: np.stack([a[step, n] for n, step in enumerate(places)]))


@dataclass(frozen=True, slots=True)
class _Begun:
    """What a layer's state is before the first step, with the parameters or values that it is."""

    state: str = "zero"
    parameters: Mapping[str, Constant] = field(default_factory=dict)
    sources: Sequence[str] = ()


def _begun(
    build: Builder, kind: type[Recurrent], units: int, starts: Sequence[Value | None]
) -> _Begun:
    if any(isinstance(each, Traced) for each in starts):
        read = [_read(build, each, units) for each in starts]
        return _Begun("input", sources=read)
    known = [None if each is None else _start_of_each(np.asarray(each)) for each in starts]
    if all(each is None for each in known):
        return _Begun()
    zero = np.zeros(units)
    given = {
        f"{letter}0": zero if each is None else each
        for letter, each in zip(kind.states, known, strict=True)
    }
    return _Begun("named", given)


def _read(build: Builder, start: Value | None, units: int) -> str:
    """The layer that gives a state (units,) of each example."""
    if isinstance(start, Traced):
        return build.laid_out(start, start.batch_at(0))[0]
    known = None if start is None else _start_of_each(np.asarray(start))
    return build.laid_out(build.numbers(np.zeros(units) if known is None else known), None)[0]


def _start_of_each(states: Constant) -> Constant | None:
    """The state before the first step, from those of all examples; None if it is zero.

    Raises `Unreadable` if examples differ in it.
    """
    if (states != states[:1]).any():
        raise Unreadable("begins with other states for other examples of a batch")
    return checked(states[0]) if states.any() else None
