"""Pairs of formulas: is one the other in other names? Judged by NumPy, and by trying all names.

Nothing of netsym is used: a formula is text that Python reads, too, and whether names can be
renamed so that two are equal is tried for every name and every sign.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations, product
from typing import Any

import numpy as np

_NAME = re.compile(r"\b[A-Za-z_]\w*\b")
_FUNCTIONS: dict[str, Any] = {
    "tanh": np.tanh, "sin": np.sin, "softsign": lambda z: z / (1 + np.abs(z)),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)), "gaussian": lambda z: np.exp(-z * z),
    "relu": lambda z: np.maximum(z, 0), "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "softplus": lambda z: np.logaddexp(z, 0), "pi": np.pi,
}  # fmt: skip
_ACTIVATIONS = [name for name in _FUNCTIONS if name != "pi"]
_PARITY = {"tanh": "-", "sin": "-", "softsign": "-", "gaussian": ""}
_OWN = ("a", "b", "c", "d", "k", "m", "u", "v", "s", "t", "i", "j", "alpha", "theta", "w1", "b1")
_MOST_OWN = 4  # names, of which every order and sign is tried
_POINTS = 24

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """A network as text with its inputs, and another text with what it calls the inputs."""

    network: str
    inputs: tuple[str, ...]
    text: str
    called: tuple[str, ...]

    @property
    def meant(self) -> set[str]:
        """The names that the network has as well, which mean themselves."""
        return names(self.text) & (names(self.network) | {*self.inputs})


def names(text: str) -> set[str]:
    """The names in a text; none of what it calls."""
    return {*_NAME.findall(re.sub(r"\by_\d =", "", text))} - {*_FUNCTIONS}


def values(text: str, given: Values) -> list[Any]:
    """The outputs at all points."""
    lines = [line.partition("= ")[2] or line for line in text.splitlines()]
    return [eval(line, {"__builtins__": {}}, {**_FUNCTIONS, **given}) for line in lines]


def drawn(some: set[str]) -> dict[str, Any]:
    """Values of names: small whole numbers, zeros and equal ones first, then any."""
    source = np.random.default_rng(1)
    rows = source.normal(size=(len(some), _POINTS)) * source.choice([0.3, 1, 2], (len(some), 1))
    rows[:, : _POINTS // 4] = source.integers(-2, 3, (len(some), _POINTS // 4))
    return dict(zip(sorted(some), rows, strict=True))


def equal(one: list[Any], other: list[Any]) -> bool:
    """Whether all outputs have the same values."""
    pairs = zip(one, other, strict=True)
    return all(np.allclose(mine, theirs, rtol=1e-8, atol=1e-10) for mine, theirs in pairs)


def is_renamed(case: Case) -> bool:
    """Whether the names that only the text has can be those that it has not, up to sign."""
    here = names(case.network) | {*case.inputs}
    point = drawn(here | names(case.text))
    wanted = values(case.network, point)
    own = sorted(names(case.text) - here - {*case.called})
    left = sorted(names(case.network) - {*case.inputs} - case.meant)
    called = [name for name in case.called if name not in case.inputs]
    for order in permutations([name for name in case.inputs if name not in case.meant]):
        inputs = {name: point[is_] for name, is_ in zip(called, order, strict=False)}
        for chosen in permutations(left, len(own)):
            for signs in product((1, -1), repeat=len(own)):
                pairs = zip(own, chosen, signs, strict=True)
                mine = {name: sign * point[is_] for name, is_, sign in pairs}
                if equal(wanted, values(case.text, {**point, **inputs, **mine})):
                    return True
    return False


def why_no_renaming(case: Case, found: Mapping[str, str]) -> str:
    """What is wrong with names that are said to be others; empty if nothing is."""
    here = names(case.network) | {*case.inputs}
    targets = [name for is_ in found.values() for name in names(is_)]
    if {*found} & here:
        return "a name that both have is renamed"
    if len(targets) != len(found):
        return "a name is a number, or several names"
    if len({*targets} | case.meant) < len(targets) + len(case.meant):
        return "several names are one"
    return "" if holds(case, found, {}) else "the values differ"


def holds(case: Case, found: Mapping[str, str], only_where: Mapping[str, str]) -> bool:
    """Whether both are equal with these names, where names of the network have these values."""
    point = drawn(names(case.network) | {*case.inputs} | names(case.text))
    for name, is_ in only_where.items():
        if name in names(case.network):
            point[name] = values(is_, point)[0] * np.ones(_POINTS)
    mine = {name: values(is_, point)[0] for name, is_ in found.items()}
    return equal(values(case.network, point), values(case.text, {**point, **mine}))


# -- networks and what is done to them ------------------------------------------------------------
def case(seed: int) -> Case:
    """A small network, and a text of it with one change and some of its names renamed.

    No two units of the network are the same, as their weights would be one, a sum of names.
    """
    source = random.Random(seed)
    while True:
        network, inputs = _Writer(source).network()
        units = re.findall(r"\w+\([^()]*\)", network.splitlines()[0])
        if not {*inputs} < names(network) or len({*units}) < len(units):
            continue
        text, called = _in_own_names(_changed(network, source), inputs, source)
        own = names(text) - names(network) - {*called}
        if len(own) <= _MOST_OWN and called:
            return Case(network, inputs, text, called)


class _Writer:
    """Writes a network of one hidden layer, or of none."""

    def __init__(self, source: random.Random) -> None:
        self.source = source
        self.inputs = source.choice([("x",), ("x",), ("x_1", "x_2")])
        self.tied, self.numbers = source.random() < 0.2, source.random() < 0.2
        self.activations = source.choices(_ACTIVATIONS, k=1 + (source.random() < 0.2))
        self.count = 0

    def weight(self) -> str:
        if self.numbers and self.source.random() < 0.3:
            return self.source.choice(["2", "0.5", "3", "(-1)"])
        if self.count and self.tied and self.source.random() < 0.3:
            return f"p{self.source.randint(1, self.count)}"
        self.count += 1
        return f"p{self.count}"

    def sum_of(self, terms: Sequence[str]) -> str:
        bias = [self.weight()] if self.source.random() < 0.9 else []
        return " + ".join([*(f"{self.weight()}*{term}" for term in terms), *bias])

    def network(self) -> tuple[str, tuple[str, ...]]:
        units = [
            f"{self.source.choice(self.activations)}({self.sum_of(self.inputs)})"
            for _ in range(self.source.choice([0, 1, 2, 2]))
        ]
        skip = list(self.inputs) if units and self.source.random() < 0.1 else []
        outputs = self.source.choice([1, 1, 2])
        sums = [self.sum_of([*units, *skip] or self.inputs) for _ in range(outputs)]
        top = self.source.choice(["", "", "sigmoid", "tanh"])
        lines = [f"{top}({each})" if top else each for each in sums]
        numbered = [f"y_{number} = {line}" for number, line in enumerate(lines, 1)]
        return "\n".join(numbered if outputs > 1 else lines), self.inputs


def _with(text: str, names: Mapping[str, str]) -> str:
    return _NAME.sub(lambda found: names.get(found[0], found[0]), text)


def _changed(text: str, source: random.Random) -> str:
    """Weights crossed, tied or made numbers, inputs swapped, signs, scales, other activations."""
    some = sorted(name for name in names(text) if name.startswith("p"))
    one, other = source.choice(some), source.choice(some)
    value = source.choice(sorted(name for name in names(text) if name.startswith("x")))
    calls = [found for found in re.finditer(r"(\w+)\(([^()]*)\)", text) if found[1] in _FUNCTIONS]
    changes = [
        text, text, _with(text, {one: other, other: one}), _with(text, {one: other}),
        _with(text, {one: source.choice(["2", "0", "1", "pi"])}),
        _with(text, {"x_1": "x_2", "x_2": "x_1"}),
        re.sub(rf"\b{one}\b", source.choice(["q_1", "(-1)*" + one, value]), text, count=1),
    ]  # fmt: skip
    if calls:
        call = source.choice(calls)
        name, sign = call[1], _PARITY.get(call[1], source.choice(["", "-"]))
        scale = source.choice(["2", "0.5", "-1", "0"])
        terms = call[2].split(" + ")
        made = [
            f"{source.choice(_ACTIVATIONS)}({call[2]})", f"{name}({scale}*({call[2]}))",
            f"({sign}{name}(-({call[2]})))", f"{name}({' + '.join(terms[::-1])})",
            f"{name}({' + '.join(terms[1:] or terms)})",
        ]  # fmt: skip
        changes += [text.replace(call[0], each) for each in made]
    return source.choice(changes)


def _in_own_names(
    text: str, inputs: Sequence[str], source: random.Random
) -> tuple[str, tuple[str, ...]]:
    """Some names renamed, and inputs: all, some or none."""
    share = source.choice([0, 0.5, 0.5, 1])
    some = [name for name in sorted(names(text) - {*inputs}) if source.random() < share]
    new = dict(zip(some, source.sample(_OWN, min(len(_OWN), len(some))), strict=False))
    share = source.choice([0, 0, 0.5, 1])
    others = source.choice([("X1", "X2"), ("z", "r"), ("in1", "in2")])
    pairs = zip(inputs, others, strict=False)
    new |= {name: other for name, other in pairs if source.random() < share}
    used = [name for name in inputs if name in names(text)]
    return _with(text, new), tuple(new.get(name, name) for name in used)
