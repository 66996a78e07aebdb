"""Notations: how sources number layers and units in LaTeX."""

from __future__ import annotations

from dataclasses import dataclass

from netsym.errors import SpecError, did_you_mean


@dataclass(frozen=True, slots=True)
class Notation:
    """How a source writes the number of a layer, and from where it counts.

    `bracket` goes round the number. The input is layer `values`: activations of the first layer
    are numbered 1 + `values`, its weights 1 + `parameters`. Letters do not write what is in
    `dropped`: the number of the layer, or one of the indices, by its place.
    """

    bracket: str
    parameters: int
    values: int
    dropped: frozenset[tuple[str, str | int]] = frozenset()


#: ng: Ng's Deep Learning course, w^{[1]}, a^{[1]}. cs229: Ng's notes where the input is layer 1,
#: so W^{(1)} leads to a^{(2)}. nielsen: Neural Networks and Deep Learning, w^{2}, a^{2}.
NOTATIONS = {
    "ng": Notation("[{}]", 0, 0),
    "cs229": Notation("({})", 0, 1),
    "nielsen": Notation("{}", 1, 1),
}


def named_notation(name: str) -> Notation:
    """The notation of this name; raises `SpecError` if there is none."""
    if name not in NOTATIONS:
        raise SpecError(f"unknown notation {name!r}; {did_you_mean(name, NOTATIONS)}")
    return NOTATIONS[name]
