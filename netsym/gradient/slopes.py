"""The partial derivatives of operations and functions, by each of their operands."""

from __future__ import annotations

from netsym.errors import SpecError
from netsym.gradient.collected import Rows
from netsym.gradient.dependence import Dependence
from netsym.graph.factors import Signed
from netsym.graph.functions import FUNCTIONS
from netsym.graph.graph import Block
from netsym.graph.signed_nodes import Product, SignedNodes


class Slopes:
    """Those of all blocks of one kind, where they depend on the names, are found at once."""

    def __init__(self, math: SignedNodes, wrt: Dependence) -> None:
        self.math, self.wrt = math, wrt
        self._found: dict[tuple[str, int], dict[int, tuple[Product, ...]]] = {}

    def of(self, number: int, block: Block) -> tuple[Product, ...]:
        """The partial derivatives of a block."""
        kind = block.op, block.operands.shape[1]
        if kind not in self._found:
            self._found[kind] = self._of_kind(*kind)
        return self._found[kind][number]

    def _of_kind(self, op: str, arity: int) -> dict[int, tuple[Product, ...]]:
        row = FUNCTIONS.get(op)
        derivative = _quotient_slopes if op == "divide" else row.derivative if row else None
        if derivative is None:
            raise SpecError(f"the derivative of {op} is not known")
        places, columns = self.wrt.alike(op, arity)
        read = (Product((self.math.read(column),)) for column in columns)
        slopes = derivative(self.math, *read)
        return {
            number: tuple(Product(picked(o, rows), picked(u, rows)) for o, u in slopes)
            for number, rows in places.items()
        }


def picked(factors: tuple[Signed, ...], rows: Rows | slice) -> tuple[Signed, ...]:
    """Some rows of factors; a number is the same in all."""
    return tuple(part if not part.ndim else part[rows] for part in factors)


def _quotient_slopes(
    math: SignedNodes, _: Product, above: Product, below: Product
) -> tuple[Product, ...]:
    """1/b and -a/b^2."""
    over = math.negate(math.divide(above, math.power(below, 2)))
    return math.divide(math.constant(1), below), over
