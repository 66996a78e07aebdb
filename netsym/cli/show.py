"""`netsym show`: a network layer by layer."""

from __future__ import annotations

from typing import Any

import click

from netsym.cli.arguments import network_argument, one_of
from netsym.cli.combinations import Row, Verb
from netsym.cli.losses import WRITTEN_COST, loss_options, with_loss
from netsym.cli.writing import MATRIX, WRITING, write_form, writing_options
from netsym.network.network import Network

ROWS = (
    *WRITING,
    *MATRIX,
    *WRITTEN_COST,
    Row("--onion", only="--form inlined"),
)


@click.command("show", cls=Verb, rows=ROWS)
@network_argument
@click.option(
    "--form",
    **one_of(["layered", "once", "shared", "inlined"], "layered"),
    help="What gets a name: each unit, of every step or once for all; what is used twice; nothing.",
)
@click.option(
    "--level",
    **one_of(["scalar", "matrix"], "scalar"),
    help="Unit by unit, or whole layers.",
)
@writing_options
@loss_options
def command(network: Network, form: str, level: str, **options: Any) -> None:
    """Print a network layer by layer.

    \b
    Examples:
      netsym show 1-2-1:sigmoid
      netsym show 2-3tanh-1 --level matrix
      netsym show 2-3-3-1:relu --form shared
      netsym show 2-3tanh-1sigmoid --loss bce --examples 2 --l2 0.1
      netsym show my_network.toml --to python
    """  # fmt: skip
    network = with_loss(network, options)
    write_form(network, "matrix" if level == "matrix" else form, options)
