"""Plans: where the values of symbols come from, against a search node by node."""

from __future__ import annotations

import numpy as np
from hypothesis import given

from netsym.forms.form import Form
from netsym.graph.names import Names
from tests.effort import random_examples
from tests.networks import Case, cases


@random_examples(60)
@given(cases())
def test_symbols_are_inputs_or_names_or_not_needed(case: Case) -> None:
    network = case.network
    last = len(network.output_names)
    for form in (network.layered, network.inlined, network.inlined.output(last)):
        for number, block in form.plan.leaves.items():
            if isinstance(block.payload, Names):
                checked(form, number)


def checked(form: Form, number: int) -> None:
    plan = form.plan
    block, found = plan.leaves[number], plan.symbols(number)
    assert found is plan.symbols(number)
    names = [] if found.names is None else found.names.all()
    needed = []
    for row, node in enumerate(range(block.start, block.stop)):
        place = int(found.order[row])
        if node in plan.place:
            assert found.places[place] == plan.place[node]
        elif plan.wanted[number][row]:
            assert names[place - len(found.places)] == block.names.ascii(row)
            needed.append(block.names.ascii(row))
    assert names == needed
    assert len(np.unique(found.places)) == len(found.places)
