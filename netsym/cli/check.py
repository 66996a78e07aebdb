"""`netsym check`: what is wrong with a formula that was typed for a network."""

from __future__ import annotations

import re
from pathlib import Path

import click

from netsym.cli.arguments import is_file, judging_options, network_argument, stdin_text
from netsym.cli.compare import file_text, report, report_width
from netsym.cli.output import Progress
from netsym.cli.process import say
from netsym.compare.comparison import compare
from netsym.compare.subjects import read_text, subject
from netsym.errors import SpecError
from netsym.network import Network


class Check(click.Command):
    """Takes a formula that begins with a minus for what it is: no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put a space before such a formula, so that click reads no option in it."""
        before = ""
        for place, given in enumerate(args):
            is_value = before in ("--seed", "--tolerance", "-o")
            if re.match(r"-[^-oh]|-[oh].*[(*+/^]", given) and not is_value:
                args[place] = f" {given}"
            before = given
        return super().parse_args(ctx, args)


@click.command("check", cls=Check)
@network_argument
@click.argument("formula", metavar="FORMULA")
@judging_options
@click.pass_context
def command(
    context: click.Context,
    network: Network,
    formula: str,
    seed: int,
    tolerance: float | None,
    as_json: bool,
    target: str | None,
) -> None:
    """Say whether a formula is this network; if not, where it departs and why.

    \b
    Examples:
      netsym check 1-1:sigmoid "y = 1/(1 + e^-(w1_1_1 x + b1_1))"
      netsym check net.toml "f(x) = w_21*(w_11*x + b_11) + b"
      netsym show 1-2-1 | netsym check 1-2-1 -
      netsym check net.toml notes.tex

    \b
    FORMULA is text or LaTeX as you type it, one or several equations, a file that
    holds it, or - for standard input. Names are those that netsym inline prints.
    Exit code: 0 it is the network, 1 it is not, 4 neither could be proved.
    """
    if network.assumed:
        say(f"note: {network.assumed}")
    one = subject(network)
    parsed = read_text(_text(formula), one)
    progress = Progress()
    result = compare(one, parsed, seed=seed, tolerance=tolerance, progress=progress)
    report(result, as_json, target, result.report(report_width()), progress)
    context.exit(result.exit_code)


def _text(given: str) -> str:
    if given == "-":
        return stdin_text()
    if is_file(Path(given)):
        return file_text(Path(given))
    if re.fullmatch(r"[\w./\\~-]*\.(txt|tex|md|toml|json|py)", given):
        raise SpecError(f"there is no file {given}")
    return given.removeprefix(" ") if given.startswith(" -") else given
