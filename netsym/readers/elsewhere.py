"""Files of other systems, by how their names end: those that are read, and those that run code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path

from netsym.errors import SpecError
from netsym.files.formats import ELSEWHERE
from netsym.network.network import Network

_LOAD = "to open it may run what somebody put in it: load it yourself with {}, then {}"
_SAVE = 'only .keras is, of Keras: load it with keras, then model.save("model.keras")'
#: What is refused, with the way.
REFUSED: Mapping[str, str] = {
    **dict.fromkeys((".pt", ".pth", ".pt2"), _LOAD.format("torch", "netsym.from_torch(module, x)")),
    ".h5": _SAVE,
    **dict.fromkeys((".pkl", ".joblib"), _LOAD.format("joblib", "netsym.from_sklearn(model)")),
}


def is_elsewhere(path: Path) -> bool:
    """Whether a file is one of another system."""
    return path.suffix.lower() in {**ELSEWHERE, **REFUSED}


def read(path: Path) -> Network:
    """The network in such a file; raises `SpecError` for what is refused, or cannot be read."""
    suffix = path.suffix.lower()
    if suffix in REFUSED:
        raise SpecError(f"{path} is not read, as {REFUSED[suffix]}")
    reader: Callable[[Path], Network] = getattr(import_module("netsym"), ELSEWHERE[suffix])
    return reader(path)
