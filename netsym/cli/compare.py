"""`netsym compare`: forms side by side, and whether two functions are the same."""

from __future__ import annotations

import click

from netsym.cli.arguments import SIDE, note, read_side
from netsym.cli.judging import Judging
from netsym.cli.output import Output, Progress, in_json, write
from netsym.cli.sides import TakesFormula
from netsym.cli.verb import options, verb
from netsym.equality.comparison import compare
from netsym.network.network import Network


@verb(
    "compare", SIDE, click.argument("other", metavar="[OTHER]", required=False),
    options(Judging), options(Output), kind=TakesFormula,
)  # fmt: skip
@click.pass_context
def command(
    context: click.Context, network: Network | str, other: str | None, judging: Judging,
    output: Output,
) -> None:  # fmt: skip
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
    second = None if other is None else read_side(other)
    judging.check(network, second)
    note(network, second)
    progress = Progress()
    result = compare(network, second, **judging.terms(), progress=progress)
    progress("counting", 0, 0)
    text = f"{output.report(result.sizes)}\n\n{output.report(result)}"
    write([in_json(result.to_json()) if output.as_json else text], output.target, progress)
    context.exit(result.exit_code)
