"""Errors that point into a text of one or more lines, at one place or at several."""

from __future__ import annotations

from collections.abc import Sequence

from netsym.errors import SpecError

Span = tuple[int, int]

_SHOWN = 100


def mistake(message: str, text: str, *spans: Span, hint: str = "") -> SpecError:
    """A `SpecError` that shows the line of the first span, with carets under every span in it.

    Long lines are shown as the part around the first caret.

    >>> print(mistake("2 parentheses are not closed", "(a + (b", (0, 1), (5, 6)))
    2 parentheses are not closed
      (a + (b
      ^    ^
    >>> print(mistake("unknown name 'c'", "a = 1\\nb = c", (10, 11)))
    unknown name 'c'
      line 2: b = c
                  ^
    """
    first = min(spans[0][0], len(text))
    start = text.rfind("\n", 0, first) + 1
    stop = text.find("\n", first)
    stop = len(text) if stop < 0 else stop
    label = (
        "" if start == 0 and stop == len(text) else f"line {text.count(chr(10), 0, first) + 1}: "
    )
    if stop - start > _SHOWN:
        start, before = max(start, first - 40), start
        label += "…" if start > before else ""
        stop = min(stop, start + _SHOWN)
    shown = text[start:stop]
    shown = "".join(c if c.isprintable() else " " for c in shown)
    carets = _carets(spans, start, max(stop, first + 1))
    said = f"{message}\n  {label}{shown}\n  {' ' * len(label)}{carets}"
    return SpecError(said + (f"\n{hint}" if hint else ""))


def _carets(spans: Sequence[Span], start: int, stop: int) -> str:
    line = bytearray(b" " * (stop - start))
    for first, last in spans[:_SHOWN]:
        for place in range(max(first, start), min(max(last, first + 1), stop)):
            line[place - start] = ord("^")
    return line.decode().rstrip()
