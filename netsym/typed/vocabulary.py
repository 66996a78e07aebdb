"""The words of a typed formula: what a spelling may mean, which names there are, what is near."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from netsym.errors import did_you_mean
from netsym.graph.functions import FUNCTIONS
from netsym.graph.names import Names
from netsym.typed.greek import GREEK_LETTERS

_NUMERALS = str.maketrans("₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹", "01234567890123456789")
_SPELLED = re.compile(
    rf"(?P<base>ŷ|y\u0302|[{''.join(GREEK_LETTERS)}]|[A-Za-z_](?:[A-Za-z0-9_]*[A-Za-z0-9])?)"
    r"(?P<above>⁽\w+⁾|\^\{?[\[(][0-9]+[\])]\}?)?"
    r"(?P<below>[₀-₉,]+|[_0-9]+(?!\{)|[A-Za-z0-9_]+|_\{[A-Za-z0-9,]+\})?"
    r"(?P<behind>\^\{?[\[(][0-9]+[\])]\}?)?"
)
_NUMBERED = re.compile(r"([A-Za-z]+?)((?:_?[0-9]{1,9}){1,4})")
#: Letters of values that have one index, however many digits it has; weights have two.
_ONE_INDEX = re.compile(r"t+|[suvxyzabmh]|[bp][a-z]|gamma|beta|mu|sigma")

_OFFERED = 1000
_LONGEST_SPLIT = 40


def function_of(word: str) -> str | None:
    """The function that a word means, in any case of letters.

    >>> function_of("ReLU"), function_of("ln"), function_of("σ"), function_of("foo")
    ('relu', 'log', 'sigmoid', None)
    """
    return FUNCTIONS.meant(word)


def plain_names(word: str) -> list[str]:
    """The plain names that a spelling may stand for, the likeliest first.

    >>> plain_names("w⁽¹⁾₁₂"), plain_names("w⁽¹⁾₁,₁₂"), plain_names("x₁₂"), plain_names("ŷ")
    (['w1_1_2', 'w1_12'], ['w1_1_12'], ['x_12', 'x_1_2'], ['y'])
    """
    if word.isascii() and "^" not in word and "{" not in word:
        return [word]
    if word.startswith("∂"):
        above, below = word[1:].split("/∂")
        return [f"d{one}_d{other}" for one in plain_names(above) for other in plain_names(below)]
    match = _SPELLED.fullmatch(word)
    if not match:
        return [word]
    layer = (match["above"] or match["behind"] or "").strip("^{[()]}⁽⁾").translate(_NUMERALS)
    base = "y" if match["base"][-1] in "ŷ\u0302" else GREEK_LETTERS.get(match[1], match[1])
    below = (match["below"] or "").translate(_NUMERALS)
    if below and not (layer or "{" in below or match["below"] != below):
        return [base.removesuffix("_") + below]  # θ_1 is theta_1
    below = below.strip("_{}").replace("_", ",")
    found = spelled(base.removesuffix("_") if below else base, layer, below)
    return found if layer or not word.isascii() else found[::-1]


def other_spellings(word: str) -> list[str]:
    """Names whose indices are set apart in other ways.

    >>> other_spellings("x1"), other_spellings("w112")
    (['x_1'], ['w_112', 'w1_1_2', 'w_1_1_2', 'w1_12'])
    """
    match = _NUMBERED.fullmatch(word)
    if match is None:
        return []
    base, below = match[1], match[2].strip("_")
    digits = below.replace("_", "")
    split = list(below) if digits == below else below.split("_")
    found = [f"{base}_{digits}", f"{base}{digits}"]
    if 1 < len(split) < 6 and "0" not in split:
        found += [f"{base}{'_'.join(split)}", f"{base}_{'_'.join(split)}"]
    if digits == below and len(digits) > 2:
        found.append(f"{base}{digits[0]}_{digits[1:]}")
    return [name for name in dict.fromkeys(found) if name != word]


def spelled(base: str, layer: str, below: str) -> list[str]:
    """Plain names for a letter, a layer and indices, of which commas may be left out."""
    if not below:
        return [base + layer]
    gate, comma, others = below.partition(",")
    if comma and len(gate) == 1 and gate.isalpha():  # w_{f,12}^{[1]} is wf1_1_2
        return [*spelled(base + gate, layer, others), "_".join([base + layer, *below.split(",")])]
    if below[0] == "0" and below[1:].isdecimal():  # h_{01}^{[1]} is h1_0_1
        return ["_".join([base + layer, "0", below[1:]]), f"{base}{layer}_{below}"]
    whole = [below] if "," not in below else below.split(",")
    found = ["_".join([base + layer, *whole])]
    if whole[0].isdecimal() and 1 < len(below) < 5 and not {"0", ","} & {*below}:
        apart = "_".join([base + layer, *below])
        found.insert(0 if not _ONE_INDEX.fullmatch(base) else 1, apart)
    return found


class Vocabulary:
    """The names that a formula may use: inputs and those of `known`; any, if that is None."""

    def __init__(self, known: Sequence[Names] | None, inputs: Names | None) -> None:
        self.all = [*([inputs] if inputs else []), *(known or ())]
        self.is_open = known is None
        self.chosen: dict[str, tuple[Names, int]] = {}
        self.structured: dict[str, list[Names]] = {}
        for names in self.all:
            if names.literal:
                for position, name in enumerate(names.literal):
                    self.chosen.setdefault(name, (names, position))
            else:
                self.structured.setdefault(names.start.partition("_")[0], []).append(names)

    def place(self, name: str) -> tuple[Names, int] | None:
        """Where a plain name is among the known ones."""
        return next(self.places(name), None)

    def places(self, name: str) -> Iterator[tuple[Names, int]]:
        """Everywhere that a plain name is among the known ones."""
        if name in self.chosen:
            yield self.chosen[name]
        for names in self.structured.get(name.partition("_")[0], ()):
            position = names.position(name)
            if position is not None:
                yield names, position

    def resolve(self, word: str, defined: Mapping[str, int]) -> str | None:
        """The plain name that a spelling means, None if there is none or more than one."""
        if not (defined or self.all):
            return None
        found = [n for n in plain_names(word) if n in defined or self.place(n)]
        if not found and not self.is_open:
            found = [n for n in other_spellings(word) if self.place(n)]
        return found[0] if len(found) == 1 else None

    def splits(self, word: str, defined: Mapping[str, int]) -> list[tuple[str, str]]:
        """The pairs of names that a word can be cut into."""
        if len(word) > _LONGEST_SPLIT:
            return []
        pairs = ((word[:cut], word[cut:]) for cut in range(1, len(word)))
        return [
            (left, right)
            for left, right in pairs
            if self.resolve(left, defined) and self.resolve(right, defined)
        ]

    def suggestion(self, word: str, defined: Iterable[str]) -> str:
        """A sentence that offers the nearest name."""
        names = list(islice(self._names(defined), _OFFERED))
        if len(names) < 12:
            return did_you_mean(word, names)
        said = did_you_mean(word, names)
        some = ", ".join(names[:8])
        return said if said.startswith("did") else f"names are {some} and more"

    def _names(self, defined: Iterable[str]) -> Iterator[str]:
        yield from dict.fromkeys(defined)
        for names in self.all:
            for position in range(min(len(names), _OFFERED)):
                yield names.ascii(position)
