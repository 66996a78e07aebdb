"""Wording: counts, lists that end in "and c" or "and 3 more", runs, tables, paragraphs."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Collection, Iterable, Sequence
from decimal import ROUND_UP, Context, Decimal
from itertools import islice
from math import isfinite
from typing import TypeVar

from netsym.errors import checked_whole

T = TypeVar("T")

#: Columns of a report. Tables and remarks that are wider stay whole, but on a narrower terminal.
WIDTH = 80
#: A space at which no line is broken; a paragraph that is `wrapped` has plain ones.
FIXED = "\N{NO-BREAK SPACE}"
#: Signs that reports use, and how ASCII writes them.
_SIGNS = str.maketrans({"…": "...", "×": "x", "µ": "u", "±": "+-", "⇒": "=>", "·": "*", "−": "-"})


def plural(count: int, one: str, many: str = "") -> str:
    """A count and what it counts.

    >>> plural(1, "step"), plural(2000, "step"), plural(0, "inequality", "inequalities")
    ('1 step', '2,000 steps', '0 inequalities')
    """
    return f"{count:,} {agreed(count, one, many or f'{one}s')}"


def agreed(count: int, one: str, many: str) -> str:
    """The word that goes with a count.

    >>> agreed(1, "is", "are"), agreed(0, "is", "are")
    ('is', 'are')
    """
    return one if count == 1 else many


def few(items: Collection[T], most: int, said: Callable[[T], str] = str) -> str:
    """At most so many items, as they are `said`, and how many more there are.

    >>> few(["a", "b", "c"], 3), few(["a", "b", "c"], 2)
    ('a, b, c', 'a, b and 1 more')
    """
    more = len(items) - most
    return ", ".join(map(said, islice(items, most))) + (f" and {more:,} more" if more > 0 else "")


def joined(words: Iterable[str], last: str = "and") -> str:
    """Words as a list in a sentence.

    >>> joined("abc"), joined("ab", "or"), joined("a")
    ('a, b and c', 'a or b', 'a')
    """
    *most, end = words
    return f"{', '.join(most)} {last} {end}" if most else end


def runs(numbers: Iterable[int], to: str) -> list[str]:
    """Whole numbers in ascending order, with three or more in a row as one.

    >>> runs([1, 2, 4, 5, 6, 9], "-")
    ['1', '2', '4-6', '9']
    """
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][-1] == number - 1:
            found[-1].append(number)
        else:
            found.append([number])
    shown = ([f"{run[0]}{to}{run[-1]}"] if len(run) > 2 else map(str, run) for run in found)
    return [word for words in shown for word in words]


def in_ascii(text: str) -> str:
    """A text in plain ASCII: its signs as one types them, other letters by their numbers.

    >>> in_ascii("1.27 × 10^388 …"), in_ascii("5 µs, é")
    ('1.27 x 10^388 ...', '5 us, \\\\xe9')
    """
    return text.translate(_SIGNS).encode("ascii", "backslashreplace").decode("ascii")


def spelled(text: str, ascii: bool) -> str:
    """A text, or the same in plain ASCII."""
    return in_ascii(text) if ascii else text


def check_digits(digits: int | None) -> None:
    """Raise `SpecError` for what numbers cannot be rounded to."""
    if digits is not None:
        checked_whole("digits", digits, 1, 17)


def table(rows: Sequence[Sequence[str]], sides: str, width: int = WIDTH) -> list[str]:
    """Rows as lines, cells one below the other: on the side < or > that their column has.

    The last side is that of all columns from there on. On a terminal that is narrow the last
    column goes on in the next line.

    >>> table([("form", "nodes"), ("layered", "21")], "<>")
    ['form     nodes', 'layered     21']
    >>> table([("inlined", "add 3, multiply 4")], "<", 22)
    ['inlined  add 3,', '         multiply 4']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    each = sides + sides[-1] * (len(widths) - len(sides))
    lines = []
    for *cells, last in rows:
        start = sum(widths[:-1]) + 2 * len(cells)
        parts = [last]
        if checked_whole("width", width, 1) < min(WIDTH, start + len(last)):
            cell = unbroken(last) if ", " in last else last
            wrapping = textwrap.wrap(cell, max(width - start, 1), break_long_words=False)
            parts = [part.replace(FIXED, " ") for part in wrapping] or [""]
        for part in parts:
            row = zip([*cells, part], each, widths, strict=False)
            lines.append("  ".join(f"{cell:{side}{w}}" for cell, side, w in row).rstrip())
            cells = [""] * len(cells)
    return lines


def remark(text: str, width: int) -> str:
    """A sentence below a table: on one line, but on a terminal that is narrow."""
    return text if checked_whole("width", width, 1) >= WIDTH else wrapped(text, width)


def paragraph(text: str, width: int, indent: str = "") -> list[str]:
    """The lines of a paragraph; those after the first begin further in."""
    return textwrap.wrap(
        text, checked_whole("width", width, 1),
        initial_indent=indent, subsequent_indent=f"{indent}  ",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def wrapped(text: str, width: int) -> str:
    """A paragraph in lines of at most `width`, all but the first indented; see `FIXED`."""
    return "\n".join(paragraph(text, width)).replace(FIXED, " ")


def unbroken(listed: str) -> str:
    """A list that is broken between its items alone."""
    return listed.replace(" ", FIXED).replace(f",{FIXED}", ", ")


def finite_or_none(number: float) -> float | None:
    """A number as JSON has it, which is null where it is not finite."""
    return number if isfinite(number) else None


_NAMES = "it is a name, not a number", "these are names, not numbers"


def at_most(bound: float) -> str:
    """A bound to two digits, never below it.

    >>> at_most(0.1), at_most(1.2345e-15), at_most(0.0)
    ('0.11', '1.3e-15', '0')
    """
    return f"{Decimal(bound).normalize(Context(prec=2, rounding=ROUND_UP)):g}"


def without_values(missing: list[str]) -> str:
    """The message for names that have no number."""
    return (
        f"no value for {few(missing, 5)}: {agreed(len(missing), *_NAMES)}; "
        f"pass parameters={{{missing[0]!r}: 0.5, …}} or give numbers in the network's file"
    )
