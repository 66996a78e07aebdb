"""The table of functions: a row is all that is needed, and what it says of itself is so."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import sympy

import netsym
from netsym.files.files import loads
from netsym.files.formats import document
from netsym.files.schema import schema
from netsym.graph.function import Function
from netsym.graph.functions import ACTIVATIONS, FUNCTIONS
from netsym.graph.names import is_reserved
from netsym.typed.vocabulary import function_of
from tests.cli.running import run
from tests.verdicts import SAME

SPECS = jsonschema.Draft202012Validator(schema())

#: Barron, Squareplus, 2021; and the soft threshold of sparse coding, which is linear in pieces.
SQUAREPLUS = Function(
    name="squareplus", aliases=("sqplus",), latex=r"\operatorname{squareplus}", activation=True,
    numpy=lambda z: (z + np.sqrt(z * z + 4.0)) / 2.0, python="sqrt",
    prelude="def squareplus(z):\n    return (z + sqrt(z*z + 4))/2\n",
    expansion=lambda ops, z: ops.divide(
        ops.add(z, ops.call("sqrt", ops.add(ops.power(z, 2), ops.constant(4)))), ops.constant(2)),
    derivative=lambda ops, _, z: (ops.divide(ops.add(ops.constant(1), ops.divide(
        z, ops.call("sqrt", ops.add(ops.power(z, 2), ops.constant(4))))), ops.constant(2)),),
)  # fmt: skip
SHRINK = Function(
    name="soft_shrink", latex=r"\operatorname{softshrink}", activation=True, parity=-1,
    numpy=lambda z: z - np.clip(z, -1.0, 1.0),
    prelude="def soft_shrink(z):\n    return z - max(-1.0, min(1.0, z))\n",
    expansion=lambda ops, z: ops.add(z, ops.negate(ops.call(
        "max", ops.constant(-1), ops.call("min", ops.constant(1), z)))),
    derivative=lambda ops, _, z: (ops.add(
        ops.call("heaviside", ops.add(z, ops.constant(-1))),
        ops.call("heaviside", ops.add(ops.constant(-1), ops.negate(z)))),),
)  # fmt: skip


@pytest.fixture(params=[SQUAREPLUS, SHRINK], ids=lambda row: row.name)
def row(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Function]:
    """A new row, in the table until the test ends."""
    for part in ("_words", "needed"):
        monkeypatch.setattr(FUNCTIONS, part, copy.copy(getattr(FUNCTIONS, part)))
    FUNCTIONS.add(request.param)
    yield request.param
    del FUNCTIONS[request.param.name]


def test_an_activation_is_one_row(
    row: Function, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Every verb, every language and every reading has it, and nothing else was told."""
    at = {"w1_1_1": 1.5, "w1_2_1": -0.7, "b1_1": 0.2, "b1_2": 1.0, "w2_1_1": 2.0, "w2_1_2": -1.0,
          "b2_1": 0.5}  # fmt: skip
    network = netsym.parse(f"1-2{row.name.upper()}-1")
    x = np.linspace(-4, 4, 33) + 0.01  # no kink
    hidden = [row.numpy(1.5 * x + 0.2), row.numpy(-0.7 * x + 1.0)]
    wanted = 2.0 * hidden[0] - hidden[1] + 0.5
    np.testing.assert_allclose(network(x, parameters=at), wanted, rtol=1e-13)
    formula, elementary = network.inlined, network.formula("inlined", expand=True)
    for form in (formula, elementary, network.layered):
        np.testing.assert_allclose(form(x, parameters=at), wanted, rtol=1e-12)
    for text in (formula.text(), formula.latex(), elementary.text(), elementary.latex()):
        assert netsym.compare(network, text).verdict in ("structural", "identical")
    assert netsym.compare(network, "1-2tanh-1").verdict == "different"
    assert run(capfd, "check", f"1-1:{row.name}", f"y = {row.name}(w1_1_1*x + b1_1)").code == 0
    ran = run(capfd, "check", f"1-1:{row.name}", "y = w1_1_1*x + b1_1")
    assert f"without the {row.name} on the output layer" in ran.out
    code: dict[str, Any] = {}
    exec(formula.python(), code)
    assert [code["f"](v, **at) for v in x] == pytest.approx(wanted.tolist(), rel=1e-12)
    again = netsym.from_sympy(formula.sympy(), inputs=["x"])
    assert netsym.compare(again, network).verdict == "identical"
    slopes = formula.gradient("inputs")(x, parameters=at)
    expanded = elementary.gradient("inputs")(x, parameters=at)
    np.testing.assert_allclose(slopes, expanded, rtol=1e-12, atol=1e-14)
    assert network.size.forms["layered"].operations[row.name] == 2
    for verb in ("show", "inline", "size", "grad", "simplify", "compare"):
        assert run(capfd, verb, f"1-2{row.name}-1").code == 0
    saved = tmp_path / "network.json"
    netsym.save(network.with_parameters(at), saved)
    jsonschema.Draft202012Validator(schema()).validate(json.loads(saved.read_text()))
    np.testing.assert_allclose(netsym.load(saved)(x), wanted, rtol=1e-13)
    ran = run(capfd, "regions", saved, "--at", "0.5")
    assert ran.code == (0 if row.piecewise else 2)
    if row.piecewise:
        pieces = netsym.regions(netsym.load(saved)).sympy()
        (symbol,) = pieces.free_symbols
        found = [float(pieces.subs(symbol, sympy.Float(value, 30))) for value in x]
        np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-14)
        assert f"{row.name}: " in ran.out
    assert is_reserved(row.name)


def test_a_spelling_belongs_to_one_row() -> None:
    with pytest.raises(ValueError, match="'swish' is a spelling of silu"):
        FUNCTIONS.add(Function(name="own", aliases=("swish",), latex="", numpy=np.abs))
    assert "own" not in FUNCTIONS


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("swish", "silu"), ("logistic", "sigmoid"), ("tansig", "tanh"), ("logsig", "sigmoid"),
        ("purelin", "linear"), ("poslin", "relu"), ("radbas", "gaussian"), ("satlins", "hard_tanh"),
        ("identity", "linear"), ("ReLU", "relu"), ("Tanh", "tanh"), ("hardlim", "step"),
        ("HardTanh", "hard_tanh"), ("ReLU6", "relu6"), ("SELU", "selu"), ("Mish", "mish"),
        ("Satlin", "satlin"), ("expit", "sigmoid"), ("hardswish", "hard_swish"),
    ],
)  # fmt: skip
def test_words_that_people_type(word: str, name: str) -> None:
    """In the shorthand, in specs, and in formulas before a parenthesis."""
    assert ACTIVATIONS.meant(word) == name
    wanted = netsym.parse(f"1-2{name}-1").inlined.text()
    spec = f'netsym = 1\ninputs = 1\n[[layers]]\ntype = "dense"\nunits = 2\nactivation = "{word}"\n'
    SPECS.validate(document(spec, "toml", ""))
    assert netsym.parse(f"1-2{word}-1").inlined.text() == wanted
    assert (
        netsym.parse(f"1-2-1:{word}").inlined.text() == netsym.parse(f"1-2-1:{name}").inlined.text()
    )
    assert loads(spec).layers[0].layer.activation == name
    typed = netsym.compare(netsym.parse(f"1-1:{name}"), f"{word}(w1_1_1*x + b1_1)")
    assert typed.verdict in ("structural", "identical")


def test_clip_is_typed_with_its_ends() -> None:
    for name, low, high in (("satlin", 0, 1), ("relu6", 0, 6), ("hard_tanh", -1, 1)):
        assert netsym.compare(f"{name}(x)", f"clip(x, {low}, {high})").verdict in SAME
    assert netsym.compare("clip(x, 0, 1)", "clip(x, 0, 2)").verdict == "different"
    with pytest.raises(netsym.SpecError, match="clip takes z, low and high, not 2"):
        netsym.compare("clip(x, 0)", "x")


def test_the_step_of_a_layer_is_1_at_0_and_that_of_derivatives_is_0() -> None:
    at = {"w1_1_1": 1.0, "b1_1": 0.0}
    assert netsym.parse("1-1:step")(0.0, parameters=at) == 1.0
    assert netsym.parse("1-1:relu").inlined.gradient("inputs")(0.0, parameters=at) == 0.0
    assert netsym.compare("step(x)", "1 - heaviside(-x)").verdict == "identical"
    assert netsym.compare("step(x)", "heaviside(x)").verdict == "different"


# -- what a row says of itself --------------------------------------------------------------------
SCALAR = [name for name, row in FUNCTIONS.items() if row.arity == 1 and not row.vector]


@pytest.mark.parametrize("name", SCALAR)
def test_parity_is_as_the_row_says(name: str) -> None:
    row = FUNCTIONS[name]
    z = np.concatenate([np.geomspace(1e-3, 0.9, 12), [1.5, 2.0, 7.0]])
    with np.errstate(invalid="ignore"):
        one, other = row.numpy(z), row.numpy(-z)
    found = 1 if (one == other).all() else -1 if (one == -other).all() else 0
    assert row.parity == found


@pytest.mark.parametrize("name", [n for n in SCALAR if n in ACTIVATIONS and FUNCTIONS[n].expansion])
def test_what_follows_from_an_expansion_is_what_it_writes(name: str) -> None:
    """The text, counted; and pieces, by differences of the third order."""
    row = FUNCTIONS[name]
    text = netsym.parse(f"1-1:{name}").formula("inlined", expand=True).text(ascii=True)
    assert row.repeats == (text.count("b1_1") > 1)
    if row.piecewise:
        z = np.arange(-8, 8, 1 / 16)
        bends = np.abs(np.diff(row.numpy(z), 2)) > 1e-12
        assert 0 < bends.sum() <= 4


@pytest.mark.parametrize("name", [name for name in SCALAR if name in ACTIVATIONS])
def test_whether_a_derivative_is_of_the_operand_is_what_it_writes(name: str) -> None:
    text = netsym.parse(f"1-1:{name}").layered.gradient("w1_1_1").text(ascii=True)
    assert FUNCTIONS[name].of_operand == ("z1_1" in text)


def test_every_word_means_what_it_is_listed_for() -> None:
    words = list(chain.from_iterable(row.words() for row in FUNCTIONS.values()))
    assert len(set(words)) == len(words) and all(word == word.lower() for word in words)
    assert {function_of(word) for word in words} == set(FUNCTIONS)
