"""Long texts as ropes: pieces that are joined without copying, written out piece by piece.

A piece is a str or a `Rope` of pieces; pieces are shared, so an inlined formula of any length is
held in the size of its graph. Nothing recurses: nesting has no limit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass


class Rope:
    """Pieces one after another.

    `separated` says that this is a sum: terms at even places, separators (" + ") between them,
    and lines may break there, unless a rope that holds it is `solid`. `width` is how wide it is
    on one line, `height` how tall, for languages where that matters.
    """

    __slots__ = ("height", "pieces", "separated", "solid", "width")

    def __init__(
        self,
        pieces: Sequence[str | Rope],
        width: float,
        separated: bool = False,
        solid: bool = False,
        height: int = 0,
    ) -> None:
        self.pieces = pieces
        self.width = width
        self.separated = separated
        self.solid = solid
        self.height = height


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
    wide a str is, `newline` how a line ends and the next one begins at a level of indentation.
    """

    def __init__(
        self,
        width: float,
        measure: Callable[[str], float],
        newline: Callable[[int], str],
        step: float,
        deepest: int = 12,
        lead: str = "",
        short: float = 3,
        ends_open: bool = True,
    ) -> None:
        self.width = width
        self.deepest = deepest  # levels of indentation; what is deeper stays there
        self.measure = measure
        self.newline = newline
        self.step = step  # how wide a level of indentation is
        self.short = short  # what gets no line of its own
        self.lead = lead  # comes before a separator that begins a line
        self.ends_open = ends_open  # whether a line may end in an opening bracket

    def lines(self, start: str, piece: str | Rope, margin: float = 0) -> Iterator[str]:
        """The text of `start` and the piece, in pieces that contain the line breaks.

        Every line after the first begins `margin` further in than its level says.
        """
        yield start
        column, opened = self.measure(start), False
        # (piece or place to break, level of indentation, width that must follow on the line)
        stack: list[tuple[str | Rope | _Break, int, float]] = [(piece, 0, 0)]
        while stack:
            piece_or_break, level, tail = stack.pop()
            if isinstance(piece_or_break, _Break):
                separator, ahead = piece_or_break.separator, piece_or_break.ahead
                if piece_or_break.forced or (column + self.measure(separator) + ahead > self.width):
                    yield self.newline(level)
                    column, separator = margin + level * self.step, self.lead + separator.lstrip()
                yield separator
                column, opened = column + self.measure(separator), False
            elif isinstance(piece_or_break, str):
                yield piece_or_break
                column += self.measure(piece_or_break)
                opened = piece_or_break.endswith(("(", "[", r"\{"))
            elif piece_or_break.solid or column + piece_or_break.width + tail <= self.width:
                yield from flat(piece_or_break)
                column, opened = column + piece_or_break.width, False
            elif piece_or_break.separated:
                inner = min(level + 1, self.deepest)
                if opened and self._may_end_open(piece_or_break, column):
                    yield self.newline(inner)
                    column = margin + inner * self.step
                stack.extend(reversed(self._terms(piece_or_break, inner, tail)))
            else:
                stack.extend(reversed(self._tails(piece_or_break.pieces, level, tail)))

    def _terms(
        self, rope: Rope, level: int, tail: float
    ) -> list[tuple[str | Rope | _Break, int, float]]:
        leads = self._leads(rope)
        compound = any(isinstance(term, Rope) for term in rope.pieces[::2])
        items: list[tuple[str | Rope | _Break, int, float]] = [(rope.pieces[0], level, 0)]
        last = len(rope.pieces) - 1
        for place in range(1, last, 2):
            separator, term = rope.pieces[place], rope.pieces[place + 1]
            assert isinstance(separator, str)
            after = tail if place + 1 == last else 0
            stays = isinstance(term, str) and place + 1 == last
            ahead = self._width(term) + after
            if leads and place == 1 and isinstance(term, Rope):
                stays, ahead = True, self._lead(term)
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
        return column + self._start(rope) > self.width

    def _start(self, piece: str | Rope) -> float:
        """How wide it is what comes before the first place to break, through all brackets."""
        width = 0.0
        while isinstance(piece, Rope) and not piece.solid:
            if piece.separated:
                piece = piece.pieces[0]
                continue
            *before, piece = _until_rope(piece.pieces)
            width += sum(map(self._width, before))
        return width + self._width(piece)

    def _tails(
        self, pieces: Sequence[str | Rope], level: int, tail: float
    ) -> list[tuple[str | Rope | _Break, int, float]]:
        items: list[tuple[str | Rope | _Break, int, float]] = []
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
