"""The report of a simplification, as text and as data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import indent
from typing import TYPE_CHECKING, Any

from netsym.collapse.effort import Cost
from netsym.collapse.rules import compose
from netsym.collapse.words import wrapped
from netsym.forms.sizes import shown
from netsym.wording import agreed, plural

if TYPE_CHECKING:
    from netsym.collapse.simplification import Simplified, Step

#: So many steps, and so many places that stay as they are, are listed.
MOST_STEPS, MOST_BLOCKED = 20, 8
_MOST_WRITTEN = 2_000  # nodes of a formula that a report shows


def report(
    result: Simplified, width: int = 80, ascii: bool = False, digits: int | None = None
) -> str:
    """What was done and why, what was not and why, and the formula; lines of at most `width`.

    `digits` rounds the numbers of the formula.
    """
    arrow = "=>" if ascii else "⇒"
    parts = [wrapped(summary(result, arrow), width)]
    for number, step in enumerate(result.steps[:MOST_STEPS], 1):
        parts.append("\n".join(_step_lines(number, step, width, arrow)))
    if len(result.steps) > MOST_STEPS:
        parts.append(f"… and {plural(len(result.steps) - MOST_STEPS, 'more step')}")
    parts += _not_done(result, width)
    size = result.network.count_nodes("inlined")
    if size <= _MOST_WRITTEN:
        parts.append(result.network.inlined.text(ascii=ascii, width=width, digits=digits))
    else:
        parts.append(
            wrapped(
                f"the inlined formula has {shown(size)} nodes, more than the {_MOST_WRITTEN:,} "
                "that a report shows; --to text writes it",
                width,
            )
        )
    text = "\n\n".join(parts)
    return text.replace("…", "...") if ascii else text


def summary(result: Simplified, arrow: str = "⇒") -> str:
    """The result in a line."""
    before, after = result.cost
    if not result.steps:
        what = "no step was taken" if result.stopped else "nothing to collapse"
        return f"{result.original.title}: {what}"
    count = plural(len(result.steps), "step")
    return f"{result.original.title}: {count}, {_costs(before, after, arrow)}"


def _costs(before: Cost, after: Cost, arrow: str) -> str:
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
    arrays = [placed.number for placed in result.original.layers if not placed.on_vectors]
    if arrays:
        which = agreed(len(arrays), f"layer {arrays[0]} works", f"{len(arrays):,} layers work")
        kept = f"- {which} on arrays of several axes: collapsing is for vectors, so they are kept"
        lines.append(wrapped(kept, width))
    return ["\n".join(lines)] if lines else []


# -- data ---------------------------------------------------------------------------------------
def to_json(result: Simplified) -> dict[str, Any]:
    """The data, for `--json`; only the first places that stay as they are have witnesses."""
    before, after = result.cost
    return {
        "schema": 1,
        "network": result.original.title,
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
            for step in result.steps
        ],
        "stopped": result.stopped,
        "blocked": [
            {
                "layers": list(place.layers),
                "because": place.because,
                "witness": None if place.witness is None else place.witness.to_json(),
            }
            for place in result.blocked[:MOST_BLOCKED]
        ],
        "more_blocked": max(0, len(result.blocked) - MOST_BLOCKED),
        "parameters": [before.parameters, after.parameters],
        "operations": [before.operations, after.operations],
    }


def _numbers(layers: Iterable[Any]) -> list[int]:
    return sorted({placed.number for placed in layers})
