"""`netsym simplify`: collapse what is linear, and say why the rest stays as it is."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import click

from netsym.cli.arguments import moved, network_argument, note, proving_options
from netsym.cli.combinations import Row, Verb
from netsym.cli.output import Progress, check_target, in_json, numbers_of_any_length, write
from netsym.cli.process import say
from netsym.cli.reports import report_options
from netsym.cli.writing import languages, layout_options, option_row, to_option, write_formula
from netsym.collapse.derivation import derivation
from netsym.collapse.simplification import simplify
from netsym.collapse.simplified import Simplified
from netsym.equality.comparison import Comparison, compare
from netsym.errors import SpecError
from netsym.files.formats import FORMATS, suffixes
from netsym.files.spec_of import dumps
from netsym.forms.sizes import MAX_NODES
from netsym.network.network import Network
from netsym.path import formula_of
from netsym.wording import spelled
from netsym.writers import WRITERS
from netsym.writers.text import Ascii

#: Languages that tell the steps, where others have the formula.
_DERIVATIONS = {"latex": derivation}
ROWS = (
    Row("--to, --ascii, --digits, --max-nodes, --notation", beside="--json"),
    option_row("ascii", "report"),
    option_row("width", "report"),
    Row("--width", only="--to report"),
    Row("--digits", beside=f"{languages(FORMATS)}, --exact"),
    option_row("document"),
    option_row("notation"),
    Row("--max-nodes", only=languages(WRITERS)),
)


class _Simplify(Verb):
    """Takes what follows --factor for its value, where it is a number."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put a space before a minus, or click takes it for the beginning of an option."""
        said = re.sub(r"(?<![^\0])--factor[=\0]-(?=[\d.])", "--factor= -", "\0".join(args))
        return super().parse_args(ctx, said.split("\0") if args else [])


@click.command("simplify", cls=_Simplify, rows=ROWS)
@network_argument
@to_option(
    [*WRITERS.values(), *FORMATS.values()],
    "report",
    f"The report; the formula; the derivation (latex); the network ({', '.join(FORMATS)}).",
)
@click.option("--steps", type=click.IntRange(0), metavar="N", help="Stop after N steps.")
@click.option("--force", is_flag=True, help="Also take steps that make the network larger.")
@click.option("--exact", is_flag=True, help="Keep exact fractions: no rounding to float64.")
@click.option(
    "--factor",
    is_flag=False,
    flag_value="exact",
    metavar="[TOL]",
    help="Split layers of low rank in two: of exact rank, or up to a relative tolerance.",
)
@moved("--at", "netsym regions NET --at X1,X2,…")
@moved("--regions", "netsym regions NET", flag=True)
@moved("--box", "netsym regions NET --box LOW,HIGH")
@moved("--expand-linear", "netsym inline NET --expand-linear", flag=True)
@layout_options
@proving_options
@click.pass_context
def command(context: click.Context, /, network: Network, **options: Any) -> None:
    """Collapse what is linear, step by step, and say why the rest does not collapse.

    \b
    Examples:
      netsym simplify 1-2-1                      a linear stack is one layer
      netsym simplify 1-2-1:relu                 what stands between, with numbers
      netsym simplify 1-2-1 --to latex           the derivation, for your notes
      netsym simplify net.toml --to toml -o small.toml

    \b
    Before and after are compared: the verdict ends the report, and the exit code
    is that of netsym compare: 0 equal, 1 different, 4 undecided.
    """
    check_target(options["target"])
    note(network)
    with numbers_of_any_length():
        context.exit(_simplified(network, options, Progress()))


def _simplified(network: Network, options: dict[str, Any], progress: Progress) -> int:
    """Simplify, prove and write; the exit code of the verdict."""
    to = options["to"]
    result = simplify(
        network, steps=options["steps"], force=options["force"], exact=options["exact"],
        factor=_factor(options["factor"]), progress=progress,
    )  # fmt: skip
    proved = None
    if result.steps:
        proved = compare(network, result, seed=options["seed"], progress=progress)
    given = report_options(options["target"], options["width"], options["ascii_only"])
    text: str | None
    if options["as_json"]:
        text = in_json(_to_json(result, proved))
    elif to == "report":
        text = result.report(**given, digits=options["digits"])
        if proved is not None:
            text += f"\n\n{proved.report(**given)}"
    else:
        said = result.summary(spelled("⇒", given["ascii"]))
        say(said if proved is None else f"{said}; {proved.verdict}")
        text = _in_language(result, options)
    if text is None:
        formula = formula_of(result.network, "inlined", False, None, options["max_nodes"])
        write_formula(formula, {**options, "max_nodes": None}, progress)
    else:
        write([text], options["target"], progress)
    return 0 if proved is None else proved.exit_code


def _in_language(result: Simplified, options: dict[str, Any]) -> str | None:
    """The network in a format, or the derivation; None where the formula is wanted."""
    row, target = FORMATS.get(options["to"]), options["target"] or ""
    if row is not None:
        others = set(suffixes()).difference(row.suffixes)
        if target.lower().endswith(tuple(others)):
            raise SpecError(
                f"{target}: --to {row.name} writes {row.title}; give a file whose name ends in "
                f"{' or '.join(row.suffixes)}"
            )
        return dumps(result.network, row.name).removesuffix("\n")
    derive = _DERIVATIONS.get(options["to"])
    if derive is None:
        return None
    text = derive(
        result, document=options["document"], notation=options["notation"],
        digits=options["digits"], max_nodes=options["max_nodes"],
    )  # fmt: skip
    return text.removesuffix("\n")


def _factor(given: str | None) -> bool | float:
    if given in (None, "exact"):
        return given is not None
    try:
        return float(Fraction(given or ""))
    except (ValueError, ZeroDivisionError, OverflowError):
        raise SpecError(
            f"--factor {given} is not a tolerance; give a number like 1e-9, or nothing for the "
            "exact rank"
        ) from None


def _to_json(result: Simplified, proved: Comparison | None) -> dict[str, Any]:
    """The steps, the formula if it is not too large, and the verdict if there were steps."""
    outputs: dict[str, str] | None = None
    if result.network.count_nodes("inlined") <= MAX_NODES:
        _, outputs = Ascii(result.network.inlined).right_sides()
    keys = ("verdict", "because", "evidence", "numbers", "counterexample")
    judged = dict.fromkeys(keys) if proved is None else proved.verdict_json()
    return result.to_json() | {"outputs": outputs} | judged
