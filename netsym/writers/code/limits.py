"""The limits of a language: what is longer or deeper is refused before it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from netsym.errors import TooLargeError
from netsym.forms.form import Form, layered, shared
from netsym.writers.ropes import Rope, flat

#: The texts of statements.
Texts = Iterable[str | Rope]


@dataclass(frozen=True, slots=True)
class Limit:
    """That a language takes at most so many of something in a statement; `count` counts it."""

    language: str
    what: str
    most: int
    count: Callable[[str | Rope], int]

    def largest(self, texts: Texts) -> int:
        """How many the statement has that has most."""
        return max(map(self.count, texts), default=0)


def characters(text: str | Rope) -> int:
    """How long a statement is."""
    return sum(map(len, flat(text)))


def nesting(text: str | Rope) -> int:
    """How many parentheses are open at most.

    >>> nesting("tanh((x + 1)*2) + (y)")
    2
    """
    *before, _ = "".join(flat(text)).split("(")
    return max(accumulate((1 - part.count(")") for part in before), initial=0))


def refuse_beyond(
    limits: Sequence[Limit], form: Form, written: Callable[[Form], Texts], instead: str = ""
) -> None:
    """Raise `TooLargeError` for what exceeds a limit, with the forms that do not.

    `written` gives the statements of a form; `instead` says what else there is to do.
    """
    texts = [*written(form)] if limits else []
    for limit in limits:
        largest = limit.largest(texts)
        if largest > limit.most:
            ways = [*_forms(limit, form, written), *filter(None, [instead])]
            raise TooLargeError(
                f"{limit.language}: {largest:,} {limit.what}, {limit.most:,} is the limit; "
                f"{', or '.join(ways) or 'take a smaller network'}"
            )


def _forms(limit: Limit, form: Form, written: Callable[[Form], Texts]) -> Iterator[str]:
    """The other forms that are within a limit."""
    for name, cut in {"layered": layered, "shared": shared}.items():
        if form.form != name:
            largest = limit.largest(written(cut(form)))
            if largest <= limit.most:
                yield f"--form {name} takes {largest:,}"
