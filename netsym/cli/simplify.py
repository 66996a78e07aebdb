"""`netsym simplify`: collapse what is linear, and say why the rest stays as it is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import click

from netsym.cli.arguments import network_argument, note, one_of, proving_options
from netsym.cli.combinations import Row, Verb
from netsym.cli.compare import report_width
from netsym.cli.output import Progress, check_target, numbers_of_any_length, write
from netsym.cli.process import say
from netsym.cli.writing import in_ascii, layout_options, refuse, write_formula
from netsym.collapse.derivation import derivation
from netsym.collapse.expansion import expanded
from netsym.collapse.report import report, summary, to_json
from netsym.collapse.simplification import Simplified, simplify
from netsym.equality.comparison import Comparison, compare
from netsym.errors import SpecError
from netsym.files.toml import dumps
from netsym.forms.sizes import MAX_NODES
from netsym.network.network import Network
from netsym.pieces.region import at
from netsym.pieces.regions import regions
from netsym.writers.text import Ascii

_TO = ("report", "text", "latex", "python", "sympy", "toml")
ROWS = (
    Row("--regions, --expand-linear", beside="--at"),
    Row("--expand-linear", beside="--regions"),
    Row("--steps, --force, --exact, --factor, --seed", beside="--at, --regions, --expand-linear"),
    Row("--box", only="--regions"),
    Row("--to toml", beside="--at, --regions, --expand-linear"),
    Row("--to python", beside="--regions"),
    Row("--to, --ascii, --digits, --max-nodes, --notation", beside="--json",
        unless="--expand-linear"),
    Row("--ascii", only="--to report, --to text", beside="--regions, --at and --to report"),
    Row("--width", only="--to report, --to text, --to latex", beside="--json"),
    Row("--width", only="--to report, --at, --expand-linear"),
    Row("--digits", beside="--to toml, --exact, --regions and --to sympy"),
    Row("--document", only="--to latex", beside="--json, --regions"),
    Row("--notation", only="--to latex", beside="--at, --regions"),
    Row("--max-nodes", only="--to text, --to latex, --to python, --to sympy, --expand-linear",
        beside="--regions"),
)  # fmt: skip


@click.command("simplify", cls=Verb, rows=ROWS)
@network_argument
@click.option(
    "--to",
    **one_of(_TO, "report"),
    help="The report; the formula; the derivation (latex); the network (toml).",
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
@click.option(
    "--at",
    "point",
    metavar="X1,X2,…",
    help="The affine map that a relu-like network is around this point.",
)
@click.option(
    "--regions",
    "all_regions",
    is_flag=True,
    help="All linear pieces of a relu-like network of one or two inputs.",
)
@click.option("--box", metavar="LOW,HIGH", help="With --regions: every input within this.")
@click.option(
    "--expand-linear",
    is_flag=True,
    help="A linear network as one formula, collected by input.",
)
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
      netsym simplify relu.toml --at 0.5         a relu network around a point
      netsym simplify relu.toml --regions        all of its linear pieces
      netsym simplify 1-2-1 --expand-linear      collected by input

    \b
    Before and after are compared: the verdict ends the report, and the exit code
    is that of netsym compare: 0 equal, 1 different, 4 undecided.
    """
    check_target(options["target"])
    note(network)
    with numbers_of_any_length():
        context.exit(_written(network, options, Progress()))


def _written(network: Network, options: dict[str, Any], progress: Progress) -> int:
    """Write what the options ask for; the exit code."""
    if options["point"] is not None:
        _write_result(at(network, options["point"].split(",")), options, progress)
    elif options["all_regions"]:
        box = None if options["box"] is None else _box(options["box"])
        _write_result(regions(network, box, progress=progress), options, progress)
    elif options["expand_linear"]:
        formula = expanded(network, options["max_nodes"])
        to = "text" if options["to"] == "report" else options["to"]
        write_formula(formula, {**options, "to": to}, progress)
    else:
        return _simplified(network, options, progress)
    return 0


def _box(given: str) -> Sequence[Any]:
    """The bounds of --box: two numbers for all inputs, or two for each."""
    parts = given.split(",")
    if len(parts) == 2:
        return parts
    if len(parts) % 2:
        raise SpecError(f"--box {given}: give two numbers, LOW,HIGH, or two for each input")
    return list(zip(parts[::2], parts[1::2], strict=True))


def _write_result(result: Any, options: dict[str, Any], progress: Progress) -> None:
    """A region or all regions, as a report, as data, or in a language."""
    to, digits = options["to"], options["digits"]
    if options["as_json"]:
        text = json.dumps(result.to_json(), indent=2, ensure_ascii=False)
    elif to == "report":
        text = result.report(options["width"] or report_width(), digits)
    elif hasattr(result, "formula"):
        write_formula(result.formula(), options, progress)
        return
    elif to == "sympy":
        text = str(result.sympy())
    elif to in ("text", "latex"):
        text = getattr(result, to)(digits)
    else:
        raise SpecError(f"--regions cannot be written --to {to}; give text, latex or sympy")
    write([text], options["target"], progress)


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
    width = options["width"] or report_width()
    text: str | None
    if options["as_json"]:
        text = json.dumps(_to_json(result, proved), indent=2, ensure_ascii=False)
    elif to == "report":
        ascii = in_ascii(options)
        text = report(result, width, ascii, options["digits"])
        if proved is not None:
            verdict = proved.report(width)
            text += f"\n\n{verdict.replace('…', '...').replace('±', '+-') if ascii else verdict}"
    else:
        said = summary(result, "=>" if in_ascii(options) else "⇒")
        say(said if proved is None else f"{said}; {proved.verdict}")
        text = _in_language(result, options)
    if text is None:
        refuse(result.network, "inlined", None, False, options["max_nodes"])
        write_formula(result.network.inlined, options, progress)
    else:
        write([text], options["target"], progress)
    return 0 if proved is None else proved.exit_code


def _in_language(result: Simplified, options: dict[str, Any]) -> str | None:
    """The network in TOML, or the derivation; None where the formula is wanted."""
    if options["to"] == "toml":
        if (options["target"] or "").lower().endswith(".json"):
            target = options["target"]
            raise SpecError(
                f"{target}: --to toml writes TOML; give a file whose name ends in .toml"
            )
        return dumps(result.network).removesuffix("\n")
    if options["to"] == "latex":
        text = derivation(
            result, document=options["document"], notation=options["notation"],
            digits=options["digits"], max_nodes=options["max_nodes"],
        )  # fmt: skip
        return text.removesuffix("\n")
    return None


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
    keys = ("verdict", "because", "evidence", "counterexample")
    judged = dict.fromkeys(keys) if proved is None else proved.verdict_json()
    return to_json(result) | {"outputs": outputs} | judged
