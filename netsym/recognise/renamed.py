"""A formula with other names in the places of its own: names, multiples of them, or numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from netsym.forms.form import Form
from netsym.graph.copying import copied, kept_names, place_symbols
from netsym.graph.functions import FUNCTIONS
from netsym.graph.graph import Block, Graph, Ids, Positions
from netsym.recognise.coefficients import Coefficient
from netsym.typed.parse import Parsed, parse_formula


def renamed(form: Form, names: Mapping[str, Coefficient]) -> tuple[Form, Ids]:
    """The formula with some of its symbols replaced, and where each of its nodes is in it.

    What replaces a name is a number, one that is written as pi, or a number times one name.
    """
    graph, known = Graph(), dict[str, int]()

    def symbols(block: Block, rows: Positions) -> Ids:
        made = [_node(graph, known, block.names.ascii(row), names) for row in rows.tolist()]
        return np.array(made, dtype=np.int32)

    whole = form.mask | form.graph.reachable(form.inputs)
    moved = copied(form.graph, whole, graph, symbols, names=kept_names(graph))
    outputs = tuple(replace(each, node=int(moved[each.node])) for each in form.outputs)
    return replace(form, graph=graph, inputs=moved[form.inputs], outputs=outputs), moved


def renamed_text(parsed: Parsed, names: Mapping[str, Coefficient]) -> Parsed:
    """The same of what was typed: the text stays, and every node is where it was in it."""
    form, moved = renamed(parsed.formula, names)
    spans = {int(moved[node]): span for node, span in parsed.spans.items() if moved[node] >= 0}
    digits = {int(moved[node]): half for node, half in parsed.digits.items() if moved[node] >= 0}
    return parsed._replace(formula=form, spans=spans, digits=digits)


def _node(graph: Graph, known: dict[str, int], name: str, names: Mapping[str, Coefficient]) -> int:
    is_ = names.get(name)
    if is_ is None:
        return int(place_symbols([name], known, graph)[0])
    if is_.number is not None:
        return graph.number_id(is_.number)
    letter = is_.one_letter
    if not letter.isidentifier() or letter in FUNCTIONS:
        return _constant(graph, str(is_))
    (node,) = place_symbols([letter], known, graph).tolist()
    number = is_.terms[((letter, 1),)]
    if number == 1:
        return int(node)
    if number == -1:
        return int(graph.rows("negate", np.array([[node]], dtype=np.int32))[0])
    factors = np.array([[graph.number_id(number), node]], dtype=np.int32)
    return int(graph.rows("multiply", factors)[0])


def _constant(graph: Graph, text: str) -> int:
    """A number that is written as pi, exp(1) or the like."""
    form = parse_formula(text).formula
    return int(copied(form.graph, form.mask, graph)[form.ends[0]])
