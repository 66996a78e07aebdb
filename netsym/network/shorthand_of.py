"""The shorthand that a network has, if it is a plain stack of dense layers: 1-2sigmoid-1."""

from __future__ import annotations

from netsym.graph.functions import LINEAR
from netsym.layers.dense import Dense
from netsym.network.wired import Wired


def shorthand_of(network: Wired) -> str | None:
    """Widths and activations; None where layers are no stack of dense ones, or have an alpha.

    What is left out is lost: names, numbers, and whether there are biases.
    """
    before, words = [each.name for each in network.inputs], [str(len(network.input_names))]
    for placed in network.layers:
        layer = placed.layer
        if not isinstance(layer, Dense) or layer.alpha is not None or len(placed.shape) > 1:
            return None
        if list(placed.sources) != before:
            return None
        activation = "" if layer.activation == LINEAR else layer.activation
        words.append(f"{layer.units}{activation}{'+' if layer.skip else ''}")
        before = [placed.name]
    return "-".join(words)
