"""Attention in Keras: of several heads, with its own weights, and without."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import sqrt
from typing import Any

import numpy as np

from netsym.readers.graph.builder import Constant
from netsym.readers.graph.operations import function, linear, matmul, reduce, softmax
from netsym.readers.graph.traced import Traced, Unreadable
from netsym.readers.keras.activations import ACTIVATIONS
from netsym.readers.keras.call import Call


# -- several heads ----------------------------------------------------------------------------
def _multi_head(call: Call) -> Any:
    """`softmax(Q Kᵀ/√d) V` of every head, and a linear map of all."""
    query, value, key = _read(call)
    heads, width = call.options.whole("num_heads"), call.options.whole("key_dim")
    deep = call.options.whole("value_dim", width) if call.options.has("value_dim") else width
    q = _heads(call, "query", query, heads, width)
    k = _heads(call, "key", key, heads, width)
    v = _heads(call, "value", value, heads, deep)
    scores = matmul(call.build, q, k.moved(lambda a: a.swapaxes(1, 2)))
    scores = function(call.build, "divide", scores, np.array(sqrt(width)))
    seen = softmax(call.build, _masked(call, scores), -1)
    mixed = matmul(call.build, seen, v).moved(lambda a: a.transpose(1, 0, 2))
    flat = mixed.moved(lambda a: a.reshape(len(a), -1))
    if call.options.flag("use_gate"):
        gate = _heads(call, "gate", query, heads, deep)
        gate = ACTIVATIONS["sigmoid"](call.build, gate)
        gate = gate.moved(lambda a: a.transpose(1, 0, 2).reshape(a.shape[1], -1))
        flat = function(call.build, "multiply", flat, gate)
    out = call.options.wholes("output_shape", 1)[0] if call.options.has(
        "output_shape") else query.shape[-1]  # fmt: skip
    made = _mapped(call, "output", flat, (heads, deep), (out,))
    return [made, seen] if call.named.pop("return_attention_scores", False) else made


def _read(call: Call) -> tuple[Traced, Traced, Traced]:
    """Queries, values and keys: sequences (steps, width)."""
    for place, name in enumerate(("query", "value", "key")):
        given = call.named.pop(name, None)
        if given is not None:
            call = call.with_argument(place, given)
    query, value = call.value(0), call.value(1)
    key = call.value(2) if len(call.args) > 2 and call.args[2] is not None else value
    for each in (query, value, key):
        if len(each.shape) != 2:
            raise Unreadable("compares more axes than the steps of sequences")
    if any(each is not None for each in call.args[3:]):
        raise Unreadable("has a mask that it is given")
    call.options.only("attention_axes", 1, [1])
    return query, value, key


def _heads(call: Call, role: str, x: Traced, heads: int, width: int) -> Traced:
    """Queries, keys or values by head (heads, steps, width)."""
    made = _mapped(call, role, x, (x.shape[-1],), (heads, width))
    return made.moved(lambda a: a.reshape(len(a), heads, width).transpose(1, 0, 2))


def _mapped(
    call: Call, role: str, x: Traced, inputs: tuple[int, ...], outputs: tuple[int, ...]
) -> Traced:
    """A linear map of every step, by the kernel (inputs, outputs) of a part of the layer."""
    bias = outputs if call.options.flag("use_bias", True) else None
    given = call.of(f"{role}_dense").arrays(kernel=inputs + outputs, bias=bias)
    count = int(np.prod(outputs))
    scope = call.build.scope
    call.build.scope = scope if role == "output" else f"{scope}.{role}"
    offset = given["bias"].reshape(-1) if "bias" in given else None
    made = linear(call.build, x, given["kernel"].reshape(-1, count).T, offset)
    call.build.scope = scope
    return made


def _masked(call: Call, scores: Traced) -> Traced:
    """Scores (…, to, from) with -inf where a step must not look."""
    to, read = scores.shape[-2:]
    behind = np.arange(to)[:, None] - np.arange(read)
    seen = np.ones((to, read), dtype=bool)
    if call.named.pop("use_causal_mask", False):
        seen &= behind >= 0
    if call.options.has("sliding_window"):
        seen &= abs(behind) < call.options.whole("sliding_window")
    if seen.all():
        return scores
    return function(call.build, "add", scores, np.where(seen, 0.0, -np.inf))


# -- without heads ----------------------------------------------------------------------------
def _attention(call: Call) -> Any:
    """`softmax(s Q Kᵀ) V`, or with the scores `w Σ tanh(s (q + k))`."""
    query, value, key = _listed(call)
    scaled = call.options.flag("use_scale")
    if call.options.text("score_mode", "dot", ("dot", "concat")) == "concat":
        given = call.arrays(scale=() if scaled else None, concat_score_weight=())
        sums = _added(call, query, key, given.get("scale"), None)
        scores = function(call.build, "multiply", sums, given["concat_score_weight"])
    else:
        scores = matmul(call.build, query, key.moved(lambda a: a.swapaxes(-1, -2)))
        if scaled:
            scores = function(call.build, "multiply", scores, call.arrays(scale=())["scale"])
    return _mixed(call, scores, value)


def _additive(call: Call) -> Any:
    """`softmax(Σ s tanh(q + k)) V` (Bahdanau et al., 2015)."""
    query, value, key = _listed(call)
    scaled = call.options.flag("use_scale", True)
    weights = call.arrays(scale=query.shape[-1:])["scale"] if scaled else None
    return _mixed(call, _added(call, query, key, None, weights), value)


def _listed(call: Call) -> tuple[Traced, Traced, Traced]:
    values = call.values()
    if len(values) not in (2, 3) or any(len(each.shape) != 2 for each in values):
        raise Unreadable("takes two or three sequences: queries, values and keys")
    return values[0], values[1], values[-1]


def _added(
    call: Call, query: Traced, key: Traced, scale: Constant | None, weights: Constant | None
) -> Traced:
    """`Σ w tanh(s (q + k))` of every query with every key."""
    total = function(call.build, "add", query.moved(lambda a: a[:, None]), key.moved(
        lambda a: a[None]))  # fmt: skip
    if scale is not None:
        total = function(call.build, "multiply", total, scale)
    curved = ACTIVATIONS["tanh"](call.build, total)
    if weights is not None:
        curved = function(call.build, "multiply", curved, weights)
    return reduce(call.build, "sum", curved, [-1], keep=False)


def _mixed(call: Call, scores: Traced, value: Traced) -> Any:
    seen = softmax(call.build, _masked(call, scores), -1)
    made = matmul(call.build, seen, value)
    return [made, seen] if call.named.pop("return_attention_scores", False) else made


#: By the class of the layer.
LAYERS: Mapping[str, Callable[[Call], Any]] = {
    "MultiHeadAttention": _multi_head, "Attention": _attention, "AdditiveAttention": _additive,
}  # fmt: skip
