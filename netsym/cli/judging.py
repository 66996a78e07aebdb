"""What verbs take that judge whether two functions are equal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import click

from netsym.cli.arguments import SEEDED, refuse_inputs_of, said_inputs
from netsym.cli.verb import option
from netsym.errors import SpecError
from netsym.pieces import BUDGET


def box_of(given: str) -> Sequence[Any]:
    """The bounds of --box: two numbers for all inputs, or two for each."""
    parts = given.split(",")
    if len(parts) == 2:
        return parts
    if len(parts) % 2:
        raise SpecError(f"--box {given}: give two numbers, LOW,HIGH, or two for each input")
    return list(zip(parts[::2], parts[1::2], strict=True))


@dataclass(frozen=True, slots=True)
class Judging:
    """The terms of a comparison, as `netsym.compare` takes them."""

    where: tuple[str, ...] = option(
        "--where", multiple=True, metavar="CONDITION",
        help="Compare where this holds: 'x > 0', '0 < p < 1', 'x != y'.",
    )  # fmt: skip
    tolerance: float | None = option(
        "--tolerance", type=click.FloatRange(0), metavar="T",
        help="Call a difference of at most T within-error, if it is no larger within the box.",
    )  # fmt: skip
    box: str | None = option(
        "--box", metavar="LOW,HIGH",
        help="Bound differences for inputs within this; without it, -10,10.",
    )  # fmt: skip
    budget: int = option(
        "--budget", type=click.IntRange(1), metavar="N", default=BUDGET, show_default=True,
        help="Look at so many pieces of piecewise functions.",
    )  # fmt: skip
    up_to_names: bool = option(
        "--up-to-names", is_flag=True,
        help="Two formulas, or two networks: match their names, too.",
    )  # fmt: skip
    seed: int = option("--seed", **SEEDED)

    @property
    def asked(self) -> str:
        """An option that was given and changes what equal means, if one was."""
        given = {
            "--where": self.where, "--tolerance": self.tolerance is not None,
            "--box": self.box is not None,
        }  # fmt: skip
        return next((option for option, was_given in given.items() if was_given), "")

    def check(self, one: Any, other: Any) -> None:
        """Raise `SpecError` for what is said of names, if it changes nothing for these sides."""
        refuse_inputs_of(one, other)
        if self.up_to_names and (other is None or isinstance(one, str) != isinstance(other, str)):
            raise SpecError("--up-to-names is for two formulas, or two networks; leave it out")

    def terms(self) -> dict[str, Any]:
        """The keywords of `netsym.compare`."""
        return {
            "where": self.where, "tolerance": self.tolerance, "budget": self.budget,
            "box": None if self.box is None else box_of(self.box), "seed": self.seed,
            "up_to_names": self.up_to_names, "inputs": said_inputs(),
        }  # fmt: skip
