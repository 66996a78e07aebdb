"""The style of what is shown in a browser: the colours of the palette, on light and dark ground."""

from __future__ import annotations

from importlib.resources import files

from netsym.writers.palette import ASIDE, GROUND, LAYERS, LIT, LOSS, TEXT

_FOLDER = files("netsym.notes")
#: The colours by the names that they have in the style.
_NAMES = {**dict(zip("ABCD", LAYERS, strict=True)), "L": LOSS, "lit": LIT, "card": GROUND,
          "text": TEXT, "mut": ASIDE}  # fmt: skip


def style(file: str) -> str:
    """The style in a file of this room, with that of colours and drawings at its `MARKS`."""
    light = "".join(f"--{name}:#{color.light};" for name, color in _NAMES.items())
    dark = "".join(f"--{name}:#{color.dark};" for name, color in _NAMES.items())
    text = _read(file).replace("MARKS", _read("marks.css"))
    return text.replace("LIGHT", light).replace("DARK", dark)


def _read(name: str) -> str:
    return _FOLDER.joinpath(name).read_text(encoding="utf-8")
