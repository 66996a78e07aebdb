"""Simplification: a network made simpler step by step, with what stays as it is and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.collapse.blocked import Blocked, blocked
from netsym.collapse.diagram import Diagram
from netsym.collapse.effort import Cost, network_cost
from netsym.collapse.factor import factoring
from netsym.collapse.facts import Facts
from netsym.collapse.rules import RULES, Found, Rule, Work
from netsym.errors import SpecError, check_real, checked_whole
from netsym.forms.values import reals
from netsym.network.counting import refuse_vast_network
from netsym.network.network import Network
from netsym.ops.parameters import Parameter
from netsym.ops.proved.balls import Balls, precision
from netsym.wording import plural
from netsym.writers.language import Watcher, no_watcher

_BITS = 256
_SIMPLIFIED = ", simplified"


@dataclass(frozen=True, eq=False)
class Step:
    """One use of a rule, with the network before and after it; their numbers are exact.

    `found` has the layers that were changed, in stages (see `diagram`), and says why it is right.
    """

    rule: Rule
    found: Found
    diagram: Diagram

    @property
    def pattern(self) -> str:
        """The rule, as `a -> b`."""
        return (self.rule.__doc__ or "").split("`")[1]

    @cached_property
    def before(self) -> Network:
        """The network before."""
        return self.diagram.network()

    @cached_property
    def after(self) -> Network:
        """The network after."""
        return self.found.after.network()

    @cached_property
    def cost(self) -> tuple[Cost, Cost]:
        """What the network costs, before and after."""
        return network_cost(self.before), network_cost(self.after)

    @cached_property
    def nodes(self) -> tuple[int, int]:
        """The nodes of the inlined formula, before and after."""
        return self.before.count_nodes("inlined"), self.after.count_nodes("inlined")

    def __str__(self) -> str:
        return f"{self.found.words} ({self.pattern})"


@dataclass(frozen=True, eq=False)
class Simplified:
    """A simplified network; `str` is the report.

    `network` is the result. `exact` is the same before its numbers were rounded. `steps` led to it
    from `original`; `blocked` are the places that stay as they are, `stopped` says that there were
    more steps.
    """

    original: Network
    network: Network
    exact: Network
    steps: tuple[Step, ...]
    blocked: tuple[Blocked, ...]
    stopped: bool = False

    @cached_property
    def is_rounded(self) -> bool:
        """Whether numbers of `exact` were rounded to float64, though that may have lost nothing."""
        sides = (_parameters(network) for network in (self.network, self.exact))
        return any(one is not other for one, other in zip(*sides, strict=True))

    @cached_property
    def cost(self) -> tuple[Cost, Cost]:
        """What the network costs, before and after."""
        return network_cost(self.original), network_cost(self.network)

    def bound(self, x: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Proved bounds on |original(x) - network(x)| in real numbers; shape (points, outputs).

        `x` has shape (points, inputs). What float64 rounds while evaluating comes on top. Raises
        `ValueMissingError` for named parameters, `SpecError` for what is no array of numbers.
        """
        try:
            points = reals(x)
        except (TypeError, ValueError) as error:
            raise SpecError(f"x must be an array of numbers, a point a row: {error}") from None
        with precision(_BITS):
            sides = []
            for network in (self.original, self.network):
                ops = Balls(bits=_BITS)
                y = network.read(ops, ops.points(points))
                sides.append(np.broadcast_to(y, (*points.shape[:-1], len(network.output_names))))
            gaps: Any = sides[0] - sides[1]
            bounds = np.array([float(abs(gap).upper()) for gap in gaps.reshape(-1).tolist()])
        above: npt.NDArray[np.float64] = np.nextafter(bounds, np.inf).reshape(gaps.shape)
        return above

    def __str__(self) -> str:
        from netsym.collapse.report import report

        return report(self)

    def __repr__(self) -> str:
        count = plural(len(self.steps), "step")
        return f"<{self.original.title} simplified in {count}: {self.network!r}>"


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
    if not isinstance(network, Network):
        raise SpecError(f"cannot simplify {type(network).__name__}; give a network")
    most = None if steps is None else checked_whole("steps", steps, 0)
    refuse_vast_network(network)
    work, rules = Work(Diagram.of(network), Facts(), force), RULES
    if factor is not False:
        rules += (factoring(_tolerance(factor)),)
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


def _parameters(network: Network) -> Iterator[Parameter]:
    return (p for placed in network.layers for p in placed.parameters.values())


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
