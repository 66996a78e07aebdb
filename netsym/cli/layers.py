"""`netsym layers`: the types of layers, and what a spec can say of one."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from netsym.cli.output import Output, Progress
from netsym.cli.verb import options, verb
from netsym.files.layer_types import layer_type, layer_types


def _complete(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    return [
        CompletionItem(each.name, help=each.summary)
        for each in layer_types().every
        if each.name.startswith(incomplete)
    ]


@verb(
    "layers",
    click.argument("name", metavar="[TYPE]", required=False, shell_complete=_complete),
    options(Output),
)
def command(name: str | None, output: Output) -> None:
    """List the types of layers; of TYPE its options, shapes, equations and an example.

    \b
    Examples:
      netsym layers
      netsym layers dense
      netsym layers lstm --json
    """
    output.write_result(layer_types() if name is None else layer_type(name), Progress())
