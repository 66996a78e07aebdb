"""Sums of products, row by row: what stands around the first factors is alike in all of a layer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from netsym.forms.form import Form
from netsym.graph.dense import has_products


def read_in_rows(form: Form) -> dict[int, int]:
    """Where blocks of products start that one block of sums reads alone, in order; and where that
    one starts.
    """
    graph = form.graph
    whole = (n for n, block, rows in graph.operations(form.mask)
             if block.op == "add" and isinstance(rows, slice))  # fmt: skip
    products = {n: graph.spans(n)[0][2] for n in whole if has_products(graph, n)}
    if not products:
        return {}
    found = {*products.values()}
    read = form.cut_mask.copy()
    read[form.ends] = read[form.aside] = True
    for number, block, rows in graph.operations(form.mask):
        if number not in found or graph.sources(number) & found:
            terms = graph.spans(number)[0][1] if number in products else 0
            read[block.operands[rows, terms:]] = True
    readers, blocks = Counter(products.values()), graph.blocks
    return {
        blocks[number].start: blocks[sums].start
        for sums, number in products.items()
        if readers[number] == 1 and not read[blocks[number].start : blocks[number].stop].any()
    }


@dataclass(frozen=True, slots=True)
class DenseRows:
    """Products in rows of so many `terms`: the first factors of all, and the second ones of one
    row, or of all.
    """

    firsts: Sequence[str]
    seconds: Sequence[str]
    terms: int

    def __iter__(self) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
        """The factors of each row."""
        for first in range(0, len(self.firsts), self.terms):
            here = slice(first, first + self.terms)
            alike = len(self.seconds) == self.terms
            yield self.firsts[here], self.seconds if alike else self.seconds[here]
