"""All linear regions of a network: where each of its affine pieces holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any

from netsym.displayed import Displayed
from netsym.errors import SpecError, TooLargeError, checked_whole
from netsym.network.counting import refuse_vast_network
from netsym.network.network import Network
from netsym.pieces import BUDGET
from netsym.pieces.affine_text import ROUNDED, Writer, formula
from netsym.pieces.box import box_of
from netsym.pieces.cells import BudgetSpent
from netsym.pieces.listing import Listing
from netsym.pieces.piece import Box, Interval, Piece
from netsym.pieces.region import (
    Activity,
    Inequality,
    Region,
    at,
    check,
    refuse_names,
)
from netsym.watching import Watcher, no_watcher
from netsym.wording import WIDTH, paragraph, plural, spelled
from netsym.writers.language import Language
from netsym.writers.latex import Latex
from netsym.writers.spelling import Equation
from netsym.writers.text import Ascii

__all__ = ["Activity", "Inequality", "Interval", "Piece", "Region", "Regions", "at", "regions"]


@dataclass(frozen=True, slots=True)
class Regions(Displayed):
    """All linear regions of a network, in the order of their points; `str` is the report.

    Each has its own units active, so neighbours may have the same map: `maps` counts different
    ones, and `intervals` joins neighbours on a line. `box` is what was looked at, None for all.
    `checked` is the number of points at which the network, evaluated in exact fractions, equals the
    maps: for each region as many as an affine function is known by, inside of it, or of one input
    its ends, which neighbours share.
    """

    network: Network
    box: Box | None
    pieces: tuple[Piece, ...]
    checked: int

    def __repr__(self) -> str:
        return f"<{len(self)} linear regions of {self.network.title}>"

    def __len__(self) -> int:
        return len(self.pieces)

    def __iter__(self) -> Iterator[Piece]:
        return iter(self.pieces)

    def __str__(self) -> str:
        return self.report()

    @property
    def maps(self) -> int:
        """How many different affine maps there are."""
        return len({piece.rows for piece in self.pieces})

    def intervals(self, output: int | str | None = None) -> tuple[Interval, ...]:
        """Of one input: the pieces of the function, neighbours with one map joined.

        `output` is the name of one, or its number from 1; without it, all are told apart by.
        Raises `SpecError` for several inputs, or no such output.
        """
        self._refuse_several()
        rows = slice(None)
        if output is not None:
            places = self.network.output_positions(output)
            rows = slice(places.start, places.stop)
        found = []
        for same, group in groupby(self.pieces, lambda piece: piece.rows[rows]):
            joined = list(group)
            found.append(Interval(joined[0].low, joined[-1].high, same))
        return tuple(found)

    # -- as text, LaTeX, sympy, JSON ------------------------------------------------------------
    def text(self, digits: int | None = None) -> str:
        """Of one input: each output piece by piece, as `y = 2*x  if x < 1`, line by line.

        Raises `SpecError` for several inputs.
        """
        blocks = []
        for left, cases in self._cases(Ascii, digits, {}):
            longest = max(len(right) for right, _ in cases)
            for number, (right, where) in enumerate(cases):
                start = f"{left} = " if not number else " " * (len(left) + 3)
                blocks.append(start + (f"{right:<{longest}}  if {where}" if where else right))
        return "\n".join(blocks)

    def latex(self, digits: int | None = None) -> str:
        r"""Of one input: each output in `cases` (amsmath), for display mathematics.

        Raises `SpecError` for several inputs.
        """
        equations = []
        relations = {"<=": r"\le", ">=": r"\ge"}
        for left, cases in self._cases(Latex, digits, relations):
            if not cases[0][1]:
                equations.append(f"{left} &= {cases[0][0]}")
                continue
            rows = " \\\\\n".join(rf"{right} & \text{{if }} {where}" for right, where in cases)
            equations.append(f"{left} &= \\begin{{cases}}\n{rows}\n\\end{{cases}}")
        if len(equations) == 1:
            return equations[0].replace(" &= ", " = ", 1)
        joined = " \\\\\n".join(equations)
        return f"\\begin{{aligned}}\n{joined}\n\\end{{aligned}}"

    def _cases(
        self, language: type[Language], digits: int | None, relations: Mapping[str, str]
    ) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """Of each output the left side, and (right side, where) of each interval."""
        net = self.network
        writer = Writer(language, net.input_names, digits, net.latex_names, relations)
        for output in range(len(net.output_names)):
            intervals = self.intervals(output + 1)
            rights = writer.functions([each.rows[0] for each in intervals])
            wheres = [self._where(writer, each) for each in intervals]
            yield self._left(language, output), list(zip(rights, wheres, strict=True))

    def _where(self, writer: Writer, each: Interval | Piece) -> str:
        is_end = self.box is not None and each.high == self.box[0][1]
        return writer.between(each.low, each.high, closed=is_end)

    def _left(self, language: type[Language], output: int) -> str:
        net = self.network
        rows = [[Fraction(0)] * (len(net.input_names) + 1)] * len(net.output_names)
        made = formula(
            rows, net.input_names, net.output_names, False, net.latex_names, net.function
        )
        return language(made).left(Equation(made.outputs[output], "", is_output=True))

    def sympy(self) -> Any:
        """Of one input: a sympy `Piecewise` of Rationals, a `Tuple` of them for several outputs.

        Outside of the box it has no value. Raises `SpecError` for several inputs.
        """
        self._refuse_several()
        import sympy

        x = sympy.Symbol(self.network.input_names.ascii(0), real=True)

        def number(value: Fraction) -> Any:
            return sympy.Rational(value.numerator, value.denominator)

        def case(each: Interval, is_last: bool) -> Any:
            ends = [] if self.box is None or each.low is None else [x >= number(each.low)]
            if each.high is not None:
                ends.append(x <= number(each.high) if is_last else x < number(each.high))
            slope, bias = map(number, each.rows[0])
            return slope * x + bias, sympy.And(*ends)

        made = []
        for output in range(len(self.network.output_names)):
            *before, last = self.intervals(output + 1)
            cases = [*(case(each, False) for each in before), case(last, True)]
            whole = cases[0][1] is sympy.true
            made.append(cases[0][0] if whole else sympy.Piecewise(*cases, evaluate=False))
        return made[0] if len(made) == 1 else sympy.Tuple(*made)

    def report(self, width: int = WIDTH, ascii: bool = False, digits: int | None = None) -> str:
        """Every region with its formulas and active units, and how many there are of what.

        Lines are at most `width` long where they can be; `digits` rounds the numbers shown.
        """
        net, writer = self.network, Writer(Ascii, self.network.input_names, digits)
        rights = writer.functions([row for piece in self.pieces for row in piece.rows])
        lefts = [self._left(Ascii, output) for output in range(len(net.output_names))]
        lines = paragraph(self.summary(digits), width)
        for number, (piece, where) in enumerate(
            zip(self.pieces, self._places(writer), strict=True)
        ):
            lines += paragraph(f"{number + 1}. {where or 'everywhere'}", width)
            texts = rights[number * len(lefts) : (number + 1) * len(lefts)]
            for left, right in zip(lefts, texts, strict=True):
                lines += paragraph(f"{left} = {right}", width, "   ")
            active = (f"{a.function} {len(a.active)} of {a.units}" for a in piece.activities)
            lines += (
                paragraph(f"active: {', '.join(active)}", width, "   ") if piece.activities else []
            )
        lines += paragraph(
            f"checked: the network, evaluated in exact fractions, equals its pieces at "
            f"{plural(self.checked, 'point')} by which they are known", width
        )  # fmt: skip
        lines += paragraph(f"note: {ROUNDED}", width) if writer.rounded else []
        return spelled("\n".join(lines), ascii)

    def summary(self, digits: int | None = None) -> str:
        """How many there are of what, in a line."""
        writer = Writer(Ascii, self.network.input_names, digits)
        return f"{self._counts()}{self._within(writer)}"

    def _counts(self) -> str:
        counts = [plural(len(self), "linear region")]
        if len(self.network.input_names) == 1 and len(self.intervals()) < len(self):
            joined = plural(len(self.intervals()), "piece")
            counts.append(f"{joined} after joining neighbours with one formula")
        counts.append(plural(self.maps, "affine map", "different affine maps"))
        return ", ".join(counts)

    def _within(self, writer: Writer) -> str:
        if self.box is None:
            return ""
        sides = [
            f"{writer.number(low)} <= {self.network.input_names.ascii(n)} <= {writer.number(high)}"
            for n, (low, high) in enumerate(self.box)
        ]
        return f", within {', '.join(sides)}"

    def _places(self, writer: Writer) -> list[str]:
        if len(self.network.input_names) == 1:
            return [self._where(writer, piece) for piece in self.pieces]
        texts = iter(writer.positive([e.row for piece in self.pieces for e in piece.inequalities]))
        return [", ".join(next(texts) for _ in piece.inequalities) for piece in self.pieces]

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`; numbers are exact fractions, as text."""
        box = None if self.box is None else [list(map(str, side)) for side in self.box]
        joined = len(self.intervals()) if len(self.network.input_names) == 1 else None
        return {
            "schema": 1,
            "inputs": self.network.input_names.all(),
            "outputs": self.network.output_names.all(),
            "box": box,
            "regions": len(self),
            "joined": joined,
            "maps": self.maps,
            "pieces": [piece.to_json() for piece in self.pieces],
            "checked": self.checked,
        }

    def _refuse_several(self) -> None:
        if len(self.network.input_names) > 1:
            raise SpecError(
                "the function is written piece by piece for networks of one input; for more, use "
                "the report or the JSON"
            )


def regions(
    network: Network,
    box: Sequence[Any] | None = None,
    budget: int = BUDGET,
    progress: Watcher = no_watcher,
) -> Regions:
    """All linear regions of a network, everywhere or in a box.

    `box` is (low, high) for all inputs, or one such pair for each; numbers as `at` takes them.
    `budget` is the number of regions at most; with many inputs, one takes more than one of it.
    `progress(what, done, total)` is told on the way. Raises `SpecError` for networks that are not
    piecewise linear and for other boxes, `TooLargeError` where the budget does not suffice.

    >>> import netsym
    >>> network = netsym.parse("1-2-1:relu")
    >>> network = network.with_parameters(dict.fromkeys(network.parameter_names(), 1.0))
    >>> print(regions(network).text())
    y = 1        if x < -1
        2*x + 3  if x >= -1
    """
    budget = checked_whole("budget", budget, 1)
    refuse_names(network)
    refuse_vast_network(network)
    sides = None if box is None else box_of(network.input_names.all(), box)
    progress("looking for regions", 0, 0)
    listing = Listing(network, sides, budget, progress)
    pieces: list[Piece] = []
    try:
        for piece in listing.pieces():
            pieces.append(piece)
            if len(pieces) > budget:
                raise BudgetSpent
    except BudgetSpent:
        raise TooLargeError(
            f"there are more than {budget:,} linear regions, or they take as long to find; look at "
            "a smaller box, ask for the region around a point (at, --at), or allow more of them "
            "(budget, --budget)"
        ) from None
    progress("checking regions", 0, len(pieces))
    check(network, listing.points, listing.maps)
    pieces.sort(key=lambda piece: piece.point)
    return Regions(network, sides, tuple(pieces), len(listing.points))
