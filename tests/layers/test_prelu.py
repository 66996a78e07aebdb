"""The parametric relu in every reading, and against ONNX."""

from __future__ import annotations

import numpy as np
import pytest

import netsym
from netsym.files.files import loads
from netsym.layers import Shape
from netsym.layers.elementwise import PReLU
from netsym.network.network import Network
from tests.layers.every_reading import check, single
from tests.layers.onnx_operators import onnx

RNG = np.random.default_rng(25)
CASES = [(PReLU(shared=shared), shape) for shared in (True, False)
         for shape in ((3,), (2, 2), (2, 1, 2))]  # fmt: skip


@pytest.mark.parametrize(("layer", "shape"), CASES, ids=repr)
def test_every_reading(layer: PReLU, shape: Shape) -> None:
    check(single(layer, shape))


@pytest.mark.parametrize(("layer", "shape"), CASES, ids=repr)
def test_against_onnx(layer: PReLU, shape: Shape) -> None:
    (count,) = layer.parameters(shape)["slopes"]
    slopes = RNG.normal(size=count)
    x = RNG.choice([-2.5, -1.0, 0.0, 1.0, 40.0], size=shape)
    wanted = onnx("PRelu", x, slopes.reshape(-1, *(1,) * (len(shape) - 1)))
    found = single(layer, shape, {"slopes": slopes})(x.reshape(-1))
    np.testing.assert_allclose(np.reshape(found, shape), wanted, rtol=1e-15)


def test_in_matrices_and_in_a_file() -> None:
    network = loads(
        'netsym = 1\ninputs = 2\n[[layers]]\ntype = "prelu"\nshared = false\nslopes = [0.25, "p"]\n'
    )
    assert network.inlined.text(ascii=True).splitlines() == [
        "y_1 = max(0, x_1) + 0.25*min(x_1, 0)",
        "y_2 = max(0, x_2) + p*min(x_2, 0)",
    ]
    assert network.matrices.text() == "ŷ = max(0, x) + α¹ ⊙ min(x, 0)"
    assert "parametric relu" in network.layered.text(headings=True)


def test_the_slope_at_0_is_alpha() -> None:
    network = Network.of("n", 1, [("p", PReLU(), ["input"], {"slopes": [0.25]})])
    assert network.inlined.gradient("inputs")(0.0) == 0.25
    assert network.inlined.gradient("inputs")(1.0) == 1.0


def test_regions_are_known() -> None:
    network = Network.of("n", 1, [("p", PReLU(), ["input"], {"slopes": [0.25]})])
    assert str(netsym.regions(network).text()).splitlines() == [
        "y = 0.25*x  if x < 0",
        "    x       if x >= 0",
    ]
