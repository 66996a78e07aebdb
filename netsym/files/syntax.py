"""TOML and JSON text as a document (nested dicts and lists), with errors that show the place."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any, Literal

from netsym.errors import SpecError
from netsym.typed.carets import mistake

Format = Literal["toml", "json"]

_DEEPEST = 16
_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_TOML_HINT = 'in TOML, text has quotes ("sigmoid"), lists have commas ([1, 2]), a key is given once'
_JSON_HINT = "JSON has double quotes, no comments, and no comma after a last entry"


def document(text: str, format: Format, source: str) -> dict[str, Any]:
    """The document that a text holds; `source` is what errors call the text.

    Raises `SpecError`: for a mistake in the syntax with the line and a caret, for a key given
    twice, and for nesting deeper than 16 levels.
    """
    try:
        parsed = _toml(text, source) if format == "toml" else _json(text, source)
    except RecursionError:
        raise _too_deep(source) from None
    except ValueError:  # Python's own limit on the digits of a whole number
        raise SpecError(f"{source}: a whole number in it is too long to read") from None
    if not isinstance(parsed, dict):
        raise SpecError(f"{source} holds no keys; a network in JSON is one object {{ … }}")
    level: list[Any] = [parsed]
    for _ in range(_DEEPEST):
        inside = (item.values() if isinstance(item, dict) else item for item in level)
        level = [child for item in inside for child in item if isinstance(child, (dict, list))]
        if not level:
            return parsed
    raise _too_deep(source)


def _toml(text: str, source: str) -> Any:
    for written in text.split("\n"):  # tomllib takes quadratic time for keys of many parts
        key = written.partition("=")[0] if written.count(".") > _DEEPEST else ""
        if key.count(".") > _DEEPEST and not any(mark in key for mark in "\"'#,"):
            raise _too_deep(source)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        place = _PLACE.search(message)
        lines = text.splitlines() or [""]
        line = int(place[1]) if place and place[1] else len(lines)
        column = int(place[2]) if place and place[1] else len(lines[-1]) + 1
        message = message[: place.start()] if place else message
        raise _misspelt(source, text, line, column, message, _TOML_HINT) from None


def _json(text: str, source: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=unique)
    except SpecError as error:
        raise SpecError(f"{source}: {error}") from None
    except json.JSONDecodeError as error:
        raise _misspelt(source, text, error.lineno, error.colno, error.msg, _JSON_HINT) from None


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON; raises `SpecError` for a key that it has twice."""
    keys: dict[str, Any] = {}
    for key, value in pairs:
        if key in keys:
            raise SpecError(f"the key {key!r} is given twice; keep one of them")
        keys[key] = value
    return keys


def _misspelt(source: str, text: str, line: int, column: int, message: str, hint: str) -> SpecError:
    shown = "".join(c if c.isprintable() else " " for c in _line(text, line))
    place = f"{source}, line {line}, column {column}"
    return mistake(f"{place}: {message}", shown, (column - 1, column), hint=hint)


def _line(text: str, number: int) -> str:
    return next(iter(text.replace("\r\n", "\n").split("\n")[number - 1 : number]), "")


def _too_deep(source: str) -> SpecError:
    return SpecError(
        f"{source} is nested more than {_DEEPEST} levels deep; a network needs no more than 4"
    )
