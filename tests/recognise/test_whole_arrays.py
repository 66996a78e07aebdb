"""Formulas of whole arrays as people type them, against networks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import netsym
from netsym.errors import SpecError
from netsym.recognise.whole_arrays import ArrayCheck
from tests.array_text import evaluate
from tests.cli.test_cli import run

NET = "9-5relu-2"

#: `W2 relu(W1 x + b1) + b2` as it is typed, written and copied.
SPELLED = [
    "W2·relu(W1 x + b1) + b2",
    "y = W2 * relu(W1 * x + b1) + b2",
    "W2 @ relu(W1 @ x + b1) + b2",
    "W2 @ torch.relu(W1 @ x + b1) + b2",
    "np.dot(W2, relu(np.dot(W1, x) + b1)) + b2",
    "Z1 = np.dot(W1, X) + b1\nA1 = np.maximum(0, Z1)\nZ2 = np.dot(W2, A1) + b2",
    "W2.dot(relu(W1.dot(x) + b1)) + b2",
    "tf.matmul(W2, tf.nn.relu(torch.mv(W1, x) + b1)) + b2",
    "W2 max(0, W1 x + b1) + b2",
    "W² relu(W¹x + b¹) + b²",
    "ŷ = W₂·relu(W₁·x + b₁) + b₂",
    "W_2*relu(W_1*x + b_1) + b_2",
    "W^(2) relu(W^(1) x + b^(1)) + b^(2)",
    "W^[2] relu(W^[1] x + b^[1]) + b^[2]",
    "W2(relu(W1x + b1)) + b2",
    "h = relu(W1 x + b1)\ny = W2 h + b2",
    "h1 = W1 x + b1; a1 = relu(h1); y = W2 a1 + b2",
    "b2 + W2 relu(b1 + W1 x)",
    "W2 relu((W1')' x + b1) + b2",
    r"\mathbf{W}_2 \operatorname{ReLU}(\mathbf{W}_1 \mathbf{x} + \mathbf{b}_1) + \mathbf{b}_2",
    r"W^{[2]}\,\mathrm{relu}\left(W^{[1]} x + b^{[1]}\right) + b^{[2]}",
    r"\hat{y} = W^{(2)} \max\bigl(0, W^{(1)} x + b^{(1)}\bigr) + b^{(2)}",
]


def checked(spec: str, text: str) -> ArrayCheck:
    found = netsym.check(spec, text)
    assert isinstance(found, ArrayCheck)
    return found


@pytest.mark.parametrize("text", SPELLED)
def test_what_people_type_is_the_network(text: str) -> None:
    found = checked(NET, text)
    assert (found.verdict, found.exit_code, found.mistakes) == ("structural", 0, ())
    assert [(each.array, each.shape, each.transposed) for each in found.letters] == [
        ("W1", (5, 9), False), ("b1", (5,), False), ("W2", (2, 5), False), ("b2", (2,), False)
    ]  # fmt: skip


def test_the_answer_is_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    said = run(capfd, "check", "784-128relu-10", SPELLED[0])
    assert said.code == 0 and said.out == (
        "equal, with W1 = W¹ (128 × 784), b1 = b¹ (128), W2 = W² (10 × 128), b2 = b² (10)\n"
    )
    wrong = run(capfd, "check", NET, "W2 relu(x W1 + b1) + b2")
    assert wrong.code == 1
    assert wrong.out.splitlines()[0].startswith("different: W1 stands right of what it multiplies")
    useless = run(capfd, "check", NET, SPELLED[0], "--tolerance", "0.1")
    assert useless.code == 2 and "--tolerance changes nothing for a formula of" in useless.err
    assert checked(NET, "W2' relu(W1' x + b1) + b2").report(ascii=True).isascii()
    assert checked(NET, "W relu(W x + b) + c").report(ascii=True).isascii()


@pytest.mark.parametrize(
    ("text", "turned"),
    [
        ("relu(x W1 + b1) W2 + b2", True),
        ("relu(x' W1 + b1) W2 + b2", True),
        ("relu(x @ W1 + b1) @ W2 + b2", True),
        ("np.dot(relu(np.dot(x, W1) + b1), W2) + b2", True),
        ("relu(x.dot(W1.T) + b1).dot(W2.T) + b2", False),
        ("relu(x @ W1.T + b1) @ W2.T + b2", False),
        ("W2' relu(W1' x + b1) + b2", True),
        (r"W_2^{\top} \operatorname{ReLU}(W_1^T x + b_1) + b_2", True),
    ],
)
def test_rows_and_transposes_are_said(text: str, turned: bool) -> None:
    found = checked(NET, text)
    assert found.equal
    shapes = [each.shape for each in found.letters if len(each.shape) > 1]
    assert shapes == ([(9, 5), (5, 2)] if turned else [(5, 9), (2, 5)])
    assert ("= (W¹)ᵀ (9 × 5)" in str(found).replace("\n  ", " ")) == turned


#: What is wrong, and what is said first.
WRONG = [
    ("W2 relu(W1 x + b1)", "no bias in the output layer"),
    ("W2 relu(W1 x) + b2", "no bias in layer 1"),
    ("W2 relu(W1 x + b1 + c1) + b2", "b1 and c1 in layer 1, where the network has one bias"),
    ("W2 (W1 x + b1) + b2", "no relu on layer 1"),
    ("W2 tanh(W1 x + b1) + b2", "tanh on layer 1, where the network has relu"),
    ("softmax(W2 relu(W1 x + b1) + b2)",
     "softmax on the output layer, where the network has no activation"),
    ("relu(W1 x + b1)", "your formula has 1 layer, the network has 2"),
    ("W3 relu(W2 relu(W1 x + b1) + b2) + b3", "your formula has 3 layers, the network has 2"),
    ("W2 (relu(W1 x + b1) + x) + b2", "layer 1 adds what it reads in your formula"),
    ("W2 relu(x W1 + b1) + b2", "W1 stands right of what it multiplies in layer 1, and W2 left"),
    ("W2 relu(W1' x + b1) + b2", "in layer 1 this is equal only where W1 = (W¹)ᵀ (9 × 5)"),
    ("W1 relu(W2 x + b2) + b1", "W2 stands where W¹ belongs"),
    ("W2 relu(W1 x + b2) + b1", "b2 stands where b¹ belongs"),
    ("W relu(W x + b) + c", "W stands for W¹ and for W², which are two arrays"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), WRONG, ids=[row[0] for row in WRONG])
def test_mistakes_are_named(text: str, said: str) -> None:
    found = checked(NET, text)
    assert (found.verdict, found.exit_code) == ("different", 1)
    assert found.mistakes[0].replace("\N{NO-BREAK SPACE}", " ").startswith(said)


def test_own_letters_and_one_number() -> None:
    own = checked("3-4tanh-2", "B tanh(A u + c) + d")
    assert [(each.letter, each.array) for each in own.letters] == [
        ("A", "W1"), ("c", "b1"), ("B", "W2"), ("d", "b2")
    ]  # fmt: skip
    assert checked("1-3tanh-1", "W2 tanh(x W1 + b1) + b2").equal, "one number times a column"
    zero = checked("3-4tanh-2", "W1 tanh(W0 x + b0) + b1")
    assert zero.equal, "people count from 0, too"


def test_numpy_has_vectors_that_are_neither_rows_nor_columns() -> None:
    found = checked(NET, "W2 @ relu(x @ W1 + b1) + b2")
    assert not found.equal
    assert "equal only where" in found.mistakes[0]


def test_the_data_and_the_reasons() -> None:
    data = checked(NET, SPELLED[0]).to_json()
    assert data["verdict"] == "structural" and data["mistakes"] == []
    assert data["letters"]["W1"] == {"array": "W1", "transposed": False, "shape": [5, 9]}
    assert "for all values of the letters" in checked(NET, SPELLED[0]).report(why=True)


# -- when it is not taken ------------------------------------------------------------------------
def test_numbers_come_first() -> None:
    """Where the names are those of the network's numbers, nothing is read as arrays."""
    same = netsym.check("1-2-1:tanh", netsym.parse("1-2-1:tanh").inlined.text())
    assert not isinstance(same, ArrayCheck) and same.equal
    own = netsym.check("1-1-1", "W2 (W1 x + b1) + b2")
    assert not isinstance(own, ArrayCheck) and own.equal


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        (NET, "W2 relu(W1 x + b1 + b2"), (NET, "W2 W1"),
        (NET, "sin(W1 x)/(W1 x)"), ("examples/lstm.toml", "W h + b"), ("examples/iris.toml", "W x"),
    ],
)  # fmt: skip
def test_what_is_no_stack_of_layers_is_the_mistake_that_it_was(spec: str, text: str) -> None:
    with pytest.raises(SpecError):
        netsym.check(spec, text)


# -- at random -----------------------------------------------------------------------------------
FUNCTIONS = ("", "tanh", "relu", "sigmoid", "softplus", "silu")


@dataclass
class Drawn:
    """A stack of layers, and how each is typed."""

    widths: list[int]
    functions: list[str]
    skips: list[bool]
    rows: bool
    turned: bool
    letters: list[tuple[str, str]] = field(default_factory=list)

    @property
    def spec(self) -> str:
        parts = [
            f"{width}{function or 'linear'}{'+' * skip}"
            for width, function, skip in zip(
                self.widths[1:], self.functions, self.skips, strict=True
            )
        ]
        return "-".join([str(self.widths[0]), *parts])

    def text(self, wrong: str = "", at: int = -1) -> str:
        value = "x"
        for n, (matrix, bias) in enumerate(self.letters):
            typed = f"{matrix}.T" if self.turned != (wrong == "transpose" and n == at) else matrix
            product = f"{value} @ {typed}" if self.rows else f"{typed} @ {value}"
            z = product if wrong == "bias" and n == at else f"{product} + {bias}"
            function = self.functions[n]
            if wrong == "function" and n == at:
                function = FUNCTIONS[(FUNCTIONS.index(function) + 1) % len(FUNCTIONS)]
            made = f"{function}({z})" if function else f"({z})"
            skips = self.skips[n] != (wrong == "skip" and n == at)
            value = f"({made} + {value})" if skips else made
        return value


@st.composite
def stacks(draw: Any) -> Drawn:
    count = draw(st.integers(1, 4))
    widths = [draw(st.integers(2, 4))]
    functions, skips, letters = [], [], []
    named = draw(st.sampled_from([("W{}", "b{}"), ("V_{}", "c_{}"), ("A{}", "d{}")]))
    for n in range(count):
        skips.append(draw(st.booleans()))
        widths.append(widths[-1] if skips[-1] else draw(st.integers(2, 4)))
        functions.append(draw(st.sampled_from(FUNCTIONS)))
        letters.append((named[0].format(n + 1), named[1].format(n + 1)))
    return Drawn(widths, functions, skips, draw(st.booleans()), draw(st.booleans()), letters)


@given(stacks())
def test_what_is_called_equal_has_the_values_of_the_network(drawn: Drawn) -> None:
    network = netsym.parse(drawn.spec)
    text = drawn.text()
    found = checked(drawn.spec, text)
    assert found.equal, found
    random = np.random.default_rng(1)
    names = network.parameter_names()
    values = dict(zip(names, random.normal(size=len(names)).tolist(), strict=True))
    arrays = {
        parameter.names.start.lower(): parameter.numbers(values)
        for placed in network.layers
        for parameter in placed.parameters.values()
    }
    letters: dict[str, Any] = {"x": random.normal(size=drawn.widths[0])}
    for each in found.letters:
        array = arrays[each.array.lower()]
        letters[each.letter] = array.T if each.transposed else array
        assert letters[each.letter].shape == each.shape
    wanted = network(letters["x"][None], parameters=values)
    np.testing.assert_allclose(evaluate(f"y = {text}", letters), np.ravel(wanted), rtol=1e-9)


@given(stacks(), st.sampled_from(["bias", "function", "skip", "transpose"]), st.integers(0, 3))
def test_one_mistake_is_named_with_its_layer(drawn: Drawn, wrong: str, at: int) -> None:
    at %= len(drawn.letters)
    count = len(drawn.letters)
    place = "the output layer" if at == count - 1 else f"layer {at + 1}"
    if wrong == "transpose" and count < 3:
        return  # of two, one or the other may be the transpose
    if wrong == "skip" and not drawn.skips[at] and drawn.widths[at] != drawn.widths[at + 1]:
        return
    try:
        found = checked(drawn.spec, drawn.text(wrong, at))
    except SpecError:
        assert wrong == "skip", "what is added twice over may be no layer any more"
        return
    assert not found.equal
    assert any(place in mistake for mistake in found.mistakes), found
    word = {"bias": "no bias", "function": "on ", "skip": "adds", "transpose": "equal only where"}
    assert any(word[wrong] in mistake for mistake in found.mistakes), found


@given(stacks())
def test_own_text_is_read_back(drawn: Drawn) -> None:
    network = netsym.parse(drawn.spec)
    for formula in (network.matrices, network.matrices.inlined):
        written = {
            formula.text(headings=True): 1, formula.text(ascii=True, headings=True): 1,
            formula.latex(): 1, formula.latex(document=True): 1,
            formula.latex(notation="nielsen"): 2,
        }  # fmt: skip
        for text, first in written.items():
            found = netsym.check(network, text)
            assert isinstance(found, ArrayCheck) and found.equal, text
            letters = [each.letter.replace("_", "") for each in found.letters]
            assert letters == [f"{each.array[0]}{int(each.array[1:]) + first - 1}"
                               for each in found.letters]  # fmt: skip
