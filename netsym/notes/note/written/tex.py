r"""A note in LaTeX: a document that pdflatex takes, whose PDF says its formulas in words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from netsym.notes.note.content import (
    FOOT,
    JOT,
    PAGE,
    WIDTH,
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
from netsym.notes.tikz import escaped
from netsym.writers.palette import ASIDE, LAYERS, LOSS

#: Signs that a string of PDF holds as they are.
_PLAIN = re.compile(r"[A-Za-z0-9 .,;:=+'*/-]*")
_COLORS = "\n".join(
    rf"\definecolor{{{color.known}}}{{HTML}}{{{color.light}}}" for color in (*LAYERS, LOSS)
)
_PREAMBLE = rf"""\documentclass[10pt]{{article}}
\usepackage[a4paper,textwidth={WIDTH:g}pt,textheight={PAGE + FOOT:g}pt,centering]{{geometry}}
\usepackage{{amsmath,tikz,colortbl}}
{_COLORS}
\definecolor{{aside}}{{HTML}}{{{ASIDE.light}}}\definecolor{{hairline}}{{HTML}}{{C9CED6}}
\pagestyle{{empty}}\raggedbottom\setlength{{\parindent}}{{0pt}}\setlength{{\jot}}{{{JOT:g}pt}}
\makeatletter
\renewcommand{{\section}}{{\@startsection{{section}}{{1}}{{0pt}}{{0pt}}{{4pt}}{{\sffamily\bfseries\Large}}}}
\renewcommand{{\subsection}}{{\@startsection{{subsection}}{{2}}{{0pt}}{{0pt}}{{4pt}}{{\sffamily\bfseries\normalsize}}}}
\makeatother
\newcommand{{\aside}}[1]{{{{\normalfont\footnotesize\color{{aside}}#1}}}}
\newcommand{{\hairline}}{{{{\color{{hairline}}\hrule height .4pt}}}}\arrayrulecolor{{hairline}}
\newcommand{{\betweenrows}}{{\par\vspace{{5pt}}\hairline\vspace{{6pt}}}}
% what is read aloud of a formula or a picture: the alternative text of a PDF
\newcommand{{\marked}}[1]{{\ifdefined\pdfliteral\pdfliteral page{{#1}}\fi}}
\newcommand{{\spoken}}[2]{{\marked{{/Span<</Alt#1>>BDC}}#2\marked{{EMC}}}}
\begin{{document}}\small
"""


def write_tex(sheet: Sheet) -> Iterator[str]:
    """A note as a document."""
    yield _PREAMBLE
    aside = rf"\hfill\aside{{{_text(sheet.aside)}}}"
    yield f"\\section*{{{_text(sheet.title)}{aside}}}\n\\hairline\n"
    for paragraph in sheet.key:
        yield f"\\vspace{{4pt}}\\aside{{{_words(paragraph.words)}}}\\par\n"
    for number, row in enumerate(rows_of(sheet.sections)):
        yield "\n\\betweenrows\n" if number else "\n\\vspace{8pt}\n"
        yield "\\hfill\n".join(map(_column, row, columns(row))) + "\\par\n"
    if sheet.left_out:
        yield f"\n\\betweenrows\\aside{{{_text(sheet.left_out)}}}\n"
    yield "\\end{document}\n"


def _column(section: Section, width: float) -> str:
    inside = "".join(_section(section))
    return f"\\begin{{minipage}}[t]{{{width:.1f}pt}}\\raggedright{inside}\\end{{minipage}}"


def _section(section: Section) -> Iterator[str]:
    aside = rf"\quad\aside{{{_text(section.aside)}}}" if section.aside else ""
    yield f"\n\\subsection*{{{_text(section.title)}{aside}}}\n"
    for number, block in enumerate(section.blocks):
        yield "\\vspace{3pt}\n" if number else ""
        yield f"{_block(block)}\\par\n"


def _block(block: Block) -> str:
    if isinstance(block, Formula):
        shift = r"\hspace{-\arraycolsep}" if _is_bare_array(block.latex) else ""
        return _spoken(block.words, rf"{shift}$\displaystyle {block.latex}$")
    if isinstance(block, Image):
        picture = block.picture
        said = f"{picture.title}: {picture.description}"
        drawn = picture.tikz(fragment=True)
        return _spoken(said, f"\\scalebox{{{block.scale:.3f}}}{{{drawn}}}")
    if isinstance(block, Table):
        return _table(block)
    return _words(block.words)


def _is_bare_array(latex: str) -> bool:
    """Whether a formula has room for lines at its sides, and none there."""
    return latex.startswith(r"\begin{array}") and r"\hline" not in latex


def _words(words: Words) -> str:
    return "".join(
        f"${each.latex}$" if isinstance(each, Formula) else _text(each) for each in words
    )


def _text(text: str) -> str:
    """Words as TeX writes them, in which no two dashes become one."""
    return escaped(text).replace("--", "-{}-")


def _table(table: Table) -> str:
    count = len(table.head)
    sides = "l" * table.numbers + "r" * (count - table.numbers)
    rows = [_row(table.head) + r" \hline", *map(_row, table.rows)]
    body = "\n".join(rows)
    return f"\\begin{{tabular}}{{@{{}}{sides}@{{}}}}\n{body}\n\\end{{tabular}}"


def _row(cells: Words) -> str:
    return " & ".join(_words((cell,)) for cell in cells) + r" \\"


def _spoken(said: str, shown: str) -> str:
    """What is shown, with what is said in its place; what is not ASCII is UTF-16 in a PDF."""
    coded = f"FEFF{said.encode('utf-16-be').hex().upper()}"
    string = f"({said})" if _PLAIN.fullmatch(said) else f"<{coded}>"
    return f"\\spoken{{{string}}}{{%\n{shown}}}"
