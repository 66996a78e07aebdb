"""Gradients: one reverse pass over the graph (back propagation), a block of nodes at a time.

Every output by every name is found in one pass; what a layer passes back, its δ, is one node that
all its derivatives use. Kinks follow the convention that `Function` states.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from netsym.errors import SpecError
from netsym.forms.form import Bindings, F, Form, inlined, layered, shared
from netsym.gradient.backward import Backward
from netsym.gradient.dependence import Dependence
from netsym.gradient.reverse import Reverse
from netsym.graph.graph import Graph, Ids
from netsym.graph.names import Derivatives, Names, first_words, free_letter
from netsym.graph.signed_nodes import Product, SignedNodes


def one_output(formula: F, output: int | str | None) -> F:
    """The formula of one output; raises `SpecError` where it is not said which of several."""
    if output is not None:
        formula = formula.output(output)
    if len(formula.outputs) > 1:
        names = [binding.name for binding in formula.outputs[:20]]
        raise SpecError(
            f"the gradient is of one output, and this has {len(formula.outputs)}: give "
            f"output={names[0]!r}, or another of {', '.join(names)}; jacobian is of all of them"
        )
    return formula


def jacobian(formula: F, wrt: str | Sequence[str], facts: Backward[F] | None = None) -> F:
    """See `Formula.jacobian`; `facts` are those of the formula, where they are known already."""
    refuse_once(formula)
    facts = facts or Backward(formula)
    picked = facts.parameters if wrt == "parameters" else facts.dependence(wrt)
    math = SignedNodes(facts.graph.branch())
    found = Reverse(math, facts.ends, picked, facts).run()
    ids = math.plain(found.reshape(-1))
    above, below = facts.above, picked.names
    names = Derivatives("d", None, found.shape, above=above, below=below)
    return in_form(facts.plain, math.graph, facts.plain.inputs, names, ids)


def hessian_vector(formula: F, wrt: str | Sequence[str]) -> F:
    """See `Formula.hessian_vector`."""
    slopes = jacobian(one_output(inlined(formula), None), wrt)
    names = slopes.outputs[0].names
    assert isinstance(names, Derivatives)
    graph = slopes.graph.branch()
    starts = {id(block.payload): block.start for block in graph.blocks if block.op == "symbol"}
    nodes = np.array([starts[id(n)] + row for n, row in names.below], dtype=np.int32)
    base = free_letter(first_words(graph.symbol_names()), "v")
    directions = graph.symbols(Names(base, None, (len(nodes),)))
    math = SignedNodes(graph)
    products = math.written(Product((math.read(slopes.ends), 1 + directions)))
    end = math.plain(math.sums(products[None, :]))
    found = Reverse(math, end, Dependence(graph, end, nodes, ())).run()
    inputs = np.concatenate([slopes.inputs, directions])
    made = Names(f"H{base}", None, (len(nodes),))
    return in_form(
        replace(slopes, form=formula.form), graph, inputs, made,
        math.plain(found.reshape(-1)),
    )  # fmt: skip


def in_form(formula: F, graph: Graph, inputs: Ids, names: Names, ids: Ids) -> F:
    """The outputs in the form of the formula that they were made of."""
    made = replace(
        formula,
        graph=graph,
        inputs=inputs,
        outputs=Bindings(names, ids),
        function="",
        form="inlined",
        cut=ids[:0],
        cut_names=None,
    )
    if formula.form == "inlined":
        return made
    return shared(made) if formula.form == "shared" else layered(made)


def refuse_once(formula: Form) -> None:
    """Raise `SpecError` for what is written once for all steps: it has no number of steps."""
    if formula.steps:
        raise SpecError(
            "what is written once for all steps has no derivative of its own: its steps are "
            "chained; take the layered form"
        )
