"""ASCII text of whole arrays, computed by NumPy's rules: each line is Python as it stands.

Nothing here looks at a graph: the words are defined by a namespace, whose functions and arrays are
NumPy's or torch's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from netsym.graph.functions import FUNCTIONS
from netsym.graph.names import Names

_SHAPE = re.compile(r"\b(ones|zeros)\[(\d+(?:x\d+)*)\]")


class Word:
    """A function, and the same with an index: `mean(a)`, `mean[row](a)`."""

    def __init__(self, plain: Callable[..., Any] | None = None, **indexed: Any) -> None:
        self.plain = plain
        self.indexed = indexed

    def __call__(self, *arrays: Any) -> Any:
        assert self.plain is not None
        return self.plain(*arrays)

    def __getitem__(self, index: str) -> Any:
        return self.indexed[index]


class Parts:
    """`rows[1:3](a)`, counted from 1, the last included."""

    def __getitem__(self, places: slice) -> Callable[[Any], Any]:
        return lambda a: a[..., places.start - 1 : places.stop]


def _same(a: Any) -> Any:
    """The mean or sum over examples: of one; the caller takes that of all."""
    return a


def _softmax(z: Any) -> Any:
    powers = np.exp(z)
    return powers / powers.sum(-1, keepdims=True)


INDICES = {word: word for word in ("row", "column", "examples")}
NUMPY: dict[str, Any] = {
    **{name: row.numpy for name, row in FUNCTIONS.items()},
    **INDICES,
    "pi": np.pi,
    "ones": np.ones,
    "zeros": np.zeros,
    "array": np.array,
    "outer": np.outer,
    "diag": np.diag,
    "mean": Word(np.mean, row=lambda a: a.mean(-1, keepdims=True), examples=_same),
    "sum": Word(
        np.sum, row=lambda a: a.sum(-1, keepdims=True), column=lambda a: a.sum(0), examples=_same
    ),
    "softmax": _softmax,
    "logsumexp": Word(
        lambda z: np.log(np.exp(z).sum()), row=lambda z: np.log(np.exp(z).sum(-1, keepdims=True))
    ),
    "concatenate": Word(lambda *a: np.concatenate(a), columns=lambda *a: np.concatenate(a, axis=1)),
}


def values(
    text: str, arrays: Mapping[str, Any], words: Mapping[str, Any] = NUMPY
) -> dict[str, Any]:
    """The value of every left side, from the arrays that the letters stand for."""
    held = dict(arrays)
    known = {**words, "columns": _Columns(), "rows": Parts()}
    for line in text.splitlines():
        left, _, right = line.partition(" = ")
        python = _SHAPE.sub(lambda m: f"{m[1]}(({m[2].replace('x', ', ')},))", right)
        held[left] = eval(python, {"__builtins__": {}, **known}, held)
    return held


class _Columns(Parts, str):
    """An index, in concatenate[columns], and a word, in columns[1:3]."""

    def __new__(cls) -> _Columns:
        return str.__new__(cls, "columns")

    __hash__ = str.__hash__
    __eq__ = str.__eq__


def parameters(shapes: Any, at: Mapping[str, float]) -> dict[str, Any]:
    """The arrays of weights and biases by their letters, from the numbers of single names."""
    arrays = {}
    for names, shape in shapes:
        assert isinstance(names, Names)
        if names.layer is not None:
            own = [at[n] for n in at if n.split("_")[0].lower() == names.ascii(0).lower()]
            arrays[names.ascii(0)] = np.array(own).reshape(shape)
    return arrays
