"""How the forms of a network grow, as a plot: needs matplotlib, which is an extra."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from itertools import pairwise
from math import log10
from pathlib import Path
from typing import Any

from netsym.errors import SpecError
from netsym.files.whole_file import replacing
from netsym.forms.sizes import MAX_NODES
from netsym.ops.counts.forecast import ALONG, Growth
from netsym.writers.palette import ASIDE, LAYERS, Color

SUFFIXES = (".svg", ".png", ".pdf")
_CHARACTERS = 4.4  # of a node, as measured on texts
#: The forms by their colours and marks; where two are the same line, the later is dashed over it.
_LOOKS: dict[str, tuple[Color, str]] = {
    "inlined": (LAYERS[1], "o"), "layered": (LAYERS[0], "s"), "shared": (LAYERS[3], "^"),
    "matrix": (LAYERS[2], "D"), "once": (LAYERS[2], "D"),
}  # fmt: skip
_LONG = {"inlined": "one formula"}
_SAID = {"more than linear, less than exponential": "more than linear"}
_SETTINGS = {
    "font.family": "DejaVu Sans", "font.size": 11, "svg.fonttype": "none", "svg.hashsalt": "netsym",
    "axes.titlesize": 12,
}  # fmt: skip
_SPACE = 29.0  # points between the names of lines, which take two rows
_MARKS = ((MAX_NODES, f"limit of netsym: {MAX_NODES:,}"), (4e9 / _CHARACTERS, "a text of 4 GB"))


def plot_growth(growth: Growth | Sequence[Growth], file: str | Path) -> None:
    """Plot how the forms grow, on a logarithmic scale, into a file .svg, .png or .pdf.

    Of several growths each has a plot, beside the others. Raises `SpecError` where matplotlib is
    not installed or the file is called otherwise, `OutputError` where it cannot be written.
    """
    suffix = Path(file).suffix.lower()
    if suffix not in SUFFIXES:
        raise SpecError(f"{file}: a plot is written as {', '.join(SUFFIXES)}; give such a name")
    if find_spec("matplotlib") is None:
        raise SpecError("a plot needs matplotlib, which is not installed: pip install netsym[plot]")
    written = BytesIO()
    with import_module("matplotlib").rc_context(_SETTINGS):
        figure = _figure([growth] if isinstance(growth, Growth) else growth)
        dated = {".png": "Software"}.get(suffix, "Date" if suffix == ".svg" else "CreationDate")
        figure.savefig(written, format=suffix[1:], dpi=100, metadata={dated: None})
    with replacing(str(file)) as target:
        target.buffer.write(written.getvalue())


def _figure(growths: Sequence[Growth]) -> Any:
    """The plots: in each a line for every form, whose name and rate stand at its end.

    Heights are powers of ten, since counts may be larger than any float.
    """
    size = (7.6 * len(growths), 5.0)
    figure = import_module("matplotlib.figure").Figure(figsize=size, layout="constrained")
    both = list(zip(figure.subplots(1, len(growths), squeeze=False)[0], growths, strict=True))
    for axes, growth in both:
        for form, counts in growth.nodes.items():
            color, mark = _LOOKS[form]
            style = "--" if form == "shared" else "-"
            powers = [log10(count) for count in counts]
            axes.plot(
                growth.numbers, powers, style, color=f"#{color.light}", marker=mark, ms=5, lw=2
            )
        _scales(axes, growth)
        _limits(axes, growth)
    both[0][0].set_ylabel("nodes (names, numbers, operations)")
    figure.draw_without_rendering()  # so that it is known where the lines end
    for axes, growth in both:
        _names(axes, growth)
    return figure


def _scales(axes: Any, growth: Growth) -> None:
    first, last = growth.numbers[0], growth.numbers[-1]
    axes.set_title(growth.network, loc="left", fontweight="bold", pad=12)
    axes.set_xlabel(ALONG[growth.along][0])
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines["bottom"].set_bounds(first, last)
    axes.grid(axis="y", color="#E3E6EA", lw=0.8)
    axes.set_axisbelow(True)
    room = (last - first) or 1
    axes.set_xlim(first - 0.04 * room, last + 0.36 * room)
    axes.set_xticks(_ticks(growth.numbers))
    ticker = import_module("matplotlib.ticker")
    axes.yaxis.set_major_locator(ticker.MaxNLocator(8, integer=True))
    axes.yaxis.set_major_formatter(lambda power, _: f"$10^{{{power:.0f}}}$")


def _ticks(numbers: Sequence[int]) -> list[int]:
    """At most ten of the numbers, the first and the last among them."""
    every = -(-len(numbers) // 10)
    found = [*numbers[::every]]
    return found if found[-1] == numbers[-1] else [*found[:-1], numbers[-1]]


def _limits(axes: Any, growth: Growth) -> None:
    """What a reader knows, if a line comes near to it."""
    low, high = axes.get_ylim()
    for count, said in _MARKS:
        if max(map(max, growth.nodes.values())) * 100 > count:
            power = log10(count)
            high = max(high, power + 0.5)
            axes.axhline(power, color=f"#{ASIDE.light}", lw=1, ls=(0, (2, 3)), alpha=0.6)
            axes.annotate(
                said, (0, power), xycoords=axes.get_yaxis_transform(), xytext=(6, 3),
                textcoords="offset points", fontsize=9, color=f"#{ASIDE.light}",
            )  # fmt: skip
    axes.set_ylim(low, high)


def _names(axes: Any, growth: Growth) -> None:
    """The names of lines at their ends, pushed apart where they would touch."""
    inches = axes.figure.dpi
    ends = {
        form: axes.transData.transform((growth.numbers[-1], log10(counts[-1])))[1] * 72 / inches
        for form, counts in growth.nodes.items()
    }
    for form, height in _apart(ends).items():
        color, _ = _LOOKS[form]
        axes.annotate(
            f"{_LONG.get(form, growth.called(form))}\n{_rate(growth, form)}",
            (growth.numbers[-1], log10(growth.nodes[form][-1])),
            xytext=(9, height - ends[form]), textcoords="offset points", va="center",
            color=f"#{color.light}", fontweight="bold", linespacing=1.1,
        )  # fmt: skip


def _apart(heights: Mapping[str, float]) -> dict[str, float]:
    """Heights in points, moved as little as lets names have their space, in the same order.

    >>> _apart({"one": 100.0, "layered": 40.0, "shared": 39.0})
    {'one': 100.0, 'layered': 54.0, 'shared': 25.0}
    """
    found = dict(sorted(heights.items(), key=lambda item: -item[1]))
    for _ in heights:
        for above, below in pairwise(found):
            lacking = max(0.0, _SPACE - (found[above] - found[below]))
            found[above] += lacking / 2
            found[below] -= lacking / 2
    return found


def _rate(growth: Growth, form: str) -> str:
    """How fast a form grows, in a word or two."""
    rate, (_, one) = growth.rate(form), ALONG[growth.along]
    fewer = {a - b for a, b in zip(growth.nodes["layered"], growth.nodes[form], strict=True)}
    if form == "shared" and len(fewer) == 1:
        return f"{fewer.pop():,} fewer"
    if rate.kind == "exponential":
        return f"×{rate.each:.3g} a {one}"
    if rate.kind == "linear":
        return f"+{rate.each:,.6g} a {one}"
    return rate.kind if rate.kind == "constant" else _SAID.get(rate.kind, "")
