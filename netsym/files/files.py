"""Networks in files, version 1, with parameters in-line or in a file beside it."""

from __future__ import annotations

import os
from pathlib import Path

from netsym.errors import SpecError, did_you_mean
from netsym.files.bounded import MOST_TEXT, is_file, text_of
from netsym.files.formats import document, format_of, suffixes
from netsym.files.packaged import network_file, networks
from netsym.files.parameters_file import arrays
from netsym.files.spec import network
from netsym.files.spec_of import dumps
from netsym.files.whole_file import replacing
from netsym.network.network import Network

__all__ = ["dumps", "load", "loads", "save"]


def load(path: str | os.PathLike[str]) -> Network:
    """The network in a .toml or .json file, or one that comes along, by its name: "gpt2".

    Raises `SpecError`, with the file's name, for anything that cannot be read or does not fit.
    """
    path = Path(path)
    if not is_file(path):
        path = network_file(str(path)) or path
        if not (path.suffix or path.is_dir()):
            known = did_you_mean(str(path), networks())
            raise SpecError(
                f"there is no file {path}; give a {' or '.join(suffixes())} file or a name, for a "
                f"shorthand like 1-2-1 take netsym.parse; {known}"
            )
    format = "toml" if path.is_dir() else format_of(path).name  # a folder is refused as one
    return loads(text_of(path), folder=path.parent, source=str(path), format=format)


def save(network: Network, path: str | os.PathLike[str]) -> None:
    """Write the spec of a network to a .toml or .json file, whole or not at all.

    Raises `SpecError` for other files and for what a file cannot say, `OutputError` where the file
    cannot be written.
    """
    text = dumps(network, format_of(Path(path)).name)
    with replacing(os.fspath(path)) as file:
        file.write(text)


def loads(
    text: str, *, folder: Path | None = None, source: str = "<text>", format: str = "toml"
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
    if len(text) > MOST_TEXT:
        raise SpecError(f"{source} has {len(text):,} characters; at most {MOST_TEXT:,} are read")
    said = document(text, format, source)
    try:
        return network(said, Path(source).stem, arrays(said.get("parameters"), folder))
    except SpecError as error:
        raise SpecError(f"{source}: {error}") from None
