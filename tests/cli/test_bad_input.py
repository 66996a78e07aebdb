"""What people get wrong: each is answered with what was given, what is expected and what to do.

One table of (NET, fragments of the message): exit code 2, nothing on stdout, no traceback, and at
most a few lines on stderr.
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from netsym.cli import main

HEAD = 'netsym = 1\ninputs = ["x"]\n'
LAYER = '[[layers]]\ntype = "dense"\n'
GOOD = HEAD + LAYER + 'activation = "tanh"\nweights = [["w"]]\nbias = ["b"]\n'


def refused(arguments: list[str], capfd: pytest.CaptureFixture[str], *fragments: str) -> str:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    out, err = capfd.readouterr()
    assert (caught.value.code, out) == (2, ""), err
    assert "Traceback" not in err
    assert err.startswith(("netsym: ", "Usage: "))
    assert len(err.splitlines()) <= 5, err
    assert all(len(line) < 400 for line in err.splitlines()), err
    for fragment in fragments:
        assert fragment in err, err
    return err


# -- the shorthand ------------------------------------------------------------------------------
SHORTHANDS = [
    (
        "1-2-1:sigmiod",
        ["unknown activation", "1-2-1:sigmiod", "did you mean 'sigmoid'?"],
        "sigmiod",
    ),
    ("2-4tahn-1", ["unknown activation", "did you mean 'tanh'?"], "tahn"),
    ("2-4Rleu-1", ["2-4Rleu-1"], "Rleu"),
    ("1-2-1:zzz", ["unknown activation", "choose from linear, sigmoid, tanh"], "zzz"),
    ("1-2-1:", ["no activation after the colon"], None),
    ("", ["is an empty network", "1-2-1:sigmoid"], None),
    ("   ", ["is an empty network"], None),
    ("3", ["one width is only an input", "at least one layer"], "3"),
    ("1-0-1", ["a width of zero", "every layer has at least one unit"], "0"),
    ("0-1", ["a width of zero"], "0"),
    ("2-10x0-1", ["a width of zero"], "0"),
    ("1--1", ["not a layer of a network"], None),
    ("1-2.5-1", ["not a layer of a network", "widths joined by -"], "2.5"),
    ("1-(-2)-1", ["not a layer of a network"], None),
    ("1-2-1-", ["not a layer of a network"], None),
    ("2tanh-1", ["the first width is the number of inputs"], "2tanh"),
    ("2-3+", ["adds its own input", "3 units", "2 inputs"], None),
    ("2-99999999999999999999-1", ["at most 1,000,000,000 units"], None),
    ("2-2x99999-1", ["at most 10,000 layers"], "2x99999"),
    ("my-net", ["no network is called 'my-net'", "or a formula"], None),
    ("１-２", ["not a layer of a network"], None),
]


@pytest.mark.parametrize(
    ("net", "fragments", "marked"), SHORTHANDS, ids=[n for n, *_ in SHORTHANDS]
)
@pytest.mark.parametrize("verb", ["inline", "size"])
def test_shorthand(
    verb: str, net: str, fragments: list[str], marked: str | None, capfd: pytest.CaptureFixture[str]
) -> None:
    err = refused([verb, net], capfd, *fragments)
    if marked is not None:
        shown, caret = err.splitlines()[1:3]
        assert shown == f"  {net}"
        assert set(caret.strip()) == {"^"}
        assert shown[caret.index("^") : caret.rindex("^") + 1] == marked


# -- specs --------------------------------------------------------------------------------------
def weights(rows: str, *lines: str) -> str:
    return HEAD + LAYER + f"weights = {rows}\n" + "".join(f"{line}\n" for line in lines)


#: (what is wrong, the spec, what the message must say)
SPECS: list[tuple[str, str, list[str]]] = [
    ("misspelt activation", GOOD.replace("tanh", "tnah"), ["tnah", "did you mean 'tanh'?"]),
    ("activation as a list", GOOD.replace('"tanh"', "[1]"), ["activation"]),
    ("misspelt type", GOOD.replace('"dense"', '"densse"'), ["densse", "did you mean 'dense'?"]),
    ("no type", HEAD + "[[layers]]\nunits = 2\n", ["layer 1", "no type", 'type = "dense"']),
    ("unknown key", "color = 1\n" + GOOD, ["unknown key", "color"]),
    ("misspelt key", GOOD.replace("inputs", "input"), ["input", "did you mean 'inputs'?"]),
    ("unknown key in a layer", GOOD + "unit = 3\n", ["layer 1", "unit", "did you mean 'units'?"]),
    ("no version", GOOD.replace("netsym = 1\n", ""), ["version", "netsym = 1"]),
    ("another version", GOOD.replace("= 1\n", "= 2\n"), ["netsym = 2", "netsym = 1"]),
    ("version as text", GOOD.replace("= 1\n", '= "1"\n'), ["netsym = 1"]),
    ("no inputs", GOOD.replace('inputs = ["x"]\n', ""), ["inputs", "missing"]),
    ("inputs empty", GOOD.replace('["x"]', "[]"), ["inputs", "[]"]),
    ("inputs zero", GOOD.replace('["x"]', "0"), ["inputs", "from 1"]),
    ("inputs negative", GOOD.replace('["x"]', "-3"), ["inputs", "-3"]),
    ("inputs true", GOOD.replace('["x"]', "true"), ["inputs", "true"]),
    ("no layers", HEAD, ["layer"]),
    ("layers empty", HEAD + "layers = []\n", ["layer"]),
    ("layers as one table", HEAD + '[layers]\ntype = "dense"\n', ["[[layers]]"]),
    ("zero units", HEAD + LAYER + "units = 0\n", ["units", "0", "from 1"]),
    ("too many units", HEAD + LAYER + "units = 10000000000\n", ["units"]),
    ("no units", HEAD + LAYER + 'activation = "tanh"\n', ["units", "missing"]),
    # shapes
    ("ragged weights", weights('[["a", "b"], ["c"]]'), ["weights"]),
    ("weights too wide", weights('[["a", "b"]]'), ["weights", "1", "2"]),
    ("weights one deep", weights('["a", "b"]'), ["weights"]),
    ("weights empty", weights("[]"), ["weights", "[]"]),
    ("weights a word", weights('"w"'), ["weights", "list"]),
    ("bias too long", weights('[["a"]]', 'bias = ["b", "c"]'), ["bias", "1", "2"]),
    ("bias nested", weights('[["a"]]', 'bias = [["b"]]'), ["bias"]),
    ("bias null", weights('[["a"]]', 'bias = "none"'), ["bias", "false"]),
    ("units against weights", weights('[["a"]]', "units = 3"), ["weights", "3", "1"]),
    ("second layer", GOOD + LAYER + 'weights = [["a", "b"]]\n', ["layer 2", "weights", "1", "2"]),
    ("skip that does not fit", HEAD + LAYER + "units = 2\nskip = true\n",
     ["layer 1", "2 units", "1 input"]),
    ("outputs too many", GOOD.replace("inputs", 'outputs = ["y", "z"]\ninputs'),
     ["2 output names for 1"]),
    # numbers
    ("nan weight", weights("[[nan]]"), ["weights", "nan", "finite"]),
    ("infinite weight", weights("[[inf]]"), ["weights", "inf", "finite"]),
    ("infinite bias", weights("[[1]]", "bias = [-inf]"), ["bias", "inf", "finite"]),
    ("1e999", weights("[[1e999]]"), ["weights", "finite"]),
    ("division by zero", weights('[["1/0"]]'), ["1/0"]),
    ("boolean weight", weights("[[true]]"), ["weights", "True"]),
    ("date as weight", weights("[[1979-05-27]]"), ["weights"]),
    ("huge whole number", weights(f"[[{'9' * 5000}]]"), ["long"]),
    ("infinite alpha", weights("[[1]]", 'activation = "elu"', "alpha = inf"), ["alpha", "finite"]),
    ("alpha without use", weights("[[1]]", 'activation = "tanh"', "alpha = 0.1"),
     ["tanh has no alpha"]),
    # names
    ("name of an output too", HEAD + 'outputs = ["a"]\n' + LAYER + 'weights = [["a"]]\n',
     ["'a'", "2 times"]),
    ("name of an input", weights('[["x"]]'), ["'x'", "2 times"]),
    ("name of a generated value", weights('[["a1_1"]]'), ["'a1_1'", "choose another"]),
    ("input twice", HEAD.replace('["x"]', '["x", "x"]') + LAYER + "units = 1\n",
     ["'x'", "2 times"]),
    ("layer twice", GOOD.replace('"dense"\n', '"dense"\nname = "h"\n') + LAYER
     + 'name = "h"\nunits = 1\n', ["h"]),
    ("not an identifier", weights('[["w 1"]]'), ["w 1", "letters, digits and underscores"]),
    ("starts with a digit", weights('[["1w"]]'), ["1w"]),
    ("Greek", weights('[["ω"]]'), ["ω", "letters, digits and underscores"]),
    ("code", weights("[['__import__(\"os\")']]"), ["__import__", "a formula has no quotes"]),
    ("a word of Python", weights('[["lambda"]]'), ["'lambda'", "choose another"]),
    ("a function", weights('[["tanh"]]'), ["'tanh'", "choose another"]),
    ("empty name", weights('[[""]]'), ["weights"]),
    ("function name", "function = 'f g'\n" + GOOD, ["f g"]),
    ("latex of no name", GOOD + '[latex]\nv = "v"\n', ["latex", "'v'"]),
    ("layer called input", GOOD.replace('"dense"\n', '"dense"\nname = "input"\n'), ["input"]),
    # wiring
    ("cycle", HEAD + LAYER + 'name = "a"\nfrom = ["b"]\nunits = 1\n' + LAYER
     + 'name = "b"\nfrom = ["a"]\nunits = 1\n', ["a", "b"]),
    ("from itself", HEAD + LAYER + 'name = "a"\nfrom = ["a"]\nunits = 1\n', ["a"]),
    ("from nowhere", HEAD + LAYER + 'name = "hidden"\nunits = 1\n' + LAYER
     + 'from = ["hiden"]\nunits = 1\n', ["hiden", "did you mean 'hidden'?"]),
    ("unused layer", HEAD + LAYER + 'name = "a"\nunits = 1\n' + LAYER
     + 'name = "b"\nfrom = ["input"]\nunits = 1\n', ["a"]),
    # syntax
    ("unquoted word", HEAD + LAYER + "units = 1\nactivation = tanh\n", ["line 6, column 14", "^"]),
    ("unclosed list", HEAD + LAYER + 'weights = [["a"\n', ["line 5"]),
    ("key twice", GOOD + "bias = [1]\n", ["line 8"]),
    ("no key", "netsym = 1\n= 3\n", ["line 2, column 1"]),
    ("nested too deep", HEAD + "title = " + "[" * 200 + "]" * 200 + "\n", ["nested", "16"]),
    ("very deep", HEAD + "title = " + "[" * 100_000 + "\n", ["nested", "16"]),
    ("control characters", GOOD.replace('["x"]', '["\\u0007"]'), ["letters, digits"]),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "fragments"), [s[1:] for s in SPECS], ids=[s[0] for s in SPECS])
def test_spec(
    spec: str, fragments: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "net.toml"
    path.write_text(spec, encoding="utf-8")
    refused(["inline", str(path)], capfd, "net.toml", *fragments)


def test_the_spec_that_the_others_spoil_is_good(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "net.toml"
    path.write_text(GOOD)
    with pytest.raises(SystemExit) as caught:
        main(["inline", str(path), "--ascii"])
    assert (caught.value.code, capfd.readouterr().out) == (0, "y = tanh(w*x + b)\n")


JSONS: list[tuple[str, str, list[str]]] = [
    ("unclosed", '{"netsym": 1,\n "inputs": ', ["line 2", "column"]),
    ("comma", '{"netsym": 1 2}', ["line 1, column 14"]),
    ("key twice", '{"netsym": 1, "netsym": 1}', ["'netsym'", "twice"]),
    ("a list", "[1]", ["no keys"]),
    ("a number", "1", ["no keys"]),
    ("empty", "", ["line 1"]),
    ("deep", "[" * 100_000, ["nested"]),
    ("nan", '{"netsym": 1, "inputs": 1, "layers": [{"type": "dense", "weights": [[NaN]]}]}',
     ["weights", "nan", "finite"]),
    ("null", '{"netsym": 1, "inputs": null, "layers": []}', ["inputs", "null"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "fragments"), [j[1:] for j in JSONS], ids=[j[0] for j in JSONS])
def test_json(
    text: str, fragments: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "net.json"
    path.write_text(text)
    refused(["show", str(path)], capfd, "net.json", *fragments)


def test_a_file_that_is_not_text(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.toml"
    path.write_bytes(GOOD.encode() + b"\nt = '\xff'\n")
    refused(["inline", str(path)], capfd, "line 9", "0xff", "UTF-8")
    path.write_bytes(b"\x00\x01\x02")
    refused(["inline", str(path)], capfd, "is not text")


def test_a_huge_file(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.toml"
    with path.open("wb") as file:
        file.truncate(2**40)
    refused(["inline", str(path)], capfd, "net.toml")


@pytest.mark.parametrize("name", ["folder.toml", "net.yaml", "net.txt", "/dev/zero"])
def test_a_file_that_is_no_spec(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    if name == "folder.toml":
        path.mkdir()
    elif not path.exists():
        path.write_text(GOOD)
    refused(["inline", str(path)], capfd, str(path))


# -- parameter files ----------------------------------------------------------------------------
SPEC = 'netsym = 1\ninputs = 2\nparameters = "{}"\n' + LAYER + 'name = "h"\nunits = 1\n'


@dataclass
class Folder:
    path: Path
    capfd: pytest.CaptureFixture[str]

    def refuses(self, name: str, *fragments: str) -> None:
        (self.path / "net.toml").write_text(SPEC.format(name))
        refused(["inline", str(self.path / "net.toml")], self.capfd, *fragments)

    def arrays(self, **arrays: object) -> str:
        np.savez(self.path / "p.npz", **{k.replace("__", "."): v for k, v in arrays.items()})
        return "p.npz"


@pytest.fixture
def folder(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Folder:
    path = tmp_path / "folder"
    path.mkdir()
    return Folder(path, capfd)


WEIGHTS, BIAS = np.ones((1, 2)), np.ones(1)


def test_good_parameters_are_read(folder: Folder) -> None:
    (folder.path / "net.toml").write_text(
        SPEC.format(folder.arrays(h__weights=WEIGHTS, h__bias=BIAS))
    )
    with pytest.raises(SystemExit) as caught:
        main(["inline", str(folder.path / "net.toml"), "--ascii"])
    assert caught.value.code == 0
    assert folder.capfd.readouterr().out == "y = 1*x_1 + 1*x_2 + 1\n"


@pytest.mark.parametrize("name", ["../secret.npz", "/etc/passwd", "a/../../secret.npz", "link.npz"])
def test_parameters_outside_the_folder(name: str, folder: Folder) -> None:
    np.savez(folder.path.parent / "secret.npz", **{"h.weights": WEIGHTS, "h.bias": BIAS})
    (folder.path / "a").mkdir()
    (folder.path / "link.npz").symlink_to("../secret.npz")
    folder.refuses(name, "net.toml", name)


@pytest.mark.parametrize("name", ["missing.npz", "net.toml", "p.pickle"])
def test_parameters_that_are_no_such_file(name: str, folder: Folder) -> None:
    folder.refuses(name, name)


def test_missing_and_extra_arrays(folder: Folder) -> None:
    folder.refuses(folder.arrays(h__weights=WEIGHTS), "h.bias", "no array")
    extra = folder.arrays(h__weights=WEIGHTS, h__bias=BIAS, h__bais=BIAS)
    folder.refuses(extra, "'h.bais'", "did you mean 'h.bias'?")


@pytest.mark.parametrize(
    ("array", "fragments"),
    [
        (np.ones((1, 2), dtype=complex), ["h.weights", "complex"]),
        (np.ones((1, 2), dtype=int), ["h.weights", "whole numbers", "float64"]),
        (np.array([["a", "b"]]), ["h.weights", "text"]),
        (np.array([[None, {}]], dtype=object), ["h.weights", "pickle", "never loaded"]),
        (np.ones((2, 1)), ["h.weights", "2", "1"]),
        (np.ones(2), ["h.weights"]),
        (np.array([[1.0, np.nan]]), ["nan", "finite"]),
        (np.array([[np.inf, 1.0]]), ["inf", "finite"]),
    ],
    ids=["complex", "int", "text", "object", "transposed", "flat", "nan", "inf"],
)
def test_arrays_that_do_not_fit(array: np.ndarray, fragments: list[str], folder: Folder) -> None:
    fragments = [fragment.removeprefix("h.") for fragment in fragments]
    folder.refuses(folder.arrays(h__weights=array, h__bias=BIAS), *fragments)


def test_a_header_that_is_larger_than_the_file(folder: Folder) -> None:
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000, 1000000), }"
    header += b" " * (118 - len(header)) + b"\n"
    data = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + b"\0" * 16
    with zipfile.ZipFile(folder.path / "p.npz", "w") as archive:
        archive.writestr("h.weights.npy", data)
    folder.refuses("p.npz", "8,000,000,000,000 bytes", "16 bytes")


@pytest.mark.parametrize("length", [2**63, 10**6])
def test_a_safetensors_header_that_is_larger_than_the_file(length: int, folder: Folder) -> None:
    (folder.path / "p.safetensors").write_bytes(struct.pack("<Q", length) + b"{}")
    folder.refuses("p.safetensors", f"{length:,} bytes")


def test_a_safetensors_array_that_is_larger_than_the_file(folder: Folder) -> None:
    header = json.dumps({"h.weights": {"dtype": "F64", "shape": [1, 2], "data_offsets": [0, 16]}})
    (folder.path / "p.safetensors").write_bytes(
        struct.pack("<Q", len(header)) + header.encode() + b"\0" * 8
    )
    folder.refuses("p.safetensors", "h.weights", "16")


def test_a_damaged_archive(folder: Folder) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, **{"h.weights": WEIGHTS, "h.bias": BIAS})
    (folder.path / "p.npz").write_bytes(buffer.getvalue()[:-40])
    folder.refuses("p.npz", "p.npz")
    (folder.path / "p.npz").write_bytes(b"not a zip")
    folder.refuses("p.npz", "p.npz")


# -- standard input -----------------------------------------------------------------------------
class Typed:
    """Standard input as bytes."""

    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


@pytest.mark.parametrize(
    ("data", "fragments"),
    [
        (b"1-2-1:sigmiod\n", ["unknown activation", "did you mean 'sigmoid'?"]),
        (GOOD.replace("tanh", "tnah").encode(), ["standard input", "did you mean 'tanh'?"]),
        (b'{"netsym": 1 2}', ["standard input, line 1, column 14"]),
        (b"netsym = 1\n\nx\n", ["standard input, line 3"]),
        (b"\xff\xfe", ["standard input, line 1, column 1: byte 0xff is not UTF-8"]),
        ((SPEC.format("p.npz")).encode(), ["standard input", "p.npz"]),
    ],
    ids=["shorthand", "toml", "json", "syntax", "bytes", "parameters without a folder"],
)
def test_standard_input(
    data: bytes, fragments: list[str], capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("sys.stdin", Typed(data))
    refused(["inline", "-"], capfd, *fragments)
