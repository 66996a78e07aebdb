"""Names of values: structured (letter, layer, indices), so that each writer spells them its way."""

from __future__ import annotations

import keyword
import math
import re
from bisect import bisect_right
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, count, product

from netsym.errors import SpecError
from netsym.graph.functions import FUNCTIONS

_IDENTIFIER = re.compile(r"[^\W\d]\w*", re.ASCII)
_INDEX = re.compile(r"[1-9][0-9]{0,17}")

#: Letters that are spelled as words: `gamma` is γ.
GREEK = {"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "mu": "μ", "sigma": "σ"}
#: Letters of values that layers compute, where notations number these apart from parameters.
VALUES = frozenset({"a", "z", "h", "c", "i", "f", "g", "o", "r", "n", "L", "J", "delta"})
#: One of an array of names, and its position among them.
Name = tuple["Names", int]

_GATED = re.compile(r"([A-Za-z])(?!\1)([a-z])")
_STEPS = {"t-1": "prev", "t+1": "next"}
_MOST_KEPT = 2**18  # names of an array that are kept once they were made; more take too much room


@dataclass(frozen=True)
class Names:
    """The names of an array of values: `base`, `layer` and one index per axis of `shape`.

    `literal` holds the names themselves, flattened, where a person chose them. `at` is an index
    before the others that all have: the step "t", "t-1" or "t+1", or "0"; a base that ends in 0,
    as h0, says the latter too.

    >>> Names("w", 1, (2, 3)).ascii(4)
    'w1_2_2'
    >>> Names("x").ascii(0), Names("", literal=("w_11", "w_12")).ascii(1)
    ('x', 'w_12')
    >>> Names("h", 1, (3,), at="t").ascii(0), Names("h", 1, (3,), at="t-1").ascii(0)
    ('h1_t_1', 'h1_prev_1')
    >>> Names("h0", 1, (3,)).ascii(1)
    'h1_0_2'
    """

    base: str
    layer: int | None = None
    shape: tuple[int, ...] = ()
    literal: tuple[str, ...] = ()
    at: str = ""

    def __len__(self) -> int:
        return len(self.literal) or math.prod(self.shape)

    @property
    def letter(self) -> tuple[str, str]:
        """The letter, and which gate it belongs to: wf is the w of gate f; γ has none."""
        base = self.base.removesuffix("0")
        gated = None if self.layer is None or base in GREEK else _GATED.fullmatch(base)
        return (gated[1], gated[2]) if gated else (base, "")

    @property
    def step(self) -> str:
        """The index that all have before their own, if there is one."""
        return self.at or ("0" if self.base.endswith("0") else "")

    @property
    def start(self) -> str:
        """What the plain names begin with, before their indices: letter and layer."""
        return self.base.removesuffix("0") + ("" if self.layer is None else str(self.layer))

    @cached_property
    def _prefix(self) -> str:
        """What all plain names have before their own indices."""
        step = self.step
        return f"{self.start}_{_STEPS.get(step, step)}" if step else self.start

    def indices(self, position: int) -> tuple[int, ...]:
        """The indices of a flat position, counted from 1."""
        found = []
        for length in reversed(self.shape):
            position, index = divmod(position, length)
            found.append(index + 1)
        return tuple(reversed(found))

    def position(self, text: str) -> int | None:
        """The flat position of a plain name, or None if it is not one of these.

        >>> Names("w", 1, (2, 3)).position("w1_2_2"), Names("w", 1, (2, 3)).position("w1_3_1")
        (4, None)
        """
        if self.literal:
            return self.literal.index(text) if text in self.literal else None
        if not text.startswith(self._prefix):
            return None
        separator, *indices = text[len(self._prefix) :].split("_")
        if separator:
            return None
        if len(indices) != len(self.shape) or not all(map(_INDEX.fullmatch, indices)):
            return None
        place = tuple(int(index) - 1 for index in indices)
        if any(i >= n for i, n in zip(place, self.shape, strict=True)):
            return None
        position = 0
        for index, length in zip(place, self.shape, strict=True):
            position = position * length + index
        return position

    def ascii(self, position: int) -> str:
        """The plain name, which is also the name in Python, sympy and `parameters=`."""
        known: Sequence[str] | None = self.literal or self.__dict__.get("_kept")
        return known[position] if known else self._one(position)

    def all(self) -> list[str]:
        """All plain names, in order."""
        if self.literal:
            return list(self.literal)
        return self._kept.copy() if len(self) <= _MOST_KEPT else self._every()

    @cached_property
    def _kept(self) -> list[str]:
        return self._every()

    def _one(self, position: int) -> str:
        return "_".join([self._prefix, *map(str, self.indices(position))])

    def _every(self) -> list[str]:
        return with_indices("", [[self._prefix], *self.axes(str)], "_", "_")

    def axes(self, spell: Callable[[int], str]) -> list[list[str]]:
        """The indices along each axis, as they are spelled."""
        return [[spell(index) for index in range(1, length + 1)] for length in self.shape]


def with_indices(
    start: str, axes: Sequence[Sequence[str]], apart: str, close: str, end: str = ""
) -> list[str]:
    """A text with an index of each axis behind it, the last axis runs fastest.

    They stand `close` where all are one sign long, else `apart`; the short ones of an axis come
    first.

    >>> with_indices("w", [["1", "2"], ["9", "10"]], ",", "")
    ['w19', 'w1,10', 'w29', 'w2,10']
    """
    if not axes:
        return [start + end]
    *before, last = axes
    edge = bisect_right(last, 1, key=len)
    short, long = [index + end for index in last[:edge]], [index + end for index in last[edge:]]
    found: list[str] = []
    for indices in product(*before):
        far = near = start + apart.join([*indices, ""])
        if apart != close and all([len(index) == 1 for index in indices]):
            near = start + close.join([*indices, ""])
        found += [near + index for index in short]
        found += [far + index for index in long]
    return found


@dataclass(frozen=True)
class Derivatives(Names):
    """The names of derivatives: of each value in `above` by each one in `below`.

    >>> Derivatives("d", None, (1, 2), above=((Names("y"), 0),),
    ...             below=((Names("x", None, (2,)), 0), (Names("b", 1, (3,)), 2))).all()
    ['dy_dx_1', 'dy_db1_3']
    """

    above: tuple[Name, ...] = ()
    below: tuple[Name, ...] = ()

    def _one(self, position: int) -> str:
        above, below = (names.ascii(place) for names, place in self.quotient(position))
        return f"d{above}_d{below}"

    def quotient(self, position: int) -> tuple[Name, Name]:
        """What is differentiated, and by what."""
        row, column = divmod(position, len(self.below))
        return self.above[row], self.below[column]

    def position(self, text: str) -> int | None:
        """The flat position of a plain name, or None if it is not one of these."""
        names = self.all()
        return names.index(text) if text in names else None

    def _every(self) -> list[str]:
        return [self._one(position) for position in range(len(self))]


@dataclass(frozen=True)
class Adjoints(Names):
    """The names of what back propagation passes back: `delta` of z, and `da` of a value a.

    It is what has come back `through` that layer.
    """

    through: int | None = None

    @property
    def letter(self) -> tuple[str, str]:
        """The letter; no gate has a derivative of its own."""
        return self.base, ""

    def of_each(self, outputs: int) -> Adjoints:
        """The names of what is passed back from each of so many outputs."""
        shape = (outputs, *self.shape)
        return Adjoints(self.base, self.layer, shape, at=self.at, through=self.through)

    def values(self, letter: str) -> Names:
        """The names of values of the same layer and units, with this letter."""
        return Names(letter, self.layer, self.shape, at=self.at)


@dataclass(frozen=True)
class Several(Names):
    """The names of several arrays, one after another; `literal` lists them all."""

    parts: tuple[Names, ...] = ()


def several(*parts: Names) -> Names:
    """Arrays of names as one vector of them; one alone is itself.

    >>> several(Names("x", None, (2,)), Names("t")).all()
    ['x_1', 'x_2', 't']
    """
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return Names("x", None, (0,))
    every = tuple(name for names in parts for name in names.all())
    return Several("", None, (len(every),), every, parts=parts)


def literal(*names: str) -> Names:
    """Names as a person gave them."""
    return Names("", None, (len(names),), names)


def first_words(names: Iterable[str]) -> set[str]:
    """What names begin with, before their indices.

    >>> sorted(first_words(["w1_1_2", "w1_1_3", "x"]))
    ['w1', 'x']
    """
    return {name.partition("_")[0] for name in names}


def free_letter(taken: Container[str], first: str = "") -> str:
    """The first letter that nothing else has, for values that nobody named.

    >>> free_letter({"t", "u"}), free_letter({*"tsuv"})
    ('s', 'tt')
    """
    letters = chain(first, "tsuv", ("t" * times for times in count(2)))
    return next(letter for letter in letters if letter not in taken)


def output_names(shape: tuple[int, ...], taken: Iterable[str]) -> Names:
    """Names for outputs that nobody named: y, or where that is taken z, or another letter.

    >>> output_names((), ["x", "y"]).all(), output_names((2,), ["x", "y"]).all()
    (['z'], ['y_1', 'y_2'])
    """
    clashing = {
        letter
        for name in taken
        if Names(letter := name.partition("_")[0], None, shape).position(name) is not None
    }
    return Names(free_letter(clashing, "yz"), None, shape)


def refuse_bad_name(name: str) -> None:
    """Raise `SpecError` if a text cannot name a value, in Python and sympy as well."""
    if not is_name(name):
        raise SpecError(
            f"{name[:60]!r} is not a name: use letters, digits and underscores, starting with a "
            "letter, as in w_11"
        )
    if is_reserved(name):
        raise SpecError(f"{name!r} is a function or a word of Python; choose another name")


def is_reserved(name: str) -> bool:
    """Whether it is a word of Python, a function, or what functions need from `math`."""
    if keyword.iskeyword(name) or name == "__debug__":
        return True
    return name in FUNCTIONS or name in FUNCTIONS.needed


def is_name(text: str) -> bool:
    """Whether a text is an ASCII identifier."""
    return _IDENTIFIER.fullmatch(text) is not None
