"""A note in Markdown, its formulas in LaTeX as GitHub, Jupyter, Obsidian and pandoc read them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from netsym.notes.note.content import Block, Formula, Image, Section, Sheet, Table, Words

#: Signs that mean something in Markdown.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|$])")


def write_md(sheet: Sheet) -> Iterator[str]:
    """A note as text; a picture is drawn in signs, and said in words."""
    yield f"# {_escaped(sheet.title)}\n\n*{_escaped(sheet.aside)}*\n"
    for paragraph in sheet.key:
        yield f"\n{_words(paragraph.words)}\n"
    for section in sheet.sections:
        yield from _section(section)
    if sheet.left_out:
        yield f"\n---\n\n*{_escaped(sheet.left_out)}*\n"


def _section(section: Section) -> Iterator[str]:
    yield f"\n## {_escaped(section.title)}\n"
    if section.aside:
        yield f"\n*{_escaped(section.aside)}*\n"
    for block in section.blocks:
        yield f"\n{_block(block)}\n"


def _block(block: Block) -> str:
    if isinstance(block, Formula):
        return f"$$\n{block.latex}\n$$"
    if isinstance(block, Image):
        return f"```text\n{block.text}\n```\n\n{_escaped(block.picture.description)}"
    if isinstance(block, Table):
        return _table(block)
    return _words(block.words)


def _words(words: Words) -> str:
    return "".join(
        f"${each.latex}$" if isinstance(each, Formula) else _escaped(each) for each in words
    )


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _table(table: Table) -> str:
    sides = ["---" if place < table.numbers else "---:" for place in range(len(table.head))]
    return "\n".join([_row(table.head), f"| {' | '.join(sides)} |", *map(_row, table.rows)])


def _row(cells: Words) -> str:
    return f"| {' | '.join(_words((cell,)) for cell in cells)} |"
