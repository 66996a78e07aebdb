"""`note`: the whole story of a network as a teacher would hand it out, on a page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from netsym.errors import SpecError, checked_whole, did_you_mean
from netsym.files.whole_file import replacing
from netsym.layers.dense import Dense
from netsym.network.network import Network
from netsym.notes.note.content import (
    Block,
    Formula,
    Image,
    Paragraph,
    Section,
    Sheet,
    Table,
    Words,
    pages_of,
    said,
)
from netsym.notes.note.parts import PARTS, Part
from netsym.notes.note.story import Story
from netsym.notes.note.written import NOTES, SUFFIXES
from netsym.wording import joined, plural

#: Points of the title, and of what is said below it.
HEAD = 22.0


@dataclass(frozen=True, eq=False)
class Note:
    """The story of a network, on so many `pages`; `tex`, `html` and `md` write it."""

    story: Story
    parts: tuple[Part, ...]
    pages: int = 1

    def __repr__(self) -> str:
        return f"<note of {self.story.network.title}: {', '.join(self.sections)}>"

    @cached_property
    def _versions(self) -> dict[str, list[Section]]:
        """What each part has to say, the fullest first."""
        return {part.name: list(part.made(self.story)) for part in self.parts}

    @cached_property
    def sections(self) -> dict[str, Section]:
        """The parts that have something to say, by name, as far as they fit on the pages."""
        versions, chosen = self._versions, dict[str, Section]()
        for part in sorted(self.parts, key=lambda part: -part.weight):  # as short as they can be
            self._choose(part.name, versions[part.name][-1:], chosen)
        for part in sorted(self.parts, key=lambda part: -part.grow):  # as full as there is room
            if part.name in chosen:
                self._choose(part.name, versions[part.name], chosen)
        return {part.name: chosen[part.name] for part in self.parts if part.name in chosen}

    def _choose(self, name: str, versions: Iterable[Section], chosen: dict[str, Section]) -> None:
        """Take the first version that fits beside the others, if one does."""
        for version in versions:
            others = {**chosen, name: version}
            found = [others[part.name] for part in self.parts if part.name in others]
            if pages_of(found, HEAD) <= self.pages:
                chosen[name] = version
                return

    @cached_property
    def sheet(self) -> Sheet:
        """What is written, in whatever language."""
        network = self.story.network
        counts = {"input": len(network.input_names), "output": len(network.output_names)}
        counts |= {"parameter": network.parameter_count}
        aside = [plural(count, word) for word, count in counts.items()]
        if self.story.has_numbers or "example" in self.sections:
            aside.append(f"rounded to {self.story.digits} digits")
        sections = tuple(self.sections.values())
        return Sheet(network.title, ", ".join(aside), tuple(self._key()), sections, self._left_out)

    def _key(self) -> Iterator[Paragraph]:
        """What the indices mean, where the notation gives the names."""
        if not {"layers", "onion", "back", "example"} & self.sections.keys():
            return
        dense = [p for p in self.story.named.layers if isinstance(p.layer, Dense)]
        weights = (placed.parameters["weights"] for placed in dense)
        if not any(p.entries is None and p.formula is None for p in weights):
            return
        yield said(
            Formula("w_{jk}^{[l]}"), " is the weight from value ", Formula("k"), " to unit ",
            Formula("j"), " of layer ", Formula("l"), ", ", Formula("b_{j}^{[l]}"), " its bias, ",
            Formula("a_{j}^{[l]}"), " what it gives.",
        )  # fmt: skip

    @property
    def _left_out(self) -> str:
        """Which parts found no room."""
        told = [n for n, found in self._versions.items() if found and n not in self.sections]
        if not told:
            return ""
        more = f"--pages {self.pages + 1}"
        return f"No room for: {joined(told)}. netsym note {more} has more."

    # -- what is written --------------------------------------------------------------------------
    def write(self, to: str) -> str:
        """It in a language of the table `NOTES`; raises `SpecError` for another."""
        if to not in NOTES:
            raise SpecError(f"unknown language {to!r} of notes; {did_you_mean(to, NOTES)}")
        return "".join(NOTES[to].write(self.sheet))

    def tex(self) -> str:
        """A document in LaTeX, with TikZ, that compiles."""
        return self.write("tex")

    def html(self) -> str:
        """A page in HTML, with MathML and SVG, that needs no other file."""
        return self.write("html")

    def md(self) -> str:
        """Markdown, with formulas in LaTeX."""
        return self.write("md")

    def save(self, file: str | Path) -> None:
        """Write it to a .tex, .html or .md file; `SpecError` for another."""
        suffix = Path(file).suffix.lower()
        row = next((row for row in NOTES.values() if suffix in row.suffixes), None)
        if row is None:
            raise SpecError(f"{file}: a note is a {' or '.join(SUFFIXES)} file; give such a name")
        with replacing(str(file)) as target:
            target.write(self.write(row.name))

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`: every part with its blocks."""
        parts = [
            {"part": name, "title": section.title, "aside": section.aside,
             "blocks": [_in_json(block) for block in section.blocks]}
            for name, section in self.sections.items()
        ]  # fmt: skip
        return {
            "schema": 1, "network": self.sheet.title, "about": self.sheet.aside, "parts": parts,
            "left_out": self.sheet.left_out,
        }  # fmt: skip


def _in_json(block: Block) -> dict[str, Any]:
    if isinstance(block, Formula):
        return {"kind": "formula", "latex": block.latex, "words": block.words}
    if isinstance(block, Image):
        return {"kind": "picture", "svg": block.picture.svg(), "words": block.picture.description}
    if isinstance(block, Table):
        rows = [[_plain((cell,)) for cell in row] for row in (block.head, *block.rows)]
        return {"kind": "table", "head": rows[0], "rows": rows[1:]}
    return {"kind": "words", "words": _plain(block.words)}


def _plain(words: Words) -> str:
    return "".join(each.words if isinstance(each, Formula) else each for each in words)


def note(
    network: Network,
    /,
    loss: str | None = None,
    *,
    parts: Collection[str] = tuple(PARTS),
    without: Collection[str] = (),
    at: Mapping[str, Any] | None = None,
    digits: int = 3,
    pages: int = 1,
    **terms: Any,
) -> Note:
    """The whole story of a network, as a teacher would hand it out, in LaTeX, HTML or Markdown.

    Its `parts` are picture, line, layers, onion, sizes, collapse, loss, back and example, of which
    those in `without` are left out. `loss` is one by its name, else the one that goes with the last
    activation; `terms` are those of `netsym.cost`. `at` are numbers by name for the example. What
    does not fit on the `pages` is shortened, then left out, and that is said.
    Raises `SpecError` for unknown parts, and for a loss or numbers that do not fit.

    >>> import netsym
    >>> netsym.note("1-2-1:sigmoid", parts=["line", "layers"])
    <note of 1-2-1:sigmoid: line, layers>
    """
    for name in (*parts, *without):
        if name not in PARTS:
            raise SpecError(f"no part of a note is called {name!r}; {did_you_mean(name, PARTS)}")
    story = Story(network, loss, terms, at or {}, checked_whole("digits", digits, 1, 17))
    chosen = (part for name, part in PARTS.items() if name in parts and name not in without)
    return Note(story, tuple(chosen), checked_whole("pages", pages, 1))
