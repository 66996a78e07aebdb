"""How reports call layers and units."""

from __future__ import annotations

from collections.abc import Sequence

from netsym.collapse.effort import Effort
from netsym.layers.wiring import Placed
from netsym.wording import agreed, joined, plural, runs

_FEW = 6


def listed(numbers: Sequence[int]) -> str:
    """Numbers in order, with runs of three or more in short.

    >>> listed([1, 2, 3, 4, 6]), listed([1, 2]), listed([3])
    ('1 to 4 and 6', '1 and 2', '3')
    """
    parts = runs(numbers, " to ")
    if len(parts) > _FEW:
        parts = [*parts[: _FEW - 2], "…", parts[-1]]
    return joined(parts)


def layer_words(layers: Sequence[Placed]) -> str:
    """Layers by their numbers: "layers 1 to 3"; one by its name too, where it has one."""
    numbers = sorted({placed.number for placed in layers})
    if len(numbers) > 1:
        return f"layers {listed(numbers)}"
    name = layers[-1].name.partition("/")[0]
    called = "" if name == f"layer{numbers[0]}" else f" ({name})"
    return f"layer {numbers[0]}{called}"


def costs(change: Effort) -> str:
    """What more there is, and what less: "2 more parameters and 3 fewer operations"."""
    counts = ((change.parameters, "parameter"), (change.operations, "operation"))
    return " and ".join(
        plural(abs(count), f"{'more' if count > 0 else 'fewer'} {what}")
        for count, what in counts
        if count
    )


def unit_words(units: Sequence[int], layer: Placed) -> str:
    """Units of a layer, counted from 0, by their numbers from 1."""
    numbers = [unit + 1 for unit in units]
    return f"{agreed(len(numbers), 'unit', 'units')} {listed(numbers)} of {layer_words([layer])}"
