"""Networks in TOML and JSON files: what is read, what is written, and what is refused."""

from __future__ import annotations

import json
import os
import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import netsym.files.files as reading
from netsym.errors import OutputError, SpecError
from netsym.files.files import dumps, load, loads, save
from netsym.files.formats import document
from netsym.files.schema import schema
from netsym.layers import Layer
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation, Dropout, Scale, Standardize
from netsym.layers.merge import Add, Concat
from netsym.network.interface import Input
from netsym.network.network import Network
from netsym.readers.shorthand import parse
from tests.effort import many, random_examples
from tests.files.specs import HEAD, refusal

SPECS = jsonschema.Draft202012Validator(schema())

EXAMPLES = Path(__file__).parents[2] / "examples" / "forum"


def dense(*lines: str) -> str:
    return "\n".join(['[[layers]]\ntype = "dense"', *lines, ""])


# -- what is read -------------------------------------------------------------------------------
def sigmoid(z: float) -> float:
    return 1 / (1 + np.exp(-z))


def test_the_networks_of_the_thread() -> None:
    p = {"w_11": 0.5, "w_12": -1.5, "b_11": 0.25, "b_12": 2.0}
    p |= {"w_21": 3.0, "w_22": -0.75, "b": 0.125}
    x = 0.7
    z1, z2 = p["w_11"] * x + p["b_11"], p["w_12"] * x + p["b_12"]

    def top(a1: float, a2: float) -> float:
        return p["w_21"] * a1 + p["w_22"] * a2 + p["b"]

    expected = {
        "linear": top(z1, z2),
        "hidden_sigmoid": top(sigmoid(z1), sigmoid(z2)),
        "sigmoid": sigmoid(top(sigmoid(z1), sigmoid(z2))),
    }
    for name, value in expected.items():
        network = load(EXAMPLES / f"{name}.toml")
        assert network(x, parameters=p) == pytest.approx(value, rel=1e-14)
        assert network.parameter_names() == ["w_11", "w_12", "b_11", "b_12", "w_21", "w_22", "b"]
        assert (network.function, network.assumed) == ("f", "")


def test_the_wide_network_is_the_shorthand() -> None:
    wide, short = load(EXAMPLES / "wide.toml"), parse("3-3-2-1:sigmoid")
    assert wide.parameter_names() == short.parameter_names()
    assert [p.layer for p in wide.layers] == [p.layer for p in short.layers]


def test_json_is_the_same_schema(tmp_path: Path) -> None:
    toml = (EXAMPLES / "sigmoid.toml").read_text()
    path = tmp_path / "sigmoid.JSON"
    path.write_text("\ufeff" + json.dumps(document(toml, "toml", "")), encoding="utf-8")
    assert dumps(load(str(path))) == dumps(load(EXAMPLES / "sigmoid.toml"))


def test_every_key() -> None:
    network = loads(
        """
        netsym = 1
        title = "a little of everything"
        inputs = ["u", "v"]
        outputs = ["p", "q"]
        function = "g"
        latex = {u = "u_0", s1_1 = '\\sigma'}
        [[layers]]
        type = "standardize"
        name = "scaled"
        mean = false
        [[layers]]
        type = "scale"
        weights = [2, "k"]
        bias = true
        [[layers]]
        type = "dense"
        name = "wide"
        from = ["scaled"]
        units = 2
        activation = "elu"
        alpha = 2
        skip = true
        weights = [["1/3", 0.1], ["c", -4]]
        bias = false
        [[layers]]
        type = "add"
        name = "sum"
        from = ["wide", "layer2", "input"]
        [[layers]]
        type = "dropout"
        rate = 0.25
        [[layers]]
        type = "activation"
        activation = "softmax"
    """
    )
    assert [p.layer for p in network.layers] == [
        Standardize(use_mean=False),
        Scale(),
        Dense(units=2, activation="elu", alpha=2.0, skip=True, use_bias=False),
        Add(),
        Dropout(rate=0.25),
        Activation(activation="softmax"),
    ]
    weights = network.layers[2].parameters["weights"].entries
    assert weights is not None
    assert weights.tolist() == [[Fraction(1, 3), 0.1], ["c", -4.0]]
    assert network.layers[3].sources == ("wide", "layer2", "input")
    assert network.parameter_names() == ["s1_1", "s1_2", "k", "b2_1", "b2_2", "c"]
    assert (network.title, network.function) == ("a little of everything", "g")
    assert network.output_names.literal == ("p", "q")
    assert dumps(loads(dumps(network))) == dumps(network)


def test_layers_may_stand_in_any_order() -> None:
    network = loads(
        HEAD + dense('name = "last"', 'from = ["first"]', "units = 3") + dense(
            'name = "first"', 'from = ["input"]', "units = 2")
    )  # fmt: skip
    assert [p.name for p in network.layers] == ["first", "last"]


def test_what_a_spec_leaves_out() -> None:
    network = loads(HEAD + dense("units = 2"), source="folder/two.toml")
    assert network.title == "two"
    assert network.assumed == (
        'layer1 has no activation and is linear; to say so, write activation = "linear"'
    )
    many = loads(HEAD + dense("units = 2") * 5)
    assert many.assumed.startswith("5 layers have no activation and are linear;")


# -- what is written ----------------------------------------------------------------------------
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
ENTRIES = FLOATS | st.fractions() | st.integers(-(10**30), 10**30)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Networks of every kind of layer; entries in-line, of all kinds, or named by the notation."""
    count = draw(st.integers(1, 3))
    named = draw(st.booleans())
    layers: list[tuple[str, Layer, list[str], dict[str, Any]]] = []
    names, width = ["input"], count
    fresh = iter(range(1000))
    for number in range(1, draw(st.integers(1, 4)) + 1):
        layer: Layer = draw(
            st.builds(
                Dense,
                units=st.integers(1, 3),
                activation=st.sampled_from(["linear", "tanh", "sigmoid", "softmax"]),
                use_bias=st.booleans(),
            )
            | st.builds(Dense, units=st.just(width), skip=st.just(True))
            | st.builds(Scale, use_bias=st.booleans())
            | st.builds(Standardize, use_mean=st.booleans(), use_scale=st.booleans())
            | st.builds(Activation, activation=st.just("elu"), alpha=st.none() | FLOATS)
            | st.builds(Dropout, rate=st.floats(0, 1))
            | st.just(Concat())
        )
        sources = [names[-1]] * 2 if layer.reads[0] == 2 else names[-1:]
        shapes = [(width,)] * len(sources)
        parameters: dict[str, Any] = {}
        for key, shape in layer.parameters(*shapes).items():
            if draw(st.booleans()):
                names_here = st.just(None).map(lambda _: f"p_{next(fresh)}")
                entry = FLOATS if draw(st.booleans()) else ENTRIES | names_here
                flat = [draw(entry) for _ in range(int(np.prod(shape)))]
                array = np.empty(len(flat), dtype=object)
                array[:] = flat
                parameters[key] = array.reshape(shape).tolist()
        name = draw(st.sampled_from([f"layer{number}", f"block.{number}-x"]))
        layers.append((name, layer, sources, parameters))
        names.append(name)
        (width,) = layer.shape(*shapes)
    return Network.of(
        draw(st.text(st.characters(exclude_categories=["C", "Z"]), max_size=9)),
        [f"in{n}" for n in range(count)] if named else count,
        layers,
        [f"out{n}" for n in range(width)] if named else (),
        function="f" if named else "",
        latex_names={"in0": r"x_{\text{\"o}}"} if named else {},
    )


@pytest.mark.parametrize("format", ["toml", "json"])
@random_examples(150)
@given(network=networks(), seed=st.integers(0, 2**32 - 1))
def test_what_is_written_is_read_back(format: str, network: Network, seed: int) -> None:
    again = loads(dumps(network, format), format=format)
    for field in ("title", "inputs", "outputs", "function", "latex_names"):
        assert getattr(again, field) == getattr(network, field)
    for old, new in zip(network.layers, again.layers, strict=True):
        assert (old.name, old.layer, old.sources) == (new.name, new.layer, new.sources)
        for key, parameter in old.parameters.items():
            entries, read = parameter.entries, new.parameters[key].entries
            assert repr(entries) == repr(read)
    rng = np.random.default_rng(seed)
    values = {name: rng.normal() for name in network.parameter_names()}
    x = rng.normal(size=(5, len(network.input_names)))
    with np.errstate(all="ignore"):
        before, after = network(x, parameters=values), again(x, parameters=values)
    assert np.array_equal(before, after, equal_nan=True)


def test_bound_parameters_keep_only_the_latex_that_is_used() -> None:
    text = (EXAMPLES / "linear.toml").read_text(encoding="utf-8")
    named = text.replace("[[layers]]", '[latex]\nw_11 = "u"\nw_12 = "v"\n\n[[layers]]', 1)
    network = loads(named).with_parameters({"w_11": 0.1, "b": Fraction(1, 3)})
    again = loads(dumps(network))
    assert "w_11" not in again.latex_names and "w_12" in again.latex_names
    assert 'bias = ["1/3"]' in dumps(network)


def test_save(tmp_path: Path) -> None:
    network = parse("2-3tanh-1")
    save(network, tmp_path / "n.toml")
    assert dumps(load(tmp_path / "n.toml")) == dumps(network)
    assert [p.name for p in tmp_path.iterdir()] == ["n.toml"]
    with pytest.raises(OutputError, match=r"cannot write .*n.toml: No such file or directory"):
        save(network, tmp_path / "none" / "n.toml")


@pytest.mark.parametrize("name", ["n.json", "N.JSON", "n.b.json"])
def test_a_json_file_holds_json(name: str, tmp_path: Path) -> None:
    """It once held TOML, which nothing reads from there."""
    network = load(EXAMPLES / "sigmoid.toml").with_parameters({"b": Fraction(1, 3), "w_11": 0.1})
    save(network, tmp_path / name)
    said = json.loads((tmp_path / name).read_text(encoding="utf-8"))
    assert said == tomllib.loads(dumps(network))
    assert said["layers"][1]["bias"] == ["1/3"]
    assert dumps(load(tmp_path / name)) == dumps(network)


@pytest.mark.parametrize("name", ["n.yaml", "n.yml", "n.npz", "n", "n.toml.txt", ".json", "json"])
def test_a_file_of_another_format_is_refused(name: str, tmp_path: Path) -> None:
    message = f"{tmp_path / name}: a network is in a .toml or .json file; give one of these"
    with pytest.raises(SpecError) as refused:
        save(parse("1-2-1"), tmp_path / name)
    assert str(refused.value) == message
    assert list(tmp_path.iterdir()) == []
    (tmp_path / name).write_text(dumps(parse("1-2-1")))
    with pytest.raises(SpecError) as refused:
        load(tmp_path / name)
    assert str(refused.value) == message


# -- the schema ---------------------------------------------------------------------------------
def is_valid(text: str) -> bool:
    said = document(text, "toml", "")
    return bool(SPECS.is_valid(said))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.15", Fraction(3, 20)),
        ("-.5", Fraction(-1, 2)),
        ("+2.", Fraction(2)),
        ("1e-3", Fraction(1, 1000)),
        ("2.5E+2", Fraction(250)),
        ("0.1", Fraction(1, 10)),
        ("0.1000000000000000055511151231257827", Fraction("0.1000000000000000055511151231257827")),
        ("1/3", Fraction(1, 3)),
    ],
)
def test_a_number_in_quotes_is_exact(text: str, number: Fraction) -> None:
    spec = HEAD + dense(f'weights = [["{text}"]]', f'bias = ["{text}"]')
    assert is_valid(spec)
    for network in (loads(spec), loads(dumps(loads(spec)))):
        for parameter in network.layers[0].parameters.values():
            assert parameter.entries is not None
            (entry,) = parameter.entries.flat
            assert (type(entry), entry) == (Fraction, number)


def test_the_examples_fit_the_schema() -> None:
    for path in EXAMPLES.glob("*.toml"):
        SPECS.validate(document(path.read_text(), "toml", ""))


@random_examples(20)
@given(networks())
def test_what_is_written_fits_the_schema(network: Network) -> None:
    SPECS.validate(document(dumps(network), "toml", ""))
    assert json.loads(dumps(network, "json")) == tomllib.loads(dumps(network))


@pytest.mark.parametrize("name", ["my layer", "2nd", "a/b", "größe"])
def test_nothing_is_written_that_cannot_be_read_back(name: str, tmp_path: Path) -> None:
    network = Network.of("t", 1, [(name, Dense(units=1), ["input"], {})])
    with pytest.raises(SpecError, match=r"layer 1: name is .* it must be letters, digits"):
        save(network, tmp_path / "net.toml")
    network = Network.of("t", 1, [("a", Dense(units=1), ["input"], {})], latex_names={"x": "{"})
    with pytest.raises(
        SpecError, match=r'latex\.x is "{"; it must be letters.*; not allowed: braces'
    ):
        save(network, tmp_path / "net.toml")
    inputs = [Input.of(name, ["p"]), Input.of("b", 1)]
    network = Network.of("t", inputs, [("s", Add(), [name, "b"], {})])
    with pytest.raises(SpecError, match=r"input 1: '.*' is not a name: letters, digits"):
        save(network, tmp_path / "net.toml")
    assert not list(tmp_path.iterdir())


# -- what is refused ----------------------------------------------------------------------------
COUNT = "it must be a whole number from 1 to 1,000,000,000, as in units = 4"
NAME = "use letters, digits and underscores, starting with a letter, as in w_11"

BAD = [  # text, message; none of these fit the schema
    ("", "the version is missing; write netsym = 1 at the top"),
    (
        "netsym = 2",
        "netsym = 2 is not a version that can be read here; write netsym = 1",
    ),
    (
        "netsym = true",
        "netsym = true is not a version that can be read here; write netsym = 1",
    ),
    ("netsym = 1", 'inputs are missing; write inputs = ["x"], or how many there are, or for an '
     'array shape = [28, 28]'),
    (HEAD, "a network needs at least one layer; this one has none"),
    (HEAD + "layer = []", """the spec has an unknown key "layer"; did you mean 'layers'?"""),
    (
        HEAD + "layers = 3",
        "layers is 3; it must be a list of tables, "
        'as in layers = [{type = "dense", units = 2}]',
    ),
    (
        HEAD + '[layers]\ntype = "dense"',
        "layers is one table; write [[layers]], in two brackets, for each layer",
    ),
    (HEAD + dense('units = "two"'), f'layer 1 (dense): units is "two"; {COUNT}'),
    (HEAD + dense("units = 1.5"), f"layer 1 (dense): units is 1.5; {COUNT}"),
    (HEAD + dense("units = true"), f"layer 1 (dense): units is true; {COUNT}"),
    (HEAD + dense("units = 0"), f"layer 1 (dense): units is 0; {COUNT}"),
    (HEAD + dense("units = -3"), f"layer 1 (dense): units is -3; {COUNT}"),
    (HEAD + dense("units = 10_000_000_000"), f"layer 1 (dense): units is 10000000000; {COUNT}"),
    (HEAD + dense('name = "h"', "unit = 2"),
     """layer 1 (dense h) has an unknown key "unit"; did you mean 'units'?"""),
    (HEAD + dense("units = 2", "use_bias = false"),
     "layer 1 (dense) has an unknown key \"use_bias\"; did you mean 'bias'?"),
    (HEAD + dense("units = 2", 'activation = "sigmiod"'),
     "layer 1 (dense): unknown activation 'sigmiod'; did you mean 'sigmoid'?"),
    (HEAD + dense("units = 2", "activation = 1"),
     "layer 1 (dense): activation is 1; it must be text in quotes, "
     'as in activation = "linear"'),
    (HEAD + dense("units = 2", 'skip = "yes"'),
     'layer 1 (dense): skip is "yes"; it must be true or false, as in skip = true'),
    (HEAD + dense("units = 2", 'activation = "elu"', 'alpha = "1"'),
     'layer 1 (dense): alpha is "1"; it must be a finite number, as in alpha = 0.5'),
    (HEAD + dense("units = 2", 'name = "a b"'),
     'layer 1: name is "a b"; it must be letters, digits, _ . and -, starting with a letter, '
     'in quotes, as in name = "hidden"'),
    (HEAD + dense("units = 2", 'name = "input"'),
     "layer 1 is called 'input', the network's input; rename it"),
    (HEAD + dense("units = 2", 'from = "input"'),
     'layer 1 (dense): from is "input"; it must be a list of one or more names, '
     'as in from = ["input"]'),
    (HEAD + dense("units = 2", 'weights = "w"'),
     'layer 1 (dense): weights is "w"; it must be a list of numbers and names, '
     'as in weights = [["w_11"], ["w_12"]]'),
    (HEAD + dense("units = 2", "weights = false"),
     "layer 1 (dense): weights is false; it must be a list of numbers and names, "
     'as in weights = [["w_11"], ["w_12"]]'),
    (HEAD + dense("units = 2", "bias = 3"),
     "layer 1 (dense): bias is 3; it must be a list of numbers and names, "
     'or false to do without, as in bias = ["b_1"]'),
    (HEAD + dense("weights = [[true]]"),
     "layer 1 (dense): weights holds True; "
     'an entry is a number, a name, or an exact number or formula as text: "0.15", "1/3", "2*w"'),
    (HEAD + dense("weights = [[{a = 1}]]"),
     "layer 1 (dense): weights holds {'a': 1}; "
     'an entry is a number, a name, or an exact number or formula as text: "0.15", "1/3", "2*w"'),
    (HEAD + dense('weights = [["a b"]]'), f"'a b' is not a name: {NAME}"),
    (HEAD + dense('weights = [["a*b = c"]]'),
     "layer 1 (dense): weights: an entry is one formula, on one line and without a name\n"
     "  a*b = c\n      ^"),
    (HEAD + dense('weights = [["0,5"]]'),
     "layer 1 (dense): weights holds '0,5', which is not a number; write one like 0.15 or 1/3"),
    (HEAD + '[[layers]]\ntype = "dnse"',
     """layer 1: unknown type "dnse"; did you mean 'dense'?"""),
    (HEAD + '[[layers]]\ntype = ["dense"]',
     'layer 1: unknown type ["dense"]; netsym layers lists the types'),
    (HEAD + "[[layers]]\nunits = 2",
     'layer 1 has no type; write type = "dense" or another: netsym layers lists them'),
    (HEAD + dense("units = 1") + '[[layers]]\ntype = "add"\n',
     "layer layer2 (add) joins two or more values; "
     'say which in from = […]'),
    ("netsym = 1\ninputs = []\n" + dense("units = 1"),
     'inputs is []; it must be a list of one or more names, as in inputs = ["x"]'),
    ("netsym = 1\ninputs = 0\n" + dense("units = 1"),
     "inputs is 0; it must be a list of names or a whole number from 1 to 1,000,000,000, "
     'as in inputs = ["x"]'),
    ('netsym = 1\ninputs = ["x", "x"]\n' + dense("units = 1"),
     "the name 'x' is given 2 times; each names one thing"),
    ('netsym = 1\ninputs = ["λ"]\n' + dense("units = 1"), f"'λ' is not a name: {NAME}"),
    (HEAD + "outputs = []\n" + dense("units = 1"),
     'outputs is []; it must be a list of one or more names, as in outputs = ["y"]'),
    (HEAD + 'function = ""\n' + dense("units = 1"),
     'function is ""; it must be a name in quotes, as in function = "f"'),
    (HEAD + 'latex = "w"\n' + dense("units = 1"),
     'latex is "w"; it must be a table of names and their LaTeX, '
     'as in latex = {w_11 = "w_{11}"}'),
    (HEAD + "parameters = 3\n" + dense("units = 1"),
     "parameters is 3; it must name a .npz or .safetensors file, "
     'as in parameters = "weights.npz"'),
]  # fmt: skip
UNFIT = [  # these fit the schema, but not together
    (HEAD + dense('name = "h"', "units = 2", 'weights = [["a"], ["b"], ["c"]]'),
     "layer 1 (dense h): weights must have shape 2 x 1, but 3 x 1 was given"),
    (HEAD + dense('weights = [["a", "b"]]'),
     "layer 1 (dense): weights have 1 row of 2, the layer has 1 input: if this is inputs x units, "
     "as scikit-learn, Keras and R store it, transpose it; else write a weight for each input in "
     "every row"),
    (HEAD + dense('weights = [["a", "b"]]', "units = 2"),
     "layer 1 (dense): weights have 1 row of 2, the layer has 1 input and 2 units: this is "
     "inputs x units, as scikit-learn, Keras and R store it; transpose it"),
    (HEAD + dense('weights = [["a", "b"]]', 'bias = [["c"], ["d"]]'),
     "layer 1 (dense): weights have 1 row of 2, the layer has 1 input and 2 biases: this is "
     "inputs x units, as scikit-learn, Keras and R store it; transpose it"),
    (HEAD + dense("units = 2", 'bias = [["c"], ["d"]]'),
     "layer 1 (dense): bias must have shape 2, but 2 x 1 was given; this is a matrix of one "
     "column, write its entries as one list"),
    ('netsym = 1\nshape = [1, 3]\n[[layers]]\ntype = "conv1d"\nchannels = 2\nkernel = 1\n'
     'weights = [[["c", "d"]]]',
     "layer 1 (conv1d): weights must have shape 2 x 1 x 1, but 1 x 1 x 2 was given; its axes are "
     "in another order, transpose it"),
    (HEAD + dense('weights = [["a", "b"]]', 'bias = ["c", "d"]'),
     "layer 1 (dense): weights have 1 row of 2, the layer has 1 input and 2 biases: this is "
     "inputs x units, as scikit-learn, Keras and R store it; transpose it"),
    (HEAD + dense('weights = [["a"], ["b", "c"]]'),
     "layer 1 (dense): weights has rows of different lengths (1, 2); it must have shape 2 x 1"),
    (HEAD + dense("units = 2", 'bias = ["b"]'),
     "layer 1 (dense): bias must have shape 2, but 1 was given"),
    (HEAD + dense("weights = [[nan]]"),
     "layer 1 (dense): weights[0][0] is nan; every number must be finite"),
    (HEAD + dense('weights = [["w"], [-inf]]'),
     "layer 1 (dense): weights[1][0] is -inf; every number must be finite"),
    (HEAD + dense(f'weights = [["1{"0" * 350}"]]'),
     "layer 1 (dense): weights holds a number too long or too large: an exact number has at most "
     "400 digits above and below the line and is less than 1.8e308; write a shorter one"),
    (HEAD + dense('weights = [["1/0"]]'),
     "layer 1 (dense): weights holds '1/0', which is not a number; write one like 0.15 or 1/3"),
    (HEAD + dense('weights = [["x"]]'), "the name 'x' is given 2 times; each names one thing"),
    (HEAD + 'outputs = ["q"]\n' + dense('weights = [["q"]]'),
     "the name 'q' is given 2 times; each names one thing"),
    (HEAD + dense("units = 2") + dense('weights = [["b1_2", 1]]'),
     "the name 'b1_2' is also what the notation calls another value here; choose another, or give "
     "it in both places if it is one"),
    (HEAD + dense('weights = [["a1_1"]]'),
     "the name 'a1_1' is also what the notation calls another value here; choose another"),
    (HEAD + dense("units = 1", 'activation = "elu"', "alpha = inf"),
     "layer 1 (dense): alpha is Infinity; it must be a finite number, as in alpha = 0.5"),
    (HEAD + dense("units = 1", "alpha = 0.1"),
     "layer 1 (dense): linear has no alpha; only leaky_relu, elu, celu have one"),
    (HEAD + dense('activation = "tanh"'),
     "layer 1 (dense): units is missing; write units = … or weights = [[…], …]"),
    (HEAD + '[[layers]]\ntype = "reshape"\n',
     "layer 1 (reshape): to is missing; write to = …, as in the example of netsym layers reshape"),
    (HEAD + '[[layers]]\ntype = "encoder"\n',
     "layer 1 (encoder): heads is missing; write heads = …, as in the example of netsym layers "
     "encoder"),
    (HEAD + dense("units = 1", 'name = "a"') * 2,
     "two layers are called 'a'; give each its own name"),
    (HEAD + dense("units = 1", 'from = ["inptu"]'),
     "layer layer1 reads from 'inptu'; did you mean 'input'?"),
    (HEAD + dense("units = 1", 'from = ["layer3"]') + dense("units = 1") * 2,
     "the layers read from each other in a cycle: layer1 <- layer3 <- layer2 <- layer1; "
     "a network goes one way, from the input to the output"),
    (HEAD + dense("units = 1") + dense("units = 1", 'from = ["input"]'),
     "nothing reads from layer1 and layer2, but a network has one output unless its outputs are "
     "named; read from all but one of them, join them in a concat layer, or name the outputs: "
     '[[outputs]] name = "y", from = "layer1"'),
    ('netsym = 1\ninputs = ["sigmoid"]\n' + dense("units = 1"),
     "'sigmoid' is a function or a word of Python; choose another name"),
    (HEAD + 'outputs = ["p", "q"]\n' + dense("units = 1"),
     "2 output names for 1 output; give one each"),
    (HEAD + 'function = "x"\n' + dense("units = 1"),
     "the name 'x' is given 2 times; each names one thing"),
    (HEAD + 'title = "a\\u001b[1m"\n' + dense("units = 1"),
     'title is "a\\u001b[1m"; it must be one line of text in quotes, without control '
     'characters, as in title = "…"'),
    (HEAD + 'latex = {w_111 = "w"}\n' + dense('weights = [["w_11"]]'),
     "latex names 'w_111', which the network does not have; did you mean 'w_11'?"),
    (HEAD + 'parameters = "w.npz"\n' + dense("units = 1"),
     "parameters = 'w.npz' needs a folder to lie in, which a spec that is piped in does not "
     "have; give the spec as a file, or the parameters in-line"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), BAD + UNFIT)
def test_refusals(text: str, message: str) -> None:
    assert refusal(text) == message


@pytest.mark.parametrize("text", [text for text, _ in BAD])
def test_the_schema_refuses_too(text: str) -> None:
    assert not is_valid(text)


def test_a_long_way_round_is_shown_in_short() -> None:
    layers = "".join(dense("units = 1", f'from = ["layer{n % 500 + 1}"]') for n in range(1, 501))
    assert (
        "layer1 <- layer2 <- layer3 <- layer4 <- layer5 <- layer6 <- … <- layer500 <- layer1"
        in (refusal(HEAD + layers))
    )


def test_many_layers_are_read_in_time() -> None:
    count = many(20_000, 5_000)
    layers = [{"type": "dense", "units": 1, "from": [f"layer{n + 1}"]} for n in range(1, count)]
    layers.append({"type": "dense", "units": 1, "from": ["input"]})
    text = json.dumps({"netsym": 1, "inputs": 1, "layers": layers})
    assert loads(text, format="json").layers[0].name == f"layer{count}"


# -- syntax -------------------------------------------------------------------------------------
TOML_HINT = 'in TOML, text has quotes ("sigmoid"), lists have commas ([1, 2]), a key is given once'
JSON_HINT = "JSON has double quotes, no comments, and no comma after a last entry"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "netsym = 1\r\n\tactivation = sigmoid\r\n",
            "line 2, column 15: Invalid value\n"
            "   activation = sigmoid\n"
            "                ^\n" + TOML_HINT,
        ),
        (
            "a = 1\na = 2",
            f"line 2, column 6: Cannot overwrite a value\n  a = 2\n       ^\n{TOML_HINT}",
        ),
        (
            "a = [1, 2",
            f"line 1, column 10: Unclosed array\n  a = [1, 2\n           ^\n{TOML_HINT}",
        ),
        (
            "\x1b[1m = 3",
            f"line 1, column 1: Invalid statement\n   [1m = 3\n  ^\n{TOML_HINT}",
        ),
    ],
)
def test_toml_mistakes_show_the_line(text: str, message: str) -> None:
    assert refusal(text) == f"net.toml, {message}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '{"netsym": 1,\n "inputs": [1,?]}',
            f', line 2, column 15: Expecting value\n   "inputs": [1,?]}}\n{" " * 16}^\n{JSON_HINT}',
        ),
        ("", f", line 1, column 1: Expecting value\n  \n  ^\n{JSON_HINT}"),
        ("[1]", " holds no keys; a network in JSON is one object { … }"),
        ('{"a": {"k": 1, "k": 2}}', ": the key 'k' is given twice; keep one of them"),
        ('{"a": 1' + "0" * 5000 + "}", ": a whole number in it is too long to read"),
    ],
)
def test_json_mistakes(text: str, message: str) -> None:
    given = refusal(text, format="json")
    assert given.removeprefix("net.toml") == message.removeprefix(": ")


def test_json_may_not_hold_nan() -> None:
    layer = '{"type": "dense", "weights": [[%s]]}'
    for number, shown in (("NaN", "nan"), ("-Infinity", "-inf"), ("1e999", "inf")):
        text = '{"netsym": 1, "inputs": 1, "layers": [' + layer % number + "]}"
        assert refusal(text, format="json") == (
            f"layer 1 (dense): weights[0][0] is {shown}; every number must be finite"
        )


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ("a = " + "[" * 20 + "]" * 20, "toml"),
        ("a = " + "[" * 100_000, "toml"),
        ("a." * 5000 + "b = 1", "toml"),
        ("[" * 100_000, "json"),
        ('{"a":' * 20 + "1" + "}" * 20, "json"),
    ],
)
def test_deep_nesting_is_refused(text: str, format: Any) -> None:
    assert refusal(text, format=format) == (
        "net.toml is nested more than 16 levels deep; a network needs no more than 4"
    )


def test_a_huge_number_is_refused() -> None:
    assert "units is a very long number; it must be" in refusal(
        HEAD + dense("units = 0x" + "f" * 9000)
    )


# -- files --------------------------------------------------------------------------------------
def load_refusal(path: str | Path) -> str:
    with pytest.raises(SpecError) as caught:
        load(path)
    return str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder.toml").mkdir()
    Path("bytes.toml").write_bytes(b'netsym = 1\ntitle = "\xff"')
    Path("zero.toml").write_bytes(b"PK\0\0")
    Path("big.toml").write_text("netsym = 1")
    os.truncate("big.toml", 2**40)
    os.mkfifo("pipe.toml")
    assert load_refusal("none.toml") == (
        "there is no file none.toml; check the path and its spelling"
    )
    assert load_refusal("folder.toml") == ("folder.toml is a folder; give the path of a file in it")
    assert load_refusal(".") == ". is a folder; give the path of a file in it"
    assert load_refusal("net.yaml") == (
        "net.yaml: a network is in a .toml or .json file; give one of these"
    )
    assert load_refusal("bytes.toml") == (
        "bytes.toml, line 2, column 10: byte 0xff is not UTF-8; save it as UTF-8"
    )
    assert load_refusal("zero.toml") == "zero.toml is not text; save it as UTF-8"
    assert load_refusal("big.toml") == (
        "big.toml has 1,099,511,627,776 bytes; at most 67,108,864 are read"
    )
    assert load_refusal("pipe.toml") == (
        "pipe.toml is not a regular file; copy its content into one"
    )
    assert "cannot be read" in load_refusal("a\0b.toml")


def test_long_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_TEXT", 100)
    assert refusal("#" * 101) == "net.toml has 101 characters; at most 100 are read"
