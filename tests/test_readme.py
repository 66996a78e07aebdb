"""Everything the README shows is run, and prints what it says."""

from __future__ import annotations

import doctest
import re
import shlex
import signal
from pathlib import Path

import pytest

import netsym
from tests.cli.running import run
from tests.readme_commands import README, blocks

ROOT = README.parent
Capture = pytest.CaptureFixture[str]


def sessions() -> list[tuple[str, str]]:
    found = []
    for block in blocks("console"):
        for session in re.split(r"^\$ ", block, flags=re.M)[1:]:
            line, _, output = session.partition("\n")
            found.append((line, output))
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a reader has: the examples, and the spec saved as the README says."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "my_network.toml").write_text(blocks("toml")[0], encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(("line", "output"), sessions(), ids=[line for line, _ in sessions()])
def test_command(
    line: str, output: str, folder: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = shlex.split(line)
    assert words[0] == "netsym"
    monkeypatch.chdir(folder)
    ran = run(capfd, *words[1:])
    assert ran.err + ran.out == output
    assert ran.code == exit_code(output)


def exit_code(output: str) -> int:
    """What the README's table of exit codes says of such an output."""
    if "nothing was written" in output:
        return 3
    if output.startswith("netsym: "):
        return 2
    return 1 if re.search(r"^different: ", output, flags=re.M) else 0


def test_every_exit_code_is_listed() -> None:
    from netsym import cli, errors
    from netsym.cli.process import ENDINGS
    from netsym.equality.verdict import VERDICTS

    table = re.findall(r"^\| ([0-9, ]+) \| ", README.read_text(encoding="utf-8"), flags=re.M)
    listed = {int(code) for cell in table for code in cell.split(",")}
    given = {cli.BAD, cli.TOO_LARGE, cli.OURS, cli.BROKEN_PIPE, *VERDICTS.values()}
    given |= {kind.exit_code for kind in vars(errors).values() if hasattr(kind, "exit_code")}
    assert listed == given | {128 + signal.Signals[name] for name in ENDINGS}
    assert {int(code) for code in re.findall(r"\b\d+\b", cli.EPILOG.split("\n\n")[0])} <= listed


def test_python(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.chdir(folder)
    text = "\n".join(blocks("python"))
    session = doctest.DocTestParser().get_doctest(text, {}, "README", str(README), 0)
    assert len(session.examples) > 15
    results = doctest.DocTestRunner().run(session)
    assert results.failed == 0


def test_first_command_prints_what_the_readme_says(capsys: pytest.CaptureFixture[str]) -> None:
    """`.ci/run` runs the command itself, in a fresh copy."""
    from netsym.cli import main

    command = blocks("sh")[0].split("netsym ")[-1].split()
    with pytest.raises(SystemExit) as ending:
        main(command)
    assert ending.value.code == 0
    assert capsys.readouterr().out == blocks("text")[0]


def test_every_block_is_of_a_kind_that_is_run() -> None:
    kinds = re.findall(r"^```(\w*)$", README.read_text(encoding="utf-8"), flags=re.M)
    assert set(kinds) - {""} == {"sh", "text", "python", "console", "toml"}
    assert [kinds.count(kind) for kind in ("sh", "text", "toml")] == [2, 1, 1]


def test_activations_are_all_listed() -> None:
    from netsym.graph.functions import ACTIVATIONS

    listed = re.search(r"^Activations: (.*?)\.$", README.read_text("utf-8"), flags=re.M | re.S)
    assert listed is not None
    assert tuple(re.split(r",\s+", listed[1])) == ACTIVATIONS


def test_public_names_exist() -> None:
    assert all(hasattr(netsym, name) for name in netsym.__all__)
