"""`netsym NET`: a network at a glance."""

from __future__ import annotations

import sys

import click

from netsym.cli.arguments import NETWORK, note
from netsym.cli.output import Output, Progress
from netsym.cli.process import has_colors
from netsym.cli.verb import verb
from netsym.network.network import Network
from netsym.notes.overview import Overview


@verb("overview", NETWORK, click.option("--ascii", is_flag=True, help="Text in plain ASCII."))
def command(network: Network, ascii: bool) -> None:
    """Print an overview of a network, on a dozen lines.

    \b
    Examples:
      netsym 1-2-1:sigmoid
      netsym my_network.toml
      netsym gpt2 --ascii
    """
    note(network)
    Output(as_json=False, target=None).write_result(
        Overview.of(network), Progress(), ascii=ascii, color=has_colors(sys.stdout)
    )
