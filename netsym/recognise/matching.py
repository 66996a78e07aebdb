"""Two networks up to names: which name of one is which of the other, or how they differ.

Layer by layer units are paired; one may be written with the other sign (tanh is odd) or scaled
(relu is homogeneous). What is found is a proposal: that both are the same function is proved by
the judge.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice, permutations, product

from netsym.forms.form import symbols_of
from netsym.graph.functions import FUNCTIONS, LINEAR
from netsym.recognise.coefficients import ZERO, Coefficient, as_text
from netsym.recognise.layers import Layer
from netsym.recognise.recognised import Recognised
from netsym.wording import joined, plural

_MOST_UNITS = 64  # of a layer, whose units may be in another order
_MOST_ORDERS = 4  # inputs that may be in another order
_MOST_STARTS = 100  # orders of inputs, and of the units that read them
_HOMOGENEOUS = ("relu", "leaky_relu")
_ROUNDS = 3
_APART, _UNLIKE, _NEAR = 1.0, 0.4, 0.2  # costs of what does not fit, fits if it is special, is near
_CLOSE = Fraction(1, 50)
_NAME = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class _Pair:
    """A unit of the other network for one of this, whose operand is `into` times the one here, and
    whose value is `out` times.
    """

    unit: int
    into: Fraction = Fraction(1)
    out: Fraction = Fraction(1)


_Row = Mapping[int, Coefficient]
_Units = Sequence[tuple[int, bool]]  # for each unit the one there, and whether it is turned


@dataclass
class Matching:
    """What names of the other network stand for in this one.

    `inputs` and `names` have the other's names with what they are here; `differences` say how the
    layers differ, and then nothing else is known. The other is a `special` case where names here
    are equal, or numbers, and this one is one of it where names there have to be, which are in
    `general`. `wrong` slots fit no names.
    """

    inputs: dict[str, str] = field(default_factory=dict)
    names: dict[str, Coefficient] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    special: dict[str, Coefficient] = field(default_factory=dict)
    general: dict[str, Coefficient] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    @property
    def is_renaming(self) -> bool:
        """Whether names differ, one for one, and nothing else."""
        return not (self.differences or self.special or self.general or self.wrong)

    def others(self) -> dict[str, str]:
        """The names of the other that are not the same here, with what they are."""
        found = self.inputs | {name: said(is_) for name, is_ in self.names.items()}
        return {name: is_ for name, is_ in found.items() if name != is_}

    @property
    def badness(self) -> tuple[int, int, int]:
        """How far it is from a renaming, for two to be compared."""
        return len(self.differences), len(self.wrong), len(self.special) + len(self.general)


def matched(one: Recognised, other: Recognised, known: Collection[str]) -> Matching:
    """The names of the other for those of one; those `known` mean themselves."""
    differences = list(_differences(one, other))
    if not _alike_in_size(one, other):
        return Matching(differences=differences)
    best: Matching | None = None
    for order, units in islice(_starts(one, other), _MOST_STARTS):
        found = _Matcher(one, other, order, units, known).found()
        if best is None or found.badness < best.badness:
            best = found
        if found.is_renaming:
            break
    assert best is not None
    best.differences = differences
    return best


def _starts(one: Recognised, other: Recognised) -> Iterator[tuple[Sequence[int], _Units | None]]:
    """For each input here the one there; then also for each unit of the first hidden layer, and
    whether that has the other sign.
    """
    yield from ((order, None) for order in _orders(one, other))
    count = len(one.layers[0])
    if len(one.layers) > 1 and 1 < count <= _MOST_ORDERS:
        signs = product((False, True), repeat=count)
        for order, turned, units in product(_orders(one, other), signs, permutations(range(count))):
            yield order, list(zip(units, turned, strict=True))


def _orders(one: Recognised, other: Recognised) -> Iterator[tuple[int, ...]]:
    """For each input here the one there: by name, where both have it; the others in any order."""
    mine, theirs = one.inputs.names, other.inputs.names
    own = [place for place, name in enumerate(theirs) if name not in mine]
    orders = permutations(own) if len(own) <= _MOST_ORDERS else [own]
    for order in orders:
        left = iter(order)
        yield tuple(theirs.index(name) if name in theirs else next(left) for name in mine)


# -- layers ---------------------------------------------------------------------------------------
def _alike_in_size(one: Recognised, other: Recognised) -> bool:
    return (
        len(one.inputs.names) == len(other.inputs.names)
        and [*map(len, one.layers)] == [*map(len, other.layers)]
        and [len(layer.kept) for layer in one.layers] == [len(layer.kept) for layer in other.layers]
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
        elif len(here.kept) != len(there.kept):
            verb = "passes" if len(there.kept) == 1 else "pass"
            has = f"{plural(len(there.kept), 'value')} {verb} {where} by"
            yield f"{has}, in the network {len(here.kept)}"
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
        self, one: Recognised, other: Recognised, order: Sequence[int],
        units: _Units | None, known: Collection[str],
    ) -> None:  # fmt: skip
        self.one = one
        self.layers = list(zip(one.layers, other.layers, strict=True))
        self.other = other
        mine, theirs = symbols_of(one.form), symbols_of(other.form)
        self.all = mine.keys() | theirs.keys()
        self.unknown = theirs.keys() - {*known}
        self.meant = theirs.keys() & {*known}
        self.first = {place: _Pair(there) for place, there in enumerate(order)}
        self.units = units
        self.pairs: list[dict[int, _Pair]] = []
        self.bound: dict[str, Coefficient] = {}

    def found(self) -> Matching:
        """What fits best; names that were bound help to pair the units again."""
        for _ in range(_ROUNDS):
            self.pairs = self._paired()
            made = self._named(self.pairs)
            if made.is_renaming or made.names == self.bound:
                break
            self.bound = made.names
        return made

    def _paired(self) -> list[dict[int, _Pair]]:
        """For every layer, its unit by unit."""
        columns, found = self.first, []
        for number in range(len(self.layers)):
            columns = self._of_layer(number, columns)
            found.append(columns)
        return found

    def _of_layer(self, number: int, columns: dict[int, _Pair]) -> dict[int, _Pair]:
        """Its units paired by what costs least, and what is passed on behind them."""
        here, there = self.layers[number]
        read_by, options = self._read_by(number + 1), []
        for mine in range(len(here)):
            for theirs in self._candidates(number, mine):
                cost, pair = self._best(number, mine, theirs, columns, read_by)
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

    def _is_fixed(self, number: int) -> bool:
        """Whether the units of a layer have an order, and stand as they are."""
        return number == len(self.layers) - 1 or self.layers[number][0].skip

    def _candidates(self, number: int, mine: int) -> Sequence[int]:
        """The units there that one here may be."""
        here, _ = self.layers[number]
        if self._is_fixed(number) or len(here) > _MOST_UNITS:
            return [mine]
        return range(len(here)) if number or self.units is None else [self.units[mine][0]]

    def _read_by(self, number: int) -> list[tuple[_Row, _Row, Fraction]]:
        """The weights of a layer, unit by unit as they are paired, if that is known."""
        if number == len(self.layers):
            return []
        here, there = self.layers[number]
        known = {place: _Pair(place) for place in range(len(here))}
        if not self._is_fixed(number):
            known = self.pairs[number] if self.pairs else {}
        return [
            (here.weights[place], there.weights[pair.unit], pair.into)
            for place, pair in known.items()
            if place < len(here)
        ]

    def _best(
        self, number: int, mine: int, theirs: int, columns: dict[int, _Pair],
        read_by: list[tuple[_Row, _Row, Fraction]],
    ) -> tuple[float, _Pair]:  # fmt: skip
        """The cost of a pair, with the sign or scale that makes it least."""
        here, there = self.layers[number]

        def slots(pair: _Pair) -> Iterator[tuple[Coefficient, Coefficient]]:
            yield from self._slots(here, there, mine, pair, columns)
            for ours, written, into in read_by:
                after = written.get(theirs, ZERO) * Coefficient.of(pair.out / into)
                yield ours.get(mine, ZERO), after

        pairs = [_Pair(theirs)]
        if not self._is_fixed(number):
            before = len(columns) + 1
            pairs += _scaled(here.activations[mine][0], theirs, [*slots(pairs[0])], before)
            if self.units is not None and not number:
                turned = self.units[mine][1]
                pairs = [pair for pair in pairs if (pair.into < 0) == turned] or pairs
        costs = [
            (sum(self._cost(*slot) for slot in slots(pair)), place)
            for place, pair in enumerate(pairs)
        ]
        cost, place = min(costs)
        apart = 100.0 if here.activations[mine] != there.activations[theirs] else 0.0
        return cost + apart + (0.05 if place else 0.0), pairs[place]

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
        name = self._unknown(written)
        if name is None:
            return _APART
        bound = self.bound.get(name[0])
        if bound is None:
            return _UNLIKE if ours.one_letter in self.meant else 0.0
        return 0.0 if bound == ours * name[1].inverse() else _UNLIKE

    # -- names
    def _named(self, pairs: Sequence[dict[int, _Pair]]) -> Matching:
        made = Matching()
        mine, theirs = self.one.inputs.names, self.other.inputs.names
        made.inputs = {theirs[pair.unit]: mine[place] for place, pair in self.first.items()}
        columns = self.first
        count = len(self.layers)
        for number, ((here, there), units) in enumerate(zip(self.layers, pairs, strict=True), 1):
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
            if len(units) < len(here) + len(here.kept):
                passed = layer_in_words(number, count)
                made.wrong.append(f"other values pass {passed} by than in the network")
            columns = units
        made.general = self._general(made.names)
        return made

    def _bind(self, made: Matching, ours: Coefficient, written: Coefficient, where: str) -> None:
        if ours == written:
            return
        one, other = ours.number, written.number
        if not written or not ours or (one is not None and other is not None):
            if one is None or other is None or abs(one - other) > abs(one) * _CLOSE:
                made.wrong.append(_wrong(ours, written, where))
            return
        found = self._unknown(written)
        if self._is_constant(written):
            self._special(made, ours, written, where)
        elif found is None or not (self._is_constant(ours) or ours.one_letter in self.all):
            made.wrong.append(_wrong(ours, written, where))
        else:
            name, factor = found
            before = made.names.setdefault(name, ours * factor.inverse())
            if before * factor != ours:
                self._special(made, ours, before * factor, where)

    def _special(self, made: Matching, ours: Coefficient, wanted: Coefficient, where: str) -> None:
        """A name here that is another one there, or a number."""
        if ours.name not in self.all:
            made.wrong.append(_wrong(ours, wanted, where))
            return
        before = made.special.setdefault(ours.name, wanted)
        if before != wanted:
            made.wrong.append(_wrong(ours, wanted, where))

    def _general(self, names: Mapping[str, Coefficient]) -> dict[str, Coefficient]:
        """Names there that are one name here, or numbers: what they have to be."""
        found = {}
        first = {name: Coefficient.letter(name) for name in self.meant}
        for name, is_ in names.items():
            letter = is_.one_letter
            if letter not in self.all:
                found[name] = is_
            elif letter in first:
                found[name] = first[letter] * is_ * Coefficient.letter(letter).inverse()
            else:
                times = is_ * Coefficient.letter(letter).inverse()
                first[letter] = Coefficient.letter(name) * times.inverse()
        return found

    def _unknown(self, written: Coefficient) -> tuple[str, Coefficient] | None:
        """The one name, of those that are not known, that a coefficient is a multiple of."""
        name = written.one_letter
        if name not in self.unknown:
            return None
        return name, written * Coefficient.letter(name).inverse()

    def _is_constant(self, coefficient: Coefficient) -> bool:
        """Whether it is a number, which may be written as pi or exp(1)."""
        return not any(self.all & {*_NAME.findall(letter)} for letter in coefficient.letters())


def _scaled(
    name: str, unit: int, slots: Sequence[tuple[Coefficient, Coefficient]], before: int
) -> Iterator[_Pair]:
    """A unit with the other sign, or scaled so that a number is the one here; of the slots so many
    stand before it, the others behind.
    """
    parity = FUNCTIONS[name].parity
    if parity and name != LINEAR:
        yield _Pair(unit, Fraction(-1), Fraction(parity))
    if name in _HOMOGENEOUS:
        for place, (ours, written) in enumerate(slots):
            one, other = ours.number, written.number
            if one and other and other / one > 0 and one != other:
                scale = other / one if place < before else one / other
                yield _Pair(unit, scale, scale)
                return


def _wrong(ours: Coefficient, written: Coefficient, where: str) -> str:
    if not written:
        return f"{where} ({said(ours)}) is missing"
    if not ours:
        return f"{where} is {said(written)}, the network has none there"
    return f"{where} is {said(written)}, in the network {said(ours)}"


def said(coefficient: Coefficient) -> str:
    """A coefficient in words: a number as it is typed, letters as a formula."""
    number = coefficient.number
    return str(coefficient) if number is None else as_text(number)
