"""The cell of a network: its picture, a table of its layers, and the formula of whole arrays."""

from __future__ import annotations

from dataclasses import replace

from netsym.layers import shape_text
from netsym.layers.dense import Dense
from netsym.layers.wiring import Placed
from netsym.network.network import Network
from netsym.notes.cells.formula import equations
from netsym.notes.cells.fragments import (
    Cell,
    Fragment,
    aside,
    beside,
    ends,
    line,
    picture,
    strong,
    table,
)
from netsym.notes.draw import draw
from netsym.notes.overview import Overview
from netsym.wording import plural
from netsym.writers.palette import layer_color

_MOST_LAYERS, _MOST_LINES = 9, 14


def cell(network: Network) -> Cell:
    """What a notebook shows of a network."""
    title = line(strong(network.title), aside(plural(network.parameter_count, "parameter")))
    whole = _of_arrays(network, _MOST_LINES - min(len(network.layers), _MOST_LAYERS))
    said = [title, _layers(network), *([whole] if whole else [])]
    together = Fragment(
        "".join(each.html for each in said), "\n\n".join(each.latex for each in said)
    )
    return Cell(
        str(Overview.of(network)), (beside(picture(draw(network, weights=False)), together),)
    )


def _layers(network: Network) -> Fragment:
    rows: list[list[str | Fragment]] = [["layer", "units", "function", "parameters"]]
    known = {str(placed.number): placed for placed in network.layers}
    rows += (
        _row(known[number]) if number in known else [aside(number), "", "", ""]
        for number in ends([*known], _MOST_LAYERS)
    )
    return table(rows, "lllr")


def _row(placed: Placed) -> list[str | Fragment]:
    number, layer = str(placed.number), placed.layer
    colored = f'<b class="{layer_color(placed.number).name}">{number}</b>'
    count = sum(len(parameter.names) for parameter in placed.parameters.values())
    does = layer.activation if isinstance(layer, Dense) else layer.describe()
    return [Fragment(colored, number), shape_text(placed.shape), does, f"{count:,}"]


def _of_arrays(network: Network, most: int) -> Fragment | None:
    """The network on one line, or layer by layer if it has no such line; numbers are letters."""
    layered = network.matrices
    forms = [layered] if layered.why_not_one else [layered.inlined, layered]
    bare = (replace(form, shapes=(), numbers={}) for form in forms)
    found = (equations(form, most) for form in bare)
    return next((each for each in found if each), None)
