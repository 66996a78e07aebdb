"""The options that make a cost of a network: --loss, --examples, --data, --l1, --l2, --delta."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import click

from netsym.cli.arguments import keep, one_of
from netsym.cli.combinations import Row
from netsym.cli.process import say
from netsym.cli.verb import option
from netsym.errors import SpecError
from netsym.graph.array_operations import REDUCTIONS
from netsym.layers.registry import LOSSES
from netsym.network.network import Network
from netsym.wording import few

#: What goes with what in verbs that take a network or its cost.
COST = (
    Row("--examples, --data, --l1, --l2, --delta", only="--loss"),
    Row("--delta", only="--loss huber"),
    Row("--reduction", only="--examples, --data"),
    Row("--data", beside="--examples"),
)
#: Of a cost there is one output.
WRITTEN_COST = (*COST, Row("--output", beside="--loss"))


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost that is asked for, if one is."""

    loss: str | None = option(
        "--loss", metavar="LOSS",
        help="Print the cost J instead, with this loss: " + ", ".join(LOSSES) + ".",
    )  # fmt: skip
    examples: int | None = option("--examples", type=click.IntRange(1), metavar="M",
        help="Cost: the mean over M examples, x1 and t1 to xM and tM.")  # fmt: skip
    data: str | None = option(
        "--data", metavar="FILE|ROWS",
        help="Cost: examples from a CSV file, one a line, or typed: 0,1,1;1,1,0. A header names "
             "inputs and targets (t, t_1 or the outputs); without one, targets come last.",
    )  # fmt: skip
    l1: float | None = option("--l1", type=float, metavar="LAMBDA",
        help="Cost: add LAMBDA times the sizes of all weights.")  # fmt: skip
    l2: float | None = option("--l2", type=float, metavar="LAMBDA",
        help="Cost: add LAMBDA/2 times the squares of all weights.")  # fmt: skip
    reduction: str = option("--reduction", help="Cost: what J is of the losses of all examples.",
        **one_of(REDUCTIONS, REDUCTIONS[0]))  # fmt: skip
    delta: float | None = option("--delta", type=float, metavar="DELTA",
        help="Cost: where huber becomes a line.")  # fmt: skip

    def of(self, network: Network) -> Network:
        """The network, or its cost; raises `SpecError` for data that do not fit."""
        if self.loss is None:
            return network
        return self.made(network, self.read(network))

    def made(self, network: Network, data: Any) -> Network:
        """The cost over examples that were read; errors say which data do not fit."""
        from netsym.network.costs import (
            cost,
            penalised,
        )  # whoever asks for no cost need not wait for it

        assert self.loss is not None
        if (self.l1 or self.l2) and any(p.layer.kind == "formula" for p in network.layers):
            say(f"note: penalties are of {few(penalised(network), 12) or 'no name'}")
        try:
            return cost(network, self.loss, examples=self.examples, data=data, **self.terms())
        except SpecError as error:
            raise SpecError(f"{self.data}: {error}" if self.data else str(error)) from None

    def read(self, network: Network) -> Any:
        """The examples of --data, None if none are given."""
        if self.data is None:
            return None
        from netsym.files.examples import read_examples  # a cost of letters need not wait for it

        keep(self.data)
        return read_examples(self.data, network)

    def terms(self) -> dict[str, Any]:
        """What `netsym.cost` takes besides a loss and examples."""
        return {
            "l1": self.l1 or 0.0, "l2": self.l2 or 0.0, "delta": self.delta,
            "reduction": self.reduction,
        }  # fmt: skip
