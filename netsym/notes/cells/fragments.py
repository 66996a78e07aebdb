"""What cells are made of: words, tables, formulas and pictures, each in HTML and in LaTeX."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape

from netsym.network.columns import in_text
from netsym.notes.picture import Picture
from netsym.notes.style import style
from netsym.wording import in_ascii, plural

#: Lines of a cell, of whatever kind; what is folded counts as one.
MOST_LINES = 25
_MOST_COLUMNS = 120  # characters of a line of a report
_POWER = re.compile(r"10\^(\d+)")
_LATEX = {"×": r"$\times$", "→": r"$\to$", "±": r"$\pm$", "−": "$-$", "⋮": r"$\vdots$",
          "·": r"$\cdot$", "…": r"\dots{}"}  # fmt: skip
_MATH = re.compile(rf"(10\^\d+|[{''.join(_LATEX)}])")
_IGNORED = "tex2jax_ignore mathjax_ignore"  # what looks like LaTeX in words is none


@dataclass(frozen=True, slots=True)
class Fragment:
    """A part of a cell; what has no LaTeX is for the screen alone."""

    html: str
    latex: str = ""


@dataclass(frozen=True)
class Cell:
    """What a notebook shows of a result: `plain` on a terminal, else its `fragments`."""

    plain: str
    fragments: tuple[Fragment, ...]

    def __str__(self) -> str:
        return self.plain

    @cached_property
    def html(self) -> str:
        """All of it with its style, which reaches nothing else; no script, nothing from afar."""
        inside = "\n".join(each.html for each in self.fragments)
        css = style("cells/cells.css")
        return f'<div class="netsym {_IGNORED}"><style>\n{css}</style>\n{inside}\n</div>'

    @property
    def latex(self) -> str:
        """Paragraphs with displayed mathematics, for amsmath and amssymb."""
        return "\n\n".join(each.latex for each in self.fragments if each.latex)

    def bundle(self) -> dict[str, str]:
        """It by the names of media types, as notebooks ask for it."""
        return {"text/plain": self.plain, "text/latex": self.latex, "text/html": self.html}


# -- within a line --------------------------------------------------------------------------------
def text(words: str) -> Fragment:
    """Words, and powers of ten in them as one writes these."""
    return Fragment(_POWER.sub(r"10<sup>\1</sup>", escape(words)), in_latex(words))


def in_latex(words: str) -> str:
    r"""Words as LaTeX has them.

    >>> in_latex("1.27 × 10^388 → a_b")
    '1.27 $\\times$ $10^{388}$ $\\to$ a$\\_$b'
    """
    parts = (
        _LATEX.get(part) or _POWER.sub(r"$10^{\1}$", part) if number % 2 else _between(part)
        for number, part in enumerate(_MATH.split(words))
    )
    return "".join(parts)


def _between(words: str) -> str:
    """Words between signs, with the spaces at their ends."""
    start, stop = " " * words.startswith(" "), " " * words.endswith(" ")
    return f"{start}{in_text(words)}{stop}" if words.strip() else words


def sentence(words: str) -> str:
    """Words as a sentence."""
    return f"{words[:1].upper()}{words[1:]}."


def strong(words: str) -> Fragment:
    """Words that are bold."""
    return Fragment(f"<b>{escape(words)}</b>", rf"\textbf{{{in_latex(words)}}}")


def aside(words: str) -> Fragment:
    """Words that are said beside."""
    plain = text(words)
    return Fragment(f'<span class="aside">{plain.html}</span>', plain.latex)


def code(words: str) -> Fragment:
    """What is typed."""
    return Fragment(f"<code>{escape(words)}</code>", rf"\texttt{{{in_latex(words)}}}")


#: The sign of a verdict, in HTML and LaTeX, and the class of its colours.
_SIGNS = {
    "yes": ("✓", r"$\checkmark$"), "no": ("✗", r"$\times$"),
    "about": ("≈", r"$\approx$"), "open": ("?", "?"),
}  # fmt: skip


def verdict(word: str, kind: str) -> Fragment:
    """A verdict as a word with its sign: of the kind yes, no, about or open."""
    sign, latex = _SIGNS[kind]
    return Fragment(
        f'<span class="verdict {kind}">{sign} {escape(word)}</span>',
        rf"{latex} \textbf{{{in_latex(word)}}}",
    )


# -- lines ----------------------------------------------------------------------------------------
def line(*inline: Fragment) -> Fragment:
    """A line, or a paragraph, of what stands in one."""
    return Fragment(
        f"<p>{' '.join(each.html for each in inline)}</p>", " ".join(e.latex for e in inline)
    )


def table(rows: Iterable[Sequence[str | Fragment]], sides: str, head: bool = True) -> Fragment:
    """Rows of cells, the first the heads of columns, on the side l or r that each column has."""
    given = [[cell if isinstance(cell, Fragment) else text(cell) for cell in row] for row in rows]
    html = []
    for number, row in enumerate(given):
        tag = "th" if head and not number else "td"
        cells = (
            f'<{tag} class="{side}">{cell.html}</{tag}>'
            for cell, side in zip(row, sides, strict=True)
        )
        html.append(f"<tr>{''.join(cells)}</tr>")
    kept = [n for n in range(len(sides)) if any(row[n].latex for row in given)]
    lines = [" & ".join(rf"\text{{{row[n].latex}}}" for n in kept) for row in given]
    lines[0] += r" \\ \hline" if head else ""
    body = " \\\\\n".join(lines).replace(r"\hline \\", r"\hline")
    columns = "".join(sides[n] for n in kept)
    latex = f"$$\n\\begin{{array}}{{{columns}}}\n{body}\n\\end{{array}}\n$$"
    return Fragment(f"<table>\n{chr(10).join(html)}\n</table>", latex)


def titled(rows: Iterable[tuple[str, Fragment]]) -> Fragment:
    """Formulas, or what else is displayed, each with what it is beside it."""
    given = list(rows)
    html = "\n".join(
        f"<tr><td>{aside(said).html}</td><td>{each.html}</td></tr>" for said, each in given
    )
    latex = "\n\n".join(f"{aside(said).latex}:\n{each.latex}" for said, each in given)
    return Fragment(f"<table>\n{html}\n</table>", latex)


def picture(drawn: Picture) -> Fragment:
    """A picture, as it is drawn."""
    return Fragment(f'<div class="picture">{drawn.svg()}</div>')


def beside(*fragments: Fragment) -> Fragment:
    """Fragments side by side, where there is room."""
    html = "".join(f"<div>{each.html}</div>" for each in fragments)
    return Fragment(
        f'<div class="beside">{html}</div>', "\n\n".join(e.latex for e in fragments if e.latex)
    )


def details(summary: str, *fragments: Fragment) -> Fragment:
    """What is folded at first; on paper it is left out."""
    inside = "".join(each.html for each in fragments)
    return Fragment(f"<details><summary>{escape(summary)}</summary>{inside}</details>")


def verbatim(lines: Sequence[str]) -> Fragment:
    """Lines as they are."""
    shown = "\n".join(lines)
    latex = f"\\begin{{verbatim}}\n{in_ascii(shown)}\n\\end{{verbatim}}"
    return Fragment(f"<pre>{escape(shown)}</pre>", latex)


def first_lines(report: str, most: int = MOST_LINES) -> list[str]:
    """The first lines of a report, none very long, and how many there are more."""
    lines = report.splitlines()
    if len(lines) > most:
        left = len(lines) - most + 1
        lines = [*lines[: most - 1], f"… and {plural(left, 'more line')}: print it"]
    return [each if len(each) <= _MOST_COLUMNS else f"{each[:_MOST_COLUMNS]}…" for each in lines]


def ends(items: Sequence[str], most: int) -> list[str]:
    """Of very many the first and the last, and between them how many are left out."""
    if len(items) <= most:
        return [*items]
    first = (most - 1) // 2
    last = most - 1 - first
    return [*items[:first], f"⋮ {len(items) - first - last:,} more", *items[len(items) - last :]]
