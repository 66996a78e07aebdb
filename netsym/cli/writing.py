"""What `show` and `inline` share: a form of a network, in a language, to where it is wanted."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from netsym.array_formula import ArrayFormula
from netsym.cli.arguments import common_options, note, one_of, whole_number, with_options
from netsym.cli.combinations import Row
from netsym.cli.output import Progress, in_json, write
from netsym.files.syntax import Format
from netsym.forms.sizes import MAX_NODES, refuse_if_larger
from netsym.formula import Formula
from netsym.network.network import Network
from netsym.path import INSTEAD, formula_of
from netsym.writers import ARRAY_WRITERS, WRITERS
from netsym.writers.names_in_latex import NOTATIONS
from netsym.writers.text import NARROWEST
from netsym.writers.writer import Writer

F = TypeVar("F", bound=Callable[..., Any])


def to_option(rows: Collection[Writer | Format], default: str, text: str) -> Callable[[F], F]:
    """The option --to: a row, or the default; where it is not typed, the suffix of -o says it."""
    named = {suffix: row.name for row in rows for suffix in row.suffixes}

    def chosen(context: click.Context, _: click.Parameter, to: str) -> str:
        said = context.get_parameter_source("to") is not ParameterSource.DEFAULT
        if said or context.params.get("as_json"):
            return to
        return named.get(Path(context.params.get("target") or "").suffix.lower(), to)

    words = dict.fromkeys([default, *(row.name for row in rows)])
    return click.option("--to", callback=chosen, **one_of(words, default), help=text)


def languages(words: Iterable[str]) -> str:
    """Several of what --to takes, as rows have them."""
    return ", ".join(f"--to {to}" for to in words)


def option_row(option: str, *others: str) -> Row:
    """The row of an option of languages: the languages that take it, after other words of --to."""
    takes = [row for row in WRITERS.values() if row.takes(option)]
    laid_out = any(option in row.layout for row in takes)
    only = languages([*others, *(row.name for row in takes)])
    return Row(f"--{option}", only, beside="--json" if laid_out else "")


_PAGE = (
    click.option("--ascii", "ascii_only", is_flag=True, help="Text in plain ASCII."),
    click.option("--width", type=click.IntRange(NARROWEST), metavar="N",
                 help="Break lines there; the terminal's width on a terminal."),
    click.option("--digits", type=click.IntRange(1, 17), metavar="N",
                 help="Round the numbers shown to N digits; without it they are exact."),
    click.option("--max-nodes", type=whole_number, metavar="N", default=MAX_NODES,
                 show_default=True, help="Refuse to write out more than this."),
    click.option("--document", is_flag=True, help="LaTeX: a file that compiles."),
)  # fmt: skip
_LAYOUT = (
    *_PAGE,
    click.option("--notation", **one_of(NOTATIONS, "ng"),
                 help="LaTeX: how layers and units are numbered."),
)  # fmt: skip
_OPTIONS = (
    to_option(WRITERS.values(), "text", "The language; without it, what FILE ends in says it."),
    click.option("--output", "unit", metavar="UNIT",
                 help="One output of many, by name or number from 1."),
    *_LAYOUT,
    click.option("--onion", is_flag=True, help="LaTeX: underbraces under the units."),
    click.option("--color", is_flag=True, help="LaTeX: one colour per layer."),
)  # fmt: skip
#: What goes with what in verbs that write a formula.
WRITING = tuple(map(option_row, ("ascii", "width", "document", "notation", "onion", "color")))
#: What goes with whole arrays.
MATRIX = (
    Row("--level matrix", only=languages(ARRAY_WRITERS)),
    Row("--output, --expand, --onion, --form shared, --form inlined", beside="--level matrix"),
)


def writing_options(function: F) -> F:
    """The options of verbs that print a formula."""
    return with_options(_OPTIONS, common_options(function))


def page_options(function: F) -> F:
    """Those that say how a formula without layers is laid out."""
    return with_options(_PAGE, function)


def layout_options(function: F) -> F:
    """Those that say how a formula is laid out, in whatever language."""
    return with_options(_LAYOUT, function)


def write_form(network: Network, form: str, options: dict[str, Any]) -> None:
    """Write a form of a network as the options say; what is too large was refused before."""
    note(network)
    formula = formula_of(network, form, options["expand"], options["unit"], options["max_nodes"])
    write_formula(formula, {**options, "max_nodes": None}, Progress())


def write_formula(
    formula: Formula | ArrayFormula, options: dict[str, Any], progress: Progress
) -> None:
    """Write a formula as the options say."""
    row = formula.writers[options["to"]]
    chosen = _writer_options(row, options, progress)
    if options["as_json"]:
        if options["max_nodes"] is not None:
            refuse_if_larger(formula.size.nodes, formula.form, options["max_nodes"], INSTEAD)
        said = {"schema": 1, "form": formula.form} | row.to_json(formula, **chosen)
        pieces: Iterator[str] = iter([in_json(said)])
    else:
        pieces = formula.write(row.name, **chosen)
    write(_without_last_newline(pieces), options["target"], progress)


def _writer_options(row: Writer, options: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """What a language is asked for: what was said of its own options, and what a terminal needs."""
    known = options | {"headings": True, "ascii": in_ascii(options)}
    to_terminal = options["target"] in (None, "-") and not options["as_json"]
    if row.takes("ascii") and to_terminal and sys.stdout.isatty() and not options["width"]:
        known["width"] = max(shutil.get_terminal_size().columns, NARROWEST)
    own = {name: known[name] for name in (*row.options, *row.layout) if known.get(name)}
    shared = {name: options[name] for name in ("digits", "max_nodes")}
    return {**shared, "progress": progress, **own}


def in_ascii(options: dict[str, Any]) -> bool:
    """Whether text is to be plain ASCII: as asked, or as the terminal needs; files are UTF-8."""
    to_file = options["target"] not in (None, "-")
    return options["ascii_only"] or not (to_file or _shows_unicode())


def _shows_unicode() -> bool:
    try:
        "σ⁽²⁾₁·".encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _without_last_newline(pieces: Iterator[str]) -> Iterator[str]:
    """Writers may end with a line break; output adds its own."""
    last = None
    for piece in pieces:
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last.removesuffix("\n")
