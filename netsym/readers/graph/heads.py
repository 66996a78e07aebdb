"""Attention as it is taught, from the products, reshapes and transposes that exporters write."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

from netsym.graph.functions import LINEAR
from netsym.layers.attention import Attention, MaskedSoftmax
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation
from netsym.layers.merge import MatMul
from netsym.layers.shaping import Flatten, Reshape, Transpose
from netsym.readers.graph.builder import Constant, Made
from netsym.readers.graph.layers import Layers, function_of, near, number_of


@dataclass(frozen=True, slots=True)
class _Scores:
    """Products of queries with keys, times a number, and what is seen of them."""

    queries: str
    keys: str
    causal: bool
    scale: float
    turned: bool  # whether the keys stand as (heads, d_k, steps)


def attention(layers: Layers, made: Made) -> Made | None:
    """`softmax(Q Kᵀ/√d_k) V` of every head and one linear map of all => attention."""
    if not _is_linear(made):
        return None
    mixed = layers.only(made.sources[0])
    if mixed is not None and isinstance(mixed.layer, (Reshape, Flatten)):
        mixed = layers.only(mixed.sources[0])
        if mixed is None or mixed.layer != Transpose(axes=(2, 1, 3)):
            return None
        mixed = layers.only(mixed.sources[0])
    if mixed is None or mixed.layer != MatMul() or len(mixed.shape) not in (2, 3):
        return None
    scores = _scores(layers, mixed.sources[0])
    values = _projected(layers, mixed.sources[1], ((2, 1, 3), ()))
    if scores is None or values is None:
        return None
    keys_order = (2, 3, 1) if scores.turned else (2, 1, 3)
    queries = _projected(layers, scores.queries, ((2, 1, 3), ()))
    keys = _projected(layers, scores.keys, (keys_order, (2, 1) if scores.turned else ()))
    if queries is None or keys is None or keys.sources != values.sources:
        return None
    heads = mixed.shape[0] if len(mixed.shape) == 3 else 1
    width = made.shape[-1]
    squares = all(part.parameters["weights"].shape == (width, width) for part in (queries, made))
    if not squares or {keys.shape[-1], values.shape[-1]} != {width}:
        return None
    if not near(scores.scale, 1 / sqrt(width // heads)):
        return None
    parts = {"q": queries, "k": keys, "v": values, "o": made}
    sources = list(dict.fromkeys([*queries.sources, *keys.sources]))
    if scores.causal and len(sources) > 1:
        return None
    bias = any("bias" in part.parameters for part in parts.values())
    layer = Attention(heads=heads, causal=scores.causal, bias=bias)
    return Made(made.name, layer, sources, _parameters(parts, bias), made.shape, made.called)


def _parameters(parts: dict[str, Made], bias: bool) -> dict[str, Constant]:
    given: dict[str, Constant] = {}
    for role, part in parts.items():
        given[f"w{role}"] = part.parameters["weights"]
        if bias:
            zero = np.zeros(part.shape[-1], dtype=np.float32)
            given[f"b{role}"] = part.parameters.get("bias", zero)
    return given


def _is_linear(made: Made | None) -> bool:
    layer: Any = None if made is None else made.layer
    return isinstance(layer, Dense) and layer.activation == LINEAR and not layer.skip


def _projected(layers: Layers, name: str, orders: tuple[tuple[int, ...], ...]) -> Made | None:
    """The linear layer that queries, keys or values are, by heads with their axes in an order.

    The second order is that of a single head, which no reshape has made.
    """
    several, single = orders
    made = layers.only(name)
    if made is None:
        return None
    if len(made.shape) == 2 and single:
        made = layers.only(made.sources[0]) if made.layer == Transpose(axes=single) else None
    if made is None or len(made.shape) == 2:
        return made if _is_linear(made) else None
    if made.layer != Transpose(axes=several):
        return None
    split = layers.only(made.sources[0])
    if split is None or not isinstance(split.layer, Reshape) or len(split.shape) != 3:
        return None
    whole = layers.only(split.sources[0])
    return whole if _is_linear(whole) else None


def _scores(layers: Layers, name: str) -> _Scores | None:
    softmax = layers.only(name)
    if softmax is None or not isinstance(softmax.layer, (Activation, MaskedSoftmax)):
        return None
    causal = isinstance(softmax.layer, MaskedSoftmax)
    if isinstance(softmax.layer, MaskedSoftmax):
        steps = softmax.shape[-1]
        lower = tuple(np.tri(steps).astype(int).reshape(-1).tolist())
        if softmax.shape[-2] != steps or softmax.layer.present != lower:
            return None
    elif softmax.layer.activation != "softmax":
        return None
    name, after = _unscaled(layers, softmax.sources[0])
    product = layers.only(name)
    if product is None or not isinstance(product.layer, MatMul):
        return None
    (queries, one), (keys, other) = (_unscaled(layers, source) for source in product.sources)
    return _Scores(queries, keys, causal, after * one * other, not product.layer.transposed)


def _unscaled(layers: Layers, name: str) -> tuple[str, float]:
    """What a layer multiplies by a number, and that; exporters scale scores, queries or both."""
    made = layers.only(name)
    number = None if made is None else number_of(made)
    if made is None or not number or function_of(made) not in ("divide", "multiply"):
        return name, 1.0
    return made.sources[0], number if function_of(made) == "multiply" else 1 / number
