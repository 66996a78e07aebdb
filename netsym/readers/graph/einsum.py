"""Einstein's summation as products of matrices: of one array, or of two at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from netsym.readers.graph.builder import Builder
from netsym.readers.graph.operations import Value, function, matmul, reduce
from netsym.readers.graph.traced import Traced, Unreadable

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def einsum(build: Builder, equation: str, values: Sequence[Value]) -> Traced:
    """What `numpy.einsum` computes; raises `Unreadable` for diagonals."""
    terms, out = _labels(equation.replace(" ", ""), values)
    value, labels = values[0], terms[0]
    for place, (other, right) in enumerate(zip(values[1:], terms[1:], strict=True), 2):
        needed = set("".join([out, *terms[place:]]))
        kept = "".join(n for n in dict.fromkeys(labels + right) if n in needed)
        value, labels = _of_two(build, value, labels, other, right, kept), kept
    value, labels = _summed(build, value, labels, out)
    turned = _arranged(value, labels, out)
    assert isinstance(turned, Traced)
    return turned


def _labels(equation: str, values: Sequence[Value]) -> tuple[list[str], str]:
    """The labels of every operand and of the output, those of an ellipsis as well."""
    given, arrow, out = equation.partition("->")
    terms = given.split(",")
    if len(terms) != len(values):
        raise Unreadable(f"has {len(values)} inputs for {len(terms)} terms")
    spare = [letter for letter in _LETTERS if letter not in equation]
    most = max(len(v.shape) - len(t.replace("...", "")) for v, t in zip(values, terms, strict=True))
    dots = "".join(spare[:most])
    full = []
    for value, term in zip(values, terms, strict=True):
        many = len(value.shape) - len(term.replace("...", ""))
        full.append(term.replace("...", dots[len(dots) - many :] if many else ""))
    if not arrow:
        times = Counter("".join(terms).replace(".", ""))
        out = "..." + "".join(sorted(n for n, count in times.items() if count == 1))
        out = out if "..." in equation else out[3:]
    if any(len(set(term)) < len(term) for term in full):
        raise Unreadable("takes a diagonal")
    return full, out.replace("...", dots)


def _of_two(build: Builder, one: Value, left: str, other: Value, right: str, kept: str) -> Traced:
    """A product of two arrays, in which the labels that are `kept` are left, in this order."""
    one, left = _summed(build, one, left, right + kept)
    other, right = _summed(build, other, right, left + kept)
    both = [n for n in left if n in right]
    places = "".join(n for n in both if n in kept)
    inner = "".join(n for n in both if n not in kept)
    rows = "".join(n for n in left if n not in right)
    columns = "".join(n for n in right if n not in left)
    if not inner:
        wide = "".join([places, rows, columns])
        first = _stretched(_arranged(one, left, places + rows), places + rows, wide)
        second = _stretched(_arranged(other, right, places + columns), places + columns, wide)
        return _in_order(function(build, "multiply", first, second), wide, kept)
    lengths = dict(zip(left, one.shape, strict=True)) | {
        n: m for n, m in zip(right, other.shape, strict=True) if m > 1
    }
    first = _grouped(_arranged(one, left, places + rows + inner), len(places), len(rows))
    second = _grouped(_arranged(other, right, places + inner + columns), len(places), len(inner))
    made = matmul(build, first, second)
    shape = tuple(lengths[n] for n in places + rows + columns)
    return _in_order(made.moved(lambda a: a.reshape(shape)), places + rows + columns, kept)


def _in_order(value: Traced, labels: str, wanted: str) -> Traced:
    made = _arranged(value, labels, wanted)
    assert isinstance(made, Traced)
    return made


def _summed(build: Builder, value: Value, labels: str, needed: str) -> tuple[Value, str]:
    """An array without the labels that nothing needs."""
    over = tuple(axis for axis, n in enumerate(labels) if n not in needed)
    rest = "".join(n for n in labels if n in needed)
    if not over:
        return value, labels
    if isinstance(value, Traced):
        return reduce(build, "sum", value, over, keep=False), rest
    return np.asarray(value.sum(axis=over)), rest


def _arranged(value: Value, labels: str, wanted: str) -> Value:
    order = [labels.index(n) for n in wanted]
    return _changed(value, lambda a: a.transpose(order))


def _grouped(value: Value, places: int, rows: int) -> Value:
    """An array as matrices, one for each of the first axes: the next ones are its rows."""
    return _changed(
        value,
        lambda a: a.reshape(
            *a.shape[:places],
            int(np.prod(a.shape[places : places + rows])),
            int(np.prod(a.shape[places + rows :])),
        ),
    )


def _stretched(value: Value, labels: str, wide: str) -> Value:
    """An array with an axis of length 1 for every label that it has not."""
    index = tuple(slice(None) if n in labels else None for n in wide)
    return _changed(value, lambda a: a[index])


def _changed(value: Value, change: Any) -> Value:
    return value.moved(change) if isinstance(value, Traced) else np.asarray(change(value))
