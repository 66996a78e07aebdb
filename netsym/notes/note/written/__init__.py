"""The languages of notes: a file each, which knows nothing of networks, and a row here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from netsym.notes.note.content import Sheet
from netsym.notes.note.written.html import write_html
from netsym.notes.note.written.md import write_md
from netsym.notes.note.written.tex import write_tex


@dataclass(frozen=True, slots=True)
class Format:
    """A language of notes: `write(sheet)` gives the text; files are called so."""

    name: str
    write: Callable[[Sheet], Iterator[str]]
    suffixes: tuple[str, ...]


#: The languages, by the name that `--to` takes.
NOTES: Mapping[str, Format] = {
    row.name: row
    for row in (
        Format("tex", write_tex, (".tex",)),
        Format("html", write_html, (".html", ".htm")),
        Format("md", write_md, (".md",)),
    )
}
#: What files of notes end in.
SUFFIXES = [suffix for row in NOTES.values() for suffix in row.suffixes]
