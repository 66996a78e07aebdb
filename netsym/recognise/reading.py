"""A formula read as a network: every node as an affine function of inputs and units.

One pass over the graph. What is no affine function becomes a value; where that is a function of one
value only, it is looked at which activation it is, however it was typed.
"""

from __future__ import annotations

from collections.abc import Sequence

from netsym.forms.form import Form
from netsym.graph.graph import Block
from netsym.ops.decimals import decimal
from netsym.ops.reading import exponent_of
from netsym.recognise.affine import NOTHING, Affine, constant, total
from netsym.recognise.calls import Calls
from netsym.recognise.coefficients import ONE, Coefficient, TooLong
from netsym.recognise.units import NoNetwork

_MOST_POWER = 64
_LOOKED_AT_EACH = 20  # terms that every node adds to what may be looked at
_WEIGHTED = ("multiply", "divide", "negate")


class Reading(Calls):
    """The values of a formula, and `ends`, its outputs, as affine functions of them.

    With `keeps_sums` a sum that is multiplied is a linear unit, and is not multiplied out.
    """

    def __init__(self, form: Form, inputs: Sequence[str], keeps_sums: bool = False) -> None:
        super().__init__(inputs)
        self.form = form
        self.one_value.left += _LOOKED_AT_EACH * len(form.mask)
        self.keeps_sums = keeps_sums
        self._places = {name: place for place, name in enumerate(inputs)}
        self._made: dict[int, Affine] = {}
        self._ops: dict[int, str] = {}
        self._weighted: set[int] = set()  # sums with weights or a bias, and what is called so
        for block, rows in form.graph.walk(form.mask):
            for row in rows.tolist():
                node = block.start + row
                self._ops[node] = block.op
                try:
                    self._made[node] = made = self._read(block, row, node)
                    for each in (made.constant, *made.terms.values()):
                        each.refuse_long()
                except TooLong as error:
                    raise NoNetwork(str(error), node) from None
                except ZeroDivisionError:
                    raise NoNetwork("a division by 0", node) from None
        self.ends = [self._made[end] for end in form.ends.tolist()]

    def _read(self, block: Block, row: int, node: int) -> Affine:
        if block.op == "symbol":
            name = block.names.ascii(row)
            place = self._places.get(name)
            letter = Coefficient.letter(name)
            return constant(letter) if place is None else Affine({place: ONE})
        if block.op == "constant":
            return constant(Coefficient.of(decimal(block.number(row))))
        operands = block.operands[row].tolist()
        given = [self._made[operand] for operand in operands]
        if block.op == "name":
            self._pass_on(node, operands)
            named = self._ops[operands[0]] == "multiply"
            if operands[0] in self._weighted or named:
                self._weighted.add(node)
            return given[0]
        if block.op == "add":
            if any(map(self._is_weighted, operands)):
                self._weighted.add(node)
            return self._sum(node, operands, given)
        if block.op == "negate":
            self._pass_on(node, operands)
            return -given[0]
        if block.op == "multiply":
            return self._product(node, operands, given)
        if block.op == "divide":
            return self._quotient(node, operands, given)
        if block.op == "power":
            return self._power(node, operands, given)
        return self.call(block.op, node, list(map(self._unwrapped, given)))

    def _is_weighted(self, node: int) -> bool:
        """Whether a summand has a weight, or is a bias."""
        made = self._made[node]
        return not made.terms or (self._ops[node] in _WEIGHTED and made.alone is None)

    def _pass_on(self, node: int, operands: Sequence[int]) -> None:
        """What is done to a node leaves it one that an activation may be found at."""
        if any(operand in self.found for operand in operands):
            self.found.add(node)

    # -- sums and products ----------------------------------------------------------------------
    def _sum(self, node: int, operands: list[int], given: list[Affine]) -> Affine:
        given = self._skipped(operands, given)
        made = total(*given)
        foreign = [operand for operand in operands if operand in self.found]
        if not foreign:
            return made
        rest = [o for o in operands if o not in self.found]
        alone = len(foreign) == 1 and all(not self._made[operand].terms for operand in rest)
        if alone:
            self.found.add(node)
        closed = self.closed(made, node, whole=alone)
        if closed != made:
            self.found.add(node)
        return closed

    def _skipped(self, operands: list[int], given: list[Affine]) -> list[Affine]:
        """A sum with weights to which something else is added is a linear unit that is skipped."""
        sums = [operand in self._weighted for operand in operands]
        if all(sums) or not any(sums):
            return given
        weighted = (self._ops[o] == "multiply" and o not in self.found for o in operands)
        if any(not each.terms for each in given) or any(weighted):
            return given
        if any(self.kinds(each) == ["largest"] for each in given):
            return given  # what is taken from exponents, so that exp does not overflow
        pairs = zip(operands, given, strict=True)
        return [self._unit_of_sum(operand, each) for operand, each in pairs]

    def _product(self, node: int, operands: list[int], given: list[Affine]) -> Affine:
        factors, rest = list[Coefficient](), list[tuple[int, Affine]]()
        for operand, each in zip(operands, given, strict=True):
            if each.terms:
                rest.append((operand, each))
            else:
                factors.append(each.constant)
        if len(rest) == 1:
            operand, made = rest[0]
            if operand in self.found:
                self.found.add(node)
                closed = self._by_a_number(made, factors, node)
                if closed is not None:
                    return closed
            return self._unit_of_sum(operand, made).scaled(_times_all(factors))
        made = rest[0][1] if rest else constant(ONE)
        for _, each in rest[1:]:
            made = self._times(made, each, node)
        closed = self._by_a_number(made, factors, node) if rest else None
        return made.scaled(_times_all(factors)) if closed is None else closed

    def _by_a_number(
        self, made: Affine, factors: Sequence[Coefficient], node: int
    ) -> Affine | None:
        """Times coefficients, if one of the numbers makes it an activation, as that of selu."""
        for place, factor in enumerate(factors):
            if factor.number not in (None, 0, 1):
                scaled = made.scaled(factor)
                closed = self.closed(scaled, node, whole=True)
                if closed != scaled and self.kinds(closed) != self.kinds(made):
                    return closed.scaled(_times_all([*factors[:place], *factors[place + 1 :]]))
        return None

    def _unit_of_sum(self, node: int, given: Affine) -> Affine:
        """A sum with weights that is multiplied, as a linear unit, if sums are kept."""
        weighted = node in self._weighted or self._ops[node] == "multiply"
        part = len(given.terms) == 1 and self.is_open(*given.terms)
        is_unit = self.keeps_sums and weighted and given.alone is None and not part
        return self.unit("linear", (given,), node) if is_unit else given

    def _unwrapped(self, given: Affine) -> Affine:
        """A multiple of one linear unit as the sum that it is: the -2*(w*x + b) of exp."""
        if len(given.terms) != 1 or given.constant:
            return given
        ((value, factor),) = given.terms.items()
        found = self.values[value]
        if found.kind != "linear" or self._ops[self.values.nodes[value]] != "add":
            return given
        return found.operands[0].scaled(factor)

    def _times(self, one: Affine, other: Affine, node: int) -> Affine:
        """Two affine functions that both depend on inputs."""
        self.found.add(node)
        first, second = self.as_exponential(one), self.as_exponential(other)
        if first is not None and second is not None:
            (mine, power), (theirs, more) = first, second
            return self.exponential(total(power, more), node).scaled(mine * theirs)
        factor, plain = ONE, [one, other]
        for place, each in enumerate((one, other)):
            by = self._symbolic_ratio(each, plain[1 - place])
            if by is not None:
                factor, plain[place] = factor * by, each.scaled(by.inverse())
        kept = tuple(sorted(plain, key=lambda each: sorted(each.terms)))
        product = self.unit("product", kept, node)
        made = self.closed(product, node)
        if made == product:
            for numerator, divisor in ((one, other), (other, one)):
                shares = self.shares(numerator, divisor, node)
                if shares is not None:
                    return shares
        return made.scaled(factor)

    def _symbolic_ratio(self, given: Affine, other: Affine) -> Coefficient | None:
        """The names times which it is what the other is a function of: the w of w*z*sigmoid(z)."""
        for base in self.one_value.bases(other):
            ratio = given.ratio(base)
            if ratio is not None:
                return None if self.one_value.is_number(ratio) else ratio
        return None

    def _quotient(self, node: int, operands: list[int], given: list[Affine]) -> Affine:
        above, below = given
        if not below.terms:
            if operands[0] in self.found:
                self.found.add(node)
            made = above.scaled(below.constant.inverse())
            if node in self.found:
                return self.closed(made, node, whole=True)
            return self._scaled_input(made, operands[0], node)
        ratio = above.ratio(below) if above.terms else None
        zero = not above.terms and not above.constant
        if zero or (ratio is not None and above == below.scaled(ratio)):
            if {*self.kinds(below)} != {"exp"}:  # where it is 0, nothing is cancelled
                raise NoNetwork("a quotient whose divisor depends on the inputs", node)
            return NOTHING if zero or ratio is None else constant(ratio)
        self.found.add(node)
        exponential = self.as_exponential(below)
        if exponential is not None:
            factor, power = exponential
            inverse = self.exponential(-power, node).scaled(factor.inverse())
        else:
            inverse = self.closed(self.unit("reciprocal", (below,), node), node)
        if not above.terms:
            made = self.shares(above, inverse, node) or inverse.scaled(above.constant)
            return self.closed(made, node, whole=True) if above.constant.number else made
        return self._times(above, inverse, node)

    def _scaled_input(self, made: Affine, above: int, node: int) -> Affine:
        """An input that is shifted and divided, (x - m)/s, as a linear unit, if sums are kept."""
        is_input = self.kinds(made) == ["input"]
        is_unit = self.keeps_sums and is_input and above in self._weighted
        return self.unit("linear", (made,), node) if is_unit else made

    def _power(self, node: int, operands: list[int], given: list[Affine]) -> Affine:
        base, raised = given
        exponent = exponent_of(self.form.graph, operands[1])
        if exponent is None:
            exponent = raised.constant.number if not raised.terms else None
        if not base.terms:
            if exponent is not None and exponent.denominator == 1 and abs(exponent) <= _MOST_POWER:
                return constant(base.constant.power(int(exponent)))
            number = base.constant.number
            if number is not None and (number < 0 or (not number and (exponent or 0) < 0)):
                raise NoNetwork("a power that is no number", node)
            if not raised.terms:
                return constant(Coefficient.letter(f"({base.constant})^({raised.constant})"))
            logarithm = self.called_constant("log", [base.constant], node)
            return self.exponential(raised.scaled(logarithm), node)
        if exponent is None or exponent.denominator != 1 or abs(exponent) > _MOST_POWER:
            raise NoNetwork("a power whose exponent is no small whole number", node)
        exponential = self.as_exponential(base)
        self.found.add(node)
        if exponential is not None:
            factor, power = exponential
            whole = int(exponent)
            made = self.exponential(power.scaled(Coefficient.of(whole)), node)
            return made.scaled(factor.power(whole))
        if exponent < 0:
            inverse = self.closed(self.unit("reciprocal", (base,), node), node)
            if exponent == -1:
                return inverse
            base, exponent = inverse, -exponent
        if exponent == 1:
            return base
        return self.closed(self.unit("power", (base,), node, exponent), node)

    # -- functions ------------------------------------------------------------------------------

    # -- constants ------------------------------------------------------------------------------


def _times_all(factors: Sequence[Coefficient]) -> Coefficient:
    made = ONE
    for factor in factors:
        made = made * factor
        made.refuse_long()
    return made
