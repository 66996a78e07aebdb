"""TOML, both ways."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from netsym.files.syntax import DEEPEST, Format, misspelt, quoted, too_deep

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
#: A key on a line of its own with an array of plain numbers, and the comma after the last of some.
_NUMBERS = re.compile(
    r"^([\w-]+[ \t]*=[ \t]*)(\[[\d\s,.eE+\-\[\]]*\])[ \t]*$", re.ASCII | re.MULTILINE
)
_LAST_COMMA = re.compile(r",(?=\s*\])(?<=[\d\]],)", re.ASCII)
_MARK = "\ue000"  # stands for an array that was read already; of private use, so in no text
_HINT = 'in TOML, text has quotes ("sigmoid"), lists have commas ([1, 2]), a key is given once'


def _read(text: str, source: str) -> dict[str, Any]:
    for written in text.split("\n"):  # tomllib takes quadratic time for keys of many parts
        key = written.partition("=")[0] if written.count(".") > DEEPEST else ""
        if key.count(".") > DEEPEST and not any(mark in key for mark in "\"'#,"):
            raise too_deep(source)
    import tomllib  # most need not wait for it

    try:
        return _by_json(text) or tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        place = _PLACE.search(message)
        lines = text.splitlines() or [""]
        line = int(place[1]) if place and place[1] else len(lines)
        column = int(place[2]) if place and place[1] else len(lines[-1]) + 1
        message = message[: place.start()] if place else message
        raise misspelt(source, text, line, column, message, _HINT) from None


def _by_json(text: str) -> dict[str, Any] | None:
    """The same with arrays of plain numbers read as JSON, which is quicker; None where in doubt."""
    doubtful = (_MARK, "\\u", "\\U", "\r", '"""', "'''")
    if any(part in text for part in doubtful):
        return None
    import json
    import tomllib

    found: list[Any] = []

    def marked(match: re.Match[str]) -> str:
        try:
            found.append(json.loads(_LAST_COMMA.sub("", match[2])))
        except ValueError:
            return match[0]
        return f'{match[1]}"{_MARK}{len(found) - 1}"'

    shorter = _NUMBERS.sub(marked, text)
    if not found:
        return None
    try:
        whole: dict[str, Any] = _unmarked(tomllib.loads(shorter), found)
    except tomllib.TOMLDecodeError:  # whose place is another in the whole text
        return None
    return whole


def _unmarked(value: Any, arrays: list[Any]) -> Any:
    """The value with the arrays that marks stand for."""
    if isinstance(value, dict):
        return {key: _unmarked(each, arrays) for key, each in value.items()}
    if isinstance(value, list):
        return [_unmarked(each, arrays) for each in value]
    return arrays[int(value[1:])] if isinstance(value, str) and value[:1] == _MARK else value


def _write(spec: dict[str, Any]) -> str:
    return "\n".join(_lines(spec)) + "\n"


def _lines(spec: dict[str, Any]) -> Iterator[str]:
    """Its lines: what is no table, then the tables."""
    tables = [key for key, value in spec.items() if isinstance(value, dict) or _is_tables(value)]
    yield from _keys({key: value for key, value in spec.items() if key not in tables})
    for key in tables:
        if isinstance(spec[key], dict):
            yield from ("", f"[{key}]", *_keys(spec[key]))
        else:
            for table in spec[key]:
                yield from ("", f"[[{key}]]", *_keys(table))


def _keys(table: dict[str, Any]) -> Iterator[str]:
    return (f"{key} = {_array(value)}" for key, value in table.items())


def _array(entries: Any) -> str:
    """Nested lists, a row to a line; tables within tables on one."""
    if isinstance(entries, dict):
        return f"{{{', '.join(_keys(entries))}}}"
    if _is_tables(entries):
        return f"[{', '.join(map(_array, entries))}]"
    if isinstance(entries, list) and isinstance(entries[0], list):
        rows = "".join(f"  {_array(row)},\n" for row in entries)
        return f"[\n{rows}]"
    return quoted(entries)


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


TOML = Format(
    "toml",
    "TOML",
    (".toml",),
    _read,
    _write,
    sign=r"(?m)^\s*(?:(?:netsym|title|inputs|outputs)\s*=|\[\[?[a-z_]+\]\]?\s*$)",
)
