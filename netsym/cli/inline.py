"""`netsym inline`: a network as one formula."""

from __future__ import annotations

from typing import Any

import click

from netsym.cli.arguments import network_argument
from netsym.cli.combinations import Verb
from netsym.cli.losses import COST, loss_options, with_loss
from netsym.cli.writing import WRITING, write_form, writing_options
from netsym.network.network import Network


@click.command("inline", cls=Verb, rows=(*WRITING, *COST))
@network_argument
@writing_options
@loss_options
def command(network: Network, **options: Any) -> None:
    """Print a network as one formula.

    \b
    Examples:
      netsym inline 1-2-1:sigmoid
      netsym inline 1-2-1:sigmoid --expand
      netsym inline 4-8tanh-3softmax --output y_2
      netsym inline 1-2-1:sigmoid --to latex --onion --color --document -o net.tex
      netsym inline 1-2-1:sigmoid --loss bce
      netsym inline my_network.toml --to python > my_network.py
    """
    write_form(with_loss(network, options), "inlined", options)
