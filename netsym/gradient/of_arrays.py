"""Gradients with whole arrays: δ^{[1]} = (W^{[2]})ᵀ δ^{[2]} ⊙ σ'(z), ∂J/∂W = δ aᵀ."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from math import prod

import numpy as np

from netsym.errors import SpecError
from netsym.forms.form import F, Form
from netsym.gradient.array_nodes import ArrayNodes
from netsym.gradient.deltas import Title, delta_names
from netsym.gradient.gradient import in_form
from netsym.gradient.preactivations import with_preactivations
from netsym.gradient.wrt import Chosen, chosen, named_outputs, names_of_outputs
from netsym.graph.array_operations import (
    EXAMPLES,
    REDUCTIONS,
    ROW,
    Shape,
    Shapes,
    coded,
    is_known,
    shapes_of,
    word_and_index,
)
from netsym.graph.functions import FUNCTIONS
from netsym.graph.graph import Graph, Ids
from netsym.graph.names import Derivatives, Names
from netsym.graph.signed_nodes import Product

_OVER_EXAMPLES = tuple(coded(word, EXAMPLES) for word in REDUCTIONS)
_INSTEAD = "derivatives of whole arrays are not known for it; choose --level scalar"


def matrix_gradient(formula: F, letters: Shapes, wrt: str | Sequence[str] = "parameters") -> F:
    """The derivatives of the one output of a form of whole arrays, layer by layer.

    `letters` are the shapes of inputs and parameters; the derivative by an array has its shape. Of
    a cost over m examples, δ is of the loss L of one example, and the derivatives by parameters are
    the means, or the sums, of what all examples give.
    Raises `SpecError` for an output that is not one number, and for layers that have operations
    whose derivative is not known of whole arrays.
    """
    reason = why_no_gradient(formula, letters)
    if reason:
        raise SpecError(reason)
    plain = with_preactivations(formula)
    graph = plain.graph.branch()
    picked = chosen(plain, wrt)
    if wrt == "parameters":
        picked = _of_layers(picked, letters)
    above = names_of_outputs(formula)
    ends = named_outputs(plain.ends, graph, above)
    reverse = _Reverse(plain, graph, letters, delta_names(plain, graph, ends))
    ids = reverse.run(int(ends[0]), picked.nodes)
    names = Derivatives("d", None, (1, len(ids)), above=above, below=picked.names)
    return in_form(plain, graph, plain.inputs, names, ids)


def why_no_gradient(formula: Form, letters: Shapes) -> str:
    """Why it has no gradient of one number by all that it is made of; empty if it has."""
    if isinstance(formula.outputs[0].names, Derivatives):
        return (
            "second derivatives of whole arrays have more axes than a matrix; choose --level scalar"
        )
    if len(formula.outputs) > 1:
        return f"a gradient is of one output, and this has {len(formula.outputs)}"
    if formula.steps:
        recurrent = next(said for said in formula.headings.values() if ", t = 1 to" in said)
        return f"{recurrent} is written for one step, and its steps are chained; {_INSTEAD}"
    if any(b.op in ("symbol", "name") and b.names.at for b in formula.graph.blocks):
        return f"a recurrent layer is written for one step, of many; {_INSTEAD}"
    operations = [block for block, _ in formula.graph.walk(formula.mask)]
    unknown = [block for block in operations if block.op != "symbol" and not is_known(block.op)]
    if unknown:
        return f"{_layer(formula, unknown[-1].start)}: {_INSTEAD}"
    shapes = shapes_of(formula.graph, letters)
    for node in np.flatnonzero(formula.mask).tolist():
        if shapes[node] is None:
            return f"{_layer(formula, node)}: {_INSTEAD}"
    size = prod(shapes[int(formula.ends[0])] or ())
    if size > 1:
        return (
            f"with whole arrays a gradient is of one number, and the output has {size}: "
            "choose --level scalar, or a loss"
        )
    return ""


def _layer(formula: Form, node: int) -> str:
    """The heading of the layer that a node is in: that of the next name after it."""
    for block in formula.graph.blocks:
        if block.op == "name" and block.stop > node:
            heading = formula.headings.get(block.names.layer or 0)
            if heading is not None:
                return heading
    return formula.headings[formula.layer_count]


def _of_layers(picked: Chosen, letters: Shapes) -> Chosen:
    """The arrays of layers; letters of examples stand there for numbers where data are given."""
    arrays = {names for names, _ in letters if names.layer is not None}
    kept = [place for place, (names, _) in enumerate(picked.names) if names in arrays]
    return Chosen(picked.nodes[kept], tuple(picked.names[place] for place in kept))


class _Reverse:
    """From the output back, node by node: there are a few for each layer."""

    def __init__(self, formula: Form, graph: Graph, letters: Shapes, titles: list[Title]) -> None:
        self.formula = formula
        self.graph = graph
        self.arrays = ArrayNodes(graph, letters)
        self.titles = {
            node: (title.names, title.positions[place:][:1])
            for title in titles
            for place, node in enumerate(title.nodes.tolist())
        }
        self.named = {
            int(block.operands[row, 0]): block.start + row
            for block in graph.blocks if block.op == "name" for row in range(len(block))
        }  # fmt: skip
        self.parts: dict[int, list[Product]] = {}
        self.loss: int | None = None  # of one example, where the output is of many
        self.over = ""  # what it is of them, their mean or their sum

    def run(self, end: int, wanted: Ids) -> Ids:
        """The derivatives by symbols that the output is made of, each of the shape of its array."""
        found = self._pass(end)
        if self.loss is not None:
            for node, slope in self._pass(self.loss).items():
                over = self._over_examples(node, slope)
                found[node] = self.arrays.add(over, found[node]) if node in found else over
        slopes = [
            found[node] if node in found else self.arrays.zeros(self._shape(node))
            for node in wanted.tolist()
        ]
        return np.array([self.arrays.plain(self.arrays.written(s)) for s in slopes], dtype=np.int32)

    def _shape(self, node: int) -> Shape:
        return self.arrays.shape(node) or ()

    def _over_examples(self, node: int, slope: Product) -> Product:
        """The mean or sum of what m examples give; of what is one example's alone, its share."""
        if node not in self.formula.inputs.tolist():
            return self.arrays.made(self.over, slope)
        is_mean = word_and_index(self.over)[0] == "mean"
        return self.arrays.divide(slope, self._count) if is_mean else slope

    @cached_property
    def _count(self) -> Product:
        """The letter m."""
        (node,) = self.graph.symbols(Names("m")).tolist()
        self.arrays.letter(node, ())
        return self.arrays.node(node)

    def _pass(self, end: int) -> dict[int, Product]:
        self.parts = {end: [self.arrays.ones(self._shape(end))]}
        found: dict[int, Product] = {}
        for node in range(end, -1, -1):
            if node not in self.parts:
                continue
            adjoint = self._named(node, self.arrays.add(*self.parts.pop(node)))
            op = self.graph.block_of(node).op
            if op == "symbol":
                found[node] = adjoint
            elif op != "constant":
                self._spread(op, node, self.graph.operands_of(node), adjoint)
        return found

    def _named(self, node: int, adjoint: Product) -> Product:
        title, ids = self.titles.get(node), self.arrays.plain(self.arrays.written(adjoint))
        if title is None or self.arrays.is_number(int(ids)):
            return adjoint
        named = self.graph.name(ids.reshape(1), *title)
        return self.arrays.node(int(named[0]))

    def _send(self, node: int, adjoint: Product) -> None:
        if not self.arrays.is_number(node) and self.arrays.written(adjoint):
            fitted = self.arrays.fitted(adjoint, self._shape(node))
            self.parts.setdefault(node, []).append(fitted)

    def _value(self, node: int) -> Product:
        """A value, by its name if it has one."""
        return self.arrays.of(self.named.get(node, node))

    def _spread(self, op: str, node: int, operands: list[int], adjoint: Product) -> None:
        arrays = self.arrays
        word, _ = word_and_index(op)
        special: Mapping[str, Callable[[list[int], Product], None]] = {
            "matmul": self._spread_matrices, "hadamard": self._spread_product,
            "dot": self._spread_product, "scale": self._spread_product,
            "concatenate": self._spread_parts, "power": self._spread_power,
        }  # fmt: skip
        if op in ("name", "add", "sum"):
            for operand in operands:
                self._send(operand, adjoint)
        elif word in special:
            special[word](operands, adjoint)
        elif op == "negate":
            self._send(operands[0], arrays.negate(adjoint))
        elif op == "transpose":
            self._send(operands[0], arrays.transposed(adjoint))
        elif op == "softmax":
            self._send(operands[0], self._through_softmax(node, adjoint))
        elif word == "logsumexp":
            softmax = arrays.call("softmax", arrays.of(operands[0]))
            self._send(operands[0], arrays.multiply(adjoint, softmax))
        elif op in _OVER_EXAMPLES:
            (self.loss,), self.over = operands, op
        elif word == "mean":
            count = prod(self._shape(operands[0])) // prod(self._shape(node))
            self._send(operands[0], arrays.divide(adjoint, arrays.constant(count)))
        else:
            self._spread_function(op, node, operands, adjoint)

    def _spread_matrices(self, operands: list[int], adjoint: Product) -> None:
        """`W x` passes `δ xᵀ` to W, and `Wᵀ δ` to x; `X W` passes `δ Wᵀ` to X, and `Xᵀ δ` to W."""
        arrays = self.arrays
        left, right = map(arrays.of, operands)
        if len(self._shape(operands[1])) == 1:
            self._send(operands[0], arrays.product("outer", adjoint, right))
        else:
            self._send(operands[0], arrays.product("matmul", adjoint, arrays.transposed(right)))
        self._send(operands[1], arrays.product("matmul", arrays.transposed(left), adjoint))

    def _spread_product(self, operands: list[int], adjoint: Product) -> None:
        for place, operand in enumerate(operands):
            factors = [*map(self.arrays.of, operands)]
            factors[place] = adjoint
            self._send(operand, self.arrays.multiply(*factors))

    def _spread_parts(self, operands: list[int], adjoint: Product) -> None:
        """Of what is joined each part has its own rows, of matrices side by side its columns."""
        word = "rows" if len(self._shape(operands[0])) == 1 else "columns"
        start = 0
        for operand in operands:
            stop = start + self._shape(operand)[-1]
            self._send(operand, self.arrays.made(coded(word, f"{start + 1}:{stop}"), adjoint))
            start = stop

    def _spread_power(self, operands: list[int], adjoint: Product) -> None:
        """`e*b^(e - 1)`, for a number e."""
        arrays, (base, exponent) = self.arrays, operands
        value = float(self.graph.number(exponent))
        slope = arrays.power(arrays.of(base), value - 1)
        self._send(base, arrays.multiply(adjoint, arrays.constant(value), slope))

    def _through_softmax(self, node: int, adjoint: Product) -> Product:
        """`(diag(a) - a aᵀ) δ`, the Jacobian of softmax; of rows `a ⊙ (δ - sum(δ ⊙ a))`."""
        arrays, value = self.arrays, self._value(node)
        if len(self._shape(node)) > 1:
            total = arrays.made(coded("sum", ROW), arrays.multiply(adjoint, value))
            return arrays.multiply(value, arrays.add(adjoint, arrays.negate(total)))
        square = arrays.product("outer", value, value)
        jacobian = arrays.add(arrays.made("diag", value), arrays.negate(square))
        return arrays.product("matmul", jacobian, adjoint)

    def _spread_function(self, op: str, node: int, operands: list[int], adjoint: Product) -> None:
        arrays, value = self.arrays, self._value(node)
        if op == "divide":
            under = arrays.of(operands[1])
            self._send(operands[0], arrays.divide(adjoint, under))
            product = arrays.divide(arrays.multiply(adjoint, value), under)
            self._send(operands[1], arrays.negate(product))
            return
        derivative = FUNCTIONS[op].derivative
        assert derivative is not None, op  # all functions of elements have one
        slopes = derivative(arrays, value, *map(arrays.of, operands))
        for operand, slope in zip(operands, slopes, strict=True):
            self._send(operand, arrays.multiply(adjoint, slope))
