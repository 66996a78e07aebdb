"""A stack of dense layers with another number of hidden layers, or of units in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from netsym.errors import SpecError, checked_whole
from netsym.layers.blocks import Wire
from netsym.layers.dense import Dense
from netsym.layers.wiring import wired
from netsym.network.wired import W, Wired


def with_depth(network: W, depth: int) -> W:
    """See `Network.with_depth`."""
    *hidden, last = _stack(network)
    if any(layer != hidden[0] for layer in hidden):
        raise SpecError(
            "its hidden layers differ, so that it is not known what one more is; give a network "
            "whose hidden layers are alike, as 10-10-1:tanh"
        )
    return _restacked(network, [hidden[0]] * checked_whole("depth", depth, 1) + [last])


def with_width(network: W, width: int) -> W:
    """See `Network.with_width`."""
    *hidden, last = _stack(network)
    units = checked_whole("width", width, 1)
    return _restacked(network, [*(replace(layer, units=units) for layer in hidden), last])


def _stack(network: Wired) -> list[Dense]:
    """The layers of a network that can be made larger; raises `SpecError` for any other."""
    layers = [placed.layer for placed in network.layers if isinstance(placed.layer, Dense)]
    before = [network.inputs[0].name, *(placed.name for placed in network.layers)]
    chain = all(p.sources == (b,) for p, b in zip(network.layers, before, strict=False))
    if len(layers) < max(len(network.layers), 2) or not chain or len(network.outputs) != 1:
        raise SpecError(
            "this network is no stack of dense layers with a hidden one, so that it has no depth "
            "and no width to change; give one, as 10-10-1:tanh"
        )
    if not all(parameter.is_notation for parameter in network.parameters()):
        raise SpecError(
            "its parameters are given, so that it cannot have others; give a network without "
            "numbers and own names, as 10-10-1:tanh"
        )
    return layers


def _restacked(network: W, layers: Sequence[Dense]) -> W:
    """The network with other layers, one after another."""
    start, (end,) = network.inputs[0], network.outputs
    names = [start.name, *(f"layer{number}" for number in range(1, len(layers) + 1))]
    wires: list[Wire] = [
        (name, layer, [before], {})
        for name, layer, before in zip(names[1:], layers, names, strict=False)
    ]
    placed = wired({start.name: start.shape}, wires).layers
    return replace(network, layers=placed, outputs=(replace(end, source=names[-1]),))
