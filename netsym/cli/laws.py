"""`netsym laws`: which true equations the identity tester proves, and which it does not."""

from __future__ import annotations

import json

import click

from netsym.cli.output import Progress, write
from netsym.compare.laws import laws


@click.command("laws")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("-o", "target", metavar="FILE", help="Write to a file, whole or not at all.")
@click.option("--seed", default=0, show_default=True, metavar="N", help="Choose other points.")
def command(as_json: bool, target: str | None, seed: int) -> None:
    """Say which laws of mathematics netsym can prove.

    \b
    Examples:
      netsym laws
      netsym laws --seed 7
      netsym laws --json -o laws.json

    "Proved" means that both sides agree at random points of finite fields,
    where different functions agree only by an accident whose chance is given.
    A law that is not proved is listed as such, and never called different.
    """
    found = laws(seed)
    text = json.dumps(found.to_json(), indent=2) if as_json else str(found)
    write([text], target, Progress())
