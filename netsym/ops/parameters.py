"""A layer's parameters: arrays of names, numbers, exact fractions, and formulas of these."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from netsym.errors import ValueMissingError
from netsym.forms.form import Form, bind
from netsym.graph.copying import with_numbers
from netsym.graph.graph import Graph, Ids
from netsym.graph.names import Names, literal
from netsym.ops.fixed_point import FixedPoint
from netsym.wording import without_values

T = TypeVar("T")

Entries = npt.NDArray[np.float64] | npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class Parameter:
    """One parameter array of a layer.

    `entries` is None when every entry has the name that `names` gives it, a float64 array when
    all are numbers, and else an object array of str (a name that a person chose), float, Fraction
    (exact), and None (the name that `names` gives). Entries of one name are one parameter, in one
    array or in several. Many exact numbers may be `stored` in fixed point.

    A *derived* parameter has a `formula` instead: its outputs, flattened, are the entries, and the
    names in it are those that need values. `ops.reading.read_parameter` reads either.
    """

    names: Names
    stored: Entries | FixedPoint | None = None
    formula: Form | None = None

    @property
    def entries(self) -> Entries | None:
        """What is stored; what is in fixed point, as fractions."""
        return self.stored.fractions if isinstance(self.stored, FixedPoint) else self.stored

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Parameter):
            return NotImplemented
        return self is other or (
            (self.names, self.is_numeric, self.formula)
            == (other.names, other.is_numeric, other.formula)
            and np.array_equal(np.asarray(self.entries), np.asarray(other.entries))
        )

    def __hash__(self) -> int:
        return hash(self.names)

    def __repr__(self) -> str:
        kind = "numbers" if self.is_numeric else "names"
        return f"<{self.names.start or 'parameter'} of shape {self.shape}: {kind}>"

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the array."""
        return self.names.shape

    @property
    def is_numeric(self) -> bool:
        """Whether every entry is a float64."""
        return isinstance(self.stored, np.ndarray) and self.stored.dtype != object

    @property
    def _objects(self) -> npt.NDArray[np.object_] | None:
        """The entries where some may be names."""
        stored: Any = self.stored
        return stored if isinstance(stored, np.ndarray) and not self.is_numeric else None

    @property
    def is_notation(self) -> bool:
        """Whether every entry has the name that the notation gives it, and so one of its own."""
        return self.stored is None and self.formula is None

    @property
    def has_numbers_alone(self) -> bool:
        """Whether every entry is a float64 or a fraction."""
        if self._objects is None:
            return self.stored is not None
        return not any(entry is None or isinstance(entry, str) for entry in self._objects.flat)

    @property
    def takes_notation(self) -> bool:
        """Whether some entry has the name that the notation gives it."""
        if self._objects is None:
            return self.is_notation
        return any(entry is None for entry in self._objects.flat)

    def named(self) -> Iterator[tuple[int, str]]:
        """The flat position and the name of every entry that is a name."""
        if self.is_notation:
            yield from enumerate(self.names.all())
        elif self._objects is not None:
            for position, entry in enumerate(self._objects.reshape(-1).tolist()):
                if entry is None:
                    yield position, self.names.ascii(position)
                elif isinstance(entry, str):
                    yield position, entry

    def symbols(self) -> list[tuple[Names, list[str]]]:
        """The names that it needs values for, array by array: names, and those that occur."""
        if self.formula is not None:
            return self.formula.symbols()
        if self.is_notation:
            return [(self.names, self.names.all())]
        named = list(dict.fromkeys(name for _, name in self.named()))
        return [(literal(*named), named)] if named else []

    def tied(self) -> list[tuple[int, str]]:
        """The positions and names of entries that may be the same parameter as others."""
        if self.formula is None:
            flat: Any = [] if self._objects is None else self._objects.flat
            return [(place, entry) for place, entry in enumerate(flat) if isinstance(entry, str)]
        graph, ends = self.formula.graph, self.formula.ends
        places = np.flatnonzero(graph.of_kind(ends, frozenset({"symbol"}))).tolist()
        symbols = ((place, graph.symbol(int(ends[place]))) for place in places)
        return [(place, names.ascii(position)) for place, (names, position) in symbols]

    def chosen(self) -> list[str]:
        """The names that a person chose, as often as they serve."""
        return [] if self.formula is not None else [name for _, name in self.tied()]

    def numbers(self, values: Mapping[str, float]) -> npt.NDArray[np.float64]:
        """The array in float64, names replaced by their values.

        Raises `ValueMissingError` naming what has no value.
        """
        if isinstance(self.stored, FixedPoint):
            return self.stored.floats
        if self.is_numeric:
            return np.asarray(self.stored, dtype=np.float64)
        if self.stored is None:
            numbers = np.array(values_of(self.names.all(), values), dtype=np.float64)
            return numbers.reshape(self.shape)
        flat, named = self._flat(), dict(self.named())
        flat[list(named)] = values_of(named.values(), values)
        return flat.astype(np.float64).reshape(self.shape)

    def _flat(self) -> npt.NDArray[np.object_]:
        """A new array of all entries, None for names of the notation."""
        if self.entries is None:
            return np.full(len(self.names), None, dtype=object)
        return self.entries.reshape(-1).astype(object)

    def bound(self, values: Mapping[str, float | Fraction]) -> Parameter:
        """The same with names replaced by numbers, where `values` has them."""
        if self.is_numeric:
            return self
        if self.formula is not None:
            graph, nodes = with_numbers(self.formula.graph, self.formula.ends, values)
            return derived(self.names, graph, nodes)
        replaced = [(position, name) for position, name in self.named() if name in values]
        if not replaced:
            return self
        entries = self._flat()
        for position, name in replaced:
            value = values[name]
            entries[position] = value if isinstance(value, Fraction) else float(value)
        if all(isinstance(entry, float) for entry in entries):
            return Parameter(self.names, entries.astype(np.float64).reshape(self.shape))
        return Parameter(self.names, entries.reshape(self.shape))


def values_of(names: Collection[str], values: Mapping[str, T]) -> list[T]:
    """The values of names; raises `ValueMissingError` naming those that have none."""
    try:
        return list(map(values.__getitem__, names))
    except KeyError:
        missing = [name for name in names if name not in values]
        raise ValueMissingError(without_values(missing)) from None


def derived(names: Names, graph: Graph, nodes: Ids) -> Parameter:
    """A parameter whose entries are nodes of a graph; shape of `nodes` as of `names`."""
    none = np.empty(0, dtype=np.int32)
    return Parameter(names, formula=Form(graph, none, bind(names, nodes)))
