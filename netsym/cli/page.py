"""`netsym page`: a network as a page that a reader plays with."""

from __future__ import annotations

from typing import Any

from netsym.cli.arguments import NETWORK, note
from netsym.cli.losses import COST, Cost
from netsym.cli.output import Output, Progress, write
from netsym.cli.verb import options, verb
from netsym.network.network import Network

ROWS = COST


class Sheet(Output):
    """Where a page goes."""

    own = (".html", ".htm")


@verb("page", NETWORK, options(Sheet), options(Cost), rows=lambda: ROWS)
def command(network: Network, sheet: Sheet, cost: Cost) -> None:
    """Write a page of HTML that shows a network as an onion.

    \b
    Examples:
      netsym page 1-2-1:sigmoid -o net.html
      netsym page 1-3-1:sigmoid --loss bce --data examples.csv -o net.html
      netsym page my_network.toml > net.html

    The drawing and the formula light up together; skins are peeled by a slider, by
    clicks and keys; with --loss back propagation has a slider of its own. The page
    needs nothing else: no network, no library. Names without numbers have made-up
    ones, which a reader changes.
    """
    note(network)
    from netsym.notes.page.page import page  # whoever asks for help need not wait for it

    terms: dict[str, Any] = {}
    if cost.loss:
        terms = {"examples": cost.examples, "data": cost.read(network), **cost.terms()}
    made = page(network, cost.loss, **terms)
    text = sheet.in_json(made.to_json()) if sheet.as_json else made.html()
    write([text], sheet.target, Progress())
