"""Forecasts: how large the forms of a network are, without building them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from netsym.formula.names import Names
from netsym.formula.sizes import PerOutput, Size, scientific, shown
from netsym.ops.sizes import Counts, Heights, Sizes


def forecast(
    read: Callable[[Sizes, Counts], Counts], inputs: Names, layered: bool, expand: bool
) -> Size:
    """The exact size of the layered or the inlined form, by the `sizes` reading.

    `read(ops, x)` reads the network. Operations are counted in one more pass, in which each kind
    costs its own power of a base larger than any count; the sum holds all counts as its digits.
    """
    nodes, outputs, kinds = count_nodes(read, inputs, layered, expand)
    bits = nodes.bit_length()
    packed = Sizes(layered, expand, {kind: 1 << (bits * n) for n, kind in enumerate(kinds)}, 0)
    digits = read(packed, packed.symbols(inputs)).total() + packed.bound
    counts = {kind: (digits >> (bits * n)) & ((1 << bits) - 1) for n, kind in enumerate(kinds)}
    heights = Heights(layered, expand)
    highest = read(heights, heights.symbols(inputs))
    return Size(
        nodes=nodes,
        height=max(heights.bound, *map(int, highest.kept())),
        operations={kind: count for kind, count in sorted(counts.items()) if count},
        per_output=outputs,
    )


def count_nodes(
    read: Callable[[Sizes, Counts], Counts], inputs: Names, layered: bool, expand: bool
) -> tuple[int, PerOutput, list[str]]:
    """The nodes of a form: all, of each output, and the kinds of operations that occur."""
    ops = Sizes(layered, expand)
    outputs = read(ops, ops.symbols(inputs))
    if isinstance(outputs.values, int):
        each = PerOutput((int(outputs.values),), outputs.shape[-1])
    else:
        each = PerOutput(tuple(outputs.elements()), 1)
    return ops.bound + outputs.total(), each, sorted(ops.used)


_MOST_LISTED = 1_000_000


@dataclass(frozen=True, slots=True)
class NetworkSize:
    """The sizes of a network's forms, side by side; `str` is the table.

    A form is None where counting it needs a graph that is too large to build.
    """

    network: str
    parameters: int
    inputs: Names
    outputs: Names
    forms: Mapping[str, Size | None]

    def __str__(self) -> str:
        return self.table()

    def table(self, exact: bool = False) -> str:
        """The report; counts of more than 20 digits are abbreviated unless `exact`."""
        rows = [("form", "nodes", "height", "operations")]
        for form, size in self.forms.items():
            if size is None:
                rows.append((form, "not counted", "", "needs a graph too large to build"))
            else:
                listed = [f"{kind} {shown(n, exact)}" for kind, n in size.operations.items()]
                nodes = shown(size.nodes, exact)
                rows.append((form, nodes, f"{size.height:,}", ", ".join(listed)))
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        one, two, three = widths
        lines = [
            f"{form:<{one}}  {nodes:>{two}}  {height:>{three}}  {operations}".rstrip()
            for form, nodes, height, operations in rows
        ]
        return "\n".join([self._title(), "", *lines, "", self._verdict()])

    def _title(self) -> str:
        counts = {
            "input": len(self.inputs),
            "output": len(self.outputs),
            "parameter": self.parameters,
        }
        said = ", ".join(f"{n:,} {word}{'s' * (n != 1)}" for word, n in counts.items())
        return f"{self.network}: {said}"

    def _verdict(self) -> str:
        layered, inlined = self.forms["layered"], self.forms["inlined"]
        assert layered is not None
        assert inlined is not None
        if inlined.nodes <= layered.nodes:
            return (
                "The one formula is no larger than the layers: hardly a value is used twice, so "
                "naming them saves nothing."
            )
        factor = inlined.nodes / layered.nodes if inlined.nodes < 10**15 else None
        times = (
            f"{factor:,.1f}" if factor is not None else scientific(inlined.nodes // layered.nodes)
        )
        return f"The one formula is {times} times as large as the layers."

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`."""
        names = self.outputs.all() if len(self.outputs) <= _MOST_LISTED else []
        inputs = self.inputs.all() if len(self.inputs) <= _MOST_LISTED else []
        return {
            "schema": 1,
            "network": self.network,
            "parameters": self.parameters,
            "inputs": inputs or len(self.inputs),
            "outputs": names or len(self.outputs),
            "forms": {
                form: None if size is None else size.to_json(names)
                for form, size in self.forms.items()
            },
        }
