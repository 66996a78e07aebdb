"""`netsym check`: what is wrong with a formula that was typed for a network."""

from __future__ import annotations

import click

from netsym.cli.arguments import SIDE, note, read_side
from netsym.cli.combinations import Row
from netsym.cli.judging import Judging
from netsym.cli.output import Output, Progress
from netsym.cli.sides import TakesFormula
from netsym.cli.verb import options, verb
from netsym.equality.comparison import Comparison, check
from netsym.errors import SpecError
from netsym.network.network import Network


@verb(
    "check", SIDE, click.argument("formula", metavar="FORMULA"),
    click.option("--why", is_flag=True, help="Say what the verdict rests on."),
    options(Judging), options(Output), kind=TakesFormula,
    rows=lambda: [Row("--why", beside="--json")],
)  # fmt: skip
@click.pass_context
def command(
    context: click.Context, network: Network | str, formula: str, why: bool, judging: Judging,
    output: Output,
) -> None:  # fmt: skip
    """Say whether a formula is this network; if not, where it departs and why.

    \b
    Examples:
      netsym check 1-1:sigmoid "y = 1/(1 + e^-(w1_1_1 x + b1_1))"
      netsym check net.toml "f(x) = w_21*(w_11*x + b_11) + b"
      netsym show 1-2-1 | netsym check 1-2-1 -
      netsym check net.toml notes.tex
      netsym check 784-128relu-10 'W2·relu(W1 x + b1) + b2'

    FORMULA is text or LaTeX as you type it, one or several equations, a file that
    holds it, or - for standard input; a shorthand is a network here, too: 1-2-1 is
    one, (1-2-1) a number. Names are those that netsym inline prints, or letters for
    whole arrays, if a layer has several units.
    Exit code: 0 it is the network, 1 it is not, 4 neither could be proved.
    """
    other = read_side(formula)
    judging.check(network, other)
    note(network, other)
    progress = Progress()
    shown = why or output.as_json
    result = check(network, other, **judging.terms(), evidence=shown, progress=progress)
    if not isinstance(result, Comparison) and judging.asked:
        raise SpecError(
            f"{judging.asked} changes nothing for a formula of whole arrays, which is compared "
            "layer by layer; leave it out"
        )
    output.write_result(result, progress, why=why)
    context.exit(result.exit_code)
