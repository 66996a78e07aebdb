"""Simplification: a network made simpler step by step, with what stays as it is and why."""

from __future__ import annotations

from dataclasses import replace

from netsym.collapse.blocked import blocked
from netsym.collapse.channels import absorb_after, absorb_before
from netsym.collapse.diagram import Diagram
from netsym.collapse.factor import factor as factor_rule
from netsym.collapse.facts import Facts
from netsym.collapse.rules import (
    Rule,
    Work,
    compose,
    drop_identity,
    drop_unused,
    fold_constants,
    join,
    merge_equal,
)
from netsym.collapse.simplified import Simplified
from netsym.collapse.step import Step
from netsym.errors import SpecError, check_real, checked_whole
from netsym.network.counting import refuse_vast_network
from netsym.network.network import Network
from netsym.watching import Watcher, no_watcher

_SIMPLIFIED = ", simplified"

#: In this order, the first that applies; a positive rescaling of relu saves nothing and is no rule.
RULES: tuple[Rule, ...] = (
    drop_identity, drop_unused, merge_equal, fold_constants, absorb_after, absorb_before, compose,
    join,
)  # fmt: skip


def simplify(
    network: Network,
    *,
    steps: int | None = None,
    force: bool = False,
    exact: bool = False,
    factor: bool | float = False,
    progress: Watcher = no_watcher,
) -> Simplified:
    """Collapse what is linear, step by step, and say why the rest stays as it is.

    `steps` stops after so many; `force` takes steps that make the network larger. Numbers are
    collapsed exactly, and those that come from float64 are then rounded to it, once; with `exact`
    they stay exact fractions. Rounding may make two units equal that were not; only then does
    simplifying the result find more to do. `factor` splits dense layers of low rank in two where
    that makes the network smaller (with `force`, in any case): True by their exact rank, a number
    by their numerical rank, with this tolerance relative to the largest singular value.
    `progress(what, done, total)` is told on the way. Raises `SpecError` for what is not a network,
    a negative number of steps, or a tolerance that is not from 0 to 1.

    >>> import netsym
    >>> print(netsym.simplify(netsym.parse("1-2-1")).network.inlined.text(ascii=True))
    y = (w2_1_1*w1_1_1 + w2_1_2*w1_2_1)*x + (w2_1_1*b1_1 + w2_1_2*b1_2 + b2_1)
    """
    most = None if steps is None else checked_whole("steps", steps, 0)
    refuse_vast_network(network)
    work, rules = Work(Diagram.of(network), Facts(), force, _tolerance(factor)), RULES
    if factor is not False:
        rules += (factor_rule,)
    taken: list[Step] = []
    step = _step(work, rules)
    while step is not None and (most is None or len(taken) < most):
        taken.append(step)
        progress("collapsing", len(work.diagram.layers), 0)
        work = replace(work, diagram=step.found.after)
        if force and step.rule not in RULES:  # by force the others would undo it
            rules = (step.rule,)
        step = _step(work, rules)
    diagram = work.diagram
    return Simplified(
        network,
        _entitled(diagram.network(exact)) if taken else network,
        _entitled(diagram.network()) if taken else network,
        tuple(taken),
        tuple(blocked(work)),
        step is not None,
    )


def _entitled(network: Network) -> Network:
    title = network.title.removesuffix(_SIMPLIFIED)
    return replace(network, title=f"{title}{_SIMPLIFIED}")


def _tolerance(factor: float) -> float:
    if isinstance(factor, bool):
        return 0.0
    check_real("factor", factor)
    if not 0 <= factor < 1:
        raise SpecError(
            f"the tolerance of factor is {factor:g}; give a share of the largest singular value, "
            "from 0 to 1, such as 1e-9, or none for the exact rank"
        )
    return float(factor)


def _step(work: Work, rules: tuple[Rule, ...]) -> Step | None:
    for rule in rules:
        found = rule(work)
        if found is not None:
            return Step(rule, found, work.diagram)
    return None
