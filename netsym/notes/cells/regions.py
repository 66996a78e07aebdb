"""The cell of linear regions: how many there are, their plot, and each of them, folded."""

from __future__ import annotations

from collections.abc import Iterator

from netsym.notes.cells.fragments import (
    Cell,
    Fragment,
    aside,
    details,
    first_lines,
    line,
    picture,
    strong,
    verbatim,
)
from netsym.notes.draw import draw
from netsym.notes.regions import can_be_drawn
from netsym.pieces.regions import Regions
from netsym.wording import plural

_MOST_FOLDED, _MOST_LISTED, _MOST_PIECES = 200, 18, 20


def cell(regions: Regions) -> Cell:
    """What a notebook shows of the linear regions of a network."""
    return Cell("\n".join(first_lines(regions.report())), tuple(_fragments(regions)))


def _fragments(regions: Regions) -> Iterator[Fragment]:
    count, _, more = regions.summary().partition(", ")
    yield line(strong(count), aside(more), _latex(regions))
    report = regions.report()
    if can_be_drawn(regions):
        yield picture(draw(regions))
    else:
        yield verbatim(first_lines(report, _MOST_LISTED))
    said = plural(regions.checked, "point")
    folded = verbatim(first_lines(report, _MOST_FOLDED))
    yield details(f"every region, and how they were checked ({said})", folded)


def _latex(regions: Regions) -> Fragment:
    """Of one input the function piece by piece, on paper, where pictures are not."""
    if len(regions.network.input_names) > 1 or len(regions) > _MOST_PIECES:
        return Fragment("")
    return Fragment("", f"\n\n$$\n{regions.latex(digits=3)}\n$$")
