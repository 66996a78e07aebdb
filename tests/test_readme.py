"""Everything the README and the manual show is run, and prints what they say."""

from __future__ import annotations

import doctest
import re
import shlex
import signal
import sys
import tomllib
from pathlib import Path

import pytest

import netsym
from netsym.cli import main
from netsym.files.packaged import networks, topics
from tests.readme_commands import README, blocks

ROOT = README.parent
MANUAL = ROOT / "netsym" / "manual"
PAGES = {page.stem: page for page in (README, *sorted(MANUAL.glob("*.md")))}
KINDS = {"python", "console", "toml"}


def text_of(page: str) -> str:
    return PAGES[page].read_text(encoding="utf-8")


def sessions() -> list[tuple[str, str]]:
    """Every command that is shown, once, with what it prints."""
    found = {}
    for page in PAGES:
        for block in blocks("console", text_of(page)):
            for session in re.split(r"^\$ ", block, flags=re.M)[1:]:
                line, _, output = session.partition("\n")
                assert found.setdefault(line, output) == output, f"{page}: {line}"
    return list(found.items())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a reader has: the examples, and the spec saved as the manual says."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (spec,) = blocks("toml", text_of("format"))
    (tmp_path / "my_network.toml").write_text(spec, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("line", "output"), sessions(), ids=[line for line, _ in sessions()])
def test_command(line: str, output: str, capsys: pytest.CaptureFixture[str],
                 monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """Words and data as they come on a terminal, where both are one stream."""
    verb, *words = shlex.split(line)
    assert verb == "netsym"
    monkeypatch.setattr(sys, "stderr", sys.stdout)
    with pytest.raises(SystemExit) as ending:
        main(words)
    assert capsys.readouterr().out == output
    assert ending.value.code == exit_code(output)


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

    table = re.findall(r"^\| ([0-9, ]+) \| ", text_of("exit-codes"), flags=re.M)
    listed = {int(code) for cell in table for code in cell.split(",")}
    given = {cli.BAD, cli.TOO_LARGE, cli.OURS, cli.BROKEN_PIPE, *VERDICTS.values()}
    given |= {kind.exit_code for kind in vars(errors).values() if hasattr(kind, "exit_code")}
    assert listed == given | {128 + signal.Signals[name] for name in ENDINGS}
    assert {int(code) for code in re.findall(r"\b\d+\b", cli.EPILOG.split("\n\n")[0])} <= listed


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("page", [page for page in PAGES if blocks("python", text_of(page))])
def test_python(page: str) -> None:
    """Each page is a session of its own, also as `python -m doctest` reads it, fences and all."""
    text = "\n".join(blocks("python", text_of(page))) if page == "README" else text_of(page)
    session = doctest.DocTestParser().get_doctest(text, {}, page, str(PAGES[page]), 0)
    assert session.examples
    assert doctest.DocTestRunner().run(session).failed == 0


def test_first_command_prints_what_the_readme_says(capsys: pytest.CaptureFixture[str]) -> None:
    """`.ci/run` runs the command itself, in a fresh copy."""
    command = blocks("sh")[0].split("netsym ")[-1].split()
    with pytest.raises(SystemExit) as ending:
        main(command)
    assert ending.value.code == 0
    assert capsys.readouterr().out == blocks("text")[0]


@pytest.mark.parametrize("page", PAGES)
def test_every_block_is_of_a_kind_that_is_run(page: str) -> None:
    kinds = re.findall(r"^```(\w*)$", text_of(page), flags=re.M)
    assert set(kinds[::2]) <= KINDS | ({"sh", "text"} if page == "README" else set())
    assert not any(kinds[1::2])
    if page == "README":
        assert [kinds.count(kind) for kind in ("sh", "text")] == [2, 1]


def test_activations_are_all_listed() -> None:
    from netsym.graph.functions import ACTIVATIONS

    listed = re.search(r"^Activations: (.*?)\.$", text_of("shorthand"), flags=re.M | re.S)
    assert listed is not None
    assert tuple(re.split(r",\s+", listed[1])) == tuple(ACTIVATIONS)


def test_networks_that_come_along_are_all_listed_with_their_parameters() -> None:
    rows = re.findall(r"^\| `(\w+)` \| .* \| ([0-9,]+) \|$", text_of("networks"), flags=re.M)
    counts = {name: netsym.load(ROOT / "netsym" / "networks" / f"{name}.toml").parameter_count
              for name in networks()}  # fmt: skip
    assert {name: int(count.replace(",", "")) for name, count in rows} == counts


def test_the_readme_names_every_page() -> None:
    """With its title, and nothing that is not there."""
    listed = re.findall(r"^- \[`([a-z-]+)`\]\((.*?)\): (.*)$", text_of("README"), flags=re.M)
    assert {name: title.lower() for name, _, title in listed} == {
        name: title.lower() for name, title in topics().items()
    }
    assert [path for name, path, _ in listed] == [f"netsym/manual/{name}.md" for name, *_ in listed]


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_links_to_is_there(page: str) -> None:
    for target in re.findall(r"\]\(([^)]*)\)", text_of(page)):
        assert (PAGES[page].parent / target).exists(), target
    for topic in re.findall(r"`netsym help ([a-z-]+)`", text_of(page)):
        assert topic in topics()


def test_the_package_brings_its_pages_and_networks() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["netsym"]
    brought = {path for pattern in patterns for path in (ROOT / "netsym").glob(pattern)}
    assert {*MANUAL.iterdir(), *(ROOT / "netsym" / "networks").iterdir()} <= brought


def test_public_names_exist() -> None:
    assert all(hasattr(netsym, name) for name in netsym.__all__)
