"""A small example of every type of layer and block: what it reads, and what a spec says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from netsym.layers import Shape
from netsym.layers.blocks import BLOCK


@dataclass(frozen=True, slots=True)
class Sample:
    """The shapes that a layer reads, by the names of the inputs, and its keys in a spec."""

    reads: Mapping[str, Shape]
    said: Mapping[str, Any] = field(default_factory=dict)


_VECTOR: Mapping[str, Shape] = {"x": (2,)}
_SEQUENCE: Mapping[str, Shape] = {"x": (2, 2)}
_ERROR: Mapping[str, Shape] = {"p": (2,), "t": (2,)}

#: By type; every type has one.
SAMPLES: Mapping[str, Sample] = {
    "dense": Sample(_VECTOR, {"units": 3, "activation": "tanh"}),
    "activation": Sample(_VECTOR, {"activation": "softmax"}),
    "prelu": Sample(_VECTOR),
    "scale": Sample(_VECTOR),
    "standardize": Sample(_VECTOR),
    "add": Sample({"x": (2,), "v": (2,)}),
    "multiply": Sample({"x": (2,), "v": (2,)}),
    "gate": Sample({"g": (2,), "x": (2,), "v": (2,)}),
    "concat": Sample({"x": (2,), "v": (1,)}),
    "matmul": Sample({"x": (2, 2), "v": (2, 1)}),
    "function": Sample(_VECTOR, {"function": "max"}),
    "reduce": Sample({"x": (2, 3)}, {"reduction": "mean", "axes": 2}),
    "dropout": Sample(_VECTOR, {"rate": 0.2}),
    "embedding": Sample({"x": (2, 3)}, {"width": 2}),
    "positions": Sample(_SEQUENCE),
    "attention": Sample(_SEQUENCE, {"causal": True}),
    "masked_softmax": Sample({"x": (3,)}, {"present": [1, 0, 1]}),
    "feedforward": Sample({"x": (1, 2)}, {"hidden": 3}),
    "rnn": Sample({"x": (2, 1)}, {"units": 1}),
    "gru": Sample({"x": (2, 1)}, {"units": 1}),
    "lstm": Sample({"x": (2, 1)}, {"units": 1}),
    "conv1d": Sample({"x": (1, 4)}, {"channels": 1, "kernel": 3, "activation": "relu"}),
    "conv2d": Sample({"x": (1, 3, 3)}, {"channels": 1, "kernel": [2, 2]}),
    "conv_transpose1d": Sample({"x": (1, 2)}, {"channels": 1, "kernel": 2}),
    "conv_transpose2d": Sample({"x": (1, 2, 2)}, {"channels": 1, "kernel": [2, 2], "stride": 2}),
    "max_pool1d": Sample({"x": (1, 4)}, {"kernel": 2}),
    "max_pool2d": Sample({"x": (1, 2, 4)}, {"kernel": [2, 2]}),
    "average_pool1d": Sample({"x": (1, 4)}, {"kernel": 2}),
    "average_pool2d": Sample({"x": (1, 2, 4)}, {"kernel": [2, 2]}),
    "conv3d": Sample({"x": (1, 2, 2, 2)}, {"channels": 1, "kernel": [1, 2, 2]}),
    "conv_transpose3d": Sample({"x": (1, 1, 1, 2)}, {"channels": 1, "kernel": [1, 1, 2]}),
    "max_pool3d": Sample({"x": (1, 2, 2, 2)}, {"kernel": 2}),
    "average_pool3d": Sample({"x": (1, 2, 2, 2)}, {"kernel": [2, 1, 2]}),
    "global_average_pool": Sample({"x": (2, 2, 2)}),
    "global_max_pool": Sample({"x": (2, 2, 2)}),
    "flatten": Sample(_SEQUENCE),
    "reshape": Sample({"x": (4,)}, {"to": [2, 2]}),
    "transpose": Sample({"x": (2, 3)}),
    "rearrange": Sample({"x": (3,)}, {"positions": [2, 0, 1, 2]}),
    "pad": Sample({"x": (1, 3)}, {"padding": 1}),
    "upsample": Sample({"x": (1, 2)}, {"scale": 2}),
    "batch_norm": Sample(_VECTOR),
    "layer_norm": Sample(_VECTOR),
    "rms_norm": Sample(_VECTOR),
    "group_norm": Sample({"x": (4,)}, {"groups": 2}),
    "instance_norm": Sample(_SEQUENCE),
    "part": Sample({"x": (4,)}, {"lengths": [2], "start": 1}),
    "given": Sample({"x": (1,)}, {"lengths": [2], "values": [0.5, 2]}),
    "formula": Sample(_VECTOR, {"formula": "w*x_1*x_2 + b"}),
    "cost": Sample({"x": (3,)}),
    "mse": Sample(_ERROR),
    "sse": Sample(_ERROR),
    "mae": Sample(_ERROR),
    "huber": Sample(_ERROR, {"delta": 2.0}),
    "hinge": Sample(_ERROR),
    "bce": Sample(_ERROR),
    "bce_logits": Sample(_ERROR),
    "cross_entropy": Sample(_ERROR),
    "cross_entropy_logits": Sample(_ERROR),
    "recurrent": Sample({"x": (2, 1)}, {"cell": "rnn", "units": 1, "bidirectional": True}),
    "encoder": Sample(_SEQUENCE, {"heads": 1, "hidden": 2}),
    "decoder": Sample(_SEQUENCE, {"heads": 1, "hidden": 2}),
    BLOCK: Sample(
        _VECTOR,
        {
            "repeat": 2,
            "residual": True,
            "layers": [{"type": "dense", "units": 2, "activation": "relu"}],
        },
    ),
}
