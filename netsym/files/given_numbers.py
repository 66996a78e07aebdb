"""Numbers that a person gives by name: `x=0.05,0.1` on a line, or a file of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from netsym.errors import SpecError
from netsym.files.bounded import is_file, text_of
from netsym.files.formats import FORMATS, document, suffixes
from netsym.files.parameters_file import SUFFIXES, arrays

_DECIMAL = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
_NUMBER = re.compile(rf"{_DECIMAL}|[+-]?[0-9]{{1,300}}/[1-9][0-9]{{0,299}}")
_BETWEEN = re.compile(r"[,;\s]+")
_BRACKETS = str.maketrans("[](){}", "      ")
#: How numbers are given, for a sentence.
SYNTAX = "NAME=NUMBER,…, as in x=0.5,1 or w1=0.15,w2=0.2"


def numbers_in(texts: Iterable[str]) -> dict[str, Any]:
    """The numbers in texts, by name; what has no name of its own goes on with the one before.

    >>> numbers_in(["x=0.05,0.1", "w1=.15,w2=1/4"])
    {'x': [0.05, 0.1], 'w1': [0.15], 'w2': [0.25]}
    """
    found: dict[str, Any] = {}
    for text in texts:
        name = ""
        for part in filter(None, _BETWEEN.split(_joined(text.translate(_BRACKETS)))):
            before, equals, number = part.rpartition("=")
            if equals:
                name = before
                if not name or "=" in name:
                    raise SpecError(f"{part[:60]!r} is no name and a number; write {SYNTAX}")
                if name in found:
                    raise SpecError(f"{name[:60]!r} is given twice; give each name once")
                found[name] = []
            if not name:
                raise SpecError(f"{part[:60]!r} has no name before it; write {SYNTAX}")
            if number or not equals:
                found[name].append(_number(name, number))
    return found


def _joined(text: str) -> str:
    """The text without spaces around its signs of equality."""
    return re.sub(r"\s*=\s*", "=", text)


def _number(name: str, text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise SpecError(
            f"{name[:60]} is given {text[:60]!r}, which is not a number; write digits, as in -1.5, "
            "2e-3 or 1/3"
        )
    return float(Fraction(text)) if "/" in text else float(text)


def numbers_of(given: str) -> dict[str, Any]:
    """The numbers in a text, or in the file that it names: a .toml or .json file of names, or a
    .npz or .safetensors file of arrays.

    In JSON the names may be in an object `parameters`, as `netsym step --json` writes them.
    Raises `SpecError` for what is neither.
    """
    path = Path(given)
    if not is_file(path):
        if path.suffix.lower() in (*suffixes(), *SUFFIXES):
            raise SpecError(f"there is no file {given}; check the path and its spelling")
        return numbers_in([given])
    if path.suffix.lower() in SUFFIXES:
        return dict(arrays(path.name, path.parent) or {})
    row = next((row for row in FORMATS.values() if path.suffix.lower() in row.suffixes), None)
    if row is None:
        known = ", ".join((*suffixes(), *SUFFIXES))
        raise SpecError(f"{given}: numbers are in a file that ends in one of {known}")
    said: Mapping[str, Any] = document(text_of(path), row.name, given)
    if "netsym" in said:
        raise SpecError(f"{given} is a network, not numbers by name; give it as NET")
    said = said["parameters"] if isinstance(said.get("parameters"), dict) else said
    return dict(said)
