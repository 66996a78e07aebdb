"""What several verbs take: the network, and options that mean the same everywhere."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from netsym.errors import SpecError
from netsym.network import Network
from netsym.readers import files, shorthand

F = TypeVar("F", bound=Callable[..., Any])

_MOST_STDIN = 64 * 2**20  # bytes


class NetworkType(click.ParamType):
    """NET: a shorthand, a file, or - for standard input."""

    name = "NET"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None  # noqa: ARG002
    ) -> Network:
        """The network; `SpecError` where it cannot be read."""
        return value if isinstance(value, Network) else read_network(value)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str  # noqa: ARG002
    ) -> list[CompletionItem]:
        """Files; and activations, once a shorthand has a colon."""
        body, colon, word = incomplete.partition(":")
        if colon:
            from netsym.formula.functions import ACTIVATIONS

            return [CompletionItem(f"{body}:{a}") for a in ACTIVATIONS if a.startswith(word)]
        return [CompletionItem(incomplete, type="file")]


def read_network(given: str) -> Network:
    """A network from what was typed for NET."""
    if given == "-":
        return _from_stdin()
    path = Path(given)
    if path.suffix in (".toml", ".json") or "/" in given or path.is_file():
        return files.load(path)
    return shorthand.parse(given)


def _from_stdin() -> Network:
    data = sys.stdin.buffer.read(_MOST_STDIN + 1)
    if len(data) > _MOST_STDIN:
        raise SpecError(f"standard input is longer than {_MOST_STDIN:,} bytes; give a file instead")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise SpecError(f"standard input is not UTF-8 text: {error}") from None
    if not text.strip():
        raise SpecError("standard input is empty; give a shorthand, TOML or JSON")
    if re.match(r"\s*\{", text):
        return files.loads(text, folder=None, source="standard input", format="json")
    if "=" in text or "\n" in text.strip():
        return files.loads(text, folder=None, source="standard input", format="toml")
    return shorthand.parse(text)


def network_argument(function: F) -> F:
    """The argument NET."""
    return click.argument("network", type=NetworkType(), metavar="NET")(function)


_COMMON = (
    click.option("--json", "as_json", is_flag=True, help="Print JSON."),
    click.option("-o", "target", metavar="FILE", help="Write to a file, whole or not at all."),
    click.option("--expand", is_flag=True, help="Write activations by elementary operations."),
)


def common_options(function: F) -> F:
    """Options that every verb has."""
    for option in reversed(_COMMON):
        function = option(function)
    return function
