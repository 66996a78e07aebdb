"""`netsym simplify`: collapse what is linear, and say why the rest stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import click

from netsym.cli.arguments import NETWORK, SEED, moved, note
from netsym.cli.combinations import Row, Verb
from netsym.cli.output import Output, Progress, numbers_of_any_length, write
from netsym.cli.process import say
from netsym.cli.verb import options, verb
from netsym.cli.writing import Languages, Writing, languages
from netsym.collapse.derivation import derivation
from netsym.collapse.simplification import simplify
from netsym.collapse.simplified import Simplified
from netsym.equality.comparison import Comparison, compare
from netsym.errors import SpecError
from netsym.files.formats import FORMATS
from netsym.files.spec_of import dumps
from netsym.forms.sizes import MAX_NODES
from netsym.network.network import Network
from netsym.path import formula_of
from netsym.wording import spelled
from netsym.writers import WRITERS
from netsym.writers.text import Ascii

#: Languages that tell the steps, where others have the formula.
_DERIVATIONS = {"latex": derivation}
_LANGUAGES = Languages(
    "The report; the formula; the derivation (latex); the network ({formats}).", default="report",
    tables=(WRITERS, FORMATS), without=("onion", "color", "short"), reported=("ascii", "width"),
)  # fmt: skip


def _rows() -> Iterator[Row]:
    yield Row("--to, --ascii, --digits, --max-nodes, --notation", beside="--json")
    yield from _LANGUAGES.rows()
    yield Row("--width", beside=languages(_DERIVATIONS))
    yield Row("--digits", beside=f"{languages(FORMATS)}, --exact")
    yield Row("--max-nodes", only=languages(WRITERS))


class _Simplify(Verb):
    """Takes what follows --factor for its value, where it is a number."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put a space before a minus, or click takes it for the beginning of an option."""
        said = re.sub(r"(?<![^\0])--factor[=\0]-(?=[\d.])", "--factor= -", "\0".join(args))
        return super().parse_args(ctx, said.split("\0") if args else [])


@verb(
    "simplify", NETWORK, _LANGUAGES.to,
    click.option("--steps", type=click.IntRange(0), metavar="N", help="Stop after N steps."),
    click.option("--force", is_flag=True, help="Also take steps that make the network larger."),
    click.option("--exact", is_flag=True, help="Keep exact fractions: no rounding to float64."),
    click.option("--factor", is_flag=False, flag_value="exact", metavar="[TOL]", help="Split "
                 "layers of low rank in two: of exact rank, or up to a relative tolerance."),
    moved("--at", "netsym regions NET --at X1,X2,…"),
    moved("--regions", "netsym regions NET", flag=True),
    moved("--box", "netsym regions NET --box LOW,HIGH"),
    moved("--expand-linear", "netsym inline NET --expand-linear", flag=True),
    _LANGUAGES.own, SEED, options(Output), rows=_rows, kind=_Simplify,
)  # fmt: skip
@click.pass_context
def command(
    context: click.Context, network: Network, steps: int | None, force: bool, exact: bool,
    factor: str | None, writing: Writing, seed: int, output: Output,
) -> None:  # fmt: skip
    """Collapse what is linear, step by step, and say why the rest does not collapse.

    \b
    Examples:
      netsym simplify 1-2-1                      a linear stack is one layer
      netsym simplify 1-2-1:relu                 what stands between, with numbers
      netsym simplify 1-2-1 --to latex           the derivation, for your notes
      netsym simplify net.toml --to toml -o small.toml

    Before and after are compared: the verdict ends the report, and the exit code
    is that of netsym compare: 0 equal, 1 different, 4 undecided.
    """
    note(network)
    progress = Progress()
    with numbers_of_any_length():
        result = simplify(
            network, steps=steps, force=force, exact=exact, factor=_factor(factor),
            progress=progress,
        )  # fmt: skip
        proved = compare(network, result, seed=seed, progress=progress) if result.steps else None
        _write(result, proved, writing, output, progress)
    context.exit(0 if proved is None else proved.exit_code)


def _write(
    result: Simplified, proved: Comparison | None, writing: Writing, output: Output,
    progress: Progress,
) -> None:  # fmt: skip
    """Write what --to says; where the report is not written, its first line and the verdict are."""
    to, own = writing.to, writing.own
    asked = {"width": own["width"], "ascii": own["ascii"]}
    if output.as_json:
        text = output.in_json(_to_json(result, proved))
    elif to == "report":
        text = output.report(result, **asked, digits=writing.digits)
        if proved is not None:
            text += f"\n\n{output.report(proved, **asked)}"
    else:
        said = result.summary(spelled("⇒", output.in_ascii(own["ascii"])))
        say(said if proved is None else f"{said}; {proved.verdict}")
        if to in FORMATS:
            text = dumps(result.network, to)
        elif to in _DERIVATIONS:
            text = _DERIVATIONS[to](
                result, document=own["document"], notation=own["notation"],
                digits=writing.digits, max_nodes=writing.max_nodes,
            )  # fmt: skip
        else:
            formula = formula_of(result.network, "inlined", False, None, writing.max_nodes)
            writing.write(formula, output, progress, counted=True)
            return
    write([text.removesuffix("\n")], output.target, progress)


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
