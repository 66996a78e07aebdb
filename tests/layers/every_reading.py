"""One check of every reading of a network, for layers of all families."""

from __future__ import annotations

from typing import Any

import numpy as np

import netsym
from netsym.equality.identity import identity
from netsym.files.files import loads
from netsym.files.formats import FORMATS
from netsym.files.spec_of import dumps
from netsym.layers import Layer, Shape
from netsym.ops.proved.balls import Balls, precision
from netsym.ops.reading import read_formula
from tests.forms.test_sizes import from_text, together

FORMS = ("layered", "shared", "inlined")


def single(layer: Layer, shape: Shape, given: dict[str, Any] | None = None) -> netsym.Network:
    """A network of one layer on an input of this shape."""
    return chain([layer], shape, given)


def chain(layers: list[Layer], shape: Shape, given: dict[str, Any] | None = None) -> netsym.Network:
    """Layers one after another on an input of this shape; the first has the entries."""
    names = ["input", *(f"layer{n}" for n in range(1, len(layers) + 1))]
    wires = [
        (name, layer, [source], (given or {}) if source == "input" else {})
        for layer, source, name in zip(layers, names, names[1:], strict=False)
    ]
    return netsym.Network.of("test", int(np.prod(shape)), wires, shape=shape)


def drawn(network: netsym.Network, seed: int) -> dict[str, float]:
    """A number for every name; above zero, as variances are."""
    names = network.parameter_names()
    return dict(zip(names, np.random.default_rng(seed).uniform(0.5, 1.5, len(names)), strict=True))


def check(network: netsym.Network, seed: int = 0, points: int = 2, saved: bool = True) -> None:
    """All forms have the values of the network, are as large as forecast and as their text says,
    and are identical to it; its proved intervals hold its values; and its LaTeX has no holes;
    and its spec, if it can be `saved`, says what its layers are.
    """
    values = drawn(network, seed)
    x = np.random.default_rng(seed + 1).normal(size=(points, len(network.input_names)))
    y = np.asarray(network(x, parameters=values)).reshape(points, -1)
    for form in FORMS:
        found = np.asarray(network.formula(form)(x, parameters=values)).reshape(points, -1)
        np.testing.assert_allclose(found, y, rtol=1e-12, atol=1e-12, err_msg=form)
    _sizes(network)
    formula = network.inlined
    if saved:
        for format in FORMATS:
            again = loads(dumps(network, format), format=format)
            assert [placed.layer for placed in again.layers] == [p.layer for p in network.layers]
    outputs = len(network.output_names)
    proof = identity(
        network.read,
        lambda ops, a: read_formula(formula, ops, a),
        network.input_names,
        outputs,
        "seed",
    )
    assert proof is not None and proof.holds, proof
    with precision(128):
        ops = Balls(values, 128)
        balls = np.broadcast_to(network.read(ops, ops.points(x)), y.shape)
    for ball, value in zip(balls.flat, y.flat, strict=True):
        assert ball.is_finite()
        assert abs(float(ball.mid()) - value) <= 1e-12 * max(1, abs(value))
    for text in (network.matrices.latex(), network.layered.latex(max_nodes=None)):
        assert text.count("{") == text.count("}")


def _sizes(network: netsym.Network) -> None:
    outputs = len(network.output_names)
    for form in FORMS:
        for expand in (False, True):
            formula = network.formula(form, expand)
            counted = together(from_text(formula), outputs)
            assert formula.size == counted, (form, expand)
            assert network.forecast(form, expand) == counted, (form, expand)
