"""`draw`: a network as a picture, unit by unit, layer by layer, or step by step."""

from __future__ import annotations

from netsym.network.network import Network
from netsym.notes.boxes import Boxes
from netsym.notes.parted import Parted
from netsym.notes.picture import Picture
from netsym.notes.units import Units, is_of_units
from netsym.notes.unrolled import Unrolled


def draw(network: Network) -> Picture:
    """The picture of a network; its `svg()` and `tikz()` write it.

    A stack of dense layers has a circle for every unit and an edge for every weight; of more than
    six units the first and the last are drawn, and up to 24 edges say their weight. A recurrent
    network has its cell once for every step. Any other has a box for every layer, of very many the
    first and the last. A loss and a cost are squares.

    >>> import netsym
    >>> print(draw(netsym.parse("1-2-1:tanh")))
    1-2-1:tanh
    1 input; layer 1 with 2 units, tanh; layer 2 with 1 unit, tanh; every edge has
      its weight. Biases are not drawn.
    """
    parted = Parted(network)
    if is_of_units(parted):
        return Units(parted).picture()
    unrolled = Unrolled(parted)
    return unrolled.picture() if unrolled.fits else Boxes(parted).picture()
