"""Two networks up to names: which name of one is which of the other, or how they differ.

Layer by layer units are paired; one may be written with the other sign (tanh is odd) or scaled
(relu is homogeneous). What is found is a proposal: that both are the same function is proved by
the judge.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import permutations

from netsym.graph.functions import FUNCTIONS, LINEAR
from netsym.recognise.coefficients import ZERO, Coefficient, as_text
from netsym.recognise.layers import Layer
from netsym.recognise.recognised import Recognised
from netsym.wording import joined, plural

_MOST_UNITS = 64  # of a layer, whose units may be in another order
_MOST_ORDERS = 4  # inputs that may be in another order
_HOMOGENEOUS = ("relu", "leaky_relu")
_ROUNDS = 3
_APART, _UNLIKE, _NEAR = 1.0, 0.4, 0.2  # costs of what does not fit, fits if it is special, is near
_CLOSE = Fraction(1, 50)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A unit of the other network for one of this, whose operand is `into` times the one here, and
    whose value is `out` times.
    """

    unit: int
    into: Fraction = Fraction(1)
    out: Fraction = Fraction(1)


@dataclass
class Matching:
    """What names of the other network stand for in this one.

    `inputs` and `names` have the other's names with what they are here; `differences` say how the
    layers differ, and then nothing else is known. A `special` case is one in which names here are
    equal, or numbers: that many sentences. `wrong` slots fit no names.
    """

    inputs: dict[str, str] = field(default_factory=dict)
    names: dict[str, Coefficient] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    special: dict[str, Coefficient] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    @property
    def is_renaming(self) -> bool:
        """Whether names differ, and nothing else."""
        return not (self.differences or self.special or self.wrong)

    def said(self) -> list[str]:
        """The names that differ, as equations."""
        pairs = [*self.inputs.items(), *((name, str(is_)) for name, is_ in self.names.items())]
        return [f"{name} = {is_}" for name, is_ in pairs if name != is_]


def matched(one: Recognised, other: Recognised, known: Sequence[str]) -> Matching:
    """The names of the other for those of one; those `known` mean themselves."""
    differences = list(_differences(one, other))
    if not _alike_in_size(one, other):
        return Matching(differences=differences)
    best: Matching | None = None
    for order in _orders(one, other):
        found = _Matcher(one, other, order, known).found()
        if best is None or _badness(found) < _badness(best):
            best = found
        if found.is_renaming:
            break
    assert best is not None
    best.differences = differences
    return best


def _badness(found: Matching) -> tuple[int, int]:
    return len(found.wrong), len(found.special)


def _orders(one: Recognised, other: Recognised) -> Iterator[tuple[int, ...]]:
    """For each input here the one there: by name, if all are the same; else in any order."""
    mine, theirs = one.inputs.names, other.inputs.names
    if set(mine) == set(theirs):
        yield tuple(map(theirs.index, mine))
    elif set(mine) & set(theirs) or len(mine) > _MOST_ORDERS:
        yield tuple(range(len(mine)))
    else:
        yield from permutations(range(len(mine)))


# -- layers ---------------------------------------------------------------------------------------
def _alike_in_size(one: Recognised, other: Recognised) -> bool:
    return (
        len(one.inputs.names) == len(other.inputs.names)
        and [*map(len, one.layers)] == [*map(len, other.layers)]
        and [layer.kept for layer in one.layers] == [layer.kept for layer in other.layers]
    )


def layer_in_words(number: int, of: int) -> str:
    """The hidden layer, hidden layer 2, the output layer."""
    if number == of:
        return "the output layer"
    return "the hidden layer" if of == 2 else f"hidden layer {number}"


def _differences(one: Recognised, other: Recognised) -> Iterator[str]:
    """How the layers of the other differ from those of one, in sentences."""
    mine, theirs = one.layers, other.layers
    if len(one.inputs.names) != len(other.inputs.names):
        has = f"{plural(len(other.inputs.names), 'input')} ({joined(other.inputs.names[:8])})"
        yield f"it has {has}, the network {len(one.inputs.names)}"
    if len(mine) != len(theirs):
        yield f"it has {plural(len(theirs), 'layer')} ({other.shorthand}), the network {len(mine)}"
        return
    for number, (here, there) in enumerate(zip(mine, theirs, strict=True), 1):
        where = layer_in_words(number, len(mine))
        if len(here) != len(there):
            yield f"it has {plural(len(there), 'unit')} in {where}, the network {len(here)}"
        yield from _other_activation(here, there, where)
        if here.skip != there.skip:
            yield (
                f"{where} does not add what it reads, the network's does"
                if here.skip
                else f"{where} adds what it reads, the network's does not"
            )
        if bool(here.kept) != bool(there.kept):
            yield (
                f"no connection passes {where} by, as in the network"
                if here.kept
                else f"a connection passes {where} by, as none in the network"
            )
    if (one.scaler is None) != (other.scaler is None):
        yield "its inputs are scaled" if other.scaler else "its inputs are not scaled"


def _other_activation(here: Layer, there: Layer, where: str) -> Iterator[str]:
    mine, theirs = (
        [*dict.fromkeys(name for name, _ in each.activations)] for each in (here, there)
    )
    if sorted(mine) == sorted(theirs):
        return
    if theirs == [LINEAR]:
        yield f"no activation on {where}; the network has {joined(mine)}"
    elif mine == [LINEAR]:
        yield f"{joined(theirs)} on {where}; the network has no activation there"
    else:
        yield f"{joined(theirs)} on {where}; the network has {joined(mine)}"


# -- units and names ------------------------------------------------------------------------------
class _Matcher:
    """The names of two networks of the same size, for one order of the inputs."""

    def __init__(
        self, one: Recognised, other: Recognised, order: Sequence[int], known: Sequence[str]
    ) -> None:
        self.one = one
        self.other = other
        self.known = {*known}
        self.first = {place: _Pair(there) for place, there in enumerate(order)}
        self.bound: dict[str, Coefficient] = {}

    def found(self) -> Matching:
        """What fits best; names that were bound help to pair the units again."""
        for _ in range(_ROUNDS):
            pairs = self._paired()
            made = self._named(pairs)
            if made.is_renaming or made.names == self.bound:
                break
            self.bound = made.names
        return made

    def _paired(self) -> list[dict[int, _Pair]]:
        """For every layer, its unit by unit."""
        columns, found = self.first, []
        for here, there in zip(self.one.layers, self.other.layers, strict=True):
            last = here is self.one.layers[-1]
            columns = self._of_layer(here, there, columns, last)
            found.append(columns)
        return found

    def _of_layer(
        self, here: Layer, there: Layer, columns: dict[int, _Pair], last: bool
    ) -> dict[int, _Pair]:
        """Its units paired by what costs least, and what is passed on behind them."""
        units = range(len(here))
        fixed = last or here.skip or len(here) > _MOST_UNITS
        options = []
        for mine in units:
            for theirs in [mine] if fixed else units:
                cost, pair = self._best(here, there, mine, theirs, columns, last or here.skip)
                options.append((cost, abs(mine - theirs), mine, pair))
        found: dict[int, _Pair] = {}
        taken: set[int] = set()
        for _, _, mine, pair in sorted(options, key=lambda each: each[:3]):
            if mine not in found and pair.unit not in taken:
                found[mine] = pair
                taken.add(pair.unit)
        kept = {len(here) + place: columns[column] for place, column in enumerate(here.kept)}
        there_is = {column: len(there) + place for place, column in enumerate(there.kept)}
        return found | {
            place: _Pair(there_is[pair.unit], pair.into, pair.out)
            for place, pair in kept.items()
            if pair.unit in there_is
        }

    def _best(
        self, here: Layer, there: Layer, mine: int, theirs: int, columns: dict[int, _Pair],
        plain: bool,
    ) -> tuple[float, _Pair]:  # fmt: skip
        """The cost of a pair, with the sign or scale that makes it least."""
        apart = 100.0 if here.activations[mine] != there.activations[theirs] else 0.0
        pairs = [_Pair(theirs)]
        if not plain:
            pairs += self._scaled(here, there, mine, theirs, columns)
        costs = [
            (sum(map(self._cost, *_both(self._slots(here, there, mine, pair, columns)))), place)
            for place, pair in enumerate(pairs)
        ]
        cost, place = min(costs)
        return cost + apart + (0.05 if place else 0.0), pairs[place]

    def _scaled(
        self, here: Layer, there: Layer, mine: int, theirs: int, columns: dict[int, _Pair]
    ) -> Iterator[_Pair]:
        name, _ = here.activations[mine]
        parity = FUNCTIONS[name].parity
        if parity and name != LINEAR:
            yield _Pair(theirs, Fraction(-1), Fraction(parity))
        if name in _HOMOGENEOUS:
            for ours, written in self._slots(here, there, mine, _Pair(theirs), columns):
                one, other = ours.number, written.number
                if one and other and other / one > 0 and one != other:
                    yield _Pair(theirs, other / one, other / one)
                    return

    def _slots(
        self, here: Layer, there: Layer, mine: int, pair: _Pair, columns: dict[int, _Pair]
    ) -> Iterator[tuple[Coefficient, Coefficient]]:
        """Every weight and the bias here, with what stands in its place there."""
        row = there.weights[pair.unit]
        for column, other in columns.items():
            written = row.get(other.unit, ZERO) * Coefficient.of(other.out / pair.into)
            yield here.weights[mine].get(column, ZERO), written
        yield here.biases[mine], there.biases[pair.unit] * Coefficient.of(1 / pair.into)

    def _cost(self, ours: Coefficient, written: Coefficient) -> float:
        if ours == written:
            return 0.0
        if not ours or not written:
            return _APART
        one, other = ours.number, written.number
        if one is not None and other is not None:
            return _NEAR if abs(one - other) <= abs(one) * _CLOSE else _APART
        if one is not None or other is not None:
            return _UNLIKE
        name = _unknown(written, self.known)
        if name is None:
            return _APART
        bound = self.bound.get(name[0])
        return 0.0 if bound is None or bound == ours * name[1].inverse() else _UNLIKE

    # -- names
    def _named(self, pairs: Sequence[dict[int, _Pair]]) -> Matching:
        made = Matching()
        mine, theirs = self.one.inputs.names, self.other.inputs.names
        made.inputs = {theirs[pair.unit]: mine[place] for place, pair in self.first.items()}
        columns = self.first
        count = len(self.one.layers)
        layers = zip(self.one.layers, self.other.layers, pairs, strict=True)
        for number, (here, there, units) in enumerate(layers, 1):
            for place in range(len(here)):
                slots = list(self._slots(here, there, place, units[place], columns))
                for slot, (ours, written) in enumerate(slots, 1):
                    last = slot == len(slots)
                    what = (
                        "the bias" if last else f"weight {slot}" if len(slots) > 2 else "the weight"
                    )
                    unit = f" of unit {place + 1}" if len(here) > 1 else ""
                    where = f"{what}{unit} of {layer_in_words(number, count)}"
                    self._bind(made, ours, written, where)
            columns = units
        return made

    def _bind(self, made: Matching, ours: Coefficient, written: Coefficient, where: str) -> None:
        if ours == written:
            return
        one, other = ours.number, written.number
        if not written or not ours or (one is not None and other is not None):
            if one is None or other is None or abs(one - other) > abs(one) * _CLOSE:
                made.wrong.append(_wrong(ours, written, where))
            return
        found = _unknown(written, self.known)
        if other is not None:
            self._special(made, ours, written, where)
        elif found is None:
            made.wrong.append(_wrong(ours, written, where))
        else:
            name, factor = found
            is_ = ours * factor.inverse()
            before = made.names.setdefault(name, is_)
            if before != is_:
                self._special(made, ours, before * factor, where)
            elif one is not None:
                made.special[name] = is_

    def _special(self, made: Matching, ours: Coefficient, wanted: Coefficient, where: str) -> None:
        """A name here that is another one there, or a number."""
        if ours.name is None:
            made.wrong.append(_wrong(ours, wanted, where))
            return
        before = made.special.setdefault(ours.name, wanted)
        if before != wanted:
            made.wrong.append(_wrong(ours, wanted, where))


def _both(
    slots: Iterator[tuple[Coefficient, Coefficient]],
) -> tuple[list[Coefficient], list[Coefficient]]:
    pairs = list(slots)
    return [one for one, _ in pairs], [other for _, other in pairs]


def _unknown(written: Coefficient, known: set[str]) -> tuple[str, Coefficient] | None:
    """The one name, of those that are not known, that a coefficient is a multiple of."""
    if not written.is_product:
        return None
    ((powers, number),) = written.terms.items()
    if len(powers) != 1 or powers[0][1] != 1 or powers[0][0] in known:
        return None
    if not powers[0][0].isidentifier():
        return None
    return powers[0][0], Coefficient.of(number)


def _wrong(ours: Coefficient, written: Coefficient, where: str) -> str:
    if not written:
        return f"{where} ({_said(ours)}) is missing"
    if not ours:
        return f"{where} is {_said(written)}, the network has none there"
    return f"{where} is {_said(written)}, in the network {_said(ours)}"


def _said(coefficient: Coefficient) -> str:
    number = coefficient.number
    return str(coefficient) if number is None else as_text(number)
