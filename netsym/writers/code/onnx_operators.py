"""Layers and activations that are one operator of ONNX: in float32, as runtimes have them.

`epsilon` and `alpha` are float32 in any model, and of most of these onnxruntime has no other
kernel; so in float64 a layer is what its formula says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from netsym.layers.convolution import Convolution, Transposed
from netsym.layers.normalisation import BatchNorm, InstanceNorm, LayerNorm
from netsym.layers.pooling import AveragePool, Pool
from netsym.layers.recurrent import GRU, LSTM, NAMED, READ, RNN, Recurrent

#: The gates of recurrent layers in ONNX's order, by their letters.
GATES: Mapping[type[Recurrent], tuple[str, ...]] = {
    LSTM: ("i", "o", "f", "g"), GRU: ("z", "r", "n"), RNN: ("",),
}  # fmt: skip
#: And of peepholes.
PEEPHOLES = ("i", "o", "f")

#: Activations, with the options that do not depend on the layer.
ACTIVATIONS: Mapping[str, tuple[str, Mapping[str, float]]] = {
    "leaky_relu": ("LeakyRelu", {}),
    "elu": ("Elu", {}),
    "celu": ("Celu", {}),
    "selu": ("Selu", {}),
    "softplus": ("Softplus", {}),
    "softsign": ("Softsign", {}),
    "mish": ("Mish", {}),
    "hard_sigmoid": ("HardSigmoid", {"alpha": 1 / 6, "beta": 0.5}),
    "hard_swish": ("HardSwish", {}),
}
#: Activations that are what they read, brought between two numbers.
CLIPPED = {"relu6": (0.0, 6.0), "hard_tanh": (-1.0, 1.0), "satlin": (0.0, 1.0)}


# -- windows ----------------------------------------------------------------------------------
def _convolution(ops: Any, layer: Convolution, parameters: Mapping[str, Any], x: Any) -> Any:
    said = _windows(layer)
    if isinstance(layer, Transposed):
        said["output_padding"] = layer.more
    operator = "ConvTranspose" if isinstance(layer, Transposed) else "Conv"
    found = ops.made(layer.shape(x.shape), operator, x, *parameters.values(), **said,
                     dilations=layer.geometry.dilation, group=layer.groups)  # fmt: skip
    return layer.activate(ops, found)


def _pool(ops: Any, layer: Pool, _: Mapping[str, Any], x: Any) -> Any:
    """None for what the operator does not take."""
    geometry, said = layer.geometry, _windows(layer)
    if any(max(p) >= k for p, k in zip(geometry.padding, geometry.kernel, strict=True)):
        return None
    if not isinstance(layer, AveragePool):
        return ops.made(layer.shape(x.shape), "MaxPool", x, **said, dilations=geometry.dilation)
    if set(geometry.dilation) != {1}:
        return None
    counted = int(layer.count_padding)
    return ops.made(layer.shape(x.shape), "AveragePool", x, **said, count_include_pad=counted)


def _windows(layer: Convolution | Pool) -> dict[str, Any]:
    """How a kernel moves."""
    geometry = layer.geometry
    pads = [pair[end] for end in (0, 1) for pair in geometry.padding]
    return {"kernel_shape": geometry.kernel, "strides": geometry.stride, "pads": pads}


def _global(operator: str) -> Callable[..., Any]:
    def row(ops: Any, _: Any, __: Mapping[str, Any], x: Any) -> Any:
        channels, *lengths = x.shape
        found = ops.made((channels, *(1 for _ in lengths)), operator, x)
        return ops.reshape(found, len(x.shape), (channels,))

    return row


# -- normalisation ----------------------------------------------------------------------------
def _batch_norm(ops: Any, layer: BatchNorm, parameters: Mapping[str, Any], x: Any) -> Any:
    gamma, beta = _gain_and_shift(parameters, x.shape[0])
    given = gamma, beta, parameters["mean"], parameters["variance"]
    return ops.made(x.shape, "BatchNormalization", x, *given, epsilon=layer.eps)


def _layer_norm(ops: Any, layer: LayerNorm, parameters: Mapping[str, Any], x: Any) -> Any:
    given = _gain_and_shift(parameters, x.shape[-1])[: 1 + ("beta" in parameters)]
    return ops.made(x.shape, "LayerNormalization", x, *given, axis=-1, epsilon=layer.eps)


def _instance_norm(ops: Any, layer: InstanceNorm, parameters: Mapping[str, Any], x: Any) -> Any:
    given = _gain_and_shift(parameters, x.shape[0])
    return ops.made(x.shape, "InstanceNormalization", x, *given, epsilon=layer.eps)


def _gain_and_shift(parameters: Mapping[str, Any], length: int) -> tuple[Any, Any]:
    return (
        parameters.get("gamma", np.ones(length)),
        parameters.get("beta", np.zeros(length)),
    )


# -- recurrent layers -------------------------------------------------------------------------
def _recurrent(
    ops: Any, layer: Recurrent, parameters: Mapping[str, Any], x: Any, *read: Any
) -> Any:
    def kept(key: str, numbers: Any) -> str:
        found: str = ops.named(ops.called(key, numbers[None]))
        return found

    steps, _ = x.shape
    gates = GATES[type(layer)]
    given: list[Any] = [
        ops.nodes.node("Transpose", [x.name], perm=[1, 0, 2]),
        kept("W", _stacked(parameters, "w", gates)),
        kept("R", _stacked(parameters, "u", gates)),
        kept("B", _biases(layer, parameters, gates)) if layer.bias else "",
        "",
        *_states(ops, layer, parameters, read),
    ]
    if isinstance(layer, LSTM) and layer.peepholes:
        given += [""] * (7 - len(given))
        given.append(kept("P", _stacked(parameters, "p", PEEPHOLES)))
    while not given[-1]:
        given.pop()
    every = layer.returns == "all"
    targets = [f"{ops.nodes.scope}/Y"] if every else ["", f"{ops.nodes.scope}/Y_h"]
    operator = layer.kind.upper()
    *_, found = ops.nodes.several(
        operator, given, targets, hidden_size=layer.units, **_options(layer)
    )
    first = ops.nodes.places([0])
    if not every:
        return ops.made((layer.units,), "Squeeze", found, first)
    ordered = ops.nodes.node("Transpose", [found], perm=[1, 2, 0, 3])
    return ops.made((steps, layer.units), "Squeeze", ordered, first)


def _stacked(parameters: Mapping[str, Any], letter: str, gates: tuple[str, ...]) -> Any:
    """Weights of all gates, one below the other; zeros for those that are not there."""
    some = next(parameters[key] for key in (f"{letter}{gate}" for gate in gates)
                if key in parameters)  # fmt: skip
    return np.concatenate(
        [parameters.get(f"{letter}{gate}", np.zeros(some.shape)) for gate in gates]
    )


def _biases(layer: Recurrent, parameters: Mapping[str, Any], gates: tuple[str, ...]) -> Any:
    """Those of the inputs, then those of the states, which are 0 but for a gate that resets."""
    inner = [np.zeros(layer.units) for _ in gates]
    if "bu" in parameters:
        inner[-1] = parameters["bu"]
    return np.concatenate([_stacked(parameters, "b", gates), *inner])


def _states(
    ops: Any, layer: Recurrent, parameters: Mapping[str, Any], read: tuple[Any, ...]
) -> list[str]:
    """The states before the first step, (1, N, units)."""
    if layer.state == READ:
        first = ops.nodes.places([0])
        return [ops.nodes.node("Unsqueeze", [each.name, first]) for each in read]
    if layer.state == NAMED:
        starts = (parameters[f"{letter}0"] for letter in layer.states)
        return [ops.nodes.expanded(ops.named(each), [1], each.shape) for each in starts]
    return []


def _options(layer: Recurrent) -> dict[str, Any]:
    said: dict[str, Any] = {"direction": "reverse"} if layer.reverse else {}
    if layer.clip is not None:
        said["clip"] = layer.clip
    if isinstance(layer, GRU) and layer.reset == "after":
        said["linear_before_reset"] = 1
    if isinstance(layer, LSTM) and layer.coupled:
        said["input_forget"] = 1
    if isinstance(layer, RNN):
        said["activations"] = [layer.activation.capitalize()]
    return said


#: By the type of a layer: `row(ops, layer, parameters, *inputs)` is its value.
LAYERS: Mapping[str, Callable[..., Any]] = {
    **{f"{kind}{axes}d": row for axes in (1, 2, 3) for kind, row in (
        ("conv", _convolution), ("conv_transpose", _convolution),
        ("max_pool", _pool), ("average_pool", _pool),
    )},
    "global_average_pool": _global("GlobalAveragePool"),
    "global_max_pool": _global("GlobalMaxPool"),
    "batch_norm": _batch_norm, "layer_norm": _layer_norm, "instance_norm": _instance_norm,
    "lstm": _recurrent, "gru": _recurrent, "rnn": _recurrent,
}  # fmt: skip
