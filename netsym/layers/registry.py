"""Which layers there are, by the name a spec gives them; a layer's file is read when it is used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Generic, TypeVar

from netsym.errors import nearest
from netsym.graph.functions import ACTIVATIONS
from netsym.layers import Layer
from netsym.layers.blocks import BLOCK

if TYPE_CHECKING:
    from netsym.layers.blocks import Composite
    from netsym.layers.loss import Loss

T = TypeVar("T")


class Kinds(Mapping[str, type[T]], Generic[T]):
    """Classes by their `kind`; `places` says in which file of this room each is, as "dense.Dense".

    >>> "lstm" in LAYERS, LAYERS["dense"].kind
    (True, 'dense')
    """

    def __init__(self, places: Mapping[str, str]) -> None:
        self.places = places

    def __getitem__(self, kind: str) -> type[T]:
        file, _, name = self.places[kind].partition(".")
        found: type[T] = getattr(import_module(f"netsym.layers.{file}"), name)
        return found

    def __contains__(self, kind: object) -> bool:
        return kind in self.places

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)


#: Losses, which compare an output with its target.
LOSSES: Kinds[Loss] = Kinds(
    {
        "mse": "loss.SquaredError",
        "sse": "loss.HalfSquaredError",
        "mae": "loss.AbsoluteError",
        "huber": "loss.Huber",
        "hinge": "loss.Hinge",
        "bce": "loss.BinaryCrossEntropy",
        "bce_logits": "loss.BinaryCrossEntropyLogits",
        "cross_entropy": "loss.CrossEntropy",
        "cross_entropy_logits": "loss.CrossEntropyLogits",
    }
)
LAYERS: Kinds[Layer] = Kinds(
    {
        "dense": "dense.Dense",
        "activation": "elementwise.Activation",
        "prelu": "elementwise.PReLU",
        "scale": "elementwise.Scale",
        "standardize": "elementwise.Standardize",
        "add": "merge.Add",
        "multiply": "merge.Multiply",
        "gate": "merge.Gate",
        "concat": "merge.Concat",
        "matmul": "merge.MatMul",
        "function": "function.Function",
        "reduce": "reduce.Reduce",
        "dropout": "elementwise.Dropout",
        "embedding": "embedding.Embedding",
        "positions": "embedding.Positions",
        "attention": "attention.Attention",
        "masked_softmax": "attention.MaskedSoftmax",
        "feedforward": "feedforward.FeedForward",
        "rnn": "recurrent.RNN",
        "gru": "recurrent.GRU",
        "lstm": "recurrent.LSTM",
        "conv1d": "convolution.Conv1d",
        "conv2d": "convolution.Conv2d",
        "conv3d": "convolution.Conv3d",
        "conv_transpose1d": "convolution.ConvTranspose1d",
        "conv_transpose2d": "convolution.ConvTranspose2d",
        "conv_transpose3d": "convolution.ConvTranspose3d",
        "max_pool1d": "pooling.MaxPool1d",
        "max_pool2d": "pooling.MaxPool2d",
        "max_pool3d": "pooling.MaxPool3d",
        "average_pool1d": "pooling.AveragePool1d",
        "average_pool2d": "pooling.AveragePool2d",
        "average_pool3d": "pooling.AveragePool3d",
        "global_average_pool": "pooling.GlobalAveragePool",
        "global_max_pool": "pooling.GlobalMaxPool",
        "flatten": "shaping.Flatten",
        "reshape": "shaping.Reshape",
        "transpose": "shaping.Transpose",
        "rearrange": "shaping.Rearrange",
        "pad": "shaping.Pad",
        "upsample": "shaping.Upsample",
        "batch_norm": "normalisation.BatchNorm",
        "layer_norm": "normalisation.LayerNorm",
        "rms_norm": "normalisation.RMSNorm",
        "group_norm": "normalisation.GroupNorm",
        "instance_norm": "normalisation.InstanceNorm",
        "part": "sources.Part",
        "given": "sources.Given",
        "formula": "written.Written",
        "cost": "loss.Cost",
        **LOSSES.places,
    }
)
#: Blocks by their options.
BLOCKS: Kinds[Composite] = Kinds(
    {
        "recurrent": "recurrent.Stack",
        "encoder": "transformer.Encoder",
        "decoder": "transformer.Decoder",
    }
)
#: Words that others have for types of layers.
_ELSEWHERE = {
    "linear": "dense", "affine": "dense", "fc": "dense", "fully_connected": "dense",
    "conv": "conv2d", "deconv": "conv_transpose2d", "skip": "add",
    "residual": "add", "sequential": BLOCK, "mha": "attention",
}  # fmt: skip


def hint(word: object) -> str:
    """A sentence that offers what a word may have meant, or says where all types are.

    >>> hint("dnse"), hint("Linear"), hint("ReLU")
    ("did you mean 'dense'?", "did you mean 'dense'?", "did you mean 'activation'?")
    """
    meant = None
    if isinstance(word, str):
        is_function = word.lower() not in _ELSEWHERE and ACTIVATIONS.meant(word)
        known = (*LAYERS, *BLOCKS, BLOCK)
        near = "activation" if is_function else nearest(word, (*known, *_ELSEWHERE))
        meant = None if near is None else _ELSEWHERE.get(near, near)
    return f"did you mean {meant!r}?" if meant else "netsym layers lists the types"
