"""Long texts as ropes: pieces that are joined without copying, written out piece by piece.

A piece is a str or a `Rope` of pieces; pieces are shared, so an inlined formula of any length is
held in the size of its graph. Nothing recurses: nesting has no limit.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from netsym.writers.frames import Filled


class Rope:
    """Pieces one after another.

    `separated` says that this is a sum: terms at even places, separators (" + ") between them,
    and lines may break there, unless a rope that holds it is `solid`. A `product` has factors, or
    arguments, at even places; a line breaks there where a bracket would end it. `width` is how
    wide it is on one line, `height` how tall, for languages where that matters.
    """

    __slots__ = ("height", "pieces", "product", "separated", "solid", "width")

    def __init__(
        self,
        pieces: Sequence[str | Rope],
        width: float,
        separated: bool = False,
        solid: bool = False,
        height: int = 0,
        product: bool = False,
    ) -> None:
        self.pieces = pieces
        self.width = width
        self.separated = separated
        self.solid = solid
        self.height = height
        self.product = product

    def beginning(self, first: str | Rope, width: float) -> Rope:
        """The same with another first piece, so wide."""
        pieces = [first, *self.pieces[1:]]
        return Rope(pieces, width, self.separated, self.solid, self.height, self.product)


def flat(piece: str | Rope) -> Iterator[str]:
    """The text on one line, in pieces."""
    stack = [piece]
    while stack:
        piece = stack.pop()
        if isinstance(piece, str):
            yield piece
        else:
            stack.extend(reversed(piece.pieces))


class Layout:
    """Breaks a rope into lines of at most `width`, at the separators of sums.

    A sum that does not fit puts its terms on lines of their own, further in; a short last term
    (the bias) stays on the line before; a sum of short terms fills its lines. `measure` says how
    wide a str is, `newline` how a line ends and the next one begins at a level of indentation,
    and `begins` how it goes on with a separator.
    """

    def __init__(
        self,
        width: float,
        measure: Callable[[str], float],
        newline: Callable[[int], str],
        step: float,
        deepest: int = 12,
        begins: Callable[[str], str] = str.lstrip,
        short: float = 3,
        ends_open: bool = True,
        known: dict[Any, tuple[Sequence[str], tuple[float, bool]]] | None = None,
    ) -> None:
        self.width = width
        self.deepest = deepest  # levels of indentation; what is deeper stays there
        self.measure = measure
        self.newline = newline
        self.step = step  # how wide a level of indentation is
        self.short = short  # what gets no line of its own
        self.begins = begins
        self.ends_open = ends_open  # whether a line may end in an opening bracket
        self.known = {} if known is None else known  # how the first sum in a frame was broken

    def lines(self, start: str, piece: str | Rope, margin: float = 0) -> Iterator[str]:
        """The text of `start` and the piece, in pieces that contain the line breaks.

        Every line after the first begins `margin` further in than its level says.
        """
        yield start
        yield from self._lines((piece, 0, 0), self.measure(start), False, margin)

    def _lines(
        self, whole: _Item, column: float, opened: bool, margin: float
    ) -> Generator[str, None, tuple[float, bool]]:
        """The same from a column on, behind a bracket that `opened` or not; gives where it ends."""
        stack = [whole]
        while stack:
            item, level, tail = stack.pop()
            if isinstance(item, _Break):
                separator = item.separator
                if item.forced or column + self.measure(separator) + item.ahead > self.width:
                    yield self.newline(level)
                    column, separator = margin + level * self.step, self.begins(separator)
                yield separator
                column, opened = column + self.measure(separator), False
            elif isinstance(item, _Factors):
                separator, goes_on = item.separator, item.goes_on
                inner = level if goes_on else min(level + 1, self.deepest)
                begin, begins = margin + inner * self.step, self.begins(separator)
                comma = "," if separator.startswith(",") else ""  # stays on the line
                first = item.factors[0]
                ahead = self._width(first) + tail if item.whole else self._start(first, tail)
                is_full = column + self.measure(separator) + ahead > self.width
                if is_full and begin + self.measure(begins) + self.short < column:
                    yield comma + self.newline(inner)
                    column, separator, level, goes_on = begin, begins, inner, True
                yield separator
                column, opened = column + self.measure(separator), False
                stack.extend(reversed(self._factors(item.factors, level, tail, goes_on)))
            elif isinstance(item, str):
                yield item
                column += self.measure(item)
                opened = item.endswith(("(", "[", r"\{"))
            elif item.solid or column + item.width + tail <= self.width:
                yield from flat(item)
                column, opened = column + item.width, False
            elif isinstance(item.pieces, Filled):
                text, (column, opened) = self._in_frame(item, level, tail, column, opened, margin)
                yield text
            elif item.separated:
                inner = min(level + 1, self.deepest)
                if opened and self._may_end_open(item, column):
                    yield self.newline(inner)
                    column = margin + inner * self.step
                stack.extend(reversed(self._terms(item, inner, tail)))
            elif item.product:
                stack.extend(reversed(self._factors(item.pieces, level, tail)))
            else:
                stack.extend(reversed(self._tails(item.pieces, level, tail)))
        return column, opened

    def _in_frame(
        self, rope: Rope, level: int, tail: float, column: float, opened: bool, margin: float
    ) -> tuple[str, tuple[float, bool]]:
        """A sum, broken where the first one in its frame was; and where it ends."""
        filled = rope.pieces
        assert isinstance(filled, Filled)
        key = filled.frame, self.width, level, tail, column, opened, margin
        if key not in self.known:
            pieces, end = filled.pieces(), (column, opened)

            def lines() -> Iterator[str]:
                nonlocal end
                one = Rope(pieces, rope.width, separated=True, height=rope.height)
                end = yield from self._lines((one, level, tail), column, opened, margin)

            broken = filled.frame.around(pieces[::2], lines())
            self.known[key] = broken, end
        around, end = self.known[key]
        return filled.text(around), end

    def _terms(self, rope: Rope, level: int, tail: float) -> list[_Item]:
        leads = self._leads(rope)
        compound = any(isinstance(term, Rope) for term in rope.pieces[::2])
        items: list[_Item] = [(rope.pieces[0], level, 0)]
        last = len(rope.pieces) - 1
        for place in range(1, last, 2):
            separator, term = rope.pieces[place], rope.pieces[place + 1]
            assert isinstance(separator, str)
            after = tail if place + 1 == last else 0
            stays = isinstance(term, str) and place + 1 == last
            ahead = self._width(term) + after
            if leads and place == 1 and isinstance(term, Rope):
                stays, ahead = True, self._start(term, after)
            items.append((_Break(separator, ahead, compound and not stays), level, 0))
            items.append((term, level, after))
        return items

    def _leads(self, rope: Rope) -> bool:
        """Whether a sum begins with something so short that it gets no line of its own: 1 + …"""
        first = rope.pieces[0]
        return isinstance(first, str) and self.measure(first) <= self.short

    def _may_end_open(self, rope: Rope, column: float) -> bool:
        """Whether a line ends in the bracket before a sum: where nobody minds, or what the sum
        begins with has no room.
        """
        if self.ends_open:
            return not self._leads(rope)
        return column + self._start(rope, products=True) > self.width

    def _start(self, piece: str | Rope, tail: float = 0, products: bool = False) -> float:
        """How wide it is what comes before the first place to break, through all brackets; all,
        and what follows, if there is none.
        """
        width, whole, breaks = 0.0, self._width(piece) + tail, False
        while isinstance(piece, Rope) and not piece.solid:
            if piece.separated or (products and piece.product):
                piece, breaks = piece.pieces[0], True
                continue
            *before, piece = _until_rope(piece.pieces)
            width += sum(map(self._width, before))
        return width + self._width(piece) if breaks else whole

    def _factors(
        self, pieces: Sequence[str | Rope], level: int, tail: float, goes_on: bool = False
    ) -> list[_Item]:
        """The first factor of some, and then the others."""
        items = self._tails(pieces, level, tail)[:1]
        if len(pieces) > 1:
            assert isinstance(pieces[1], str)
            whole = pieces[1].startswith(",") and self._width(pieces[0]) > self.short
            items.append((_Factors(pieces[1], pieces[2:], whole, goes_on), level, tail))
        return items

    def _tails(self, pieces: Sequence[str | Rope], level: int, tail: float) -> list[_Item]:
        items: list[_Item] = []
        for piece in reversed(pieces):
            items.append((piece, level, tail))
            tail = tail + self.measure(piece) if isinstance(piece, str) else self._lead(piece)
        return items[::-1]

    def _lead(self, rope: Rope) -> float:
        """How much of a rope comes before its first possible break."""
        if rope.solid:
            return rope.width
        width = 0.0
        if not rope.separated:
            for piece in rope.pieces:
                if not isinstance(piece, str):
                    break
                width += self.measure(piece)
        return width

    def _width(self, piece: str | Rope) -> float:
        return self.measure(piece) if isinstance(piece, str) else piece.width


def _until_rope(pieces: Sequence[str | Rope]) -> Sequence[str | Rope]:
    """The pieces to the first that is a rope, or all."""
    last = next((n for n, piece in enumerate(pieces) if isinstance(piece, Rope)), len(pieces))
    return pieces[: last + 1]


@dataclass(frozen=True, slots=True)
class _Break:
    """A place between two terms, where a line may end."""

    separator: str
    ahead: float  # the width of what follows
    forced: bool  # break even if it fits


@dataclass(frozen=True, slots=True)
class _Factors:
    """What follows the first factor of a product: a line may end before each."""

    separator: str
    factors: Sequence[str | Rope]
    whole: bool  # the next is broken only if it has no room on a line of its own
    goes_on: bool  # on lines after the first


#: A piece, or a place to break; its level of indentation; the width that must follow on the line.
_Item: TypeAlias = tuple[str | Rope | _Break | _Factors, int, float]
