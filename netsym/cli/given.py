"""The numbers at which a verb computes: values by name, and --parameters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from netsym.cli.arguments import keep
from netsym.errors import SpecError
from netsym.files.given_numbers import numbers_in, numbers_of
from netsym.writers.spelling import DIGITS

PARAMETERS = click.option(
    "--parameters", metavar="NAME=NUMBER,…|FILE",
    help="Numbers for parameters, or a .toml, .json, .npz or .safetensors file of them.",
)  # fmt: skip
ROUNDED = click.option("--digits", type=click.IntRange(1, 17), metavar="N", default=DIGITS,
                      show_default=True, help="Round the numbers shown to N digits.")  # fmt: skip


def numbers_given(texts: Iterable[str], parameters: str | None) -> dict[str, Any]:
    """The numbers that were typed, and those of --parameters; raises `SpecError` for both."""
    found = numbers_in(texts)
    if parameters is None:
        return found
    keep(parameters)
    others = numbers_of(parameters)
    twice = next((name for name in others if name in found), None)
    if twice is not None:
        raise SpecError(f"{twice!r} is given twice, also in --parameters; give it once")
    return found | others
