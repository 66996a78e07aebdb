"""Forecasts: how large a form would be, without building it."""

from __future__ import annotations

from collections.abc import Callable

from netsym.formula.functions import FUNCTIONS
from netsym.formula.names import Names
from netsym.formula.sizes import Size
from netsym.ops.sizes import Counts, Heights, Sizes

_KINDS = ("add", "multiply", "divide", "power", "negate", *FUNCTIONS)


def forecast(
    read: Callable[[Sizes, Counts], Counts], inputs: Names, layered: bool, expand: bool
) -> Size:
    """The exact size of the layered or the inlined form, by the `sizes` reading.

    `read(ops, x)` reads the network. Operations are counted in one more pass, in which each kind
    costs its own power of a base larger than any count; the sum holds all counts as its digits.
    """
    ops = Sizes(layered, expand)
    outputs = read(ops, ops.symbols(inputs))
    nodes = ops.bound + outputs.total()
    bits = nodes.bit_length()
    packed = Sizes(layered, expand, {kind: 1 << (bits * n) for n, kind in enumerate(_KINDS)}, 0)
    digits = read(packed, packed.symbols(inputs)).total() + packed.bound
    counts = {kind: (digits >> (bits * n)) & ((1 << bits) - 1) for n, kind in enumerate(_KINDS)}
    heights = Heights(layered, expand)
    highest = read(heights, heights.symbols(inputs))
    return Size(
        nodes=nodes,
        height=max(heights.bound, *map(int, highest.kept())),
        operations={kind: count for kind, count in sorted(counts.items()) if count},
        per_output=tuple(outputs.elements()),
    )
