"""Scalers multiplied into the dense layers beside them, for whoever reads the numbers.

`simplify` takes every step that saves something; this one takes no other.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from netsym.collapse.blocks import AffineBlock, blocks
from netsym.collapse.diagram import Diagram
from netsym.collapse.facts import Facts
from netsym.collapse.rules import as_one
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Scale, Standardize
from netsym.layers.wiring import Placed
from netsym.network.network import Network
from netsym.ops.proved.rationals import NotRational


def without_scalers(network: Network) -> tuple[Network, tuple[tuple[Placed, int], ...]]:
    """The network with its scalers in the dense layer that follows, or that is before.

    And which these are, each with the number of that layer in the new network.

    Numbers are multiplied exactly and rounded to float64 once. A scaler stays where something else
    reads it, or where float64 has no such number. The layers are numbered anew.

    >>> from netsym.files.files import loads
    >>> network = loads('''
    ... netsym = 1
    ... inputs = 2
    ... layers = [{type = "scale", weights = [2, 4], bias = false},
    ...           {type = "dense", weights = [[3, 1]], bias = [1]}]
    ... ''')
    >>> print(without_scalers(network)[0].inlined.text(ascii=True))
    y = 6*x_1 + 4*x_2 + 1
    """
    diagram, gone = Diagram.of(network), list[tuple[Placed, str]]()
    for name in list(diagram.layers):
        while block := _block(diagram, name):
            try:
                diagram = as_one(diagram, Facts(), block, "one after another", "").after
            except (NotRational, OverflowError):  # numbers that float64 does not have
                break
            inside = {placed.name for placed in block.layers}
            gone = [(placed, name if end in inside else end) for placed, end in gone]
            gone += ((placed, name) for placed in block.layers if _is_scaler(placed))
    if not gone:
        return network, ()
    ends = {name: placed.number for name, placed in diagram.layers.items()}
    found, numbers = _numbered_anew(diagram.network(exact=False))
    return found, tuple((placed, numbers[ends[name]]) for placed, name in gone)


def _is_scaler(placed: Placed) -> bool:
    return isinstance(placed.layer, Standardize | Scale)


def _block(diagram: Diagram, end: str) -> AffineBlock | None:
    """Scalers and one dense layer one after another, that end there; nothing else reads them."""
    facts = Facts()
    if end not in diagram.layers or not facts.affine(diagram.layers[end]):
        return None
    for block in blocks(diagram, facts, end):
        others = [placed for placed in block.layers if not _is_scaler(placed)]
        if len(others) > 1 or block.joins:
            return None
        if others and isinstance(others[0].layer, Dense) and block.gone == len(block.layers):
            return block
    return None


def _numbered_anew(network: Network) -> tuple[Network, dict[int, int]]:
    """The network with its layers numbered as they stand, and those called by number so, too; and
    the new numbers by the old ones.
    """
    numbers, fresh = dict[int, int](), count(1)
    for placed in network.layers:
        if placed.number not in numbers:
            numbers[placed.number] = next(fresh)
    names = {
        placed.name: f"layer{numbers[placed.number]}" for placed in network.layers
        if placed.name == f"layer{placed.number}"
    }  # fmt: skip
    arrays = {  # what has numbers alone is called by the new number, too, where it gets letters
        id(p): replace(p, names=replace(p.names, layer=numbers[placed.number]))
        for placed in network.layers for p in placed.parameters.values() if p.is_numeric
    }  # fmt: skip
    layers = tuple(
        replace(placed, name=names.get(placed.name, placed.name), number=numbers[placed.number],
                sources=tuple(names.get(source, source) for source in placed.sources),
                parameters={key: arrays.get(id(p), p) for key, p in placed.parameters.items()})
        for placed in network.layers
    )  # fmt: skip
    outputs = tuple(
        replace(each, source=names.get(each.source, each.source),
                names=replace(each.names, layer=numbers.get(each.names.layer or 0)))
        for each in network.outputs
    )  # fmt: skip
    return replace(network, layers=layers, outputs=outputs), numbers
