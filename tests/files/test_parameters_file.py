"""Parameter files: what is read from them, and what a damaged or hostile one can do (nothing)."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file

from netsym.errors import SpecError
from netsym.files import parameters_file
from netsym.files.files import load
from tests.effort import random_examples
from tests.files.specs import HEAD

TWO_LAYERS = '[[layers]]\ntype = "dense"\nname = "hidden"\n[[layers]]\ntype = "dense"\n'


def load_refusal(path: Path) -> str:
    with pytest.raises(SpecError) as caught:
        load(path)
    return str(caught.value)


ARRAYS = {
    "hidden.weights": np.array([[0.1], [-2.5]]),
    "hidden.bias": np.array([1.5, 0.1], dtype=np.float32),
    "layer2.weights": np.array([[3.0, -0.375]], dtype=np.float16),
    "layer2.bias": np.array([0.25]),
}
Writer = Callable[[dict[str, Any], Path], None]


def savez(arrays: dict[str, Any], path: Path) -> None:
    np.savez(path, **arrays)


def savez_compressed(arrays: dict[str, Any], path: Path) -> None:
    np.savez_compressed(path, **arrays)


WRITERS: list[tuple[str, Writer]] = [
    ("w.npz", savez),
    ("w.npz", savez_compressed),
    ("w.safetensors", save_file),
]


def beside(tmp_path: Path, name: str, text: str = TWO_LAYERS) -> Path:
    path = tmp_path / "net.toml"
    path.write_text(f'{HEAD}parameters = "{name}"\n{text}')
    return path


def parameter_refusal(tmp_path: Path, name: str, text: str = TWO_LAYERS) -> str:
    path = beside(tmp_path, name, text)
    return load_refusal(path).removeprefix(f"{path}: ").replace(f"{tmp_path}/", "")


@pytest.mark.parametrize(("name", "write"), WRITERS)
def test_parameter_files(tmp_path: Path, name: str, write: Writer) -> None:
    write(ARRAYS, tmp_path / name)
    network = load(beside(tmp_path, name))
    for placed in network.layers:
        for key, parameter in placed.parameters.items():
            expected = ARRAYS[f"{placed.name}.{key}"].astype(np.float64)
            assert parameter.entries is not None and parameter.entries.dtype == np.float64
            assert np.array_equal(parameter.entries, expected)
    x = 0.5
    a = ARRAYS["hidden.weights"][:, 0] * x + ARRAYS["hidden.bias"]
    assert network(x) == pytest.approx(3.0 * a[0] - 0.375 * a[1] + 0.25, rel=1e-15)


@pytest.mark.parametrize("array", [
    np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    np.arange(6, dtype=">f4").reshape(2, 3),
    np.arange(12.0).reshape(4, 3)[::2],
])  # fmt: skip
def test_npz_orders(tmp_path: Path, array: Any) -> None:
    np.savez(tmp_path / "w.npz", **{"layer1.weights": array})
    text = "[[layers]]\ntype = 'dense'\nbias = false\n"
    path = tmp_path / "n.toml"
    path.write_text(f'netsym = 1\ninputs = 3\nparameters = "w.npz"\n{text}')
    network = load(path)
    entries = network.layers[0].parameters["weights"].entries
    assert entries is not None and entries.tolist() == array.tolist()


def test_bfloat16(tmp_path: Path) -> None:
    values = np.array([1.5, -0.3359375, 3e38], dtype=np.float32)
    upper = (values.view("<u4") >> 16).astype("<u2")
    (tmp_path / "w.safetensors").write_bytes(
        safetensors({"layer1.weights": entry("BF16", [3, 1], 0, 6)}, upper.tobytes())
    )
    text = '[[layers]]\ntype = "dense"\nbias = false\n'
    entries = load(beside(tmp_path, "w.safetensors", text)).layers[0].parameters["weights"].entries
    assert entries is not None
    assert entries.reshape(-1).tolist() == (upper.astype("<u4") << 16).view("<f4").tolist()


@pytest.mark.parametrize(("name", "write"), WRITERS)
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"hidden.bias": None},
            "layer 1 (dense hidden): the parameter file has no array hidden.bias; add it, "
            "or write bias = […] here, or bias = false",
        ),
        (
            {"hidden.weights": None},
            "layer 1 (dense hidden): units is missing; write units = … or weights = [[…], …], "
            "or add hidden.weights to the parameter file",
        ),
        (
            {"hiden.bias": np.zeros(2)},
            "the parameter file has an array 'hiden.bias' that no layer takes; "
            "did you mean 'hidden.bias'?",
        ),
        (
            {"hidden.bias": np.zeros((2, 1))},
            "layer 1 (dense hidden): bias must have shape 2, but 2 x 1 was given; this is a "
            "matrix of one column, write its entries as one list",
        ),
        (
            {"hidden.bias": np.zeros((1, 2))},
            "layer 1 (dense hidden): bias must have shape 2, but 1 x 2 was given; this is a "
            "matrix of one row, write its entries as one list",
        ),
        (
            {"layer2.weights": np.zeros((2, 1))},
            "layer 2 (dense): weights have 2 rows of 1, the layer has 2 inputs and 1 bias: this "
            "is inputs x units, as scikit-learn, Keras and R store it; transpose it",
        ),
        (
            {"layer2.bias": np.array([np.inf])},
            "layer 2 (dense): bias[0] is inf; every number must be finite",
        ),
    ],
)
def test_arrays_that_do_not_fit(
    tmp_path: Path, name: str, write: Writer, change: dict[str, Any], message: str
) -> None:
    arrays = {key: value for key, value in (ARRAYS | change).items() if value is not None}
    write(arrays, tmp_path / name)
    assert parameter_refusal(tmp_path, name) == message


FLOATS_ONLY = (
    "but parameters are float16, float32 or float64 (bfloat16 in .safetensors); "
    "convert it with array.astype('float64')"
)


@pytest.mark.parametrize(
    ("array", "kind"),
    [
        (np.array([1, 2]), "whole numbers"),
        (np.array(["a", "b"]), "text"),
        (np.array([True, False]), "booleans or bytes"),
        (np.array([1j, 2]), "complex numbers"),
        (np.array([1.0, None]), "Python objects (a pickle, which is never loaded)"),
        (np.zeros(2, dtype=[("a", "f8")]), "structured values"),
    ],
)
def test_only_floats_are_read_from_npz(tmp_path: Path, array: Any, kind: str) -> None:
    np.savez(tmp_path / "w.npz", **(ARRAYS | {"hidden.bias": array}))
    assert (
        parameter_refusal(tmp_path, "w.npz") == f'w.npz: "hidden.bias" holds {kind}, {FLOATS_ONLY}'
    )


def test_only_floats_are_read_from_safetensors(tmp_path: Path) -> None:
    save_file(ARRAYS | {"hidden.bias": np.array([1, 2])}, tmp_path / "w.safetensors")
    assert parameter_refusal(tmp_path, "w.safetensors") == (
        f'w.safetensors: "hidden.bias" holds I64 values, {FLOATS_ONLY}'
    )


def test_a_parameter_is_given_in_one_place(tmp_path: Path) -> None:
    savez(ARRAYS, tmp_path / "w.npz")
    text = TWO_LAYERS.replace('name = "hidden"', 'name = "hidden"\nbias = ["p", "q"]')
    assert parameter_refusal(tmp_path, "w.npz", text) == (
        "layer 1 (dense hidden): bias is given both here and as hidden.bias in the parameter file"
    )
    savez({k: v for k, v in ARRAYS.items() if k != "hidden.bias"}, tmp_path / "w.npz")
    assert load(beside(tmp_path, "w.npz", text)).parameter_names() == ["p", "q"]
    without = text.replace('["p", "q"]', "false")
    assert load(beside(tmp_path, "w.npz", without)).parameter_count == 5


def test_parameter_files_stay_in_the_folder(tmp_path: Path) -> None:
    outside, home = tmp_path / "w.npz", tmp_path / "home"
    (home / "sub").mkdir(parents=True)
    savez(ARRAYS, outside)
    savez(ARRAYS, home / "sub" / "w.npz")
    (home / "link.npz").symlink_to(outside)
    (home / "inner.npz").symlink_to(home / "sub" / "w.npz")
    (home / "circle.npz").symlink_to(home / "circle.npz")
    for name in ("../w.npz", str(outside), "link.npz", str(home / "sub" / "w.npz")):
        assert parameter_refusal(home, name).replace(f"{home}/", "") == (
            f"parameters = {name.replace(f'{home}/', '')!r} leads outside the folder of the "
            "spec; put the file beside the spec and give its name alone"
        )
    for name in ("sub/w.npz", "sub/../sub/w.npz", "inner.npz"):
        assert load(beside(home, name)).parameter_count == 7
    assert "circle.npz' cannot be" in parameter_refusal(home, "circle.npz")
    assert parameter_refusal(home, "none.npz") == (
        "there is no file none.npz; check the path and its spelling"
    )


# -- damaged and hostile parameter files --------------------------------------------------------
def npy(header: str, data: bytes, version: bytes = b"\x01\0") -> bytes:
    text = header.encode() + b"\n"
    length = struct.pack("<H" if version[:1] == b"\x01" else "<I", len(text))
    return b"\x93NUMPY" + version + length + text + data


def npz(tmp_path: Path, **members: bytes) -> None:
    with zipfile.ZipFile(tmp_path / "w.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def header(shape: str, descr: str = "'<f8'") -> str:
    return f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}"


@pytest.mark.parametrize(
    ("member", "message"),
    [
        (
            npy(header("(1000000, 1000000)"), b"\0" * 16),
            '"a" declares shape 1000000 x 1000000, which is 8,000,000,000,000 bytes, '
            "but the file holds 16 bytes; write the file again",
        ),
        (
            npy(header(f"({10**30}, 1)"), b"\0" * 16),
            f'"a" declares shape {10**30} x 1, which is more bytes than any file, '
            "but the file holds 16 bytes; write the file again",
        ),
        (
            npy(header("(" + "1, " * 41 + ")"), b"\0" * 8),
            f'"a" declares shape {("1 x " * 41)[:60]}, which is 8 bytes, '
            "but the file holds 8 bytes; write the file again",
        ),
        (npy(header("(-1, -2)"), b"\0" * 16), f'"a" holds structured values, {FLOATS_ONLY}'),
        (npy(header("(2,)", "'<f16'"), b"\0" * 32), f'"a" holds f16 values, {FLOATS_ONLY}'),
        (
            npy(header("(2,)", "__import__('os')"), b""),
            f'"a" holds structured values, {FLOATS_ONLY}',
        ),
        (
            b"\x93NUMPY\x02\0\xff\xff\xff\xff" + b"{" * 50,
            '"a" is not in NumPy\'s format; write it with numpy.savez',
        ),
        (b"", '"a" is not in NumPy\'s format; write it with numpy.savez'),
    ],
)
def test_npy_headers_that_lie(tmp_path: Path, member: bytes, message: str) -> None:
    npz(tmp_path, **{"a.npy": member})
    assert parameter_refusal(tmp_path, "w.npz") == f"w.npz: {message}"


def test_newer_npy_headers_are_read(tmp_path: Path) -> None:
    members = {}
    for name, array in ARRAYS.items():
        file = io.BytesIO()
        np.lib.format.write_array(file, array, version=(2, 0))
        members[f"{name}.npy"] = file.getvalue()
    npz(tmp_path, **members)
    assert load(beside(tmp_path, "w.npz")).parameter_count == 7


def test_archives_that_unpack_to_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parameters_file, "_BOMB_BYTES", 2**20)
    npz(tmp_path, **{"a.npy": npy(header("(200000,)"), b"\0" * 1_600_000)})
    assert "bytes would unpack to 1,600,0" in parameter_refusal(tmp_path, "w.npz")


def test_archives_of_other_things(tmp_path: Path) -> None:
    npz(tmp_path, **{"../a.txt": b"text"})
    assert parameter_refusal(tmp_path, "w.npz") == (
        "w.npz: '../a.txt' is not an array; write it with numpy.savez"
    )
    (tmp_path / "w.npz").write_bytes(b"no zip at all")
    assert parameter_refusal(tmp_path, "w.npz") == (
        "w.npz: not a sound .npz file (File is not a zip file); write it with numpy.savez"
    )
    with zipfile.ZipFile(tmp_path / "w.npz", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.npy", npy(header("(1,)"), b"\0" * 8))
    assert parameter_refusal(tmp_path, "w.npz") == (
        "w.npz: 'a.npy' is packed in an unusual way; use numpy.savez"
    )


def safetensors(declared: Any, data: bytes) -> bytes:
    text = declared if isinstance(declared, bytes) else json.dumps(declared).encode()
    return struct.pack("<Q", len(text)) + text + data


def entry(dtype: Any, shape: Any, begin: Any, end: Any) -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


UNSOUND = "it is not a sound .safetensors file"
INCOMPLETE = "needs a dtype, a shape and two data_offsets; write the file again"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            struct.pack("<Q", 2**60) + b"{}",
            "its header should be 1,152,921,504,606,846,976 bytes long, but the file has 10; "
            "it is cut off or not a .safetensors file",
        ),
        (b"abc", "its header should be 6,513,249 bytes long, but the file has 3; "
                 "it is cut off or not a .safetensors file"),
        (safetensors(b"{no json", b""), f"its header is not JSON; {UNSOUND}"),
        (safetensors(b"[" * 10**5, b""), f"its header is not JSON; {UNSOUND}"),
        (safetensors([], b""), f"its header is not a JSON object; {UNSOUND}"),
        (safetensors(b'{"a": 1, "a": 2}', b""),
         "the key 'a' is given twice; keep one of them"),
        (safetensors({"a": 1}, b""), f'"a" {INCOMPLETE}'),
        (safetensors({"a": entry("F64", [-1], 0, 8)}, b"\0" * 8), f'"a" {INCOMPLETE}'),
        (safetensors({"a": entry("F64", [True], 0, 8)}, b"\0" * 8), f'"a" {INCOMPLETE}'),
        (safetensors({"a": entry("F64", [1], 0, 8.0)}, b"\0" * 8), f'"a" {INCOMPLETE}'),
        (
            safetensors({"a": entry("F64", [2], 0, 16)}, b"\0" * 8),
            '"a" should be at bytes 0 to 16, but there are 8; the file is cut off or damaged',
        ),
        (
            safetensors({"a": entry("F64", [10**12], 0, 8)}, b"\0" * 8),
            '"a" declares shape 1000000000000, which is 8,000,000,000,000 bytes, but the file '
            "holds 8 bytes; write the file again",
        ),
        (
            safetensors({"a": entry("F64", [1], 0, 8), "b": entry("F32", [2], 4, 12)}, b"\0" * 12),
            '"b" overlaps with the array before it; write the file again',
        ),
        (
            safetensors({"a": entry("F64", [1], 4, 12)}, b"\0" * 12),
            '"a" leaves a gap after the array before it; write the file again',
        ),
        (
            safetensors({"a": entry("F64", [1], 0, 8)}, b"\0" * 11),
            "3 bytes belong to no array; write it again",
        ),
    ],
)  # fmt: skip
def test_safetensors_headers_that_lie(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "w.safetensors").write_bytes(content)
    assert parameter_refusal(tmp_path, "w.safetensors") == f"w.safetensors: {message}"


@random_examples(200)
@given(st.sampled_from(["a.npz", "a.safetensors"]), st.data())
def test_damage_is_refused_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("damage")
    (savez if name == "a.npz" else save_file)(ARRAYS, folder / name)
    content = bytearray((folder / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    (folder / name).write_bytes(content[: data.draw(st.integers(0, len(content)))] or b"x")
    try:
        load(beside(folder, name))
    except SpecError as error:
        assert len(str(error)) < 600
