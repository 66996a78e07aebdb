"""`netsym certify`: code for a language, run there, and how far it is from the network."""

from __future__ import annotations

import click

from netsym.certificates import ENGINES
from netsym.certificates.certify import certify
from netsym.cli.arguments import NETWORK, note, one_of
from netsym.cli.given import PARAMETERS, numbers_given
from netsym.cli.output import Output, Progress, check_target, write, write_bytes
from netsym.cli.verb import verb
from netsym.cli.writing import Languages, Writing
from netsym.files.examples import read_inputs
from netsym.network.network import Network
from netsym.network.point import numbered
from netsym.writers import WRITERS

_LANGUAGES = Languages(
    "The language that is written and run; without it, what FILE ends in says it.",
    default=next(iter(ENGINES)),
    tables=({name: row for name, row in WRITERS.items() if name in ENGINES},),
)


@verb(
    "certify", NETWORK, _LANGUAGES.to,
    click.option("--form", **one_of(["layered", "shared", "inlined"], "layered"),
                 help="What is written."),
    click.option("--data", metavar="FILE", help="Rows of inputs, as CSV; 1,000 at random without."),
    PARAMETERS,
    _LANGUAGES.own,
    click.option("--json", "as_json", is_flag=True, help="Print JSON."),
    click.option("-o", "target", metavar="FILE", help="Write the code to a file."),
    rows=_LANGUAGES.rows,
)  # fmt: skip
@click.pass_context
def command(
    context: click.Context, network: Network, form: str, data: str | None, parameters: str | None,
    writing: Writing, as_json: bool, target: str | None,
) -> None:  # fmt: skip
    """Write a network in a language, run that, and say how far it is from the network.

    \b
    Examples:
      netsym certify iris.toml --to c
      netsym certify iris.toml --to c --float -o iris.h --header
      netsym certify iris.toml --to numpy --data rows.csv
      netsym certify 1-1:tanh --to sql --parameters w1=0.5,b1=1
      netsym certify iris.toml --to javascript --digits 4     what rounding costs
      netsym certify iris.toml --data rows.csv -o iris.xlsx   a workbook of these rows

    It is run on the rows given, on both sides of kinks, at 0, ±1e3 and NaN. What
    is proved is proved at these rows, and at no others. As the network is exit
    code 0, different 1, not run 4, as where gcc is missing.
    """
    check_target(target)
    given = numbers_given((), parameters)
    note(network)
    network = numbered(network, given)
    progress = Progress()
    rows = None if data is None else read_inputs(data, network)
    row = WRITERS[writing.to]
    own = {name: said for name, said in writing.own.items() if said and row.takes(name)}
    found = certify(
        network, writing.to, rows, form=form, digits=writing.digits, max_nodes=writing.max_nodes,
        **own,
    )  # fmt: skip
    Output(as_json, None).write_result(found, progress)
    if row.is_file(target):
        held = row.bytes(network.formula(form), rows=rows, digits=writing.digits, **own)
        write_bytes(held, str(target))
    elif target is not None:
        write([found.code.removesuffix("\n")], target, progress)
    context.exit(found.exit_code)
