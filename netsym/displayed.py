"""What notebooks ask a result for: itself as text, LaTeX and HTML, made only when they ask."""

from __future__ import annotations

from typing import Any


class Displayed:
    """A result that notebooks show as `netsym.cell` has it."""

    __slots__ = ()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        import netsym  # whose names are loaded at first use

        return netsym.cell(self).bundle()
