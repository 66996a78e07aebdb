"""Network to simpler network: what is linear collapses, and what does not says why.

`netsym.simplify` is this room and also the function `netsym.simplify(network)`, like
`netsym.compare`.
"""

from __future__ import annotations

import sys
import types
from typing import Any


class _Room(types.ModuleType):
    """A room that is called like the function it is named after."""

    def __call__(
        self,
        network: Any,
        *,
        steps: int | None = None,
        force: bool = False,
        exact: bool = False,
        factor: bool | float = False,
    ) -> Any:
        """See `netsym.simplify.simplification.simplify`."""
        from netsym.simplify.simplification import simplify

        return simplify(network, steps=steps, force=force, exact=exact, factor=factor)


sys.modules[__name__].__class__ = _Room
