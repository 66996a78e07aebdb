"""Own names: a formula in letters of its own is read as the network that it would be in them.

What matching proposes is only tried: the judge says whether it is the network then.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from netsym.equality.sides import Subject, in_the_order_of, of_formula, symbols_of
from netsym.errors import SpecError
from netsym.forms.form import Form
from netsym.network.network import Network
from netsym.recognise.coefficients import Coefficient
from netsym.recognise.inputs import Inputs, inputs_of
from netsym.recognise.matching import Matching, matched
from netsym.recognise.recognised import Recognised, recognise
from netsym.recognise.renamed import renamed, renamed_text
from netsym.recognise.units import NoNetwork
from netsym.typed.parse import Parsed, parse_formula
from netsym.wording import few, joined

#: Networks and formulas of more nodes are compared in the names that they have.
_LARGEST = 50_000
_ENTRY = re.compile(r"([A-Za-z]+[0-9]+)((?:_[0-9]+)+)")


@dataclass(frozen=True)
class OwnNames:
    """A formula, which has names that the network has not, and what they would be in it.

    `side` is the formula in the names of the network, `other` the network where names of it are
    equal, or numbers, if the formula is a special case of it.
    """

    matching: Matching
    side: Subject
    other: Subject | None = None

    @property
    def said(self) -> str:
        """The names, as equations; empty where there are none."""
        return few(self.matching.said(), 12)

    @property
    def only_where(self) -> str:
        """What must be equal in the network for a special case."""
        return joined([f"{name} = {is_}" for name, is_ in self.matching.special.items()])


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
    try:
        parsed = parse_formula(text, latex_names=network.latex_names)
    except SpecError:
        raise strict from None
    side = in_the_order_of(one.outputs, of_formula(parsed.formula, "the formula", parsed))
    parsed = replace(parsed, formula=replace(parsed.formula, outputs=side.graph.outputs))
    strange = _strange(parsed.formula, network)
    if not strange:
        raise strict
    known_inputs = _inputs(parsed.formula, network, inputs, strange)
    found = _both(network.layered, network.input_names.all(), parsed.formula, known_inputs)
    if found is None:
        raise strict
    mine, theirs = found
    if not network.parameter_names() and {*strange} - {*theirs.inputs.names}:
        raise strict
    return _matched(mine, theirs, parsed, network)


def _matched(mine: Recognised, theirs: Recognised, parsed: Parsed, network: Network) -> OwnNames:
    known = [*network.parameter_names(), *network.input_names.all()]
    matching = matched(mine, theirs, known)
    names = _replacing(matching)
    side = of_formula(parsed.formula, "the formula", parsed)
    if matching.names or matching.inputs:
        typed = renamed_text(parsed, names)
        side = of_formula(typed.formula, "the formula", typed)
    other = None
    if matching.special:
        form, _ = renamed(network.layered, matching.special)
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


def _inputs(
    form: Form, network: Network, given: Sequence[str] | None, strange: Sequence[str]
) -> Inputs:
    """Those of the network, where one of them is used; else those that the names tell."""
    mine = network.input_names.all()
    used = {*symbols_of(form)}
    if given is None and used & {*mine}:
        return Inputs(mine, "those of the network")
    if given is None and len(strange) == len(mine):
        return Inputs(list(strange), "the names that the network has not")
    return inputs_of(form, given)


def up_to_names(one: Subject, other: Subject) -> OwnNames | None:
    """The names of the other side as those of this one, if nothing else differs; else None.

    A name that both have means itself.
    """
    sides = [_side_recognised(side) for side in (one, other)]
    mine, theirs = sides
    if mine is None or theirs is None:
        return None
    known = [name for name in one.names if name in other.names]
    matching = matched(mine, theirs, known)
    if not matching.is_renaming or not matching.said():
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
