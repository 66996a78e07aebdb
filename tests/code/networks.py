"""The networks that every language is tried with: all functions, and every family of layers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import cycle, product
from pathlib import Path

import numpy as np

import netsym
from netsym.files.files import loads
from netsym.graph.functions import ACTIVATIONS
from netsym.path import network_of
from tests.effort import ASKED

_EXAMPLES = Path(__file__).parents[2] / "examples"
_LSTM = 'netsym = 1\nshape = [3, 2]\n[[layers]]\ntype = "lstm"\nunits = 2\n'
_ATTENTION = 'netsym = 1\nshape = [3, 2]\n[[layers]]\ntype = "attention"\nheads = 1\n'
_FORMULAS = {
    "elementary": "sin(x) + cos(y)*atan(x - y) + log(1 + x^2) + sqrt(2 + cos(x*y)) + tan(x/7)",
    "hyperbolic": "sinh(x/3) - cosh(y/3) + erf(x) + exp(-abs(y)) + sign(x - y)*pi",
    "piecewise": "max(x, y, 1/2) - min(x, 2*y) + clip(x, -1, y) + heaviside(x)*y^3",
}


def filled(network: netsym.Network, seed: int = 7) -> netsym.Network:
    """The network with a number for every name, those of variances positive."""
    random = np.random.default_rng(seed)
    drawn = dict.fromkeys(network.parameter_names(), 0.0)
    values = {name: float(random.normal() / 2) for name in drawn}
    positive = {
        name
        for placed in network.layers
        for key, parameter in placed.parameters.items()
        if key == "variance"
        for _, name in parameter.named()
    }
    return network.with_parameters(
        {n: abs(v) + 0.5 if n in positive else v for n, v in values.items()}
    )


def _made() -> dict[str, Callable[[], netsym.Network]]:
    shapes = {name: f"2-3{name}-2{name}" for name in ACTIVATIONS}
    shapes |= {"skip": "2-4tanh-4tanh+-3softmax", "deep": "2-8x8tanh-1", "wide": "20-100relu-3"}
    specs = {"LSTM of 3 steps": _LSTM, "attention": _ATTENTION}
    files = {"conv and norm": "conv.toml", "iris": "iris.toml"}
    return {
        **{name: lambda text=text: filled(netsym.parse(text)) for name, text in shapes.items()},
        **{name: lambda text=text: filled(loads(text)) for name, text in specs.items()},
        **{name: lambda file=file: filled(netsym.load(_EXAMPLES / file))
           for name, file in files.items()},
        **{name: lambda text=text: network_of(text, ["x", "y"])
           for name, text in _FORMULAS.items()},
    }  # fmt: skip


#: By name, what makes each.
NETWORKS = {name: cache(made) for name, made in _made().items()}


def in_forms(*forms: str) -> list[tuple[str, str]]:
    """Networks with a form to write each in: one in turn, or every form where all is asked for."""
    if ASKED == "all":
        return [*product(NETWORKS, forms)]
    return [*zip(NETWORKS, cycle(forms))]
