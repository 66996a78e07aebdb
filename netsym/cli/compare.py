"""`netsym compare`: forms side by side, and whether two functions are the same."""

from __future__ import annotations

import click

from netsym.cli.arguments import judging_options, network_argument, note
from netsym.cli.output import Progress, in_json, write
from netsym.cli.reports import report_options
from netsym.cli.sides import TakesFormula, read_side
from netsym.equality.comparison import Comparison, compare
from netsym.network.network import Network


@click.command("compare", cls=TakesFormula)
@network_argument
@click.argument("other", metavar="[OTHER]", required=False)
@judging_options
@click.pass_context
def command(
    context: click.Context,
    network: Network,
    other: str | None,
    seed: int,
    tolerance: float | None,
    as_json: bool,
    target: str | None,
) -> None:
    """Say how large the forms of a network are, and prove that they are equal.

    \b
    Examples:
      netsym compare 1-2-1:sigmoid             its layers and its one formula
      netsym compare before.toml after.toml    two networks
      netsym compare net.toml formula.txt      a network and a formula in a file

    \b
    The formula is written as text and read back, so what is compared is what you
    would use. Verdicts, from the most certain: structural, identical,
    exact-on-regions, within-error, different, undecided. Equal is exit code 0,
    different 1, undecided 4.
    """
    second = None if other is None else read_side(other, network)
    note(network, second)
    progress = Progress()
    result = compare(network, second, seed=seed, tolerance=tolerance, progress=progress)
    progress("counting", 0, 0)
    options = report_options(target)
    text = f"{result.sizes.report(**options)}\n\n{result.report(**options)}"
    report(result, as_json, target, text, progress)
    context.exit(result.exit_code)


def report(
    result: Comparison, as_json: bool, target: str | None, text: str, progress: Progress
) -> None:
    """Write a result as a report or as data."""
    data = in_json(result.to_json()) if as_json else text
    write([data], target, progress)
