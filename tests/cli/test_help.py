"""`netsym help`, `netsym schema`, and networks that have a name."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path

import jsonschema
import pytest

import netsym
from netsym.cli import VERBS
from netsym.files.packaged import networks, topics
from tests.cli.running import process, run
from tests.effort import sample

ROOT = Path(__file__).parents[2]


def test_help_lists_every_page_with_its_title(capfd: pytest.CaptureFixture[str]) -> None:
    first, *lines = run(capfd, "help").out.splitlines()
    assert "netsym help TOPIC" in first
    assert [line.split(maxsplit=1) for line in lines] == [list(page) for page in topics().items()]


def code(text: str) -> list[str]:
    """What the blocks of code of a page hold."""
    return [block.rstrip() for block in re.findall(r"^```\w*\n(.*?)^```$", text, re.M | re.S)]


@pytest.mark.parametrize("topic", topics())
@pytest.mark.parametrize("columns", [80, 60, 40])
def test_help_prints_a_page(
    columns: int, topic: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every word of it, in lines that fit; and code as it is."""
    monkeypatch.setattr("netsym.cli.help.page_width", lambda: columns)
    ran = run(capfd, "help", topic)
    page = (ROOT / "netsym" / "manual" / f"{topic}.md").read_text(encoding="utf-8")
    assert (ran.code, ran.err) == (0, "")
    prose = ran.out
    for block in code(page):
        assert f"\n{block}\n" in prose
        prose = prose.replace(block, "", 1)
    long = [line for line in prose.splitlines() if len(line) > columns]
    assert [line for line in long if len(line.split()) > 1 and "  " not in line] == []
    assert not re.search(r"`|\]\(|^\||^#|!\[|\*\*\w", prose, re.M)
    text = re.sub(r"^```.*?^```$|!\[.*?\]\(.*?\)|\]\(.*?\)", "", page, flags=re.M | re.S)
    assert sorted(re.findall(r"\w+", text)) == sorted(re.findall(r"\w+", prose))


def test_a_page_without_a_terminal_has_80_columns(capfd: pytest.CaptureFixture[str]) -> None:
    lines = run(capfd, "help", "exit-codes").out.splitlines()
    assert 75 < max(map(len, lines)) <= 80


ENCODINGS = ["cp1252", "latin-1", "cp437", "cp932", "ascii"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("topic", topics())
def test_help_in_the_signs_that_a_terminal_has(
    topic: str, encoding: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They crashed; what is not there is written as one types it."""
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr("netsym.cli.process.click.echo", lambda text, nl: out.write(text))
    assert run(capfd, "help", topic).code == 0
    out.flush()
    said = out.buffer.getvalue().decode(encoding)  # type: ignore[attr-defined]  # a BytesIO
    assert len(said) > 500
    assert not re.search(r"\\x|\\u[0-9a-f]{4}", said)


@pytest.mark.parametrize("encoding", sample(["cp1252", "latin-1", "ascii"], 1))
def test_a_schema_and_help_of_verbs_in_any_encoding(
    encoding: str, capfd: pytest.CaptureFixture[str]
) -> None:
    schema = process("schema", PYTHONIOENCODING=encoding)
    assert json.loads(schema.out) == json.loads(run(capfd, "schema").out)
    assert schema.out.isascii()
    ran = process("grad", "--help", PYTHONIOENCODING=encoding)
    assert (ran.code, ran.err) == (0, "")
    assert "delta is the derivative by z" in " ".join(ran.out.split())


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in topics()])
def test_help_of_a_verb_on_a_narrow_terminal(
    verb: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = run(capfd, verb, "--help").out
    monkeypatch.setattr("netsym.cli.pages.page_width", lambda: 60)
    narrow = run(capfd, verb, "--help").out
    assert max(map(len, wide.splitlines())) <= 80
    prose = [line for line in narrow.splitlines() if not line.startswith("    netsym ")]
    assert max(map(len, prose)) <= 60
    assert wide.split() == narrow.split()


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in topics()])
def test_help_of_a_verb_is_its_own(verb: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(capfd, "help", verb).out == run(capfd, verb, "--help").out


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb in topics()])
def test_a_page_that_is_called_as_a_verb_shows_it(
    verb: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert f"\n$ netsym {verb}\n{run(capfd, verb).out}" in run(capfd, "help", verb).out


@pytest.mark.parametrize("word", ["formt", "../networks/gpt2", "", "FORMAT"])
def test_a_page_that_is_not_there(word: str, capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "help", word)
    assert (ran.code, ran.out) == (2, "")
    assert f"the manual has no page {word!r}; " in ran.err
    assert ("did you mean 'format'?" in ran.err) is (word in ("formt", "FORMAT"))


def test_the_schema_is_one_and_takes_the_networks_that_come_along(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from netsym.files.formats import document

    schema = json.loads(run(capfd, "schema").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    takes = jsonschema.Draft202012Validator(schema)
    for name in networks():
        text = (ROOT / "netsym" / "networks" / f"{name}.toml").read_text(encoding="utf-8")
        takes.validate(document(text, "toml", ""))
    assert run(capfd, "schema", "-o", tmp_path / "schema.json").code == 0
    assert json.loads((tmp_path / "schema.json").read_text(encoding="utf-8")) == schema


def test_a_network_by_its_name(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of that name, in the folder where one is, comes before it."""
    monkeypatch.chdir(tmp_path)
    assert run(capfd, "size", "vgg16").out.startswith("VGG-16: 150,528 inputs")
    netsym.save(netsym.parse("1-1"), tmp_path / "own.toml")
    (tmp_path / "own.toml").rename(tmp_path / "vgg16")
    assert "vgg16: 'netsym' is defined" not in run(capfd, "size", "vgg16").err
    assert run(capfd, "size", "vgg16").err.startswith("netsym: vgg16: ")


def test_a_name_that_no_network_has(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "size", "gpt3")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("netsym: no network is called 'gpt3': give a file, or widths")
    assert ran.err.endswith("or a name, or a formula; did you mean 'gpt2'?\n")
