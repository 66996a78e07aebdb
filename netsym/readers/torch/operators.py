"""The operators that torch.export leaves: those that move values, and those that are layers."""

from __future__ import annotations

from collections.abc import Mapping

from netsym.readers.torch.axes import AXES
from netsym.readers.torch.elementwise import ELEMENTWISE, Rule
from netsym.readers.torch.products import PRODUCTS
from netsym.readers.torch.recurrent import RECURRENT
from netsym.readers.torch.windows import WINDOWS

#: What only moves values, by its first argument.
MOVES = frozenset({
    "alias", "chunk", "contiguous", "clone", "detach", "diagonal", "expand", "expand_as", "flatten",
    "flip", "gather", "index_select", "movedim", "narrow", "permute", "pixel_shuffle",
    "pixel_unshuffle", "repeat", "repeat_interleave", "reshape", "roll", "select", "slice", "split",
    "split_with_sizes", "squeeze", "swapaxes", "t", "take", "tile", "transpose", "tril", "triu",
    "unbind", "unflatten", "unfold", "unsqueeze", "view", "channel_shuffle", "adjoint",
    "matrix_H", "numpy_T", "unsafe_split", "unsafe_chunk", "lift_fresh_copy", "atleast_2d",
    "upsample_nearest1d", "rot90", "hsplit", "vsplit", "tensor_split", "ravel", "view_as",
    "reshape_as", "moveaxis", "swapdims", "squeeze_multiple",
})  # fmt: skip

#: By the name of the operator.
OPERATORS: Mapping[str, Rule] = {**ELEMENTWISE, **AXES, **PRODUCTS, **WINDOWS, **RECURRENT}
