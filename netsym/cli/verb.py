"""How a verb is declared: what it takes, of which some are handed over as one typed object."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import field, fields
from functools import partial, wraps
from typing import Any, TypeAlias

import click

from netsym.cli.combinations import Row, Verb

Command: TypeAlias = Callable[..., Any]
#: What gives a command an argument or options.
Takes: TypeAlias = Callable[[Command], Command]


def verb(
    name: str, *takes: Takes, rows: Callable[[], Iterable[Row]] = tuple, kind: type[Verb] = Verb
) -> Callable[[Command], Callable[[], Verb]]:
    """A verb, made when it is looked up: with the options and rows of what tables have then."""

    def declared(function: Command) -> Callable[[], Verb]:
        def made() -> Verb:
            own = wraps(function)(partial(function))  # click leaves its marks on it
            return click.command(name, cls=kind, rows=rows())(taking(takes, own))

        return made

    return declared


def taking(takes: Iterable[Takes], command: Command) -> Command:
    """A command that takes all these, in this order."""
    for each in reversed(list(takes)):
        command = each(command)
    return command


def option(*names: str, **said: Any) -> Any:
    """A field of a dataclass that is an option of the command line, as `click.option` has it."""
    return field(metadata={"names": names, "said": said})


def options(kind: type[Any]) -> Takes:
    """The options that are the fields of a dataclass, of which the command gets one object."""
    known = {each.name: each.metadata for each in fields(kind)}
    made = [click.option(*said["names"], name, **said["said"]) for name, said in known.items()]
    return lambda command: taking(
        made, handed(lambda given: kind(**{name: given.pop(name) for name in known}), command)
    )


def handed(taken: Callable[[dict[str, Any]], Any], command: Command) -> Command:
    """A command that gets some of what click gives as one object, called as its class."""

    @wraps(command)
    def handing(**given: Any) -> Any:
        found = taken(given)
        return command(**given, **{type(found).__name__.lower(): found})

    return handing
