"""A simplified network: what was done and why, what was not and why, as a report and as data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from textwrap import indent
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.collapse.blocked import Blocked
from netsym.collapse.effort import Effort, network_effort
from netsym.collapse.rules import compose
from netsym.collapse.step import Step
from netsym.displayed import Displayed
from netsym.errors import SpecError
from netsym.forms.sizes import MAX_NODES, shown
from netsym.forms.values import reals
from netsym.network.network import Network
from netsym.ops.parameters import Parameter
from netsym.ops.proved.balls import Balls, precision
from netsym.wording import WIDTH, agreed, check_digits, plural, spelled, wrapped

_BITS = 256

#: So many steps, and so many places that stay as they are, are listed.
MOST_STEPS, MOST_BLOCKED = 20, 8
_MOST_WRITTEN = 2_000  # nodes of a formula that a report shows


@dataclass(frozen=True)
class Simplified(Displayed):
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
    def cost(self) -> tuple[Effort, Effort]:
        """What the network costs, before and after."""
        return network_effort(self.original), network_effort(self.network)

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
        return self.report()

    def __repr__(self) -> str:
        count = plural(len(self.steps), "step")
        return f"<{self.original.title} simplified in {count}: {self.network!r}>"

    def report(self, width: int = WIDTH, ascii: bool = False, digits: int | None = None) -> str:
        """What was done and why, what was not and why, and the formula; lines of at most `width`.

        `digits` rounds the numbers of the formula.
        """
        check_digits(digits)
        arrow = spelled("⇒", ascii)
        parts = [wrapped(self.summary(arrow), width)]
        for number, step in enumerate(self.steps[:MOST_STEPS], 1):
            parts.append("\n".join(_step_lines(number, step, width, arrow)))
        if len(self.steps) > MOST_STEPS:
            parts.append(f"… and {plural(len(self.steps) - MOST_STEPS, 'more step')}")
        parts += _not_done(self, width)
        size = self.network.count_nodes("inlined")
        if size <= _MOST_WRITTEN:
            parts.append(self.network.inlined.text(ascii=ascii, width=width, digits=digits))
        else:
            parts.append(
                wrapped(
                    f"the inlined formula has {shown(size)} nodes, more than the {_MOST_WRITTEN:,} "
                    "that a report shows" + ("; --to text writes it" if size <= MAX_NODES else ""),
                    width,
                )
            )
        return spelled("\n\n".join(parts), ascii)

    def summary(self, arrow: str = "⇒") -> str:
        """The result in a line."""
        before, after = self.cost
        if not self.steps:
            what = "no step was taken" if self.stopped else "nothing to collapse"
            return f"{self.original.title}: {what}"
        count = plural(len(self.steps), "step")
        tied = "; a name counts in each of its places" if self.original.repeated_names() else ""
        return f"{self.original.title}: {count}, {_costs(before, after, arrow)}{tied}"

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`; only the first places that stay as they are have witnesses."""
        before, after = self.cost
        return {
            "schema": 1,
            "network": self.original.title,
            "steps": [
                {
                    "rule": step.pattern,
                    "layers": _numbers(step.found.layers),
                    "words": step.found.words,
                    "because": step.found.because,
                    "parameters": [cost.parameters for cost in step.cost],
                    "operations": [cost.operations for cost in step.cost],
                    "nodes": list(step.nodes),
                }
                for step in self.steps
            ],
            "stopped": self.stopped,
            "blocked": [
                {
                    "layers": list(place.layers),
                    "because": place.because,
                    "witness": None if place.witness is None else place.witness.to_json(),
                }
                for place in self.blocked[:MOST_BLOCKED]
            ],
            "more_blocked": max(0, len(self.blocked) - MOST_BLOCKED),
            "parameters": [before.parameters, after.parameters],
            "operations": [before.operations, after.operations],
        }


def _parameters(network: Network) -> Iterator[Parameter]:
    return (p for placed in network.layers for p in placed.parameters.values())


def _costs(before: Effort, after: Effort, arrow: str) -> str:
    return (
        f"parameters {before.parameters:,} {arrow} {after.parameters:,}, "
        f"operations {before.operations:,} {arrow} {after.operations:,}"
    )


def _step_lines(number: int, step: Step, width: int, arrow: str) -> Iterator[str]:
    nodes = f" {arrow} ".join(map(shown, step.nodes))
    yield wrapped(f"step {number}: {step.found.words}", width)
    for line in (
        f"{step.pattern.replace('->', arrow)}{_times(step)}",
        f"because {step.found.because}",
        f"{_costs(*step.cost, arrow)}, nodes of the inlined formula {nodes}",
    ):
        yield indent(wrapped(line, max(width - 2, 1)), "  ")


def _times(step: Step) -> str:
    """How often a rule for two layers is used where there are more of them."""
    times = len({placed.number for placed in step.found.layers}) - 1
    return f"  ({times} times)" if times > 1 and step.rule is compose else ""


def _not_done(result: Simplified, width: int) -> list[str]:
    lines = []
    if result.stopped:
        lines.append("stopped here, as was asked; more steps are possible")
    if result.blocked:
        if result.steps:
            lines.append("what stays as it is:")
        lines += [place.report(width) for place in result.blocked[:MOST_BLOCKED]]
        if len(result.blocked) > MOST_BLOCKED:
            lines.append(
                f"- and {plural(len(result.blocked) - MOST_BLOCKED, 'more place')} like these"
            )
    elif not result.steps and not result.stopped:
        lines.append("- no two affine layers on vectors stand one after another")
    arrays = [placed.number for placed in result.network.layers if not placed.on_vectors]
    if arrays:
        which = agreed(len(arrays), f"layer {arrays[0]} works", f"{len(arrays):,} layers work")
        kept = (
            f"- {which} on arrays of several axes: there, only what acts on each channel alone "
            "collapses, into a convolution beside it"
        )
        lines.append(wrapped(kept, width))
    return ["\n".join(lines)] if lines else []


def _numbers(layers: Iterable[Any]) -> list[int]:
    return sorted({placed.number for placed in layers})
