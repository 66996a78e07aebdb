"""What a layer costs: its parameters, and the operations of one evaluation."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from netsym.layers import Layer
from netsym.layers.wiring import Placed
from netsym.network import Network
from netsym.ops.sizes import Counts, Sizes

_FREE = dict.fromkeys(("add", "multiply", "divide", "power", "negate"), 0)


@dataclass(frozen=True, slots=True)
class Cost:
    """Numbers to store, and additions, products, quotients and functions to compute."""

    parameters: int = 0
    operations: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.parameters + other.parameters, self.operations + other.operations)

    def __sub__(self, other: Cost) -> Cost:
        return Cost(self.parameters - other.parameters, self.operations - other.operations)

    @property
    def grows(self) -> bool:
        """As a difference: whether there is more of anything."""
        return self.parameters > 0 or self.operations > 0

    @property
    def total(self) -> int:
        """Both together."""
        return self.parameters + self.operations


def layer_cost(layer: Layer, widths: tuple[int, ...]) -> Cost:
    """What a layer costs for inputs of these widths; a parameter is a number to look up.

    A tree with n leaves has n - 1 operations of two operands, so these follow from the leaves.
    """
    ops = Sizes(layered=True, costs=defaultdict(lambda: 1, _FREE))
    shapes = layer.parameters(*widths)
    parameters = {key: Counts(1, shape) for key, shape in shapes.items()}
    inputs = [Counts(1, (width,)) for width in widths]
    outputs = layer.forward(ops, parameters, *inputs)
    trees = sum(1 for _ in outputs.kept()) * outputs.times
    count = sum(_entries(shape) for shape in shapes.values())
    return Cost(count, outputs.total() + ops.bound - trees)


def network_cost(network: Network) -> Cost:
    """What a network costs: all of its layers."""
    return sum((placed_cost(placed) for placed in network.layers), Cost())


def placed_cost(placed: Placed) -> Cost:
    """What a layer in its place costs."""
    return layer_cost(placed.layer, placed.widths)


def _entries(shape: tuple[int, ...]) -> int:
    count = 1
    for length in shape:
        count *= length
    return count
