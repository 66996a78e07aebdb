"""`netsym schema`: the JSON Schema of a network in a file."""

from __future__ import annotations

import click

from netsym.cli.output import Output, Progress, write
from netsym.cli.verb import verb
from netsym.files.schema import lines, schema


@verb(
    "schema",
    click.option("-o", "target", metavar="FILE", help="Write to a file, whole or not at all."),
)
def command(target: str | None) -> None:
    """Print the JSON Schema of networks in TOML or JSON, for your editor.

    \b
    Examples:
      netsym schema -o network.schema.json
    """
    output = Output(as_json=True, target=target)
    write([output.escaped(lines(schema()))], target, Progress())
