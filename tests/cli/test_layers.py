"""`netsym layers`: every type is listed, and all that is said of one is so."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent
from typing import Any

import jsonschema
import pytest

import netsym
from netsym.files.files import loads
from netsym.files.layer_types import layer_type, layer_types
from netsym.files.schema import schema
from netsym.layers.blocks import BLOCK
from netsym.layers.registry import BLOCKS, LAYERS
from netsym.layers.samples import SAMPLES
from tests.cli.running import run

TYPES = (*LAYERS, *BLOCKS, BLOCK)
SCHEMA = schema()
#: Keys that all layers have.
COMMON = {"type", "name", "from"}


def section(text: str, title: str) -> str:
    """What stands under a title, without its margin."""
    (found,) = [part for part in text.split("\n\n") if part.startswith(title)]
    return dedent(found.partition("\n")[2])


def example(text: str) -> str:
    """The spec in a report, whose tables stand apart."""
    _, _, rest = text.partition("\nexample\n")
    lines = rest.split("\n")
    end = next(n for n, line in enumerate(lines) if line and not line.startswith("  "))
    return dedent("\n".join(lines[:end]))


def test_all_types_are_listed_in_a_line_each(capfd: pytest.CaptureFixture[str]) -> None:
    lines = run(capfd, "layers").out.splitlines()
    assert max(map(len, lines)) <= 80
    listed = [line.split()[0] for line in lines if line.startswith("  ")]
    assert sorted(listed) == sorted(TYPES)
    families = [line for line in lines if line and not line.startswith("  ")]
    assert len(families) == len(set(families))
    narrow = layer_types().report(width=40)
    assert max(map(len, narrow.splitlines()[:-1])) <= 44


def test_every_type_has_a_sample() -> None:
    assert set(SAMPLES) == set(TYPES)


@pytest.mark.parametrize("name", TYPES)
def test_the_example_is_read_and_its_equations_are_those_of_show(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ran = run(capfd, "layers", name)
    assert (ran.code, ran.err) == (0, "")
    spec = example(ran.out)
    network = loads(spec)
    kinds = {placed.layer.kind for placed in network.layers}
    assert name in kinds if name in LAYERS else name not in kinds
    path = tmp_path / "example.toml"
    path.write_text(spec, encoding="utf-8")
    arrays = network.matrices.text(width=78).splitlines()
    assert section(ran.out, "equations of the example").splitlines() == arrays
    units = network.layered.text(width=78).splitlines()
    shown = section(ran.out, "and for single units").splitlines()
    more = len(units) - 12
    end = [] if more <= 0 else [f"… and {more} more line{'s' if more > 1 else ''}"]
    assert shown == units[:12] + end
    assert network.inlined.size.nodes > 0
    again = loads(netsym.files.files.dumps(network))  # what is written of it is read, too
    assert again.inlined == network.inlined


@pytest.mark.parametrize("name", TYPES)
def test_the_options_are_those_of_the_schema(name: str) -> None:
    found = layer_type(name)
    keys = set(SCHEMA["$defs"][name]["properties"]) - COMMON
    assert set(found.options) | set(found.letters) | ({"share"} & keys) == keys
    jsonschema.Draft202012Validator(SCHEMA).validate(found.spec)
    rows = section(found.report(), "options").splitlines()
    said = {row.split()[0] for row in rows if not row.startswith(" ")}
    assert said == {*found.options, "name,"}


@pytest.mark.parametrize("name", TYPES)
def test_an_option_that_is_needed_cannot_be_left_out(name: str) -> None:
    found = layer_type(name)
    (layer,) = found.spec["layers"]
    data: dict[str, Any] = found.to_json()
    needed = [option["name"] for option in data["options"] if option["required"]]
    assert [option for option in needed if option not in layer] == []
    for option in needed:
        less = {key: value for key, value in layer.items() if key != option}
        with pytest.raises(netsym.SpecError, match=option.removesuffix("s")):
            loads(json.dumps(found.spec | {"layers": [less]}), format="json")


@pytest.mark.parametrize("name", ["dense", "lstm", "gate", "encoder", BLOCK])
def test_the_same_as_data(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    said = json.loads(run(capfd, "layers", name, "--json").out)
    assert (said["schema"], said["type"]) == (1, name)
    network = loads(json.dumps(said["example"]), format="json")
    assert said["equations"] == network.matrices.text().splitlines()
    assert said["units"] == network.layered.text().splitlines()
    assert said["shapes"]["output"] == list(network.outputs[0].shape)
    assert said["layers"] == (
        {} if name in LAYERS else {placed.name: placed.layer.kind for placed in network.layers}
    )
    every = json.loads(run(capfd, "layers", "--json").out)
    assert sorted(each["type"] for each in every["types"]) == sorted(TYPES)


def test_shapes_and_options_of_a_dense_layer(capfd: pytest.CaptureFixture[str]) -> None:
    out = run(capfd, "layers", "dense").out
    assert section(out, "shapes") == "2      input\n3 x 2  weights\n3      bias, output"
    options = section(out, "options")
    assert "units       needed    a whole number from 1\n" in options
    assert 'activation  "linear"  one of linear, sigmoid, ' in options
    assert "weights, bias (or bias = false): lists of numbers and names; " in out
    assert section(out, "equations") == "ŷ = tanh(W¹x + b¹)"
    assert "`" not in out


def test_plain_letters_where_the_terminal_has_no_others() -> None:
    assert layer_type("lstm").report(ascii=True).isascii()
    assert layer_types().report(ascii=True).isascii()


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("dnse", "did you mean 'dense'?"),
        ("Linear", "did you mean 'dense'?"),
        ("Conv2D", "did you mean 'conv2d'?"),
        ("MaxPooling2D", "did you mean 'max_pool2d'?"),
        ("BatchNorm2d", "did you mean 'batch_norm'?"),
        ("LSTM", "did you mean 'lstm'?"),
        ("ReLU", "did you mean 'activation'?"),
        ("qqq", "netsym layers lists the types"),
    ],
)
def test_an_unknown_type(word: str, hint: str, capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "layers", word)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"netsym: there is no type {word!r}; {hint}\n"
    with pytest.raises(netsym.SpecError) as caught:
        loads(f'netsym = 1\ninputs = 1\n[[layers]]\ntype = "{word}"')
    assert str(caught.value) == f'<text>: layer 1: unknown type "{word}"; {hint}'
