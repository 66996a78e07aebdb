"""Operations of whole arrays: the words they are coded by in a graph, and the shapes they give.

Arrays are those of NumPy: a vector has one axis, a number none, and what is done element by element
broadcasts. Words are `matmul`, `dot`, `outer`, `hadamard` (a product element by element), `scale`
(numbers times an array), `transpose`, `mean`, … and the functions of the table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from netsym.graph.functions import FUNCTIONS
from netsym.graph.graph import Graph
from netsym.graph.names import Names

Shape = tuple[int, ...]
Shapes = tuple[tuple[Names, Shape], ...]  # of letters

EXAMPLES, ROW, COLUMN = "examples", "row", "column"  # indices: of what there is one mean or sum
REDUCTIONS = ("mean", "sum")  # what a cost is of the losses of its examples


def coded(word: str, index: str = "") -> str:
    """An operation in a graph: `maxpool[2x2]`."""
    return f"{word}[{index}]" if index else word


def word_and_index(op: str) -> tuple[str, str]:
    """What it was coded from.

    >>> word_and_index("maxpool[2x2]"), word_and_index("mean")
    (('maxpool', '2x2'), ('mean', ''))
    """
    word, _, index = op.partition("[")
    return word, index.removesuffix("]")


def filled(word: str, shape: Shape) -> str:
    """An array of ones or of zeros."""
    return coded(word, "x".join(map(str, shape)))


def lengths(index: str) -> Shape:
    """The shape that an index says: 2x3."""
    return tuple(map(int, index.split("x")))


def shapes_of(graph: Graph, letters: Shapes) -> dict[int, Shape | None]:
    """The shape of every node; None where it is not known, or where operands do not fit."""
    known = {(names.base, names.layer): shape for names, shape in letters}
    shapes: dict[int, Shape | None] = {}
    for block in graph.blocks:
        for row, operands in enumerate(block.operands.tolist()):
            if block.op == "symbol":
                shape = known.get((block.names.base, block.names.layer))
            else:
                shape = shape_of(block.op, [shapes[node] for node in operands])
            shapes[block.start + row] = shape
    return shapes


def shape_of(op: str, operands: Sequence[Shape | None]) -> Shape | None:
    """The shape that an operation gives, from those of its operands."""
    word, index = word_and_index(op)
    if op == "constant":
        return ()
    if word in ("ones", "zeros"):
        return lengths(index)
    below = [shape for shape in operands if shape is not None]
    if len(below) < len(operands):
        return None
    if op in _RULES:
        return _RULES[op](*below)
    if word in ("rows", "columns"):
        first, last = map(int, index.split(":"))
        count, (shape,) = last - first + 1, below
        return (count, *shape[1:]) if word == "rows" else (*shape[:-1], count)
    return _broadcast(*below) if op in _BY_ELEMENTS else None


def is_known(op: str) -> bool:
    """Whether the shape is known that an operation gives, and its derivative."""
    return op == "constant" or op in _RULES or op in _BY_ELEMENTS


def _broadcast(*shapes: Shape) -> Shape | None:
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        return None


def _matmul(left: Shape, right: Shape) -> Shape | None:
    fits = len(left) == 2 and len(right) in (1, 2) and left[1] == right[0]
    return (left[0], *right[1:]) if fits else None


def _concatenate(*shapes: Shape) -> Shape | None:
    return (sum(shape[0] for shape in shapes),) if {len(s) for s in shapes} == {1} else None


def _side_by_side(*shapes: Shape) -> Shape | None:
    fits = {len(s) for s in shapes} == {2} and len({s[0] for s in shapes}) == 1
    return (shapes[0][0], sum(s[1] for s in shapes)) if fits else None


def _one_axis(shape: Shape) -> Shape | None:
    return shape if len(shape) == 1 else None


_RULES: Mapping[str, Callable[..., Shape | None]] = {
    "matmul": _matmul,
    "dot": lambda left, right: () if left == right and len(left) == 1 else None,
    "outer": lambda a, b: (*a, *b) if len(a) == len(b) == 1 else None,
    "scale": lambda *shapes: None if any(shapes[:-1]) else shapes[-1],
    "transpose": lambda a: a[::-1] if len(a) == 2 else None,
    "diag": lambda a: (*a, *a) if _one_axis(a) else None,
    "concatenate": _concatenate,
    coded("concatenate", "columns"): _side_by_side,
    "mean": lambda _: (),
    "sum": lambda _: (),
    **{coded(word, EXAMPLES): lambda a: a for word in REDUCTIONS},
    coded("mean", ROW): lambda a: (*a[:-1], 1) if a else None,
    coded("sum", ROW): lambda a: (*a[:-1], 1) if a else None,
    coded("sum", COLUMN): lambda a: a[1:] if len(a) == 2 else None,
    "softmax": lambda a: a if a else None,
    "logsumexp": lambda a: () if _one_axis(a) else None,
    coded("logsumexp", ROW): lambda a: (*a[:-1], 1) if a else None,
}
_BY_ELEMENTS = frozenset({"name", "add", "negate", "hadamard", "divide", "power"}) | {
    name for name, row in FUNCTIONS.items() if not row.vector
}
