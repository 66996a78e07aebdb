"""Which layers there are, by the name a spec gives them."""

from __future__ import annotations

from netsym.layers import Layer
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation, Dropout, Scale, Standardize
from netsym.layers.merge import Add, Concat

LAYERS: dict[str, type[Layer]] = {
    layer.kind: layer for layer in (Dense, Activation, Scale, Standardize, Add, Concat, Dropout)
}
