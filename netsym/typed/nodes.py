"""The nodes of a typed formula, and where in the text each stands."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping
from fractions import Fraction

from netsym.errors import SpecError
from netsym.graph.builder import Builder
from netsym.typed.carets import Span, mistake
from netsym.typed.numerals import NumberError, half_unit, value_of

_COPIES = 2  # nodes for a character of the text: functions of functions make more and more


class TypedNodes(Builder):
    """A builder that keeps places: `spans` by number, `digits` of constants typed as decimals.

    `again` has the number, the start and the stop of every operation that is typed once more.
    Nodes nested more than `deepest` deep are refused.
    """

    def __init__(self, text: str, deepest: int | None = None) -> None:
        super().__init__()
        self.text = text
        self.deepest = deepest
        self.spans: list[Span] = []
        self.again = array("q")
        self._halves: dict[int, list[Fraction]] = {}
        self._copied = 0
        self._typed: dict[tuple[str, bool], int] = {}

    def at(self, number: int, start: int, stop: int) -> int:
        """The number, and where it stands if it is new."""
        if number == len(self.spans):
            self.spans.append((start, stop))
            if self.deepest is not None and self.levels[number] > self.deepest:
                raise self.too_deep(start)
        return number

    def too_deep(self, start: int) -> SpecError:
        """Nesting deeper than allowed."""
        message = f"the formula is nested more than {self.deepest:,} operations deep"
        hint = "read it with longest=None"
        return mistake(message, self.text, (start, start + 1), hint=hint)

    def made(self, operation: str, operands: tuple[int, ...], start: int, stop: int) -> int:
        """The number of an operation that stands there."""
        number = self.operation(operation, operands)
        if number == len(self.spans):
            return self.at(number, start, stop)
        self.again.extend((number, start, stop))
        return number

    def known(self, operation: str, operands: tuple[int, ...]) -> int | None:
        """The number of an operation if it is there."""
        return self._numbers.get((operation, operands))

    def known_number(self, value: float) -> int | None:
        """The number of a constant if it is there."""
        return self._numbers.get(("constant", (value, math.copysign(1.0, value))))

    def substituted(self, number: int, by: Mapping[int, int], span: Span) -> int:
        """A value with other nodes in the place of some; raises `SpecError` for too many copies."""
        copies, stack = dict(by), [number]
        while stack:
            each = stack[-1]
            operation, operands = self.kinds[each]
            below = () if operation in ("symbol", "constant") else operands
            missing = [n for n in below if n not in copies]
            if missing and each not in copies:
                stack += missing
                continue
            stack.pop()
            if each in copies:
                continue
            new = tuple(copies[n] for n in below)
            if new == tuple(below):
                copies[each] = each
                continue
            copies[each] = self.made(operation, new, *span)
            self._copied += 1
            if self._copied > _COPIES * (len(self.text) + 100) and self.deepest is not None:
                raise mistake(
                    "written out, the functions defined here are far longer than the text",
                    self.text, span, hint="give their values names, or read it with longest=None",
                )  # fmt: skip
        return copies[number]

    def typed_number(self, word: str, negative: bool, start: int, stop: int) -> int:
        """The number of a constant as typed; raises `SpecError` for one too long or large."""
        number = self._typed.get((word, negative))
        if number is not None:
            return number
        try:
            value = value_of(word)
        except NumberError as error:
            raise mistake(str(error), self.text, (start, stop), hint=error.hint) from None
        number = self.at(self.constant(-value if negative else value), start, stop)
        self._typed[word, negative] = number
        half = half_unit(word) or Fraction(0)  # as an integer it was typed exactly
        self._halves.setdefault(number, []).append(half)
        return number

    @property
    def digits(self) -> dict[int, Fraction]:
        """Half a unit of the last digit of decimals; a number also typed exactly has none."""
        return {number: max(halves) for number, halves in self._halves.items() if all(halves)}
