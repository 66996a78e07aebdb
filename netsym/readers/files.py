"""Networks in files: TOML or JSON, version 1, with parameters in-line or in a file beside it."""

from __future__ import annotations

import os
from pathlib import Path

from netsym.errors import SpecError
from netsym.network import Network
from netsym.readers.bounded import opened
from netsym.readers.parameters_file import arrays
from netsym.readers.spec import network
from netsym.readers.syntax import Format, document
from netsym.readers.toml import dumps, save

__all__ = ["dumps", "load", "loads", "save"]

_FORMATS: dict[str, Format] = {".toml": "toml", ".json": "json"}
_MOST_BYTES = 64 * 2**20


def load(path: str | os.PathLike[str]) -> Network:
    """The network in a .toml or .json file.

    Raises `SpecError`, with the file's name, for anything that cannot be read or does not fit.
    """
    path = Path(path)
    if path.suffix.lower() not in _FORMATS and not path.is_dir():
        raise SpecError(f"{path}: a network is read from a .toml or .json file; convert or rename")
    with opened(path, _MOST_BYTES) as file:
        content = file.read(_MOST_BYTES)
    if b"\0" in content[:4096]:
        raise SpecError(f"{path} is not text; save it as UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SpecError(
            f"{path}, line {line}: byte 0x{content[error.start]:02x} is not UTF-8; "
            "save the file as UTF-8"
        ) from None
    format = _FORMATS[path.suffix.lower()]
    return loads(text, folder=path.parent, source=str(path), format=format)


def loads(
    text: str, *, folder: Path | None = None, source: str = "<text>", format: Format = "toml"
) -> Network:
    """The network that a text holds.

    `folder` is where its parameter file may lie; without a folder it must do without one.
    `source` is what errors call the text, and without a title the network.
    Raises `SpecError` for anything that does not fit.

    >>> print(loads('''
    ... netsym = 1
    ... inputs = ["x"]
    ... [[layers]]
    ... type = "dense"
    ... weights = [["w"]]
    ... bias = ["b"]
    ... ''').parameter_names())
    ['w', 'b']
    """
    if len(text) > _MOST_BYTES:
        raise SpecError(f"{source} has {len(text):,} characters; at most {_MOST_BYTES:,} are read")
    said = document(text, format, source)
    try:
        return network(said, Path(source).stem, arrays(said.get("parameters"), folder))
    except SpecError as error:
        raise SpecError(f"{source}: {error}") from None
