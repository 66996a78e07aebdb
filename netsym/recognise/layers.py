"""Units put into layers: level by level, with what passes a layer by, skips, scalers and joins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby

from netsym.graph.functions import ACTIVATIONS, FUNCTIONS, LINEAR
from netsym.recognise.affine import Affine, Value, Values, constant, total
from netsym.recognise.coefficients import ONE, ZERO, Coefficient
from netsym.recognise.reading import Reading
from netsym.recognise.units import NoNetwork

_WHYS = {
    "product": "a product of two values that both depend on the inputs",
    "power": "a power of a value that depends on the inputs",
    "reciprocal": "a quotient whose divisor depends on the inputs",
    "softmax": "parts of a softmax, of which all must be written (y_1 = …, y_2 = …)",
}


@dataclass
class Layer:
    """Units side by side: of each its activation with alpha, weights by column, and bias.

    With `skip` unit n adds column n to itself. `kept` are the columns that later layers read too.
    """

    activations: list[tuple[str, Fraction | None]]
    weights: list[dict[int, Coefficient]]
    biases: list[Coefficient]
    width: int
    skip: bool = False
    kept: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.activations)

    def entries(self) -> Iterator[Coefficient]:
        """All weights, and the biases."""
        yield from (entry for row in self.weights for entry in row.values())
        yield from self.biases

    @property
    def is_linear(self) -> bool:
        """Whether no unit has an activation."""
        return all(name == LINEAR for name, _ in self.activations)


@dataclass(frozen=True)
class _Row:
    """What a unit computes from others."""

    activation: tuple[str, Fraction | None]
    reads: Mapping[int, Coefficient]
    bias: Coefficient


def layers_of(reading: Reading) -> list[Layer]:
    """The layers of a formula that was read; raises `NoNetwork` where it is none."""
    softmax = _whole_softmax(reading)
    ends = reading.ends if softmax is None else list(softmax)
    values, ends = _of_units(reading.values, ends)
    ends = [_with_its_sign(values, end) for end in ends]
    return _Levels(values, ends, softmax is not None).layers()


def _whole_softmax(reading: Reading) -> tuple[Affine, ...] | None:
    """The operands, if the outputs are all parts of one softmax."""
    parts = [end.alone for end in reading.ends]
    if len(parts) < 2 or any(part is None for part in parts):
        return None
    found = [reading.values[part] for part in parts if part is not None]
    operands = found[0].operands
    whole = all(each.kind == "softmax" and each.operands == operands for each in found)
    if whole and sorted(each.index for each in found) == list(range(len(operands))):
        return tuple(operands[each.index] for each in found)
    return None


def _with_its_sign(values: Values, end: Affine) -> Affine:
    """An output -tanh(-z), of an odd function, as tanh(z)."""
    value = (-end).alone
    found = None if value is None else values[value]
    if value is None or found is None or found.kind not in ACTIVATIONS:
        return end
    if FUNCTIONS[found.kind].parity >= 0:
        return end
    turned = Value(found.kind, (-found.operands[0],), found.extra)
    return Affine({values.put(turned, values.nodes[value]): ONE})


# -- units alone ----------------------------------------------------------------------------------
def _of_units(given: Values, ends: Sequence[Affine]) -> tuple[Values, list[Affine]]:
    """The same with nothing but inputs and units in it: sizes and largest values are of relu."""
    used = _used(given, ends)
    inputs = [each.name for each in given.all if each.kind == "input"]
    values, made = Values(inputs), dict[int, Affine]()

    def moved(affine: Affine) -> Affine:
        parts = [made[value].scaled(factor) for value, factor in affine.terms.items()]
        return total(constant(affine.constant), *parts)

    for number in sorted(used | {*range(len(inputs))}):
        value, node = given[number], given.nodes[number]
        operands = tuple(map(moved, value.operands))
        made[number] = _as_units(values, value, operands, number, node)
    return values, [moved(end) for end in ends]


def _used(values: Values, ends: Sequence[Affine]) -> set[int]:
    """The values that something is made of."""
    found: set[int] = set()
    todo = [value for end in ends for value in end.terms]
    while todo:
        value = todo.pop()
        if value not in found:
            found.add(value)
            todo += [each for operand in values[value].operands for each in operand.terms]
    return found


def _as_units(
    values: Values, value: Value, operands: tuple[Affine, ...], number: int, node: int
) -> Affine:
    def unit(kind: str, operand: Affine, extra: Fraction | None = None) -> Affine:
        return Affine({values.put(Value(kind, (operand,), extra), node): ONE})

    if value.kind == "input":
        return Affine({number: ONE})
    if value.kind == "abs":
        return total(unit("relu", operands[0]), unit("relu", -operands[0]))
    if value.kind == "softmax" and len(operands) == 2:
        mine, other = operands[value.index], operands[1 - value.index]
        return unit("sigmoid", mine - other)
    if value.kind == "largest":
        made = operands[0]
        for each in operands[1:]:
            made = total(each, unit("relu", made - each))
        return made
    if value.kind not in (*ACTIVATIONS, "linear") or value.kind == "softmax":
        why = _WHYS.get(value.kind, f"{value.kind}, which is no activation of netsym")
        raise NoNetwork(why, node)
    return unit(value.kind, operands[0], value.extra)


# -- level by level -------------------------------------------------------------------------------
class _Levels:
    """The rows of units and outputs, while layer after layer is taken off.

    What was `added` to units of a layer that is skipped is read with these, and by nothing else.
    """

    def __init__(self, values: Values, ends: Sequence[Affine], softmax: bool) -> None:
        self.values = values
        used = _used(values, ends)
        tops = [None] * len(ends) if softmax else _activated(values, ends)
        used -= {*tops}
        self.inputs = [n for n, each in enumerate(values.all) if each.kind == "input"]
        self.added = set[int]()
        self.units = sorted(used - {*self.inputs})
        self.rows = {unit: self._row(unit) for unit in self.units}
        plain = "softmax" if softmax else LINEAR
        self.last = [
            _Row((plain, None), dict(end.terms), end.constant) if top is None else self._row(top)
            for top, end in zip(tops, ends, strict=True)
        ]

    def _row(self, unit: int) -> _Row:
        value = self.values[unit]
        (operand,) = value.operands
        return _Row((value.kind, value.extra), dict(operand.terms), operand.constant)

    def layers(self) -> list[Layer]:
        """All layers, from the inputs on."""
        columns = [*self.inputs]
        found = []
        level_of = self.values.levels.__getitem__
        by_level = sorted(self.units, key=level_of)
        done, readers = 0, self._readers()
        for _, group in groupby(by_level, level_of):
            units = list(group)
            done += len(units)
            for unit in units:
                readers.subtract(self.rows[unit].reads.keys())
            old = {each for each in columns if readers[each]}
            left = by_level[done:] if old else []
            later = [*(self.rows[unit] for unit in left), *self.last]
            skipped = self._skips(units, columns, later) if old else None
            if skipped is not None:
                units = skipped
            layer = self._layer([self.rows[unit] for unit in units], columns)
            if skipped is not None:
                layer.skip = True
                self.added.update(columns)
                columns = units
            else:
                layer.kept = [place for place, each in enumerate(columns) if each in old]
                columns = [*units, *(columns[place] for place in layer.kept)]
            found.append(layer)
        last = self._layer(self.last, columns)
        if not (found and found[-1].skip and _is_identity(last)):
            found.append(last)
        return found

    def _readers(self) -> Counter[int]:
        """How many units and outputs read each value."""
        rows = [*self.rows.values(), *self.last]
        return Counter(each for row in rows for each in row.reads)

    def _layer(self, rows: Sequence[_Row], columns: Sequence[int]) -> Layer:
        places = {each: place for place, each in enumerate(columns)}
        weights = [
            {places[each]: w for each, w in row.reads.items() if each not in self.added}
            for row in rows
        ]
        activations = [row.activation for row in rows]
        return Layer(activations, weights, [row.bias for row in rows], len(columns))

    def _skips(
        self, units: Sequence[int], columns: Sequence[int], later: Sequence[_Row]
    ) -> list[int] | None:
        """The units in the order of the values that are added to them, if each has one."""
        if len(units) != len(columns):
            return None

        def read(each: int) -> tuple[Coefficient, ...]:
            return tuple(row.reads.get(each, ZERO) for row in later)

        waiting: dict[tuple[Coefficient, ...], list[int]] = {}
        for unit in units:
            waiting.setdefault(read(unit), []).append(unit)
        found = []
        for column in columns:
            alike = waiting.get(read(column))
            if not alike:
                return None
            found.append(alike.pop(0))
        return found


def _activated(values: Values, ends: Sequence[Affine]) -> list[int | None]:
    """For every output the unit that it is, if nothing reads these, and the others read only what
    they may read, too; else none of them is a unit.
    """
    tops = [_unit_alone(values, end) for end in ends]
    units = [top for top in tops if top is not None]
    used = _used(values, ends)
    read = {each for unit in used for operand in values[unit].operands for each in operand.terms}
    others = {value for end, top in zip(ends, tops, strict=True) if top is None
              for value in end.terms}  # fmt: skip
    lowest = min((values.levels[unit] for unit in units), default=0)
    above = any(values.levels[value] >= lowest for value in others)
    if above or len({*units}) < len(units) or (read | others) & {*units}:
        return [None] * len(ends)
    return tops


def _unit_alone(values: Values, end: Affine) -> int | None:
    found = end.alone
    return None if found is None or values[found].kind in ("input", "linear") else found


def _is_identity(layer: Layer) -> bool:
    return (
        layer.is_linear
        and len(layer) == layer.width
        and not any(layer.biases)
        and all(row == {place: ONE} for place, row in enumerate(layer.weights))
    )
