"""Whether two functions are the same, with evidence: sizes, proofs, and what explains a difference.

`netsym.compare` is this room and also the function `netsym.compare(one, other)`: Python binds a
room's name in its package to the room, so the room itself can be called.
"""

from __future__ import annotations

import sys
import types
from typing import Any


class _Room(types.ModuleType):
    """A room that is called like the function it is named after."""

    def __call__(
        self, one: Any, other: Any = None, *, seed: int = 0, tolerance: float | None = None
    ) -> Any:
        """See `netsym.compare.comparison.compare`."""
        from netsym.compare.comparison import compare

        return compare(one, other, seed=seed, tolerance=tolerance)


sys.modules[__name__].__class__ = _Room
