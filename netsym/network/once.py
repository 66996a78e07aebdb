"""What is applied many times and can be written once: a cell with its steps, a tied block."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from netsym.errors import SpecError, checked_whole
from netsym.graph.names import Names
from netsym.layers import Layer, Shape
from netsym.layers.wiring import Placed
from netsym.network.interface import Input, Output
from netsym.network.wired import W, Wired

if TYPE_CHECKING:
    from netsym.layers.recurrent import Recurrent


@dataclass(frozen=True, slots=True)
class Steps:
    """The inputs and layers whose values are sequences that are read step by step, and how many
    steps there are.

    Empty where there is no recurrent layer, or where a layer looks at several steps at once: then
    no step stands for all.
    """

    values: frozenset[str] = frozenset()
    count: int = 0

    @classmethod
    def of(cls, network: Wired) -> Steps:
        """The sequences of a network."""
        count = next((each.shape[0] for each in network.inputs if len(each.shape) == 2), 0)
        found = {each.name for each in network.inputs if _has_steps(each.shape, count)}
        recurrent = False
        for placed in network.layers:
            reads = [source in found for source in placed.sources]
            if any(reads):
                recurrent |= placed.layer.recurrent
                if not placed.layer.recurrent and not (all(reads) and placed.layer.stepwise):
                    return cls()
                if len(placed.shape) == 2:
                    found.add(placed.name)
        return cls(frozenset(found), count) if recurrent else cls()

    def shape(self, end: Input | Output) -> Shape:
        """The shape in which an input is read: of one step, if it is a sequence."""
        return (1, *end.shape[1:]) if self._has(end) else end.shape

    def names(self, end: Input | Output) -> Names:
        """The names of its entries: at the step t, if it is a sequence."""
        letter = end.letter if isinstance(end, Input) else end.name
        return Names(letter, None, end.shape[1:], at="t") if self._has(end) else end.names

    def _has(self, end: Input | Output) -> bool:
        return (end.name if isinstance(end, Input) else end.source) in self.values


def _has_steps(shape: Shape, count: int) -> bool:
    return len(shape) == 2 and shape[0] == count


def is_written_once(network: Wired) -> bool:
    """Whether something is applied many times and can be written once."""
    return bool(Steps.of(network).values) or any(placed.copy_of for placed in network.layers)


def check_once(network: Wired) -> None:
    """Raise `SpecError` where nothing can be written once."""
    if is_written_once(network):
        return
    recurrent = [placed.name for placed in network.layers if placed.layer.recurrent]
    if recurrent:
        raise SpecError(
            f"the steps of {recurrent[0]} cannot be written once: the inputs are not one "
            "sequence alone, or some layer looks at several steps; ask for the layered form"
        )
    raise SpecError(
        "nothing in this network is applied many times, so there is nothing to write once; "
        "ask for the layered form"
    )


def times_written(network: Wired) -> dict[int, str]:
    """What the heading of a layer says of its copies and of its steps, by its number."""
    found: dict[int, str] = {}
    steps, times = Steps.of(network), Counter(placed.copy_of for placed in network.layers)
    for placed in network.layers:
        said = ""
        if placed.name in times:
            said += f", {times[placed.name] + 1} times{_passed(network, placed)}"
        if steps.values and (placed.name in steps.values or placed.layer.recurrent):
            said += f", t = 1 to {steps.count}"
            for state, value in starts(network, placed, steps.count):
                said += f", {state.ascii(0)} = {'0' if value is None else value.ascii(0)}"
        found[placed.number] = found.get(placed.number, "") + said
    return found


def starts(network: Wired, placed: Placed, steps: int) -> list[tuple[Names, Names | None]]:
    """The states before the first step of a recurrent layer, each with the value that it is; None
    for 0. Those that have names of their own are left out.
    """
    layer = _recurrent(placed.layer)
    if layer is None or layer.state == "named":
        return []
    at = str(steps + 1 if layer.reverse else 0)
    states = [Names(letter, placed.number, at=at) for letter in layer.states]
    if layer.state == "zero":
        return [(state, None) for state in states]
    values = [_letter_of(network, source, steps) for source in placed.sources[1:]]
    return [*zip(states, values, strict=True)]


def _letter_of(network: Wired, source: str, steps: int) -> Names:
    """The letter of what a layer gives, or of an input."""
    for each in network.inputs:
        if each.name == source:
            return Names(each.letter)
    placed = next(each for each in network.layers if each.name == source)
    layer = _recurrent(placed.layer)
    if layer is None:
        return Names(network.letters[source], placed.number)
    at = "1" if layer.reverse else str(steps)
    return Names(layer.states[0], placed.number, at=at)


def _passed(network: Wired, first: Placed) -> str:
    """What the first of several copies reads from the second time on, if it is something else.

    Copies read the values of the copy before; those that are written are the first one's.
    """
    again = next(placed for placed in network.layers if placed.copy_of == first.name)
    written = {placed.name: placed.copy_of or placed.name for placed in network.layers}
    called = {p.name: f"{network.letters[p.name]}{p.number}" for p in network.layers}
    called |= {each.name: each.letter for each in network.inputs}
    said = []
    for source, other in zip(first.sources, again.sources, strict=True):
        value = written.get(other, other)
        if value != source:
            said.append(f"{called[value]} in place of {called[source]}")
    return f", from the second time on with {' and '.join(said)}" if said else ""


def with_steps(network: W, steps: int) -> W:
    """See `Network.with_steps`."""
    count = next((each.shape[0] for each in network.inputs if len(each.shape) == 2), 0)
    if not count or not any(placed.layer.recurrent for placed in network.layers):
        raise SpecError(
            "this network reads no sequence step by step: it needs inputs of shape "
            "[steps, values] and a recurrent layer (rnn, gru or lstm)"
        )
    steps = checked_whole("steps", steps, 1)
    inputs = tuple(
        _resized(each, (steps, each.shape[1])) if _has_steps(each.shape, count) else each
        for each in network.inputs
    )
    layers = _rewired(network.layers, {each.name: each.shape for each in inputs}, count, steps)
    shapes = {placed.name: placed.shape for placed in layers}
    outputs = tuple(
        each
        if each.shape == shapes[each.source]
        else Output.of(each.name, each.source, shapes[each.source])
        for each in network.outputs
    )
    return replace(network, inputs=inputs, layers=layers, outputs=outputs)


def _resized(end: Input, shape: Shape) -> Input:
    return replace(end, names=Names(end.letter, None, shape), shape=shape)


def _rewired(
    layers: Sequence[Placed], inputs: dict[str, Shape], before: int, steps: int
) -> tuple[Placed, ...]:
    """The layers for sequences of another length."""
    shapes, found = dict(inputs), []
    for placed in layers:
        layer = placed.layer
        recurrent = _recurrent(layer)
        if recurrent is not None and recurrent.steps is not None:
            layer = replace(recurrent, steps=steps)
        taken = tuple(shapes[source] for source in placed.sources)
        shapes[placed.name] = layer.shape(*taken)
        parameters = {key: parameter.shape for key, parameter in placed.parameters.items()}
        if layer.parameters(*taken) != parameters:
            raise SpecError(
                f"layer {placed.name} ({layer.kind}) has parameters for {before} steps, "
                f"so it cannot read {steps}"
            )
        found.append(replace(placed, layer=layer, shapes=taken, shape=shapes[placed.name]))
    return tuple(found)


def _recurrent(layer: Layer) -> Recurrent | None:
    """The layer, if it is recurrent; else the file of these layers is not even read."""
    if not layer.recurrent:
        return None
    from netsym.layers.recurrent import Recurrent

    return layer if isinstance(layer, Recurrent) else None
