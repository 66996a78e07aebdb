"""JSON, both ways."""

from __future__ import annotations

from typing import Any

from netsym.errors import SpecError
from netsym.files.syntax import Format, misspelt, quoted

_HINT = "JSON has double quotes, no comments, and no comma after a last entry"


def _read(text: str, source: str) -> dict[str, Any]:
    import json  # a shorthand need not wait for it

    try:
        parsed = json.loads(text, object_pairs_hook=unique)
    except SpecError as error:
        raise SpecError(f"{source}: {error}") from None
    except json.JSONDecodeError as error:
        raise misspelt(source, text, error.lineno, error.colno, error.msg, _HINT) from None
    if not isinstance(parsed, dict):
        raise SpecError(f"{source} holds no keys; a network in JSON is one object {{ … }}")
    return parsed


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON; raises `SpecError` for a key that it has twice."""
    keys: dict[str, Any] = {}
    for key, value in pairs:
        if key in keys:
            raise SpecError(f"the key {key!r} is given twice; keep one of them")
        keys[key] = value
    return keys


def _write(spec: dict[str, Any]) -> str:
    return _tree(spec) + "\n"


def _tree(value: Any, margin: str = "\n") -> str:
    """Each entry of a table, and of a list of lists or tables, on a line of its own."""
    inner = f"{margin}  "
    if isinstance(value, dict):
        items = [f"{quoted(key)}: {_tree(item, inner)}" for key, item in value.items()]
    elif isinstance(value, list) and isinstance(value[0], (list, dict)):
        items = [_tree(item, inner) for item in value]
    else:
        return quoted(value)
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return opening + inner + f",{inner}".join(items) + margin + closing


JSON = Format("json", "JSON", (".json",), _read, _write, sign=r"""\A\s*\{\s*(?:["}]|\Z)""")
