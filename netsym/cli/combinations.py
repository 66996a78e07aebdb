"""Which options go together: a row for each that does not go with all others, checked in one place.

An option that would change nothing beside others is refused: whoever gave it expects something.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import click
from click.core import ParameterSource

from netsym.cli.pages import Helped
from netsym.errors import SpecError


class Row(NamedTuple):
    """What some options go with: one of `only`, and nothing of `beside` but with one of `unless`.

    All are as people type them, `--json`, or with a value, `--to latex`; between several stands a
    comma, and `and` between those that count together.
    """

    options: str
    only: str = ""
    beside: str = ""
    unless: str = ""


class Verb(Helped):
    """A verb whose options are checked by its rows before it runs."""

    def __init__(self, *args: Any, rows: Iterable[Row] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = list(rows)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse; where an option may stand without a word, what follows is one only if it is known.

        Else the network behind it would be taken for its word.
        """
        for param in self.params:
            word = param.flag_value if isinstance(param, click.Option) else None
            if isinstance(word, str) and param.opts[-1] in args:
                place = args.index(param.opts[-1])
                if not _is_word(param, args[place + 1 :]):
                    args = [*args[:place], f"{param.opts[-1]}={word}", *args[place + 1 :]]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Check, and run."""
        given, chosen = _said(ctx)
        for row in self.rows:
            _check(row, given, chosen)
        return super().invoke(ctx)


def _is_word(option: click.Parameter, args: list[str]) -> bool:
    """Whether what follows is one of the words that the option takes."""
    try:
        return bool(args) and option.type.convert(args[0], option, None) is not None
    except click.BadParameter:
        return False


def _said(ctx: click.Context) -> tuple[dict[str, str], dict[str, str]]:
    """What was typed, and what holds, with what is so where nothing is said; and how to say it."""
    given: dict[str, str] = {}
    chosen: dict[str, str] = {}
    for option in ctx.command.params:
        assert option.name is not None
        name, value = option.opts[-1], ctx.params.get(option.name)
        if isinstance(option, click.Option) and value is not None and value is not False:
            said = {each: each for each in (name, f"{name} {value}")}
            typed = ctx.get_parameter_source(option.name) is not ParameterSource.DEFAULT
            if not typed and value != option.default:  # what the file of -o says
                said = dict.fromkeys(said, f"-o {ctx.params['target']} ({name} {value})")
                typed = True
            chosen |= said
            given |= said if typed else {}
    return given, chosen


def _check(row: Row, given: dict[str, str], chosen: dict[str, str]) -> None:
    """Raise `SpecError` for an option of the row that was given and changes nothing."""
    clash = _first(row.beside, chosen)
    for option in filter(None, map(given.get, row.options.split(", "))):
        if row.only and _first(row.only, chosen) is None:
            known, first = row.only.replace(", ", " or "), row.only.partition(", ")[0]
            raise SpecError(f"{option} is for {known}; add {first}, or leave {option} out")
        if clash is not None and _first(row.unless, chosen) is None:
            raise SpecError(f"{option} changes nothing beside {clash}; leave one of them out")


def _first(listed: str, chosen: dict[str, str]) -> str | None:
    """The first of those listed that holds."""
    for each in listed.split(", "):
        if chosen.keys() >= (together := dict.fromkeys(each.split(" and "))).keys():
            return " and ".join(map(chosen.__getitem__, together))
    return None
