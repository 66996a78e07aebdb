"""Functions as they are mistyped where they are written out, a row each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from netsym.graph.functions import FUNCTIONS
from netsym.graph.graph import Graph
from netsym.ops.symbolic import Symbolic


@dataclass(frozen=True, slots=True)
class Mistyped:
    """What stands for `function` of z by mistake; the words complete "this is your network …"."""

    function: str
    words: str
    typed: Callable[[Any, Any], Any]

    def made(self, graph: Graph, node: int) -> int:
        """It as a node, of the node z."""
        return _node(self.typed(_in(graph), np.array([node], dtype=np.int32)))


def _decay(ops: Any, z: Any, times: float = 1) -> Any:
    """`e^(-times z)`"""
    return ops.call("exp", ops.multiply(ops.constant(-times), z))


def _no_bracket(ops: Any, z: Any) -> Any:
    return ops.add(ops.constant(1), _decay(ops, z))


def _no_factor(ops: Any, z: Any) -> Any:
    return ops.call("tanh", ops.divide(z, ops.constant(2)))


def _no_bracket_in_tanh(ops: Any, z: Any) -> Any:
    return ops.add(ops.constant(1), _decay(ops, z, 2))


def _twice(function: str) -> Callable[[Any, Any], Any]:
    return lambda ops, z: ops.multiply(ops.constant(2), ops.call(function, z))


MISTYPED = (
    Mistyped("sigmoid", "with 1/1 + e^-z, a bracket missing, for the sigmoid", _no_bracket),
    Mistyped("tanh", "with 2/(1 + e^-z) - 1, the 2 before z missing, for the tanh", _no_factor),
    Mistyped("tanh", "with 2/1 + e^(-2z) - 1, a bracket missing, for the tanh",
             _no_bracket_in_tanh),
    Mistyped("gelu", "without the 1/2 of the gelu", _twice("gelu")),
    Mistyped("gelu_tanh", "without the 1/2 of the gelu_tanh", _twice("gelu_tanh")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OpenExponent:
    """What stands for a function of `w*x + …` where the exponent of e is not in brackets."""

    words: str
    typed: Callable[..., Any]

    def made(self, graph: Graph, parts: Sequence[int]) -> int:
        """It as a node, of w, x and all other terms."""
        weight, value, *rest = (np.array([part], dtype=np.int32) for part in parts)
        return _node(self.typed(_in(graph), weight, value, rest))


def _open_sigmoid(sign: int) -> Callable[..., Any]:
    def typed(ops: Any, weight: Any, value: Any, rest: Sequence[Any]) -> Any:
        first = ops.multiply(_decay(ops, weight), value)
        others = rest if sign > 0 else [ops.negate(term) for term in rest]
        return ops.divide(ops.constant(1), ops.add(ops.constant(1), first, *others))

    return typed


def _open_exp(ops: Any, weight: Any, value: Any, rest: Sequence[Any]) -> Any:
    return ops.add(ops.multiply(ops.call("exp", weight), value), *rest)


OPEN_EXPONENTS: Mapping[str, tuple[OpenExponent, ...]] = {
    "sigmoid": (
        OpenExponent("with e^-w*x - b, the exponent not in brackets, for the sigmoid",
                     _open_sigmoid(-1)),
        OpenExponent("with e^-w*x + b, the exponent not in brackets, for the sigmoid",
                     _open_sigmoid(1)),
    ),
    "exp": (OpenExponent("with e^w*x + b, the exponent not in brackets,", _open_exp),),
}  # fmt: skip


class _WithBase(Symbolic):
    """Nodes in which e is another number; `used` says whether there is any power of e."""

    def __init__(self, graph: Graph, base: int) -> None:
        super().__init__(named=False)
        self.graph = graph
        self.base = np.array([base], dtype=np.int32)
        self.used = False

    def call(self, function: str, *operands: Any) -> Any:
        expansion = FUNCTIONS[function].expansion
        if function == "exp":
            self.used = True
            return self.graph.nodes("power", self.base, *operands)
        if function == "tanh":
            power = self.call("exp", self.multiply(self.constant(2), *operands))
            return self.divide(
                self.add(power, self.constant(-1)), self.add(power, self.constant(1))
            )
        return expansion(self, *operands) if expansion else super().call(function, *operands)


def with_base(graph: Graph, node: int, base: int) -> int | None:
    """A call written out with another number for e; None if it has no power of e."""
    ops = _WithBase(graph, base)
    operands = [np.array([below], dtype=np.int32) for below in graph.operands_of(node)]
    made = _node(ops.call(graph.block_of(node).op, *operands))
    return made if ops.used else None


def _in(graph: Graph) -> Symbolic:
    ops = Symbolic(named=False)
    ops.graph = graph
    return ops


def _node(made: Any) -> int:
    return int(made.reshape(-1)[0])
