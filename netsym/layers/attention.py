"""Scaled dot-product attention with several heads, a causal mask and rotary positions; masks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import isqrt, prod
from typing import ClassVar, TypeVar

import numpy as np
import numpy.typing as npt

from netsym.errors import SpecError, did_you_mean
from netsym.layers import Layer, Shape, refuse_vast, shape_text
from netsym.ops import Ops, Present, WholeOps
from netsym.wording import agreed, plural

A = TypeVar("A")
Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]

ROTARY = ("none", "interleaved", "halves")
ROTARY_BASE = 10000.0
_FEW = 24  # places of a mask that are written out


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention(Layer):
    """`softmax(Q Kᵀ/√d_k) V` for each head, then one linear map of all heads together.

    Of a sequence (steps, d) it gives (steps, d) (Vaswani et al., Attention Is All You Need, 2017,
    equation 1 and section 3.2.2): queries are x W_qᵀ + b_q, keys and values likewise, each head
    has its d_k = d/heads columns of them, and what the heads give, side by side, goes through
    W_o, b_o. wq and wo are (d, d), wk and wv (d, width of what they read); torch's
    `in_proj_weight` is wq, wk and wv one below the other.

    Reading from two values, queries are made of the first, keys and values of the second: the
    output has as many steps as the first. With `causal`, a step sees no later ones, and they do
    not occur in its formula.

    `rotary` turns every pair of columns of queries and keys by m θ_i at step m = 0, 1, …, with
    θ_i = rotary_base^{-2i/d_k} (Su et al., RoFormer, 2021, equations 15 and 34). A pair is
    "interleaved" as in the paper, columns 2i and 2i + 1, or in "halves" as in Llama, columns i
    and i + d_k/2.
    """

    kind: ClassVar[str] = "attention"
    letters: ClassVar[Mapping[str, str]] = {
        **{key: key for key in ("wq", "wk", "wv", "wo")},
        **{key: key for key in ("bq", "bk", "bv", "bo")},
    }
    reads: ClassVar[tuple[int, int | None]] = (1, 2)

    heads: int = 1
    causal: bool = False
    bias: bool = True
    rotary: str = "none"
    rotary_base: float = ROTARY_BASE

    def __post_init__(self) -> None:
        if self.rotary not in ROTARY:
            raise SpecError(f"unknown rotary {self.rotary!r}; {did_you_mean(self.rotary, ROTARY)}")
        if self.rotary_base <= 0:
            raise SpecError(f"rotary_base is a positive number, not {self.rotary_base:g}")

    def shape(self, *shapes: Shape) -> Shape:
        for shape in shapes:
            if len(shape) != 2:
                raise SpecError(
                    f"takes sequences (steps, values), but an input has shape {shape_text(shape)}; "
                    "reshape it first"
                )
        width = shapes[0][1]
        if width % self.heads:
            small = [n for n in range(1, isqrt(width) + 1) if width % n == 0]
            divisors = [*small, *(width // n for n in small)]
            near = sorted(sorted(set(divisors), key=lambda n: abs(n - self.heads))[:2])
            raise SpecError(
                f"splits {plural(width, 'value')} into {plural(self.heads, 'head')}, but "
                f"{self.heads} does not divide {width}; choose heads that do, such as "
                f"{' or '.join(map(str, near))}"
            )
        if self.rotary != "none" and width // self.heads % 2:
            raise SpecError(
                f"turns pairs of values, but {plural(self.heads, 'head')} of "
                f"{plural(width, 'value')} {agreed(self.heads, 'has', 'have')} "
                f"{width // self.heads} each, an odd number; choose other heads, or no rotary"
            )
        if self.causal and len(shapes) > 1:
            raise SpecError(
                "is causal and reads from two values, but only steps of one sequence come before "
                "or after each other; leave causal out"
            )
        refuse_vast("compares steps with steps,", shapes[0][0], shapes[-1][0])
        return shapes[0]

    def parameters(self, *shapes: Shape) -> dict[str, Shape]:
        width, read = shapes[0][1], shapes[-1][1]
        found: dict[str, Shape] = {}
        for role, inputs in (("q", width), ("k", read), ("v", read), ("o", width)):
            found[f"w{role}"] = (width, inputs)
            if self.bias:
                found[f"b{role}"] = (width,)
        return found

    def values(self, *shapes: Shape) -> dict[str, Shape]:
        (steps, width), read = shapes[0], shapes[-1][0]
        each, scores = width // self.heads, (self.heads, steps, read)
        rows = {"q": (self.heads, steps, each), "k": (self.heads, read, each)}
        found = rows | {"v": rows["k"], "z": scores, "alpha": scores, "c": shapes[0]}
        if self.rotary != "none":
            found |= {f"{letter}r": (self.heads, n - 1, each) for letter, (_, n, _) in rows.items()}
        return found

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        steps, width = ops.lengths(inputs[0], 2)
        queries = self._turned(ops, self._heads(ops, parameters, "q", inputs[0]), "q")
        keys = self._turned(ops, self._heads(ops, parameters, "k", inputs[-1]), "k")
        values = ops.name(self._heads(ops, parameters, "v", inputs[-1]), "v")
        present = _causal(steps) if self.causal else None
        products = ops.transpose(ops.contract(queries, keys), 1, 0)  # (…, heads, to, from)
        scores = ops.name(ops.divide(products, self._root(ops, width)), "z", present)
        weights = ops.name(ops.softmax(scores, present), "alpha", present)
        there = None if present is None else present[None]
        mixed = ops.contract(weights, ops.transpose(values, 1, 0), None, there)
        side_by_side = ops.reshape(ops.transpose(mixed, 2, 0, 1), 3, (steps, width))
        together = ops.name(side_by_side, "c")
        return ops.contract(parameters["wo"], together, parameters.get("bo"))

    def _heads(self, ops: Ops[A], parameters: Mapping[str, A], role: str, read: A) -> A:
        """Queries, keys or values, by head: (…, heads, steps, d_k)."""
        rows = ops.contract(parameters[f"w{role}"], read, parameters.get(f"b{role}"))
        steps, width = ops.lengths(rows, 2)
        split = ops.reshape(rows, 2, (steps, self.heads, width // self.heads))
        return ops.transpose(split, 1, 0, 2)

    def _root(self, ops: Ops[A], width: int) -> A:
        """√d_k, as a whole number if it is one."""
        each = width // self.heads
        root = isqrt(each)
        return ops.constant(root) if root**2 == each else ops.call("sqrt", ops.constant(each))

    def _turned(self, ops: Ops[A], rows: A, base: str) -> A:
        """Queries or keys turned by their positions; the first step stays as it is."""
        rows = ops.name(rows, base)
        steps, each = ops.lengths(rows, 2)
        if self.rotary == "none" or steps == 1:
            return rows
        cosines, sines, other = _rotations(steps, each, self.rotary, self.rotary_base)
        later = ops.take(rows, np.arange(1, steps), axis=-2)
        turned = ops.add(
            ops.multiply(ops.numbers(cosines), later),
            ops.multiply(ops.numbers(sines), ops.take(later, other)),
        )
        first = ops.take(rows, np.array([0]), axis=-2)
        return ops.concatenate([first, ops.name(turned, f"{base}r")], axis=-2)

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        """The equation of the paper, for each head i if there are several; rows are steps."""
        q, k, v = (
            self._rows(ops, parameters, role, read)
            for role, read in zip("qkv", (inputs[0], inputs[-1], inputs[-1]), strict=True)
        )
        (_, width), *_ = ops.place.shapes
        root = ops.call("sqrt", ops.constant(width // self.heads))
        scores = ops.divide(ops.matmul(q, ops.flipped(k)), root)
        seen = ops.operator("softmax", scores, index="causal" if self.causal else "")
        head = ops.matmul(seen, v)
        if self.heads > 1:
            head = ops.operator("concat", head, index=f"i=1:{self.heads}")
        return ops.rows(head, parameters["wo"], parameters.get("bo"))

    def _rows(self, ops: WholeOps[A], parameters: Mapping[str, A], role: str, read: A) -> A:
        """Queries, keys or values, with a letter."""
        found = ops.rows(read, parameters[f"w{role}"], parameters.get(f"b{role}"))
        if self.heads > 1:
            found = ops.operator("head", found, index="i")
        if role != "v" and self.rotary != "none":
            base = "" if self.rotary_base == ROTARY_BASE else f", base {self.rotary_base:g}"
            found = ops.operator("rotary", found, index=self.rotary + base)
        return ops.name(found, role.upper() + ("i" if self.heads > 1 else ""))


@lru_cache(maxsize=2)
def _causal(steps: int) -> Present:
    """Which steps each step sees, (to, from), to be read only."""
    mask = np.tri(steps, dtype=bool)
    mask.flags.writeable = False
    return mask


@lru_cache(maxsize=2)
def _rotations(steps: int, each: int, rotary: str, base: float) -> tuple[Floats, Floats, Positions]:
    """By what columns are multiplied, and the column in a pair with each, times what is added.

    By row after the first; all arrays are to be read only.
    """
    angles = np.outer(np.arange(1, steps), base ** (-np.arange(0, each, 2) / each))
    places = np.arange(each)
    if rotary == "interleaved":
        pair, other = places // 2, places ^ 1
        sign = np.where(places % 2, 1.0, -1.0)
    else:
        pair, other = places % (each // 2), (places + each // 2) % each
        sign = np.where(places < each // 2, -1.0, 1.0)
    found = np.cos(angles)[:, pair], sign * np.sin(angles)[:, pair], other
    for array in found:
        array.flags.writeable = False
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedSoftmax(Layer):
    """`a_i = exp(x_i)/Σ_j exp(x_j)` along the last axis, over the j that are present; else a_i = 0.

    `present` has 1 for what is present and 0 for what is not, for every place of the last axes,
    whose `lengths` are given unless it is one; the axes before have the same mask (Vaswani et al.,
    Attention Is All You Need, 2017, section 3.2.3).
    """

    kind: ClassVar[str] = "masked_softmax"

    present: tuple[int, ...] = field(metadata={"least": 0})
    lengths: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if max(self.present) > 1 or len(self.present) != prod(self._lengths):
            raise SpecError(
                f"present has {len(self.present)} numbers for {shape_text(self._lengths)} places; "
                "give 1 or 0 for each"
            )
        if not self._mask.any(axis=-1).all():
            raise SpecError("has a place where nothing is present, and so no sum to divide by")

    @property
    def _lengths(self) -> Shape:
        return self.lengths or (len(self.present),)

    @property
    def _mask(self) -> Present:
        return np.array(self.present, dtype=bool).reshape(self._lengths)

    def shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        if shape[-len(self._lengths) :] != self._lengths:
            raise SpecError(
                f"masks {shape_text(self._lengths)} places, but its input is {shape_text(shape)}; "
                "the last axes must be those of the mask"
            )
        return shape

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        present = self._mask
        softmax = ops.softmax(inputs[0], present)
        if present.all():
            return softmax
        flat = ops.reshape(softmax, present.ndim, (present.size,))
        zero = ops.reshape(ops.numbers(np.zeros(1)), 1, (1,))
        where = np.where(present.reshape(-1), np.arange(present.size), present.size)
        chosen = ops.take(ops.concatenate([flat, zero]), where)
        return ops.reshape(chosen, 1, present.shape)

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        index = "masked"
        if (
            len(self._lengths) > 1
            and (self._mask == np.tri(self._lengths[-2], self._lengths[-1])).all()
        ):
            index = "causal"
        elif len(self.present) <= _FEW:
            index = f"masked {' '.join(map(str, self.present))}"
        return ops.operator("softmax", inputs[0], index=index)
