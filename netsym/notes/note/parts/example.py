"""One example worked out: every equation with its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from netsym.formula import Formula as Face
from netsym.network.point import point_of
from netsym.notes.note.content import Formula, Paragraph, Section, said
from netsym.notes.note.parts.equations import DOTS, aligned, equations, spelled, the_ends
from netsym.notes.note.story import Story
from netsym.notes.worked import Part, work_out
from netsym.wording import plural

_MOST_NODES, _MOST_INPUTS = 3_000, 8
_HEIGHTS = (22, 12, 7)  # rows beside each other
_LAST = 2


def example(story: Story) -> Iterator[Section]:
    """Forward, and beside it back again; of very many equations the first and the last."""
    if story.told.count_nodes("layered") > _MOST_NODES:
        return
    worked = work_out(story.told, story.point, story.chosen, **_terms(story))
    sides = [list(_rows(part, story)) for part in worked.parts]
    for most in _HEIGHTS:
        forward = _at_most(sides[0], most)
        back = [_at_most(rows, max(len(forward), _HEIGHTS[-1])) for rows in sides[1:]]
        for shown in ([forward, *back], [forward]):
            if _beside(shown).fits:
                yield _section(story, shown, sum(map(len, sides)))


def _terms(story: Story) -> dict[str, Any]:
    """What `cost` takes for one example."""
    return {"delta": story.terms["delta"]} if "delta" in story.terms else {}


def _section(story: Story, shown: Sequence[Sequence[str]], count: int) -> Section:
    left = count - sum(row != DOTS for rows in shown for row in rows)
    asides = ["numbers are made up"] if story.is_made_up else []
    asides += [f"{plural(left, 'equation')} left out"] if left else []
    return Section("One example", (_inputs(story), _beside(shown)), "; ".join(asides))


def _inputs(story: Story) -> Paragraph:
    """The inputs and targets, of many the first."""
    made = story.one or story.named
    form, language = made.layered, spelled(made.layered, story)
    x = point_of(made, story.point, story.learned.numbers).x.reshape(-1)
    pairs = [
        rf"{language.name(*form.graph.symbol(node))} = {language.number(number)[0]}"
        for node, number in zip(form.inputs.tolist(), x.tolist(), strict=True)
    ]
    more = [r"\dots"] if len(pairs) > _MOST_INPUTS else []
    parts = (part for pair in [*pairs[:_MOST_INPUTS], *more] for part in (", ", Formula(pair)))
    return said("At ", *list(parts)[1:], ":")


def _rows(part: Part, story: Story) -> Iterator[str]:
    """Its equations: the name, its numbers, its value."""
    language = spelled(Face.of(part.numbers), story)
    for row, value in zip(equations(language), part.values, strict=True):
        text, _ = language.number(value)
        yield row if row.endswith(f" &= {text}") else f"{row} = {text}"


def _at_most(rows: Sequence[str], most: int) -> list[str]:
    return list(rows) if len(rows) <= most else the_ends(rows, most - _LAST - 1, _LAST)


def _beside(sides: Sequence[Sequence[str]]) -> Formula:
    """Forward, and back beside it."""
    if len(sides) == 1:
        return aligned(sides[0])
    tops = [aligned(rows).latex.replace("{aligned}", "{aligned}[t]", 1) for rows in sides]
    return Formula("\\begin{array}{ll}\n" + " &\n".join(tops) + "\n\\end{array}")
