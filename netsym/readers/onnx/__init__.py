"""Networks in ONNX files: every operator that is a formula of its inputs, as layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from netsym.needed import need
from netsym.network.network import Network


def from_onnx(
    model: Any,
    *,
    lengths: Mapping[str, int] | None = None,
    outputs: Sequence[str] = (),
    all_digits: bool = False,
) -> Network:
    """The network of an ONNX model or of the path of a .onnx file, with the names of its modules.

    The axis of the examples goes: it is the one of no fixed length, or a first one of length 1.
    Any other axis of no fixed length needs one by its name in `lengths`. `outputs` chooses some of
    the outputs. A float32 is the shortest decimal that stands for it; with `all_digits` it is
    the float64 that it equals. No code is run. Raises `SpecError` for what is no such model, and
    for operators that are no layers, all of them, with where they stand.
    """
    need("onnx", "an ONNX model")
    from netsym.readers.onnx.whole import network_of_model

    return network_of_model(model, lengths or {}, outputs, all_digits)
