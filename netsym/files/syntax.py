"""A format as a row: how a spec is read and written in it; and errors that show the place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from netsym.errors import SpecError
from netsym.typed.carets import mistake

#: How many levels of tables and lists a spec may have.
DEEPEST = 16


class Format(NamedTuple):
    """A row of the table of formats.

    `read(text, source)` gives nested dicts and lists, and raises `SpecError` with `source` for
    mistakes; `write(spec)` gives a text that reads as the same. `suffixes` are those of its files;
    a text that `sign`, a regular expression, finds is in this format, where nothing else says so.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    read: Callable[[str, str], dict[str, Any]]
    write: Callable[[dict[str, Any]], str]
    sign: str = r"(?!)"


def quoted(value: Any) -> str:
    """A number, text or list on one line, as TOML and JSON both have it."""
    import json  # a shorthand need not wait for it

    text = json.dumps(value, ensure_ascii=False, default=str)  # a Fraction is text
    return text.replace("\x7f", "\\u007f")  # JSON's escapes are TOML's, but for DEL


def misspelt(source: str, text: str, line: int, column: int, message: str, hint: str) -> SpecError:
    """A mistake in a text, with its line and a caret."""
    shown = "".join(c if c.isprintable() else " " for c in _line(text, line))
    place = f"{source}, line {line}, column {column}"
    return mistake(f"{place}: {message}", shown, (column - 1, column), hint=hint)


def _line(text: str, number: int) -> str:
    return next(iter(text.replace("\r\n", "\n").split("\n")[number - 1 : number]), "")


def is_within(parsed: Any, levels: int) -> bool:
    """Whether a document of dicts and lists has no more than so many levels of them."""
    level = [parsed] if isinstance(parsed, (dict, list)) else []
    for _ in range(levels):
        inside = (item.values() if isinstance(item, dict) else item for item in level)
        level = [
            child
            for item in inside
            if not {dict, list}.isdisjoint(map(type, item))  # rows of numbers are many
            for child in item
            if isinstance(child, (dict, list))
        ]
    return not level


def too_deep(source: str) -> SpecError:
    """What is said of a text of too many levels."""
    return SpecError(
        f"{source} is nested more than {DEEPEST} levels deep; a network needs no more than 4"
    )
