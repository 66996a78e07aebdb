"""Own names: a formula in letters of its own is read as the network that it would be in them.

What matching proposes is only tried: the judge says whether it is the network then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations, islice

from netsym.equality.sides import Subject, in_the_order_of, of_formula
from netsym.errors import SpecError, UnclearError
from netsym.forms.form import Form, symbols_of
from netsym.network.network import Network
from netsym.recognise.coefficients import Coefficient
from netsym.recognise.inputs import Inputs, by_likelihood, inputs_of, like_inputs, natural
from netsym.recognise.matching import Matching, matched, said
from netsym.recognise.recognised import Recognised, recognise
from netsym.recognise.renamed import renamed, renamed_text
from netsym.recognise.units import NoNetwork
from netsym.typed.parse import Parsed, parse_formula

#: Networks and formulas of more nodes are compared in the names that they have.
_LARGEST = 50_000
_MOST_CHOICES, _MOST_LIKELY = 40, 20  # of names that are inputs
_ENTRY = re.compile(r"([A-Za-z]+[0-9]+)((?:_[0-9]+)+)")


@dataclass(frozen=True)
class OwnNames:
    """A formula, which has names that the network has not, and what they would be in it.

    `side` is the formula in the names of the network, which may be one for several of its own;
    `other` the network where names of it are equal, or numbers, if the formula is a special case.
    """

    matching: Matching
    side: Subject
    other: Subject | None = None

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """The names of the formula with what they are in the network."""
        return tuple(self.matching.others().items())

    @property
    def only_where(self) -> tuple[tuple[str, str], ...]:
        """Where both are equal: what names of the formula have to be; and, if they are equal to
        `other`, of the network.
        """
        special = self.matching.special if self.other else {}
        wanted = special | self.matching.general
        return tuple((name, said(is_)) for name, is_ in wanted.items())


def in_own_names(
    one: Subject, text: str, strict: SpecError, inputs: Sequence[str] | None
) -> OwnNames:
    """A text that cannot be read in the names of a network, in names of its own.

    Raises what reading it in those names raised (`strict`), where no name is its own, or one is a
    misspelt name of the network, or where nothing can be matched; `UnclearError` where its names
    do not tell which are inputs.
    """
    network = one.network
    assert network is not None
    if not _is_small(network):
        raise strict
    parsed = parse_formula(text, latex_names=network.latex_names)
    side = in_the_order_of(one.outputs, of_formula(parsed.formula, "the formula", parsed))
    parsed = parsed._replace(formula=replace(parsed.formula, outputs=side.graph.outputs))
    strange = _strange(parsed.formula, network)
    if not strange:
        raise strict
    mine, theirs, matching = _matched(network, parsed.formula, inputs, strange, strict)
    if not network.parameter_names() and {*strange} - {*theirs.inputs.names}:
        raise strict
    return _renamed(mine, matching, parsed)


def _matched(
    network: Network, form: Form, given: Sequence[str] | None, strange: Sequence[str],
    strict: SpecError,
) -> tuple[Recognised, Recognised, Matching]:  # fmt: skip
    """Both in layers, and their names, for the choice of inputs that fits best."""
    known = {*network.parameter_names(), *network.input_names.all()}
    likely: list[tuple[Recognised, Recognised, Matching]] = []
    possible = likely.copy()
    choices = _choices(network, form, given, strange)
    for inputs in islice(chain(choices.likely, choices.possible), _MOST_CHOICES):
        pair = _both(network.layered, network.input_names.all(), form, inputs)
        if pair is None:
            continue
        matching = matched(*pair, known)
        if matching.is_renaming:
            return (*pair, matching)
        (likely if inputs in choices.likely else possible).append((*pair, matching))
    found = likely or possible
    if not found or choices.unclear is not None:
        raise choices.unclear or strict
    return min(found, key=lambda each: each[2].badness)


def _renamed(mine: Recognised, matching: Matching, parsed: Parsed) -> OwnNames:
    """The formula in the names of the network."""
    side = of_formula(parsed.formula, "the formula", parsed)
    if matching.names or matching.inputs:
        typed = renamed_text(parsed, _replacing(matching))
        side = of_formula(typed.formula, "the formula", typed)
    other = None
    if matching.special:
        form, _ = renamed(mine.form, matching.special)
        other = of_formula(form, "the network")
    return OwnNames(matching, side, other)


def _replacing(matching: Matching) -> dict[str, Coefficient]:
    """What replaces the names of a formula; one that was matched with nothing stays."""
    inputs = {name: Coefficient.letter(is_) for name, is_ in matching.inputs.items()}
    return inputs | matching.names


def _is_small(network: Network) -> bool:
    return network.count_nodes("layered") <= _LARGEST


def _both(
    form: Form, inputs: Sequence[str], other: Form, others: Inputs
) -> tuple[Recognised, Recognised] | None:
    """A network and a formula in layers: with linear layers as written, if then they are alike."""
    found = []
    for keeps_sums in (False, True):
        try:
            mine = recognise(form, inputs, keeps_sums=keeps_sums)
            theirs = recognise(other, others, keeps_sums=keeps_sums)
        except NoNetwork:
            continue
        found.append((mine, theirs))
    for mine, theirs in reversed(found):
        if [*map(len, mine.layers)] == [*map(len, theirs.layers)]:
            return mine, theirs
    return found[0] if found else None


def _strange(form: Form, network: Network) -> list[str]:
    """The names that the network has not; none, if one of them is a misspelt one."""
    known = {*network.parameter_names(), *network.input_names.all()}
    used = symbols_of(form)
    strange = [name for name in used if name not in known]
    missing = {name.lower() for name in known - {*used}}
    arrays = {_array(name) for name in known} - {""}
    misspelt = any(name.lower() in missing or _array(name) in arrays for name in strange)
    return [] if misspelt else strange


def _array(name: str) -> str:
    """The array that a name of the notation is an entry of: w1[,] of w1_2_3; else nothing."""
    found = _ENTRY.fullmatch(name)
    return f"{found[1]}[{',' * (found[2].count('_') - 1)}]" if found else ""


@dataclass(frozen=True)
class _Choices:
    """What the inputs of a formula may be; `possible` ones are if nothing but names differs then.

    `unclear` says that, but for the network, nobody could know.
    """

    likely: list[Inputs]
    possible: Iterable[Inputs] = ()
    unclear: UnclearError | None = None


def _choices(
    network: Network, form: Form, given: Sequence[str] | None, strange: Sequence[str]
) -> _Choices:
    """Those of the network that are used, and names that it has not in the places of the others."""
    mine, parameters, used = network.input_names.all(), network.parameter_names(), symbols_of(form)
    if given is not None:
        for name in {*given} & {*parameters}:
            raise SpecError(f"{name} is a parameter of the network, so it is no input")
        return _Choices([inputs_of(form, given)])
    known = [name for name in mine if name in used]
    if known:
        likely = [*_filled(known, like_inputs(strange), mine), Inputs(mine, "those of the network")]
        return _Choices(likely[-_MOST_LIKELY:], _filled(known, by_likelihood(strange), mine))
    if len(strange) == len(mine):
        return _Choices([Inputs(list(strange), "the names that the network has not")])
    names = by_likelihood(strange)
    try:
        found = inputs_of(form, None, parameters)
    except UnclearError as error:
        readings = (Inputs(each, "one reading") for each in error.readings)
        return _Choices([], chain(readings, _filled([], names, mine)), error)
    more = [name for name in names if name not in found.names]
    choices = (
        _filled([], found.names, mine), _filled(found.names, more, mine), _filled([], names, mine)
    )  # fmt: skip
    return _Choices([found], chain(*choices))


def _filled(known: list[str], others: Sequence[str], mine: Sequence[str]) -> Iterator[Inputs]:
    """The names that are known with as many others as the network has."""
    missing = len(mine) - len(known)
    for each in combinations(others, missing) if missing > 0 else ():
        yield Inputs(sorted([*known, *each], key=natural), "as many as the network has")


def up_to_names(one: Subject, other: Subject) -> OwnNames | None:
    """The names of the other side as those of this one, if nothing else differs; else None.

    A name that both have means itself.
    """
    are_shared = {*other.inputs.all()} <= {*one.inputs.all()} and {*other.names} <= {*one.names}
    if are_shared:  # so that none is left to be another
        return None
    sides = [_side_recognised(side) for side in (one, other)]
    mine, theirs = sides
    if mine is None or theirs is None:
        return None
    known = [name for name in one.names if name in other.names]
    matching = matched(mine, theirs, known)
    if not matching.is_renaming or not matching.others():
        return None
    names = _replacing(matching)
    if other.parsed is not None:
        typed = renamed_text(other.parsed, names)
        return OwnNames(matching, of_formula(typed.formula, other.words, typed))
    form, _ = renamed(theirs.form, names)
    return OwnNames(matching, of_formula(form, other.words))


def _side_recognised(side: Subject) -> Recognised | None:
    if side.network is not None and not _is_small(side.network):
        return None
    if len(side.graph.mask) > _LARGEST:
        return None
    try:
        return recognise(side.graph, Inputs(side.inputs.all(), "those of the side"))
    except SpecError:
        return None
