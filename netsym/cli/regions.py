"""`netsym regions`: a piecewise-linear network, piece by piece, or around a point."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import click

from netsym.cli.arguments import NETWORK, note
from netsym.cli.combinations import Row
from netsym.cli.judging import box_of
from netsym.cli.output import (
    Output,
    Progress,
    check_name,
    check_target,
    numbers_of_any_length,
    write,
)
from netsym.cli.process import say
from netsym.cli.verb import options, verb
from netsym.cli.writing import Languages, Writing, languages
from netsym.network.network import Network
from netsym.notes.picture import SUFFIXES
from netsym.notes.regions import draw_regions
from netsym.pieces import BUDGET
from netsym.pieces.region import at
from netsym.pieces.regions import regions
from netsym.writers import WRITERS

#: How all regions are written; a single one is a formula, and that is in every language.
_ALL: dict[str, Callable[[Any, int | None], Any]] = {
    "text": lambda found, digits: found.text(digits),
    "latex": lambda found, digits: found.latex(digits),
    "sympy": lambda found, _: found.sympy(),
}
_LANGUAGES = Languages(
    "The report, or the formula in a language.", default="report",
    without=("notation", "onion", "color", "short"), reported=("width",),
)  # fmt: skip


def _rows() -> Iterator[Row]:
    one = languages(to for to in WRITERS if to not in _ALL)
    yield Row("--box, --budget, --plot", beside="--at")
    yield Row(f"{one}, --ascii, --document, --max-nodes", only="--at")
    yield Row("--to, --ascii, --digits, --max-nodes", beside="--json")
    yield from _LANGUAGES.rows()
    yield Row("--width", only="--to report, --at")
    yield Row("--digits", beside="--to sympy", unless="--at")
    yield Row("--max-nodes", only=languages(WRITERS))


@verb(
    "regions", NETWORK,
    click.option("--at", "point", metavar="X1,X2,…", help="Only the piece around this point."),
    click.option("--box", metavar="LOW,HIGH", help="Only where every input is within this."),
    click.option("--budget", type=click.IntRange(1), metavar="N", default=BUDGET, show_default=True,
                 help="Look for so many pieces at most."),
    click.option("--plot", metavar="FILE", help="Plot the pieces of one input, or the regions of "
                 "two, too: .svg or .tex."),
    _LANGUAGES.to, _LANGUAGES.own, options(Output), rows=_rows,
)  # fmt: skip
def command(
    network: Network,
    point: str | None,
    box: str | None,
    budget: int,
    plot: str | None,
    writing: Writing,
    output: Output,
) -> None:
    """Print a network of relu, leaky_relu, … piece by piece: each is an affine map.

    \b
    Examples:
      netsym regions relu.toml                 all linear pieces
      netsym regions relu.toml --at 0.5        the piece around a point
      netsym regions relu.toml --box -1,1
      netsym regions relu.toml --to latex      with cases, for your notes
      netsym regions relu.toml --plot relu.svg

    Pieces are found and checked in exact fractions; units that are active are
    named, and inequalities that follow from others are left out.
    """
    note(network)
    progress = Progress()
    if plot is not None:
        check_name(plot, "--plot", SUFFIXES, {})
        check_target(plot)
    with numbers_of_any_length():
        if point is not None:
            found: Any = at(network, point.split(","))
        else:
            bounds = None if box is None else box_of(box)
            found = regions(network, bounds, budget, progress)
        if plot is not None:
            draw_regions(found, writing.digits).save(plot)
            say(f"note: the plot is in {plot}")
        own, digits = writing.own, writing.digits
        if output.as_json or writing.to == "report":
            output.write_result(
                found, progress, width=own["width"], ascii=own["ascii"], digits=digits
            )
        elif point is not None:
            writing.write(found.formula(), output, progress)
        else:
            write([str(_ALL[writing.to](found, digits))], output.target, progress)
