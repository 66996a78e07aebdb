"""`netsym regions`: a piecewise-linear network, piece by piece, or around a point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from netsym.cli.arguments import network_argument, note, result_options
from netsym.cli.combinations import Row, Verb
from netsym.cli.output import Progress, check_target, in_json, numbers_of_any_length, write
from netsym.cli.reports import report_options
from netsym.cli.writing import languages, option_row, page_options, to_option, write_formula
from netsym.errors import SpecError
from netsym.network.network import Network
from netsym.pieces.cells import BUDGET
from netsym.pieces.region import at
from netsym.pieces.regions import regions
from netsym.writers import WRITERS

#: How all regions are written; a single one is a formula, and that is in every language.
_ALL: dict[str, Callable[[Any, int | None], Any]] = {
    "text": lambda found, digits: found.text(digits),
    "latex": lambda found, digits: found.latex(digits),
    "sympy": lambda found, _: found.sympy(),
}
_ONE = languages(to for to in WRITERS if to not in _ALL)
ROWS = (
    Row("--box, --budget", beside="--at"),
    Row(f"{_ONE}, --ascii, --document, --max-nodes", only="--at"),
    Row("--to, --ascii, --digits, --max-nodes", beside="--json"),
    option_row("ascii"),
    option_row("width", "report"),
    Row("--width", only="--to report, --at"),
    Row("--digits", beside="--to sympy", unless="--at"),
    option_row("document"),
    Row("--max-nodes", only=languages(WRITERS)),
)


@click.command("regions", cls=Verb, rows=ROWS)
@network_argument
@click.option("--at", "point", metavar="X1,X2,…", help="Only the piece around this point.")
@click.option("--box", metavar="LOW,HIGH", help="Only where every input is within this.")
@click.option("--budget", type=click.IntRange(1), metavar="N", default=BUDGET, show_default=True,
              help="Look for so many pieces at most.")  # fmt: skip
@to_option(WRITERS.values(), "report", "The report, or the formula in a language.")
@page_options
@result_options
def command(network: Network, **options: Any) -> None:
    """Print a network of relu, leaky_relu, … piece by piece: each is an affine map.

    \b
    Examples:
      netsym regions relu.toml                 all linear pieces
      netsym regions relu.toml --at 0.5        the piece around a point
      netsym regions relu.toml --box -1,1
      netsym regions relu.toml --to latex      with cases, for your notes

    \b
    Pieces are found and checked in exact fractions; units that are active are
    named, and inequalities that follow from others are left out.
    """
    check_target(options["target"])
    note(network)
    progress = Progress()
    with numbers_of_any_length():
        if options["point"] is not None:
            region = at(network, options["point"].split(","))
            if options["to"] != "report" and not options["as_json"]:
                write_formula(region.formula(), options, progress)
                return
            found: Any = region
        else:
            box = None if options["box"] is None else _box(options["box"])
            found = regions(network, box, options["budget"], progress)
        write([_text(found, options)], options["target"], progress)


def _box(given: str) -> Sequence[Any]:
    """The bounds of --box: two numbers for all inputs, or two for each."""
    parts = given.split(",")
    if len(parts) == 2:
        return parts
    if len(parts) % 2:
        raise SpecError(f"--box {given}: give two numbers, LOW,HIGH, or two for each input")
    return list(zip(parts[::2], parts[1::2], strict=True))


def _text(found: Any, options: dict[str, Any]) -> str:
    """A region or all regions, as a report, as data, or in a language."""
    to, digits = options["to"], options["digits"]
    if options["as_json"]:
        return in_json(found.to_json())
    if to == "report":
        given = report_options(options["target"], options["width"], options["ascii_only"])
        return str(found.report(**given, digits=digits))
    return str(_ALL[to](found, digits))
