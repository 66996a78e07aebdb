"""`netsym help`, `netsym schema`, and networks that have a name."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import netsym
from netsym.cli import VERBS
from netsym.files.packaged import networks, topics
from tests.cli.running import run

ROOT = Path(__file__).parents[2]


def test_help_lists_every_page_with_its_title(capfd: pytest.CaptureFixture[str]) -> None:
    first, *lines = run(capfd, "help").out.splitlines()
    assert "netsym help TOPIC" in first
    assert [line.split(maxsplit=1) for line in lines] == [list(page) for page in topics().items()]


@pytest.mark.parametrize("topic", topics())
def test_help_prints_a_page(topic: str, capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "help", topic)
    page = ROOT / "netsym" / "manual" / f"{topic}.md"
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == page.read_text(encoding="utf-8")


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
