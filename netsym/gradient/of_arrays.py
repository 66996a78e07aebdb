"""Gradients with whole arrays: δ^{[1]} = (W^{[2]})ᵀ δ^{[2]} ⊙ σ'(z), ∂J/∂W = δ aᵀ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cached_property

import numpy as np

from netsym.errors import SpecError
from netsym.forms.form import Form
from netsym.gradient.deltas import Title, append_names, delta_names, with_preactivations
from netsym.gradient.gradient import in_form
from netsym.gradient.wrt import Chosen, chosen, named_outputs, output_places
from netsym.graph.functions import FUNCTIONS
from netsym.graph.graph import Graph
from netsym.graph.names import Derivatives, Names

Shape = tuple[int, ...]  # of a whole array: rows and columns

MEAN, SUM = r"\operatorname{mean}", r"\operatorname{sum}"
OVER_EXAMPLES = r"\frac{1}{m}\sum_{i=1}^{m}"
_OF_ONE = r"\frac{1}{m}"  # what one example of m adds to their mean
_REDUCTIONS = frozenset({MEAN, SUM, OVER_EXAMPLES, "logsumexp"})


def matrix_gradient(formula: Form, wrt: str | list[str] = "parameters") -> Form:
    """The derivatives of the one output of a matrix form (`Network.matrices`), layer by layer.

    The derivative by an array has its shape. Of a cost over m examples, δ is of the loss L of one
    example, and the derivatives by parameters are the means of what all examples give.
    Raises `SpecError` for an output that is not one number, and for layers that have operations
    whose derivative is not known of whole arrays.
    """
    if formula.steps:
        recurrent = next(said for said in formula.headings.values() if ", t = 1 to" in said)
        raise SpecError(
            f"{recurrent} is written for one step, and its steps are chained; {_INSTEAD}"
        )
    if any(isinstance(block.payload, Names) and block.payload.at for block in formula.graph.blocks):
        raise SpecError(f"a recurrent layer is written for one step, of many; {_INSTEAD}")
    plain = with_preactivations(formula)
    graph = plain.graph.branch()
    picked = chosen(plain, wrt)
    if wrt == "parameters":
        picked = _of_layers(picked)
    above = output_places(formula)
    ends = named_outputs(plain.ends, graph, above)
    found = _Reverse(plain, graph, delta_names(plain, graph, ends)).run(int(ends[0]))
    one, zero = graph.constants([1.0, 0.0]).tolist()
    slopes = [found.get(node, zero) for node in picked.nodes.tolist()]
    ids = np.array([one if node is None else node for node in slopes], dtype=np.int32)
    names = Derivatives("d", None, (1, len(ids)), above=above, below=picked.places)
    return in_form(plain, graph, plain.inputs, names, ids)


def _of_layers(picked: Chosen) -> Chosen:
    """Without the letters of examples, which stand there for numbers where data are given."""
    kept = [place for place, (names, _) in enumerate(picked.places) if names.layer is not None]
    return Chosen(picked.nodes[kept], tuple(picked.places[place] for place in kept))


_INSTEAD = "derivatives of whole arrays are not known for it; choose --level scalar"


def _shapes(formula: Form, graph: Graph) -> dict[int, Shape]:
    """Rows and columns of each array."""
    known: Mapping[tuple[str, int | None], Shape] = {
        (names.base, names.layer): shape for names, shape in formula.shapes
    }
    shapes: dict[int, Shape] = {}
    for block in graph.blocks:
        for row, operands in enumerate(block.operands.tolist()):
            below = [shapes[node] for node in operands]
            if block.op == "symbol":
                assert isinstance(block.payload, Names)
                shape = known.get((block.payload.base, block.payload.layer), (1,))
                shape = shape if len(shape) > 1 else (*shape, 1)
            elif block.op == "constant" or block.op in _REDUCTIONS:
                shape = (1, 1)
            elif block.op == "transpose":
                shape = below[0][::-1]
            elif block.op == "multiply" and (1, 1) not in below:
                shape = (below[0][0], below[-1][-1])
            elif block.op == "concatenate":
                shape = (sum(rows for rows, *_ in below), 1)
            else:
                shape = max(below, default=(1, 1))
            shapes[block.start + row] = shape
    return shapes


class _Arrays:
    """What derivatives of functions are written with, element by element; None is the number 1.

    As a hand writes it: numbers in front, signs before them, y/a in place of y ⊙ 1/a.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.first = len(graph)

    def made(self, op: str, *operands: int) -> int:
        """One node."""
        rows = np.array([operands], dtype=np.int32).reshape(1, len(operands))
        return int(self.graph.rows(op, rows)[0])

    def constant(self, value: float | Fraction) -> int:
        """A number."""
        if isinstance(value, Fraction):
            return self.graph.fraction(value)
        if value < 0:
            return self.negate(self.constant(-value))
        return int(self.graph.constants(float(value)))

    @cached_property
    def one(self) -> int:
        """The number 1."""
        return self.constant(1.0)

    def add(self, *terms: int) -> int:
        """A sum without zeros; what is negated is subtracted, after what is not."""
        kept = [term for term in terms if self._number(term) != 0] or [terms[0]]
        if len(kept) == 1:
            return kept[0]
        order = sorted(kept, key=lambda term: self._negated(term) is not None)
        return self.made("add", *map(self._minus, order))

    def _minus(self, term: int) -> int:
        """A term, where sums are written: 1 is subtracted by adding the number -1."""
        inner = self._negated(term)
        value = None if inner is None else self._number(inner)
        return term if value is None else int(self.graph.constants(-float(value)))

    def _number(self, node: int) -> float | Fraction | None:
        """The value of a constant."""
        return self.graph.number(node) if self.graph.block_of(node).op == "constant" else None

    def _negated(self, node: int) -> int | None:
        """What this is the negative of, if it is one."""
        block = self.graph.block_of(node)
        return int(block.operands[node - block.start, 0]) if block.op == "negate" else None

    def negate(self, value: int) -> int:
        """The value with the other sign."""
        inner = self._negated(value)
        if self._number(value) == 0:
            return value
        return self.made("negate", value) if inner is None else inner

    def multiply(self, *factors: int) -> int:
        """Element by element; products, quotients and signs that were made here are opened."""
        negative, over, under = self._opened(factors)
        product = self._product(over)
        if under:
            product = self.made("divide", product, self._product(under))
        return self.made("negate", product) if negative else product

    def _opened(self, factors: tuple[int, ...]) -> tuple[bool, list[int], list[int]]:
        """The sign, the factors and the divisors of a product."""
        negative, over, under = False, list[int](), list[int]()
        waiting = list(reversed(factors))
        while waiting:
            factor = waiting.pop()
            if (positive := self._negated(factor)) is not None:
                negative = not negative
                waiting.append(positive)
            elif inner := self._of(factor, "elementwise") or self._of_numbers(factor):
                waiting += reversed(inner)
            elif inner := self._of(factor, "divide"):
                waiting.append(inner[0])
                under.append(inner[1])
            else:
                over.append(factor)
        return negative, over, under

    def _product(self, factors: list[int]) -> int:
        numbers = [f for f in factors if self.is_number(f) and f != self.one]
        arrays = [factor for factor in factors if not self.is_number(factor)]
        if len(arrays) > 1:
            arrays = [self.made("elementwise", *arrays)]
        kept = numbers + arrays
        return self.made("multiply", *kept) if len(kept) > 1 else (kept or [self.one])[0]

    def _of_numbers(self, node: int) -> list[int] | None:
        """The factors of a product that begins with numbers."""
        inner = self._of(node, "multiply")
        return inner if inner and self.is_number(inner[0]) else None

    def is_number(self, node: int) -> bool:
        """Whether it is made of constants alone."""
        block = self.graph.block_of(node)
        operands = block.operands[node - block.start].tolist()
        if not operands:
            return block.op != "symbol"
        return block.op != "name" and all(map(self.is_number, operands))

    def _of(self, node: int, op: str) -> list[int] | None:
        """The operands, if it is such an operation and was made here."""
        block = self.graph.block_of(node)
        if block.op != op or node < self.first:
            return None
        operands: list[int] = block.operands[node - block.start].tolist()
        return operands

    def divide(self, numerator: int, denominator: int) -> int:
        """A quotient, element by element."""
        return self.made("divide", numerator, denominator)

    def power(self, base: int, exponent: float) -> int:
        """A power, element by element: squares are a ⊙ a."""
        if exponent in (1, 2):
            return self.multiply(*[base] * int(exponent))
        return self.made("power", base, self.constant(exponent))

    def call(self, function: str, *operands: int) -> int:
        """A function of every element."""
        return self.made(function, *operands)

    def times(self, left: int, right: int) -> int:
        """A product of matrices; what is a number comes first."""
        if self.is_number(left) or self.is_number(right):
            return self.multiply(left, right)
        if (positive := self._negated(left)) is not None:
            return self.negate(self.times(positive, right))
        if (positive := self._negated(right)) is not None:
            return self.negate(self.times(left, positive))
        return self.made("multiply", left, right)

    def transposed(self, array: int) -> int:
        """The transpose."""
        block = self.graph.block_of(array)
        if block.op == "transpose":
            return int(block.operands[array - block.start, 0])
        if self.is_number(array):
            return array
        if (positive := self._negated(array)) is not None:
            return self.negate(self.transposed(positive))
        return self.made("transpose", array)


class _Reverse:
    """From the output back, node by node: there are a few for each layer."""

    def __init__(self, formula: Form, graph: Graph, titles: list[Title]) -> None:
        self.formula = formula
        self.graph = graph
        self.arrays = _Arrays(graph)
        self.shapes = _shapes(formula, graph)
        self.titles = {
            int(node): Title(
                title.nodes[place : place + 1], title.names, title.positions[place:][:1]
            )
            for title in titles
            for place, node in enumerate(title.nodes)
        }
        self.named = {
            int(block.operands[row, 0]): block.start + row
            for block in graph.blocks if block.op == "name" for row in range(len(block))
        }  # fmt: skip
        self.parts: dict[int, list[int]] = {}
        self.loss: int | None = None  # of one example, where the output is the mean of many

    def run(self, end: int) -> dict[int, int]:
        """The derivative by every symbol that the output is made of."""
        if self.shapes[end] != (1, 1):
            raise SpecError(
                f"with whole arrays a gradient is of one number, and the output has "
                f"{self.shapes[end][0]}: choose --level scalar, or a loss"
            )
        found = self._pass(end)
        if self.loss is not None:
            inputs = set(self.formula.inputs.tolist())
            for node, slope in self._pass(self.loss).items():
                op = _OF_ONE if node in inputs else OVER_EXAMPLES
                mean = self.arrays.made(op, slope)
                found[node] = self.arrays.add(mean, found[node]) if node in found else mean
        return found

    def _pass(self, end: int) -> dict[int, int]:
        self.parts = {end: [self.arrays.one]}
        found: dict[int, int] = {}
        for node in range(end, -1, -1):
            if node not in self.parts:
                continue
            adjoint = self._named(node, self.arrays.add(*self.parts.pop(node)))
            block = self.graph.block_of(node)
            if block.op == "symbol":
                found[node] = adjoint
            elif block.op != "constant":
                self._spread(block.op, node, block.operands[node - block.start].tolist(), adjoint)
        return found

    def _named(self, node: int, adjoint: int) -> int:
        title = self.titles.get(node)
        if title is None or self.arrays.is_number(adjoint):
            return adjoint
        ids = np.array([adjoint], dtype=np.int32)
        return int(append_names(self.graph, Title(ids, title.names, title.positions))[0])

    def _send(self, node: int, adjoint: int) -> None:
        self.parts.setdefault(node, []).append(adjoint)

    def _spread(self, op: str, node: int, operands: list[int], adjoint: int) -> None:
        arrays, value = self.arrays, self.named.get(node, node)
        special: Mapping[str, Callable[[list[int], int], None]] = {
            "multiply": self._spread_matrices, "elementwise": self._spread_product,
            "concatenate": self._spread_parts, "power": self._spread_power,
        }  # fmt: skip
        if op in ("name", "add"):
            for operand in operands:
                self._send(operand, adjoint)
        elif op in special:
            special[op](operands, adjoint)
        elif op == "negate":
            self._send(operands[0], arrays.negate(adjoint))
        elif op == "transpose":
            self._send(operands[0], arrays.transposed(adjoint))
        elif op == "softmax":
            self._send(operands[0], self._through_softmax(value, adjoint))
        elif op == "logsumexp":
            self._send(operands[0], arrays.multiply(adjoint, arrays.call("softmax", operands[0])))
        elif op == MEAN:
            count = self.shapes[operands[0]][0]
            share = arrays.divide(arrays.one, arrays.constant(count)) if count > 1 else arrays.one
            self._send(operands[0], arrays.multiply(adjoint, share))
        elif op == SUM:
            self._send(operands[0], adjoint)
        elif op == OVER_EXAMPLES:
            (self.loss,) = operands
        else:
            self._spread_function(op, node, operands, adjoint)

    def _spread_matrices(self, operands: list[int], adjoint: int) -> None:
        """`W x` passes `δ xᵀ` to W, and `Wᵀ δ` to x."""
        matrix, values = operands
        self._send(matrix, self.arrays.times(adjoint, self.arrays.transposed(values)))
        self._send(values, self.arrays.times(self.arrays.transposed(matrix), adjoint))

    def _spread_product(self, operands: list[int], adjoint: int) -> None:
        for place, operand in enumerate(operands):
            factors = [*operands]
            factors[place] = adjoint
            self._send(operand, self.arrays.multiply(*factors))

    def _spread_parts(self, operands: list[int], adjoint: int) -> None:
        """Of what is joined each part has its own rows."""
        start = 0
        for operand in operands:
            stop = start + self.shapes[operand][0]
            rows = rf"\operatorname{{rows}}_{{{start + 1}:{stop}}}"
            self._send(operand, self.arrays.made(rows, adjoint))
            start = stop

    def _spread_power(self, operands: list[int], adjoint: int) -> None:
        """`e*b^(e - 1)`, for a number e."""
        arrays, (base, exponent) = self.arrays, operands
        value = float(self.graph.number(exponent))
        slope = arrays.power(base, value - 1)
        self._send(base, arrays.multiply(adjoint, arrays.constant(value), slope))

    def _through_softmax(self, value: int, adjoint: int) -> int:
        """`(diag(a) - a aᵀ) δ`, the Jacobian of softmax."""
        arrays = self.arrays
        square = arrays.times(value, arrays.transposed(value))
        jacobian = arrays.add(arrays.made(r"\operatorname{diag}", value), arrays.negate(square))
        return arrays.times(jacobian, adjoint)

    def _spread_function(self, op: str, node: int, operands: list[int], adjoint: int) -> None:
        arrays, row, value = self.arrays, FUNCTIONS.get(op), self.named.get(node, node)
        if op == "divide":
            over, under = operands
            self._send(over, arrays.multiply(adjoint, arrays.divide(arrays.one, under)))
            product = arrays.multiply(adjoint, arrays.divide(value, under))
            self._send(under, arrays.negate(product))
            return
        if row is None or row.derivative is None:
            raise SpecError(f"{self._layer(node)}: {_INSTEAD}")
        slopes = row.derivative(arrays, value, *operands)
        for operand, slope in zip(operands, slopes, strict=True):
            self._send(operand, arrays.multiply(adjoint, slope))

    def _layer(self, node: int) -> str:
        """The heading of the layer that a node is in: that of the next name after it."""
        for block in self.graph.blocks:
            if block.op == "name" and block.stop > node and isinstance(block.payload, Names):
                heading = self.formula.headings.get(block.payload.layer or 0)
                if heading is not None:
                    return heading
        return self.formula.headings[self.formula.layer_count]
