"""Models of Keras as networks, in memory and from their files: values, layers, names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import Input, Model, Sequential, ops
from keras import layers as L

import netsym
from netsym.errors import SpecError
from netsym.files.files import loads
from netsym.files.spec_of import dumps
from netsym.path import network_of
from netsym.readers.keras import from_keras
from tests.keras.models import CASES, WORDS, functional, made, plain


def drawn(model: Model, name: str) -> tuple[list[Any], list[Any]]:
    """Five examples of every input, as Keras takes them, and as the network does."""
    source = np.random.default_rng(16)
    theirs, mine = list[Any](), list[Any]()
    for each in model.inputs:
        shape = (5, *each.shape[1:])
        if name in WORDS:
            theirs.append(source.integers(0, 5, shape))
            mine.append(np.eye(5)[theirs[-1]].reshape(5, -1))
        else:
            theirs.append(source.normal(size=shape))
            mine.append(theirs[-1])
    return theirs, mine


def predicted(model: Model, inputs: list[Any], name: str) -> list[Any]:
    given: Any = [ops.convert_to_tensor(each) for each in inputs]
    if name == "named inputs and outputs":
        given = {each.name: x for each, x in zip(model.inputs, given, strict=True)}
    elif len(given) == 1:
        (given,) = given
    found = keras.tree.flatten(model(given, training=False))
    return [ops.convert_to_numpy(each) for each in found]


#: Keras's own, of NumPy 2.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.mark.parametrize("name", CASES)
def test_values(name: str, tmp_path: Path) -> None:
    model = made(name)
    network = from_keras(model)
    theirs, mine = drawn(model, name)
    found: Any = network(*mine)
    each = found if isinstance(found, tuple) else (found,)
    for got, expected in zip(each, predicted(model, theirs, name), strict=True):
        expected = expected.reshape(5, -1)
        scale = np.abs(expected).max()
        got = np.asarray(got).reshape(5, -1)
        np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-12 * scale)
    path = tmp_path / f"{model.name}.keras"
    model.save(path)
    stored = from_keras(path)
    assert dumps(stored) == dumps(network)
    assert dumps(loads(dumps(stored))) == dumps(stored)


def kinds(name: str) -> list[str]:
    return [placed.layer.kind for placed in from_keras(made(name)).layers]


def test_layers_are_as_they_are_taught() -> None:
    assert from_keras(made("mlp")).shorthand == "4-5relu-2softmax"
    assert kinds("cnn") == ["transpose", "conv2d", "batch_norm", "activation", "max_pool2d",
                            "transpose", "flatten", "dense"]  # fmt: skip
    assert kinds("attention") == ["attention", "add", "layer_norm", "dense", "dense", "add",
                                  "layer_norm"]  # fmt: skip
    assert kinds("normalization") == ["standardize", "dense", "dense"]
    assert kinds("words")[0] == "embedding"
    assert from_keras(made("causal attention")).layers[0].layer.causal  # type: ignore[attr-defined]


def test_names_are_those_of_the_model() -> None:
    def make(x: Any) -> Any:
        core = Sequential([Input((2,)), L.Dense(2, name="first"), L.Dense(2, name="second")],
                          name="core")  # fmt: skip
        return L.Dense(1, name="head", activation="sigmoid")(core(x))

    network = from_keras(functional(make, (2,)))
    assert [placed.name for placed in network.layers] == ["core.first", "core.second", "head"]
    ends = from_keras(made("named inputs and outputs"))
    assert [each.name for each in ends.inputs] == ["left", "right"]
    assert [each.name for each in ends.outputs] == ["product", "sum"]


def test_the_order_of_flatten_is_that_of_channels_last() -> None:
    model = plain(L.Conv2D(2, 1, use_bias=False), L.Flatten(), shape=(1, 2, 1))
    model.layers[0].kernel.assign(np.array([[[[10.0, 100.0]]]]))
    assert from_keras(model)([1.0, 2.0]).tolist() == [10.0, 100.0, 20.0, 200.0]


def test_a_float32_has_its_own_digits(tmp_path: Path) -> None:
    dense = L.Dense(1, dtype="float32")
    model = Sequential([Input((2,), dtype="float32"), dense])
    dense.kernel.assign(np.array([[0.1], [-0.7]], np.float32))
    dense.bias.assign(np.array([0.3], np.float32))
    model.save(tmp_path / "small.keras")
    for given in (model, tmp_path / "small.keras", str(tmp_path / "small.keras")):
        text = from_keras(given).inlined.text(ascii=True)
        assert text == "y = 0.1*x_1 - 0.7*x_2 + 0.3"
        every = from_keras(given, all_digits=True).inlined.text(ascii=True)
        assert "0.10000000149011612*x_1" in every


def test_half_precision(tmp_path: Path) -> None:
    model = Sequential([Input((2,)), L.Dense(1, dtype="bfloat16", use_bias=False)])
    model.layers[0].kernel.assign(np.array([[0.5], [-3.0]], np.float32))
    model.save(tmp_path / "half.keras")
    for given in (model, tmp_path / "half.keras"):
        assert from_keras(given).inlined.text(ascii=True) == "y = 0.5*x_1 - 3*x_2"


def test_a_file_is_a_network_wherever_one_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "small.keras"
    made("mlp").save(path)
    network = network_of(str(path))
    assert network.title == "small"
    assert str(network.inlined) == str(netsym.from_keras(path).inlined)
    with pytest.raises(SpecError, match=r"small.keras is read by netsym.from_keras"):
        netsym.load(path)


def test_a_file_is_read_without_keras(tmp_path: Path) -> None:
    path = tmp_path / "small.keras"
    made("mlp").save(path)
    code = ("import sys; sys.modules.update(keras=None, torch=None); import netsym; "
            f"print(netsym.from_keras({str(path)!r}).shorthand)")  # fmt: skip
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "4-5relu-2softmax\n"


def test_a_length_that_is_not_fixed() -> None:
    model = functional(lambda x: L.GlobalAveragePooling1D()(x), (None, 2))
    with pytest.raises(SpecError, match=r"shapes=\{'in1': \(8, 2\)\}\)"):
        from_keras(model)
    network = from_keras(model, shapes={"in1": (3, 2)})
    assert network.inputs[0].shape == (3, 2)
    with pytest.raises(SpecError, match=r"which \[3, 4\] does not fit"):
        from_keras(model, shapes={"in1": (3, 4)})
    with pytest.raises(SpecError, match="the model has no input 'x'"):
        from_keras(model, shapes={"in1": (3, 2), "x": (3,)})


def test_a_sequence_without_an_input_layer(tmp_path: Path) -> None:
    model = Sequential([L.Dense(2, activation="tanh"), L.Dense(1)])
    with pytest.raises(SpecError, match="build the model, and save it"):
        from_keras(model)
    model.build((None, 3))
    assert from_keras(model).shorthand == "3-2tanh-1"


def test_everything_that_cannot_be_read_is_named() -> None:
    @keras.saving.register_keras_serializable("mine")
    class Strange(L.Layer):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            return x

    def make(x: Any) -> Any:
        core = Sequential([Input((2,)), L.Dense(2, activation=ops.sin)], name="core")
        y = L.Lambda(lambda x: x, name="code")(Strange(name="own")(core(x)))
        return L.Dense(2, name="fine")(ops.floor(L.Masking(name="mask")(L.Reshape((1, 2))(y))))

    with pytest.raises(SpecError) as error:
        from_keras(functional(make, (2,)))
    said = str(error.value)
    assert said.startswith("cannot be read: layer 'core.dense")
    for part in (
        "(Dense) has the activation sin, which is not read here",
        "layer 'own' (Strange) is no class of Keras: its code is not run",
        "layer 'code' (Lambda) holds code, which is not run",
        "layer 'mask' (Masking) is not read here",
        "(Floor) is not read here",
    ):
        assert part in said, part
    assert "fine" not in said and "Reshape" not in said


@pytest.mark.parametrize(
    ("layer", "shape", "said"),
    [
        (lambda: L.LSTM(2, recurrent_activation="hard_sigmoid"), (3, 2),
         "has the recurrent_activation hard_sigmoid; only sigmoid is read"),
        (lambda: L.GRU(2, activation="relu"), (3, 2), "has the activation relu; only tanh is read"),
        (lambda: L.ReLU(threshold=1.0), (2,), "has a threshold that is not 0, where it jumps"),
        (lambda: L.Embedding(4, 2, mask_zero=True), (3,), "has mask_zero"),
        (lambda: L.RNN(L.LSTMCell(2), stateful=True), (3, 2), "goes on from the state"),
        (lambda: L.UpSampling2D(interpolation="bicubic"), (2, 2, 1),
         "has interpolation = bicubic, which is none of nearest and bilinear"),
    ],
)  # fmt: skip
def test_options_that_are_no_formula(layer: Any, shape: tuple[int, ...], said: str) -> None:
    model = Sequential([Input(shape, batch_size=1), layer()])
    with pytest.raises(SpecError, match=said):
        from_keras(model)


def test_states_that_no_layer_gives_are_refused_where_they_are_read() -> None:
    def memory(x: Any) -> Any:
        return L.Dense(1, name="head")(L.LSTM(2, return_state=True)(x)[2])

    with pytest.raises(SpecError, match=r"'head' \(Dense\) reads the memory of a cell"):
        from_keras(functional(memory, (3, 2)))

    with pytest.raises(SpecError, match=r"output 'lstm.*' reads the memory of a cell"):
        from_keras(functional(lambda x: L.LSTM(2, return_state=True)(x), (3, 2)))

    def begun(x: Any, h: Any) -> Any:
        return L.RNN([L.GRUCell(2), L.GRUCell(2)], name="two")(x, initial_state=[h, h])

    with pytest.raises(SpecError, match=r"'two' \(RNN\) begins with the states of several cells"):
        from_keras(functional(begun, (3, 2), (2,)))


def test_what_is_called_as_in_training_is_refused() -> None:
    core = Sequential([Input((2,)), L.Dropout(0.5)], name="core")
    for layer, kind in ((L.Dropout(0.5, name="drop"), "Dropout"), (core, "Sequential")):
        model = functional(lambda x, layer=layer: layer(x, training=True), (2,))
        with pytest.raises(SpecError, match=rf"'{layer.name}' \({kind}\) is called with training"):
            from_keras(model)


def test_what_is_missing_is_said_with_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netsym.needed.find_spec", lambda _: None)
    with pytest.raises(SpecError, match=r"needs the package h5py.*pip install 'netsym\[keras\]'"):
        from_keras("model.keras")


def test_words_are_one_hot_rows() -> None:
    network = from_keras(made("words"))
    assert network.inputs[0].shape == (6, 5)
    assert "has one-hot rows of 5 words" in network.assumed
    both = functional(
        lambda x: L.Concatenate()([L.Flatten()(L.Embedding(4, 2)(x)), L.Dense(1)(x)]), (3,)
    )
    with pytest.raises(SpecError, match="reads input 'in1' both as words and as numbers"):
        from_keras(both)


def test_what_mixes_examples_is_refused() -> None:
    with pytest.raises(SpecError, match="works along the axis of the examples of a batch"):
        from_keras(functional(lambda x: x - ops.mean(x, axis=0, keepdims=True), (2,)))
    with pytest.raises(SpecError, match="takes single examples out of a batch"):
        from_keras(functional(lambda x: x[0], (2,)))


def test_what_is_no_model_of_keras() -> None:
    class Own(Model):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            return x

    with pytest.raises(SpecError, match="a dict was given; give a model of Keras, or the path"):
        from_keras({})
    with pytest.raises(SpecError, match="the model is a Own, whose own code says what it computes"):
        from_keras(Own())
