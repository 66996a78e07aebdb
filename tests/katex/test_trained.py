"""The groups of a trained network and of its cost are read by KaTeX and MathJax."""

from __future__ import annotations

import netsym
from netsym.notes.worked_cost import worked_cost
from tests.katex import mistakes
from tests.notes.test_trained import IRIS, STACKS, bodies, filled
from tests.notes.test_worked_cost import DATA, UNIT


def test_groups_of_a_trained_network() -> None:
    found = {
        f"{name}, {title}, {color}": body
        for name, network in {IRIS: netsym.load(IRIS), **{s: filled(s) for s in STACKS}}.items()
        for color in (True, False)
        for title, body in bodies(network, color=color).items()
    }
    assert mistakes(found, max_expand=10**6) == {}


def test_groups_of_a_cost() -> None:
    groups = worked_cost(UNIT, "bce", DATA, l2=0.1)
    assert mistakes({group.title: group.body for group in groups}) == {}
