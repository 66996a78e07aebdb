"""A linear network in full: every coefficient as the sum over all paths, collected by input."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from netsym.collapse.facts import Facts
from netsym.collapse.multiplied_out import Paths, Sum, Sums, Term
from netsym.collapse.units import has_float
from netsym.collapse.words import layer_words
from netsym.errors import SpecError
from netsym.forms.form import bind
from netsym.forms.sizes import MAX_NODES, refuse_if_larger
from netsym.formula import Formula
from netsym.network.network import Network
from netsym.ops.affine.affine import Affine
from netsym.ops.arrays import Objects, filled
from netsym.ops.proved.rationals import Exact, Irrational, NotRational, fractions
from netsym.ops.symbolic import Symbolic


def expanded(network: Network, max_nodes: int | None = MAX_NODES) -> Formula:
    """The formula of a linear network, multiplied out and collected by input.

    A product has the weights from the output to the input, and like products are one. Numbers are
    computed exactly and rounded to float64 once, where they come from such. Raises `SpecError`
    for a network that is not linear, and `TooLargeError`, before anything is multiplied out, if
    the forecast says that there are more than `max_nodes`: it is exact where each parameter has
    its own name, and may be too high for like products.

    >>> import netsym
    >>> print(expanded(netsym.parse("1-2-1")).text(ascii=True))
    y = (w2_1_1*w1_1_1 + w2_1_2*w1_2_1)*x + (w2_1_1*b1_1 + w2_1_2*b1_2 + b2_1)
    """
    facts = Facts()
    for placed in network.layers:
        if not facts.affine(placed):
            what = getattr(placed.layer, "activation", placed.layer.kind)
            raise SpecError(
                f"{network.title} is not linear: {layer_words([placed])} has {what}, so there is "
                "no such formula; simplify without it collapses what is linear"
            )
    instead = "simplify without it collapses the network without multiplying out"
    refuse_if_larger(_forecast(network), "expanded", max_nodes, instead)
    sums = Sums()
    try:
        return _written(network, sums, *_coefficients(network, sums))
    except NotRational as error:
        raise SpecError(f"{network.title} cannot be multiplied out: {error}") from None
    except OverflowError:
        raise SpecError(
            f"{network.title} cannot be multiplied out: a number would be too large for float64"
        ) from None


def _affine(network: Network, base: Any) -> tuple[Objects, Objects]:
    """The coefficients (inputs, outputs) and the constants (outputs,)."""
    ops = Affine(base, len(network.input_names))
    values = network.read(ops, ops.identity())
    constant = base.zeros(values.shape) if values.constant is None else values.constant
    return ops.full(values), constant


def _forecast(network: Network) -> int:
    """How many nodes the formula will have."""
    if not network.parameter_names():
        return len(network.output_names) * (3 * len(network.input_names) + 2)
    matrix, constant = _affine(network, Paths())
    paths = Paths(bits=1 + max(map(int, [*matrix.flat, *constant.flat])).bit_length())
    matrix, constant = _affine(network, paths)
    nodes = 0
    for column, last in zip(matrix.T.tolist(), constant.tolist(), strict=True):
        parts = [_nodes(paths.counts(element), 1) for element in column if element]
        parts += [_nodes(paths.counts(last), 0)] if last else []
        nodes += sum(parts) + (len(parts) != 1)
    return nodes


def _nodes(counts: list[int], factors: int) -> int:
    """The nodes of a sum with so many products of each length, times so many factors."""
    if sum(counts) == 1:
        leaves = max(len(counts) - 1, 1) + factors
        return leaves + (leaves > 1)
    each = sum(count * (length + 1 if length > 1 else 1) for length, count in enumerate(counts))
    return 1 + each + 2 * factors


def _coefficients(network: Network, sums: Sums) -> tuple[Objects, Objects]:
    """The same as sums of products; those of numbers alone in whole matrices."""
    if not network.parameter_names():
        rounds = any(has_float(p) for placed in network.layers for p in placed.parameters.values())
        with suppress(Irrational):
            numbers = _affine(network, Exact())
            matrix, constant = (_sums(array, rounds) for array in numbers)
            return matrix, constant
    return _affine(network, sums)


def _sums(numbers: Objects, rounds: bool) -> Objects:
    """Exact numbers as sums of at most one term."""
    exact = fractions(numbers).reshape(-1).tolist()
    return filled((Sum.of([Term(number, (), rounds)]) for number in exact), numbers.shape)


def _written(network: Network, sums: Sums, matrix: Objects, constant: Objects) -> Formula:
    """The formula of these coefficients."""
    ops = Symbolic()
    symbols: dict[str, int] = {}
    for names in network.symbol_names():
        symbols.update(zip(names.all(), ops.symbols(names).tolist(), strict=True))
    inputs = network.input_names.all()
    ends = []
    for column, last in zip(matrix.T.tolist(), constant.tolist(), strict=True):
        parts = [
            _times(sums, coefficient, sums.builder.symbol(name))
            for name, coefficient in zip(inputs, column, strict=True)
            if coefficient.terms
        ]
        ends.append(sums.added([*parts, sums.sum(last)] if last.terms else parts))
    nodes = sums.builder.build(ops.graph, symbols, ends)[ends]
    return Formula(
        ops.graph, ops.symbols(network.input_names).reshape(-1), bind(network.output_names, nodes),
        network.function, latex_names=network.latex_names,
    )  # fmt: skip


def _times(sums: Sums, coefficient: Sum, x: int) -> int:
    """A coefficient times an input; of a single product, x is one more factor."""
    if len(coefficient.terms) == 1:
        (term,) = coefficient
        return sums.product(term, x)
    return sums.builder.operation("multiply", (sums.sum(coefficient), x))
