"""A note in HTML: one file that needs no other, in MathML and SVG, printed on as many sheets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from netsym.notes.note.content import (
    Block,
    Formula,
    Image,
    Section,
    Sheet,
    Table,
    Words,
    columns,
    rows_of,
)
from netsym.notes.page.template import sheet as page
from netsym.writers.latex_in_mathml import in_mathml

#: A formula, and what no line begins with.
_BEFORE_A_COMMA = re.compile("<math(?:(?!</math>).)*</math>[,.:;]+")
#: A picture on a screen, beside that on paper.
_LARGER = 1.5


def write_html(sheet: Sheet) -> Iterator[str]:
    """A note as a page."""
    rows = (
        "".join(
            f'<section style="--share:{width:.0f}">{"".join(_section(f"part{place}-{n}", each))}'
            "</section>"
            for n, (each, width) in enumerate(zip(row, columns(row), strict=True))
        )
        for place, row in enumerate(rows_of(sheet.sections))
    )
    sections = "\n".join(f'<div class="row">{row}</div>' for row in rows)
    yield page(
        "note.html", sheet.title, about=escape(sheet.aside), sections=sections,
        key="".join(f'<p class="sub">{_words(each.words)}</p>' for each in sheet.key),
        more=f'<p class="sub">{escape(sheet.left_out)}</p>' if sheet.left_out else "",
    )  # fmt: skip


def _section(id: str, section: Section) -> Iterator[str]:
    aside = f" <small>{escape(section.aside)}</small>" if section.aside else ""
    yield f"<h2>{escape(section.title)}{aside}</h2>"
    for place, block in enumerate(section.blocks):
        yield _block(block, f"{id}-{place}", section.title)


def _block(block: Block, id: str, title: str) -> str:
    if isinstance(block, Formula):
        return _scrolled(_math(block, display=True), f"{title}: formula")
    if isinstance(block, Image):
        wide = f"max-width:{block.picture.width * block.scale * _LARGER:.0f}px"
        drawn = f'<div style="{wide}">{block.picture.svg(id)}</div>'
        return _scrolled(drawn, f"{title}: picture")
    if isinstance(block, Table):
        return _scrolled(_table(block), f"{title}: table")
    return f"<p>{_words(block.words)}</p>"


def _scrolled(inside: str, label: str) -> str:
    named = f'role="region" aria-label="{escape(label)}, scrolls sideways"'
    return f'<div class="scroll" tabindex="0" {named}>{inside}</div>'


def _math(formula: Formula, display: bool = False) -> str:
    style = ' display="block"' if display else ""
    return f'<math{style} alttext="{escape(formula.words)}">{in_mathml(formula.latex)}</math>'


def _words(words: Words) -> str:
    text = "".join(_math(each) if isinstance(each, Formula) else escape(each) for each in words)
    return _BEFORE_A_COMMA.sub(r'<span class="one">\g<0></span>', text)


def _table(table: Table) -> str:
    head = _row("th", table.head, table.numbers)
    body = "".join(_row("td", row, table.numbers) for row in table.rows)
    return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>"


def _row(tag: str, cells: Words, numbers: int) -> str:
    style = ("text-align:left", "text-align:right")
    found = (
        f'<{tag} style="{style[place >= numbers]}">{_words((cell,))}</{tag}>'
        for place, cell in enumerate(cells)
    )
    return f"<tr>{''.join(found)}</tr>"
