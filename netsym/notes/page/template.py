"""The files that pages are made of."""

from __future__ import annotations

import re
from html import escape
from importlib.resources import files

from netsym.notes.style import style

_FOLDER = files("netsym.notes.page")


def read(name: str) -> str:
    """The text of a file of this folder."""
    return _FOLDER.joinpath(name).read_text(encoding="utf-8")


def sheet(body: str, title: str, **texts: str) -> str:
    """A whole page of this title, whose body is a template that is filled with these texts."""
    inside = _filled(body, title=escape(title), **texts)
    return _filled("frame.html", title=escape(title), css=style("page/page.css"), body=inside)


def _filled(template: str, **texts: str) -> str:
    """A template with a text in the place of every `{{name}}`."""
    return re.sub(r"\{\{(\w+)\}\}", lambda match: texts[match[1]], read(template))
