r"""Names in LaTeX: `w_{12}^{[1]}` in a notation, and names that a person gave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

import numpy as np

from netsym.forms.form import Form
from netsym.graph.graph import Positions
from netsym.graph.names import VALUES, Adjoints, Derivatives, Names, with_indices
from netsym.typed.greek import GREEK_WORDS
from netsym.typed.latex_names import word_and_indices
from netsym.writers.notations import Notation


def shortened(notation: Notation, forms: Iterable[Form]) -> Notation:
    """The notation without what has one value for all names of a letter in these forms.

    >>> import netsym
    >>> from netsym.writers.notations import NOTATIONS
    >>> names = shortened(NOTATIONS["ng"], [netsym.parse("2-1").layered]).dropped
    >>> sorted(names, key=str)
    [('b', 'layer'), ('b', 0), ('w', 'layer'), ('w', 0)]
    """
    every = [NamesInLatex(form, notation) for form in forms]
    taken = {word_and_indices(name)[0] for each in every for name in each.formula.given_names()}
    values: dict[tuple[str, str | int], set[int]] = {}
    counts: dict[str, set[int]] = {}
    for names, rows in chain.from_iterable(map(_written, every)):
        letter = names.letter[0]
        if letter in taken:
            continue
        counts.setdefault(letter, set()).add(len(names.shape))
        if names.layer is not None:
            values.setdefault((letter, "layer"), set()).add(names.layer)
        for place, axis in enumerate(np.unravel_index(rows, names.shape) if names.shape else ()):
            values.setdefault((letter, place), set()).update(np.unique(axis).tolist())
    dropped = {
        (letter, what) for (letter, what), found in values.items()
        if len(found) == 1 and (what == "layer" or len(counts[letter]) == 1)
    }  # fmt: skip
    return replace(notation, dropped=frozenset(dropped))


def _written(spelling: NamesInLatex) -> Iterator[tuple[Names, Positions]]:
    """The names in a form that have indices, array by array, and which of each there are."""
    form = spelling.formula
    for names, rows in _named(form):
        if not names.literal and not (names.layer and spelling.of_cost(names, 0)):
            yield names, rows


def _named(form: Form) -> Iterator[tuple[Names, Positions]]:
    for block, rows in form.graph.walk(form.mask):
        if block.op == "symbol":
            yield from _plain(block.names, rows)
        elif block.op == "name":
            yield from _plain(block.names, block.places[rows])
    for output in form.outputs:
        yield from _plain(output.names, np.array([output.position]))


def _plain(names: Names, rows: Positions) -> Iterator[tuple[Names, Positions]]:
    """The names that others are made of: those in a derivative, the value that an adjoint is of."""
    if isinstance(names, Derivatives):
        for row in rows.tolist():
            for inner, position in names.quotient(row):
                yield from _plain(inner, np.array([position]))
    elif isinstance(names, Adjoints) and names.base != "delta":
        yield names.values(names.base[1:]), rows
    else:
        yield names, rows


class NamesInLatex:
    """Spells the names of a formula in a notation; no two names get the same LaTeX."""

    def __init__(self, formula: Form, notation: Notation) -> None:
        self.formula = formula
        self.notation = notation
        self.owners: dict[str, str] = {}  # which given name has which LaTeX

    def spelled(self, names: Names, position: int) -> str:
        if names.literal:
            return self._given(names.literal[position])
        if self.formula.latex_names and (own := names.ascii(position)) in self.formula.latex_names:
            return self.formula.latex_names[own]
        if isinstance(names, Adjoints) and names.base != "delta":
            return "d" + self.spelled(names.values(names.base[1:]), position)
        if names.layer is not None and (spelled := self.of_cost(names, position)):
            return spelled
        return self._with_indices(names, [[str(index)] for index in names.indices(position)])[0]

    def every(self, names: Names) -> list[str]:
        """All names of an array, in order."""
        one_by_one = (
            names.literal or self.formula.latex_names or self.notation.dropped
            or isinstance(names, Adjoints)
            or (names.layer is not None and self.of_cost(names, 0))
        )  # fmt: skip
        if one_by_one:
            return [self.spelled(names, position) for position in range(len(names))]
        return self._with_indices(names, names.axes(str))

    def _with_indices(self, names: Names, axes: list[list[str]]) -> list[str]:
        """The names with these indices, of which the notation may drop an axis."""
        letter, gate = names.letter
        base = r"\hat{y}" if letter == "y" else _word(letter)
        dropped = self.notation.dropped
        axes = [axis for place, axis in enumerate(axes) if (letter, place) not in dropped]
        before = [gate, names.step]
        if names.step.isdecimal():
            axes, before = [[names.step], *axes], [gate]
        first, layer = ",".join(filter(None, before)), self._layer(names)
        if not axes:
            return [base + (f"_{{{first}}}" if first else "") + layer]
        return with_indices(f"{base}_{{{first}{',' * bool(first)}", axes, ",", "", f"}}{layer}")

    def of_cost(self, names: Names, position: int) -> str:
        """Loss, cost before a penalty, and prediction: they have no layer's number."""
        loss = self.formula.loss
        if not loss or names.step or len(names.shape) > 1 or isinstance(names, Adjoints):
            return ""
        if names.base == "J":
            return "J_{0}"
        known = {("L", loss): "L", ("a", loss - 1): r"\hat{y}", ("h", loss - 1): r"\hat{y}"}
        letter = known.get((names.base, names.layer or 0), "")
        index = f"_{{{position + 1}}}" if len(names) > 1 else ""
        return letter and letter + index + self._example

    @property
    def _example(self) -> str:
        """What all have that is written once for all examples: (i)."""
        return f"^{{({self.formula.example})}}" if self.formula.example else ""

    def _given(self, name: str) -> str:
        """A name as a person gave it, with the LaTeX given for it or made of it."""
        latex = self.formula.latex_names.get(name) or _identifier(name)
        if self.owners.setdefault(latex, name) != name:  # x1 and x_1 are not the same
            return _as_typed(name)
        return latex

    def _layer(self, names: Names) -> str:
        if names.layer is None:
            return ""
        is_value = names.base.removesuffix("0") in VALUES
        offset = self.notation.values if is_value else self.notation.parameters
        example = f"({self.formula.example})" if self.formula.example and is_value else ""
        if (names.letter[0], "layer") in self.notation.dropped:
            return f"^{{{example}}}" if example else ""
        return f"^{{{self.notation.bracket.format(names.layer + offset)}{example}}}"


def _identifier(name: str) -> str:
    r"""A name as typed in LaTeX: w_{21} for w_21, x_{1} for x1, \text{sepal length}, \alpha."""
    word, indices = word_and_indices(name)
    below = ",".join(map(_word, indices))
    return _word(word) + (f"_{{{below}}}" if below else "")


def _word(word: str) -> str:
    """A letter, the letter of a Greek word, a number, or words, upright."""
    if word.rstrip("_") in GREEK_WORDS:
        return GREEK_WORDS[word.rstrip("_")]
    if (len(word) == 1 and word != "_") or word.isdecimal():
        return word
    return _as_typed(word) if "" in word.split("_") else rf"\text{{{word.replace('_', ' ')}}}"


def _as_typed(name: str) -> str:
    r"""A name with its underscores: \text{x\_1} where another is x_{1}."""
    return rf"\mathrm{{{name.replace('_', chr(92) + '_')}}}"
