"""What comes with the package: networks that have a name (`gpt2`), and pages of the manual."""

from __future__ import annotations

import re
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent
_NETWORKS, _MANUAL = _PACKAGE / "networks", _PACKAGE / "manual"


def networks() -> list[str]:
    """The names of the networks that come along."""
    return _names(_NETWORKS)


def network_file(name: str) -> Path | None:
    """The file of a network that comes along; None if none is called so."""
    return _file(_NETWORKS / f"{name}.toml", name)


def topics() -> dict[str, str]:
    """The pages of the manual with their titles."""
    return {name: _title(page(name)) for name in _names(_MANUAL)}


def page(topic: str) -> str:
    """A page of the manual, in Markdown; empty if there is none of this topic."""
    path = _file(_MANUAL / f"{topic}.md", topic)
    return "" if path is None else path.read_text(encoding="utf-8")


def _names(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.iterdir())


def _file(path: Path, name: str) -> Path | None:
    return path if re.fullmatch(r"[a-z0-9_-]+", name) and path.is_file() else None


def _title(text: str) -> str:
    return text.partition("\n")[0].removeprefix("# ")
