"""The table of formats, and a text in one of them as a document: nested dicts and lists."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from netsym.errors import SpecError, did_you_mean
from netsym.files.json import JSON
from netsym.files.syntax import DEEPEST, Format, too_deep
from netsym.files.toml import TOML

#: The formats of a spec, by name.
FORMATS: dict[str, Format] = {row.name: row for row in (TOML, JSON)}

#: Files of other systems, by how their names end, with the function of the API that reads them.
ELSEWHERE = {".onnx": "from_onnx"}


def suffixes() -> list[str]:
    """How the names of files with a spec end."""
    return [suffix for row in FORMATS.values() for suffix in row.suffixes]


def named(name: str) -> Format:
    """The format of a name; raises `SpecError` if there is none."""
    if name not in FORMATS:
        raise SpecError(f"unknown format {name!r}; {did_you_mean(name, FORMATS)}")
    return FORMATS[name]


def format_of(path: Path) -> Format:
    """The format that the name of a file asks for; raises `SpecError` if it is none of those."""
    for row in FORMATS.values():
        if path.suffix.lower() in row.suffixes:
            return row
    known = " or ".join(suffixes())
    if path.suffix.lower() in ELSEWHERE:
        raise SpecError(f"{path} is read by netsym.{ELSEWHERE[path.suffix.lower()]}")
    raise SpecError(f"{path}: a network is in a {known} file; give one of these")


def told(text: str) -> Format | None:
    """The format that a text is in, as far as the text tells; those added last come first."""
    rows = reversed(FORMATS.values())
    return next((row for row in rows if re.search(row.sign, text)), None)


def document(text: str, format: str, source: str) -> dict[str, Any]:
    """The document that a text holds; `source` is what errors call the text.

    Raises `SpecError`: for an unknown format, for a mistake in the syntax with the line and a
    caret, for a key given twice, and for nesting deeper than 16 levels.
    """
    row = named(format)
    try:
        parsed = row.read(text, source)
    except RecursionError:
        raise too_deep(source) from None
    except ValueError:  # Python's own limit on the digits of a whole number
        raise SpecError(f"{source}: a whole number in it is too long to read") from None
    level: list[Any] = [parsed]
    for _ in range(DEEPEST):
        inside = (item.values() if isinstance(item, dict) else item for item in level)
        level = [
            child
            for item in inside
            if not {dict, list}.isdisjoint(map(type, item))  # rows of numbers are many
            for child in item
            if isinstance(child, (dict, list))
        ]
        if not level:
            return parsed
    raise too_deep(source)
