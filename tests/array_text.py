"""A reader of one-liners of whole arrays: their ASCII text, computed with NumPy by nobody's code.

It knows the words by what they mean in the books, and takes all it needs from the text.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

_erf = np.vectorize(math.erf)
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "abs": np.abs, "sin": np.sin, "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "tanh": np.tanh,
    "max": np.maximum, "min": np.minimum, "array": np.array, "vec": np.ravel,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)), "relu": lambda z: np.maximum(z, 0),
    "silu": lambda z: z / (1 + np.exp(-z)), "softplus": lambda z: np.logaddexp(0, z),
    "leaky_relu": lambda z, alpha: np.where(z > 0, z, alpha * z),
    "elu": lambda z, alpha: np.where(z > 0, z, alpha * np.expm1(z)),
    "gelu": lambda z: z * (1 + _erf(z / math.sqrt(2))) / 2,
    "gelu_tanh": lambda z: z * (1 + np.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3))) / 2,
    "hard_sigmoid": lambda z: np.clip(z / 6 + 0.5, 0, 1),
    "logsumexp": lambda z: np.log(np.exp(z).sum()),
    "outer": np.outer,
    "concatenate": lambda *parts: np.concatenate(parts),
}  # fmt: skip


@dataclass
class Channels:
    """A number for every channel, beside an array whose first axis the channels are."""

    values: Array

    def beside(self, other: Any) -> Any:
        if np.ndim(other) == 0:
            return self.values
        return self.values.reshape(-1, *[1] * (np.ndim(other) - 1))


def evaluate(text: str, letters: Mapping[str, Array]) -> Any:
    """The value of the right-hand side of an equation, from those of its letters."""
    _, _, right = text.partition(" = ")
    said = re.sub(r"(\w+)\[([^\[\]]*)\]\(", r'\1("\2")(', right)
    return _Reader(letters).of(ast.parse(said, mode="eval").body)


class _Reader:
    def __init__(self, letters: Mapping[str, Array]) -> None:
        self.letters = letters
        self.head, self.heads = 0, 1  # of attention

    def of(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant():
                return node.value
            case ast.List():
                return [self.of(each) for each in node.elts]
            case ast.Name():
                return self.letters[node.id]
            case ast.Attribute(value=below, attr="T"):
                return self.of(below).T
            case ast.UnaryOp(operand=below):
                return -self.of(below)
            case ast.BinOp():
                return self.operation(node.op, self.of(node.left), self.of(node.right))
            case ast.Call(func=ast.Name(id=word)):
                return self.call(word, "", node.args)
            case ast.Call(func=ast.Call(func=ast.Name(id=word), args=[ast.Constant(value=index)])):
                return self.call(word, str(index), node.args)
        raise AssertionError(ast.dump(node))

    def of_heads(self, heads: int, node: ast.expr) -> Any:
        """What every head gives, side by side; i is that of the innermost concat around it."""
        outer, parts = (self.head, self.heads), []
        for head in range(heads):
            self.head, self.heads = head, heads
            parts.append(self.of(node))
        self.head, self.heads = outer
        return np.concatenate(parts, axis=-1)

    def operation(self, op: ast.operator, left: Any, right: Any) -> Any:
        if isinstance(left, Channels) or isinstance(right, Channels):
            one = left.beside(right) if isinstance(left, Channels) else left
            other = right.beside(left) if isinstance(right, Channels) else right
            made = self.operation(op, one, other)
            number = np.ndim(left if isinstance(right, Channels) else right) == 0
            return Channels(made) if number else made
        match op:
            case ast.Add():
                return left + right
            case ast.Sub():
                return left - right
            case ast.Mult():
                return left * right
            case ast.Div():
                return left / right
            case ast.Pow():
                return left**right
            case ast.MatMult():
                return left @ right
        raise AssertionError(op)

    def call(self, word: str, index: str, nodes: list[ast.expr]) -> Any:
        if word == "concat":
            return self.of_heads(int(index.removeprefix("i=1:")), nodes[0])
        if word == "convolve" and isinstance(nodes[0], ast.Attribute):
            return convolved_back(self.of(nodes[0].value), self.of(nodes[1]), index)
        values = [self.of(node) for node in nodes]
        if word == "head":
            width = values[0].shape[-1] // self.heads
            return values[0][:, self.head * width : (self.head + 1) * width]
        if word == "channelwise":
            return Channels(values[0])
        if word == "sqrt" and isinstance(values[0], Channels):
            return Channels(np.sqrt(values[0].values))
        if word in WORDS and (index or word not in FUNCTIONS):
            return WORDS[word](*values, index)
        return FUNCTIONS[word](*values)


# -- the words that have an index ----------------------------------------------------------------
def shape(index: str) -> list[int]:
    return [int(number) for number in re.split(" ?x ?", index)]


def option(index: str, word: str, axes: int, usual: list[int]) -> list[int]:
    """What an index says of a word, for every axis."""
    found = re.search(rf"(?:^|, ){word} ([0-9x ]*[0-9])(?=,|$| before)", index)
    said = shape(found[1]) if found else usual
    return said * axes if len(said) == 1 else said


def padding(index: str, axes: int) -> list[tuple[int, int]]:
    both = re.search("padding ([0-9x ]+) before and ([0-9x ]+) after", index)
    if both:
        return list(zip(*([*shape(each)] for each in both.groups()), strict=True))
    return [(n, n) for n in option(index, "padding", axes, [0])]


def windows(x: Array, kernel: list[int], index: str, stride: list[int], fill: float) -> Array:
    """(channels, places…, kernel…): what the kernel meets at every place."""
    axes = len(kernel)
    steps, gaps = option(index, "stride", axes, stride), option(index, "dilation", axes, [1])
    x = np.pad(x, [(0, 0), *padding(index, axes)], constant_values=fill)
    reach = [g * (k - 1) + 1 for g, k in zip(gaps, kernel, strict=True)]
    seen = np.lib.stride_tricks.sliding_window_view(x, reach, axis=tuple(range(1, axes + 1)))
    places = tuple(slice(None, None, step) for step in steps)
    inside = tuple(slice(None, None, gap) for gap in gaps)
    return np.asarray(seen[(slice(None), *places, *inside)])


def pooled(x: Array, index: str, fill: float, join: Callable[..., Array]) -> Array:
    if not index:
        return join(x.reshape(len(x), -1), axis=-1)
    kernel = shape(index.partition(",")[0])
    seen = windows(x, kernel, index, kernel, fill)
    return join(seen, axis=tuple(range(-len(kernel), 0)))


def convolved(weights: Array, x: Array, index: str) -> Array:
    """A cross-correlation, group by group; weights (out, in/groups, kernel…)."""
    kernel, groups = list(weights.shape[2:]), int((re.findall(r"(\d+) groups", index) or [1])[0])
    seen, axes, each = windows(x, kernel, index, [1], 0.0), len(kernel), len(x) // groups
    made = []
    for out, kernels in enumerate(weights):
        first = out // (len(weights) // groups) * each
        mine = seen[first : first + each]
        kernels = kernels.reshape(each, *[1] * axes, *kernel)
        made.append((mine * kernels).sum(axis=(0, *range(-axes, 0))))
    return Channelled(np.array(made))


def convolved_back(weights: Array, x: Array, index: str) -> Array:
    """Every input adds its kernel to the output; weights (in, out/groups, kernel…)."""
    kernel, groups = list(weights.shape[2:]), int((re.findall(r"(\d+) groups", index) or [1])[0])
    axes = len(kernel)
    steps, gaps = option(index, "stride", axes, [1]), option(index, "dilation", axes, [1])
    more, around = option(index, "output padding", axes, [0]), padding(index, axes)
    sizes = [
        (n - 1) * s + g * (k - 1) + 1 + m
        for n, s, g, k, m in zip(x.shape[1:], steps, gaps, kernel, more, strict=True)
    ]
    each = weights.shape[1]
    out = np.zeros((each * groups, *sizes))
    for channel in range(len(x)):
        group = channel // (len(x) // groups)
        for place in np.ndindex(*x.shape[1:]):
            where = tuple(
                slice(p * s, p * s + g * (k - 1) + 1, g)
                for p, s, g, k in zip(place, steps, gaps, kernel, strict=True)
            )
            rows = slice(group * each, (group + 1) * each)
            out[(rows, *where)] += weights[channel] * x[(channel, *place)]
    kept = tuple(slice(b, n - a) for n, (b, a) in zip(sizes, around, strict=True))
    return Channelled(out[(slice(None), *kept)])


class Channelled(np.ndarray):
    """What a convolution gives: a vector that is added to it has a number for every channel."""

    def __new__(cls, values: Array) -> Channelled:
        return np.asarray(values).view(cls)

    def __add__(self, other: Any) -> Any:
        plain = np.asarray(self)
        return plain + np.asarray(other).reshape(-1, *[1] * (plain.ndim - 1))


def moments(x: Array, index: str, join: Callable[..., Any]) -> Any:
    """Means, sums and variances: of all, of every row, channel or group."""
    if index.startswith("ax"):
        return reduced(join)(x, index)
    if index == "row":
        return join(x, axis=-1, keepdims=True)
    groups = len(x) if index == "channel" else int((re.findall(r"(\d+) group", index) or [0])[0])
    if not groups:
        assert not index
        return join(x)
    of_groups = join(x.reshape(groups, -1), axis=1)
    return np.repeat(of_groups, len(x) // groups).reshape(-1, *[1] * (x.ndim - 1))


def softmax(z: Array, index: str = "") -> Array:
    if index == "causal":
        z = np.where(np.tri(*z.shape[-2:]) > 0, z, -np.inf)
    if index.startswith("masked"):
        present = np.array(index.split()[1:]) == "1"
        axes = 1 if present.size == z.shape[-1] else 2
        z = np.where(present.reshape(z.shape[-axes:]), z, -np.inf)
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def rotary(x: Array, index: str) -> Array:
    """Pairs of columns turned by the step times an angle that falls with the pair."""
    base = float((re.findall(r"base ([\d.e+]+)", index) or [10000])[0])
    steps, width = x.shape
    made = np.array(x)
    for pair in range(width // 2):
        near = (2 * pair, 2 * pair + 1) if index.startswith("inter") else (pair, pair + width // 2)
        angles = np.arange(steps) * base ** (-2 * pair / width)
        turned = (x[:, near[0]] + 1j * x[:, near[1]]) * np.exp(1j * angles)
        made[:, near[0]], made[:, near[1]] = turned.real, turned.imag
    return made


def padded(x: Array, index: str) -> Array:
    sides_said, how = re.findall(r"([\d, ]*\d) ([a-z].*)", index)[0]
    given, lead = [int(n) for n in sides_said.split(", ")], int(x.ndim > 1)
    axes = x.ndim - lead
    every = given * (2 * axes // len(given))
    sides = [(0, 0)] * lead + list(zip(every[:axes], every[axes:], strict=True))
    if how.startswith("with "):
        return np.pad(x, sides, constant_values=float(how[5:]))
    modes: Any = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}
    return np.asarray(np.pad(x, sides, mode=modes[how]))


def upsampled(x: Array, index: str) -> Array:
    lead = int(x.ndim > 1)
    scale = shape(index) * ((x.ndim - lead) // len(shape(index)))
    for axis, times in enumerate(scale):
        x = np.repeat(x, times, axis=axis + lead)
    return x


def rearranged(x: Array, index: str) -> Array:
    """Entries by their places, counted from 1, or numbers in parentheses."""
    places, _, lengths = index.partition(" as ")
    made = [float(p[1:-1]) if p[0] == "(" else x.reshape(-1)[int(p) - 1] for p in places.split()]
    return np.array(made).reshape(shape(lengths))


def reduced(join: Callable[..., Array]) -> Callable[[Array, str], Array]:
    """What joins the elements along axes, which are counted from 1, or along all."""

    def over(x: Array, index: str) -> Array:
        axes = tuple(int(n) - 1 for n in re.findall(r"\d+", index)) or None
        return join(x, axis=axes, keepdims="kept" in index)

    return over


def rows(x: Array, index: str) -> Array:
    first, last = map(int, index.split(":"))
    return x[first - 1 : last]


WORDS: Mapping[str, Callable[..., Any]] = {
    "maxpool": lambda x, index: pooled(x, index, -np.inf, np.max),
    "avgpool": lambda x, index: pooled(x, index, np.nan, np.nanmean),
    "convolve": convolved, "softmax": softmax, "rotary": rotary, "pad": padded,
    "upsample": upsampled, "rows": rows,
    "mean": lambda x, index: moments(x, index, np.mean),
    "sum": lambda x, index: moments(x, index, np.sum),
    "rearrange": rearranged, "max": reduced(np.max), "min": reduced(np.min),
    "prod": reduced(np.prod), "norm1": reduced(lambda x, **over: np.abs(x).sum(**over)),
    "norm2": reduced(lambda x, **over: np.sqrt((x**2).sum(**over))),
    "var": lambda x, index: moments(x, index, np.var),
    "reshape": lambda x, index: x.reshape(shape(index)),
    "transpose": lambda x, index: x.transpose([int(n) - 1 for n in index.split(",")]),
    "logsumexp": lambda x, index: reduced(lambda z, **over: np.log(np.exp(z).sum(**over)))(
        x, f"axis {x.ndim}, kept" if index == "row" else index
    ),
    "concatenate": lambda *given: np.concatenate(
        given[:-1], axis={"rows": -2, "columns": -1}.get(given[-1], 0)
    ),
}  # fmt: skip
