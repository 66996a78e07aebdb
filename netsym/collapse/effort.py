"""What a layer costs: its parameters, and the operations of one evaluation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

from netsym.layers import Layer, Shape
from netsym.layers.wiring import Placed
from netsym.network.network import Network
from netsym.ops import Place
from netsym.ops.counts.sizes import Sizes

_FREE = dict.fromkeys(("add", "multiply", "divide", "power", "negate"), 0)


@dataclass(frozen=True, slots=True)
class Effort:
    """Entries of parameters, and additions, products, quotients and functions to compute.

    A name in two places is two entries: a layer that is merged may need them apart, as q and q + 1.
    """

    parameters: int = 0
    operations: int = 0

    def __add__(self, other: Effort) -> Effort:
        return Effort(self.parameters + other.parameters, self.operations + other.operations)

    def __sub__(self, other: Effort) -> Effort:
        return Effort(self.parameters - other.parameters, self.operations - other.operations)

    @property
    def grows(self) -> bool:
        """As a difference: whether there is more of anything."""
        return self.parameters > 0 or self.operations > 0

    @property
    def total(self) -> int:
        """Both together."""
        return self.parameters + self.operations


def layer_effort(layer: Layer, shapes: Sequence[Shape]) -> Effort:
    """What a layer costs for inputs of these shapes; a parameter is a number to look up.

    A tree with n leaves has n - 1 operations of two operands, so these follow from the leaves.
    """
    return _cost(layer, shapes, layer.parameters(*shapes))


def _cost(layer: Layer, shapes: Sequence[Shape], taken: Mapping[str, Shape]) -> Effort:
    ops = Sizes(layered=True, costs=defaultdict(lambda: 1, _FREE))
    ops = ops.at(Place(shapes=tuple(shapes)))
    parameters = {key: ops.leaves(shape) for key, shape in taken.items()}
    outputs = layer.forward(ops, parameters, *(ops.leaves(shape) for shape in shapes))
    count = sum(prod(shape) for shape in taken.values())
    return Effort(count, ops.everything(outputs) - prod(outputs.shape))


def network_effort(network: Network) -> Effort:
    """What a network costs: all of its layers; an array that layers share is there once."""
    operations = sum(placed_effort(placed).operations for placed in network.layers)
    return Effort(sum(len(parameter.names) for parameter in network.parameters()), operations)


def placed_effort(placed: Placed) -> Effort:
    """What a layer in its place costs."""
    taken = {key: parameter.shape for key, parameter in placed.parameters.items()}
    return _cost(placed.layer, placed.shapes, taken)
