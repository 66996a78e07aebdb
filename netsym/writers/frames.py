"""Frames: what sums of a layer have in common whose lines are broken in the same places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import add
from typing import Any


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """What follows the first factor in each product, what stands between the terms of the sum, how
    wide and how tall it is.
    """

    tails: Sequence[str]
    separators: Sequence[str]
    width: float
    height: int

    @staticmethod
    def fits(firsts: Sequence[str], pieces: Sequence[Any]) -> bool:
        """Whether these are texts, and those of products begin with their first factors."""
        if not all(isinstance(piece, str) for piece in pieces):
            return False
        return all(map(str.startswith, pieces[::2], firsts))

    @classmethod
    def of(cls, firsts: Sequence[str], pieces: Sequence[Any], width: float, height: int) -> Frame:
        """That of a sum in these pieces, which begins with products of these first factors."""
        products = zip(firsts, pieces[::2], strict=False)
        tails = [product[len(first) :] for first, product in products]
        return cls(tails, pieces[1::2], width, height)

    def around(self, terms: Sequence[str], texts: Iterable[str]) -> list[str]:
        """What stands around the first factors and the other terms in texts that have the terms,
        and breaks between them.
        """
        found = [""]
        for text in texts:
            place = len(found) - 1
            if place < len(terms) and text is terms[place]:
                found.append(self.tails[place] if place < len(self.tails) else "")
            else:
                found[-1] += text
        return found


class Filled(Sequence[str]):
    """The pieces of a sum in a frame, made when they are looked at: behind the products it has
    other terms, the `rest`.
    """

    __slots__ = ("firsts", "frame", "rest")

    def __init__(self, frame: Frame, firsts: Sequence[str], rest: Sequence[str]) -> None:
        self.frame, self.firsts, self.rest = frame, firsts, rest

    def __len__(self) -> int:
        return 2 * len(self.frame.separators) + 1

    def __getitem__(self, place: Any) -> Any:
        return self.pieces()[place]

    def __iter__(self) -> Iterator[str]:
        return iter(self.pieces())

    def __reversed__(self) -> Iterator[str]:
        return reversed(self.pieces())

    def pieces(self) -> list[str]:
        """All of them."""
        pieces = [""] * len(self)
        pieces[::2] = [*map(add, self.firsts, self.frame.tails), *self.rest]
        pieces[1::2] = self.frame.separators
        return pieces

    def text(self, around: Sequence[str]) -> str:
        """The sum with this before, between and behind its first factors and other terms."""
        pieces = [""] * (2 * len(around) - 1)
        pieces[::2] = around
        pieces[1::2] = [*self.firsts, *self.rest]
        return "".join(pieces)
