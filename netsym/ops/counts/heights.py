"""The `heights` reading: an element is how many operations stand within each other in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from netsym.ops import Present
from netsym.ops.counts.counts import Counts, Objects, many_present, over_others
from netsym.ops.counts.repeated import Numbers
from netsym.ops.counts.rows_of_masks import any_in_row, rows_of
from netsym.ops.counts.sizes import Sizes

_FAR = 1 << 40  # higher than whatever is written


class Heights(Sizes):
    """The number of operations on the longest way from a value down to a name or a number."""

    @staticmethod
    def join(one: Any, other: Any) -> Any:
        if isinstance(one, int) and isinstance(other, int):
            return max(one, other)
        return np.maximum(one, other)

    def __init__(self, layered: bool, expand: bool = False, once: bool = False) -> None:
        super().__init__(layered, expand, leaf=0, once=once)

    def added(
        self, everywhere: int, parts: Sequence[Objects], cost: Any
    ) -> tuple[int, Sequence[Objects]]:
        if isinstance(cost, int):
            return everywhere + cost, [part + cost for part in parts]
        return 0, [everywhere + cost, *(part + cost for part in parts)]

    @staticmethod
    def times(everywhere: int, many: Any) -> Any:
        return everywhere * (many > 0) if isinstance(many, int) else np.where(many, everywhere, 0)

    def summed(self, part: Objects, length: int, present: Present | None) -> Objects:
        if present is not None and part.shape[-1] == 1:
            present = any_in_row(present)[..., None]
        if present is not None:
            part = part.astype(np.int64)  # no height needs more digits
            rows = rows_of(present)
            is_list = part.shape[-1] == part.size
            if is_list and rows.without_gaps and not rows.first.any():
                up_to = np.maximum.accumulate(part.reshape(-1))  # behind a causal mask
                part = np.where(rows.count, up_to[rows.stop - 1], 0).reshape(*present.shape[:-1], 1)
            else:
                part = np.where(present, part, 0)
        return np.asarray(part.max(axis=-1, keepdims=True), dtype=object)

    @staticmethod
    def linear(step: Numbers, many: int) -> Numbers:
        """The same as a step from so many heights, without reading it.

        Each result is the highest of the operands, by a number more, and of what is always there.
        """
        least = step([0] * many)
        places = [[_FAR * (place == other) for other in range(many)] for place in range(many)]
        columns = [[height - _FAR for height in step(place)] for place in places]

        def further(heights: Sequence[int]) -> list[int]:
            every = [[more + height for more in column]
                     for height, column in zip(heights, columns, strict=True)]  # fmt: skip
            return [max(each) for each in zip(least, *every, strict=True)]

        return further

    def bind(self, counts: Counts, present: Present | bool) -> None:
        if many_present(present, counts.shape):
            self.bound.append(counts.everywhere)
        for part in counts.parts:
            there = over_others(present, counts.shape, part.shape).astype(bool)
            self.bound.append(int(max(np.where(there, part, 0).flat)))

    def everything(self, outputs: Counts) -> int:
        """The height of the highest of all right-hand sides."""
        self.go_back(outputs)
        highest = (int(max(part.flat)) for part in outputs.parts)
        return max([outputs.everywhere, *self.bound, *highest])
