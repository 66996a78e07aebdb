"""The table of the layers of Keras that are read: a rule for each class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from netsym.readers.keras import (
    activations,
    attention,
    linear,
    normalisation,
    recurrent,
    shaping,
    windows,
)
from netsym.readers.keras.call import Call

#: By the name of the class. What a rule gives is a value, or a list if there are several.
LAYERS: Mapping[str, Callable[[Call], Any]] = {
    **linear.LAYERS, **activations.LAYERS, **shaping.LAYERS, **normalisation.LAYERS,
    **windows.LAYERS, **recurrent.LAYERS, **attention.LAYERS,
}  # fmt: skip
#: Which are given more than one argument.
OF_SEVERAL = frozenset({"MultiHeadAttention", *recurrent.LAYERS})
