"""`netsym size`: how large every form of a network is."""

from __future__ import annotations

import re
from dataclasses import replace

import click

from netsym.cli.arguments import EXPAND, NETWORK, note
from netsym.cli.combinations import Row
from netsym.cli.losses import COST, Cost
from netsym.cli.output import Output, Progress
from netsym.cli.verb import options, verb
from netsym.forms.sizes import MOST_LISTED
from netsym.network import counting
from netsym.network.network import Network
from netsym.ops.counts.forecast import Growth, NetworkSize

ROWS = (
    *COST,
    Row("--exact", beside="--json"),  # which has every digit
    Row("--loss", beside="--steps"),
)
_MOST_ROWS = 1000


def _range(value: str) -> list[int]:
    """Numbers of steps: 1..10, or 1,10,100."""
    first, dots, last = value.partition("..")
    given = [first, last] if dots else value.split(",")
    if not all(re.fullmatch(r" *[0-9]{1,6} *", number) for number in given):
        raise click.BadParameter(f"{value!r}; give a range, as in 1..10, or a list, as in 1,10,100")
    numbers = [int(number) for number in given]
    if min(numbers) < 1:
        raise click.BadParameter(f"{value!r}; a sequence has one step or more")
    if sorted(set(numbers)) != numbers:
        raise click.BadParameter(f"{value!r}; give numbers that grow, each once")
    numbers = list(range(numbers[0], numbers[1] + 1)) if dots else numbers
    if len(numbers) > _MOST_ROWS:
        raise click.BadParameter(f"{value!r} are {len(numbers):,} rows; ask for at most 1,000")
    return numbers


@verb(
    "size", NETWORK, options(Cost), options(Output), EXPAND,
    click.option("--exact", is_flag=True, help="Print every digit of very large counts."),
    click.option("--steps", type=_range, metavar="A..B", help="Recurrent networks: how the forms "
                 "grow from A steps to B; or a list, 1,10,100."),
    rows=lambda: ROWS,
)  # fmt: skip
def command(
    network: Network, cost: Cost, output: Output, expand: bool, exact: bool,
    steps: list[int] | None,
) -> None:  # fmt: skip
    """Say how large every form of a network is, without building it.

    \b
    Examples:
      netsym size 1-2-1:sigmoid
      netsym size 2-10x20-1:tanh --exact
      netsym size 784-128relu-10 --json
      netsym size 4-8tanh-3softmax --loss cross_entropy --examples 32
      netsym size lstm.toml --steps 1..10

    A name or a number is 1 node; a sum, a product or a function is 1 and its
    operands. Layered and shared count the right-hand sides of all equations.
    """
    note(network)
    progress = Progress()

    def of_examples(examples: int | None) -> NetworkSize:
        return replace(cost, examples=examples).of(network).sizes(expand, progress)

    sizes: NetworkSize | Growth
    if steps:
        sizes = network.growth(steps, expand, progress)
    elif cost.examples is None or (output.as_json and cost.examples <= MOST_LISTED):
        sizes = of_examples(cost.examples)  # with the names of all inputs, in JSON
    else:
        sizes = counting.of_examples(of_examples, cost.examples)
    output.write_result(sizes, progress, exact=exact)
