"""Files that are broken, or made to do harm, are refused at once, and nothing is run or written."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from netsym.errors import SpecError
from netsym.readers.keras import from_keras

Config = dict[str, Any]


def layer(kind: str, name: Any, module: str = "keras.layers", **options: Any) -> Config:
    return {"module": module, "class_name": kind, "registered_name": None,
            "config": {"name": name, **options}}  # fmt: skip


def sequential(*layers: Config, shape: Any = (None, 2)) -> Config:
    first = layer("InputLayer", "x", batch_shape=[*shape], dtype="float32")
    return layer("Sequential", "model", "keras", layers=[first, *layers])


def dense(name: Any = "dense", **options: Any) -> Config:
    return layer("Dense", name, **{"units": 3, "activation": "relu", **options})


def tensor(name: Any, node: Any = 0, place: Any = 0) -> Config:
    return {"class_name": "__keras_tensor__", "config": {"keras_history": [name, node, place]}}


def graph(*layers: tuple[Config, Any], outputs: Any) -> Config:
    first = layer("InputLayer", "x", batch_shape=[None, 2], dtype="float32") | {"inbound_nodes": []}
    every = [each | {"inbound_nodes": nodes} for each, nodes in layers]
    return layer("Functional", "model", "keras", layers=[first, *every],
                 input_layers=[["x", 0, 0]], output_layers=outputs)  # fmt: skip


def node(*args: Any, **named: Any) -> Config:
    return {"args": [*args], "kwargs": named}


def usual(file: h5py.File) -> None:
    file["layers/dense/vars/0"] = np.ones((2, 3), np.float32)
    file["layers/dense/vars/1"] = np.zeros(3, np.float32)


def empty(file: h5py.File) -> None:
    file.create_group("layers")


def of(kernel: Callable[[h5py.Group], Any]) -> Callable[[h5py.File], None]:
    """The usual weights, with a kernel that is made in another way."""

    def write(file: h5py.File) -> None:
        usual(file)
        del file["layers/dense/vars/0"]
        kernel(file["layers/dense/vars"])

    return write


def linked(group: h5py.Group) -> None:
    group["0"] = h5py.ExternalLink("/etc/passwd", "/")


def external(group: h5py.Group) -> None:
    group.create_dataset("0", (2, 3), np.float32, external=[("/etc/passwd", 0, 24)])


def virtual(group: h5py.Group) -> None:
    layout = h5py.VirtualLayout((2, 3), np.float32)
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", (2, 3))
    group.create_virtual_dataset("0", layout)


def written(
    path: Path,
    config: Any,
    weights: Callable[[h5py.File], None] = usual,
    version: str = "3.15.1",
    more: Mapping[str, bytes] | None = None,
    packed: int = zipfile.ZIP_STORED,
) -> Path:
    held = BytesIO()
    with h5py.File(held, "w") as file:
        weights(file)
    entries = {
        "metadata.json": json.dumps({"keras_version": version}).encode(),
        "config.json": config if isinstance(config, bytes) else json.dumps(config).encode(),
        "model.weights.h5": held.getvalue(),
        **(more or {}),
    }
    with zipfile.ZipFile(path, "w", packed) as archive:
        for name, content in entries.items():
            if content:
                archive.writestr(name, content)
    return path


def doubling(depth: int) -> Config:
    """A model that calls a model twice, that calls another one twice, and so on."""
    inner: Config = dense(units=2)
    for level in range(depth):
        name, last = inner["config"]["name"], 2 if level else 1
        calls = [node(tensor("x")), node(tensor(name))]
        inner = graph((inner, calls), outputs=[[name, last, 0]])
        inner["config"]["name"] = f"model{level}"
    return inner


DENSE = sequential(dense())
BIG = {"units": 10**12}
#: Configs, with what is said of them.
CONFIGS: Mapping[str, tuple[Any, str]] = {
    "no JSON": (b"{", "config.json is no JSON that can be read"),
    "no text": (b"\xff\xfe", "is not UTF-8"),
    "deep": (b"[" * 10**5 + b"]" * 10**5, "config.json is no JSON that can be read"),
    "nested": (b"[" * 500 + b"]" * 500, "is nested more than 100 levels deep"),
    "a number": (b"3", "the model has 3 where a layer must be"),
    "a long number": (b"9" * 10**5, "config.json is no JSON that can be read"),
    "a list": ([], "the model has [] where a layer must be"),
    "no class": ({"config": {}}, "the model has a layer without a class"),
    "a subclass": (layer("Own", "own", "__main__"), "the model is a Own, whose own code says"),
    "no layers": (layer("Sequential", "s", "keras", layers=[]), "the model has no layers"),
    "layers of numbers": (sequential(3), "the model has 3 where a layer must be"),  # type: ignore[arg-type]
    "a name that is none": (sequential(dense(name=3)), "has a Dense whose name is no text"),
    "two of a name": (sequential(dense(), dense()), "has two layers called 'dense'"),
    "no shape": (sequential(dense(), shape=()), "has an input of the shape []; build the model"),
    "a negative shape": (sequential(dense(), shape=(None, -2)), "has an input of the shape"),
    "a vast input": (sequential(dense(), shape=(None, 10**6, 10**6)),
                     "input 'x' is 1000000 x 1000000 = 1,000,000,000,000, more than the"),
    "no whole number": (sequential(dense(units="3")), "has units = 3, which is no whole number"),
    "true as a number": (sequential(dense(units=True)), "has units = True, which is no whole"),
    "too few": (sequential(dense(units=0)), "has units = 0, which is no whole number from 1"),
    "nothing": (sequential(layer("Dense", "dense")), "lacks its option units"),
    "no flag": (sequential(dense(use_bias="yes")), "has use_bias = yes, which is neither true"),
    "vast": (sequential(dense(**BIG)), "has a weight kernel of shape 2 x 3, but its options and "
             "what it reads say 2 x 1000000000000"),
    "vast repeats": (sequential(layer("RepeatVector", "r", n=10**12)), "more than the"),
    "vast padding": (sequential(layer("ZeroPadding1D", "p", padding=10**12), shape=(None, 2, 1)),
                     "pads to 2,000,000,000,002"),
    "vast growth": (sequential(layer("UpSampling1D", "u", size=10**12), shape=(None, 2, 1)),
                    "grows to 2,000,000,000,000"),
    "a vast shape": (sequential(layer("Reshape", "r", target_shape=[10**12, -1])),
                     "has options or inputs that do not fit together"),
    "many negative": (sequential(layer("Reshape", "r", target_shape=[-1, -1])),
                      "has options or inputs that do not fit together"),
    "no axis": (sequential(layer("Softmax", "s", axis=7)), "has axis = 7, which is no axis of 1"),
    "the axis of examples": (sequential(layer("Softmax", "s", axis=0)),
                             "works along the axis of the examples of a batch"),
    "an infinite number": (sequential(layer("LeakyReLU", "r", negative_slope=float("inf"))),
                           "has negative_slope = inf, which is no number"),
    "an own class": (sequential(dense() | {"module": "os", "class_name": "system"}),
                     "layer 'dense' (system) is no class of Keras: its code is not run"),
    "a registered class": (sequential(dense() | {"registered_name": "mine>Dense"}),
                           "layer 'dense' (Dense) is no class of Keras: its code is not run"),
    "code": (sequential(layer("Lambda", "code", function={"class_name": "__lambda__"})),
             "layer 'code' (Lambda) holds code, which is not run"),
    "an own activation": (sequential(dense(activation={"class_name": "function", "config": "f",
                          "module": "builtins"})), "has the activation f, which is not read here"),
    "control characters": (sequential(layer("Bad\x1b[31m", "a\x1b\n")), r"layer 'a\x1b\n' (Bad?"),
    "a circle": (graph((dense(), [node(tensor("b"))]), (dense(name="b", units=2), [node(tensor(
                 "dense"))]), outputs=[["b", 0, 0]]), "read each other in a circle"),
    "a call that is not there": (graph((dense(), [node(tensor("x", 5))]),
                                 outputs=[["dense", 0, 0]]), "reads a call 5 of 'x', which there"),
    "an output that is not there": (graph((dense(), [node(tensor("x"))]),
                                    outputs=[["dense", 0, 7]]), "is given by no layer"),
    "no outputs": (graph((dense(), [node(tensor("x"))]), outputs=[]), "has no outputs"),
    "wrong outputs": (graph((dense(), [node(tensor("x"))]), outputs=7), "has 7 where an input or"),
    "no calls": (graph((dense(), []), outputs=[["dense", 0, 0]]),
                 "does not say what 'dense' reads"),
    "no history": (graph((dense(), [node(tensor(3))]), outputs=[["dense", 0, 0]]),
                   "reads a value that no layer gives"),
    "of Keras 2": (graph((dense(), [[["x", 0, 0, {}]]]), outputs=[["dense", 0, 0]]),
                   "was saved by Keras 2; load it with Keras 3"),
    "a call with more": (graph((dense(), [node(tensor("x"), training=True)]),
                         outputs=[["dense", 0, 0]]), "is called with training, which is not read"),
    "no array": (graph((dense(), [node([tensor("x"), tensor("x")])]), outputs=[["dense", 0, 0]]),
                 "is given something else than one array"),
    "single examples": (graph((layer("GetItem", "g", "keras.src.ops.numpy"), [node(tensor("x"), {
                        "class_name": "__slice__", "config": {"start": 1}})]),
                        outputs=[["g", 0, 0]]), "takes single examples out of a batch"),
    "models without end": (doubling(24), "calls more than 10,000 layers"),
}  # fmt: skip
#: Weights, with what is said of them.
WEIGHTS: Mapping[str, tuple[Callable[[h5py.File], None], str]] = {
    "missing": (empty, "layer 'dense' (Dense) has no weights in the file, at /layers/dense"),
    "one missing": (lambda f: f.create_dataset("layers/dense/vars/0", data=np.ones((2, 3))),
                    "lacks its weight bias"),
    "one more": (lambda f: [f.create_dataset(f"layers/dense/vars/{n}", data=np.ones((2, 3)))
                            for n in range(3)], "has 3 weights, but its options say 2"),
    "another shape": (of(lambda g: g.create_dataset("0", data=np.ones((3, 2)))),
                      "has a weight kernel of shape 3 x 2, but its options and what it reads say"),
    "a group": (of(lambda g: g.create_group("0")), "has weights that are no dataset at '0'"),
    "another number": (of(lambda g: g.create_dataset("7", data=np.ones((2, 3)))),
                       "lacks its weight 0"),
    "texts": (of(lambda g: g.create_dataset("0", data=[["a", "b", "c"]] * 2)),
              "has a weight 0 that is no array of numbers"),
    "a link to a file": (of(linked), "has weights that lie elsewhere, by a link at '0'"),
    "a link to nowhere": (of(lambda g: g.__setitem__("0", h5py.SoftLink("/x"))),
                          "has weights that lie elsewhere, by a link at '0'"),
    "another file": (of(external), "has weights that lie in another file, at '0'"),
    "a view": (of(virtual), "has weights that lie in another file, at '0'"),
    "a vast shape": (of(lambda g: g.create_dataset("0", (10**6, 10**6), np.float32, chunks=True)),
                     "says that its weight 0 has the shape (1000000, 1000000), but holds less"),
    "packed": (of(lambda g: g.create_dataset("0", data=np.ones((2, 3)), compression="gzip")),
               "says that its weight 0 has the shape (2, 3), but holds less"),
    "not finite": (of(lambda g: g.create_dataset("0", data=np.full((2, 3), np.nan))),
                   "has numbers that are not finite"),
}  # fmt: skip


def assert_refused(path: Path, said: str) -> None:
    with pytest.raises(SpecError, match=re.escape(said)) as error:
        from_keras(path)
    assert str(error.value).isprintable()
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_what_is_sound_is_read(tmp_path: Path) -> None:
    assert from_keras(written(tmp_path / "m.keras", DENSE)).shorthand == "2-3relu"


@pytest.mark.parametrize("name", CONFIGS)
def test_configs(name: str, tmp_path: Path) -> None:
    config, said = CONFIGS[name]
    assert_refused(written(tmp_path / "broken.keras", config), said)


@pytest.mark.parametrize("name", WEIGHTS)
def test_weights(name: str, tmp_path: Path) -> None:
    weights, said = WEIGHTS[name]
    assert_refused(written(tmp_path / "broken.keras", DENSE, weights), said)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"more": {"config.json": b""}}, "has no config.json: it is no .keras file of Keras 3"),
        ({"more": {"model.weights.h5": b""}}, "has no model.weights.h5"),
        ({"more": {"model.weights.h5": b"no"}}, "its weights are no HDF5"),
        ({"more": {"../above": b"x"}}, "has an entry '../above', which no model has"),
        ({"more": {"/etc/x": b"x"}}, "has an entry '/etc/x', which no model has"),
        ({"more": {"a\x1b[31m": b"x"}}, r"has an entry 'a\x1b[31m', which no model has"),
        ({"version": "2.15.0"}, "was saved by Keras '2.15.0'; load it with Keras 3"),
        ({"more": {"model.weights.h5": b"\0" * 2**26}, "packed": zipfile.ZIP_DEFLATED},
         "times denser than numbers can be; it is not unpacked"),
        ({"more": {"config.json": b" " * (2**26 + 1)}}, "at most 67,108,864 are read"),
    ],
)  # fmt: skip
def test_archives(options: Mapping[str, Any], said: str, tmp_path: Path) -> None:
    assert_refused(written(tmp_path / "broken.keras", DENSE, **options), said)


def test_a_packed_archive_is_read(tmp_path: Path) -> None:
    path = written(tmp_path / "m.keras", DENSE, packed=zipfile.ZIP_DEFLATED)
    assert from_keras(path).shorthand == "2-3relu"


def test_a_length_that_is_a_lie(tmp_path: Path) -> None:
    path = written(tmp_path / "m.keras", DENSE)
    content = path.read_bytes()
    at = content.rindex(b"PK\1\2")  # the entry of the weights in the list of all
    path.write_bytes(content[: at + 24] + (2**32 - 2).to_bytes(4, "little") + content[at + 28 :])
    assert_refused(path, "has 4,294,967,294 bytes; at most 2,147,483,648 are read")


def test_truncated(tmp_path: Path) -> None:
    path = written(tmp_path / "m.keras", DENSE)
    content = path.read_bytes()
    for length in range(0, len(content), 7):
        path.write_bytes(content[:length])
        assert_refused(path, "is no .keras file, or cut off")


def test_changed_bytes(tmp_path: Path) -> None:
    """Wherever a byte is another one, a network comes out or a refusal."""
    path = written(tmp_path / "m.keras", DENSE)
    content, source = path.read_bytes(), np.random.default_rng(16)
    for at in source.integers(0, len(content), 300):
        changed = bytearray(content)
        changed[at] ^= 1 << int(source.integers(8))
        path.write_bytes(changed)
        try:
            from_keras(path)
        except SpecError as error:
            assert str(error).isprintable()


def test_changed_weights(tmp_path: Path) -> None:
    """The same in the weights alone, whose checksum is that of what is there."""
    held = BytesIO()
    with h5py.File(held, "w") as file:
        usual(file)
    content, source = held.getvalue(), np.random.default_rng(16)
    for at in source.integers(0, len(content), 300):
        changed = bytearray(content)
        changed[at] ^= 1 << int(source.integers(8))
        path = written(tmp_path / "m.keras", DENSE, more={"model.weights.h5": bytes(changed)})
        try:
            from_keras(path)
        except SpecError as error:
            assert str(error).isprintable()
