"""What torch computes for a network: every layer by torch's own operations, in float64."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

import netsym
from netsym.layers import Activated, Layer
from netsym.layers.attention import Attention
from netsym.layers.convolution import Conv1d, Conv2d, ConvTranspose1d
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation, PReLU, Scale, Standardize
from netsym.layers.merge import Add, Concat, Gate, Multiply
from netsym.layers.normalisation import BatchNorm, GroupNorm, InstanceNorm, LayerNorm, RMSNorm
from netsym.layers.pooling import (
    AveragePool1d,
    AveragePool2d,
    GlobalAveragePool,
    GlobalMaxPool,
    MaxPool1d,
    MaxPool2d,
)
from netsym.layers.recurrent import GRU, LSTM, RNN, Recurrent
from netsym.layers.shaping import Flatten

ACTIVATIONS: dict[str, Any] = {
    "linear": lambda z: z,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "relu": torch.relu,
    "leaky_relu": lambda z, alpha=0.01: functional.leaky_relu(z, alpha),
    "elu": lambda z, alpha=1.0: functional.elu(z, alpha),
    "softplus": lambda z: functional.softplus(z, threshold=1e6),
    "silu": functional.silu,
    "gelu": functional.gelu,
    "gelu_tanh": lambda z: functional.gelu(z, approximate="tanh"),
    # hardsigmoid itself has 1/6 in float32 in its backward pass, whatever it is given
    "hard_sigmoid": lambda z: functional.relu6(z + 3) / 6,
    "exp": torch.exp,
    "sin": torch.sin,
    "gaussian": lambda z: torch.exp(-(z**2)),
    "softsign": functional.softsign,
    "selu": functional.selu,
    "celu": lambda z, alpha=1.0: functional.celu(z, alpha),
    "mish": functional.mish,
    "relu6": functional.relu6,
    "hard_tanh": functional.hardtanh,
    "satlin": lambda z: functional.hardtanh(z, 0.0, 1.0),
    "hard_swish": functional.hardswish,
    "step": lambda z: torch.heaviside(z.detach(), torch.ones_like(z)) + 0 * z,
    "softmax": lambda z: torch.softmax(z, -1),
}
#: Where activations have a kink.
KINKS = {
    "relu": (0.0,), "leaky_relu": (0.0,), "elu": (0.0,), "selu": (0.0,), "celu": (0.0,),
    "hard_sigmoid": (-3.0, 3.0), "hard_swish": (-3.0, 3.0), "hard_tanh": (-1.0, 1.0),
    "relu6": (0.0, 6.0), "satlin": (0.0, 1.0), "step": (0.0,),
}  # fmt: skip
MODULES = {RNN: nn.RNN, GRU: nn.GRU, LSTM: nn.LSTM}
GATES = {RNN: ("",), GRU: ("r", "z", "n"), LSTM: ("i", "f", "g", "o")}

NEAR = 1e-9

Given = Mapping[str, Tensor]


class Theirs:
    """A network as torch computes it: `outputs`, made of the `inputs` and of `arrays`.

    It is `unsure` where rounding decides, not mathematics: where a value that is not made of few
    binary digits is within rounding of a kink. On a kink itself it is sure.
    """

    def __init__(self, network: netsym.Network, x: Any, values: Mapping[str, float]) -> None:
        self.unsure = False
        self.names = network.input_names.all()
        self.inputs = torch.tensor(x, dtype=torch.float64, requires_grad=True)
        self.arrays: dict[int, tuple[Tensor, dict[int, str]]] = {}
        for placed in network.layers:
            for parameter in placed.parameters.values():
                array = torch.tensor(parameter.numbers(values), requires_grad=True)
                self.arrays[id(parameter)] = array, dict(parameter.named())
        found = {"input": self.inputs.reshape(network.inputs[0].shape)}
        for placed in network.layers:
            given = {key: self.arrays[id(p)][0] for key, p in placed.parameters.items()}
            read = [found[source] for source in placed.sources]
            found[placed.name] = self._layer(placed.layer, given, *read)
        self.outputs = found[network.layers[-1].name].reshape(-1)

    def _layer(self, layer: Layer, given: Given, *x: Tensor) -> Tensor:
        exact = all(torch.equal(8 * part, (8 * part).round()) for part in x)
        if isinstance(layer, Recurrent):
            self.unsure |= not exact and getattr(layer, "activation", "") == "relu"
            return recurrent(layer, given, *x)
        if isinstance(layer, (MaxPool1d, MaxPool2d, GlobalMaxPool)):
            self.unsure |= not exact and has_ties(x[0])
        z: Tensor = LINEAR[type(layer)](layer, given, *x)
        if not isinstance(layer, Activated):
            return z
        for kink in KINKS.get(layer.activation, ()):
            self.unsure |= not exact and bool(((z - kink).abs() < NEAR).any())
        alpha = () if layer.alpha is None else (layer.alpha,)
        a: Tensor = ACTIVATIONS[layer.activation](z, *alpha)
        return a + x[0] if isinstance(layer, Dense) and layer.skip else a

    def gradient(self, of: Tensor, keep: bool = False) -> list[Tensor]:
        """The derivatives of a number by the inputs and by every array."""
        leaves = [self.inputs, *(array for array, _ in self.arrays.values())]
        if not of.requires_grad:
            return [torch.zeros_like(leaf) for leaf in leaves]
        found = torch.autograd.grad(of, leaves, retain_graph=True, create_graph=keep,
                                    materialize_grads=True)  # fmt: skip
        return list(found)

    def by_name(self, arrays: list[Tensor]) -> dict[str, float]:
        """What is given for the inputs and for every array, by the names in these."""
        found = dict(zip(self.names, arrays[0].tolist(), strict=True))
        for (_, named), array in zip(self.arrays.values(), arrays[1:], strict=True):
            flat = array.detach().reshape(-1)
            found |= {name: flat[place].item() for place, name in named.items()}
        return found

    def along(self, directions: Mapping[str, float]) -> list[Tensor]:
        """Numbers by name, as arrays."""
        inputs = [directions[name] for name in self.names]
        arrays = [torch.tensor(inputs, dtype=torch.float64)]
        for array, named in self.arrays.values():
            flat = torch.zeros(array.numel(), dtype=torch.float64)
            for place, name in named.items():
                flat[place] = directions[name]
            arrays.append(flat.reshape(array.shape))
        return arrays


def has_ties(x: Tensor) -> bool:
    """Whether some of the values are equal, or nearly."""
    ordered = x.detach().reshape(-1).sort().values
    return bool((ordered.diff() < NEAR).any())


# -- layers --------------------------------------------------------------------------------------
def recurrent(layer: Recurrent, given: Given, x: Tensor) -> Tensor:
    """By torch's modules, which have two biases where one is enough."""
    kind = type(layer)
    options = {"nonlinearity": layer.activation} if isinstance(layer, RNN) else {}
    module = MODULES[kind](x.shape[-1], layer.units, bias=layer.bias, **options).double()
    state = {
        "weight_ih_l0": torch.cat([given[f"w{gate}"] for gate in GATES[kind]]),
        "weight_hh_l0": torch.cat([given[f"u{gate}"] for gate in GATES[kind]]),
    }
    if layer.bias:
        state["bias_ih_l0"] = torch.cat([given[f"b{gate}"] for gate in GATES[kind]])
        zero = torch.zeros(layer.units, dtype=torch.float64)
        inner = [zero, zero, given["bu"]] if kind is GRU else [zero] * len(GATES[kind])
        state["bias_hh_l0"] = torch.cat(inner)
    steps, _ = torch.func.functional_call(module, state, (x.flip(0) if layer.reverse else x,))
    if layer.returns == "last":
        return steps[-1]
    return steps.flip(0) if layer.reverse else steps


def attention(layer: Attention, given: Given, x: Tensor) -> Tensor:
    biases = torch.cat([given[f"b{role}"] for role in "qkv"]) if layer.bias else None
    ahead = torch.ones(len(x), len(x), dtype=torch.bool).triu(1) if layer.causal else None
    found, _ = functional.multi_head_attention_forward(
        x[:, None], x[:, None], x[:, None], x.shape[-1], layer.heads,
        torch.cat([given[f"w{role}"] for role in "qkv"]), biases, None, None, False, 0.0,
        given["wo"], given.get("bo"), attn_mask=ahead, need_weights=True,
    )  # fmt: skip
    return found[:, 0]


def batch_norm(layer: BatchNorm, given: Given, x: Tensor) -> Tensor:
    """By hand: torch's has no derivative by the mean and the variance."""
    along = {key: value.reshape(-1, *[1] * (x.ndim - 1)) for key, value in given.items()}
    normal = (x - along["mean"]) / torch.sqrt(along["variance"] + layer.eps)
    return along.get("gamma", 1) * normal + along.get("beta", 0)


def convolution(function: Any) -> Any:
    def convolved(layer: Any, given: Given, x: Tensor) -> Tensor:
        along = layer.stride[0], layer.padding[0]
        found: Tensor = function(x, given["weights"], given.get("bias"), *along)
        return found

    return convolved


def standardize(layer: Standardize, given: Given, x: Tensor) -> Tensor:
    return (x - given["mean"]) / given["scale"]


LINEAR: dict[type[Layer], Any] = {
    Dense: lambda layer, p, x: functional.linear(x, p["weights"], p.get("bias")),
    Activation: lambda layer, p, x: x,
    PReLU: lambda layer, p, x: torch.prelu(x[None], p["slopes"])[0],
    Scale: lambda layer, p, x: p["weights"] * x + p.get("bias", 0),
    Standardize: standardize,
    Add: lambda layer, p, *x: sum(x),
    Multiply: lambda layer, p, *x: torch.stack(x).prod(0),
    Gate: lambda layer, p, g, x, y: torch.lerp(y, x, g),
    Concat: lambda layer, p, *x: torch.cat(x, -1 if layer.axis is None else layer.axis),
    Flatten: lambda layer, p, x: x.flatten(),
    Attention: attention,
    BatchNorm: batch_norm,
    # by torch's own gamma and beta it has no second derivatives where one of them is missing
    LayerNorm: lambda layer, p, x: p.get("gamma", 1) * functional.layer_norm(
        x, x.shape[-1:], eps=layer.eps) + p.get("beta", 0),
    RMSNorm: lambda layer, p, x: functional.rms_norm(x, x.shape[-1:], p.get("gamma"), layer.eps),
    GroupNorm: lambda layer, p, x: torch.group_norm(
        x[None], layer.groups, p.get("gamma"), p.get("beta"), layer.eps)[0],
    InstanceNorm: lambda layer, p, x: torch.group_norm(
        x[None], len(x), p.get("gamma"), p.get("beta"), layer.eps)[0],
    MaxPool1d: lambda layer, p, x: functional.max_pool1d(x, layer.kernel, layer.geometry.stride),
    MaxPool2d: lambda layer, p, x: functional.max_pool2d(x, layer.kernel, layer.geometry.stride),
    AveragePool1d: lambda layer, p, x: functional.avg_pool1d(
        x, layer.kernel, layer.geometry.stride),
    AveragePool2d: lambda layer, p, x: functional.avg_pool2d(
        x, layer.kernel, layer.geometry.stride),
    GlobalAveragePool: lambda layer, p, x: x.flatten(1).mean(1),
    GlobalMaxPool: lambda layer, p, x: x.flatten(1).max(1).values,
    Conv1d: convolution(functional.conv1d),
    Conv2d: convolution(functional.conv2d),
    ConvTranspose1d: lambda layer, p, x: functional.conv_transpose1d(
        x, p["weights"], p.get("bias"), layer.stride[0])[..., layer.padding[0]:],
}  # fmt: skip
