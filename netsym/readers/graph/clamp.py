"""Values that are kept between two ends: relu and its like, where they are one of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from netsym.layers.elementwise import Activation
from netsym.readers.graph.builder import Builder
from netsym.readers.graph.operations import Value, elementwise, function
from netsym.readers.graph.traced import Traced

#: What is an activation, by its ends.
_KNOWN: Mapping[tuple[float | None, float | None], str] = {
    (0.0, None): "relu", (0.0, 6.0): "relu6", (-1.0, 1.0): "hard_tanh", (0.0, 1.0): "satlin",
}  # fmt: skip


def clamped(
    build: Builder, value: Traced, low: Value | float | None, high: Value | float | None
) -> Traced:
    """`min(max(x, low), high)`, without the end that is None."""
    known = None if _is_array(low) or _is_array(high) else _KNOWN.get((_number(low), _number(high)))
    if known is not None:
        return elementwise(build, Activation(activation=known), value)
    for name, end in (("max", low), ("min", high)):
        if end is not None:
            other = end if isinstance(end, Traced) else np.asarray(end)
            value = function(build, name, value, other)
    return value


def _is_array(end: Value | float | None) -> bool:
    return isinstance(end, Traced) or (end is not None and np.size(end) != 1)


def _number(end: Value | float | None) -> float | None:
    return None if end is None or isinstance(end, Traced) else float(np.reshape(end, -1)[0])
