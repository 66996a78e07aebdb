"""Products of torch, and attention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any

import numpy as np

from netsym.readers.graph.builder import Builder, Constant
from netsym.readers.graph.einsum import einsum
from netsym.readers.graph.operations import (
    function,
    linear,
    matmul,
    softmax,
)
from netsym.readers.graph.traced import Traced, Unreadable
from netsym.readers.torch.elementwise import Rule


def _linear(build: Builder, value: Any, weights: Any, bias: Any = None) -> Traced:
    if isinstance(value, Traced) and not isinstance(weights, Traced):
        return linear(build, value, weights, bias)
    turned = weights.moved(lambda a: a.T) if isinstance(weights, Traced) else weights.T
    made = matmul(build, value, turned)
    return made if bias is None else function(build, "add", made, bias)


def _bilinear(build: Builder, one: Traced, other: Traced, weights: Constant,
              bias: Constant | None = None) -> Traced:  # fmt: skip
    made = einsum(build, "...i,kij,...j->...k", [one, weights, other])
    return made if bias is None else function(build, "add", made, bias)


def _matmul(build: Builder, one: Any, other: Any) -> Traced:
    return matmul(build, one, other)


def _added_product(build: Builder, bias: Any, one: Any, other: Any, *, beta: float = 1,
                   alpha: float = 1) -> Traced:  # fmt: skip
    if (beta, alpha) != (1, 1):
        raise Unreadable("scales its product")
    if isinstance(one, Traced) and not isinstance(other, Traced) and np.ndim(bias) == 1:
        return linear(build, one, other.T, bias)
    return function(build, "add", matmul(build, one, other), bias)


def _einsum(build: Builder, equation: str, values: Sequence[Any], **_: Any) -> Traced:
    return einsum(build, equation, values)


def _attention(build: Builder, queries: Traced, keys: Traced, values: Traced, mask: Any = None,
               dropout: float = 0.0, is_causal: bool = False, *, scale: float | None = None,
               enable_gqa: bool = False) -> Traced:  # fmt: skip
    """`softmax(Q Kᵀ/√d_k) V`, of what a mask leaves."""
    if dropout:
        raise Unreadable("trains: its dropout is random")
    if enable_gqa:
        many = queries.shape[-3] // keys.shape[-3]
        keys, values = (
            each.moved(lambda places: np.repeat(places, many, axis=-3)) for each in (keys, values)
        )
    turned = keys.moved(lambda places: np.swapaxes(places, -1, -2))
    scores = matmul(build, queries, turned)
    if scale is None:
        scores = function(build, "divide", scores, np.array(sqrt(queries.shape[-1])))
    else:
        scores = function(build, "multiply", scores, np.array(float(scale)))
    if is_causal:
        mask = np.tri(*scores.shape[-2:], dtype=bool)
    if isinstance(mask, np.ndarray) and mask.dtype == bool:
        mask = np.where(mask, 0.0, -np.inf)
    if mask is not None:
        scores = function(build, "add", scores, mask)
    return matmul(build, softmax(build, scores, -1), values)


#: By the name of the operator.
PRODUCTS: Mapping[str, Rule] = {
    "linear": _linear, "bilinear": _bilinear, "matmul": _matmul, "mm": _matmul, "bmm": _matmul,
    "mv": _matmul, "dot": _matmul, "addmm": _added_product, "baddbmm": _added_product,
    "einsum": _einsum, "scaled_dot_product_attention": _attention,
}  # fmt: skip
