"""Losses, the cost and penalties: in every reading, against ONNX, and refused."""

from __future__ import annotations

from math import inf, isnan, log
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import netsym
from netsym.errors import SpecError
from netsym.files import files
from netsym.layers.attention import Attention
from netsym.layers.blocks import Shared
from netsym.layers.convolution import Conv2d
from netsym.layers.dense import Dense
from netsym.layers.merge import Add
from netsym.layers.normalisation import LayerNorm
from netsym.layers.recurrent import LSTM
from netsym.layers.registry import LOSSES
from netsym.layers.shaping import Flatten
from tests.effort import random_examples
from tests.forms.test_sizes import from_text, together
from tests.layers.every_reading import chain, check, drawn
from tests.layers.onnx_operators import onnx
from tests.tex import START, compiled

QUICK = random_examples(15)
LAST = {"bce": "sigmoid", "cross_entropy": "softmax"}


def network(kind: str, outputs: int = 2) -> netsym.Network:
    return netsym.parse(f"2-2tanh-{outputs}{LAST.get(kind, 'linear')}")


# -- in every reading ----------------------------------------------------------------------------
@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize("examples", [None, 1, 2])
def test_every_reading(kind: str, examples: int | None) -> None:
    check(netsym.cost(network(kind), kind, examples=examples), saved=examples is None)


@pytest.mark.parametrize("kind", LOSSES)
def test_every_reading_of_data(kind: str) -> None:
    targets = {"hinge": [1.0, -1.0], "bce_logits": [0.25, 1.0]}.get(kind, [0.0, 1.0])
    cost = netsym.cost(network(kind), kind, data=([[0.5, -1.0], [2.0, 3.0]], [targets, targets]))
    assert len(cost.input_names) == 0
    values = drawn(cost, 1)
    for form in ("layered", "shared", "inlined"):
        assert cost.formula(form)(parameters=values) == pytest.approx(cost(parameters=values))
        assert cost.forecast(form) == cost.formula(form).size
    assert netsym.compare(cost, cost.inlined.text()).verdict == "structural"


@pytest.mark.parametrize(
    ("layers", "shape"),
    [
        ([Conv2d(channels=2, kernel=(2,)), Flatten(), Dense(units=2)], (1, 3, 3)),
        ([Attention(), LayerNorm()], (2, 2)),
        ([LSTM(units=2), Dense(units=1)], (2, 2)),
        ([LSTM(units=1, returns="all")], (2, 1)),
    ],
    ids=["convolution", "attention", "recurrent", "a sequence"],
)
def test_layers_of_all_families_take_examples(layers: list[Any], shape: tuple[int, ...]) -> None:
    """Each example goes through the network as it does alone."""
    plain, m = chain(layers, shape), 3
    values = drawn(plain, 2)
    random = np.random.default_rng(4)
    x = random.normal(size=(m, len(plain.input_names)))
    y = np.asarray(plain(x, parameters=values)).reshape(m, -1)
    t = random.normal(size=y.shape)
    cost = netsym.cost(plain, "mse", examples=m)
    point = np.concatenate([x.reshape(-1), t.reshape(-1)])
    expected = np.square(y - t).mean()
    assert cost(point, parameters=values) == pytest.approx(expected, rel=1e-12)
    assert cost.layered(point, parameters=values) == pytest.approx(expected, rel=1e-12)
    for form in ("layered", "inlined"):
        assert cost.forecast(form) == cost.formula(form).size
    given = netsym.cost(plain, "mse", data=(x.reshape(m, *shape), t))
    assert given(parameters=values) == pytest.approx(expected, rel=1e-12)


# -- oracles nobody here wrote -------------------------------------------------------------------
@QUICK
@given(seed=st.integers(0, 2**32), m=st.integers(2, 6), k=st.integers(2, 4))
def test_cross_entropy_is_that_of_onnx(seed: int, m: int, k: int) -> None:
    random = np.random.default_rng(seed)
    x, classes = random.normal(size=(m, 2)), random.integers(k, size=m)
    logits = netsym.cost(netsym.parse(f"2-{k}"), "cross_entropy_logits", data=(x, classes))
    values = {name: 3 * v - 3 for name, v in drawn(logits, seed).items()}
    z = np.asarray(netsym.parse(f"2-{k}")(x, parameters=values))
    theirs = float(onnx("SoftmaxCrossEntropyLoss", z, classes.astype(np.int64)))
    assert logits(parameters=values) == pytest.approx(theirs, rel=1e-12)
    soft = netsym.parse(f"2-{k}softmax")
    cost = netsym.cost(soft, "cross_entropy", data=(x, classes))
    y = np.asarray(soft(x, parameters=values))
    assert cost(parameters=values) == pytest.approx(
        float(onnx("NegativeLogLikelihoodLoss", np.log(y), classes.astype(np.int64))), rel=1e-12
    )


# -- as taught -----------------------------------------------------------------------------------
def test_ngs_loss_is_typed_as_taught() -> None:
    cost = netsym.cost(netsym.parse("1-1:sigmoid"), "bce")
    a = "sigmoid(w1_1_1*x + b1_1)"
    assert cost.inlined.text(ascii=True) == f"J = -(t*log({a}) + (1 - t)*log(1 - {a}))"
    assert cost.layered.latex().splitlines()[-2] == (
        r"J &= -\bigl(y\,\log(\hat{y}) + (1 - y)\,\log(1 - \hat{y})\bigr)"
    )


def test_examples_are_written_as_ng_does() -> None:
    cost = netsym.cost(netsym.parse("2-1"), "mse", examples=2)
    assert cost.input_names.all() == ["x1_1", "x1_2", "x2_1", "x2_2", "t1", "t2"]
    latex = cost.layered.latex()
    assert "w_{12}^{[1]}x_{2}^{(1)}" in latex
    assert "- y^{(2)}" in latex
    assert cost.layered.text().splitlines() == [
        "a⁽¹⁾₁₁ = w⁽¹⁾₁₁·x⁽¹⁾₁ + w⁽¹⁾₁₂·x⁽¹⁾₂ + b⁽¹⁾₁",
        "a⁽¹⁾₂₁ = w⁽¹⁾₁₁·x⁽²⁾₁ + w⁽¹⁾₁₂·x⁽²⁾₂ + b⁽¹⁾₁",
        "L⁽²⁾₁ = (a⁽¹⁾₁₁ - t⁽¹⁾)^2",
        "L⁽²⁾₂ = (a⁽¹⁾₂₁ - t⁽²⁾)^2",
        "J = (L⁽²⁾₁ + L⁽²⁾₂)/2",
    ]
    assert r"J &= \frac{1}{m}\sum_{i=1}^{m} L^{(i)}" in cost.matrices.latex()
    assert r"& x^{(i)} \in \mathbf{R}^{2} \\" in cost.matrices.latex()


def test_half_the_sum_of_squares_is_typed_as_taught() -> None:
    plain = netsym.parse("1-2")
    one = netsym.cost(plain, "sse")
    assert one.layered.text(ascii=True).endswith("J = ((a1_1 - t_1)**2 + (a1_2 - t_2)**2)/2")
    assert "J = sum((a1 - t)**2)/2" in one.matrices.text(ascii=True)
    total = netsym.cost(plain, "sse", examples=2, reduction="sum")
    assert total.layered.text(ascii=True).endswith("\nJ = L2_1 + L2_2")
    assert r"J &= \sum_{i=1}^{m} L^{(i)}" in total.matrices.latex()


def test_the_sum_over_examples_is_of_each_the_mean() -> None:
    """A sequence has a loss for every step."""
    plain = chain([LSTM(units=2, returns="all")], (3, 1))
    values, x = drawn(plain, 2), np.random.default_rng(5).normal(size=(4, 3, 1))
    y = np.asarray(plain(x, parameters=values)).reshape(4, 3, 2)
    cost = netsym.cost(plain, "sse", data=(x, np.zeros_like(y)), reduction="sum")
    assert cost(parameters=values) == pytest.approx((y**2).sum() / 2 / 3, rel=1e-12)


def test_inputs_with_names_of_their_own() -> None:
    wires: list[Any] = [("layer1", Dense(units=1), ["input"], {})]
    plain = netsym.Network.of("own", ["height", "age"], wires, latex_names={"age": r"\alpha"})
    cost = netsym.cost(plain, "mse", examples=2)
    assert cost.input_names.all()[:4] == ["height_1", "age_1", "height_2", "age_2"]
    assert r"\alpha^{(2)}" in cost.inlined.latex()


@pytest.mark.parametrize("kind", LOSSES)
def test_what_is_written_is_read_again_as_the_same(kind: str) -> None:
    cost = netsym.cost(network(kind), kind, examples=2, l2=0.1)
    for text in (cost.inlined.text(), cost.inlined.text(ascii=True), cost.layered.latex()):
        assert netsym.compare(cost, text).verdict in ("structural", "identical")


def test_a_cost_typed_by_hand() -> None:
    cost = netsym.cost(netsym.parse("1-1:sigmoid"), "bce")
    logits = netsym.cost(netsym.parse("1-1"), "bce_logits")
    # log(1 - σ(z)) = -log(1 + e^z)
    typed = "log(1 + exp(w1_1_1*x + b1_1)) - t*(w1_1_1*x + b1_1)"
    assert netsym.compare(logits, typed).verdict == "identical"
    wrong = "-(t*log(sigmoid(w1_1_1*x + b1_1)) + (1 - t)*log(sigmoid(w1_1_1*x + b1_1)))"
    assert netsym.compare(cost, wrong).verdict == "different"


@pytest.mark.parametrize("kind", ["bce", "mse", "huber"])
def test_python_text_computes_it(kind: str) -> None:
    cost = netsym.cost(network(kind, 1), kind, examples=2, l2=0.5)
    space: dict[str, Any] = {}
    exec(cost.inlined.python(), space)
    values = drawn(cost, 3)
    point = [0.5, -1.0, 2.0, 0.25, 1.0, 0.0]
    function = next(f for name, f in space.items() if name in ("f", "J"))
    assert function(*point, **values) == pytest.approx(cost(*point, parameters=values), rel=1e-12)


def test_known_labels_choose_the_terms() -> None:
    cost = netsym.cost(netsym.parse("1-1:sigmoid"), "bce", data=([2, 3], [1, 0]))
    assert cost.layered.text(ascii=True).splitlines()[2:] == [
        "L2_1 = -log(a1_1_1)", "L2_2 = -log(1 - a1_2_1)", "J = (L2_1 + L2_2)/2",
    ]  # fmt: skip
    soft = netsym.cost(netsym.parse("1-1:sigmoid"), "bce", data=([2], [0.25]))
    assert "0.25*log(a1_1_1) + (1 - 0.25)*log(1 - a1_1_1)" in soft.layered.text(ascii=True)


# -- penalties -----------------------------------------------------------------------------------
def test_penalties_are_of_weights_alone_and_of_each_once() -> None:
    shared = Shared("first")
    wires: list[Any] = [
        ("first", Dense(units=2), ["input"], {}),
        ("second", Dense(units=2), ["first"], shared),
        ("sum", Add(), ["first", "second"], {}),
    ]
    plain = netsym.Network.of("tied", 2, wires)
    cost = netsym.cost(plain, "mse", l1=0.5, l2=3.0)
    values = drawn(plain, 0)
    x, t = [0.5, -1.0], [0.0, 1.0]
    loss = netsym.cost(plain, "mse")(*x, *t, parameters=values)
    weights = [value for name, value in values.items() if name.startswith("w")]
    assert len(weights) == 4
    added = 0.5 * sum(map(abs, weights)) + 1.5 * sum(w * w for w in weights)
    assert cost(*x, *t, parameters=values) == pytest.approx(loss + added, rel=1e-12)


@pytest.mark.parametrize("form", ["layered", "shared", "inlined"])
def test_penalties_are_counted_as_they_are_written(form: str) -> None:
    cost = netsym.cost(network("mse"), "mse", examples=2, l1=0.25, l2=0.5)
    formula = cost.formula(form)
    assert cost.forecast(form) == formula.size == together(from_text(formula), 1)
    values = drawn(cost, 0)
    point = np.random.default_rng(1).normal(size=len(cost.input_names))
    assert formula(point, parameters=values) == pytest.approx(
        cost(point, parameters=values), rel=1e-12
    )


# -- at the ends, and refused --------------------------------------------------------------------
def test_log_of_zero_is_infinite_or_nan_as_documented() -> None:
    """At logits of ±1000 a sigmoid is 0 or 1 in float64."""
    cost = netsym.cost(netsym.parse("1-1:sigmoid"), "bce")
    values = {"w1_1_1": 1000.0, "b1_1": 0.0}
    with np.errstate(all="ignore"):
        assert cost(-1.0, 1.0, parameters=values) == inf
        assert isnan(float(cost(-1.0, 0.0, parameters=values)))
        known = netsym.cost(netsym.parse("1-1:sigmoid"), "bce", data=([-1.0], [0]))
        assert known(parameters=values) == 0  # a term that is not there is not computed
    logits = netsym.cost(netsym.parse("1-1"), "bce_logits")
    assert logits(-1.0, 1.0, parameters=values) == 1000
    assert logits(0.0, 1.0, parameters=values) == pytest.approx(log(2))


@pytest.mark.parametrize(
    ("net", "kind", "options", "said"),
    [
        ("2-1", "bce", {}, "end the network in sigmoid; or use bce_logits"),
        ("2-1:relu", "bce", {}, "bce takes a probability, but the last layer is relu"),
        ("2-1:sigmoid", "bce_logits", {}, "make it linear, or use bce"),
        ("2-3", "cross_entropy", {}, "end the network in softmax; or use cross_entropy_logits"),
        ("2-3:sigmoid", "cross_entropy", {}, "or use bce, for outputs that do not exclude"),
        ("2-3:softmax", "cross_entropy_logits", {}, "or use cross_entropy"),
        ("2-1", "cross_entropy_logits", {}, "for one probability use bce"),
        ("2-1:softmax", "bce", {}, "a softmax of one output is always 1"),
        ("2-1", "msee", {}, "unknown loss 'msee'; did you mean 'mse'"),
        ("2-1", "mse", {"delta": 1.0}, "mse has no delta; only huber has one"),
        ("2-1", "huber", {"delta": 0.0}, "a Huber loss is 0.0; give a finite number above 0"),
        ("2-1", "mse", {"reduction": "men"}, "unknown reduction 'men'; did you mean 'mean'"),
        ("2-1", "mse", {"examples": 0}, "examples is 0; give a whole number from 1"),
        ("2-1", "mse", {"l2": -1.0}, "l2 is -1.0; give a finite number from 0"),
        ("2-1", "mse", {"l1": inf}, "l1 is inf; give a finite number from 0"),
        ("2-1", "mse", {"examples": 1, "data": ([[1, 2]], [3])}, "give examples or data, not both"),
        ("2-1", "mse", {"data": [[1, 2, 3]]}, "data is a pair of arrays, (X, Y)"),
        ("2-1", "mse", {"data": ([[1, 2, 3]], [1])}, "X has shape 1 x 3, but the network takes 2"),
        ("2-1", "mse", {"data": ([[1, 2]], [1, 2])}, "X has 1 row and Y has 2"),
        ("2-1", "mse", {"data": ([[1, 2]], [[1, 2]])}, "Y has shape 1 x 2, but the network"),
        ("2-1", "mse", {"data": (["a"], [1])}, "X must be an array of numbers"),
        ("2-1", "mse", {"data": ([[1, inf]], [1])}, "X, row 1: every number must be finite"),
        ("2-3:softmax", "cross_entropy", {"data": ([[1, 2]] * 2, [0, 3])},
         "Y, row 2: 3 is no class; of 3 outputs the classes are the whole numbers 0 to 2"),
        ("2-3:softmax", "cross_entropy", {"data": ([[1, 2]], [0.5])}, "row 1: 0.5 is no class"),
        ("2-2:softmax", "cross_entropy", {"data": ([[1, 2]], [[1, 1]])}, "shares that sum to 1"),
        ("2-1:sigmoid", "bce", {"data": ([[1, 2]] * 2, [1, 2])},
         "Y, row 2: a target of bce is 0 or 1, or a probability between; this is 2"),
        ("2-1", "hinge", {"data": ([[1, 2]], [0])}, "is -1 or 1; of 0 and 1 make 2*y - 1"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(
    net: str, kind: str, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(SpecError) as caught:
        netsym.cost(netsym.parse(net), kind, **options)
    assert said in str(caught.value)


def test_a_network_without_weights_has_no_penalty() -> None:
    with pytest.raises(SpecError, match="no layer has weights"):
        netsym.cost(chain([Flatten()], (2,)), "mse", l2=1.0)


# -- in a spec -----------------------------------------------------------------------------------
SPEC = """
netsym = 1
inputs = ["x", "t"]
outputs = ["J"]
[[layers]]
type = "part"
name = "example"
lengths = 1
[[layers]]
type = "part"
name = "target"
from = ["input"]
lengths = 1
start = 1
[[layers]]
type = "dense"
from = ["example"]
units = 1
activation = "sigmoid"
weights = [["w"]]
bias = ["b"]
[[layers]]
type = "bce"
from = ["layer3", "target"]
"""


def test_a_loss_in_a_spec_is_a_layer_like_any_other() -> None:
    loaded = files.loads(SPEC)
    assert loaded.inlined.text(ascii=True) == (
        "J = -(t*log(sigmoid(w*x + b)) + (1 - t)*log(1 - sigmoid(w*x + b)))"
    )
    with pytest.raises(SpecError, match=r"takes the values 3 to 3 of a vector, but reads"):
        files.loads(SPEC.replace("start = 1", "start = 2"))


@pytest.mark.parametrize("kind", LOSSES)
def test_a_saved_loss_is_the_same(kind: str, tmp_path: Any) -> None:
    cost = netsym.cost(network(kind), kind)
    netsym.save(cost, tmp_path / "cost.toml")
    loaded = netsym.load(tmp_path / "cost.toml")
    assert loaded.inlined.text(ascii=True) == cost.inlined.text(ascii=True)
    assert "y_{1}" in loaded.inlined.latex()


def test_what_a_file_cannot_say_is_refused() -> None:
    plain = netsym.parse("1-1")
    with pytest.raises(SpecError, match="has a penalty on the weights of other layers"):
        files.dumps(netsym.cost(plain, "mse", l2=1.0))
    with pytest.raises(SpecError, match="is a cost over several examples, which a file cannot"):
        files.dumps(netsym.cost(plain, "mse", examples=2))
    with pytest.raises(SpecError, match="has its data as numbers and no inputs"):
        files.dumps(netsym.cost(plain, "mse", data=([1], [2])))


# -- LaTeX ---------------------------------------------------------------------------------------
def test_latex_compiles(tmp_path: Path) -> None:
    """Every loss, of one example and of two, in layers, as an onion and of whole arrays."""
    bodies = []
    for kind in LOSSES:
        for examples in (None, 2):
            cost = netsym.cost(network(kind), kind, examples=examples, l1=0.25, l2=0.5)
            texts = cost.layered.latex(), cost.inlined.latex(onion=True), cost.matrices.latex()
            bodies += [rf"\[{text}\]" for text in texts]
    compiled("\n".join([START, *bodies, r"\end{document}"]), tmp_path)
