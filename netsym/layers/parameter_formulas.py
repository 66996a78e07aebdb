"""Entries that are formulas: read when the names of all layers are known, an array in one go."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from netsym.errors import SpecError
from netsym.forms.form import Form
from netsym.graph.names import Names, first_words, free_letter, literal
from netsym.layers.parameter_entries import LONGEST, TypedEntry
from netsym.ops.parameters import Parameter, derived
from netsym.typed.vocabulary import Vocabulary, function_of, plain_names

#: How many operations may stand within each other; `parse_formula` refuses more.
DEEPEST = 5_000

_NO_PART = re.compile(r"[=;#\n]")  # they would end the entry, or give a part of it a name


@dataclass(frozen=True, slots=True, eq=False)
class GivenParameter:
    """A parameter as it was given: `entries` as they were checked, None where it was left out.

    `where` is what errors call it.
    """

    where: str
    names: Names
    entries: npt.NDArray[np.float64] | npt.NDArray[np.object_] | None

    @property
    def is_derived(self) -> bool:
        """Whether an entry is a formula, so that all of them are made of other parameters."""
        entries = self.entries
        if entries is None or entries.dtype != object:
            return False
        return any(isinstance(entry, TypedEntry) for entry in entries.flat)


def has_meaning(word: str) -> bool:
    """Whether a formula reads a word as something else than the name of a parameter.

    >>> has_meaning("e"), has_meaning("ReLU"), has_meaning("w")
    (True, True, False)
    """
    return word == "e" or function_of(word) is not None


def read_parameters(given: Sequence[GivenParameter]) -> list[Parameter]:
    """The parameters of all layers; the formulas among their entries may use all of their names.

    A name that no layer has is a parameter of its own. Raises `SpecError` for what is not a
    formula, with what errors call the array in front and a caret in the entry.
    """
    plain = {place: Parameter(g.names, g.entries) for place, g in enumerate(given)
             if not g.is_derived}  # fmt: skip
    times = Counter(name for parameter in plain.values() for name in parameter.chosen())
    found = {place: _own(parameter, times) for place, parameter in plain.items()}
    if len(found) < len(given):
        notation = Vocabulary([p.names for p in found.values() if p.takes_notation], None)
        chosen = {name for parameter in found.values() for name in parameter.chosen()}
        for place, each in enumerate(given):
            if place not in found:
                found[place] = _derived(each, notation, chosen)
    return [found[place] for place in range(len(given))]


def _own(parameter: Parameter, times: Mapping[str, int]) -> Parameter:
    """The parameter, its entries that are called as the notation calls them without a name.

    They keep it if another entry has it too: so both are one parameter.
    """
    names, array = parameter.names, parameter.entries
    if array is not None and array.dtype == object:
        named = [(n, e) for n, e in enumerate(array.flat) if isinstance(e, str)]
        own = [(position, name) for position, name in named if names.position(name) == position]
        if all(times[name] == 1 for _, name in own):
            for position, _ in own:
                array.flat[position] = None
    return parameter


def _derived(given: GivenParameter, notation: Vocabulary, chosen: Collection[str]) -> Parameter:
    """A parameter with a formula; numbers among its entries need no parser."""
    assert given.entries is not None
    entries = given.entries.reshape(-1).tolist()
    texts = {
        place: entry.text if isinstance(entry, TypedEntry) else entry
        for place, entry in enumerate(entries)
        if isinstance(entry, (TypedEntry, str))
    }
    names = {entry for entry in entries if isinstance(entry, str)}.union(chosen)
    try:
        read = _read(list(texts.values()), notation, names)
    except SpecError as error:
        own = _first_mistake(texts.values(), notation, names)
        raise SpecError(f"{given.where}: {own or error}") from None
    nodes = np.empty(len(entries), dtype=np.int32)
    nodes[list(texts)] = read.ends
    for place, entry in enumerate(entries):
        if isinstance(entry, Fraction):
            nodes[place] = read.graph.fraction(entry)
        elif isinstance(entry, float):
            nodes[place] = read.graph.constants(entry)
    return derived(given.names, read.graph, nodes.reshape(given.names.shape))


def _first_mistake(
    texts: Iterable[str], notation: Vocabulary, chosen: Collection[str]
) -> SpecError | None:
    """The error of the first entry that cannot be read by itself, with a caret in it alone.

    There is none if entries only spell a name in ways that do not go together.
    """
    for text in texts:
        try:
            _read([text], notation, chosen)
        except SpecError as error:
            return error
    return None


def _read(texts: Sequence[str], notation: Vocabulary, chosen: Collection[str]) -> Form:
    """Formulas as the equations of one text, as one by one they would take long."""
    from netsym.typed.expressions import E_IS_A_NUMBER  # few networks have formulas
    from netsym.typed.parse import parse_formula

    for text in texts:
        _check(text)
    known = _known(dict.fromkeys(w for t in texts for w in _words(t)), notation, chosen)
    whole, outputs = texts[0], None
    if len(texts) > 1:
        taken = first_words(word for names in known for word in names.literal)
        outputs = Names(free_letter(taken), None, (len(texts),))
        pairs = zip(outputs.all(), texts, strict=True)
        whole = ";\n".join(f"{name} = {text}" for name, text in pairs)
    parsed = parse_formula(whole, known=known, outputs=outputs, longest=max(len(whole), LONGEST))
    products = [note for note in parsed.notes if note != E_IS_A_NUMBER]
    if products:
        raise SpecError(f"{products[0]}; in a file, write the sign of every product")
    return parsed.formula


def _words(text: str) -> Iterator[str]:
    """The words that may be names; what takes values is a function, or a mistake."""
    from netsym.typed.tokens import tokens_of

    tokens = tokens_of(text)
    each = zip(tokens.kinds, tokens.words, tokens.kinds[1:], strict=False)
    return (word for kind, word, after in each if kind == "name" and after != "(")


def _check(text: str) -> None:
    """Refuse what is no single formula of plain text."""
    from netsym.typed.carets import mistake
    from netsym.typed.notation import is_latex

    if len(text) > LONGEST:
        raise SpecError(f"a formula of {len(text):,} characters; at most {LONGEST:,} are read")
    part = _NO_PART.search(text)
    if part:
        raise mistake("an entry is one formula, on one line and without a name", text, part.span())
    if is_latex(text):
        raise SpecError(f"{text[:60]!r} is LaTeX; an entry is a formula as text, as in 2*w + b")


def _known(words: Iterable[str], notation: Vocabulary, chosen: Collection[str]) -> list[Names]:
    """The names that words are, as the layers have them: by the notation, else as they stand."""
    structured: dict[int, Names] = {}
    free: dict[str, None] = {}
    for word in words:
        spellings = plain_names(word)
        places = [place for name in spellings if (place := notation.place(name))]
        structured |= {id(names): names for names, _ in places}
        own = [name for name in spellings if name in chosen]
        if not places and not own and not has_meaning(word):
            own = spellings[:1]
        free |= dict.fromkeys(own)
    return [*structured.values(), *([literal(*free)] if free else [])]
