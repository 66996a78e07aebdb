"""The `heights` reading: an element is how many operations stand within each other in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from netsym.ops import Present
from netsym.ops.counts.counts import Counts, Objects, many_present, over_others
from netsym.ops.counts.sizes import Sizes


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
            present = np.asarray(present.any(axis=-1, keepdims=True))
        if present is not None:
            part = np.where(present, part.astype(np.int64), 0)  # no height needs more digits
        return np.asarray(part.max(axis=-1, keepdims=True), dtype=object)

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
