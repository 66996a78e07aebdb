"""Wording: counts, lists that end in "and c" or "and 3 more", runs, tables, paragraphs."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Collection, Iterable, Sequence
from decimal import ROUND_UP, Context, Decimal
from itertools import islice, zip_longest
from math import isfinite
from typing import TypeVar

from netsym.errors import checked_whole

T = TypeVar("T")

#: Columns of a report. Tables and remarks that are wider stay whole, if no width is asked for.
WIDTH = 80
#: Columns that any terminal is taken to have.
NARROWEST = 20
_COLUMN = 12  # columns that the last one of a table has before others get narrower, too
_NARROW = 10  # columns in which no excerpt is shown any more
#: A space at which no line is broken; a paragraph that is `wrapped` has plain ones.
FIXED = "\N{NO-BREAK SPACE}"
#: Signs that reports use, and how ASCII writes them.
_SIGNS = str.maketrans({
    "…": "...", "×": "x", "µ": "u", "±": "+-", "⇒": "=>", "→": "->", "·": "*", "−": "-", "–": "-",
    "∂": "d", "Σ": "sum", "√": "sqrt", "⌊": "floor(", "⌋": ")", "ŷ": "y_hat", "σ": "sigmoid",
    "δ": "delta", "½": "1/2",
})  # fmt: skip
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹ᵀ", "0123456789T", strict=True))
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉ₜ₊₋", "0123456789t+-", strict=True))
_RUN = re.compile(
    f"⁽(?P<layer>.+?)⁾|(?P<raised>[{''.join(_RAISED)}]+)|(?P<lowered>[₀-₉ₜ](?:,?[₀-₉ₜ₊₋])*)"
)


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

    >>> in_ascii("1.27 × 10^388 …"), in_ascii("5 µs, é"), in_ascii("w⁽¹⁾₁₂·x²ₜ₋₁,₁")
    ('1.27 x 10^388 ...', '5 us, \\\\xe9', 'w1_1_2*x^2_prev_1')
    """
    signs = _RUN.sub(_typed, text).translate(_SIGNS)
    return signs.encode("ascii", "backslashreplace").decode("ascii")


def _typed(run: re.Match[str]) -> str:
    """Raised and lowered signs as one types them: `1_2` after a letter, `^2`, `_prev`."""
    if run["lowered"]:
        text = "".join(_LOWERED.get(sign, sign) for sign in run["lowered"])
        steps = text.replace("t-1", "prev,").replace("t+1", "next,").rstrip(",")
        parts = steps.split(",") if "," in steps else re.findall(r"[a-z]+|\d", steps)
        return "".join(f"_{part}" for part in parts if part)
    if run["raised"]:
        return "^" + "".join(map(_RAISED.__getitem__, run["raised"]))
    return "".join(_RAISED.get(sign, sign) for sign in run["layer"])


def spelled(text: str, ascii: bool) -> str:
    """A text, or the same in plain ASCII."""
    return in_ascii(text) if ascii else text


def check_digits(digits: int | None) -> None:
    """Raise `SpecError` for what numbers cannot be rounded to."""
    if digits is not None:
        checked_whole("digits", digits, 1, 17)


def table(rows: Sequence[Sequence[str]], sides: str, width: int | None = None) -> list[str]:
    """Rows as lines, cells one below the other: on the side < or > that their column has.

    The last side is that of all columns from there on. Where a width is asked for, the widest
    columns get narrower, and their cells go on in the next line.

    >>> table([("form", "nodes"), ("layered", "21")], "<>")
    ['form     nodes', 'layered     21']
    >>> table([("inlined", "add 3, multiply 4")], "<", 22)
    ['inlined  add 3,', '         multiply 4']
    """
    columns = list(zip(*rows, strict=True))
    widths = _widths(columns, width)
    each = sides + sides[-1] * (len(widths) - len(sides))
    lines = []
    for row in rows:
        cells = (_broken(cell, room) for cell, room in zip(row, widths, strict=True))
        for parts in zip_longest(*cells, fillvalue=""):
            line = zip(parts, each, widths, strict=False)
            lines.append("  ".join(f"{part:{side}{room}}" for part, side, room in line).rstrip())
    return lines


def _widths(columns: Sequence[Sequence[str]], width: int | None) -> list[int]:
    """How wide columns are: the last, or else the widest, narrower where all were too wide."""
    natural = [max(map(len, column)) for column in columns]
    if width is None:
        return natural
    room = checked_whole("width", width, 1) - 2 * (len(columns) - 1)
    words = [max(len(part) for cell in column for part in _broken(cell, 1)) for column in columns]
    *others, last = natural
    if room - sum(others) >= max(words[-1], _COLUMN):
        return [*others, min(last, room - sum(others))]
    each, most = natural, max(natural)
    while sum(each) > room and most > 1:
        most -= 1
        each = [max(min(one, most), word) for one, word in zip(natural, words, strict=True)]
    return each


def _broken(cell: str, room: int) -> list[str]:
    """The lines of a cell: a list of a few words each is broken between these, where they fit."""
    if len(cell) <= room:
        return [cell]
    items = cell.split(", ")
    if len(items) > 1 and all(item.count(" ") < 4 for item in items):
        items = [item.replace(" ", FIXED) if len(item) < room else item for item in items]
    parts = textwrap.wrap(", ".join(items), room, break_long_words=False, break_on_hyphens=False)
    return [part.replace(FIXED, " ") for part in parts]


def remark(text: str, width: int | None) -> str:
    """A sentence below a table: on one line, but where a width is asked for."""
    return text if width is None else wrapped(text, width)


def paragraph(text: str, width: int, indent: str = "", further: str = "  ") -> list[str]:
    """The lines of a paragraph; those after the first begin further in."""
    return textwrap.wrap(
        text, checked_whole("width", width, 1),
        initial_indent=indent, subsequent_indent=f"{indent}{further}",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def wrapped(text: str, width: int) -> str:
    """A paragraph in lines of at most `width`, all but the first indented; see `FIXED`."""
    return "\n".join(paragraph(text, width)).replace(FIXED, " ")


def fitted(text: str, width: int) -> str:
    """A message in lines of at most `width`: prose is wrapped, text with carets below is cut.

    >>> print(fitted("one word too much\\n  y = a + b + c + d\\n              ^", 13))
    one word too
      much
      ... + c + d
            ^
    """
    lines = text.split("\n")
    fit: list[str] = []
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if _is_carets(below):
            fit += excerpt(line, below, width)
        elif not _is_carets(line):
            fit += [line] if line[:1].isspace() else wrapped(line, width).split("\n")
    return "\n".join(fit)


def _is_carets(line: str) -> bool:
    return line[:1].isspace() and not line.strip(" ^") and "^" in line


def excerpt(line: str, carets: str, width: int) -> tuple[str, str]:
    """The part of a line around the first caret below it, and the carets below that part."""
    margin = len(re.match(r" *(line \d+: )?", line)[0])  # type: ignore[index]  # it may be empty
    room = width - margin
    if len(line) <= width or room < _NARROW:
        return line, carets
    first = carets.index("^")
    start = max(min(first - room // 2, len(line) - room), margin)
    stop = start + room
    shown = line[start:stop]
    shown = f"...{shown[3:]}" if start > margin else shown
    shown = f"{shown[:-3]}..." if stop < len(line) else shown
    return line[:margin] + shown, carets[:margin] + carets[start:stop].rstrip()


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
