"""`netsym draw`: a network as a picture."""

from __future__ import annotations

import click

from netsym.cli.arguments import NETWORK, note
from netsym.cli.combinations import Row
from netsym.cli.losses import COST, Cost
from netsym.cli.output import Output, Progress, write
from netsym.cli.verb import options, verb
from netsym.cli.writing import Languages
from netsym.network.network import Network
from netsym.notes.draw import draw
from netsym.notes.picture import PICTURES

_FORMATS = Languages(
    "How it is written; without it, what FILE ends in says it.", "svg", (PICTURES,)
)
ROWS = (
    *COST,
    Row("--fragment", only="--to tikz"),
    Row("--to, --fragment", beside="--json"),
)


@verb(
    "draw", NETWORK, _FORMATS.to,
    click.option("--fragment", is_flag=True, help="TikZ: only the picture, for \\input."),
    options(Output), options(Cost), rows=lambda: ROWS,
)  # fmt: skip
def command(network: Network, to: str, fragment: bool, output: Output, cost: Cost) -> None:
    """Draw a network, as SVG or TikZ.

    \b
    Examples:
      netsym draw 2-3-3-1:sigmoid -o net.svg
      netsym draw 784-128relu-10softmax -o net.tex    a document that compiles
      netsym draw 1-2-1:tanh --to tikz --fragment     for your own
      netsym draw 1-2-1:sigmoid --loss bce -o loss.svg
      netsym draw my_network.toml > net.svg

    Dense layers are drawn unit by unit, recurrent ones step by step, others as
    boxes. Numbers make edges wide, and dashed where they are negative.
    """
    if not output.as_json:
        _FORMATS.check_name(to, output.target)
    note(network)
    picture = draw(cost.of(network))
    text = output.in_json(picture.to_json()) if output.as_json else ""
    write([text or PICTURES[to].write(picture, fragment)], output.target, Progress())
