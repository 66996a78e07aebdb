"""Constants of a program: what it computes of numbers alone, as pi/2, sqrt(2) and exp(1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from netsym.ops.proved.balls import Ball, precision
from netsym.ops.proved.slopes import Ranges, Undefined
from netsym.ops.straight_line import Instruction, Program, StraightLine

_BITS = 760
_MOST = 40  # constants


@dataclass(frozen=True, slots=True)
class Constant:
    """A program without inputs and names, its numbers, and the value of its one output."""

    line: StraightLine
    numbers: Sequence[Fraction]
    value: Ball

    def put_into(self, program: Program) -> int:
        """The place of it in another program."""
        return program.copied(self.line, self.numbers)[0]


def constants_of(line: StraightLine, numbers: Sequence[Fraction]) -> list[Constant]:
    """The constants of a program with these numbers that no fraction is: those with a function.

    Those that stand together in a sum or a product with others are one as well, and what is divided
    by one is multiplied by its reciprocal.
    """
    found: list[Constant] = []
    for each in _programs(line):
        if not each.functions:
            continue
        ranges = Ranges()
        with precision(_BITS):
            known = [ranges.constant(number) for number in numbers]
            try:
                (value,) = each.run(ranges, [], _no_name, known)
            except Undefined:
                continue
        if value.is_finite() and not any(value.overlaps(other.value) for other in found):
            found.append(Constant(each, numbers, value))
        if len(found) == _MOST:
            break
    return found


def _programs(line: StraightLine) -> Iterator[StraightLine]:
    constant: list[bool] = []
    for place, each in enumerate(line.instructions):
        known = [constant[operand] for operand in each.operands]
        constant.append(each.op == "number" or (each.op not in ("input", "name") and all(known)))
        if constant[place] and each.op != "number":
            yield replace(line, ends=[place]).output(0)
        together = tuple(n for n, is_one in zip(each.operands, known, strict=True) if is_one)
        if each.op in ("add", "multiply") and 1 < len(together) < len(known):
            more = [*line.instructions[:place], Instruction(each.op, together)]
            yield StraightLine(more, line.numbers, [place]).output(0)
        if each.op == "divide" and known == [False, True]:
            more = [*line.instructions[:place], Instruction("power", each.operands[1:], -1)]
            yield StraightLine(more, line.numbers, [place]).output(0)


def _no_name(name: str) -> Ball:
    raise AssertionError(f"{name} is no constant")
