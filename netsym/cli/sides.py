"""What verbs that compare take as the other side: a network, or a formula that may begin with -."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import click

from netsym.cli.combinations import Verb


class TakesFormula(Verb):
    """A verb with a formula among its arguments, which may begin with a minus as options do.

    A text that begins as a short option, like -o*x + 1, is a formula where an argument is missing
    otherwise, and else that option, like -oFILE; behind -- all are arguments.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the arguments behind a --, so that click takes none of them for an option."""
        found = list(self._told_apart(ctx, args))
        required = sum(each.required for each in self.params if isinstance(each, click.Argument))
        missing = required - sum(kind == "argument" for kind, _ in found)
        options: list[str] = []
        arguments: list[str] = []
        for kind, words in found:
            if kind == "either" and missing > 0 and arguments:  # NET comes first, and has no minus
                kind, missing = "argument", missing - 1
            (arguments if kind == "argument" else options).extend(words)
        return super().parse_args(ctx, [*options, "--", *arguments])

    def _told_apart(self, ctx: click.Context, args: list[str]) -> Iterator[tuple[str, list[str]]]:
        """Options with their values, arguments, and what may be either."""
        known = {name: each for each in self.get_params(ctx) for name in each.opts}
        rest = iter(args)
        for given in rest:
            option = known.get(given.partition("=")[0] if given.startswith("--") else given)
            if given == "--":
                yield from (("argument", [each]) for each in rest)
            elif isinstance(option, click.Option):
                takes = not (option.is_flag or "=" in given)
                value = list(islice(rest, takes))
                if len(value) < takes:
                    raise click.BadOptionUsage(given, f"{given} takes a value; give it", ctx)
                yield "option", [given, *value]
            elif re.match("--[a-z]", given):  # misspelt: click says so
                yield "option", [given]
            else:
                yield "either" if given[:2] in known else "argument", [given]
