"""Progress: one line on a terminal, after a while, with the share that is done."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from typing import ClassVar

import pytest

from netsym.cli import output
from netsym.cli.output import Progress
from netsym.cli.process import LINE, print_out, say


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def no_line_before() -> Iterator[None]:
    LINE.end()
    yield
    LINE.end()


def attached(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal for standard error; in the test itself, as pytest puts its own before it."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    return terminal


def test_nothing_is_shown_in_the_first_second(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = attached(monkeypatch)
    clock = iter([10.0, 10.9, 11.0, 11.05, 11.2])  # ours
    monkeypatch.setattr(output.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(output, "Timer", Never)
    progress = Progress()
    progress("preparing", 10, 100)
    LINE.remove()
    assert terminal.getvalue() == ""
    for share in (20, 30, 40):
        progress("preparing", share, 100)
    assert terminal.getvalue() == "\rpreparing …  20 % \033[K\rpreparing …  40 % \033[K"


class Never:
    """A timer that does not go off by itself."""

    made: ClassVar[list[Never]] = []

    def __init__(self, after: float, told: Callable[[], None]) -> None:
        self.after, self.told = after, told
        Never.made.append(self)

    def start(self) -> None:
        """It has a second to go, for ever."""


def test_what_is_said_once_and_takes_long_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = attached(monkeypatch)
    monkeypatch.setattr(output, "Timer", Never)
    progress = Progress()
    progress("collapsing", 0, 0)
    progress("comparing in finite fields", 0, 0)
    assert terminal.getvalue() == ""
    assert Never.made[-1].after == 1.0
    Never.made[-1].told()
    assert terminal.getvalue() == "\rcomparing in finite fields …  \033[K"
    LINE.end()
    Never.made[-1].told()  # too late: the report is being written
    assert terminal.getvalue().endswith("\033[K\r\033[K")


def test_the_line_makes_place_for_words_and_for_the_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The report came first, and clearing the line took its last line away."""
    terminal = attached(monkeypatch)
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setattr(output, "_AFTER", 0.0)
    monkeypatch.setattr(output, "_EVERY", 0.0)
    monkeypatch.setattr(output, "Timer", Never)
    progress = Progress()
    progress("counting", 1, 2)
    say("note: this is so")
    progress("counting", 2, 2)
    print_out("the report\n")
    progress("writing", 2, 2)
    assert terminal.getvalue() == (
        "\rcounting …  50 % \033[K" "\r\033[K" "note: this is so\n"
        "\rcounting … 100 % \033[K" "\r\033[K" "the report\n"
    )  # fmt: skip


def test_the_share_is_shown_and_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = attached(monkeypatch)
    monkeypatch.setattr(output, "_AFTER", 0.0)
    monkeypatch.setattr(output, "_EVERY", 0.0)
    monkeypatch.setattr(output, "Timer", Never)
    progress = Progress()
    progress("writing", 0, 200)  # the forecast of the length comes first
    progress("writing", 50, 0)
    progress("writing", 500, 0)  # never more than all
    LINE.end()
    shown = terminal.getvalue().split("\r")
    assert [part.removesuffix("\033[K").strip() for part in shown[1:-1]] == [
        "writing …   0 %",
        "writing …  25 %",
        "writing … 100 %",
    ]
    assert shown[-1] == "\033[K"


def test_a_line_is_no_longer_than_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = attached(monkeypatch)
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setattr(output, "_AFTER", 0.0)
    monkeypatch.setattr(output, "Timer", Never)
    Progress()("looking for what typed numbers stand for", 0, 0)
    assert terminal.getvalue() == "\rlooking for what ty\033[K"


def test_nothing_is_shown_where_nobody_looks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "_AFTER", 0.0)
    progress = Progress()
    progress("writing", 1, 2)
    LINE.end()
    assert capsys.readouterr().err == ""


def test_a_writer_says_how_long_its_text_will_be() -> None:
    import netsym

    told: list[tuple[str, int, int]] = []
    formula = netsym.parse("3-4-2:tanh").inlined
    text = "".join(formula.write("text", ascii=True, progress=lambda *said: told.append(said)))
    (forecast,) = [total for what, _, total in told if what == "writing"]
    assert forecast == sum(len(line.partition(" = ")[2]) for line in text.split("\n"))
