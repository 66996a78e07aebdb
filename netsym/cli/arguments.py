"""What several verbs take: the network, and options that mean the same everywhere."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from netsym.cli.process import say
from netsym.cli.verb import Command, Takes
from netsym.errors import SpecError, did_you_mean
from netsym.files.bounded import is_file, text_in
from netsym.files.formats import FORMATS, told
from netsym.graph.functions import ACTIVATIONS
from netsym.network.network import Network
from netsym.path import in_text, meant, network_of
from netsym.readers import shorthand

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

#: Where the context keeps the files that were read, so that they are not overwritten.
SOURCE = "netsym.source"
#: And which names --inputs says are inputs.
INPUTS = "netsym.inputs"


def read_network(given: str) -> Network:
    """A network from what was typed for NET, a formula among it."""
    found = read_side(given)
    refuse_inputs_of(found)
    return (
        found
        if isinstance(found, Network)
        else network_of(given if given != "-" else found, said_inputs())
    )


def refuse_inputs_of(*sides: Any) -> None:
    """Raise `SpecError` for --inputs, if no side is a formula."""
    if said_inputs() is not None and not any(isinstance(side, str) for side in sides):
        raise SpecError("--inputs is for a formula, and here is none; leave it out")


def read_side(given: str) -> Network | str:
    """What was typed for one of two that are compared: a network, or the text of a formula."""
    if given == "-":
        return _from_stdin()
    _keep_file(given)
    return meant(given)


def _keep_file(given: str) -> None:
    if "\n" not in given and is_file(Path(given)):
        keep(given)


def said_inputs() -> list[str] | None:
    """What --inputs says, if it does."""
    context = click.get_current_context(silent=True)
    said: str | None = None if context is None else context.meta.get(INPUTS)
    return None if said is None else [each.strip() for each in said.split(",") if each.strip()]


def note(*sides: Any) -> None:
    """Say what the spec of a network has left open."""
    for side in sides:
        if isinstance(side, Network) and side.assumed:
            say(f"note: {side.assumed}")


def keep(source: str) -> None:
    """Remember a file that was read, so that it is not overwritten."""
    context = click.get_current_context(silent=True)
    if context is not None:
        context.meta.setdefault(SOURCE, []).append(source)


def stdin_text() -> str:
    """All of standard input; raises `SpecError` if it is closed, too long or not UTF-8."""
    try:
        return text_in(sys.stdin.buffer, "standard input")
    except OSError as error:
        why = "it is closed" if error.errno == errno.EBADF else error.strerror
        raise SpecError(f"cannot read standard input: {why}; give a file or a shorthand") from None


def _from_stdin() -> Network | str:
    """What standard input holds: a network in a format or in shorthand, or a formula."""
    text = stdin_text()
    if not text.strip():
        known = ", ".join(row.title for row in FORMATS.values())
        raise SpecError(f"standard input is empty; give a shorthand, {known} or a formula")
    row = None if shorthand.is_shorthand(text) else told(text)
    if row is None:
        return in_text(text.strip())
    from netsym.files.files import loads  # a shorthand need not wait for it

    return loads(text, folder=None, source="standard input", format=row.name)


def _complete(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Files; and activations, once a shorthand has a colon."""
    from click.shell_completion import CompletionItem  # which click loads where it asks

    body, colon, word = incomplete.partition(":")
    if not colon:
        return [CompletionItem(incomplete, type="file")]
    return [CompletionItem(f"{body}:{a}") for a in ACTIVATIONS.words() if a.startswith(word)]


def _remember_inputs(context: click.Context, _: click.Parameter, said: str | None) -> None:
    context.meta[INPUTS] = said


#: A shorthand, a file, a formula, or - for standard input.
_NETWORK = click.argument("network", type=read_network, metavar="NET", shell_complete=_complete)
_SIDE = click.argument("network", type=read_side, metavar="NET", shell_complete=_complete)
#: Said before NET is read.
_INPUTS = click.option(
    "--inputs", metavar="NAMES", is_eager=True, expose_value=False, callback=_remember_inputs,
    help="Of a formula as NET: which of its names are inputs, as in x,y.",
)  # fmt: skip


def NETWORK(command: Command) -> Command:
    """What a verb takes that is about a network."""
    return _INPUTS(_NETWORK(command))


def SIDE(command: Command) -> Command:
    """What a verb takes that compares with something: a network, or a formula as it is."""
    return _INPUTS(_SIDE(command))


def one_of(words: Iterable[str], default: str | None) -> dict[str, Any]:
    """What an option that takes one of some words is made of; a misspelt one gets the nearest."""
    known = list(words)

    def word(value: str) -> str:
        if value not in known:
            raise click.BadParameter(f"{value!r}; {did_you_mean(value, known)}")
        return value

    def complete(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        return [CompletionItem(word) for word in known if word.startswith(incomplete)]

    return {
        "type": word, "metavar": "|".join(known), "default": default, "show_default": True,
        "shell_complete": complete,
    }  # fmt: skip


def whole_number(value: str | int) -> int:
    """A whole number above zero, also as 1e9 or 1_000_000."""
    try:
        number = float(value) if "e" in str(value).lower() else int(value)
        whole = int(number)
    except (ValueError, OverflowError):
        number = whole = 0
    if whole < 1 or whole != number:
        raise click.BadParameter(f"{value!r} is not a whole number above zero, like 1000 or 1e9")
    return whole


EXPAND = click.option("--expand", is_flag=True, help="Write activations by elementary operations.")
#: How --seed is an option.
SEEDED: dict[str, Any] = {
    "type": int, "default": 0, "show_default": True, "metavar": "N",
    "help": "Look at other points, too; what is proved is the same.",
}  # fmt: skip
SEED = click.option("--seed", **SEEDED)


def moved(name: str, instead: str, flag: bool = False) -> Takes:
    """An option that a verb had, which now says where it is."""

    def say_where(_: click.Context, __: click.Parameter, value: Any) -> None:
        if value:
            raise click.UsageError(f"{name} has moved: write {instead}")

    return click.option(
        name, hidden=True, is_flag=flag, expose_value=False, callback=say_where, is_eager=True
    )
