"""`netsym inline`: a network as one formula."""

from __future__ import annotations

import click

from netsym.cli.arguments import EXPAND, NETWORK, note
from netsym.cli.combinations import Row
from netsym.cli.losses import WRITTEN_COST, Cost
from netsym.cli.output import Output, Progress
from netsym.cli.verb import options, verb
from netsym.cli.writing import FORMULA, LEVEL, UNIT, Writing, matrix_rows
from netsym.network.network import Network


@verb(
    "inline", NETWORK,
    click.option("--expand-linear", is_flag=True, help="Of linear layers: collected by input."),
    LEVEL, FORMULA.to, UNIT, FORMULA.own, options(Output), EXPAND, options(Cost),
    rows=lambda: (*FORMULA.rows(), *matrix_rows("--expand-linear"), *WRITTEN_COST,
                  Row("--expand, --onion, --color", beside="--expand-linear")),
)  # fmt: skip
def command(
    network: Network, expand_linear: bool, level: str, writing: Writing, output: Output, cost: Cost
) -> None:
    """Print a network as one formula.

    \b
    Examples:
      netsym inline 1-2-1:sigmoid
      netsym inline 1-2-1:sigmoid --expand
      netsym inline 784-128relu-10softmax --level matrix
      netsym inline 4-8tanh-3softmax --output y_2
      netsym inline 1-2-1:sigmoid --to latex --onion --color --document -o net.tex
      netsym inline 1-2-1:sigmoid --loss bce
      netsym inline 1-2-1 --expand-linear            a linear network, multiplied out
      netsym inline my_network.toml --to python > my_network.py
    """
    network = cost.of(network)
    if expand_linear:
        from netsym.collapse.expansion import expanded  # whoever does not ask need not wait

        note(network)
        formula, unit = expanded(network, writing.max_nodes), writing.unit
        writing.write(formula if unit is None else formula.output(unit), output, Progress())
        return
    writing.write_form(network, "inlined", output, level)
