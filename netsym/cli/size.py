"""`netsym size`: how large every form of a network is."""

from __future__ import annotations

import re
from dataclasses import replace

import click

from netsym.cli.arguments import EXPAND, NETWORK, note
from netsym.cli.combinations import Row
from netsym.cli.losses import COST, Cost
from netsym.cli.output import Output, Progress, check_name, check_target
from netsym.cli.process import say
from netsym.cli.verb import options, verb
from netsym.forms.sizes import MOST_LISTED
from netsym.network import counting
from netsym.network.network import Network
from netsym.notes.growth import SUFFIXES, plot_growth
from netsym.ops.counts.forecast import Growth, NetworkSize

ROWS = (
    *COST,
    Row("--exact", beside="--json"),  # which has every digit
    Row("--loss", beside="--steps, --depth, --width"),
    Row("--depth", beside="--steps, --width"),
    Row("--width", beside="--steps"),
    Row("--plot", only="--steps, --depth, --width"),
)
_MOST_ROWS = 1000


#: What has one or more of what there is a number of.
_LEAST = {
    "steps": "a sequence has one step or more",
    "depth": "there is one hidden layer or more",
    "width": "a layer has one unit or more",
}


def _range(_: click.Context, option: click.Parameter, value: str | None) -> list[int] | None:
    """Numbers of steps, layers or units: 1..10, or 1,10,100."""
    if value is None:
        return None
    first, dots, last = value.partition("..")
    given = [first, last] if dots else value.split(",")
    if not all(re.fullmatch(r" *[0-9]{1,6} *", number) for number in given):
        raise click.BadParameter(f"{value!r}; give a range, as in 1..10, or a list, as in 1,10,100")
    numbers = [int(number) for number in given]
    if min(numbers) < 1:
        raise click.BadParameter(f"{value!r}; {_LEAST[str(option.name)]}")
    if sorted(set(numbers)) != numbers:
        raise click.BadParameter(f"{value!r}; give numbers that grow, each once")
    numbers = list(range(numbers[0], numbers[1] + 1)) if dots else numbers
    if len(numbers) > _MOST_ROWS:
        raise click.BadParameter(f"{value!r} are {len(numbers):,} rows; ask for at most 1,000")
    return numbers


def _check_plot(plot: str | None) -> None:
    """Raise an error at once for a file that cannot be written, or is called as no plot is."""
    if plot is not None:
        check_name(plot, "--plot", SUFFIXES, {})
        check_target(plot)


@verb(
    "size", NETWORK, options(Cost), options(Output), EXPAND,
    click.option("--exact", is_flag=True, help="Print every digit of very large counts."),
    click.option("--steps", callback=_range, metavar="A..B", help="Recurrent networks: how the "
                 "forms grow from A steps to B; or a list, 1,10,100."),
    click.option("--depth", callback=_range, metavar="A..B", help="Stacks of dense layers: how the "
                 "forms grow from A hidden layers to B."),
    click.option("--width", callback=_range, metavar="A..B", help="Stacks of dense layers: how the "
                 "forms grow from A units in a hidden layer to B."),
    click.option("--plot", metavar="FILE", help=f"Plot the growth, too: {' or '.join(SUFFIXES)}; "
                 "needs the extra plot."),
    rows=lambda: ROWS,
)  # fmt: skip
def command(
    network: Network, cost: Cost, output: Output, expand: bool, exact: bool,
    steps: list[int] | None, depth: list[int] | None, width: list[int] | None,
    plot: str | None,
) -> None:  # fmt: skip
    """Say how large every form of a network is, without building it.

    \b
    Examples:
      netsym size 1-2-1:sigmoid
      netsym size 2-10x20-1:tanh --exact
      netsym size 784-128relu-10 --json
      netsym size 4-8tanh-3softmax --loss cross_entropy --examples 32
      netsym size lstm.toml --steps 1..10
      netsym size 10-10-1:tanh --depth 1..10 --plot growth.svg

    A name or a number is 1 node; a sum, a product or a function is 1 and its
    operands. Layered and shared count the right-hand sides of all equations.
    """
    note(network)
    progress = Progress()

    def of_examples(examples: int | None) -> NetworkSize:
        return replace(cost, examples=examples).of(network).sizes(expand, progress)

    sizes: NetworkSize | Growth
    if steps or depth or width:
        _check_plot(plot)
        along = {"depth": depth or (), "width": width or ()}
        sizes = network.growth(steps or (), expand, progress, **along)
        if plot is not None:
            plot_growth(sizes, plot)
            say(f"note: the plot is in {plot}")
    elif cost.examples is None or (output.as_json and cost.examples <= MOST_LISTED):
        sizes = of_examples(cost.examples)  # with the names of all inputs, in JSON
    else:
        sizes = counting.of_examples(of_examples, cost.examples)
    output.write_result(sizes, progress, exact=exact)
