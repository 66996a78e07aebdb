"""Layers as they are taught, from those that exporters write: a rule for each way of writing one.

A rule looks at one layer and at those before it; what it replaces must be read by nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import pi, sqrt
from typing import Any

import numpy as np

from netsym.graph.functions import FUNCTIONS, LINEAR
from netsym.layers import Activated, Layer
from netsym.layers.blocks import INPUT
from netsym.layers.convolution import Convolution
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation, Scale, Standardize
from netsym.layers.function import Function
from netsym.layers.normalisation import LayerNorm, RMSNorm
from netsym.layers.reduce import Reduce
from netsym.readers.graph.builder import Constant, Made, Names
from netsym.readers.graph.heads import attention
from netsym.readers.graph.layers import Layers, function_of, near, number_of

Rule = Callable[[Layers, Made], Made | None]


def recognised(
    made: Mapping[str, Made], ends: Mapping[str, str]
) -> tuple[list[Made], dict[str, str]]:
    """The layers that the outputs need, written as they are taught; and what gives each output.

    `ends` says which layer gives which output.
    """
    for rule in RULES:
        layers = Layers.of(made, ends.values())
        for name in [*layers.made]:
            if name in layers.made:
                found = rule(layers, layers.made[name])
                if found is not None:
                    layers.put(name, found)
        made = layers.made
    kept = Layers.of(made, ends.values()).made
    inputs = {source for each in kept.values() for source in each.sources if source not in kept}
    free = Names({INPUT, *inputs}).free
    names = {
        name: free(each.called or f"layer{number}")
        for number, (name, each) in enumerate(kept.items(), 1)
    }
    renamed = [
        replace(
            each, name=names[name], sources=[names.get(source, source) for source in each.sources]
        )
        for name, each in kept.items()
    ]
    return renamed, {output: names.get(name, name) for output, name in ends.items()}


# -- functions that are written out ------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Product:
    """A product: the layers that it multiplies, and the number before them."""

    factors: tuple[str, ...]
    number: float


def _product(layers: Layers, made: Made) -> _Product:
    """What a layer multiplies, through the products before it that nothing else reads."""
    factors, number, open_ = list[str](), 1.0, [made]
    while open_:
        each = open_.pop()
        kind, constant = function_of(each), number_of(each)
        if kind in ("multiply", "divide") and constant is not None:
            number *= constant if kind == "multiply" else 1 / constant
        elif kind != "multiply" or "constant" in each.parameters:
            factors.append(each.name)
            continue
        for source in each.sources:
            below = layers.only(source)
            if below is not None and function_of(below) in ("multiply", "divide"):
                open_.append(below)
            else:
                factors.append(source)
    return _Product(tuple(sorted(factors)), number)


def _self_gated(layers: Layers, made: Made) -> Made | None:
    """`x*sigmoid(x) => silu(x)`, and gelu, mish and hard_swish as they are written out."""
    product = _product(layers, made)
    if len(product.factors) != 2:
        return None
    for x, gate in (product.factors, product.factors[::-1]):
        found = layers.only(gate)
        name = None if found is None else _gated(layers, x, found, product.number)
        if name is not None:
            return replace(made, layer=Activation(activation=name), sources=[x], parameters={})
    return None


def _gated(layers: Layers, x: str, gate: Made, number: float) -> str | None:
    kind = function_of(gate)
    if gate.sources == [x] and number == 1:
        known = {"sigmoid": "silu", "hard_sigmoid": "hard_swish"}
        return known.get(kind)
    if kind == "tanh" and number == 1:
        inner = layers.function(gate.sources[0], "softplus")
        return "mish" if inner is not None and inner.sources == [x] else None
    if kind != "add" or number_of(gate) != 1 or not near(number, 0.5):
        return None
    inner = layers.function(gate.sources[0], "erf")
    if inner is not None:
        scaled = layers.only(inner.sources[0])
        if scaled is not None:
            product = _product(layers, scaled)
            if product.factors == (x,) and near(product.number, 1 / sqrt(2)):
                return "gelu"
    inner = layers.function(gate.sources[0], "tanh")
    return "gelu_tanh" if inner is not None and _is_gelu_tanh(layers, x, inner) else None


def _is_gelu_tanh(layers: Layers, x: str, tanh: Made) -> bool:
    """`√(2/π) (x + 0.044715 x³)` inside of the tanh."""
    scaled = layers.only(tanh.sources[0])
    if scaled is None:
        return False
    product = _product(layers, scaled)
    if len(product.factors) != 1 or not near(product.number, sqrt(2 / pi)):
        return False
    total = layers.function(product.factors[0], "add")
    if total is None or x not in total.sources or len(total.sources) != 2:
        return False
    (cubic,) = [source for source in total.sources if source != x] or [""]
    term = layers.only(cubic)
    if term is None:
        return False
    inner = _product(layers, term)
    if not near(inner.number, 0.044715):
        return False
    powers = 0
    for factor in inner.factors:
        each = layers.before(factor)
        if factor == x:
            powers += 1
        elif (each is not None and each.sources == [x] and isinstance(each.layer, Function)
              and each.layer.exponent):  # fmt: skip
            powers += each.layer.exponent
        else:
            return False
    return powers == 3


# -- normalisation that is written out ---------------------------------------------------------
def _layer_norm(layers: Layers, made: Made) -> Made | None:
    """`(x - mean(x))/√(mean((x - mean(x))²) + eps) => layer_norm(x)`."""
    if function_of(made) != "divide" or len(made.sources) != 2:
        return None
    centred, eps, inside = _over_root(layers, made)
    if centred is None or inside is None:
        return None
    before = layers.before(centred)
    if inside != centred or before is None or len(before.sources) != 2:
        return None
    mean = layers.before(before.sources[1])
    is_centred = function_of(before) == "subtract" and mean is not None
    if not is_centred or mean is None or not _is_mean(mean, before.sources[0]):
        return None
    norm = LayerNorm(eps=eps, use_gamma=False, use_beta=False)
    return replace(made, layer=norm, sources=[before.sources[0]], parameters={})


def _rms_norm(layers: Layers, made: Made) -> Made | None:
    """`x/√(mean(x²) + eps) => rms_norm(x)`."""
    if function_of(made) != "divide" or len(made.sources) != 2:
        return None
    x, eps, inside = _over_root(layers, made)
    if x is None or inside != x:
        return None
    layer = RMSNorm(eps=eps, use_gamma=False)
    return replace(made, layer=layer, sources=[x], parameters={})


def _over_root(layers: Layers, made: Made) -> tuple[str | None, float, str | None]:
    """Of `u/√(mean(v²) + eps)`: u, eps and v; None where it is not so."""
    none = (None, 0.0, None)
    root = layers.function(made.sources[1], "sqrt")
    shifted = None if root is None else layers.function(root.sources[0], "add")
    eps = None if shifted is None else number_of(shifted)
    if shifted is None or eps is None:
        return none
    mean = layers.only(shifted.sources[0])
    square = None if mean is None else layers.only(mean.sources[0])
    if mean is None or square is None or not _is_mean(mean, square.name):
        return none
    if not isinstance(square.layer, Function) or square.layer.exponent != 2:
        return none
    return made.sources[0], eps, square.sources[0]


def _is_mean(made: Made, of: str) -> bool:
    """Whether a layer is the mean along the last axis, which stays."""
    layer = made.layer
    if not isinstance(layer, Reduce) or layer.reduction != "mean" or made.sources != [of]:
        return False
    axes = len(made.shape)
    return layer.keep and (layer.axes == (axes,) or (axes == 1 and not layer.axes))


def _gain(layers: Layers, made: Made) -> Made | None:
    """`norm(x)*gamma => norm(x)` with its gamma, and the same of a shift beta."""
    kind, constant = function_of(made), made.parameters.get("constant")
    if constant is None or constant.shape != made.shape[-1:] or kind not in ("multiply", "add"):
        return None
    norm = layers.only(made.sources[0])
    key = "gamma" if kind == "multiply" else "beta"
    if norm is None or not isinstance(norm.layer, (LayerNorm, RMSNorm)):
        return None
    if key not in norm.layer.letters or getattr(norm.layer, f"use_{key}"):
        return None
    if key == "gamma" and getattr(norm.layer, "use_beta", False):
        return None
    layer: Any = replace(norm.layer, **{f"use_{key}": True})  # type: ignore[arg-type]
    return _instead(made, norm, layer, {**norm.parameters, key: constant})


# -- layers and what follows them --------------------------------------------------------------
def _bias(layers: Layers, made: Made) -> Made | None:
    """`W x` and then `+ b => W x + b`, for a dense layer and for the channels of a convolution."""
    constant = made.parameters.get("constant")
    linear = layers.only(made.sources[0])
    if function_of(made) != "add" or constant is None or linear is None:
        return None
    layer = linear.layer
    if not isinstance(layer, (Dense, Convolution)) or layer.use_bias or layer.activation != LINEAR:
        return None
    if isinstance(layer, Dense):
        count, fits = layer.units, constant.size == constant.shape[-1]
    else:
        count = layer.channels
        fits = constant.size == 1 or constant.shape == (count, *(1,) * layer.axes)
    flat = constant.reshape(-1)
    if not fits or flat.size not in (1, count):
        return None
    bias = np.broadcast_to(flat, (count,))
    given = {**linear.parameters, "bias": bias}
    return _instead(made, linear, replace(layer, use_bias=True), given)


def _activation(layers: Layers, made: Made) -> Made | None:
    """`W x + b` and then `g => g(W x + b)`."""
    linear = layers.only(made.sources[0])
    if not isinstance(made.layer, Activation) or linear is None:
        return None
    layer = linear.layer
    if not isinstance(layer, Activated) or isinstance(layer, Activation):
        return None
    if layer.activation != LINEAR or getattr(layer, "skip", False):
        return None
    if FUNCTIONS[made.layer.activation].vector and not isinstance(layer, Dense):
        return None
    merged: Any = replace(layer, activation=made.layer.activation, alpha=made.layer.alpha)
    return _instead(made, linear, merged, linear.parameters)


def _instead(made: Made, before: Made, layer: Any, given: dict[str, Constant]) -> Made:
    """A layer in place of two: it gives what the second gave, and is called as the first."""
    return Made(made.name, layer, before.sources, given, made.shape, before.called)


def _standardized(layers: Layers, made: Made) -> Made | None:
    """`x - m` and then `/ s => standardize`, of vectors of numbers."""
    return _of_two(layers, made, Standardize(), {"subtract": "mean", "divide": "scale"})


def _scaled(layers: Layers, made: Made) -> Made | None:
    """`w*x` and then `+ b => scale`, of vectors of numbers."""
    return _of_two(layers, made, Scale(), {"multiply": "weights", "add": "bias"})


def _of_two(layers: Layers, made: Made, layer: Layer, steps: dict[str, str]) -> Made | None:
    """A layer in place of two functions of vectors, each by the parameter that its numbers are."""
    (first, one), (last, other) = steps.items()
    after, before = _vector(made, last), layers.only(made.sources[0])
    numbers = None if before is None else _vector(before, first)
    if after is None or before is None or numbers is None:
        return None
    given = {one: numbers, other: after}
    return replace(made, layer=layer, sources=before.sources, parameters=given)


def _vector(made: Made, function: str) -> Constant | None:
    """The numbers of a function of a value, if there is one for each entry."""
    constant = made.parameters.get("constant")
    if constant is None or function_of(made) != function or constant.shape != made.shape:
        return None
    first = isinstance(made.layer, Function) and made.layer.first
    return None if first and function in ("subtract", "divide") else constant


#: In this order: what is inside of others comes first.
RULES: Sequence[Rule] = (
    _self_gated, _layer_norm, _rms_norm, _gain, _gain, _bias, _standardized, _scaled, attention,
    _activation,
)  # fmt: skip
