"""How large a formula is: its nodes as written out, its height, its operations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.displayed import Displayed
from netsym.errors import TooLargeError, checked_whole
from netsym.forms.form import Form
from netsym.forms.waves import Wave, waves
from netsym.graph.graph import tally
from netsym.wording import WIDTH, agreed, check_digits, few, spelled, unbroken, wrapped

#: What is written out without being asked twice.
MAX_NODES = 1_000_000
#: Outputs that data list one by one.
MOST_LISTED = 1_000_000


class PerOutput(Sequence[int]):
    """One count for each output; a tuple to whoever reads it.

    `counts` may have any shape, and may be a view in which millions that agree are one.
    """

    def __init__(self, counts: npt.ArrayLike) -> None:
        self.counts = np.asarray(counts, dtype=object)

    def __len__(self) -> int:
        return self.counts.size

    def __iter__(self) -> Iterator[int]:
        return map(int, self.counts.flat)

    def __getitem__(self, position: Any) -> Any:
        if isinstance(position, slice):
            return tuple(self)[position]
        return int(self.counts.flat[range(len(self))[position]])

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Sequence)
            and len(self) == len(other)
            and all(mine == theirs for mine, theirs in zip(self, other, strict=True))
        )

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"({few(self, 8, shown)})"


@dataclass(frozen=True, slots=True)
class Size(Displayed):
    """The size of a formula as written out, in exact integers.

    `nodes`: a name or a number is 1, an operation is 1 + its operands; of all right-hand sides
    together. `height`: the most operations between a right-hand side and a name in it.
    `operations`: how many of each kind. `per_output`: nodes of each output's own right-hand side.
    In JSON, `per_output` is null for over a million outputs.
    """

    nodes: int
    height: int
    operations: Mapping[str, int] = field(hash=False)
    per_output: PerOutput = field(hash=False)

    def __repr__(self) -> str:
        return f"<size: {self._nodes()}, height {self.height:,}>"

    def __str__(self) -> str:
        return self.report()

    def report(self, width: int = WIDTH, ascii: bool = False, digits: int | None = None) -> str:
        """The size in a sentence; `digits` rounds counts of more than 20 digits to so many.

        >>> print(Size(5, 2, {"add": 1, "multiply": 1}, PerOutput([5])))
        5 nodes, height 2; add 1, multiply 1
        """
        kinds = self.kinds(digits=digits)
        text = f"{self._nodes(digits)}, height {self.height:,}{kinds and '; '}{unbroken(kinds)}"
        return wrapped(spelled(text, ascii), width)

    def _nodes(self, digits: int | None = None) -> str:
        return f"{shown(self.nodes, digits=digits)} {agreed(self.nodes, 'node', 'nodes')}"

    def kinds(self, exact: bool = False, digits: int | None = None) -> str:
        """How many operations of each kind, in words; see `shown`."""
        counts = self.operations.items()
        return ", ".join(f"{kind} {shown(count, exact, digits)}" for kind, count in counts)

    def to_json(self, outputs: list[str] | None = None) -> dict[str, Any]:
        """The data, for `--json`: `per_output` by the names of the outputs, if they are given."""
        each: Any = None
        if outputs is None and len(self.per_output) <= MOST_LISTED:
            each = list(self.per_output)
        elif outputs:
            each = dict(zip(outputs, self.per_output, strict=True))
        return {
            "nodes": self.nodes,
            "height": self.height,
            "operations": dict(self.operations),
            "per_output": each,
        }


def scientific(count: int, digits: int | None = None) -> str:
    """A count of any length as 1.27 × 10^388, rounded to so many digits, 3 if nobody says.

    >>> scientific(123456789), scientific(999999), scientific(123456789, 5), scientific(1999, 1)
    ('1.23 × 10^8', '1.00 × 10^6', '1.2346 × 10^8', '2 × 10^3')
    """
    digits = 3 if digits is None else digits
    power = int((count.bit_length() - 1) * 0.3010299956639812)  # at most one too small
    power += count >= 10 ** (power + 1)
    if power < digits:
        return str(count)
    lead = (count // 10 ** (power - digits) + 5) // 10
    if lead == 10**digits:
        lead, power = lead // 10, power + 1
    written = str(lead)
    return f"{written[0]}{written[1:] and '.'}{written[1:]} × 10^{power}"


def times_as_large(nodes: int, first: int) -> str:
    """How many times as large as the first a size is, to three digits.

    >>> times_as_large(7, 2), times_as_large(3 * 10**400, 2)
    ('3.5', '1.50 × 10^400')
    """
    return f"{nodes / first:.3g}" if nodes < 10**15 else scientific(nodes // first)


def shown(count: int, exact: bool = False, digits: int | None = None) -> str:
    """A count with commas; of more than 20 digits rounded, to `digits` of them, unless `exact`."""
    check_digits(digits)
    if not exact and count >= 10**20:
        return scientific(count, digits)
    ends = []
    while count >= 10**3999:  # Python writes no more than 4300 digits at once
        count, end = divmod(count, 10**3999)
        ends.append(f"{end + 10**3999:,}"[1:])
    return f"{count:,}" + "".join(reversed(ends))


def refuse_if_larger(nodes: int, form: str, max_nodes: int | None, instead: str) -> None:
    """Raise `TooLargeError`, with the forecast and what to do instead, if there are too many."""
    if max_nodes is None or nodes <= (max_nodes := checked_whole("max_nodes", max_nodes, 0)):
        return
    count = f"{nodes:,}" if nodes < 10**100 else f"about {scientific(nodes)}"
    about = f" (about {scientific(nodes)})" if 10**9 <= nodes < 10**100 else ""
    raise TooLargeError(
        f"the {form} form has {count} nodes{about}, more than the limit of {max_nodes:,}, "
        f"so nothing was written; {instead}"
    )


def measure(formula: Form) -> Size:
    """The size of a formula from its graph, in one pass; nothing is written out.

    Sizes are summed from the leaves up; how often each node is written, from the outputs down.
    Both are computed in float64, which holds integers exactly up to 2**53; where that is not
    enough, again in Python integers.
    """
    parts = list(waves(formula))
    height = int(_Heights(formula, parts, np.float64).total())
    exact: Any = np.float64
    with np.errstate(over="ignore"):  # inf is not enough, either
        nodes, each = _Sizes(formula, parts, exact).counts()
    if not nodes < 2**53:
        exact = object
        nodes, each = _Sizes(formula, parts, exact).counts()
    return Size(
        nodes=int(nodes),
        height=height,
        operations=_operations(formula, parts, exact),
        per_output=PerOutput(tuple(map(int, each))),
    )


class _Sizes:
    """Nodes of every value, from the leaves up; where the form is cut, a value counts as a name.

    The rules are those of `ops.sizes`, which counts networks that nobody builds; here a graph is
    there, of any formula. A block whose nodes all have one count, as the layers of a network
    have, is computed as one.
    """

    lowest = 1

    def __init__(self, formula: Form, parts: Sequence[Wave], dtype: Any) -> None:
        self.formula = formula
        self.graph = formula.graph
        self.leaf = self.lowest if dtype is object else float(self.lowest)  # floats may be inf
        self.values = np.full(len(self.graph), self.leaf, dtype=dtype)
        self.alike: dict[int, Any] = {}  # by block: the one count of all its nodes
        self.bound: list[Any] = []  # (count, times) of right-hand sides
        for wave in parts:
            self._count(wave)

    def _count(self, wave: Wave) -> None:
        count = self._together(wave) + (0 if wave.op == "name" else 1)
        stopped = self.formula.cut_mask[wave.ids]
        if not isinstance(count, np.ndarray) and (stopped.all() or not stopped.any()):
            if stopped.any():
                self.bound.append((count, len(stopped)))
                count = self.leaf
            self.values[wave.ids] = count
            self.alike[wave.number] = count
            return
        count = np.broadcast_to(np.asarray(count, dtype=self.values.dtype), stopped.shape).copy()
        self.bound += [(item, 1) for item in count[stopped].tolist()]
        count[stopped] = self.leaf
        self.values[wave.ids] = count

    def _together(self, wave: Wave) -> Any:
        together: Any = None
        for first, stop, source in wave.spans:
            if source >= 0 and not self.graph.blocks[source].operands.shape[1]:
                part = self.times(self.leaf, stop - first)
            elif source in self.alike:
                part = self.times(self.alike[source], stop - first)
            else:
                part = self.join.reduce(self.values[wave.operands[wave.rows, first:stop]], axis=1)
            together = part if together is None else self.both(together, part)
        return together

    join: np.ufunc = np.add

    @staticmethod
    def both(one: Any, other: Any) -> Any:
        """What two counts are together; NumPy would make machine integers of Python's."""
        return one + other

    @staticmethod
    def times(count: Any, times: int) -> Any:
        """What `times` operands of one count are together."""
        return count * times

    def counts(self) -> tuple[Any, list[Any]]:
        """All right-hand sides together, and each output."""
        return self.total(), self.values[self.formula.ends].tolist()

    def total(self) -> Any:
        """All right-hand sides together."""
        return sum(c * n for c, n in self.bound) + self.values[self.formula.ends].sum()


class _Heights(_Sizes):
    """The most operations between a value and a name in it."""

    lowest = 0
    join = np.maximum

    @staticmethod
    def both(one: Any, other: Any) -> Any:
        return np.maximum(one, other)

    @staticmethod
    def times(count: Any, times: int) -> Any:  # noqa: ARG004
        return count

    def total(self) -> Any:
        ends = self.values[self.formula.ends].max(initial=0)
        return max([ends, *(count for count, _ in self.bound)])


def _operations(formula: Form, parts: Sequence[Wave], dtype: Any) -> dict[str, int]:
    """How many operations of each kind are written out in all right-hand sides."""
    graph = formula.graph
    times = np.zeros(len(graph), dtype=dtype)
    np.add.at(times, formula.ends, 1)
    operations: Counter[str] = Counter()
    for wave in reversed(parts):
        here = times[wave.ids]
        here[formula.cut_mask[wave.ids]] = 1
        if wave.op != "name":
            operations[wave.op] += int(here.sum())
        for first, stop, source in wave.spans:
            if source < 0 or graph.blocks[source].operands.shape[1]:
                tally(times, wave.operands[wave.rows, first:stop], here)
    return dict(sorted(operations.items()))
