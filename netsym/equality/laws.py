"""Laws that the judge of equality is tried on: those of the table, in fields, then by sectors.

What is not proved is listed as openly as what is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil, inf
from textwrap import wrap
from typing import Any, NamedTuple

from netsym.displayed import Displayed
from netsym.equality.identity import Read, identity
from netsym.equality.law_table import LAWS, Law
from netsym.equality.sectors import sectors
from netsym.errors import checked_whole
from netsym.forms.form import Form
from netsym.graph.names import literal
from netsym.ops.reading import read_formula
from netsym.ops.straight_line import straight_line
from netsym.typed.parse import parse_formula
from netsym.wording import WIDTH, check_digits, paragraph, remark, spelled

_NAMES = literal("x", "y", "z")
_WIDTH = 97  # columns of the report
_BELOW = 14  # columns before a law that is too long to stand beside its name
_DECIMAL = 0.30103  # log10 of 2


class Finding(NamedTuple):
    """What the tester says of a law: whether it is proved, and how sure that is, in words."""

    law: Law
    proved: bool
    how: str
    chance: float | None = None  # log2 of that of an accident, where it is proved and there is one
    sectors: int = 0  # in which both sides were compared; 0: without any


@dataclass(frozen=True, slots=True)
class Laws(Displayed):
    """The laws, proved and not proved, as the tester finds them with a seed; `str` is the report.

    Iterating gives a `Finding` for each law: the law, whether it is proved, and how.
    """

    seed: int
    findings: tuple[Finding, ...]

    def __repr__(self) -> str:
        return f"<{len(self)} laws, {len(self.proved)} proved with seed {self.seed}>"

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    @property
    def proved(self) -> tuple[Finding, ...]:
        """Those that are proved."""
        return tuple(finding for finding in self if finding.proved)

    @property
    def not_proved(self) -> tuple[Finding, ...]:
        """Those that are not, though true."""
        return tuple(finding for finding in self if not finding.proved)

    def __str__(self) -> str:
        return self.report()

    def report(
        self, width: int | None = None, ascii: bool = False, digits: int | None = None
    ) -> str:
        """The laws by groups, what is proved first; a `width` breaks their lines.

        There are no numbers that `digits` could round.
        """
        check_digits(digits)
        counts = f"{len(self.proved)} proved, {len(self.not_proved)} not proved"
        title = f"{len(self)} laws that are true where both sides are defined: {counts}."
        lines = [
            remark(title, width),
            *_table(f"Proved: {len(self.proved)}", self.proved, width),
            *_table(f"Not proved: {len(self.not_proved)}", self.not_proved, width),
            "",
            *(line for text in _MEANING for line in paragraph(text, _columns(width), further="")),
        ]
        return spelled("\n".join(lines), ascii)

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`."""
        return {
            "schema": 1,
            "seed": self.seed,
            "count": len(self),
            "proved": len(self.proved),
            "not_proved": len(self.not_proved),
            "laws": [
                {
                    "group": law.group, "name": law.name, "left": law.left, "right": law.right,
                    "proved": proved, "how": how, "chance": chance, "sectors": sectors,
                }
                for law, proved, how, chance, sectors in self
            ],
        }  # fmt: skip


_MEANING = (
    "Proved: both sides agree at random points of finite fields, where different functions agree "
    "by accident with the chance shown: < is a proved bound, ~ assumes that values of exp behave "
    "as independent ones. With kinks or jumps, it is so in every sector that the signs of their "
    "arguments make; exactly: there both sides are written alike, and there is no such chance.",
    "Not proved: neither proved nor refuted, and never called different.",
)


def laws(seed: int = 0) -> Laws:
    """Try sectors, and where they do not do finite fields alone, on every law of the table.

    >>> found = laws()
    >>> len(found), len(found.proved)
    (309, 297)
    """
    seed = checked_whole("seed", seed)
    return Laws(seed, tuple(_found(law, f"{seed} {law}") for law in LAWS))


def _found(law: Law, seed: str) -> Finding:
    left, right = (parse_formula(side, inputs=_NAMES).formula for side in (law.left, law.right))
    lines = straight_line(left), straight_line(right)
    one, other = ([number.value for number in line.numbers] for line in lines)
    found = sectors(*lines, _NAMES, (one, other), seed)
    if found is not None and found.proved:
        if found.chance == -inf:
            return Finding(law, True, "exactly", None, found.compared)
        how = _chance(found.chance, found.heuristic)
        return Finding(law, True, how, found.chance, found.compared)
    said = identity(_reading(left), _reading(right), _NAMES, 1, seed)
    if said is not None and said.convinces:
        return Finding(law, True, _chance(said.chance, said.heuristic), said.chance)
    return Finding(law, False, law.why or "the reason is not known")


def _reading(formula: Form) -> Read:
    return lambda ops, x: read_formula(formula, ops, x)


def _chance(chance: float, heuristic: bool) -> str:
    return f"{'~' if heuristic else '<'} 10^{ceil(chance * _DECIMAL)}"


def _columns(width: int | None) -> int:
    return _WIDTH if width is None else min(checked_whole("width", width, 1), _WIDTH)


def _table(title: str, findings: Sequence[Finding], width: int | None) -> list[str]:
    """A title, and for each group its laws: the name, and the law; what is not proved says why."""
    names = max((len(finding.law.name) for finding in findings), default=0)
    hows = max((len(finding.how) for finding in findings if finding.proved), default=0)
    lines, columns = ["", title], _columns(width)
    if columns < WIDTH:
        for law, _, how, *_ in findings:
            lines += paragraph(f"{law.name}: {law} ({how})", columns)
        return lines
    for group, members in groupby(findings, key=lambda finding: finding.law.group):
        lines += ["", f"  {group}"]
        for law, proved, how, *_ in members:
            start = f"    {f'{how:<{hows}}  ' if proved else ''}{law.name:<{names}}"
            room = columns - len(start) - 2
            whole = [str(law)] if len(str(law)) <= room else [law.left, f"= {law.right}"]
            whole += [how] if not proved else []
            if max(map(len, whole)) > room:  # below its name
                lines.append(start.rstrip())
                start, room = " " * _BELOW, columns - _BELOW - 2
            for part in (part for text in whole for part in wrap(text, room)):
                lines.append(f"{start}  {part}")
                start = " " * len(start)
    return lines
