"""A .keras file as data: what its model is made of, and its weights; what is unsound is refused."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from lzma import LZMAError
from pathlib import Path, PurePosixPath
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

import h5py
import numpy as np

from netsym.errors import SpecError
from netsym.files.bounded import MOST_TEXT, opened, text_in
from netsym.files.syntax import is_within
from netsym.readers.graph.traced import Unreadable
from netsym.readers.keras.weights import Array, Weights

MOST_BYTES = 2**31  # of weights, as of every file of ONNX
_DENSEST = (
    50  # times that an entry may be longer than it is packed, which trained numbers never are
)
_DEEPEST = 100  # levels of a config, of which a model in a model has three
#: What the archive and HDF5 raise for what they cannot make sense of.
_MISFITS = (BadZipFile, EOFError, LZMAError, LookupError, MemoryError, OSError, OverflowError,
            RuntimeError, TypeError, ValueError, zlib.error)  # fmt: skip


def model_in(path: Path) -> tuple[Any, Weights]:
    """What the model in a file is made of, and its weights; raises `SpecError` for what is none."""
    with opened(path, MOST_BYTES) as file:
        try:
            with ZipFile(file) as archive:
                entries = _entries(archive, path)
                config = _config(archive, entries, path)
                weights = BytesIO(_content(archive, entries, "model.weights.h5", path, MOST_BYTES))
        except _MISFITS as error:
            raise SpecError(
                f"{path} is no .keras file, or cut off ({_said(error)}); save it again"
            ) from None
    try:
        return config, Stored(h5py.File(weights, "r"))
    except _MISFITS as error:
        raise SpecError(
            f"{path}: its weights are no HDF5 ({_said(error)}); save it again"
        ) from None


def _said(error: Exception) -> str:
    plain = "".join(c if c.isprintable() else "?" for c in str(error))
    return plain[:100] or type(error).__name__


def _entries(archive: ZipFile, path: Path) -> dict[str, ZipInfo]:
    for name in archive.namelist():
        if name.startswith("/") or ".." in PurePosixPath(name).parts or not name.isprintable():
            raise SpecError(f"{path} has an entry {name[:60]!r}, which no model has; save it again")
    return {info.filename: info for info in archive.infolist()}


def _content(
    archive: ZipFile, entries: dict[str, ZipInfo], name: str, path: Path, most: int
) -> bytes:
    """An entry of the archive, whose length is looked at before anything is unpacked."""
    info = entries.get(name)
    if info is None:
        raise SpecError(f"{path} has no {name}: it is no .keras file of Keras 3; save it again")
    if info.file_size > most:
        raise SpecError(f"{path}: {name} has {info.file_size:,} bytes; at most {most:,} are read")
    if info.file_size > _DENSEST * max(info.compress_size, 1024):
        raise SpecError(
            f"{path}: {name} is packed {info.file_size // max(info.compress_size, 1)} times denser "
            "than numbers can be; it is not unpacked"
        )
    with archive.open(info) as file:
        return file.read(info.file_size)


def _config(archive: ZipFile, entries: dict[str, ZipInfo], path: Path) -> Any:
    metadata = _document(archive, entries, "metadata.json", path)
    version = metadata.get("keras_version") if isinstance(metadata, dict) else None
    if isinstance(version, str) and version[:2] in ("0.", "1.", "2."):
        raise SpecError(
            f"{path} was saved by Keras {version[:20]!r}; load it with Keras 3 and save it again"
        )
    return _document(archive, entries, "config.json", path)


def _document(archive: ZipFile, entries: dict[str, ZipInfo], name: str, path: Path) -> Any:
    content = _content(archive, entries, name, path, MOST_TEXT)
    text = text_in(BytesIO(content), f"{path}: {name}")
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        raise SpecError(f"{path}: {name} is no JSON that can be read; save it again") from None
    if is_within(parsed, _DEEPEST):
        return parsed
    raise SpecError(f"{path}: {name} is nested more than {_DEEPEST} levels deep")


class Stored:
    """The weights in a group of an HDF5 file."""

    def __init__(self, group: h5py.Group) -> None:
        self.group = group

    def arrays(self) -> list[Array]:
        """The data sets 0, 1, … of the group `vars`, each held by the file itself."""
        with _reading():
            kept = _inside(self.group, "vars", h5py.Group)
            names = [] if kept is None else [str(number) for number in range(len(kept))]
            return [_array(_inside(kept, name, h5py.Dataset), name) for name in names]

    def part(self, name: str) -> Stored:
        """A group within this one."""
        with _reading():
            found = _inside(self.group, name, h5py.Group)
            if found is None:  # as it is called where the layer keeps it to itself
                found = _inside(self.group, f"_{name}", h5py.Group)
            if found is None:
                raise Unreadable(f"has no weights in the file, at {self.group.name}/{name}")
            return Stored(found)


@contextmanager
def _reading() -> Iterator[None]:
    """What HDF5 cannot read, as `Unreadable`."""
    try:
        yield
    except _MISFITS as error:
        raise Unreadable(f"has weights that cannot be read: {_said(error)}") from None


def _inside(group: Any, name: str, kind: type) -> Any:
    """What a group itself holds by a name; None if it holds none."""
    link = group.get(name, getlink=True)
    if link is None:
        return None
    if not isinstance(link, h5py.HardLink):
        raise Unreadable(f"has weights that lie elsewhere, by a link at {name!r}")
    found = group[name]
    if not isinstance(found, kind):
        raise Unreadable(f"has weights that are no {kind.__name__.lower()} at {name!r}")
    return found


def _array(data: Any, name: str) -> Array:
    if data is None:
        raise Unreadable(f"lacks its weight {name}")
    if data.external or data.is_virtual:
        raise Unreadable(f"has weights that lie in another file, at {name!r}")
    is_half = data.dtype.kind == "V" and data.dtype.itemsize == 2  # bfloat16
    if data.dtype.kind not in "fiu" and not is_half:
        raise Unreadable(f"has a weight {name} that is no array of numbers")
    if data.chunks is not None or data.id.get_storage_size() != data.size * data.dtype.itemsize:
        raise Unreadable(f"says that its weight {name} has the shape {data.shape}, but holds less")
    values = np.asarray(data[()])
    if is_half:  # of a float32
        values = (values.view(np.uint16).astype(np.uint32) << 16).view(np.float32)
    return np.asarray(values)
