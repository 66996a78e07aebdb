"""`netsym show`: a network layer by layer."""

from __future__ import annotations

from dataclasses import replace

import click

from netsym.cli.arguments import EXPAND, NETWORK, note, one_of
from netsym.cli.combinations import Row
from netsym.cli.losses import WRITTEN_COST, Cost
from netsym.cli.output import Output, Progress, write
from netsym.cli.verb import options, verb
from netsym.cli.writing import (
    LEVEL,
    NETWORK_TOO,
    PAGES,
    UNIT,
    Writing,
    matrix_rows,
    spec_rows,
)
from netsym.errors import SpecError
from netsym.forms.sizes import refuse_if_larger
from netsym.network.network import Network
from netsym.path import INSTEAD

_FORM = click.option(
    "--form", **one_of(["layered", "once", "shared", "inlined"], "layered"),
    help="What gets a name: each unit, of every step or once for all; what is used twice; nothing.",
)  # fmt: skip


@verb(
    "show", NETWORK, _FORM, LEVEL, NETWORK_TOO.to, UNIT, NETWORK_TOO.own, options(Output), EXPAND,
    options(Cost), PAGES,
    rows=lambda: (*NETWORK_TOO.rows(), *matrix_rows("--form shared"), *spec_rows(),
                  *WRITTEN_COST,
                  Row("--onion", only="--form inlined"),
                  Row("--pages", only="--document")),
)  # fmt: skip
def command(
    network: Network, form: str, level: str, writing: Writing, output: Output, cost: Cost,
    pages: int,
) -> None:  # fmt: skip
    """Print a network layer by layer.

    \b
    Examples:
      netsym show 1-2-1:sigmoid
      netsym show 2-3tanh-1 --level matrix
      netsym show 2-3-3-1:relu --form shared
      netsym show 2-3tanh-1sigmoid --loss bce --examples 2 --l2 0.1
      netsym show my_network.toml --to python
      netsym show iris.toml --to latex --document --pages 2
      netsym show "w_21*(1/(1+e^-(w_11*x+b_11))) + b" -o my_network.toml
    """  # fmt: skip
    if form == "layered" and level == "scalar" and _is_page(network, writing, cost):
        write([_page(network, writing, cost, pages)], output.target, Progress())
        return
    if pages > 1:
        raise SpecError(
            "--pages is for a document to read, which is layer by layer and of numbers alone; "
            "here every equation is written"
        )
    writing.write_form(cost.of(network), form, output, level)


def _is_page(network: Network, writing: Writing, cost: Cost) -> bool:
    """Whether a document is one of rounded numbers: all are known, and nothing else is asked."""
    own = writing.own
    return (
        writing.to == "latex"
        and bool(own["document"])
        and not (own["width"] or own["onion"] or writing.expand or writing.unit)
        and network.parameter_count > 0
        and not network.parameter_names()
        and (cost.loss is None or cost.data is not None)
    )


def _page(network: Network, writing: Writing, cost: Cost, pages: int) -> str:
    from netsym.notes.trained import trained  # who asks for no page need not wait
    from netsym.notes.worked_cost import DIGITS, worked_cost

    note(network)
    refuse_if_larger(network.count_nodes("layered"), "layered", writing.max_nodes, INSTEAD)
    own = {name: writing.own[name] for name in ("notation", "color", "short")}
    found = trained(network, digits=writing.digits, document=True, pages=pages, **own)
    if cost.loss is not None:
        groups = worked_cost(
            network, cost.loss, cost.read(network), digits=writing.digits or DIGITS, **cost.terms()
        )
        found = replace(found, groups=(*found.groups, *groups))
    return found.document().removesuffix("\n")
