"""`netsym show`: a network layer by layer."""

from __future__ import annotations

from typing import Any

import click

from netsym.cli.arguments import network_argument, one_of
from netsym.cli.writing import write_form, writing_options
from netsym.errors import SpecError
from netsym.network import Network


@click.command("show")
@network_argument
@click.option(
    "--form",
    **one_of(["layered", "shared", "inlined"], "layered"),
    help="What gets a name: each unit; what is used twice; nothing.",
)
@click.option(
    "--level",
    **one_of(["scalar", "matrix"], "scalar"),
    help="LaTeX: unit by unit, or whole layers.",
)
@writing_options
def command(network: Network, form: str, level: str, **options: Any) -> None:
    """Print a network layer by layer.

    \b
    Examples:
      netsym show 1-2-1:sigmoid
      netsym show 2-3tanh-1 --to latex --level matrix
      netsym show 2-3-3-1:relu --form shared
      netsym show my_network.toml --to python
    """  # fmt: skip
    if level == "matrix" and form != "layered":
        raise SpecError(f"--level matrix is layered; leave --form {form} out")
    write_form(network, "matrix" if level == "matrix" else form, options)
