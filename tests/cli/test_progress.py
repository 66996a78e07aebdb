"""Progress: one line on a terminal, after a while, with the share that is done."""

from __future__ import annotations

import io
import sys

import pytest

from netsym.cli import output
from netsym.cli.output import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def attached(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal for standard error; in the test itself, as pytest puts its own before it."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    return terminal


def test_nothing_is_shown_in_the_first_second(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = attached(monkeypatch)
    clock = iter([10.0, 10.9, 11.0, 11.05, 11.2])  # ours
    monkeypatch.setattr(output.time, "monotonic", lambda: next(clock))
    progress = Progress()
    progress("preparing", 10, 100)
    progress.clear()
    assert terminal.getvalue() == ""
    for share in (20, 30, 40):
        progress("preparing", share, 100)
    assert terminal.getvalue() == "\rpreparing …  20 % \rpreparing …  40 % "


def test_the_share_is_shown_and_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = attached(monkeypatch)
    monkeypatch.setattr(output, "_AFTER", 0.0)
    monkeypatch.setattr(output, "_EVERY", 0.0)
    progress = Progress()
    progress("writing", 0, 200)  # the forecast of the length comes first
    progress("writing", 50, 0)
    progress("writing", 500, 0)  # never more than all
    progress.clear()
    shown = terminal.getvalue().split("\r")
    assert [part.strip() for part in shown[1:-1]] == [
        "writing …   0 %",
        "writing …  25 %",
        "writing … 100 %",
    ]
    assert shown[-1] == "\033[K"


def test_nothing_is_shown_where_nobody_looks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "_AFTER", 0.0)
    progress = Progress()
    progress("writing", 1, 2)
    progress.clear()
    assert capsys.readouterr().err == ""


def test_a_writer_says_how_long_its_text_will_be() -> None:
    import netsym

    told: list[tuple[str, int, int]] = []
    formula = netsym.parse("3-4-2:tanh").inlined
    text = "".join(formula.write("text", ascii=True, progress=lambda *said: told.append(said)))
    (forecast,) = [total for what, _, total in told if what == "writing"]
    assert forecast == sum(len(line.partition(" = ")[2]) for line in text.split("\n"))
