"""Random stacks of dense layers, as a formula can show them, and what they are written as."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import Any

from netsym.graph.functions import ACTIVATIONS
from netsym.layers.blocks import Wire
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Standardize
from netsym.network.network import Network

HIDDEN = [name for name in ACTIVATIONS if name not in ("linear", "softmax")]
_FACTOR_OF_1 = re.compile(r"(?<![\w.*/])1\*\(|/1(?![\w.*])")
#: Forms with more nodes are not written.
MOST_NODES = 4000


@dataclass(frozen=True)
class Stack:
    """A network, its shorthand, and whether its inputs are scaled first."""

    network: Network
    shorthand: str
    scaled: bool


def stack(seed: int) -> Stack:
    """One to four layers of one to six units, of any activation, with skips, scalers and softmax.

    A linear hidden layer has several units: of one, nothing tells in a formula.
    """
    source = random.Random(seed)
    width = source.randint(1, 6)
    inputs, words, named = width, [str(width)], source.random() < 0.5
    wires: list[Wire] = []
    before = "input"
    scaled = source.random() < 0.2
    if scaled:
        before = "scaler"
        mean = [_number(source) for _ in range(width)]
        scale = [abs(_number(source)) for _ in range(width)]
        wires.append((before, Standardize(), ["input"], {"mean": mean, "scale": scale}))
    count = source.randint(1, 4)
    for number in range(1, count + 1):
        activation, units, skip = _layer(source, number == count, width)
        bias = source.random() < 0.85
        given = {} if named else _numbers(source, units, width, bias)
        layer = Dense(units=units, activation=activation, skip=skip, use_bias=bias)
        wires.append((f"layer{number}", layer, [before], given))
        words.append(f"{units}{'' if activation == 'linear' else activation}{'+' if skip else ''}")
        before, width = f"layer{number}", units
    return Stack(Network.of("a stack", inputs, wires), "-".join(words), scaled)


def _layer(source: random.Random, last: bool, width: int) -> tuple[str, int, bool]:
    """The activation, units and skip of a layer."""
    units, activation = source.randint(1, 6), source.choice(HIDDEN)
    if last:
        others = [activation, "linear", "linear", "softmax" if units > 1 else "sigmoid"]
        return source.choice(others), units, False
    if source.random() < 0.12:
        return "linear", max(units, 2), False
    skip = source.random() < 0.2
    return activation, width if skip else units, skip


def _numbers(source: random.Random, units: int, width: int, bias: bool) -> dict[str, Any]:
    weights = [[_number(source) for _ in range(width)] for _ in range(units)]
    return {"weights": weights} | (
        {"bias": [_number(source) for _ in range(units)]} if bias else {}
    )


def _number(source: random.Random) -> float:
    """A small whole number, a short decimal, or what training makes; not 0."""
    whole = float(source.choice([-3, -2, -1, 1, 2, 3, 4]))
    return source.choice([whole, round(source.uniform(-2, 2), 2) or 0.5, source.gauss(0, 1)])


def texts(network: Network) -> dict[str, str]:
    """What netsym writes of it, in every way that is not too long."""
    found = {"layered": network.layered.text(), "layered, ASCII": network.layered.text(ascii=True)}
    if network.count_nodes("inlined") < MOST_NODES:
        found["inlined"] = network.inlined.text()
        found["inlined, ASCII"] = network.inlined.text(ascii=True)
        if not _FACTOR_OF_1.search(found["inlined, ASCII"]):  # print leaves 1·(…) out: x + (y + z)
            found["LaTeX"] = network.inlined.latex()
        found["Python"] = network.inlined.python()
    if network.count_nodes("inlined", None, True) < MOST_NODES:
        found["expanded"] = network.formula("inlined", True).text()
    return found


def alike(shorthand: str) -> str:
    """A shorthand in which functions that are equal for the usual alpha are one."""
    return shorthand.replace("celu", "elu")
