"""Names as mathematics shows them: a letter with indices below and a layer above."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from netsym.graph.names import GREEK, Names

#: LaTeX that is a letter with scripts, as a spec may give it: `w_{12}^{[1]}`, `\beta_0`.
_SCRIPTED = re.compile(
    r"(\\?[A-Za-z]+|\\hat\{?\s?y\}?)(?:_(?:\{([^{}\\]*)\}|(\w)))?(?:\^(?:\{([^{}\\]*)\}|(\w)))?"
)
_SIGNS = {rf"\{word}": sign for word, sign in GREEK.items()} | {r"\hat{y}": "ŷ", r"\hat y": "ŷ"}


@dataclass(frozen=True, slots=True)
class Symbol:
    """A letter or a word, what is below and above it; `latex` is what a spec says instead."""

    base: str
    below: str = ""
    above: str = ""
    latex: str = ""

    @property
    def is_word(self) -> bool:
        """Whether it is upright, as words are."""
        return len(self.base) > 1


def symbol(
    names: Names, position: int, latex_names: Mapping[str, str] | None = None, above: str = ""
) -> Symbol:
    """The symbol of a name; `above` stands behind the number of its layer.

    >>> symbol(Names("w", 1, (2, 3)), 4)
    Symbol(base='w', below='22', above='[1]', latex='')
    >>> symbol(Names("", None, (1,), ("sepal_length",)), 0).base
    'sepal length'
    """
    name = names.ascii(position)
    if name in (latex_names or {}):
        return of_latex(name, (latex_names or {})[name])
    if names.literal:
        return _given(name)
    letter, gate = names.letter
    indices = [*map(str, names.indices(position))]
    comma = "," if any(len(index) > 1 for index in indices) and len(indices) > 1 else ""
    below = ",".join(part for part in (gate, names.step, comma.join(indices)) if part)
    layer = "" if names.layer is None else f"[{names.layer}]"
    return Symbol(_letter(letter), below, layer + above)


def whole(letter: str, layer: int | None, above: str = "") -> Symbol:
    """The symbol of a whole array."""
    return Symbol(_letter(letter), "", ("" if layer is None else f"[{layer}]") + above)


def _letter(letter: str) -> str:
    return "ŷ" if letter == "y" else GREEK.get(letter, letter)


def _given(name: str) -> Symbol:
    """A name that a person chose: one letter with indices, or words."""
    base, *indices = name.split("_")
    joined = re.fullmatch("([A-Za-z])([0-9]+)", base)
    if joined:
        base, indices = joined[1], [joined[2], *indices]
    if all([base, *indices]) and (len(base) == 1 or base in GREEK):
        return Symbol(GREEK.get(base, base), ",".join(indices))
    return Symbol(" ".join(part for part in name.split("_") if part) or name)


def of_latex(name: str, latex: str) -> Symbol:
    """The symbol that a spec gives in LaTeX, if it is one; else that of the name, but in LaTeX."""
    found = _SCRIPTED.fullmatch(latex)
    base = "" if found is None else _SIGNS.get(found[1], found[1])
    if found is None or "\\" in base:
        own = _given(name)
        return Symbol(own.base, own.below, own.above, latex)
    return Symbol(base, found[2] or found[3] or "", found[4] or found[5] or "", latex)
