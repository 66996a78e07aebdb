"""Certificate: how far what was written for a language is from its network, at the rows run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

from netsym.displayed import Displayed
from netsym.wording import (
    WIDTH,
    at_most,
    check_digits,
    few,
    finite_or_none,
    joined,
    plural,
    spelled,
    wrapped,
)
from netsym.writers.spelling import DIGITS, rounded

#: What was found, and the exit code of each.
CERTIFIED, DIFFERS, NOT_RUN = "certified", "differs", "not run"
_EXIT_CODES = {CERTIFIED: 0, DIFFERS: 1, NOT_RUN: 4}
_MOST_SAID = 4
Named = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Apart:
    """A row at which an output is another: the inputs, the output, and its value in both."""

    inputs: Named
    output: str
    network: float
    code: float

    def said(self, digits: int) -> str:
        """It in a sentence."""
        given = few(self.inputs, _MOST_SAID, lambda each: f"{each[0]} = {rounded(each[1], digits)}")
        values = rounded(self.code, digits), rounded(self.network, digits)
        return f"{self.output} is {values[0]}, and {values[1]} in the network ({given})"

    def to_json(self) -> dict[str, Any]:
        """The data; what is not finite is a word."""
        return {
            "inputs": {name: _in_json(number) for name, number in self.inputs},
            "output": self.output,
            "network": _in_json(self.network),
            "code": _in_json(self.code),
        }


@dataclass(frozen=True, slots=True)
class Extreme:
    """Rows of one kind, as "NaN": how many, and the first at which an output is another."""

    name: str
    rows: int
    apart: Apart | None = None


@dataclass(frozen=True, slots=True)
class Certificate(Displayed):
    """What was run, and how far its outputs are from those of the network.

    `difference` is the largest, `relative` to the largest value of its output; with `digits`,
    `exact` is that of the code with all digits. It holds at the rows run, and at no others.
    """

    title: str
    to: str
    form: str
    engine: str
    code: str
    rows: int = 0
    difference: float = 0.0
    relative: float = 0.0
    apart: Apart | None = None
    extremes: Sequence[Extreme] = ()
    digits: int | None = None
    exact: float | None = None
    why_not: str = ""

    @property
    def verdict(self) -> str:
        """One of "certified", "differs", "not run"."""
        if self.why_not:
            return NOT_RUN
        is_other = self.apart is not None or any(each.apart for each in self.extremes)
        return DIFFERS if is_other else CERTIFIED

    @property
    def exit_code(self) -> int:
        """That of the command line."""
        return _EXIT_CODES[self.verdict]

    def __repr__(self) -> str:
        return f"<certificate of {self.to}: {self._sentence()}>"

    def __str__(self) -> str:
        return self.report()

    def report(self, width: int = WIDTH, ascii: bool = False, digits: int = DIGITS) -> str:
        """The difference in a sentence, what differs, and at which rows that holds."""
        check_digits(digits)
        lines = [self._sentence(), *self._others(digits)]
        return "\n".join(wrapped(spelled(line, ascii), width) for line in lines)

    def _sentence(self) -> str:
        if self.why_not:
            return f"not run: {self.why_not}"
        known = [each.name for each in self.extremes if each.apart is None]
        alike = f"; at {joined(known)} as the network" if known else ""
        return (
            f"largest difference {at_most(self.difference)} over {plural(self.rows, 'row')}{alike}"
        )

    def _others(self, digits: int) -> Iterator[str]:
        if self.why_not:
            return
        extremes = ((f"at {each.name}: ", each.apart) for each in self.extremes)
        for where, apart in [("", self.apart), *extremes]:
            if apart is not None:
                yield f"{where}{apart.said(digits)}"
        if self.exact is not None:
            yield (
                f"rounding to {plural(self.digits or 0, 'digit')}: with all digits the largest "
                f"difference is {at_most(self.exact)}"
            )
        yield (
            f"{self.to}, {self.form}, run by {self.engine}: relative {at_most(self.relative)}; "
            "proved at these rows, and at no others"
        )

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`."""
        return {
            "schema": 1, "network": self.title, "to": self.to, "form": self.form,
            "engine": self.engine, "verdict": self.verdict, "why_not": self.why_not or None,
            "rows": self.rows, "difference": finite_or_none(self.difference),
            "relative": finite_or_none(self.relative),
            "apart": self.apart and self.apart.to_json(),
            "extremes": [
                {"name": each.name, "rows": each.rows, "as_network": each.apart is None,
                 "apart": each.apart and each.apart.to_json()}
                for each in self.extremes
            ],
            "digits": self.digits, "exact": self.exact, "code": self.code,
        }  # fmt: skip


def _in_json(number: float) -> float | str:
    kept = finite_or_none(number)
    return ("nan" if isnan(number) else str(number)) if kept is None else kept
