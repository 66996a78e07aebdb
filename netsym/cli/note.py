"""`netsym note`: the whole story of a network, on a page to hand out."""

from __future__ import annotations

from typing import Any

import click

from netsym.cli.arguments import NETWORK
from netsym.cli.arguments import note as told
from netsym.cli.combinations import Row
from netsym.cli.given import PARAMETERS, numbers_given
from netsym.cli.losses import COST, Cost
from netsym.cli.output import Output, Progress, write
from netsym.cli.verb import options, verb
from netsym.cli.writing import PAGES, Languages
from netsym.network.network import Network
from netsym.notes.note.note import note
from netsym.notes.note.parts import PARTS
from netsym.notes.note.written import NOTES

_FORMATS = Languages("How it is written; without it, what FILE ends in says it.", "md", (NOTES,))
_EVERY = ", ".join(PARTS)


def _named(_: click.Context, __: click.Parameter, said: str | None) -> list[str] | None:
    """Parts by their names."""
    return None if said is None else [name.strip() for name in said.split(",") if name.strip()]


@verb(
    "note", NETWORK, _FORMATS.to,
    click.option("--parts", callback=_named, metavar="PART,…", help=f"Only these: {_EVERY}."),
    click.option("--without", callback=_named, metavar="PART,…", help="All but these."),
    PAGES,
    click.option("--at", metavar="NAME=NUMBER,…", help="Numbers for the worked example, of "
                 "inputs, targets and parameters; without them they are made up."),
    PARAMETERS,
    click.option("--digits", type=click.IntRange(1, 17), metavar="N", default=3, show_default=True,
                 help="Round the numbers shown to N digits."),
    options(Output), options(Cost),
    rows=lambda: (*COST, Row("--to", beside="--json"), Row("--without", beside="--parts")),
)  # fmt: skip
def command(
    network: Network, to: str, parts: list[str] | None, without: list[str] | None, pages: int,
    at: str | None, parameters: str | None, digits: int, output: Output, cost: Cost,
) -> None:  # fmt: skip
    """Write the whole story of a network on a page, as a teacher would hand it out.

    \b
    Examples:
      netsym note 2-3-1:sigmoid -o note.tex       a document that compiles
      netsym note my_network.toml -o note.html    a page to read or print
      netsym note 1-2-1:sigmoid > note.md
      netsym note 2-3-1:sigmoid --loss mse --at x_1=0.5,x_2=1,t=1 -o note.tex
      netsym note 1-2-1 --parts picture,layers,collapse -o note.html

    It has a picture, the network on one line, layer by layer and as one formula,
    the sizes of these, what collapses, the loss that goes with it, back
    propagation and one example worked out.
    """
    if not output.as_json:
        _FORMATS.check_name(to, output.target)
    told(network)
    terms: dict[str, Any] = {}
    if cost.loss:
        terms = {"examples": cost.examples, "data": cost.read(network), **cost.terms()}
    given = numbers_given(() if at is None else (at,), parameters)
    made = note(
        network, cost.loss, parts=PARTS if parts is None else parts, without=without or (),
        at=given, digits=digits, pages=pages, **terms,
    )  # fmt: skip
    text = output.in_json(made.to_json()) if output.as_json else made.write(to).rstrip("\n")
    write([text], output.target, Progress())
