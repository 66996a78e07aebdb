"""The cells of sizes: forms in a table with bars, and a sentence that says why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import log10

from netsym.forms.sizes import Size, shown, times_as_large
from netsym.notes.cells.fragments import (
    Cell,
    Fragment,
    aside,
    ends,
    first_lines,
    line,
    strong,
    table,
)
from netsym.ops.counts.forecast import Growth, NetworkSize
from netsym.wording import plural
from netsym.writers.palette import LAYERS, Color

_WIDEST = 160  # pixels of a bar
_MOST_LINEAR = 100  # times as large as the least: bars of more are logarithmic
_MOST_ROWS = 12
#: What forms are called here, and the colours of their bars.
_FORMS = {
    "once": ("written once", LAYERS[2]), "layered": ("layered", LAYERS[0]),
    "shared": ("shared", LAYERS[3]), "inlined": ("one formula", LAYERS[1]),
}  # fmt: skip


def cell(size: Size | NetworkSize | Growth) -> Cell:
    """What a notebook shows of the size of a form, of all forms, or of how they grow."""
    fragments = (
        _of_forms(size) if isinstance(size, NetworkSize)
        else _of_growth(size) if isinstance(size, Growth)
        else _of_one(size)
    )  # fmt: skip
    return Cell("\n".join(first_lines(size.report())), tuple(fragments))


def _of_forms(size: NetworkSize) -> Iterator[Fragment]:
    known = {form: each.nodes for form, each in size.forms.items() if each is not None}
    colors = {form: _FORMS[form][1] for form in known}
    bars, said = _bars(known, colors)
    rows: list[Sequence[str | Fragment]] = [("form", "nodes", "times", "")]
    for form in size.forms:
        called, count = _FORMS[form][0], known.get(form)
        if count is None:
            rows.append((called, "not counted", "", ""))
        else:
            times = times_as_large(count, known["layered"])
            rows.append((called, shown(count), times, bars[form]))
    yield line(strong(size.network), aside(plural(size.parameters, "parameter")))
    yield table(rows, "lrrl")
    yield line(aside(" ".join([size.conclusion(), *said])))


def _of_one(size: Size) -> Iterator[Fragment]:
    most = sorted(size.operations, key=lambda kind: -size.operations[kind])[:_MOST_ROWS]
    counts = {kind: size.operations[kind] for kind in most}
    bars, said = _bars(counts, dict.fromkeys(counts, LAYERS[0]))
    yield line(strong(f"{shown(size.nodes)} nodes"), aside(f"height {size.height:,}"))
    if counts:
        rows: list[Sequence[str | Fragment]] = [("operation", "times", "")]
        rows += [(kind, shown(count), bars[kind]) for kind, count in counts.items()]
        yield table(rows, "lrl")
    left = len(size.operations) - len(most)
    said += [f"{plural(left, 'kind')} of operations more are rarer."] if left else []
    if said:
        yield line(aside(" ".join(said)))


def _of_growth(growth: Growth) -> Iterator[Fragment]:
    numbers = [*map(str, growth.numbers)]
    rows = [(growth.along, *(growth.called(form) for form in growth.nodes))]
    for number in ends(numbers, _MOST_ROWS):
        place = numbers.index(number) if number in numbers else None
        counts = ("" if place is None else shown(each[place]) for each in growth.nodes.values())
        rows.append((number, *counts))
    yield line(strong(growth.network), aside("nodes"))
    yield table(rows, "r" * (1 + len(growth.nodes)))
    yield line(aside(growth.laws()))


def _bars(
    counts: Mapping[str, int], colors: Mapping[str, Color]
) -> tuple[dict[str, Fragment], list[str]]:
    """A bar for every count, and that they are logarithmic, if they are."""
    least, most = max(1, min(counts.values(), default=1)), max(counts.values(), default=1)
    is_log = most > _MOST_LINEAR * least

    def share(count: int) -> float:
        if is_log:
            return _log(max(count, 1)) / _log(most)
        return count / most if most else 0.0

    made = {
        key: Fragment(
            f'<i class="bar {colors[key].name}" style="width:{_WIDEST * share(count):.0f}px"></i>'
        )
        for key, count in counts.items()
    }
    return made, ["Bars are logarithmic."] if is_log else []


def _log(count: int) -> float:
    """The logarithm of a count of any length, which a bar begins one above."""
    return 1 + log10(count)
