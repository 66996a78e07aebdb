"""What `show` and `inline` share: a form of a network, in a language, to where it is wanted."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import click

from netsym.array_formula import ArrayFormula
from netsym.cli.arguments import common_options, note, one_of, whole_number, with_options
from netsym.cli.combinations import Row
from netsym.cli.output import Progress, in_json, write
from netsym.forms.sizes import MAX_NODES, refuse_if_larger
from netsym.formula import Formula
from netsym.network.network import Network
from netsym.path import INSTEAD, formula_of
from netsym.writers import ARRAY_LANGUAGES, LANGUAGES, WRITERS
from netsym.writers.language import Language
from netsym.writers.names_in_latex import NOTATIONS
from netsym.writers.text import NARROWEST

F = TypeVar("F", bound=Callable[..., Any])

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
    click.option("--to", **one_of(WRITERS, "text"),
                 help="The language to write."),
    click.option("--output", "unit", metavar="UNIT",
                 help="One output of many, by name or number from 1."),
    *_LAYOUT,
    click.option("--onion", is_flag=True, help="LaTeX: underbraces under the units."),
    click.option("--color", is_flag=True, help="LaTeX: one colour per layer."),
)  # fmt: skip
#: What goes with what in verbs that write a formula.
WRITING = (
    Row("--ascii", only="--to text"),
    Row("--width", only="--to text, --to latex", beside="--json"),
    Row("--document", only="--to latex", beside="--json"),
    Row("--notation, --onion, --color", only="--to latex"),
)
#: What goes with whole arrays.
MATRIX = (
    Row("--level matrix", only="--to text, --to latex"),
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
    to = options["to"]
    chosen = _writer_options(to, options, progress)
    if options["as_json"]:
        if options["max_nodes"] is not None:
            refuse_if_larger(formula.size.nodes, formula.form, options["max_nodes"], INSTEAD)
        pieces: Iterator[str] = iter([in_json(_to_json(formula, to, chosen))])
    else:
        pieces = formula.write(to, **chosen)
    write(_without_last_newline(pieces), options["target"], progress)


def _writer_options(to: str, options: dict[str, Any], progress: Progress) -> dict[str, Any]:
    chosen: dict[str, Any] = {
        "digits": options["digits"], "max_nodes": options["max_nodes"], "progress": progress,
    }  # fmt: skip
    if to == "text":
        to_file = options["target"] not in (None, "-")
        chosen["ascii"] = in_ascii(options)
        on_terminal = not to_file and not options["as_json"] and sys.stdout.isatty()
        terminal = max(shutil.get_terminal_size().columns, NARROWEST) if on_terminal else None
        chosen["width"] = options["width"] or terminal
        chosen["headings"] = True
    elif to == "latex":
        names = ("document", "notation", "onion", "color")
        chosen |= {name: options[name] for name in names if options.get(name)}
        if options["width"]:
            chosen["width"] = options["width"]
    return chosen


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


def _to_json(formula: Formula | ArrayFormula, to: str, chosen: dict[str, Any]) -> dict[str, Any]:
    """Right-hand sides by name; for programs, the program."""
    head = {"schema": 1, "form": formula.form}
    if to in ("python", "sympy"):
        return {**head, to: "".join(formula.write(to, **chosen))}
    bindings, outputs = _language(formula, to, chosen).right_sides()
    return {**head, "bindings": bindings, "outputs": outputs}


def _language(formula: Formula | ArrayFormula, to: str, chosen: dict[str, Any]) -> Language:
    """What spells a formula as the options say."""
    plain, other = (ARRAY_LANGUAGES if formula.whole else LANGUAGES)[to]
    kind = other if chosen.get("ascii") or chosen.get("onion") else plain
    known = () if to == "text" else (NOTATIONS[chosen["notation"]], chosen.get("color", False))
    language: Language = kind(formula, chosen["digits"], *known)
    return language


def _without_last_newline(pieces: Iterator[str]) -> Iterator[str]:
    """Writers may end with a line break; output adds its own."""
    last = None
    for piece in pieces:
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last.removesuffix("\n")
