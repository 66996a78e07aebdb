"""Networks in TOML and JSON files: what is read, what is written, and what is refused."""

from __future__ import annotations

import io
import json
import os
import struct
import zipfile
from collections.abc import Callable
from fractions import Fraction
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

import netsym.readers.files as reading
from netsym.errors import OutputError, SpecError
from netsym.layers import Layer
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation, Dropout, Scale, Standardize
from netsym.layers.merge import Add, Concat
from netsym.network import Network
from netsym.readers import parameters_file
from netsym.readers.files import dumps, load, loads, save
from netsym.readers.schema import schema
from netsym.readers.shorthand import parse
from netsym.readers.syntax import document

EXAMPLES = Path(__file__).parents[2] / "examples" / "forum"
HEAD = 'netsym = 1\ninputs = ["x"]\n'
TWO_LAYERS = '[[layers]]\ntype = "dense"\nname = "hidden"\n[[layers]]\ntype = "dense"\n'


def refusal(text: str, **more: Any) -> str:
    with pytest.raises(SpecError) as caught:
        loads(text, source="net.toml", **more)
    assert caught.value.exit_code == 2
    return str(caught.value).removeprefix("net.toml: ")


def dense(*lines: str) -> str:
    return "\n".join(['[[layers]]\ntype = "dense"', *lines, ""])


# -- what is read -------------------------------------------------------------------------------
def sigmoid(z: float) -> float:
    return 1 / (1 + np.exp(-z))


def test_the_networks_of_the_thread() -> None:
    p = dict(w_11=0.5, w_12=-1.5, b_11=0.25, b_12=2.0, w_21=3.0, w_22=-0.75, b=0.125)
    x = 0.7
    z1, z2 = p["w_11"] * x + p["b_11"], p["w_12"] * x + p["b_12"]
    top = lambda a1, a2: p["w_21"] * a1 + p["w_22"] * a2 + p["b"]  # noqa: E731
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
        assert network.latex_names["w_11"] == "w_{11}"


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
        latex = {u = "u_0", s2_1 = '\\sigma'}
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
    """.replace("s2_1", "s1_1")
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
    assert network.outputs.literal == ("p", "q")
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
        sources = [names[-1]] * 2 if layer.joins else names[-1:]
        widths = [width] * len(sources)
        parameters: dict[str, Any] = {}
        for key, shape in layer.parameters(*widths).items():
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
        width = layer.width(*widths)
    return Network.of(
        draw(st.text(st.characters(exclude_categories=["C", "Z"]), max_size=9)),
        [f"in{n}" for n in range(count)] if named else count,
        layers,
        [f"out{n}" for n in range(width)] if named else (),
        function="f" if named else "",
        latex_names={"in0": r"x_{\text{\"o}}"} if named else {},
    )


@settings(max_examples=150, deadline=None)
@given(networks(), st.integers(0, 2**32 - 1))
def test_what_is_written_is_read_back(network: Network, seed: int) -> None:
    again = loads(dumps(network))
    for field in ("title", "inputs", "outputs", "function", "latex_names"):
        assert getattr(again, field) == getattr(network, field)
    for old, new in zip(network.layers, again.layers, strict=True):
        assert (old.name, old.layer, old.sources) == (new.name, new.layer, new.sources)
        for key, parameter in old.parameters.items():
            entries, read = parameter.entries, new.parameters[key].entries
            assert repr(entries) == repr(read)
    rng = np.random.default_rng(seed)
    values = {name: rng.normal() for name in network.parameter_names()}
    x = rng.normal(size=(5, len(network.inputs)))
    with np.errstate(all="ignore"):
        before, after = network(x, parameters=values), again(x, parameters=values)
    assert np.array_equal(before, after, equal_nan=True)


def test_bound_parameters_keep_only_the_latex_that_is_used() -> None:
    network = load(EXAMPLES / "linear.toml").with_parameters({"w_11": 0.1, "b": Fraction(1, 3)})
    again = loads(dumps(network))
    assert "w_11" not in again.latex_names and "w_12" in again.latex_names
    assert 'bias = ["1/3"]' in dumps(network)


def test_save(tmp_path: Path) -> None:
    network = parse("2-3tanh-1")
    save(network, tmp_path / "n.toml")
    assert dumps(load(tmp_path / "n.toml")) == dumps(network)
    assert [p.name for p in tmp_path.iterdir()] == ["n.toml"]
    with pytest.raises(OutputError, match="cannot write .*: No such file or directory"):
        save(network, tmp_path / "none" / "n.toml")


# -- the schema ---------------------------------------------------------------------------------
def test_the_published_schema_is_the_generated_one() -> None:
    text = files("netsym.readers").joinpath("network.schema.json").read_text(encoding="utf-8")
    assert json.loads(text) == schema(), "run python -m netsym.readers.schema > …"
    jsonschema.Draft202012Validator.check_schema(schema())


def is_valid(text: str) -> bool:
    said = document(text, "toml", "")
    return bool(jsonschema.Draft202012Validator(schema()).is_valid(said))


def test_the_examples_fit_the_schema() -> None:
    for path in EXAMPLES.glob("*.toml"):
        jsonschema.validate(document(path.read_text(), "toml", ""), schema())


@settings(max_examples=30, deadline=None)
@given(networks())
def test_what_is_written_fits_the_schema(network: Network) -> None:
    jsonschema.validate(document(dumps(network), "toml", ""), schema())


# -- what is refused ----------------------------------------------------------------------------
COUNT = "it must be a whole number from 1 to 1,000,000,000, as in units = 4"
NAME = "use letters, digits and underscores, starting with a letter, as in w_11"
KINDS = "dense, activation, scale, standardize, add, concat, dropout"
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
    ("netsym = 1", 'inputs are missing; write inputs = ["x"], or how many there are'),
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
     'an entry is a number, a name, or a fraction as text: "1/3"'),
    (HEAD + dense("weights = [[{a = 1}]]"),
     "layer 1 (dense): weights holds {'a': 1}; "
     'an entry is a number, a name, or a fraction as text: "1/3"'),
    (HEAD + dense('weights = [["a-b"]]'), f"'a-b' is not a name: {NAME}"),
    (HEAD + dense('weights = [["0.5"]]'),
     "layer 1 (dense): weights holds '0.5', which is not a fraction like 1/3"),
    (HEAD + '[[layers]]\ntype = "dnse"',
     """layer 1: unknown type "dnse"; did you mean 'dense'?"""),
    (HEAD + '[[layers]]\ntype = ["dense"]',
     f'layer 1: unknown type ["dense"]; choose from {KINDS}'),
    (HEAD + "[[layers]]\nunits = 2",
     f'layer 1 has no type; write type = "dense", or another of {KINDS}'),
    (HEAD + dense("units = 1") + '[[layers]]\ntype = "add"\n',
     "layer layer2 (add) joins two or more values; "
     'say which, as in from = ["input", "layer1"]'),
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
     "layer 1 (dense): weights must have shape 1 x 1, but 1 x 2 was given"),
    (HEAD + dense('weights = [["a"], ["b", "c"]]'),
     "layer 1 (dense): weights has rows of different lengths (1, 2); it must have shape 2 x 1"),
    (HEAD + dense("units = 2", 'bias = ["b"]'),
     "layer 1 (dense): bias must have shape 2, but 1 was given"),
    (HEAD + dense("weights = [[nan]]"),
     "layer 1 (dense): weights[0][0] is nan; every number must be finite"),
    (HEAD + dense('weights = [["w"], [-inf]]'),
     "layer 1 (dense): weights[1][0] is -inf; every number must be finite"),
    (HEAD + dense(f'weights = [["1{"0" * 350}"]]'),
     "layer 1 (dense): weights holds a number of 351 digits; an exact number has at most 400 "
     "and is below 1.8e308; write a shorter one"),
    (HEAD + dense('weights = [["1/0"]]'),
     "layer 1 (dense): weights holds '1/0', which is not a fraction like 1/3"),
    (HEAD + dense('weights = [["a"], ["a"]]'),
     "the name 'a' is given 2 times; each names one thing"),
    (HEAD + dense('weights = [["a1_1"]]'),
     "the name 'a1_1' is also what the notation calls another value here; choose another"),
    (HEAD + dense("units = 1", 'activation = "elu"', "alpha = inf"),
     "layer 1 (dense): alpha is Infinity; it must be a finite number, as in alpha = 0.5"),
    (HEAD + dense("units = 1", "alpha = 0.1"),
     "layer 1 (dense): linear has no alpha; only leaky_relu and elu have one"),
    (HEAD + dense('activation = "tanh"'),
     "layer 1 (dense): units is missing; write units = … or weights = [[…], …]"),
    (HEAD + dense("units = 1", 'name = "a"') * 2,
     "two layers are called 'a'; give each its own name"),
    (HEAD + dense("units = 1", 'from = ["inptu"]'),
     "layer layer1 reads from 'inptu'; did you mean 'input'?"),
    (HEAD + dense("units = 1", 'from = ["layer3"]') + dense("units = 1") * 2,
     "the layers read from each other in a cycle: layer1 <- layer3 <- layer2 <- layer1; "
     "a network goes one way, from the input to the output"),
    (HEAD + dense("units = 1") + dense("units = 1", 'from = ["input"]'),
     "nothing reads from layer1 and layer2, but a network has one output; "
     "read from all but one of them, or join them in a concat layer"),
    ('netsym = 1\ninputs = ["sigmoid"]\n' + dense("units = 1"),
     "'sigmoid' is a function or a word of Python; choose another name"),
    (HEAD + 'outputs = ["p", "q"]\n' + dense("units = 1"),
     "2 output names for 1 outputs; give one each"),
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
    layers = [{"type": "dense", "units": 1, "from": [f"layer{n + 1}"]} for n in range(1, 20_000)]
    layers.append({"type": "dense", "units": 1, "from": ["input"]})
    text = json.dumps({"netsym": 1, "inputs": 1, "layers": layers})
    assert loads(text, format="json").layers[0].name == "layer20000"


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
            '{"netsym": 1,\n "inputs": [1,]}',
            f', line 2, column 15: Expecting value\n   "inputs": [1,]}}\n{" " * 16}^\n{JSON_HINT}',
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
        "net.yaml: a network is read from a .toml or .json file; convert or rename"
    )
    assert load_refusal("bytes.toml") == (
        "bytes.toml, line 2: byte 0xff is not UTF-8; save the file as UTF-8"
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
    monkeypatch.setattr(reading, "_MOST_BYTES", 100)
    assert refusal("#" * 101) == "net.toml has 101 characters; at most 100 are read"


# -- parameter files ----------------------------------------------------------------------------
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
    network = load(beside(tmp_path, "w.npz", text.replace("layers", "layers")).rename(
        tmp_path / "n.toml")) if False else None  # fmt: skip
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
            "layer 1 (dense hidden): bias must have shape 2, but 2 x 1 was given",
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
            npy(header("(1, " * 1 + "1, " * 40 + ")"), b"\0" * 8),
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
        (safetensors(b"{no json", b""), "its header is not JSON; it is not a sound .safetensors file"),
        (safetensors(b"[" * 10**5, b""), "its header is not JSON; it is not a sound .safetensors file"),
        (safetensors([], b""), "its header is not a JSON object; it is not a sound .safetensors file"),
        (safetensors(b'{"a": 1, "a": 2}', b""),
         "its header gives a name twice; it is not a sound .safetensors file"),
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


@settings(max_examples=200, deadline=None)
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
