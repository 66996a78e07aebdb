"""Modules of PyTorch: what they compute at inference, as layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from netsym.needed import need
from netsym.network.network import Network


def from_torch(
    module: Any, example_input: Any = None, *, batch: int | None = 0, all_digits: bool = False
) -> Network:
    """The network of a module of PyTorch at inference, with the names of its modules.

    `example_input` is a tensor, or a tuple of several, as the module takes; a program that
    `torch.export` made has its own. `batch` is the axis of the examples in them, which goes, None
    if there is none. A float32 is the shortest decimal that
    stands for it; with `all_digits` it is the float64 that it equals. It is read by
    `torch.export`, and the module stays as it is. Raises `SpecError` for what cannot be exported,
    and for operators that are no layers, all of them, with where they stand.
    """
    need("torch", "a module of PyTorch")
    from netsym.readers.torch.whole import network_of_module

    inputs: Sequence[Any] = example_input if isinstance(example_input, tuple) else (example_input,)
    inputs = () if example_input is None else inputs
    return network_of_module(module, inputs, batch, all_digits)
