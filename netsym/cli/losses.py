"""The options that make a cost of a network: --loss, --examples, --data, --l1, --l2, --delta."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from netsym.cli.arguments import keep, with_options
from netsym.cli.combinations import Row
from netsym.errors import SpecError
from netsym.files.examples import read_examples
from netsym.layers.registry import LOSSES
from netsym.network.network import Network

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--loss", metavar="LOSS",
                 help="Print the cost J instead, with this loss: " + ", ".join(LOSSES) + "."),
    click.option("--examples", type=click.IntRange(1), metavar="M",
                 help="Cost: the mean over M examples, x1 and t1 to xM and tM."),
    click.option("--data", metavar="FILE",
                 help="Cost: examples from a CSV file, one a line. Its header names inputs and "
                      "targets (t, t_1 or the outputs); without one, targets come last."),
    click.option("--l1", type=float, metavar="LAMBDA",
                 help="Cost: add LAMBDA times the sizes of all weights."),
    click.option("--l2", type=float, metavar="LAMBDA",
                 help="Cost: add LAMBDA/2 times the squares of all weights."),
    click.option("--delta", type=float, metavar="DELTA", help="Cost: where huber becomes a line."),
)  # fmt: skip
#: What goes with what in verbs that take a network or its cost.
COST = (
    Row("--examples, --data, --l1, --l2, --delta", only="--loss"),
    Row("--delta", only="--loss huber"),
    Row("--data", beside="--examples"),
)
#: Of a cost there is one output.
WRITTEN_COST = (*COST, Row("--output", beside="--loss"))
_NAMES = ("loss", "examples", "data", "l1", "l2", "delta")


def loss_options(function: F) -> F:
    """The options of verbs that take a network or its cost; `with_loss` reads them."""
    return with_options(_OPTIONS, function)


def with_loss(network: Network, options: dict[str, Any]) -> Network:
    """The network, or its cost if the options name a loss; takes these options out.

    Raises `SpecError` for data that do not fit.
    """
    given = {name: options.pop(name) for name in _NAMES}
    loss, path = given["loss"], given["data"]
    if loss is None:
        return network
    from netsym.network.costs import cost  # whoever asks for no cost need not wait for it

    data = None
    if path is not None:
        keep(path)
        data = read_examples(path, network)
    try:
        return cost(
            network, loss, examples=given["examples"], data=data, delta=given["delta"],
            l1=given["l1"] or 0.0, l2=given["l2"] or 0.0,
        )  # fmt: skip
    except SpecError as error:
        raise SpecError(f"{path}: {error}" if path else str(error)) from None
