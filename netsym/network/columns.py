"""What the columns and classes of data are called: names made of their texts, and their order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from netsym.errors import SpecError
from netsym.graph.names import GREEK, is_name, is_reserved
from netsym.layers.parameter_formulas import has_meaning
from netsym.wording import few

#: Letters that do not decompose into one of ASCII and its marks.
_SPELLED: Mapping[str, str] = {
    "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
    **{letter: word for word, letter in GREEK.items()},
}  # fmt: skip
_SET = re.compile(r"[ -~À-ÏÑ-ÖØ-Ýß-ïñ-öø-ýÿ]")  # by every LaTeX, in \text
#: What means something else in LaTeX, or is not there, in text: as mathematics, for MathJax.
SIGNS: Mapping[str, str] = {
    "\\": r"$\backslash$", "~": r"$\sim$", "^": r"$\wedge$",
    **{sign: rf"$\{sign}$" for sign in "#$%&_{}"}, **{sign: f"${sign}$" for sign in "<>|"},
    **{letter: rf"$\{word}$" for word, letter in GREEK.items()},
}  # fmt: skip
_MOST_SAID = 5


class Named(NamedTuple):
    """The names of texts, in order; the LaTeX of those made of a text, and what is to be said."""

    names: tuple[str, ...]
    latex: Mapping[str, str]
    notes: tuple[str, ...]


def names_of(
    texts: Sequence[str], start: str, is_taken: Callable[[str], bool], known: Collection[str] = ()
) -> Named:
    """Names for texts; a text that is a name, and neither taken nor with a meaning, is its own.

    Those that would clash get a number; what cannot be spelled is called by its place, as x_3.
    No LaTeX is given twice, nor that which is `known`.
    """

    def means(name: str) -> bool:
        return is_reserved(name) or has_meaning(name) or is_taken(name)

    own = {text for text in texts if is_name(text) and not means(text)}
    used, names, latex = set(own), list[str](), dict[str, str]()
    for place, text in enumerate(texts, 1):
        if text in own:
            own.remove(text)  # another of the same text gets a number
            names.append(text)
            continue
        first = name = as_name(text, start) or f"{start}_{place}"
        number = 1
        while name in used or means(name):
            number += 1
            name = f"{first}_{number}"
        used.add(name)
        names.append(name)
        words = rf"\text{{{in_text(text)}}}"
        is_text = not is_name(text) and re.search("[A-Za-z]", _plain(text))
        if is_text and words not in latex.values() and words not in known:
            latex[name] = words
    notes = (f"{text!r} is {name}" for text, name in zip(texts, names, strict=True) if text != name)
    return Named(tuple(names), latex, tuple(notes))


def as_name(text: str, start: str = "x") -> str:
    """The name nearest to a text, empty if there is none; `start` goes before a digit.

    >>> as_name("sepal length (cm)"), as_name("2nd Größe"), as_name("μ/σ²"), as_name("年")
    ('sepal_length_cm', 'x_2nd_Grosse', 'mu_sigma2', '')
    """
    name = re.sub("[^A-Za-z0-9]+", "_", _plain(text)).strip("_")
    return f"{start}_{name}" if name[:1].isdecimal() else name


def in_order(data: Any, *wanted: Collection[str], what: str) -> Any:
    """The columns of a data frame by their names, in the order of the first names that are there.

    What has no columns is given back, and one column is taken whatever its name is, as are columns
    that are only numbered. Raises `SpecError` where others do not have the names of `what`.
    """
    labels = getattr(data, "columns", None)
    if labels is None:
        return data
    labels = list(labels)
    if len(labels) > 1 and all(isinstance(label, str) for label in labels):
        spelled = names_of(labels, "x", lambda _: False).names
        for names in wanted:
            for known in (labels, spelled):
                places = {name: place for place, name in enumerate(known)}
                if len(places) == len(known) and set(names) <= places.keys():
                    return np.asarray(data)[:, [places[name] for name in names]]
        expected = " or ".join(few(names, _MOST_SAID) for names in wanted)
        raise SpecError(
            f"the columns are {few(labels, _MOST_SAID)}, but {what} are {expected}; call the "
            "columns so, in any order, or give an array with them in that order (.to_numpy())"
        )
    return np.asarray(data)


def renamed(notes: Sequence[str]) -> str:
    """What is said of names that are not the texts."""
    said = few(notes, _MOST_SAID)
    return f"some columns or classes cannot be names here: {said}" if notes else ""


def _plain(text: str) -> str:
    """A text in ASCII, with spaces for what has no letters there."""
    spelled = (_SPELLED.get(c, c) for c in unicodedata.normalize("NFKD", text))
    letters = (c for c in spelled if not unicodedata.combining(c[0]))
    return "".join(c if c.isascii() and c.isprintable() else " " for c in letters)


def in_text(text: str) -> str:
    """A text as LaTeX has it between words: signs as mathematics, letters that TeX knows."""
    characters = unicodedata.normalize("NFKC", text)
    spelled = (SIGNS.get(c) or (c if _SET.fullmatch(c) else _plain(c)) for c in characters)
    return " ".join("".join(spelled).split())
