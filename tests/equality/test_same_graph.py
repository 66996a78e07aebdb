"""Structure: what is seen at once of two expressions, against both in one graph."""

from __future__ import annotations

from netsym import parse
from netsym.equality.same_graph import same_graph, together
from netsym.equality.sides import Subject, aligned, subject
from tests.effort import many
from tests.equality.typed_pairs import pairs


def tried() -> list[tuple[Subject, Subject]]:
    """Typed formulas, and networks with their own forms, which have other heights or none."""
    given = [(pair.one, pair.other) for pair in pairs(18, many(20, 2))]
    for text in ("1-2-1:sigmoid", "2-3relu-2", "2-2tanh-2tanh-1"):
        network = parse(text)
        given += [(network, form) for form in (network.layered, network.inlined, network.shared)]
    sides = ((subject(one), other) for one, other in given)
    return [(one, aligned(one, subject(other, one))) for one, other in sides]


def test_heights_settle_nothing_that_the_graph_does_not() -> None:
    found = []
    for one, other in tried():
        _, (mine, theirs) = together([one, other])
        known = bool((mine[one.graph.ends] == theirs[other.graph.ends]).all())
        assert same_graph(one, other) is known
        found.append(known)
    assert {*found} == {True, False}


def test_instructions_are_at_least_so_many() -> None:
    for one, other in tried():
        for side in (one, other):
            line = side.straight_line
            computed = len(line.instructions) - len(line.numbers)
            assert 0 < side.least_length <= computed
