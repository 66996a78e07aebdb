"""Which layers there are, by the name a spec gives them."""

from __future__ import annotations

from netsym.layers import Layer
from netsym.layers.attention import Attention
from netsym.layers.blocks import Composite
from netsym.layers.convolution import Conv1d, Conv2d, ConvTranspose1d, ConvTranspose2d
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation, Dropout, Scale, Standardize
from netsym.layers.embedding import Embedding, Positions
from netsym.layers.feedforward import FeedForward
from netsym.layers.loss import LOSSES, Cost
from netsym.layers.merge import Add, Concat, Gate, Multiply
from netsym.layers.normalisation import (
    BatchNorm,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    RMSNorm,
)
from netsym.layers.pooling import (
    AveragePool1d,
    AveragePool2d,
    GlobalAveragePool,
    GlobalMaxPool,
    MaxPool1d,
    MaxPool2d,
)
from netsym.layers.recurrent import GRU, LSTM, RNN, Stack
from netsym.layers.shaping import Flatten, Pad, Reshape, Transpose, Upsample
from netsym.layers.sources import Given, Part
from netsym.layers.transformer import Decoder, Encoder

LAYERS: dict[str, type[Layer]] = {
    layer.kind: layer
    for layer in (
        Dense,
        Activation,
        Scale,
        Standardize,
        Add,
        Multiply,
        Gate,
        Concat,
        Dropout,
        Embedding,
        Positions,
        Attention,
        FeedForward,
        RNN,
        GRU,
        LSTM,
        Conv1d,
        Conv2d,
        ConvTranspose1d,
        ConvTranspose2d,
        MaxPool1d,
        MaxPool2d,
        AveragePool1d,
        AveragePool2d,
        GlobalAveragePool,
        GlobalMaxPool,
        Flatten,
        Reshape,
        Transpose,
        Pad,
        Upsample,
        BatchNorm,
        LayerNorm,
        RMSNorm,
        GroupNorm,
        InstanceNorm,
        Part,
        Given,
        Cost,
    )
} | {**LOSSES}

#: Blocks by their options.
BLOCKS: dict[str, type[Composite]] = {block.kind: block for block in (Stack, Encoder, Decoder)}
