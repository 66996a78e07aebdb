"""How large a formula is: its nodes as written out, its height, its operations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from netsym.formula.graph import Block, Ids, Mask, Positions

if TYPE_CHECKING:
    from netsym.formula.forms import Formula


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a formula as written out, in exact integers.

    `nodes`: a name or a number is 1, an operation is 1 + its operands; of all right-hand sides
    together. `height`: the most operations between a right-hand side and a name in it.
    `operations`: how many of each kind. `per_output`: nodes of each output's own right-hand side.
    """

    nodes: int
    height: int
    operations: Mapping[str, int]
    per_output: tuple[int, ...]

    def to_json(self, outputs: list[str]) -> dict[str, Any]:
        """The data, for `--json`."""
        return {
            "nodes": self.nodes,
            "height": self.height,
            "operations": dict(self.operations),
            "per_output": dict(zip(outputs, self.per_output, strict=True)),
        }


@dataclass(frozen=True, slots=True)
class NetworkSize:
    """The sizes of a network's forms, side by side; `str` is the table.

    A form is None where counting it needs a graph that is too large to build.
    """

    network: str
    parameters: int
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
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
                listed = [f"{kind} {_shown(n, exact)}" for kind, n in size.operations.items()]
                nodes = _shown(size.nodes, exact)
                rows.append((form, nodes, f"{size.height:,}", ", ".join(listed)))
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        lines = [
            f"{form:<{widths[0]}}  {nodes:>{widths[1]}}  {height:>{widths[2]}}  {operations}".rstrip()
            for form, nodes, height, operations in rows
        ]
        return "\n".join([self._title(), "", *lines, "", self._verdict()])

    def _title(self) -> str:
        counts = (
            (len(self.inputs), "input"), (len(self.outputs), "output"), (self.parameters, "parameter"),
        )  # fmt: skip
        return f"{self.network}: " + ", ".join(f"{n:,} {w}{'s' * (n != 1)}" for n, w in counts)

    def _verdict(self) -> str:
        layered, inlined = self.forms["layered"], self.forms["inlined"]
        assert layered is not None
        assert inlined is not None
        if inlined.nodes <= layered.nodes:
            return (
                "The one formula is no larger than the layers: so small a network gains nothing "
                "from names for its values."
            )
        factor = inlined.nodes / layered.nodes if inlined.nodes < 10**15 else None
        times = f"{factor:,.1f}" if factor is not None else scientific(inlined.nodes // layered.nodes)
        return f"The one formula is {times} times as large as the layers."

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`."""
        names = list(self.outputs)
        return {
            "schema": 1,
            "network": self.network,
            "parameters": self.parameters,
            "inputs": list(self.inputs),
            "outputs": names,
            "forms": {
                form: None if size is None else size.to_json(names)
                for form, size in self.forms.items()
            },
        }


def scientific(count: int) -> str:
    """A count of any length as 1.27 × 10^388; cut off, not rounded.

    >>> scientific(123456789)
    '1.23 × 10^8'
    """
    power = int((count.bit_length() - 1) * 0.3010299956639812)  # at most one too small
    power += count >= 10 ** (power + 1)
    lead = count // 10 ** max(power - 2, 0)
    return f"{lead // 100}.{lead % 100:02} × 10^{power}" if power >= 2 else str(count)


def _shown(count: int, exact: bool) -> str:
    return f"{count:,}" if exact or count < 10**20 else scientific(count)


def measure(formula: Formula) -> Size:
    """The size of a formula from its graph, in one pass; nothing is written out.

    Sizes are summed from the leaves up; how often each node is written, from the outputs down.
    Both are computed in float64, which holds integers exactly up to 2**53; where that is not
    enough, again in Python integers.
    """
    mask = formula.mask
    sizes = _sizes(formula, mask, np.float64)
    exact: Any = np.float64
    if sizes.sum() >= 2**53:
        exact = object
        sizes = _sizes(formula, mask, exact)
    times = _times(formula, mask, exact)
    operations: Counter[str] = Counter()
    for block, rows in formula.graph.walk(mask):
        if block.operands.shape[1] and block.op != "name":
            operations[block.op] += int(times[block.start + rows].sum())
    return Size(
        nodes=int(sizes.sum()),
        height=_height(formula, mask),
        operations=dict(sorted(operations.items())),
        per_output=tuple(int(n) for n in sizes[: len(formula.outputs)]),
    )


def _sizes(formula: Formula, mask: Mask, dtype: Any) -> npt.NDArray[Any]:
    """Nodes of every right-hand side: the outputs first, then the bindings."""
    counts = np.ones(len(formula.graph), dtype=dtype)
    bound = []
    for block, rows, ids in _composite(formula, mask):
        whole = _over_operands(np.add, counts, _picked(block, rows)) + (block.op != "name")
        stopped = formula.cut_mask[ids]
        if stopped.any():
            bound.append(whole[stopped])
            whole[stopped] = 1
        counts[ids] = whole
    return np.concatenate([counts[formula.ends], *bound])


def _times(formula: Formula, mask: Mask, dtype: Any) -> npt.NDArray[Any]:
    """How often every node is written out in all right-hand sides."""
    times = np.zeros(len(formula.graph), dtype=dtype)
    np.add.at(times, formula.ends, 1)
    for block, rows, ids in reversed(list(_composite(formula, mask))):
        here = times[ids]
        stopped = formula.cut_mask[ids]
        if stopped.any():
            here[stopped] = 1
            times[ids] = here
        operands = _picked(block, rows)
        np.add.at(times, operands, np.broadcast_to(here[:, None], operands.shape))
    return times


def _height(formula: Formula, mask: Mask) -> int:
    """The most operations between a right-hand side and a name in it."""
    heights = np.zeros(len(formula.graph), dtype=np.int64)
    most = 0
    for block, rows, ids in _composite(formula, mask):
        whole = _over_operands(np.maximum, heights, _picked(block, rows)) + (block.op != "name")
        stopped = formula.cut_mask[ids]
        if stopped.any():
            most = max(most, int(whole[stopped].max()))
            whole[stopped] = 0
        heights[ids] = whole
    return max(most, int(heights[formula.ends].max(initial=0)))


def _composite(formula: Formula, mask: Mask) -> Iterator[tuple[Block, Positions, Ids]]:
    """Blocks of operations in order, with the rows and the node ids that the mask selects."""
    for block, rows in formula.graph.walk(mask):
        if block.operands.shape[1]:
            yield block, rows, block.start + rows


def _picked(block: Block, rows: Positions) -> Ids:
    return block.operands if len(rows) == len(block) else block.operands[rows]


def _over_operands(join: np.ufunc, values: npt.NDArray[Any], operands: Ids) -> npt.NDArray[Any]:
    """The values of every row's operands, joined."""
    if operands.shape[1] > 8:
        joined: npt.NDArray[Any] = join.reduce(values[operands], axis=1)
        return joined
    joined = values[operands[:, 0]]
    for column in operands.T[1:]:
        joined = join(joined, values[column])
    return joined
