"""The files that pages are made of: templates, and the style with the colours of the palette."""

from __future__ import annotations

import re
from html import escape
from importlib.resources import files

from netsym.writers.palette import ASIDE, GROUND, LAYERS, LIT, LOSS, TEXT

_FOLDER = files("netsym.notes.page")
#: The colours by the names that they have in the style.
_NAMES = {**dict(zip("ABCD", LAYERS, strict=True)), "L": LOSS, "lit": LIT, "card": GROUND,
          "text": TEXT, "mut": ASIDE}  # fmt: skip


def read(name: str) -> str:
    """The text of a file of this folder."""
    return _FOLDER.joinpath(name).read_text(encoding="utf-8")


def sheet(body: str, title: str, **texts: str) -> str:
    """A whole page of this title, whose body is a template that is filled with these texts."""
    inside = _filled(body, title=escape(title), **texts)
    return _filled("frame.html", title=escape(title), css=_style(), body=inside)


def _filled(template: str, **texts: str) -> str:
    """A template with a text in the place of every `{{name}}`."""
    return re.sub(r"\{\{(\w+)\}\}", lambda match: texts[match[1]], read(template))


def _style() -> str:
    """The style, in the colours of the palette on light and on dark ground."""
    light = "".join(f"--{name}:#{color.light};" for name, color in _NAMES.items())
    dark = "".join(f"--{name}:#{color.dark};" for name, color in _NAMES.items())
    return read("page.css").replace("LIGHT", light).replace("DARK", dark)
