"""Low rank: a dense layer in two, where that takes fewer numbers; collapsing in reverse."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from operator import eq
from typing import Any

import flint
import numpy as np
import numpy.typing as npt

from netsym.collapse.diagram import Diagram, first_part
from netsym.collapse.rounding import rounded
from netsym.collapse.rules import Found, Work
from netsym.collapse.units import has_float
from netsym.collapse.words import layer_words
from netsym.graph.names import Names
from netsym.layers.dense import Dense
from netsym.layers.wiring import Placed
from netsym.ops.parameters import Parameter
from netsym.ops.proved.rationals import Exact, NotRational, fractions
from netsym.ops.reading import read_parameter

Array = npt.NDArray[Any]

_PRIME = 2**61 - 1


@dataclass(frozen=True, eq=False)
class Split:
    """`W = U V`: `left` (units, rank) and `right` (rank, inputs), and why that is right.

    `rounds` says that numbers of `right` are exact results of float64 numbers, `approximate` that
    U V is W up to a tolerance only.
    """

    left: Array
    right: Array
    because: str
    rounds: bool = False
    approximate: bool = False

    @property
    def rank(self) -> int:
        """The width between."""
        return len(self.right)


def factor(work: Work) -> Found | None:
    """`W x + b -> U (V x) + b`: a dense layer of low rank in two.

    Singular values of at most `work.tolerance` times the largest count as 0; with 0, the rank is
    that over the rational numbers, and W = U V exactly. A layer is split where its two parts have
    fewer parameters, and so fewer operations: then nothing composes them again. By force it is
    split whatever its rank is, if it is not full.
    """
    for placed in work.diagram.layers.values():
        if not isinstance(placed.layer, Dense) or not work.facts.affine(placed):
            continue
        units, inputs = placed.layer.units, placed.widths[0]
        smaller = (units * inputs - 1) // (units + inputs)
        most = min(units, inputs) - 1 if work.force else smaller
        found = work.facts.once("split", placed, partial(_split, work.tolerance, most))
        if found is not None:
            return _in_two(work.diagram, placed, found)
    return None


def _split(tolerance: float, most: int, placed: Placed) -> Split | None:
    weights = placed.parameters["weights"]
    if not most:
        return None
    return _numerical(weights, most, tolerance) if tolerance else _exact(weights, most)


def _in_two(diagram: Diagram, placed: Placed, split: Split) -> Found:
    """The diagram with two layers for one; the first is new, and named like it."""
    rank, name = split.rank, first_part(placed.name)
    first = Placed(
        name, Dense(units=rank, use_bias=False), placed.sources,
        {"weights": Parameter(Names("v", placed.number, split.right.shape), split.right)},
        placed.shapes, (rank,), placed.number,
    )  # fmt: skip
    weights = Parameter(replace(placed.parameters["weights"].names, shape=split.left.shape),
                        split.left)  # fmt: skip
    parameters = {**placed.parameters, "weights": weights}
    second = replace(placed, sources=(name,), shapes=((rank,),), parameters=parameters)
    after = diagram.replaced([first, second], placed.name in diagram.rounds)
    if split.rounds:
        after = replace(after, rounds=after.rounds | {name})
    words = f"{layer_words([placed])} has weights of rank {rank}: split in two"
    return Found((placed,), after, words, split.because, placed.sources, split.approximate)


# -- exactly ------------------------------------------------------------------------------------
def _exact(weights: Parameter, most: int) -> Split | None:
    """`W = C F`: C are the pivot columns of W, F the rows of its reduced echelon form."""
    if weights.symbols():
        return None
    try:
        exact = read_parameter(weights, Exact())
    except NotRational:
        return None
    units, inputs = exact.shape
    numbers = exact.reshape(-1).tolist()
    if _rank_at_least(numbers, units, inputs) > most:
        return None
    reduced, rank = flint.fmpq_mat(units, inputs, numbers).rref()
    if not 0 < rank <= most:
        return None
    rows = np.array(reduced.entries()[: rank * inputs], dtype=object).reshape(rank, inputs)
    pivots = (rows != 0).argmax(axis=1)
    left = _floats(exact[:, pivots]) if weights.entries is None else weights.entries[:, pivots]
    if left is None:
        return None
    because = f"W is {units}x{inputs} and has rank {rank} over the rationals, so W = U V exactly"
    if not has_float(weights):
        return Split(left, fractions(rows), because)
    right = _floats(rows)
    if right is None:
        return Split(left, fractions(rows), because, rounds=True)
    return Split(left, right, because)


def _rank_at_least(numbers: list[Any], units: int, inputs: int) -> int:
    """The rank modulo a prime, which is never more than the rank and quick to find."""
    ratios = [(int(number.p), int(number.q)) for number in numbers]
    if any(q % _PRIME == 0 for _, q in ratios):
        return 0
    residues = [p * pow(q, -1, _PRIME) % _PRIME for p, q in ratios]
    return int(flint.nmod_mat(units, inputs, residues, _PRIME).rank())


def _floats(numbers: Array) -> Array | None:
    """The numbers as float64, if they are such."""
    exact = fractions(numbers)
    try:
        floats = exact.astype(np.float64)
    except OverflowError:
        return None
    return floats if all(map(eq, map(Fraction, floats.flat), exact.flat)) else None


# -- numerically --------------------------------------------------------------------------------
def _numerical(weights: Parameter, most: int, tolerance: float) -> Split | None:
    """The singular values above the tolerance, and their vectors (Eckart and Young, 1936)."""
    if weights.symbols():
        return None
    try:
        matrix = rounded(weights).numbers({})
        u, values, v = np.linalg.svd(matrix, full_matrices=False)
    except (OverflowError, np.linalg.LinAlgError):
        return None
    rank = int((values > tolerance * values[0]).sum())
    left, right = u[:, :rank] * values[:rank], v[:rank]
    if not 0 < rank <= most or not np.isfinite(left).all():
        return None
    because = (
        f"with a tolerance of {tolerance:g} times the largest singular value, {values[0]:.6g}, W "
        f"is {'x'.join(map(str, matrix.shape))} and has rank {rank}; the next singular value is "
        f"{values[rank]:.3g}, so W x changes by at most about {values[rank]:.3g} times the "
        "length of x"
    )
    return Split(left, right, because, approximate=True)
