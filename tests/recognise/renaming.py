"""Networks of dense layers written in other letters, with units in another order, sign or scale."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import netsym
from netsym.graph.functions import FUNCTIONS
from netsym.network.network import Network

ACTIVATIONS = ("tanh", "sigmoid", "relu", "softplus", "softsign", "elu", "gaussian")
_NAME = re.compile(r"[A-Za-z]+[0-9]*(?:_[0-9]+)+|\bx\b")


@dataclass(frozen=True)
class Written:
    """A network, and a text of it in letters of its own, with what they stand for."""

    network: Network
    text: str
    letters: Mapping[str, str]


def network_of(source: random.Random, layers: int | None = None) -> Network:
    """A stack whose parameters have the names of the notation."""
    widths = [source.randint(1, 3) for _ in range(layers or source.randint(2, 3))]
    hidden = [f"{units}{source.choice(ACTIVATIONS)}" for units in widths]
    last = source.choice(["1", "1sigmoid", "2", "2tanh"])
    return netsym.parse("-".join([str(source.randint(1, 3)), *hidden, last]))


def written(seed: int) -> Written:
    """In other letters, the terms of every sum in another order, some units with the other sign."""
    source = random.Random(seed)
    network = network_of(source)
    text = "\n".join(_line(network, layer, source) for layer in range(len(network.layers)))
    names = sorted({*_NAME.findall(text)} - {*(_values(network))})
    inputs = network.input_names.all()
    letters = {name: f"q{place}" for place, name in enumerate(source.sample(names, len(names)))}
    letters |= {name: f"s{place}" for place, name in enumerate(inputs, 1)}
    letters |= {name: f"h{place}" for place, name in enumerate(_values(network))}
    others = {y: y for y in network.output_names.all()}
    text = _NAME.sub(lambda found: {**letters, **others}.get(found[0], found[0]), text)
    return Written(network, text, letters)


def _values(network: Network) -> list[str]:
    """The names that the text gives to hidden units."""
    layers = network.layers[:-1]
    return [f"a{placed.number}_{unit}" for placed in layers for unit in range(1, placed.width + 1)]


def _line(network: Network, place: int, source: random.Random) -> str:
    """The equations of one layer, in any order of units and terms."""
    placed = network.layers[place]
    number, activation = placed.number, placed.layer.activation  # type: ignore[attr-defined]
    before = network.input_names.all()
    if place:
        before = [f"a{number - 1}_{unit}" for unit in range(1, network.layers[place - 1].width + 1)]
    outputs = network.output_names.all()
    lines = []
    for unit in range(1, placed.width + 1):
        terms = [f"w{number}_{unit}_{k}*{value}" for k, value in enumerate(before, 1)]
        source.shuffle(terms)
        z = " + ".join([*terms, f"b{number}_{unit}"])
        flip = FUNCTIONS[activation].parity if activation != "linear" else 0
        call: Callable[[str], str] = lambda z: z if activation == "linear" else f"{activation}({z})"  # noqa: E731
        said = call(z)
        if flip and source.random() < 0.5:
            said = f"-{call(f'-({z})')}" if flip < 0 else call(f"-({z})")
        last = place == len(network.layers) - 1
        lines.append(f"{outputs[unit - 1] if last else f'a{number}_{unit}'} = {said}")
    source.shuffle(lines)
    return "\n".join(lines)


@dataclass(frozen=True)
class Mistaken:
    """A text with one mistake: the layer and the kind of it, in the words that may name it."""

    text: str
    layers: tuple[str, ...]
    kinds: tuple[str, ...]


def mistaken(case: Written, seed: int) -> Mistaken:
    """A bias left out, another activation, or one letter in the places of two, in one unit."""
    source = random.Random(seed)
    lines = case.text.splitlines()
    place = source.randrange(len(lines))
    changed = source.choice([_without_bias, _with_another_activation, _with_one_letter_twice])
    line, kinds = changed(lines[place])
    lines[place] = line
    return Mistaken("\n".join(lines), _layer_of(case, line), kinds)


def _layer_of(case: Written, line: str) -> tuple[str, ...]:
    """What a layer may be called, and what is said where it is a special case."""
    letter = line.partition(" = ")[0]
    value = next((name for name, other in case.letters.items() if other == letter), letter)
    last = len(case.network.layers)
    number = last if value.startswith("y") else int(value[1 : value.index("_")])
    hidden = "the hidden layer" if last == 2 else f"hidden layer {number}"
    if number == last:
        return "the output layer", "output y", f"w{number}_", f"b{number}_"
    return f"layer {number}", hidden, f"w{number}_", f"b{number}_"


def _without_bias(line: str) -> tuple[str, tuple[str, ...]]:
    return re.sub(r" \+ q\d+(?=\)|$)", "", line, count=1), ("bias",)


def _with_another_activation(line: str) -> tuple[str, tuple[str, ...]]:
    name = next((each for each in ACTIVATIONS if f"{each}(" in line), "")
    if not name:
        head, _, z = line.partition(" = ")
        return f"{head} = tanh({z})", ("tanh",)
    other = "softsign" if name == "tanh" else "tanh"
    return line.replace(f"{name}(", f"{other}("), (other,)


def _with_one_letter_twice(line: str) -> tuple[str, tuple[str, ...]]:
    first, second, *_ = dict.fromkeys(re.findall(r"q\d+", line))
    return re.sub(rf"\b{second}\b", first, line), ("special case: equal only where",)
