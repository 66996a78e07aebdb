"""Forecasts: how large the forms of a network are, without building them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import log2
from typing import Any

from netsym.forms.sizes import PerOutput, Size, scientific, shown
from netsym.graph.names import Names
from netsym.ops.counts.counts import Counts
from netsym.ops.counts.heights import Heights
from netsym.ops.counts.sizes import Sizes
from netsym.wording import plural, table


def forecast(
    read: Callable[[Sizes, Counts], Counts], inputs: Names, form: str, expand: bool
) -> Size:
    """The exact size of a form, "once", "layered" or "inlined", by the `sizes` reading.

    `read(ops, x)` reads the network. Operations are counted in one more pass, in which each kind
    costs its own power of a base larger than any count; the sum holds all counts as its digits.
    """
    nodes, outputs, kinds = count_nodes(read, inputs, form, expand)
    layered, once = form != "inlined", form == "once"
    bits = nodes.bit_length()
    costs = {kind: 1 << (bits * n) for n, kind in enumerate(kinds)}
    packed = Sizes(layered, expand, costs, 0, once)
    digits = packed.everything(read(packed, packed.symbols(inputs)))
    counts = {kind: (digits >> (bits * n)) & ((1 << bits) - 1) for n, kind in enumerate(kinds)}
    heights = Heights(layered, expand, once)
    return Size(
        nodes=nodes,
        height=heights.everything(read(heights, heights.symbols(inputs))),
        operations={kind: count for kind, count in sorted(counts.items()) if count},
        per_output=outputs,
    )


def count_nodes(
    read: Callable[[Sizes, Counts], Counts], inputs: Names, form: str, expand: bool
) -> tuple[int, PerOutput, list[str]]:
    """The nodes of a form: all, of each output, and the kinds of operations that occur."""
    ops = Sizes(form != "inlined", expand, once=form == "once")
    outputs = read(ops, ops.symbols(inputs))
    each = PerOutput(ops.elements(outputs))
    return ops.everything(outputs), each, sorted(ops.used)


_CALLED = {"once": "written once"}  # forms, where their names say too little
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
        for key, size in self.forms.items():
            form = _CALLED.get(key, key)
            if size is None:
                rows.append((form, "not counted", "", "needs a graph too large to build"))
            else:
                listed = [f"{kind} {shown(n, exact)}" for kind, n in size.operations.items()]
                nodes = shown(size.nodes, exact)
                rows.append((form, nodes, f"{size.height:,}", ", ".join(listed)))
        return "\n".join([self._title(), "", *table(rows, "<>><"), "", self._verdict()])

    def _title(self) -> str:
        counts = {
            "input": len(self.inputs),
            "output": len(self.outputs),
            "parameter": self.parameters,
        }
        said = ", ".join(plural(n, word) for word, n in counts.items())
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
                _CALLED.get(form, form).replace(" ", "_"): size and size.to_json(names)
                for form, size in self.forms.items()
            },
        }


@dataclass(frozen=True, slots=True)
class Growth:
    """The sizes of a recurrent network for some numbers of steps; `str` is the table.

    `nodes` has a list for every form, with a count for each of the `steps`.
    """

    network: str
    steps: tuple[int, ...]
    nodes: Mapping[str, tuple[int, ...]]

    def __str__(self) -> str:
        return self.table()

    def table(self, exact: bool = False) -> str:
        """The report; counts of more than 20 digits are abbreviated unless `exact`."""
        columns = [["steps", *map(str, self.steps)]]
        for form, counts in self.nodes.items():
            columns.append([_GROWS.get(form, form), *(shown(count, exact) for count in counts)])
        lines = table(list(zip(*columns, strict=True)), ">")
        if len(self.steps) < 2:
            said = "one number of steps shows no growth; ask for a range, as in --steps 1..10"
            return "\n".join(
                [f"{self.network}, nodes for each number of steps", "", *lines, "", said]
            )
        said = "; ".join(f"{_GROWS.get(form, form)}: {self.law(form)}" for form in self.nodes)
        return "\n".join([f"{self.network}, nodes for each number of steps", "", *lines, "", said])

    def law(self, form: str) -> str:
        """How the counts of a form grow, in words, as far as these numbers of steps show it."""
        points = list(zip(self.steps, self.nodes[form], strict=True))
        if len(points) < 2:
            return "one number of steps shows no growth"
        if len({nodes for _, nodes in points}) == 1:
            return "constant"
        if len(points) < 4:
            return "growing; four numbers of steps or more show how"
        slopes = [Fraction(b - a, t - s) for (s, a), (t, b) in pairwise(points[1:])]  # 1 is special
        if len(set(slopes)) == 1:
            return f"linear, {float(slopes[0]):,.10g} more per step"
        rates = [_log2(Fraction(b, a)) / (t - s) for (s, a), (t, b) in pairwise(points)]
        if 0 < 0.8 * rates[len(rates) // 2] < rates[-1]:  # a power of t has half the rate by then
            return f"exponential, {2 ** rates[-1]:,.4g} times per step at the end"
        return "more than linear, less than exponential"

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`."""
        forms = {
            form.replace("once", "written_once"): {"nodes": list(counts), "growth": self.law(form)}
            for form, counts in self.nodes.items()
        }
        return {"schema": 1, "network": self.network, "steps": list(self.steps), "forms": forms}


_GROWS = {**_CALLED, "layered": "unrolled"}


def _log2(ratio: Fraction) -> float:
    """The logarithm of a number of any length."""
    above, below = ratio.numerator, ratio.denominator
    bits = above.bit_length() - below.bit_length()
    return bits + log2(float(ratio / Fraction(2) ** bits))
