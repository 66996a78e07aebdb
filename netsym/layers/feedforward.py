"""The feed-forward layer of transformers, gated or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from netsym.layers import Activated, Shape
from netsym.ops import Ops, WholeOps
from netsym.wording import plural

A = TypeVar("A")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedForward(Activated):
    """`g(x W_uᵀ + b_u) W_dᵀ + b_d`, of every row by itself: up to `hidden` values and down again.

    wu is (hidden, width), wd (width, hidden) (Vaswani et al., Attention Is All You Need, 2017,
    equation 2). When `gated`, `(g(x W_gᵀ + b_g) ⊙ (x W_uᵀ + b_u)) W_dᵀ + b_d` (Shazeer, GLU
    Variants Improve Transformer, 2020, equation 6): SwiGLU with "silu", GEGLU with "gelu".
    """

    kind: ClassVar[str] = "feedforward"
    letters: ClassVar[Mapping[str, str]] = {
        key: key for key in ("wg", "wu", "wd", "bg", "bu", "bd")
    }

    hidden: int
    activation: str = "relu"
    gated: bool = False
    bias: bool = True

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def parameters(self, *shapes: Shape) -> dict[str, Shape]:
        width, found = shapes[0][-1], dict[str, Shape]()
        for role in "gud" if self.gated else "ud":
            down = role == "d"
            found[f"w{role}"] = (width, self.hidden) if down else (self.hidden, width)
            if self.bias:
                found[f"b{role}"] = (width if down else self.hidden,)
        return found

    def values(self, *shapes: Shape) -> dict[str, Shape]:
        return {"h": (*shapes[0][:-1], self.hidden)}

    @property
    def stepwise(self) -> bool:
        return True

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        def mapped(role: str, values: A) -> A:
            return ops.contract(parameters[f"w{role}"], values, parameters.get(f"b{role}"))

        (x,) = inputs
        hidden = self.activate(ops, mapped("g" if self.gated else "u", x))
        if self.gated:
            hidden = ops.multiply(hidden, mapped("u", x))
        return mapped("d", ops.name(hidden, "h"))

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        def mapped(role: str, rows: A) -> A:
            return ops.rows(rows, parameters[f"w{role}"], parameters.get(f"b{role}"))

        (x,) = inputs
        hidden = self.activate(ops, mapped("g" if self.gated else "u", x))
        if self.gated:
            hidden = ops.multiply(hidden, mapped("u", x))
        return mapped("d", ops.name(hidden, "H"))

    def describe(self) -> str:
        gated = "gated " if self.gated else ""
        return f"feed-forward through {plural(self.hidden, f'{gated}unit')}, {self.activation}"
