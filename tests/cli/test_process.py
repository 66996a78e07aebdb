"""Signals, pipes, and standard streams that are closed or full: codes, words and files."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from netsym.cli import group, main
from netsym.files import whole_file
from tests.cli.running import NETSYM, killed, run, shell
from tests.conftest import PATIENCE
from tests.effort import sample

#: The signals that end a run, with what is said then and the exit code, as a shell has it.
ENDINGS = {
    signal.SIGINT: ("interrupted", 130),
    signal.SIGTERM: ("terminated", 143),
    signal.SIGHUP: ("hung up", 129),
}
LONG = ["inline", "40-40-40-40:tanh", "--max-nodes", "1e9"]  # about 50 MB
UTF8 = {"env": {**os.environ, "PYTHONIOENCODING": "utf-8"}}


# -- signals ------------------------------------------------------------------------------------
@pytest.mark.parametrize(("number", "old"), sample([*product(ENDINGS, (None, "old"))], 2))
def test_a_signal_while_a_file_is_written(
    number: signal.Signals, old: str | None, tmp_path: Path
) -> None:
    """The file that is written beside the target is there when the signal comes, and then gone."""
    target = tmp_path / "out.txt"
    if old is not None:
        target.write_text(old)
    beside: list[Path] = []

    def look() -> None:
        beside.extend(set(tmp_path.iterdir()) - {target})

    ran = killed(number, "writing", *LONG, "-o", target, folder=tmp_path, least=1, look=look)
    assert len(beside) == 1
    said, code = ENDINGS[number]
    assert (ran.code, ran.out, ran.err.strip()) == (code, "", f"netsym: {said}")
    assert [path.read_text() for path in tmp_path.iterdir()] == ([old] if old else [])


@pytest.mark.parametrize("number", ENDINGS)
def test_a_signal_the_moment_that_the_file_is_there(
    number: signal.Signals, tmp_path: Path, capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Before anything that opened it has come to know of it."""

    def opening(mode: int | None) -> Callable[[str, int], int]:
        def opened(path: str, flags: int) -> int:
            handle = os.open(path, flags)
            assert len(list(tmp_path.iterdir())) == 1
            signal.raise_signal(number)
            return handle

        return opened

    monkeypatch.setattr(whole_file, "_opener", opening)
    ran = run(capfd, "inline", "1-1:tanh", "-o", tmp_path / "out.txt")
    said, code = ENDINGS[number]
    assert (ran.code, ran.out, ran.err) == (code, "", f"netsym: {said}\n")
    assert list(tmp_path.iterdir()) == []


def test_a_second_signal_does_not_end_the_tidying_up(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    remove = Path.unlink

    begun: list[Path] = []

    def unlink(path: Path, missing_ok: bool = False) -> None:
        for number in ENDINGS if begun else ():  # before, it is only tried whether one can write
            signal.raise_signal(number)
        remove(path, missing_ok)

    def chmod(path: Path, mode: int) -> None:
        begun.append(path)
        signal.raise_signal(signal.SIGTERM)

    target = tmp_path / "out.txt"
    target.write_text("old")
    monkeypatch.setattr(Path, "unlink", unlink)
    monkeypatch.setattr(Path, "chmod", chmod)
    ran = run(capfd, "inline", "1-1:tanh", "-o", target)
    assert (ran.code, ran.err) == (143, "netsym: terminated\n")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_a_signal_that_is_ignored_stays_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As under nohup: the run goes on to its end."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        ran = killed(signal.SIGHUP, "writing", "inline", "1-1:tanh", "-o", "out", folder=tmp_path)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_signals_are_as_before_afterwards(capfd: pytest.CaptureFixture[str]) -> None:
    def theirs(number: int, frame: Any) -> None:
        raise AssertionError

    signal.signal(signal.SIGTERM, theirs)
    try:
        before = [signal.getsignal(number) for number in ENDINGS]
        assert run(capfd, "inline", "1-1:tanh").code == 0
        assert [signal.getsignal(number) for number in ENDINGS] == before
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def test_an_interrupt_of_somebody_else_is_one(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(whole_file, "_opener", interrupt)
    ran = run(capfd, "inline", "1-1:tanh", "-o", tmp_path / "out")
    assert (ran.code, ran.out, ran.err.strip()) == (130, "", "netsym: interrupted")


def test_in_another_thread_signals_are_left_alone(capfd: pytest.CaptureFixture[str]) -> None:
    codes: list[Any] = []

    def work() -> None:
        with pytest.raises(SystemExit) as ending:
            main(["inline", "1-1:tanh", "--ascii"])
        codes.append(ending.value.code)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert codes == [0]
    assert capfd.readouterr().out == "y = tanh(w1_1_1*x + b1_1)\n"


@pytest.mark.parametrize("number", ENDINGS)
def test_a_reader_that_does_not_read_is_not_waited_for(number: signal.Signals) -> None:
    """More is written than a pipe holds; what is left is thrown away."""
    with subprocess.Popen(
        [*NETSYM, *LONG], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **UTF8
    ) as started:
        assert started.stdout is not None and started.stderr is not None
        select.select([started.stdout], [], [])
        started.send_signal(number)
        said, code = ENDINGS[number]
        assert started.wait(PATIENCE) == code
        assert started.stderr.read().decode().strip() == f"netsym: {said}"


# -- pipes --------------------------------------------------------------------------------------
def test_a_reader_that_leaves_is_no_error() -> None:
    with subprocess.Popen(
        [*NETSYM, *LONG, "--width", "80"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **UTF8
    ) as started:
        assert started.stdout is not None and started.stderr is not None
        assert started.stdout.readline().decode() == "y_1 = tanh(\n".replace("_1", "₁")
        started.stdout.close()
        assert started.stderr.read() == b""
        assert started.wait(PATIENCE) == 141, "1 would say that something is different"


@pytest.mark.parametrize(
    "words",
    sample(
        [
            ["-h"], ["--version"], ["inline", "-h"], ["laws"], ["size", "1-1:tanh"],
            ["check", "1-2-1:sigmoid", "w1_1_1*x"], ["compare", "1-2-1:sigmoid"],
            ["compare", "1-2-1:sigmoid", "--json"], ["simplify", "1-2-1:relu"],
        ],
        2,
    ),
    ids=" ".join,
)  # fmt: skip
def test_a_reader_that_has_left_is_no_error(words: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*NETSYM, *words], stdout=writing, stderr=subprocess.PIPE, timeout=PATIENCE, check=False
    )
    os.close(writing)
    assert done.returncode == 141, "1 would say that something is different"
    assert done.stderr == b""


# -- streams that are closed or full ------------------------------------------------------------
FORMULA = "y = w1_1_1*x + b1_1\n"
NOTE = "note: no activation was given, so all is linear; for sigmoids write 1-1:sigmoid\n"
CLOSED = "netsym: standard output is closed; open it, or give a file with -o FILE\n"
FULL = "netsym: cannot write to standard output: No space left on device\n"


@pytest.mark.parametrize(
    ("line", "code", "out", "err"),
    [
        ("netsym inline 1-1 --ascii >&-", 2, "", NOTE + CLOSED),
        ("netsym inline 1-1 --ascii >&- <&-", 2, "", NOTE + CLOSED),
        ("netsym -h >&-", 2, "", CLOSED),
        ("netsym --version >&-", 2, "", CLOSED),
        ("netsym inline 1-1:tnah >&-", 2, "", "unknown activation"),
        ("netsym inline 1-1 --ascii -o out >&-; cat out", 0, FORMULA, NOTE),
        ("netsym inline 1-1 --ascii -o out >&- 2>&- <&-; cat out", 0, FORMULA, ""),
        ("netsym inline 1-1 --ascii 2>&-", 0, FORMULA, ""),
        ("netsym inline 1-1:tnah 2>&-", 2, "", ""),
        ("netsym inline 1-1 >&- 2>&-", 2, "", ""),
        ("netsym inline 1-1 --ascii <&-", 0, FORMULA, NOTE),
        ("netsym inline - <&-", 2, "",
         "netsym: cannot read standard input: it is closed; give a file or a shorthand\n"),
        ("netsym check 1-1 - <&-", 2, "", "cannot read standard input: it is closed"),
        ("netsym inline 1-1 --ascii >/dev/full", 2, "", NOTE + FULL),
        ("netsym size 1-1 >/dev/full", 2, "", NOTE + FULL),
        ("netsym compare 1-1 --json >/dev/full", 2, "", NOTE + FULL),
        ("netsym laws >/dev/full", 2, "", FULL),
        ("netsym -h >/dev/full", 2, "", FULL),
        ("netsym inline 1-1 --ascii 2>/dev/full", 0, FORMULA, ""),
        ("netsym inline 1-1:tnah 2>/dev/full", 2, "", ""),
        ("netsym check 1-1:tanh x 2>/dev/full >/dev/null", 1, "", ""),
        ("netsym inline 1-1 >/dev/full 2>/dev/full", 2, "", ""),
        ("netsym inline - </dev/full", 2, "", "standard input is longer than 67,108,864 bytes"),
        ("netsym inline 1-1 --ascii -o /dev/full", 2, "",
         NOTE + "netsym: cannot write to /dev/full: No space left on device; give a file in a "
         "folder you can write to\n"),
    ],
    ids=lambda part: part if isinstance(part, str) and part.startswith("netsym ") else "",
)  # fmt: skip
def test_streams(line: str, code: int, out: str, err: str, tmp_path: Path) -> None:
    ran = shell(line, tmp_path)
    assert (ran.code, ran.out) == (code, out), ran.err
    assert ran.err == err if err.endswith("\n") or not err else err in ran.err
    assert "Traceback" not in ran.err


def test_a_mistake_of_ours_is_70_though_nobody_hears_of_it(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(group, "main", broken)
    ran = run(capfd, "inline", "1-1")
    assert ran.code == 70
    assert "ZeroDivisionError: ours" in ran.err
    assert ran.err.endswith("netsym: this is a mistake in netsym, not yours; please report it\n")
    with open("/dev/full", "w") as full:  # noqa: PTH123
        monkeypatch.setattr("sys.stderr", full)
        assert run(capfd, "inline", "1-1").code == 70
        monkeypatch.undo()


@pytest.mark.skipif(sys.platform != "linux", reason="Linux says which threads a process has")
@pytest.mark.parametrize(("said", "threads"), [(None, 1), ("2", 2)])
def test_numpy_has_one_thread_unless_a_person_asks_for_more(said: str | None, threads: int) -> None:
    code = (
        "import os\nfrom netsym.cli import main\ntry:\n    main(['size', '1-1'])\n"
        "except SystemExit:\n    print(len(os.listdir('/proc/self/task')))"
    )
    env = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    env |= {} if said is None else {"OPENBLAS_NUM_THREADS": said}
    ran = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=True)
    found, processors = int(ran.stdout.split()[-1]), os.cpu_count() or 1
    assert found == min(threads, processors)
