"""Back propagation: what each layer passes back, and the derivatives."""

from __future__ import annotations

from collections.abc import Iterator

from netsym.forms.sizes import measure
from netsym.notes.note.content import SMALL, WIDTH, Formula, Section, said
from netsym.notes.note.story import Story
from netsym.wording import plural
from netsym.writers.latex_groups import Slopes, write_groups

_GROUPS = ("Backward", "Gradients")
_MOST_NODES = 20_000
_TALLEST = 330.0  # points


def back(story: Story) -> Iterator[Section]:
    """Unit by unit beside whole layers; whole layers alone where that is too much."""
    title, aside = "Back propagation", "peels the onion from outside in"
    scalar, whole = story.slopes, story.array_slopes
    found = []
    if scalar is not None and measure(scalar.slopes).nodes <= _MOST_NODES:
        found.append(_written(story, scalar, whole))
    if whole is not None:
        found.append(_written(story, whole, None))
    found = [each for each in found if each.fits and each.height(WIDTH) <= _TALLEST]
    for each in found:
        more = "; in letters" * story.has_numbers + "; of one example" * (not story.is_one)
        yield Section(title, (each,), aside + more)
    if not found and scalar is not None:
        count = plural(len(scalar.slopes.outputs), "derivative")
        steps = plural(len(scalar.slopes.bindings), "equation")
        yield Section(title, (said(
            f"{count} of J, by {steps}: netsym grad writes them."
        ),), aside)  # fmt: skip


def _written(story: Story, scalar: Slopes, whole: Slopes | None) -> Formula:
    return Formula("".join(
        write_groups(scalar, whole, only=_GROUPS, line=WIDTH / SMALL, color=True,
                     digits=story.digits)
    ))  # fmt: skip
