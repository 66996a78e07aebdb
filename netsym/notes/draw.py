"""`draw`: a network as a picture, unit by unit, layer by layer, or step by step."""

from __future__ import annotations

from typing import Any

from netsym.notes.boxes import Boxes
from netsym.notes.parted import Parted
from netsym.notes.picture import Picture
from netsym.notes.regions import draw_regions
from netsym.notes.sheet import draw_small, draw_units
from netsym.notes.units import Units, is_of_units
from netsym.notes.unrolled import Unrolled
from netsym.path import network_of
from netsym.pieces.regions import Regions


def draw(given: Any, *, weights: bool = True) -> Picture:
    """The picture of a network, or of its `netsym.regions`; its `svg()` and `tikz()` write it.

    A stack of dense layers has a circle for every unit and an edge for every weight; of more than
    six units the first and the last are drawn, and up to 24 edges say their weight; without
    `weights` none does, and the picture is small. A recurrent
    network has its cell once for every step. Any other has a box for every layer, of very many the
    first and the last. A loss and a cost are squares. Regions are a plot: of one input the graph,
    of two a map, with the formula of each. Raises `SpecError` for regions of more inputs, and for
    what stands for no network.

    >>> print(draw("1-2-1:tanh"))
    1-2-1:tanh
    1 input; layer 1 with 2 units, tanh; layer 2 with 1 unit, tanh; every edge has
      its weight. Biases are not drawn.
    """
    if isinstance(given, Regions):
        return draw_regions(given)
    parted = Parted(network_of(given))
    if is_of_units(parted):
        return draw_units(Units(parted)) if weights else draw_small(Units(parted))
    unrolled = Unrolled(parted)
    return unrolled.picture() if unrolled.fits else Boxes(parted).picture()
