"""The cell of a simplification: the verdict, what it saves, and every step before and after."""

from __future__ import annotations

from collections.abc import Iterator

from netsym.array_formula import ArrayFormula
from netsym.collapse.derivation import collapsed, derivation
from netsym.collapse.simplified import Simplified
from netsym.collapse.step import Step
from netsym.equality.comparison import compare
from netsym.notes.cells.comparison import KINDS
from netsym.notes.cells.formula import equations
from netsym.notes.cells.fragments import (
    Cell,
    Fragment,
    aside,
    code,
    details,
    first_lines,
    line,
    sentence,
    strong,
    table,
    text,
    verbatim,
    verdict,
)
from netsym.wording import plural

_MOST_COMPARED = 500  # nodes of the layered form of a network that is compared while one waits
_MOST_STEPS, _MOST_STAYING, _MOST_FOLDED = 5, 3, 60
_MOST_NESTED = 4  # layers that are written in one another
_LONGEST = 1_500  # characters of a derivation on paper


def cell(result: Simplified) -> Cell:
    """What a notebook shows of a simplified network."""
    lines = first_lines(result.report())
    return Cell("\n".join(lines), tuple(_fragments(result)))


def _fragments(result: Simplified) -> Iterator[Fragment]:
    yield line(*_headline(result))
    rows, derived = [row for step in _steps(result) for row in step], _derived(result)
    if rows:
        shown = table(rows, "lll", head=False)
        yield Fragment(shown.html, "" if derived else shown.latex)
    left = len(result.steps) - _MOST_STEPS
    if left > 0:
        yield line(aside(f"and {plural(left, 'more step')}"))
    for place in result.blocked[:_MOST_STAYING]:
        yield line(text(sentence(place.because)))
    if len(result.blocked) > _MOST_STAYING:
        more = plural(len(result.blocked) - _MOST_STAYING, "more place")
        yield line(aside(f"and {more} like these"))
    yield Fragment("", derived)
    yield details(
        "every step, and the formula", verbatim(first_lines(result.report(), _MOST_FOLDED))
    )


def _headline(result: Simplified) -> Iterator[Fragment]:
    if not result.steps:
        yield verdict("as it was", "yes")
        yield text("no step was taken." if result.stopped else "Nothing collapses.")
        return
    steps = plural(len(result.steps), "step")
    if result.original.count_nodes("layered") <= _MOST_COMPARED:
        found = compare(result.original, result)
        yield verdict(found.verdict, KINDS[found.verdict])
        yield aside(f"after {steps}")
    else:
        yield verdict(*_by_the_rules(result))
        yield aside(f"by the rules of {steps}; netsym.compare proves it")
    before, after = result.cost
    yield text("parameters")
    yield strong(f"{before.parameters:,} → {after.parameters:,},")
    yield text("operations")
    yield strong(f"{before.operations:,} → {after.operations:,}")


def _by_the_rules(result: Simplified) -> tuple[str, str]:
    """What is known of the result without comparing: a word, and the kind of its verdict."""
    if any(step.found.approximate for step in result.steps):
        return "approximate", "about"
    return ("rounded to float64", "about") if result.is_rounded else ("exact", "yes")


def _steps(result: Simplified) -> Iterator[list[list[str | Fragment]]]:
    """The rows of each step: how it was, what it comes to, and at the right why."""
    both = list(zip(result.steps, collapsed(result), strict=True))[:_MOST_STEPS]
    for number, (step, forms) in enumerate(both, 1):
        mark = f" {number}" if len(result.steps) > 1 else ""
        words, because = aside(step.found.words), aside(step.found.because)
        shown = [equations(ArrayFormula.of(form), 2) for form in forms or ()]
        if not (shown and shown[-1]):
            yield [[aside(f"step{mark}"), _rule(step), words]]
            continue
        count = plural(len(step.found.layers), "layer")
        nested = shown[0] if len(step.found.layers) <= _MOST_NESTED else None
        before = Fragment(nested.html) if nested else text(count)
        yield [
            [aside(f"before{mark}"), before, words],
            [aside(f"after{mark}"), Fragment(shown[-1].html), because],
        ]


def _rule(step: Step) -> Fragment:
    return code(step.pattern.replace("->", "→"))


def _derived(result: Simplified) -> str:
    """The derivation as it stands on paper, if it is short."""
    latex = derivation(result, digits=3).strip()
    return f"$$\n{latex}\n$$" if len(latex) <= _LONGEST else ""
