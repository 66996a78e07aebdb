"""`netsym inline`: a network as one formula."""

from __future__ import annotations

from typing import Any

import click

from netsym.cli.arguments import network_argument, note
from netsym.cli.combinations import Row, Verb
from netsym.cli.losses import WRITTEN_COST, loss_options, with_loss
from netsym.cli.output import Progress
from netsym.cli.writing import WRITING, write_form, write_formula, writing_options
from netsym.network.network import Network

ROWS = (*WRITING, *WRITTEN_COST, Row("--expand, --onion, --color", beside="--expand-linear"))


@click.command("inline", cls=Verb, rows=ROWS)
@network_argument
@click.option("--expand-linear", is_flag=True, help="Of linear layers: collected by input.")
@writing_options
@loss_options
def command(network: Network, expand_linear: bool, **options: Any) -> None:
    """Print a network as one formula.

    \b
    Examples:
      netsym inline 1-2-1:sigmoid
      netsym inline 1-2-1:sigmoid --expand
      netsym inline 4-8tanh-3softmax --output y_2
      netsym inline 1-2-1:sigmoid --to latex --onion --color --document -o net.tex
      netsym inline 1-2-1:sigmoid --loss bce
      netsym inline 1-2-1 --expand-linear            a linear network, multiplied out
      netsym inline my_network.toml --to python > my_network.py
    """
    network = with_loss(network, options)
    if expand_linear:
        from netsym.collapse.expansion import expanded  # whoever does not ask need not wait

        note(network)
        formula, unit = expanded(network, options["max_nodes"]), options["unit"]
        write_formula(formula if unit is None else formula.output(unit), options, Progress())
        return
    write_form(network, "inlined", options)
