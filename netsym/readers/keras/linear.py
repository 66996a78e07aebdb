"""Dense layers of Keras, embeddings, and layers that are applied to every step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from netsym.layers.embedding import Embedding
from netsym.readers.graph.einsum import einsum
from netsym.readers.graph.operations import concat, function, linear
from netsym.readers.graph.traced import Traced, Unreadable
from netsym.readers.keras.activations import activated
from netsym.readers.keras.call import Call
from netsym.readers.keras.options import spec_of

#: What does the same to every step of a sequence as to a vector.
_STEPWISE = frozenset({"Dense", "Activation", "ReLU", "LeakyReLU", "ELU"})


def _dense(call: Call) -> Traced:
    call.options.only("quantization_config")
    x, units = call.value(), call.options.whole("units")
    bias = (units,) if call.options.flag("use_bias", True) else None
    given = call.arrays(kernel=(*x.shape[-1:], units), bias=bias)
    return activated(call, linear(call.build, x, given["kernel"].T, given.get("bias")))


def _embedding(call: Call) -> Traced:
    """The vectors of words, of which each is a one-hot row."""
    x, width = call.value(), call.options.whole("output_dim")
    if call.options.flag("mask_zero"):
        raise Unreadable("has mask_zero: what reads it leaves out the steps whose word is 0")
    if x.source not in call.words or not x.is_whole:
        raise Unreadable("reads words that are no input of the network")
    given = call.arrays(weights=(call.options.whole("input_dim"), width))
    return call.apply(Embedding(width=width), x, **given)


def _einsum_dense(call: Call) -> Traced:
    """`einsum(equation, x, kernel) + bias`; axis 0 of what it reads are the examples."""
    x, equation = call.value(), call.options.given.get("equation")
    left, arrow, out = str(equation).replace(" ", "").partition("->")
    first, comma, kernel = left.partition(",")
    plain = first.replace("...", "")
    if not arrow or not comma or not all(each.isalpha() for each in (plain, kernel)):
        raise Unreadable("has an equation of another form than ab,bc->ac")
    if not first.startswith("..."):  # which is the examples, and perhaps more
        if first[0] != out[:1] or first[0] in kernel:
            raise Unreadable("does not keep the examples as its first axis")
        first, out = first[1:], out[1:]
    given = call.weights.arrays()
    shapes = {"kernel": given[0].shape if given else (), "bias": None}
    if call.options.has("bias_axes"):
        shapes["bias"] = given[1].shape if len(given) > 1 else ()
    found = call.arrays(**shapes)
    made = einsum(call.build, f"{first},{kernel}->{out}", [x, found["kernel"]])
    if "bias" in found:
        made = function(call.build, "add", made, found["bias"])
    return activated(call, made)


def _time_distributed(call: Call) -> Traced:
    """A layer that is applied to every step of a sequence."""
    x, spec = call.value(), spec_of(call.options.given.get("layer"))
    if spec.kind in _STEPWISE and len(x.shape) > 1:
        every = [call.within("layer", x)]
        return _read(every)[0]
    if not x.shape:
        raise Unreadable("has no steps")
    steps = [call.within("layer", _step(x, n), path=f"step{n + 1}") for n in range(x.shape[0])]
    return concat(call.build, [each.moved(lambda a: a[None]) for each in _read(steps)], 0)


def _as_its_layer(call: Call) -> Traced:
    """A layer whose kernel was changed in training alone."""
    return _read([call.within("layer", call.value())])[0]


def _step(x: Traced, number: int) -> Traced:
    return x.moved(lambda a: a[number])


def _read(found: list[Any]) -> list[Traced]:
    every = [each[0] if isinstance(each, list) and len(each) == 1 else each for each in found]
    if not all(isinstance(each, Traced) for each in every):
        raise Unreadable("has a layer that cannot be read")
    return every


#: By the class of the layer.
LAYERS: Mapping[str, Callable[[Call], Any]] = {
    "Dense": _dense, "Embedding": _embedding, "EinsumDense": _einsum_dense,
    "TimeDistributed": _time_distributed, "SpectralNormalization": _as_its_layer,
}  # fmt: skip
