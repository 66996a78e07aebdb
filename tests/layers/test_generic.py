"""The layers for what is none of the others: function, rearrange, reduce and matmul."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import netsym
from netsym.errors import SpecError
from netsym.files.files import loads
from netsym.layers import Layer, Shape
from netsym.layers.elementwise import Activation
from netsym.layers.function import Function
from netsym.layers.merge import MatMul
from netsym.layers.reduce import REDUCTIONS, Reduce
from netsym.layers.shaping import Rearrange
from netsym.network.interface import Input
from netsym.network.network import Network
from tests.layers.every_reading import check
from tests.layers.onnx_operators import onnx

RNG = np.random.default_rng(16)
CONSTANT = 1.75

#: A layer, the shapes of what it reads, and the operator of ONNX.
FUNCTIONS: list[tuple[Function, tuple[Shape, ...], str]] = [
    (Function(function="add"), ((2, 3), (3,)), "Add"),
    (Function(function="add"), ((3,), (2, 1)), "Add"),
    (Function(function="add", lengths=(2, 1)), ((3,),), "Add"),
    (Function(function="subtract"), ((2, 1), (3,)), "Sub"),
    (Function(function="subtract", first=True), ((2,),), "Sub"),
    (Function(function="multiply"), ((2,), (2,)), "Mul"),
    (Function(function="multiply"), ((2,),), "Mul"),
    (Function(function="divide"), ((2, 2), (2,)), "Div"),
    (Function(function="divide", first=True, lengths=(2, 1)), ((2, 2),), "Div"),
    (Function(function="max"), ((2,),), "Max"),
    (Function(function="max"), ((2,), (1,), (2, 2)), "Max"),
    (Function(function="min", lengths=(2,)), ((1,),), "Min"),
    (Function(function="power"), ((2,),), "Pow"),
    (Function(function="power", first=True), ((2,),), "Pow"),
    (Function(function="exp"), ((2, 1),), "Exp"),
    (Function(function="sqrt"), ((2,),), "Sqrt"),
    (Function(function="sinh"), ((2,),), "Sinh"),
    (Function(function="tanh"), ((2,),), "Tanh"),
]
OPERATORS = {
    "sum": "ReduceSum", "mean": "ReduceMean", "max": "ReduceMax", "min": "ReduceMin",
    "prod": "ReduceProd", "norm1": "ReduceL1", "norm2": "ReduceL2", "logsumexp": "ReduceLogSumExp",
}  # fmt: skip
REDUCED: list[tuple[Shape, Shape, bool]] = [
    ((3,), (), False), ((2, 3), (2,), True), ((2, 3), (1,), False), ((2, 1, 2), (1, 3), False),
]  # fmt: skip
PRODUCTS: list[tuple[Shape, Shape, bool]] = [
    ((2, 3), (3, 2), False), ((2, 3), (1, 3), True), ((2, 1, 3), (3, 2), False),
    ((1, 2), (2, 2, 1), False), ((2, 2, 2), (1, 2, 2), True),
]  # fmt: skip


def of(layer: Layer, *shapes: Shape, given: dict[str, Any] | None = None) -> Network:
    """A network of one layer that reads several values."""
    names = [f"x{n}" for n in range(len(shapes))]
    inputs = [
        Input.of(name, int(np.prod(shape)), shape)
        for name, shape in zip(names, shapes, strict=True)
    ]
    return Network.of("test", inputs, [("layer1", layer, names, given or {})], {"y": "layer1"})


def bent(layer: Layer, *shapes: Shape) -> Network:
    """The same between layers that are not affine."""
    names = [f"x{n}" for n in range(len(shapes))]
    inputs = [
        Input.of(name, int(np.prod(shape)), shape)
        for name, shape in zip(names, shapes, strict=True)
    ]
    before = [
        (f"a{n}", Activation(activation="sigmoid"), [name], {}) for n, name in enumerate(names)
    ]
    wires = [
        *before,
        ("middle", layer, [name for name, *_ in before], {}),
        ("last", Activation(activation="tanh"), ["middle"], {}),
    ]
    return Network.of("test", inputs, wires, {"y": "last"})


def drawn(*shapes: Shape) -> list[Any]:
    return [RNG.uniform(0.25, 2, size=(2, *shape)) for shape in shapes]


@pytest.mark.parametrize(("layer", "shapes", "operator"), FUNCTIONS)
def test_function(layer: Function, shapes: tuple[Shape, ...], operator: str) -> None:
    if layer.function not in ("sqrt", "power"):  # of which only positive values are real
        check(of(layer, *shapes))
    check(bent(layer, *shapes))
    given = {}
    x = drawn(*shapes)
    rank = max(map(len, (*shapes, layer.lengths)))
    operands = [a.reshape(2, *(1,) * (rank + 1 - a.ndim), *a.shape[1:]) for a in x]
    if layer.has_constant(len(shapes)):
        constant = np.full(layer.lengths or (1,), CONSTANT) + np.arange(np.prod(layer.lengths or 1)
            ).reshape(layer.lengths or (1,))  # fmt: skip
        given = {"constant": constant}
        operands = [constant, *operands] if layer.first else [*operands, constant]
    network = of(layer, *shapes, given=given)
    wanted = onnx(operator, *operands)
    assert wanted.shape[1:] == network.layers[0].shape
    np.testing.assert_allclose(np.reshape(network(*x), wanted.shape), wanted, rtol=1e-14)


@pytest.mark.parametrize("exponent", [-2, 2, 3])
def test_whole_powers_have_negative_bases_too(exponent: int) -> None:
    layer = Function(function="power", exponent=exponent)
    network = of(layer, (3,))
    if exponent > 0:  # a pole has no proof at random points
        check(network)
    x = RNG.normal(size=(4, 3))
    np.testing.assert_allclose(network(x), x**exponent, rtol=1e-14)
    power = f"**({exponent})" if exponent < 0 else f"**{exponent}"
    assert f"y_1 = x_0_1{power}" in network.inlined.text(ascii=True)


@pytest.mark.parametrize(("shape", "axes", "keep"), REDUCED)
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_reduce(reduction: str, shape: Shape, axes: Shape, keep: bool) -> None:
    layer = Reduce(reduction=reduction, axes=axes, keep=keep)
    check(bent(layer, shape))
    network = of(layer, shape)
    (x,) = drawn(shape)
    over = np.array(axes or range(1, len(shape) + 1))
    wanted = onnx(OPERATORS[reduction], x, over, keepdims=int(keep))
    assert (wanted.shape[1:] or (1,)) == network.layers[0].shape
    np.testing.assert_allclose(np.reshape(network(x), wanted.shape), wanted, rtol=1e-15)


@pytest.mark.parametrize(("left", "right", "transposed"), PRODUCTS)
def test_matmul(left: Shape, right: Shape, transposed: bool) -> None:
    layer = MatMul(transposed=transposed)
    check(of(layer, left, right))
    check(bent(layer, left, right))
    x, y = drawn(left, right)
    rank = max(x.ndim, y.ndim)
    x, y = (a.reshape(2, *(1,) * (rank - a.ndim), *a.shape[1:]) for a in (x, y))
    wanted = onnx("MatMul", x, np.swapaxes(y, -1, -2) if transposed else y)
    network = of(layer, left, right)
    got = np.asarray(network(x.reshape(2, *left), y.reshape(2, *right)))
    assert wanted.shape[1:] == network.layers[0].shape
    np.testing.assert_allclose(got.reshape(wanted.shape), wanted, rtol=1e-14)


def test_rearrange() -> None:
    layer = Rearrange(positions=(2, 0, 3, 2), lengths=(2, 2), value=0.5)
    for network in (of(layer, (3,)), bent(layer, (3,)), bent(Rearrange(positions=(1,)), (2, 1))):
        check(network)
    (x,) = drawn((3,))
    taken = onnx("Gather", np.hstack([x, np.full((2, 1), 0.5)]), np.array([[2, 0], [3, 2]]), axis=1)
    assert np.array_equal(np.reshape(of(layer, (3,))(x), (2, 2, 2)), taken)


def test_affine_ones_collapse() -> None:
    text = """
    netsym = 1
    inputs = 3
    layers = [
        {type = "dense", weights = [[1, 2, 3], [4, 5, 6]], bias = [1, 2]},
        {type = "function", function = "multiply", constant = [0.5]},
        {type = "rearrange", positions = [1, 0]},
        {type = "reduce", reduction = "mean"},
    ]
    """
    network = loads(text)
    simplified = netsym.simplify(network)
    assert [p.layer.kind for p in simplified.network.layers] == ["dense"]
    assert netsym.compare(network, simplified.network).verdict in ("identical", "structural")


WRONG: list[tuple[Layer | str, tuple[Shape, ...], str]] = [
    ("sin of two", ((2,), (2,)), "sin takes 1 value, but from lists 2"),
    (Function(function="add"), ((2,), (3,)), "add of values of shapes 2 and 3: aligned at the last "
     "axis, every two lengths must be equal, or one of them 1"),
    (Function(function="subtract"), ((2,),) * 3, "subtract takes 2 values, but from lists 3"),
    (Reduce(axes=(1, 3)), ((2, 2),), "reduces the axes [1, 3], but its input 2 x 2 has the axes 1 "
     "to 2; name each once"),
    (MatMul(), ((2, 3), (2, 3)), "multiplies matrices (…, n, k) and (…, k, m), but these have "
     "shapes 2 x 3 and 2 x 3"),
    (MatMul(), ((2,), (2, 3)), "multiplies matrices (…, n, k) and (…, k, m), but these have "
     "shapes 2 and 2 x 3"),
    (Rearrange(positions=(4,)), ((3,),), "takes the value at 4, but its input 3 has the places 0 "
     "to 2, and 3 for the value 0"),
    (Rearrange(positions=(1, 2, 0), lengths=(2,)), ((3,),), "has 3 positions for an array of 2; "
     "give one for each of its values"),
    (Function(function="max", lengths=(10**4, 1)), ((10**4,),), "broadcasts to 10000 x 10000 = "
     "100,000,000, more than the 30,000,000 that can be laid out; take less"),
    (Reduce(reduction="prod"), ((200, 100),), "multiplies so many values: 200 x 100 = 20,000, more "
     "than the 10,000 that can be laid out; take less"),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "shapes", "said"), WRONG)
def test_what_does_not_fit(layer: Layer | str, shapes: tuple[Shape, ...], said: str) -> None:
    made = Function(function="sin") if isinstance(layer, str) else layer
    with pytest.raises(SpecError, match=re.escape(f"layer 1 ({made.kind}) {said}")):
        of(made, *shapes)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Function(function="sigmod"), "unknown function 'sigmod'; did you mean 'sigmoid'?"),
        (lambda: Function(function="softmax"), "unknown function 'softmax'; did you mean 'max'?"),
        (lambda: Function(function="exp", exponent=2), "exp has no exponent; only power has one"),
        (lambda: Reduce(reduction="maxx"), "unknown reduction 'maxx'; did you mean 'max'?"),
    ],
)
def test_unknown_options(make: Any, said: str) -> None:
    with pytest.raises(SpecError, match=re.escape(said)):
        make()
