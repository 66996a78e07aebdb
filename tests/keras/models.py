"""Models as people write them, Sequential and functional, small enough for their formulas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
from keras import Input, Model, Sequential, ops
from keras import layers as L
from keras.src.applications.convnext import LayerScale
from keras.src.backend.common import dtypes

keras.config.set_floatx("float64")
dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"  # which Keras keeps with TensorFlow alone


def plain(*layers: Any, shape: tuple[int, ...] = (4,)) -> Model:
    return Sequential([Input(shape), *layers])


def functional(make: Callable[..., Any], *shapes: tuple[int, ...]) -> Model:
    inputs = [Input(shape, name=f"in{n}") for n, shape in enumerate(shapes, 1)]
    return Model(inputs if len(inputs) > 1 else inputs[0], make(*inputs))


def begun() -> Model:
    """States that are inputs, or that other layers give, by name or by place."""

    def make(x: Any, z: Any, h: Any, c: Any) -> Any:
        y, last = L.GRU(3, return_sequences=True, return_state=True)(x)
        wide = L.Dense(3, activation="tanh")(z)
        first = L.GRU(3)(y, initial_state=last)
        second = L.LSTM(3, go_backwards=True)(y, [h, wide])
        third = L.LSTM(3)(x, initial_state=(h, c))
        both = L.Bidirectional(L.LSTM(3, return_sequences=True))(x, initial_state=[h, c, c, wide])
        return L.Concatenate()([first, second, third, L.Flatten()(both)])

    return functional(make, (4, 2), (2,), (3,), (3,))


def residual() -> Model:
    def make(x: Any) -> Any:
        y = L.Conv2D(3, 3, padding="same", use_bias=False)(x)
        y = L.ReLU()(L.BatchNormalization()(y))
        y = L.BatchNormalization()(L.Conv2D(3, 3, padding="same")(y))
        return L.Activation("relu")(L.Add()([y, L.Conv2D(3, 1)(x)]))

    return functional(make, (4, 4, 2))


def unet() -> Model:
    def make(x: Any) -> Any:
        down = L.Conv2D(2, 3, padding="same", activation="relu", name="down")(x)
        inner = L.Conv2D(3, 3, padding="same", activation="relu")(L.MaxPooling2D()(down))
        up = L.Conv2DTranspose(2, 2, strides=2)(inner)
        out = L.Conv2D(1, 1, activation="sigmoid")(L.Concatenate()([down, up]))
        return L.Cropping2D(1)(L.UpSampling2D()(out))

    return functional(make, (4, 4, 1))


def encoder(use_causal_mask: bool = False, **options: Any) -> Model:
    def make(x: Any) -> Any:
        attention = L.MultiHeadAttention(2, 2, name="mha", **options)
        y = L.LayerNormalization()(L.Add()([x, attention(x, x, use_causal_mask=use_causal_mask)]))
        z = L.Dense(4)(L.Dropout(0.1)(L.Dense(6, activation="gelu")(y)))
        return L.LayerNormalization(epsilon=1e-6)(L.Add()([y, z]))

    return functional(make, (3, 4))


def two_ends() -> Model:
    def make(x: Any, z: Any) -> Any:
        both = L.Concatenate()([L.Dense(3, activation="tanh")(x), L.Dense(2)(z)])
        return [L.Dense(1, name="price")(both), L.Dense(2, activation="softmax", name="kind")(both)]

    return functional(make, (3,), (2,))


def named_ends() -> Model:
    x, z = Input((3,), name="left"), Input((2,), name="right")
    both = L.Multiply()([L.Dense(2)(x), z])
    return Model({"left": x, "right": z}, {"sum": L.Dense(1)(both), "product": both})


def nested() -> Model:
    """A model twice in another one, with another model in it."""
    core = Sequential([Input((3,)), L.Dense(2, activation="relu"), L.Dense(3)], name="core")
    x = Input((3,), name="x")
    twin = Model(x, [core(x), L.Dense(2, name="side")(core(x))], name="twin")

    def make(a: Any, b: Any) -> Any:
        (one, side), (other, _) = twin(a), twin(b)
        return L.Dense(1)(L.Concatenate()([L.Subtract()([one, other]), side]))

    return functional(make, (3,), (3,))


def shared() -> Model:
    layer = L.Dense(3, activation="tanh", name="both")
    return functional(lambda a, b: L.Dot(1, normalize=True)([layer(a), layer(b)]), (2,), (2,))


def merged() -> Model:
    def make(a: Any, b: Any) -> Any:
        parts = [
            L.Average()([a, b]), L.Maximum()([a, b]), L.Minimum()([a, b]), L.Subtract()([a, b]),
            L.Add()([a, b, a]), L.Multiply()([a, b]),
        ]  # fmt: skip
        return L.Concatenate(axis=1)(parts)

    return functional(make, (2, 3), (2, 3))


def dots() -> Model:
    def make(a: Any, b: Any) -> Any:
        return L.Flatten()(L.Dot((2, 1))([a, b])), L.Dot(1)([L.Flatten()(a), L.Flatten()(b)])

    return functional(make, (2, 3), (3, 2))


def states() -> Model:
    def make(x: Any) -> Any:
        y, last = L.GRU(3, return_sequences=True, return_state=True)(x)
        first = L.LSTM(2, return_state=True)(x)[1]
        return L.Concatenate()([L.Flatten()(y), last, first])

    return functional(make, (3, 2))


def dot_attention(kind: Any, **options: Any) -> Model:
    return functional(lambda q, v: kind(**options)([q, v]), (2, 3), (4, 3))


def cross_attention() -> Model:
    def make(q: Any, v: Any) -> Any:
        layer = L.MultiHeadAttention(2, 3, value_dim=2, output_shape=5)
        made, scores = layer(q, value=v, return_attention_scores=True)
        return made, scores

    return functional(make, (2, 3), (4, 2))


def operations() -> Model:
    def make(x: Any, z: Any) -> Any:
        y = ops.relu(x + z) * 2.0 - z / (1.0 + ops.exp(-x)) + ops.square(z)
        y = ops.concatenate([y[:, 0], ops.mean(y, axis=1), ops.max(y, axis=1)], axis=-1)
        first, second = ops.split(ops.clip(ops.swapaxes(z, 1, 2), -0.5, 1), 2, axis=1)
        y = y + ops.squeeze(ops.concatenate([first, second], axis=2), 1) * ops.rsqrt(
            2 + ops.stop_gradient(ops.concatenate([x[..., 0], x[..., 1]], axis=-1)) ** 2
        )
        return -y + ops.tanh(ops.reshape(ops.transpose(x, (0, 2, 1)), (-1, 6))) ** 3

    return functional(make, (3, 2), (3, 2))


def places_and_numbers() -> Model:
    def make(x: Any, z: Any) -> Any:
        y = ops.matmul(x, z) - np.array([[1.0, 2.0], [3.0, 4.0]])
        y = 2 - ops.stack([y[:, -1], y[..., 0]], axis=1) / np.array([0.5, 4.0])
        y = ops.expand_dims(ops.softmax(y, axis=1), -1) * ops.flip(z[:, :2, None], axis=[1])
        w = ops.repeat(ops.sum(x[:, ::2, 1:], axis=(1, 2), keepdims=True), 2, axis=1)
        return ops.gelu(y), ops.logsumexp(ops.leaky_relu(w + abs(x)), axis=-1), ops.elu(-x)

    return functional(make, (2, 3), (3, 2))


def attention_to_keys() -> Model:
    def make(q: Any, v: Any, k: Any) -> Any:
        heads = L.MultiHeadAttention(3, 2)(q, v, k)
        return heads, L.Attention()([q, v, k], use_causal_mask=True)

    return functional(make, (4, 3), (4, 3), (4, 3))


def both_of_cells() -> Model:
    def make(x: Any) -> Any:
        cells = L.RNN([L.GRUCell(2), L.LSTMCell(3)], return_sequences=True)
        other = L.LSTM(3, return_sequences=True, go_backwards=True)
        y, *states = L.Bidirectional(L.GRU(2, return_state=True))(x)
        return [L.Bidirectional(cells, backward_layer=other)(x), y, *states]

    return functional(make, (3, 2))


def words() -> Model:
    return plain(L.Embedding(5, 3), L.Conv1D(4, 2, activation="relu"), L.GlobalMaxPooling1D(),
                 L.Dense(1, activation="sigmoid"), shape=(6,))  # fmt: skip


def shared_words() -> Model:
    """Words that an embedding in a model within reads, as another one does beside it."""
    core = Sequential([Input((4,)), L.Embedding(5, 2), L.GRU(2)], name="core")
    return functional(lambda w: L.Concatenate()([core(w), L.Flatten()(L.Embedding(5, 1)(w))]), (4,))


def every_activation() -> Model:
    names = ("relu", "relu6", "selu", "softplus", "softsign", "silu", "tanh", "sigmoid", "elu",
             "celu", "leaky_relu", "gelu", "exponential", "softmax", "log_softmax", "log_sigmoid",
             "squareplus", "tanh_shrink", "soft_shrink", "sparse_sigmoid", "mish", "hard_tanh",
             "linear", "glu")  # fmt: skip
    return functional(lambda x: [L.Activation(name, name=name)(x) for name in names], (4,))


def bidirectional(cell: Any, mode: str | None, every: bool) -> Model:
    both = L.Bidirectional(cell(2, return_sequences=every), merge_mode=mode)
    return plain(both, shape=(3, 2)) if mode else functional(lambda x: both(x), (3, 2))


#: Whose inputs are words, of five.
WORDS = ("words", "shared words")
#: Made anew for every test, so that numbers do not depend on the order of tests.
CASES: Mapping[str, Callable[[], Model]] = {
    "mlp": lambda: plain(L.Dense(5, activation="relu"), L.Dense(2, activation="softmax")),
    "no bias": lambda: plain(L.Dense(3, use_bias=False), L.Activation("tanh"), L.Dropout(0.5)),
    "activations": every_activation,
    "activation layers": lambda: plain(
        L.ReLU(), L.Dense(3), L.ReLU(6.0), L.Dense(3), L.ReLU(2.0, 0.1), L.Dense(3), L.LeakyReLU(),
        L.Dense(3), L.ELU(0.7), L.PReLU(), L.Dense(3, activation=L.LeakyReLU(0.4)), L.Softmax()),
    "prelu of channels": lambda: plain(L.PReLU(shared_axes=[1, 2]), L.PReLU(shared_axes=[3]),
                                       L.PReLU(), shape=(2, 2, 3)),
    "normalization": lambda: plain(L.Normalization(), L.Dense(3, activation="tanh"), L.Dense(1)),
    "given normalization": lambda: plain(
        L.Normalization(mean=[1.0, 2.0, 3.0, 4.0], variance=[0.5, 1.0, 2.0, 0.0]),
        L.Normalization(axis=None, mean=0.5, variance=4.0, invert=True),
        L.Rescaling(1 / 255, 0.5)),
    "dense on sequences": lambda: plain(L.Dense(2, activation="relu"), L.Flatten(), L.Dense(1),
                                        shape=(3, 4)),
    "cnn": lambda: plain(
        L.Conv2D(3, 3), L.BatchNormalization(), L.ReLU(), L.MaxPooling2D(), L.Flatten(),
        L.Dense(2), shape=(6, 6, 2)),
    "convolutions": lambda: plain(
        L.Conv1D(4, 3, strides=2, padding="same", groups=2), L.Conv1D(3, 2, dilation_rate=2,
        padding="causal"), L.Conv1D(2, 2, dilation_rate=2, padding="same", activation="tanh"),
        shape=(9, 2)),
    "oblong": lambda: plain(L.Conv2D(2, (2, 3), strides=(1, 2), padding="same",
                                     activation="softmax"), shape=(5, 6, 1)),
    "volumes": lambda: plain(L.Conv3D(2, 2), L.MaxPooling3D(2, 1), L.ZeroPadding3D(1),
                             L.GlobalAveragePooling3D(), shape=(4, 3, 3, 1)),
    "depthwise": lambda: plain(L.DepthwiseConv2D(2, depth_multiplier=2, padding="same"),
                               L.DepthwiseConv2D(2, strides=2), L.Flatten(), shape=(4, 4, 2)),
    "separable": lambda: plain(
        L.SeparableConv2D(3, 2, padding="same", activation="relu", depth_multiplier=2),
        L.GlobalAveragePooling2D(), L.Dense(2), shape=(4, 4, 2)),
    "separable sequences": lambda: plain(L.SeparableConv1D(3, 2, strides=2), L.DepthwiseConv1D(2),
                                         shape=(7, 2)),
    "transposed": lambda: plain(
        L.Conv2DTranspose(2, 3, strides=2, padding="same"), L.Conv2DTranspose(1, (2, 1),
        strides=(1, 3)), shape=(2, 3, 2)),
    "transposed sequences": lambda: plain(
        L.Conv1DTranspose(2, 2, strides=3, padding="same"), L.Conv1DTranspose(1, 3, strides=2,
        output_padding=1, padding="same"), L.Conv1DTranspose(1, 3, dilation_rate=2), shape=(3, 2)),
    "pooling": lambda: plain(
        L.AveragePooling2D(3, 2, padding="same"), L.MaxPooling2D(2, 1, padding="same"),
        L.GlobalMaxPooling2D(keepdims=True), shape=(5, 5, 2)),
    "pooling sequences": lambda: plain(L.AveragePooling1D(2), L.MaxPooling1D(2, padding="same"),
                                       L.GlobalAveragePooling1D(), shape=(7, 2)),
    "norms": lambda: plain(L.GroupNormalization(2), L.LayerNormalization(axis=[2, 3]),
                           L.LayerNormalization(center=False), L.BatchNormalization(axis=1),
                           L.UnitNormalization(), shape=(2, 3, 4)),
    "rms norm": lambda: plain(L.RMSNormalization(), L.Dense(2)),
    "layer scale": lambda: plain(L.Dense(3), LayerScale(0.5, 3)),
    "moves": lambda: plain(
        L.Permute((2, 1)), L.Reshape((4, -1)), L.ZeroPadding1D((1, 2)), L.Cropping1D((2, 1)),
        L.Flatten(), L.RepeatVector(2), L.UpSampling1D(2), shape=(2, 6)),
    "upsampling": lambda: plain(L.UpSampling2D((2, 3)), L.UpSampling2D(interpolation="bilinear"),
                                shape=(2, 2, 1)),
    "resizing": lambda: plain(L.Resizing(5, 3), L.Resizing(2, 2), shape=(3, 4, 2)),
    "spectral": lambda: plain(L.SpectralNormalization(L.Dense(3, activation="tanh"))),
    "channels first": lambda: plain(
        L.Conv2D(3, 2, data_format="channels_first", activation="relu"), L.ZeroPadding2D(
        ((1, 2), (0, 1)), data_format="channels_first"), L.MaxPooling2D(
        data_format="channels_first"), L.BatchNormalization(axis=1, center=False),
        L.Flatten(data_format="channels_first"), shape=(2, 4, 5)),
    "cut out": lambda: plain(L.Cropping3D(((1, 0), (0, 1), (1, 1))), L.UpSampling3D((2, 1, 2)),
                             L.ZeroPadding3D((0, 1, 0)), L.Softmax(axis=[1, 3]),
                             shape=(2, 3, 3, 1)),
    "strides and gaps": lambda: plain(
        L.DepthwiseConv2D(2, dilation_rate=2), L.SeparableConv2D(2, (2, 1), dilation_rate=(2, 1)),
        L.GroupNormalization(-1, scale=False), shape=(6, 5, 2)),
    "normalization along axes": lambda: plain(
        L.Normalization(axis=(1, 2)), L.Normalization(axis=1, invert=True), shape=(2, 3)),
    "residual": residual,
    "u-net": unet,
    "lstm": lambda: plain(L.LSTM(3, return_sequences=True), L.LSTM(2), L.Dense(1), shape=(4, 2)),
    "gru": lambda: plain(L.GRU(3), L.Dense(1), shape=(4, 2)),
    "states to begin with": begun,
    "gru that resets before": lambda: plain(L.GRU(3, reset_after=False, return_sequences=True),
                                            L.GRU(2, use_bias=False), shape=(4, 2)),
    "rnn": lambda: plain(L.SimpleRNN(3, activation="relu", go_backwards=True,
                                     return_sequences=True), L.SimpleRNN(2), shape=(4, 2)),
    "cells": lambda: plain(L.RNN([L.LSTMCell(2), L.GRUCell(3), L.LSTMCell(2)], go_backwards=True),
                           shape=(3, 2)),
    "states": states,
    "both directions": lambda: bidirectional(L.LSTM, "concat", True),
    "both directions of a gru": lambda: bidirectional(L.GRU, "ave", False),
    "both directions multiplied": lambda: bidirectional(L.SimpleRNN, "mul", True),
    "both directions apart": lambda: bidirectional(L.GRU, None, True),
    "both directions summed": lambda: bidirectional(L.LSTM, "sum", False),
    "both directions of cells": both_of_cells,
    "attention": encoder,
    "causal attention": lambda: encoder(use_causal_mask=True, use_bias=False),
    "windowed attention": lambda: encoder(sliding_window=2, use_gate=True),
    "cross attention": cross_attention,
    "dot attention": lambda: dot_attention(L.Attention, use_scale=True),
    "concat attention": lambda: dot_attention(L.Attention, score_mode="concat", use_scale=True),
    "additive attention": lambda: dot_attention(L.AdditiveAttention),
    "einsum": lambda: plain(L.EinsumDense("abc,cd->abd", output_shape=(None, 2), bias_axes="d"),
                            L.EinsumDense("...x,xy->...y", output_shape=2), shape=(3, 4)),
    "a model for every step": lambda: plain(
        L.TimeDistributed(Sequential([Input((3, 2)), L.LSTM(2), L.Dense(1, "tanh")])), L.Flatten(),
        shape=(2, 3, 2)),
    "time distributed": lambda: plain(
        L.TimeDistributed(L.Conv2D(2, 2, activation="relu")), L.TimeDistributed(L.Flatten()),
        L.TimeDistributed(L.Dense(2)), L.LSTM(2), shape=(3, 3, 3, 1)),
    "two inputs and outputs": two_ends,
    "named inputs and outputs": named_ends,
    "nested": nested,
    "shared": shared,
    "merged": merged,
    "dots": dots,
    "operations": operations,
    "places and numbers": places_and_numbers,
    "attention to keys": attention_to_keys,
    "words": words,
    "shared words": shared_words,
}  # fmt: skip


def made(name: str, seed: int = 16) -> Model:
    """A model with numbers of its own in all that training leaves as 0 or 1."""
    keras.utils.set_random_seed(seed)
    model = CASES[name]()
    for weight in model.weights:
        if weight.dtype.startswith("float"):
            drawn = keras.random.uniform(weight.shape, -1, 1, dtype=weight.dtype)
            is_variance = weight.name.endswith("variance")
            weight.assign(drawn * 0.7 + 1.3 if is_variance else drawn)
    for layer in model.layers:
        if isinstance(layer, L.Normalization):
            layer.finalize_state()
    return model
