"""The table of the layers of Keras that are read: a rule for each class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from netsym.readers.keras.activations import LAYERS as ACTIVATIONS
from netsym.readers.keras.attention import LAYERS as ATTENTION
from netsym.readers.keras.call import Call
from netsym.readers.keras.linear import LAYERS as LINEAR
from netsym.readers.keras.normalisation import LAYERS as NORMALISATION
from netsym.readers.keras.recurrent import LAYERS as RECURRENT
from netsym.readers.keras.shaping import LAYERS as SHAPING
from netsym.readers.keras.windows import LAYERS as WINDOWS

#: By the name of the class. What a rule gives is a value, or a list if there are several.
LAYERS: Mapping[str, Callable[[Call], Any]] = {
    **LINEAR, **ACTIVATIONS, **SHAPING, **NORMALISATION,
    **WINDOWS, **RECURRENT, **ATTENTION,
}  # fmt: skip
#: Which are given more than one argument.
OF_SEVERAL = frozenset({"MultiHeadAttention", *RECURRENT})
