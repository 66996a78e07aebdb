"""`netsym show`: a network layer by layer."""

from __future__ import annotations

import click

from netsym.cli.arguments import EXPAND, NETWORK, one_of
from netsym.cli.combinations import Row
from netsym.cli.losses import WRITTEN_COST, Cost
from netsym.cli.output import Output
from netsym.cli.verb import options, verb
from netsym.cli.writing import LEVEL, NETWORK_TOO, UNIT, Writing, matrix_rows, spec_rows
from netsym.network.network import Network

_FORM = click.option(
    "--form", **one_of(["layered", "once", "shared", "inlined"], "layered"),
    help="What gets a name: each unit, of every step or once for all; what is used twice; nothing.",
)  # fmt: skip


@verb(
    "show", NETWORK, _FORM, LEVEL, NETWORK_TOO.to, UNIT, NETWORK_TOO.own, options(Output), EXPAND,
    options(Cost),
    rows=lambda: (*NETWORK_TOO.rows(), *matrix_rows("--form shared"), *spec_rows(),
                  *WRITTEN_COST,
                  Row("--onion", only="--form inlined")),
)  # fmt: skip
def command(
    network: Network, form: str, level: str, writing: Writing, output: Output, cost: Cost
) -> None:
    """Print a network layer by layer.

    \b
    Examples:
      netsym show 1-2-1:sigmoid
      netsym show 2-3tanh-1 --level matrix
      netsym show 2-3-3-1:relu --form shared
      netsym show 2-3tanh-1sigmoid --loss bce --examples 2 --l2 0.1
      netsym show my_network.toml --to python
      netsym show "w_21*(1/(1+e^-(w_11*x+b_11))) + b" -o my_network.toml
    """  # fmt: skip
    writing.write_form(cost.of(network), form, output, level)
