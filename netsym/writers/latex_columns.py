r"""Sums with numbers in LaTeX, the terms of like units under each other: decimals align in columns.

Whatever a number lacks beside the longest of its column is a `\phantom`, so that rows stay plain
sums, which KaTeX and MathJax set alike and netsym reads again.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate
from typing import Any

from netsym.graph.graph import Block, Positions
from netsym.writers.latex import Latex
from netsym.writers.ropes import Rope

_NUMBER = re.compile(r"(\d*)(\.\d*)?(?:(?: \\cdot )?10\^\{(-?\d+)\})?")
_BLANK = r"\phantom{{}+ "  # a term that is not there, with its sign
_LEADING = r"\phantom{{}-{}}"
_ZERO = ("0", "-0.0")
_SIGN, _DOTS, _AROUND = 12.3, 28.0, 90.0  # points: a sign, dots; the left side and the function


class Columns(Latex):
    """Spells sums of like units, whose terms are numbers times the same names, in columns.

    With `dots`, rows have one line: of terms that find no room dots are left, and how many there
    are is `left_out`, by node.
    """

    in_rows = False

    def __init__(self, *options: Any, dots: bool = False, **named: Any) -> None:
        super().__init__(*options, **named)
        self.with_dots = dots
        self.left_out: dict[int, int] = {}
        self.terms: dict[int, list[str]] = {}  # of sums in columns, each with its sign

    def fraction(self, value: Fraction) -> tuple[str, int]:
        if self.digits is not None and value.denominator != 1:
            return self.number(float(value))  # a fraction has no decimals to align
        return super().fraction(value)

    def _write_operations(self, block: Block, rows: Positions) -> None:
        super()._write_operations(block, rows)
        if block.op != "add" or len(rows) < 2:
            return
        columns = [self._column(nodes) for nodes in block.operands[rows].T.tolist()]
        if not all(columns):
            return
        sums = list(zip(*columns, strict=True))
        signed = any(next(filter(None, terms), "").startswith("-") for terms in sums)
        gone = self._without_room([*filter(None, sums[0])]) if self.with_dots else range(0)
        for row, terms in zip(rows.tolist(), sums, strict=True):
            shown = self.terms[block.start + row] = [*filter(None, terms)]
            if gone:
                self.left_out[block.start + row] = len(gone)
                shown = [*shown[: gone.start], r"\cdots", *shown[gone.stop :]]
            self.texts[block.start + row] = self._row(shown, signed)

    def _column(self, nodes: Sequence[int]) -> list[str]:
        """The terms, all equally wide; none where they are no numbers times one name."""
        graph = self.formula.graph
        found = [(graph.block_of(node), node) for node in nodes]
        if all(block.op == "constant" for block, _ in found):
            return aligned([str(self.texts[node]) for node in nodes])
        if any(block.op != "multiply" or block.operands.shape[1] != 2 for block, _ in found):
            return []
        numbers, names = zip(*(block.operands[n - block.start].tolist() for block, n in found),
                             strict=True)  # fmt: skip
        is_one = len(set(names)) == 1 and self.is_one(self.texts[names[0]])
        if not is_one or any(graph.block_of(node).op != "constant" for node in numbers):
            return []
        return aligned([str(self.texts[n]) for n in numbers], str(self.texts[names[0]]))

    def _without_room(self, terms: Sequence[str]) -> range:
        """Which terms of a row, like all of its block, find no room: all but the first and two."""
        wide = [self.measure(term.removeprefix("-")) + _SIGN for term in terms]
        room = self.line - _AROUND
        if sum(wide) <= room:
            return range(0)
        room -= sum(wide[-2:]) + _DOTS
        first = bisect_right([*accumulate(wide[:-2])], room)
        return range(max(first, 1), len(terms) - 2)

    def _row(self, terms: list[str], signed: bool) -> str | Rope:
        """The sum; before its first term there is room for the sign that another row has."""
        first, *rest = terms or ["0"]
        lead = "" if not signed else r"{}-{} " if first.startswith("-") else rf"{_LEADING} "
        bare = first.removeprefix("-").replace(_BLANK, r"\phantom{", 1)
        pieces: list[str | Rope] = [lead + bare]
        for term in rest:
            sign = self.less if term.startswith("-") else self.plus
            pieces += [" " if term.startswith(_BLANK) else sign, term.removeprefix("-")]
        return self.rope(pieces, sum(map(self.width, pieces)), separated=True)


def aligned(numbers: Sequence[str], name: str = "") -> list[str]:
    r"""Terms of a column, numbers times a name, all equally wide; a term of 0 shows nothing.

    Where all are 0 they are no terms; where a number has no decimals to align, there is no column.

    >>> aligned(["-0.5", "12.25", "0"], "x")
    ['-\\phantom{0}0.5\\phantom{0}\\,x', '12.25\\,x', '\\phantom{{}+ 00.00\\,x}']
    """
    if all(number in _ZERO for number in numbers):
        return [""] * len(numbers)
    found = [_NUMBER.fullmatch(number.removeprefix("-")) for number in numbers]
    if not all(found):
        return []
    parts = [
        (each[1] or "1" * bool(each[3]), each[2] or "", each[3] or "") for each in found if each
    ]
    left, right = (max(len(part[n]) for part in parts) for n in (0, 1))
    power = max((part[2] for part in parts), key=len)
    blank = "0" * left + ("." + "0" * (right - 1)) * (right > 0) + _power(power, power)
    behind = (r"\;" if name.startswith(r"\text{") else r"\,") + name if name else ""
    if all(number.removeprefix("-") in ("1", *_ZERO) for number in numbers) and name:
        blank, behind = "", name
    terms = []
    for number, (whole, decimals, own) in zip(numbers, parts, strict=True):
        text = _padded(whole, decimals, left, right) + _power(own, power)
        if name and number.removeprefix("-") == "1":  # 1 times x is x
            text = _phantom(blank)
        if number in _ZERO:
            terms.append(_BLANK + blank + behind + "}")
        else:
            terms.append("-" * number.startswith("-") + text + behind)
    return terms


def _padded(whole: str, decimals: str, left: int, right: int) -> str:
    """A number with what is missing on both sides."""
    missing = "0" * (right - len(decimals))
    if right and not decimals:
        missing = "." + missing[1:]
    return _phantom("0" * (left - len(whole))) + whole + decimals + _phantom(missing)


def _power(own: str, widest: str) -> str:
    """A power of ten as wide as the widest, or the room of one."""
    if not widest:
        return ""
    if not own:
        return rf"\phantom{{{{}} \cdot 10^{{{widest}}}}}"
    signs = _phantom("-" * (widest.startswith("-") and not own.startswith("-")))
    digits = len(widest.removeprefix("-")) - len(own.removeprefix("-"))
    return rf" \cdot 10^{{{own}{signs}{_phantom('0' * digits)}}}"


def _phantom(text: str) -> str:
    return rf"\phantom{{{text}}}" if text else ""
