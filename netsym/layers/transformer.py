"""Encoder and decoder blocks of transformers, by their options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from netsym.errors import SpecError, did_you_mean
from netsym.layers import Layer
from netsym.layers.attention import Attention
from netsym.layers.blocks import INPUT, Block, Composite, Wire
from netsym.layers.feedforward import FeedForward
from netsym.layers.merge import Add
from netsym.layers.normalisation import LayerNorm, RMSNorm


@dataclass(frozen=True, slots=True, kw_only=True)
class Transformer(Composite):
    """What encoder and decoder blocks are made of: attention, then a feed-forward layer.

    Each part adds its input to its output. Layers are normalised at the end of each part, as in
    the paper (`norm = "last"`), or at its beginning (`norm = "first"`: Xiong et al., On Layer
    Normalization in the Transformer Architecture, 2020, figure 1), by LayerNorm or, with `rms`,
    by RMSNorm.
    """

    heads: int
    hidden: int
    activation: str = "relu"
    norm: str = "first"
    eps: float = 1e-5
    rms: bool = False
    gated: bool = False
    bias: bool = True
    rotary: str = "none"
    rotary_base: float = 10000.0
    repeat: int = 1
    share: bool = False

    def __post_init__(self) -> None:
        if self.norm not in ("first", "last"):
            raise SpecError(
                f"norm = {self.norm!r} is not known; {did_you_mean(self.norm, ('first', 'last'))}"
            )

    def attention(self, causal: bool) -> Attention:
        """The attention of a sequence to itself."""
        return Attention(
            heads=self.heads,
            causal=causal,
            bias=self.bias,
            rotary=self.rotary,
            rotary_base=self.rotary_base,
        )

    def wired(self, parts: list[tuple[str, Layer, list[str]]]) -> Block:
        """Parts one after another, each with its norm and its skip connection.

        A part is a name, a layer, and what it reads besides the values before it.
        """
        wires: list[Wire] = []
        before = INPUT
        for number, (name, layer, memory) in enumerate(parts, 1):
            norm, add = f"norm{number}", f"add{number}"
            if self.norm == "first":
                wires.append((norm, self._norm(), [before], {}))
                wires.append((name, layer, [norm, *memory], {}))
                wires.append((add, Add(), [before, name], {}))
                before = add
            else:
                wires.append((name, layer, [before, *memory], {}))
                wires.append((add, Add(), [before, name], {}))
                wires.append((norm, self._norm(), [add], {}))
                before = norm
        return Block(parts=tuple(wires), repeat=self.repeat, share=self.share)

    def feedforward(self) -> FeedForward:
        """The last part."""
        return FeedForward(
            hidden=self.hidden, activation=self.activation, gated=self.gated, bias=self.bias
        )

    def _norm(self) -> Layer:
        return RMSNorm(eps=self.eps) if self.rms else LayerNorm(eps=self.eps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoder(Transformer):
    """An encoder block: every step sees all steps; as torch's TransformerEncoderLayer.

    Vaswani et al., Attention Is All You Need, 2017, section 3.1.
    """

    kind: ClassVar[str] = "encoder"

    causal: bool = False

    def block(self) -> Block:
        parts: list[tuple[str, Layer, list[str]]] = [
            ("attention", self.attention(self.causal), []),
            ("feedforward", self.feedforward(), []),
        ]
        return self.wired(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoder(Transformer):
    """A decoder block: every step sees itself and those before it.

    With `memory`, it reads from two values, and between the two parts attends to the second, as
    torch's TransformerDecoderLayer does (Vaswani et al., 2017, section 3.1). Without, it is the
    block of models that have a decoder alone (Radford et al., 2018, section 3.1).
    """

    kind: ClassVar[str] = "decoder"
    reads: ClassVar[tuple[int, int]] = (1, 2)

    memory: bool = False

    def block(self) -> Block:
        parts: list[tuple[str, Layer, list[str]]] = [("attention", self.attention(True), [])]
        if self.memory:
            across = Attention(heads=self.heads, bias=self.bias)
            parts.append(("cross", across, [f"{INPUT}2"]))
        return self.wired([*parts, ("feedforward", self.feedforward(), [])])
