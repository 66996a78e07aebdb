"""`netsym value`: the outputs of a network at a point, or all of it worked out."""

from __future__ import annotations

from typing import Any

import click

from netsym.cli.arguments import NETWORK, note
from netsym.cli.combinations import Row
from netsym.cli.given import PARAMETERS, ROUNDED, numbers_given
from netsym.cli.losses import COST, Cost
from netsym.cli.output import Output, Progress
from netsym.cli.verb import options, verb
from netsym.network.network import Network
from netsym.network.point import point_of
from netsym.notes.values import Values


@verb(
    "value", NETWORK, click.argument("numbers", nargs=-1, metavar="[NAME=NUMBER,…]…"), PARAMETERS,
    click.option("--all", "every", is_flag=True,
                 help="Every z, a, loss, δ and derivative, with its formula and its numbers."),
    ROUNDED, options(Output), options(Cost),
    rows=lambda: (*COST, Row("--digits", beside="--json")),
)  # fmt: skip
def command(
    network: Network, numbers: tuple[str, ...], parameters: str | None, every: bool, digits: int,
    output: Output, cost: Cost,
) -> None:  # fmt: skip
    """Compute a network at a point, or work it out as on a board.

    \b
    Examples:
      netsym value my_network.toml x=2 --parameters weights.json
      netsym value 2-1:sigmoid x=2,0.5 w1=0.5,-1 b1=0
      netsym value 1-1:sigmoid x=2 w1_1_1=0.5 b1_1=-1 --all
      netsym value 1-1:sigmoid x=2 t=1 w1=0.5 b1=-1 --loss sse --all

    \b
    A name is that of one number, or of an array with its numbers in order: x of
    all inputs, t of all targets, w1 of the weights of layer 1, as the file of a
    network has them hidden.weights.
    """
    given = numbers_given(numbers, parameters)
    note(network)
    data = cost.read(network)
    made = network if cost.loss is None else cost.made(network, data)
    if not every:
        result: Any = Values.of_network(made, point_of(made, given))
    else:
        from netsym.notes.worked import work_out  # whoever asks for outputs need not wait for it

        terms = {"examples": cost.examples, "data": data, **cost.terms()} if cost.loss else {}
        result = work_out(network, given, cost.loss, **terms)
    output.write_result(result, Progress(), digits=digits)
