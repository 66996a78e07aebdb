r"""A trained network as a page of notes: a row a unit, rounded, with its scalers multiplied in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from netsym.collapse.scalers import without_scalers
from netsym.errors import checked_whole
from netsym.forms.form import Form
from netsym.layers.wiring import Placed
from netsym.network.network import Network
from netsym.notes.tikz import escaped
from netsym.wording import joined, plural
from netsym.writers.latex_layers import Group, layer_groups
from netsym.writers.latex_pages import preamble
from netsym.writers.latex_widths import WIDTH
from netsym.writers.names_in_latex import shortened
from netsym.writers.notations import named_notation
from netsym.writers.palette import spelling
from netsym.writers.spelling import checked_digits, rounded

DIGITS = 3
_FOOTNOTE = 1.24  # characters of footnotes on a line, by those of text
_HEAD = 60  # points of the title
_WIDE, _TALL = 468, 690  # points of the text of a document


@dataclass(frozen=True, slots=True)
class Trained:
    """Titled groups of equations: `about` and `remarks` are said above them, as plain text."""

    title: str
    about: str
    remarks: tuple[str, ...]
    groups: tuple[Group, ...]
    color: bool = False

    def document(self) -> str:
        """A file that compiles."""
        about = rf"\hfill{{\normalfont\small {escaped(self.about)}}}"
        lines = [
            preamble(self.color, _WIDE, _TALL).rstrip(),
            rf"\section*{{\raggedright\sffamily {escaped(self.title)}{about}}}", r"\hrule\medskip",
        ]  # fmt: skip
        if self.remarks:
            said = escaped(" ".join(self.remarks))
            lines.append(rf"\noindent{{\small\raggedright {said}\par}}")
        for group in self.groups:
            aside = rf"\quad{{\normalfont\small {escaped(group.aside)}}}"
            lines.append(rf"\subsection*{{\sffamily {group.title}{aside}}}")
            if group.rows:
                size = "\\footnotesize" if group.small else ""
                lines.append(f"\\noindent{{{size}$\\displaystyle{group.body}$}}")
        return "\n".join([*lines, "\\end{document}\n"])


def trained(
    network: Network, *, digits: int | None = None, notation: str = "ng", color: bool = False,
    short: bool = False, document: bool = False, pages: int = 1, line: float | None = None,
) -> Trained:  # fmt: skip
    """The page of a network whose parameters are numbers, rounded to `digits`, which are 3 where
    nobody says.

    Its lines are `line` points wide, in place of those of a `document` or of a fragment. On so
    many `pages` as are asked for; what finds no room is left out, and its group says it.
    Raises `SpecError` for an unknown notation, or for `digits` or `pages` that are none.
    """
    digits = DIGITS if digits is None else checked_digits(digits)
    plain, scalers = without_scalers(network)
    form, chosen = plain.layered, named_notation(notation)
    groups = layer_groups(
        form, height=checked_whole("pages", pages, 1) * (_TALL - _HEAD), digits=digits,
        notation=shortened(chosen, [form]) if short else chosen, color=spelling(color, document),
        line=line or (_WIDE if document else WIDTH), small=_FOOTNOTE if document else 1.0,
    )  # fmt: skip
    shorthand = plain.shorthand if plain.shorthand != network.title else None
    said = [shorthand, plural(plain.parameter_count, "number")]
    is_rounded = _is_rounded(form, digits)
    if is_rounded:
        said.append(f"rounded to {plural(digits, 'digit')}")
    about = ", ".join(filter(None, said))
    return Trained(network.title, about, tuple(_remarks(scalers, is_rounded)), tuple(groups), color)


def _is_rounded(form: Form, digits: int) -> bool:
    """Whether a number is shown that has more digits."""
    numbers = (
        block.number(row) for block, rows in form.graph.walk(form.mask) if block.op == "constant"
        for row in rows.tolist()
    )  # fmt: skip
    return any(float(rounded(float(number), digits)) != number for number in numbers)


def _remarks(scalers: tuple[tuple[Placed, int], ...], is_rounded: bool) -> Iterator[str]:
    for placed, number in scalers:
        yield f"The scaler ({joined(placed.parameters)}) is multiplied into layer {number}."
    if is_rounded:
        yield "The numbers are for reading, not for computing."
