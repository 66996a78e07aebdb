"""`netsym laws`: which true equations the identity tester proves, and which it does not."""

from __future__ import annotations

import click

from netsym.cli.arguments import proving_options
from netsym.cli.output import Progress, in_json, write
from netsym.cli.reports import report_options
from netsym.equality.laws import laws


@click.command("laws")
@proving_options
def command(seed: int, as_json: bool, target: str | None) -> None:
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
    text = in_json(found.to_json()) if as_json else found.report(**report_options(target))
    write([text], target, Progress())
