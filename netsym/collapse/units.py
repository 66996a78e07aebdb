"""Single units of a layer that are not needed: unused, equal to another, or constant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.collapse.diagram import Diagram
from netsym.collapse.maps import collapse
from netsym.graph.names import Names
from netsym.layers.dense import Dense
from netsym.layers.wiring import Placed
from netsym.ops.affine.affine import Affine, Map
from netsym.ops.affine.symbolic_tidy import Tidy
from netsym.ops.parameters import Parameter, derived
from netsym.ops.reading import read_parameter

Keys = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]

_RATIONAL = frozenset({"constant", "name", "add", "multiply", "divide", "negate"})


@dataclass(frozen=True, eq=False)
class Hidden:
    """Units that only dense layers read: a dense layer, what is applied to each, the readers."""

    layer: Placed
    kind: Dense
    path: tuple[Placed, ...]
    readers: tuple[Placed, ...]

    @property
    def value(self) -> str:
        """The layer whose values are read."""
        return (self.path[-1] if self.path else self.layer).name

    def kept(self, needed: Mask) -> npt.NDArray[np.int64]:
        """The places of the needed units; of a layer at least one unit stays."""
        if not needed.any():
            needed = needed.copy()
            needed[0] = True
        return np.flatnonzero(needed)


def hidden(diagram: Diagram) -> Iterator[Hidden]:
    """The places where units can be left out."""
    for placed in diagram.layers.values():
        if not isinstance(placed.layer, Dense) or not placed.on_vectors:
            continue
        path: list[Placed] = []
        readers = [diagram.layers[name] for name in diagram.readers[placed.name]]
        while len(readers) == 1 and readers[0].layer.elementwise and not readers[0].parameters:
            if len(readers[0].sources) > 1:
                break
            path.append(readers[0])
            readers = [diagram.layers[name] for name in diagram.readers[path[-1].name]]
        if readers and all(isinstance(r.layer, Dense) and r.on_vectors for r in readers):
            yield Hidden(placed, placed.layer, tuple(path), tuple(readers))


# -- entries ------------------------------------------------------------------------------------
def keys(parameter: Parameter) -> Keys:
    """Entries by which to compare: equal ones are equal numbers, names or formulas."""
    if parameter.formula is not None:
        ends = parameter.formula.ends
        found = np.empty(len(ends), dtype=object)
        found[:] = [_key(parameter, node) for node in ends.tolist()]
        return found.reshape(parameter.shape)
    if parameter.entries is None:
        named = np.empty(len(parameter.names), dtype=object)
        named[:] = parameter.names.all()
        return named.reshape(parameter.shape)
    entries = parameter.entries
    if parameter.is_numeric:
        return entries
    names = dict(parameter.named())
    mixed = np.empty(entries.size, dtype=object)
    mixed[:] = [names.get(place, entry) for place, entry in enumerate(entries.flat)]
    return mixed.reshape(parameter.shape)


def _key(parameter: Parameter, node: int) -> Any:
    assert parameter.formula is not None
    block = parameter.formula.graph.block_of(node)
    if block.op == "constant":
        return block.number(node - block.start)
    if block.op == "symbol":
        names, position = parameter.formula.graph.symbol(node)
        return names.ascii(position)
    return ("node", node, id(parameter.formula.graph))


def is_zero(parameter: Parameter) -> Mask:
    """Which entries are the number 0."""
    if parameter.is_notation:
        return np.zeros(parameter.shape, dtype=bool)
    entries = keys(parameter)
    if entries.dtype != object:
        return np.asarray(entries == 0)
    zeros = [isinstance(e, (float, Fraction)) and e == 0 for e in entries.flat]
    return np.array(zeros, dtype=bool).reshape(entries.shape)


def rows(parameter: Parameter, kept: npt.NDArray[np.int64]) -> Parameter:
    """Some rows of a parameter, in which names keep their names."""
    names = Names(parameter.names.base, parameter.names.layer, (len(kept), *parameter.shape[1:]))
    if parameter.is_numeric or (parameter.entries is not None and not parameter.takes_notation):
        assert parameter.entries is not None
        return Parameter(names, parameter.entries[kept])
    ops = Affine(Tidy(), 1)
    values = read_parameter(parameter, ops).constant
    assert values is not None
    return derived(names, ops.base.graph, np.ascontiguousarray(values[kept]))


# -- leaving units out --------------------------------------------------------------------------
def without(
    diagram: Diagram,
    place: Hidden,
    kept: npt.NDArray[np.int64],
    same_as: npt.NDArray[np.int64],
    constants: Sequence[int] = (),
) -> Diagram:
    """The diagram with some units of a layer only.

    Every unit of the old layer is the unit `same_as` of the new one; where that is -1 it is
    nothing, or a constant if it is among `constants`. Readers take account of both. Raises
    `NotRational` as `collapse` does.
    """
    layer = replace(
        place.layer,
        layer=replace(place.kind, units=len(kept)),
        parameters={key: rows(p, kept) for key, p in place.layer.parameters.items()},
        shape=(len(kept),),
    )
    path = [replace(p, shapes=((len(kept),),), shape=(len(kept),)) for p in place.path]

    def start(ops: Affine) -> dict[str, Map]:
        matrix = ops.base.zeros((len(kept), len(same_as)))
        old = np.flatnonzero(same_as >= 0)
        matrix[same_as[old], old] = ops.base.ones((len(old),))
        constant = None
        if len(constants):
            constant = ops.base.zeros((len(same_as),))
            constant[constants] = _constants(ops, place, constants)
        return {place.value: Map((len(same_as),), constant, matrix)}

    readers, rounds = [], []
    for reader in place.readers:
        found = collapse([reader], len(kept), start, [place.layer] if len(constants) else ())
        readers.append(found.layer(reader.name, reader.number, reader.sources))
        rounds.append(is_rounded(diagram, [reader, place.layer] if len(constants) else [reader]))
    after = diagram.replaced([layer], place.layer.name in diagram.rounds).replaced(path)
    for reader, rounded in zip(readers, rounds, strict=True):
        after = after.replaced([reader], rounded)
    return after


def constant(diagram: Diagram, place: Hidden) -> Diagram:
    """The diagram without a layer that no input reaches: its readers read its input, by zeros."""
    (source,), (width,) = place.layer.sources, place.layer.widths
    units = range(place.layer.width)

    def start(ops: Affine) -> dict[str, Map]:
        return {place.value: Map((len(units),), _constants(ops, place, units))}

    after = diagram
    for reader in place.readers:
        found = collapse([reader], width, start, [place.layer])
        changed = found.layer(reader.name, reader.number, (source,))
        after = after.replaced([changed], is_rounded(diagram, [reader, place.layer]))
    return after


def _constants(ops: Affine, place: Hidden, units: Sequence[int]) -> Any:
    """The values of units that do not depend on the input."""
    zeros = Map((len(units),))
    bias = place.layer.parameters.get("bias")
    value = zeros if bias is None else ops.take(read_parameter(bias, ops), np.array(units))
    for placed in place.path:
        value = placed.read(ops, value)
    return ops.base.zeros((len(units),)) if value.constant is None else value.constant


def is_rounded(diagram: Diagram, layers: Sequence[Placed]) -> bool:
    """Whether numbers made of these layers come from float64, so that they are to be rounded."""
    return any(
        placed.name in diagram.rounds
        or any(has_float(parameter) for parameter in placed.parameters.values())
        for placed in layers
    )


def has_float(parameter: Parameter) -> bool:
    """Whether some number of a parameter is a float64 (in a formula: not whole), or irrational."""
    formula = parameter.formula
    if formula is not None:
        blocks = list(formula.graph.walk(formula.mask))
        payloads = ((block.payload, rows) for block, rows in blocks)
        if any(isinstance(p, np.ndarray) and (p[rows] % 1 != 0).any() for p, rows in payloads):
            return True
        return not formula.symbols() and any(block.op not in _RATIONAL for block, _ in blocks)
    if parameter.entries is None:
        return False
    return parameter.is_numeric or any(isinstance(entry, float) for entry in parameter.entries.flat)
