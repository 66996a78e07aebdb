"""Which names of a formula are its inputs: what a person says, or how the names are used."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from netsym.errors import SpecError, UnclearError
from netsym.forms.form import Form

#: Letters that people give to weights, biases and other parameters.
_PARAMETER = re.compile(
    r"(?:w|W|b|B|v|V|U|c|k|alpha|beta|gamma|theta|lambda|bias|weight|wt|w[oh]|b[oh]|[il]w|[IL]W)"
    r"(?:_?\d|_|$).*|.*_(?:weight|bias)s?\d*"
)
#: Letters that they give to inputs.
_INPUT = re.compile(r"(?:[xXiIpuztsr]|a0|in|inp|input|feature|xs)(?:_?\d+)*")
_X = re.compile(r"[xX](?:_?\d+)*")
_MOST_PARTNERS = 8  # names that are taken from one product: of three one can be an input no more
_WORD = re.compile(r"[xyztuvXYZ]|[A-Za-z]{3,}\w*")
_LETTERS = "xyzXYZtuv"  # the likeliest first


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs, in order, and why it is these."""

    names: list[str]
    why: str


def natural(name: str) -> list[tuple[int, int, str]]:
    """An order in which x_2 is before x_10."""
    parts = re.split(r"(\d+)", name)
    return [(1, int(each), "") if each.isdecimal() else (0, 0, each) for each in parts]


def inputs_of(
    form: Form, given: Inputs | Sequence[str] | None = None, parameters: Collection[str] = ()
) -> Inputs:
    """The inputs of a formula: as given, its arguments, x, or by the use of the names.

    Names that are `parameters` are none. Raises `SpecError` for a name that is not in the formula,
    or where there is no name, and `UnclearError` where two readings remain.
    """
    if isinstance(given, Inputs):
        return given
    names = _Uses(form, parameters)
    if given is not None:
        some = ", ".join(sorted(names.all, key=natural)[:8]) or "none"
        for name in given:
            if name not in names.all:
                raise SpecError(f"there is no {name!r} in the formula; its names are {some}")
        if not given:
            raise SpecError(f"a network has inputs, and none are given; the names are {some}")
        return Inputs(list(given), "as given")
    if form.function:
        return Inputs(form.input_names(), "the arguments")
    if not names.all:
        raise SpecError("the formula has no names, so it is a number and no network")
    ways = (names.called_x, names.only_numbers, names.like_inputs, names.with_several,
            names.not_like_parameters)  # fmt: skip
    for way in ways:
        found = way()
        if found is not None:
            return found
    raise names.unclear()


def like_inputs(names: Iterable[str]) -> list[str]:
    """Those with letters that people give to inputs, and not to parameters."""
    return [n for n in names if _INPUT.fullmatch(n) and not _PARAMETER.fullmatch(n)]


def by_likelihood(names: Iterable[str]) -> list[str]:
    """The names, those first that are likelier to be inputs."""
    return sorted(names, key=lambda n: (_LETTERS.find(n) % 99, not like_inputs([n])))


class _Uses:
    """How the names of a formula stand: which are multiplied with which, which are added.

    Those that are `open` are not known to be parameters.
    """

    def __init__(self, form: Form, parameters: Collection[str]) -> None:
        nodes: dict[int, str] = {}
        self.all: dict[str, None] = {}
        self.partners: dict[str, set[str]] = {}
        self.times: dict[str, int] = {}
        for block, rows in form.graph.walk(form.mask):
            if block.op == "symbol":
                for row in rows.tolist():
                    nodes[block.start + row] = name = block.names.ascii(row)
                    self.all[name], self.partners[name], self.times[name] = None, set(), 0
                continue
            for operands in block.operands[rows].tolist():
                names = Counter(nodes[each] for each in operands if each in nodes)
                some = {*list(names)[:_MOST_PARTNERS]} if block.op == "multiply" else set()
                for name, times in names.items():
                    self.times[name] += times
                    self.partners[name] |= some - {name}
        self.open = [name for name in self.all if name not in parameters]

    def _pairs(self) -> list[set[str]]:
        return [{name, other} for name in self.all for other in self.partners[name]]

    def _one_in_each(self, names: Iterable[str]) -> bool:
        """Whether of every product of two names one is among these."""
        chosen = {*names}
        return all(len(pair & chosen) == 1 for pair in self._pairs())

    def _found(self, names: Iterable[str], why: str) -> Inputs | None:
        listed = sorted(names, key=natural)
        return Inputs(listed, why) if listed else None

    def called_x(self) -> Inputs | None:
        """x, x_1, x_2, …; but for words among numbers alone, where all are inputs."""
        named = {name: None for name in self.open if _X.fullmatch(name)}
        others = [name for name in self.all if name not in named]
        if others and not any(self.partners.values()) and all(map(_WORD.fullmatch, others)):
            return None
        return self._found(named, "called x")

    def only_numbers(self) -> Inputs | None:
        """All of them, where weights are numbers."""
        if any(self.partners.values()) or any(map(_PARAMETER.fullmatch, self.open)):
            return None
        return self._found(self.open, "all weights are numbers")

    def like_inputs(self) -> Inputs | None:
        """Those with letters of inputs."""
        found = like_inputs(self.open)
        return self._found(found, "by their letters") if self._one_in_each(found) else None

    def with_several(self) -> Inputs | None:
        """Those that stand with several weights each."""
        found = [name for name in self.open if len(self.partners[name]) > 1]
        if not self._one_in_each(found):
            return None
        return self._found(found, "each stands with several weights")

    def not_like_parameters(self) -> Inputs | None:
        """Those that are left, where the others have letters of weights and biases."""
        found = [name for name in self.open if not _PARAMETER.fullmatch(name)]
        if not found or len(found) == len(self.all) or not self._one_in_each(found):
            return None
        if all(len(name) == 1 for name in self.all):
            return None
        return self._found(found, "the others are weights and biases")

    def unclear(self) -> UnclearError:
        """Two readings, of every product one name or the other."""
        pairs = [sorted(pair, key=natural) for pair in self._pairs()]
        readings = [sorted({pair[side] for pair in pairs}, key=natural) for side in (-1, 0)]
        readings = [[name for name in each if name in self.open] for each in readings]
        readings = [each for each in readings if each] or [sorted(self.open, key=natural)[:1]]
        names = ", ".join(sorted(self.all, key=natural)[:12])
        return UnclearError(f"which of the names are inputs is not clear: {names}", readings)
