"""Parameter files, .npz and .safetensors: float arrays by name, every size checked before reading.

Nothing is unpickled or evaluated. Formats: numpy.lib.format for the members of an .npz, and
https://github.com/huggingface/safetensors#format.
"""

from __future__ import annotations

import json
import math
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from netsym.errors import SpecError
from netsym.files.bounded import opened
from netsym.files.json import unique
from netsym.files.options import as_written

Floats = npt.NDArray[np.float64]

#: How the names of parameter files end.
SUFFIXES = (".npz", ".safetensors")
_MOST_BYTES = 4 * 2**30
_MOST_HEADER = 16 * 2**20
_BOMB_BYTES, _BOMB_RATIO = 64 * 2**20, 200  # more than both is not how weights compress
_MOST_AXES = 8
_LONGEST_AXIS = 2**40
_NPY_HEADER = re.compile(
    r"\{\s*'descr':\s*'([<>=|]?[^'<>=|]{1,40})',\s*'fortran_order':\s*(True|False),"
    r"\s*'shape':\s*\(([0-9, ]{0,200})\),?\s*\}\s*"
)
_NUMPY_TYPES = {"f2": "float16", "f4": "float32", "f8": "float64"}
_SAFE_TYPES = {"F16": "<f2", "BF16": "<u2", "F32": "<f4", "F64": "<f8"}


def arrays(name: Any, folder: Path | None) -> dict[str, Floats] | None:
    """The arrays of the parameter file that a spec names, in float64; None if it names none.

    The file must lie in `folder` or below it. Raises `SpecError` for any other place, for a file
    whose sizes contradict each other, and for arrays of anything but floats.
    """
    if name is None:
        return None
    if not isinstance(name, str) or not name.endswith(SUFFIXES):
        raise SpecError(
            f"parameters is {as_written(name)}; it must name a .npz or "
            '.safetensors file, as in parameters = "weights.npz"'
        )
    path = _inside(name, folder)
    with opened(path, _MOST_BYTES) as file:
        size = path.stat().st_size
        read = _npz(file, size) if name.endswith(".npz") else _safetensors(file, size)
        try:
            return dict(read)
        except SpecError as error:
            raise SpecError(f"{name}: {error}") from None


def _inside(name: str, folder: Path | None) -> Path:
    if folder is None:
        raise SpecError(
            f"parameters = {name!r} needs a folder to lie in, which a spec that is piped in does "
            "not have; give the spec as a file, or the parameters in-line"
        )
    try:
        home, path = folder.resolve(), (folder / name).resolve()
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: links in a circle
        raise SpecError(f"parameters = {name!r} cannot be followed: {error}") from None
    if Path(name).is_absolute() or not path.is_relative_to(home):
        raise SpecError(
            f"parameters = {name!r} leads outside the folder of the spec; "
            "put the file beside the spec and give its name alone"
        )
    return path


# -- .npz ---------------------------------------------------------------------------------------
def _npz(file: BinaryIO, size: int) -> Iterator[tuple[str, Floats]]:
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            _check_archive(members, size)
            for member in members:
                yield member.filename.removesuffix(".npy"), _npy(archive, member)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise SpecError(f"not a sound .npz file ({error}); write it with numpy.savez") from None


def _check_archive(members: list[zipfile.ZipInfo], size: int) -> None:
    names = [member.filename for member in members]
    if len(set(names)) < len(names):
        raise SpecError("two arrays have the same name; give each its own")
    total = sum(member.file_size for member in members)
    if total > _MOST_BYTES or total > max(_BOMB_BYTES, _BOMB_RATIO * size):
        raise SpecError(
            f"{size:,} bytes would unpack to {total:,}, more than is read "
            f"({_MOST_BYTES:,}, or {_BOMB_RATIO} times the file); write it with numpy.savez"
        )
    for member in members:
        if not member.filename.endswith(".npy"):
            raise SpecError(f"{member.filename!r} is not an array; write it with numpy.savez")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise SpecError(f"{member.filename!r} is packed in an unusual way; use numpy.savez")


def _npy(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Floats:
    name = member.filename.removesuffix(".npy")
    with archive.open(member) as file:
        start = file.read(12)
        wide = start[6:7] != b"\x01"  # version 1.0 has two bytes for the header's length
        length = int.from_bytes(start[8:12] if wide else start[8:10], "little")
        begin = (12 if wide else 10) + length
        if start[:6] != b"\x93NUMPY" or begin > min(member.file_size, _MOST_HEADER):
            raise SpecError(
                f"{as_written(name)} is not in NumPy's format; write it with numpy.savez"
            )
        header = (start + file.read(max(0, begin - 12)))[12 if wide else 10 : begin].decode(
            "latin-1"
        )
        match = _NPY_HEADER.fullmatch(header)
        code = match[1].lstrip("<>=|") if match else "structured"
        if match is None or code not in _NUMPY_TYPES:
            raise _not_floats(name, _numpy_word(code))
        shape = tuple(int(digits) for digits in match[3].replace(" ", "").split(",") if digits)
        _check_size(name, shape, int(code[1:]), member.file_size - begin)
        values = np.frombuffer(file.read(), dtype=match[1])
    order = "F" if match[2] == "True" else "C"
    return values.astype(np.float64).reshape(shape, order=order)  # type: ignore[call-overload,no-any-return]


def _numpy_word(code: str) -> str:
    kinds = {"O": "Python objects (a pickle, which is never loaded)", "U": "text", "S": "text",
             "b": "booleans or bytes", "i": "whole numbers", "u": "whole numbers",
             "c": "complex numbers"}  # fmt: skip
    return kinds.get(code[:1], f"{code} values")


# -- .safetensors -------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, order=True)
class _Tensor:
    begin: int
    end: int
    name: str
    type: str
    shape: tuple[int, ...]


def _safetensors(file: BinaryIO, size: int) -> Iterator[tuple[str, Floats]]:
    length = int.from_bytes(file.read(8), "little")
    if size < 8 or length > min(size - 8, _MOST_HEADER):
        raise SpecError(
            f"its header should be {length:,} bytes long, but the file has {size:,}; "
            "it is cut off or not a .safetensors file"
        )
    at = 0
    for tensor in _tensors(file.read(length), size - 8 - length):
        if tensor.begin != at:
            problem = "overlaps with" if tensor.begin < at else "leaves a gap after"
            raise SpecError(
                f"{as_written(tensor.name)} {problem} the array before it; write the file again"
            )
        at = tensor.end
        values = np.frombuffer(file.read(tensor.end - tensor.begin), _SAFE_TYPES[tensor.type])
        if tensor.type == "BF16":  # the upper half of a float32
            values = (values.astype("<u4") << 16).view("<f4")
        yield tensor.name, values.astype(np.float64).reshape(tensor.shape)
    if at != size - 8 - length:
        raise SpecError(f"{size - 8 - length - at:,} bytes belong to no array; write it again")


def _tensors(header: bytes, room: int) -> list[_Tensor]:
    """What the header declares, in the order of the data, each checked by itself."""
    try:
        declared = json.loads(header.decode("utf-8"), object_pairs_hook=unique)
    except (ValueError, RecursionError):
        raise SpecError("its header is not JSON; it is not a sound .safetensors file") from None
    if not isinstance(declared, dict):
        raise SpecError("its header is not a JSON object; it is not a sound .safetensors file")
    items = ((name, entry) for name, entry in declared.items() if name != "__metadata__")
    return sorted(_tensor(name, entry, room) for name, entry in items)


def _tensor(name: str, entry: Any, room: int) -> _Tensor:
    entry = entry if isinstance(entry, dict) else {}
    kind, shape, offsets = (entry.get(key) for key in ("dtype", "shape", "data_offsets"))
    if not (isinstance(kind, str) and _are_counts(shape) and _are_counts(offsets, 2)):
        raise SpecError(
            f"{as_written(name)} needs a dtype, a shape and two data_offsets; write the file again"
        )
    if kind not in _SAFE_TYPES:
        raise _not_floats(name, f"{kind[:20]} values")
    begin, end = offsets
    if not begin <= end <= room:
        raise SpecError(
            f"{as_written(name)} should be at bytes {begin:,} to {end:,}, but there are {room:,}; "
            "the file is cut off or damaged"
        )
    _check_size(name, tuple(shape), np.dtype(_SAFE_TYPES[kind]).itemsize, end - begin)
    return _Tensor(begin, end, name, kind, tuple(shape))


def _are_counts(value: Any, length: int | None = None) -> bool:
    return (
        isinstance(value, list)
        and all(type(count) is int and count >= 0 for count in value)
        and length in (None, len(value))
    )


# -- both ---------------------------------------------------------------------------------------
def _check_size(name: str, shape: tuple[int, ...], itemsize: int, held: int) -> None:
    declared = math.prod(shape) * itemsize
    if declared != held or len(shape) > _MOST_AXES or max(shape, default=0) > _LONGEST_AXIS:
        raise SpecError(
            f"{as_written(name)} declares shape {' x '.join(map(str, shape))[:60]}, which is "
            f"{_amount(declared)}, but the file holds {_amount(held)}; write the file again"
        )


def _amount(count: int) -> str:
    return f"{count:,} bytes" if count < 10**18 else "more bytes than any file"


def _not_floats(name: str, kind: str) -> SpecError:
    return SpecError(
        f"{as_written(name)} holds {kind}, but parameters are float16, float32 or float64 "
        "(bfloat16 in .safetensors); convert it with array.astype('float64')"
    )
