"""Terms of a comparison: what is assumed and allowed, and how far it is looked."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from netsym.errors import SpecError, as_given, check_real, checked_whole
from netsym.ops.decimals import decimal
from netsym.pieces import BUDGET
from netsym.wording import few

if TYPE_CHECKING:
    from netsym.pieces.piece import Box

#: The size of inputs for which a bound is given.
BOX = 10


class Terms(NamedTuple):
    """The terms of a comparison.

    Points are always the same; another `seed` adds others to them. `tolerance` is a difference
    that is allowed for inputs within the `box`, ±10 without one, and `where` are conditions on
    inputs and names, as text. What rounding does is bounded for inputs that are no larger than
    those of the box. `budget` is how many pieces of piecewise functions, sectors of others, or
    parts of the box are looked at. Without `evidence`, what structure alone settles is not looked
    at in numbers, too.
    """

    seed: int = 0
    tolerance: float | None = None
    where: tuple[str, ...] = ()
    box: Box | None = None
    budget: int = BUDGET
    evidence: bool = True

    @classmethod
    def of(
        cls,
        inputs: Sequence[str],
        seed: int = 0,
        tolerance: float | None = None,
        where: str | Sequence[str] = (),
        box: Any = None,
        budget: int = BUDGET,
        evidence: bool = True,
    ) -> Terms:
        """Terms as a person gives them; `box` is (low, high) for all inputs, or a pair for each.

        Raises `SpecError` for what is none.
        """
        if tolerance is not None:
            check_real("tolerance", tolerance, least=0)
            tolerance = float(tolerance)
        if not isinstance(where, Sequence):
            raise SpecError(f"where is {as_given(where)}; give text, or a list of texts")
        texts = (where,) if isinstance(where, str) else tuple(where)
        sides = None
        if box is not None:
            from netsym.pieces.box import box_of  # most need not wait for it

            sides = box_of(inputs, box)
        budget = checked_whole("budget", budget, 1)
        return cls(checked_whole("seed", seed), tolerance, texts, sides, budget, evidence)

    @property
    def allowed(self) -> Fraction:
        """The tolerance as the decimal that it is written as."""
        assert self.tolerance is not None
        return decimal(self.tolerance)

    @property
    def size(self) -> float:
        """The size of the largest input in the box."""
        return float(max((abs(end) for side in self.box or () for end in side), default=BOX))

    def sides(self, width: int) -> Box:
        """The box of so many inputs."""
        return ((Fraction(-BOX), Fraction(BOX)),) * width if self.box is None else self.box

    def inside(self, inputs: Sequence[str]) -> str:
        """The box of these inputs in words."""
        sides = self.sides(len(inputs))
        low, high = sides[0] if sides else (-BOX, BOX)
        if low == -high and set(sides) <= {(low, high)}:
            return f"all inputs are within ±{high}"
        named = zip(inputs, sides, strict=True)
        return few([f"{low} <= {name} <= {high}" for name, (low, high) in named], 4)


#: What is meant where nothing is said.
USUAL = Terms()
