"""A picture: what is drawn, described in words, and written as SVG or TikZ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from netsym.errors import SpecError
from netsym.files.whole_file import replacing
from netsym.notes.marks import Mark
from netsym.notes.svg import svg
from netsym.notes.tikz import tikz
from netsym.wording import WIDTH, paragraph, spelled


@dataclass(frozen=True, slots=True)
class Picture:
    """Marks on a sheet of `width` by `height` pixels, in the order in which they are drawn.

    `title` and `description` say what it shows to those who do not see it; `str` is these.
    """

    title: str
    description: str
    width: float
    height: float
    marks: tuple[Mark, ...]

    def __repr__(self) -> str:
        return f"<picture of {self.title}: {len(self.marks)} marks>"

    def __str__(self) -> str:
        return self.report()

    def report(self, width: int = WIDTH, ascii: bool = False) -> str:
        """What is drawn, in words."""
        lines = [*paragraph(self.title, width), *paragraph(self.description, width)]
        return spelled("\n".join(lines), ascii)

    def svg(self, id: str = "") -> str:
        """The picture as SVG, with ids that begin with `id`; without one, with its own.

        Units carry `data-u` and weights `data-e`, the plain names.
        """
        return svg(self.title, self.description, self.width, self.height, self.marks, id)

    def tikz(self, fragment: bool = False) -> str:
        r"""The picture in TikZ: a document that compiles, or its `tikzpicture` for `\input`."""
        return tikz(self.title, self.width, self.height, self.marks, fragment)

    def save(self, file: str | Path) -> None:
        """Write it to a .svg or .tex file; `SpecError` for another, `OutputError` if it cannot."""
        suffix = Path(file).suffix.lower()
        row = next((row for row in PICTURES.values() if suffix in row.suffixes), None)
        if row is None:
            raise SpecError(
                f"{file}: a picture is a {' or '.join(SUFFIXES)} file; give such a name"
            )
        with replacing(str(file)) as target:
            target.write(row.write(self, False) + "\n")

    def _repr_svg_(self) -> str:
        return self.svg()

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`: every mark by its kind, with what it stands for."""
        marks = [
            {"kind": type(mark).__name__.lower(), **asdict(mark), "color": mark.color.name}
            for mark in self.marks
        ]
        return {
            "schema": 1, "title": self.title, "description": self.description,
            "width": self.width, "height": self.height, "marks": marks,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write pictures: `write(picture, fragment)`; files are called so."""

    name: str
    write: Callable[[Picture, bool], str]
    suffixes: tuple[str, ...]


#: The formats, by the name that `--to` takes.
PICTURES: Mapping[str, Format] = {
    row.name: row
    for row in (
        Format("svg", lambda picture, _: picture.svg(), (".svg",)),
        Format("tikz", lambda picture, fragment: picture.tikz(fragment), (".tex",)),
    )
}
#: What files of pictures end in.
SUFFIXES = [suffix for row in PICTURES.values() for suffix in row.suffixes]
