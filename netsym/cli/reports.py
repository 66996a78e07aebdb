"""How a command prints a report: as wide as the terminal, in letters that it shows."""

from __future__ import annotations

import shutil
import sys
from typing import Any

from netsym.cli.writing import in_ascii
from netsym.wording import WIDTH

_NARROWEST = 20  # columns, of what has lines


def report_options(
    target: str | None, width: int | None = None, ascii_only: bool = False
) -> dict[str, Any]:
    """The options of a `report`: as asked for, or as what it is written to needs."""
    return {
        "width": width or _terminal_width(),
        "ascii": in_ascii({"ascii_only": ascii_only, "target": target}),
    }


def _terminal_width() -> int:
    """How wide a report is: as the terminal, if there is one and it is narrow."""
    if not sys.stdout.isatty():
        return WIDTH
    return max(_NARROWEST, min(shutil.get_terminal_size().columns, WIDTH))
