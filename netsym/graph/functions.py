"""The table of functions: one row each, with every spelling and every fact that is asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from netsym.errors import did_you_mean, nearest
from netsym.graph import activations, elementary
from netsym.graph.function import Function

#: What a layer without an activation has; applied to a value it is that value.
LINEAR = activations.ROWS[0].name


class Functions(dict[str, Function]):
    """Rows by their name. A row that is added is known at once, everywhere.

    >>> FUNCTIONS["relu"].piecewise, FUNCTIONS.meant("Swish"), FUNCTIONS.meant("foo")
    (True, 'silu', None)
    """

    def __init__(self, rows: Sequence[Function]) -> None:
        super().__init__()
        self._words: dict[str, str] = {}
        #: What their texts in Python need by name.
        self.needed: set[str] = set()
        for row in rows:
            self.add(row)

    def add(self, row: Function) -> None:
        """Add a row; raises `ValueError` for a spelling that another one has."""
        words = row.words()
        taken = [word for word in words if word in self._words]
        if taken:
            raise ValueError(f"{taken[0]!r} is a spelling of {self._words[taken[0]]}")
        self[row.name] = row
        self._words |= dict.fromkeys(words, row.name)
        self.needed |= {*row.python.split()}

    def meant(self, word: str) -> str | None:
        """The function that a word means, in any case of letters."""
        return self._words.get(word) or self._words.get(word[:60].lower())


class Activations(Sequence[str]):
    """What a layer may be given as its activation; "linear" applies nothing."""

    def __init__(self, functions: Functions) -> None:
        self.functions = functions

    def meant(self, word: str) -> str | None:
        """The activation that a word means, in any case of letters; None if it means none.

        >>> ACTIVATIONS.meant("ReLU"), ACTIVATIONS.meant("purelin"), ACTIVATIONS.meant("log")
        ('relu', 'linear', None)
        """
        name = self.functions.meant(word)
        return name if name in self else None

    def words(self) -> list[str]:
        """Every word that means one."""
        return [word for name in self for word in self.functions[name].words()]

    def hint(self, word: str) -> str:
        """A sentence that offers what a word may have meant."""
        near = nearest(word, self.words())
        return did_you_mean(word, self) if near is None else f"did you mean {near!r}?"

    def _names(self) -> list[str]:
        return [row.name for row in self.functions.values() if row.activation]

    def __getitem__(self, place: Any) -> Any:
        return self._names()[place]

    def __len__(self) -> int:
        return len(self._names())

    def __contains__(self, name: object) -> bool:
        return name in self.functions and self.functions[str(name)].activation


FUNCTIONS = Functions([*activations.ROWS, *elementary.ROWS])
ACTIVATIONS = Activations(FUNCTIONS)
