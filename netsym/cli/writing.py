"""How a formula is written: the language, what it is asked for, and where it goes."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click
from click.core import ParameterSource

from netsym.cli.arguments import note, one_of, whole_number
from netsym.cli.combinations import Row
from netsym.cli.output import Output, Progress, check_name, check_source, write, write_bytes
from netsym.cli.process import columns, say
from netsym.cli.verb import Command, Takes, handed, taking
from netsym.errors import SpecError
from netsym.files.formats import FORMATS
from netsym.forms.sizes import MAX_NODES, refuse_if_larger
from netsym.formula import Formula
from netsym.layers.registry import LOSSES
from netsym.network.network import Network
from netsym.path import INSTEAD, formula_of
from netsym.wording import NARROWEST, joined
from netsym.writers import ARRAY_WRITERS, WRITERS
from netsym.writers.writer import Option, Writer

if TYPE_CHECKING:
    from netsym.array_formula import ArrayFormula


@dataclass(frozen=True, slots=True)
class Writing:
    """How a formula is written, and which: `own` are the options of languages, by name."""

    to: str
    digits: int | None
    max_nodes: int
    own: Mapping[str, Any]
    unit: str | None = None
    expand: bool = False

    def write(
        self, formula: Formula | ArrayFormula, output: Output, progress: Progress,
        counted: bool = False,
    ) -> None:  # fmt: skip
        """Write a formula; what is too large is refused, if it was not `counted` before."""
        row = formula.writers[self.to]
        max_nodes = None if counted else self.max_nodes
        asked = {"digits": self.digits, "progress": progress, **self._of_row(row, output)}
        is_file = row.is_file(output.target) and not output.as_json
        if (output.as_json or is_file) and max_nodes is not None:
            refuse_if_larger(formula.size.nodes, formula.form, max_nodes, INSTEAD)
        if is_file:
            write_bytes(row.bytes(formula, **asked), str(output.target))
            return
        if output.as_json:
            said = {"schema": 1, "form": formula.form} | row.to_json(formula, **asked)
            if not isinstance(formula, Formula):
                said["shapes"] = {names.ascii(0): list(shape) for names, shape in formula.shapes}
            pieces: Iterator[str] = iter([output.in_json(said)])
        else:
            pieces = formula.write(row.name, max_nodes=max_nodes, **asked)
            if asked.get("document"):
                from netsym.writers.latex_pages import pages_of  # most text needs no page

                pieces = pages_of(pieces, partial(self._tell_pages, formula.form))
        write(_without_last_newline(pieces), output.target, progress)

    def write_form(
        self, network: Network, form: str, output: Output, level: str = "scalar"
    ) -> None:
        """Write a form of a network, or its spec; what is too large is refused at once."""
        note(network)
        if self.to in FORMATS:
            from netsym.files.spec_of import dumps  # a formula need not wait for it

            write([dumps(network, self.to).removesuffix("\n")], output.target, Progress())
            return
        once = self._writes_once(network)
        formula = formula_of(network, form, self.expand, self.unit, self.max_nodes, level, once)
        self.write(formula, output, Progress(), counted=True)

    def _tell_pages(self, form: str, pages: int) -> None:
        """Say how long a document is that is longer than one page, and what makes it shorter."""
        copied = form == "inlined" and self.own.get("onion") != "once"
        once = "; --onion writes once what is used twice, netsym note tells it on one page"
        instead = once if copied else ""
        if pages > 1:
            say(f"note: about {pages} pages{instead}")

    def _writes_once(self, network: Network) -> bool:
        """Whether what is read again is written once: in an onion, and in costs in LaTeX."""
        onion = self.own["onion"]
        is_cost = self.to == "latex" and any(p.layer.kind in LOSSES for p in network.layers)
        return onion != "full" and bool(onion or is_cost)

    def _of_row(self, row: Writer, output: Output) -> dict[str, Any]:
        """What a language is asked for: what was said of its options, and what a terminal needs."""
        known = {**self.own, "headings": True, "ascii": output.in_ascii(self.own["ascii"])}
        wide = None if output.to_file or output.as_json else columns(sys.stdout)
        if row.takes("ascii") and wide is not None and not self.own["width"]:
            known["width"] = max(wide, NARROWEST)
        return {own.name: known[own.name] for own in row.options if known.get(own.name) is not None}


class Called(Protocol):
    """A row of a table of what is written: its name, and how its files are called."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def suffixes(self) -> tuple[str, ...]: ...  # noqa: D102


_FEW = 4  # words that stand in the name of an option


@dataclass(frozen=True, slots=True)
class Languages:
    """What a verb takes by `--to`, with the options of these; all is asked of the tables.

    `help` is that of `--to`, which is the `default` or a row of the `tables`. Verbs take all
    options of languages but those in `without`; those `reported` are for the default, too.
    """

    help: str
    default: str = "text"
    tables: Sequence[Mapping[str, Called]] = (WRITERS,)
    without: Sequence[str] = ()
    reported: Sequence[str] = ()

    def to(self, command: Command) -> Command:
        """The option --to, for a command."""
        words = dict.fromkeys([self.default, *(row.name for row in self._rows())])
        text = self.help.format(formats=", ".join(FORMATS))
        chosen = one_of(words, self.default)
        if len(words) > _FEW:
            text, chosen["metavar"] = f"{text} One of {', '.join(words)}.", "LANGUAGE"
        return click.option("--to", callback=self._chosen, help=text, **chosen)(command)

    def own(self, command: Command) -> Command:
        """The options of the first language, of all, of others; a command gets a `Writing`."""
        own, first = self._own(), next(iter(WRITERS.values()))

        def taken(given: dict[str, Any]) -> Writing:
            check_source(given["target"])
            if not given["as_json"]:
                self.check_name(given["to"], given["target"])
            said = {each.name: given.pop(each.name) for each in own}
            known = {each.name for each in fields(Writing)}.intersection(given)
            return Writing(own=said, **{name: given.pop(name) for name in known})

        options: list[Takes] = [
            *(_option(each) for each in own if each in first.options), DIGITS, MOST,
            *(_option(each) for each in own if each not in first.options),
        ]  # fmt: skip
        return taking(options, handed(taken, command))

    def rows(self) -> Iterator[Row]:
        """What each option of languages goes with: the languages that have it."""
        for own in self._own():
            others = [self.default] if own.name in self.reported else []
            takes = [row.name for row in WRITERS.values() if row.takes(own.name)]
            only = languages([*others, *takes])
            yield Row(f"--{own.name}", only, beside="--json" if own.layout else "")

    def _own(self) -> list[Option]:
        """The options of languages that the command line has too, each once."""
        rows = (row for row in self._rows() if isinstance(row, Writer))
        known = dict.fromkeys(own for row in rows for own in row.options if own.help)
        return [own for own in known if own.name not in self.without]

    def _rows(self) -> list[Called]:
        return [row for table in self.tables for row in table.values()]

    def _chosen(self, context: click.Context, _: click.Parameter, to: str) -> str:
        """What --to says; where it is not typed, what -o ends in says it."""
        said = context.get_parameter_source("to") is not ParameterSource.DEFAULT
        if said or context.params.get("as_json"):
            return to
        return _called(context.params.get("target"), self._rows()) or to

    def check_name(self, to: str, target: str | None) -> None:
        """Raise `SpecError` for a file that is called as if something else was in it."""
        own = [suffix for row in self._rows() if row.name == to for suffix in row.suffixes]
        instead = {".json": "--json"}
        for row in reversed(self._rows()):
            instead |= dict.fromkeys(row.suffixes, f"--to {row.name}")
        check_name(target, f"--to {to}", own, instead)


def _option(own: Option) -> Takes:
    """An option of languages, for a command."""
    kind: dict[str, Any] = {"is_flag": True}
    if own.alone:
        kind = {**one_of(own.words, None), "is_flag": False, "flag_value": own.alone}
    elif own.words:
        kind = one_of(own.words, own.words[0])
    elif own.least is not None:
        kind = {"type": click.IntRange(own.least), "metavar": "N"}
    elif own.metavar:
        kind = {"metavar": own.metavar}
    return click.option(f"--{own.name}", help=own.help, **kind)


def _called(target: str | None, rows: Iterable[Called]) -> str | None:
    """The row whose files are called like this one; raises `SpecError` if others share that."""
    suffix = Path(target or "").suffix.lower()
    called = [row for row in rows if suffix in row.suffixes]
    own = [row for row in called if not (isinstance(row, Writer) and row.shared)]
    if called and not own:
        known = joined((f"--to {row.name}" for row in called), "or")
        raise SpecError(f"{target}: several languages are in {suffix} files; add {known}")
    return own[0].name if own else None


def languages(words: Iterable[str]) -> str:
    """Several of what --to takes, as rows have them."""
    return ", ".join(f"--to {to}" for to in words)


#: What verbs that print a formula take.
FORMULA = Languages("The language; without it, what FILE ends in says it.")
#: And what prints a network, as that or as a spec.
NETWORK_TOO = Languages(
    "The language, or the network ({formats}); without it, what FILE ends in says it.",
    tables=(WRITERS, FORMATS),
)
UNIT = click.option("--output", "unit", metavar="UNIT",
                    help="One output of many, by name or number from 1.")  # fmt: skip
LEVEL = click.option("--level", **one_of(["scalar", "matrix"], "scalar"),
                     help="Unit by unit, or whole layers.")  # fmt: skip
DIGITS = click.option("--digits", type=click.IntRange(1, 17), metavar="N", help="Round the numbers "
                      "shown to N digits; without it they are exact.")  # fmt: skip
PAGES = click.option("--pages", type=click.IntRange(1), metavar="N", default=1, show_default=True,
                     help="A page to read: on so many; what finds no room is shortened or left "
                     "out.")  # fmt: skip
MOST = click.option("--max-nodes", type=whole_number, metavar="N", default=MAX_NODES,
                    show_default=True, help="Refuse to write out more than this.")  # fmt: skip


def matrix_rows(*without: str) -> Iterator[Row]:
    """What goes with whole arrays: other languages do not, nor options `without` effect there."""
    yield Row("--level matrix", only=languages(ARRAY_WRITERS))
    yield Row(", ".join(["--output, --expand", *without]), beside="--level matrix")


def spec_rows() -> Iterator[Row]:
    """What goes with a spec: nothing of how a formula is written."""
    yield Row("--digits, --max-nodes, --json", beside=languages(FORMATS))
    yield Row("--output, --expand, --level, --form", beside=languages(FORMATS))


def _without_last_newline(pieces: Iterator[str]) -> Iterator[str]:
    """Writers may end with a line break; output adds its own."""
    last = None
    for piece in pieces:
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last.removesuffix("\n")
