"""`netsym size`: how large every form of a network is."""

from __future__ import annotations

import json
import sys

import click

from netsym.cli.arguments import common_options, network_argument
from netsym.cli.output import Progress, write
from netsym.network import Network
from netsym.ops.forecast import NetworkSize


@click.command("size")
@network_argument
@common_options
@click.option("--exact", is_flag=True, help="Print every digit of very large counts.")
def command(network: Network, as_json: bool, target: str | None, expand: bool, exact: bool) -> None:
    """Say how large every form of a network is, without building it.

    \b
    Examples:
      netsym size 1-2-1:sigmoid
      netsym size 2-10x20-1:tanh --exact
      netsym size 784-128relu-10 --json

    \b
    A name or a number is 1 node; a sum, a product or a function is 1 and its
    operands. Layered and shared count the right-hand sides of all equations.
    """
    if network.assumed:
        click.echo(f"note: {network.assumed}", err=True)
    progress = Progress()
    sizes = network.sizes(expand, progress)
    text = _json(sizes) if as_json else sizes.table(exact)
    write([text], target, progress)


def _json(sizes: NetworkSize) -> str:
    """The data; counts may have more digits than Python writes unless it is told to."""
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        return json.dumps(sizes.to_json(), indent=2)
    finally:
        sys.set_int_max_str_digits(limit)
