"""How far a long job is, told on the way."""

from __future__ import annotations

from collections.abc import Callable

#: Told how far a long job is: what it does, how much is done, of how much.
Watcher = Callable[[str, int, int], None]


def no_watcher(what: str, done: int, total: int) -> None:
    """Watches nothing."""
