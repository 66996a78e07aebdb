"""Forecasts: how large the forms of a network are, without building them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from math import log2
from typing import Any, NamedTuple

from netsym.displayed import Displayed
from netsym.forms.sizes import MOST_LISTED, PerOutput, Size, scientific, shown
from netsym.graph.names import Names
from netsym.ops.counts.counts import Counts
from netsym.ops.counts.heights import Heights
from netsym.ops.counts.sizes import Sizes
from netsym.wording import plural, remark, spelled, table


def forecast(
    read: Callable[[Sizes, Counts], Counts], inputs: Names, form: str, expand: bool
) -> Size:
    """The exact size of a form, "once", "layered" or "inlined", by the `sizes` reading.

    `read(ops, x)` reads the network. All nodes are counted first: each kind of operation costs its
    own power of a base that is larger then, so that what all cost together has the counts for its
    digits.
    """
    layered, once = form != "inlined", form == "once"
    heights = Heights(layered, expand, once)
    height = heights.everything(read(heights, heights.symbols(inputs)))
    nodes, each = count_nodes(read, inputs, form, expand)
    kinds, bits = sorted(heights.used), nodes.bit_length()
    costs = {kind: 1 << (bits * n) for n, kind in enumerate(kinds)}
    sizes = Sizes(layered, expand, costs, 0, once)
    digits = sizes.everything(read(sizes, sizes.symbols(inputs)))
    counts = {kind: (digits >> (bits * n)) & ((1 << bits) - 1) for n, kind in enumerate(kinds)}
    return Size(
        nodes=nodes,
        height=height,
        operations={kind: count for kind, count in counts.items() if count},
        per_output=each,
    )


def count_nodes(
    read: Callable[[Sizes, Counts], Counts], inputs: Names, form: str, expand: bool
) -> tuple[int, PerOutput]:
    """The nodes of a form: all, and those of each output."""
    ops = Sizes(form != "inlined", expand, once=form == "once")
    outputs = read(ops, ops.symbols(inputs))
    return ops.everything(outputs), PerOutput(ops.elements(outputs))


_CALLED = {"once": "written once"}  # forms, where their names say too little


@dataclass(frozen=True, slots=True)
class NetworkSize(Displayed):
    """The sizes of a network's forms, side by side; `str` is the table.

    A form is None where counting it needs a graph that is too large to build. `matrices` has those
    of whole arrays, "layered" and, where there is no recurrent layer, "inlined".
    """

    network: str
    parameters: int
    inputs: Names
    outputs: Names
    forms: Mapping[str, Size | None] = field(hash=False)
    matrices: Mapping[str, Size] = field(default_factory=dict, hash=False)

    def __repr__(self) -> str:
        known = ((form, size.nodes) for form, size in self.forms.items() if size is not None)
        counts = ", ".join(f"{_CALLED.get(form, form)} {shown(nodes)}" for form, nodes in known)
        return f"<sizes of {self.network}, in nodes: {counts}>"

    def __str__(self) -> str:
        return self.report()

    def report(
        self,
        width: int | None = None,
        ascii: bool = False,
        digits: int | None = None,
        exact: bool = False,
    ) -> str:
        """The forms in a table; counts of more than 20 digits are rounded unless `exact`.

        `digits` says to how many. What does not fit into a `width` goes on below.
        """
        rows = [("form", "nodes", "height", "operations")]
        of_arrays = {f"matrix {form}": size for form, size in self.matrices.items()}
        for key, size in {**self.forms, **of_arrays}.items():
            form = _CALLED.get(key, key)
            if size is None:
                rows.append((form, "not counted", "", "needs a graph too large to build"))
            else:
                nodes, kinds = shown(size.nodes, exact, digits), size.kinds(exact, digits)
                rows.append((form, nodes, f"{size.height:,}", kinds))
        lines = table(rows, "<>><", width)
        said = remark(self.conclusion(digits), width)
        return spelled("\n".join([remark(self._title(), width), "", *lines, "", said]), ascii)

    def _title(self) -> str:
        counts = {
            "input": len(self.inputs),
            "output": len(self.outputs),
            "parameter": self.parameters,
        }
        said = ", ".join(plural(n, word) for word, n in counts.items())
        return f"{self.network}: {said}"

    def conclusion(self, digits: int | None = None) -> str:
        """What the sizes say, in a sentence or two."""
        layered, inlined = self.forms["layered"], self.forms["inlined"]
        assert layered is not None
        assert inlined is not None
        if inlined.nodes <= layered.nodes:
            return (
                "The one formula is no larger than the layers: hardly a value is used twice, so "
                "naming them saves nothing."
            )
        said = (
            f"The one formula is {_times(inlined, layered, digits)} times as large as the layers."
        )
        return " ".join([said, *self._of_matrices(digits)])

    def _of_matrices(self, digits: int | None) -> Iterator[str]:
        """What of the explosion is left where a layer is written with whole arrays."""
        if "inlined" not in self.matrices:
            return
        layered, inlined = self.matrices["layered"], self.matrices["inlined"]
        yield "The explosion is that of scalar units: with a letter for every array the one formula"
        nodes = f"has {shown(inlined.nodes, digits=digits)} nodes"
        if inlined.nodes <= layered.nodes:
            yield f"{nodes}, every layer once."
            return
        yield (
            f"{nodes}, {_times(inlined, layered, digits)} times the layers: what is read k times "
            "is written k times."
        )

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`."""
        names = self.outputs.all() if len(self.outputs) <= MOST_LISTED else []
        inputs = self.inputs.all() if len(self.inputs) <= MOST_LISTED else []
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
            "matrices": {form: size.to_json() for form, size in self.matrices.items()},
        }


def _times(inlined: Size, layered: Size, digits: int | None) -> str:
    """How many times as large as the layers the one formula is."""
    if inlined.nodes < 10**15:
        return f"{inlined.nodes / layered.nodes:,.1f}"
    return scientific(inlined.nodes // layered.nodes, digits)


#: Along what networks grow: of what there is a number, and one more of what a rate is per.
ALONG = {
    "steps": ("number of steps", "step"),
    "depth": ("number of hidden layers", "layer"),
    "width": ("width of the hidden layers", "unit"),
}


class Rate(NamedTuple):
    """How counts grow: `kind` is constant, linear, exponential or else says what is known.

    `each` is what one more adds, or by how much it multiplies.
    """

    kind: str
    each: float = 0.0


@dataclass(frozen=True, slots=True)
class Growth(Displayed):
    """The sizes of a network for some `numbers` of steps, hidden layers or units; `str` is the
    table.

    `along` is "steps", "depth" or "width"; `nodes` has a list for every form, with a count for each
    number.
    """

    network: str
    along: str
    numbers: tuple[int, ...]
    nodes: Mapping[str, tuple[int, ...]] = field(hash=False)

    def __repr__(self) -> str:
        return f"<growth of {self.network}: {self.laws() or 'no forms'}>"

    def __str__(self) -> str:
        return self.report()

    def called(self, form: str) -> str:
        """What a form is called where networks grow."""
        if form == "layered" and self.along == "steps":
            return "unrolled"
        return _CALLED.get(form, form)

    def report(
        self,
        width: int | None = None,
        ascii: bool = False,
        digits: int | None = None,
        exact: bool = False,
    ) -> str:
        """The counts in a table; those of more than 20 digits are rounded unless `exact`.

        `digits` says to how many. What does not fit into a `width` goes on below.
        """
        columns = [[self.along, *map(str, self.numbers)]]
        for form, counts in self.nodes.items():
            written = (shown(count, exact, digits) for count in counts)
            columns.append([self.called(form), *written])
        lines = table(list(zip(*columns, strict=True)), ">", width)
        what, _ = ALONG[self.along]
        said = f"one {what} shows no growth; ask for a range, as in --{self.along} 1..10"
        if len(self.numbers) > 1:
            said = self.laws()
        title = remark(f"{self.network}, nodes for each {what}", width)
        return spelled("\n".join([title, "", *lines, "", remark(said, width)]), ascii)

    def laws(self) -> str:
        """How the counts of the forms grow, in words."""
        laws = {self.called(form): self.law(form) for form in self.nodes}
        if len(laws) > 1 and len({*laws.values()}) == 1:
            return f"all forms: {next(iter(laws.values()))}"
        return "; ".join(f"{form}: {law}" for form, law in laws.items())

    def law(self, form: str) -> str:
        """How the counts of a form grow, in words, as far as these numbers show it."""
        rate, (_, one) = self.rate(form), ALONG[self.along]
        if rate.kind == "linear":
            return f"linear, {rate.each:,.10g} more per {one}"
        if rate.kind == "exponential":
            return f"exponential, {rate.each:,.4g} times per {one} at the end"
        return rate.kind

    def rate(self, form: str) -> Rate:
        """How fast the counts of a form grow."""
        points = list(zip(self.numbers, self.nodes[form], strict=True))
        what, _ = ALONG[self.along]
        if len(points) < 2:
            return Rate(f"one {what} shows no growth")
        if len({nodes for _, nodes in points}) == 1:
            return Rate("constant")
        if len(points) < 4:
            return Rate(f"growing; four {what.replace('number', 'numbers')} or more show how")
        slopes = [Fraction(b - a, t - s) for (s, a), (t, b) in pairwise(points[1:])]  # 1 is special
        if len(set(slopes)) == 1:
            return Rate("linear", float(slopes[0]))
        rates = [_log2(Fraction(b, a)) / (t - s) for (s, a), (t, b) in pairwise(points)]
        if 0 < 0.8 * rates[len(rates) // 2] < rates[-1]:  # a power of t has half the rate by then
            return Rate("exponential", 2 ** rates[-1])
        return Rate("more than linear, less than exponential")

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`."""
        forms = {
            form.replace("once", "written_once"): {"nodes": list(counts), "growth": self.law(form)}
            for form, counts in self.nodes.items()
        }
        return {
            "schema": 1, "network": self.network, self.along: list(self.numbers), "forms": forms,
        }  # fmt: skip


def _log2(ratio: Fraction) -> float:
    """The logarithm of a number of any length."""
    above, below = ratio.numerator, ratio.denominator
    bits = above.bit_length() - below.bit_length()
    return bits + log2(float(ratio / Fraction(2) ** bits))
