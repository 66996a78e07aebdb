"""Exact sizes of all forms, counted without writing anything out."""

from __future__ import annotations

from collections.abc import Mapping

from netsym import load
from netsym.files.packaged import network_file
from netsym.layers.dense import Dense
from netsym.layers.recurrent import LSTM
from netsym.network.network import Network
from tests import rivals
from tests.benchmarks.measure import (
    Call,
    Line,
    Rival,
    agree,
    alone,
    at_most,
    call,
    faster,
    race,
    row,
)
from tests.benchmarks.networks import WIDE, fresh, numeric
from tests.rivals.dense import Weights, dense


@row("count of nodes, 784-128-10 relu")
def counts() -> list[Line]:
    """Of one form, by rivals that have its graph and by netsym, which does not build it."""
    network = numeric(WIDE)
    layers = dense(network)
    _check(network, layers)
    _, value = rivals.casadi.graph(rivals.casadi.arrays(layers))
    roots = rivals.sympy.graph(rivals.sympy.lists(layers))
    casadi = Rival("CasADi n_nodes", call(lambda: rivals.casadi.node_count(value)), faster(5))
    sympy = Rival("sympy, memoised count", call(lambda: rivals.sympy.node_count(roots)))
    return [
        *race(Call(lambda: fresh(network), lambda n: n.count_nodes("shared")), [casadi]),
        *race(Call(lambda: fresh(network), lambda n: n.count_nodes("inlined")), [sympy]),
    ]


@row("sizes of all forms, 784-128-10 relu")
def wide() -> list[Line]:
    network = numeric(WIDE)
    return [alone(Call(lambda: fresh(network), sizes))]


@row("sizes of all forms, LSTM over 1,000 steps")
def recurrent() -> list[Line]:
    return _of_all(lstm(1000), 0.6)


@row("sizes of all forms, GPT-2")
def gpt2() -> list[Line]:
    return _of_all(_packaged("gpt2"), 0.5)


@row("sizes of all forms, Llama 2 7B")
def llama() -> list[Line]:
    return _of_all(_packaged("llama2_7b"), 5.0)


def _of_all(network: Network, most: float) -> list[Line]:
    return race(Call(lambda: fresh(network), sizes), [at_most(most)], least=3, most=3)


def lstm(steps: int) -> Network:
    """A memory of eight units that reads three values a step."""
    layers = [("memory", LSTM(units=8), ["input"], {}),
              ("end", Dense(units=1), ["memory"], {})]  # fmt: skip
    return Network.of("a memory", 3 * steps, layers, shape=(steps, 3))


def _packaged(name: str) -> Network:
    path = network_file(name)
    assert path is not None
    return load(path)


def sizes(network: Network) -> Mapping[str, int]:
    """The nodes of each form."""
    return {form: size.nodes for form, size in network.size.forms.items() if size is not None}


def _check(network: Network, layers: list[Weights]) -> None:
    """Against sympy's tree, and against the formula of a two-layer network by hand."""
    counted = sizes(fresh(network))
    tree = rivals.sympy.node_count(rivals.sympy.graph(rivals.sympy.lists(layers)))
    agree("inlined nodes against sympy", counted["inlined"], tree)
    (units, inputs), (outputs, _) = (w.matrix.shape for w in layers)
    # w*x is 3 nodes, relu and the sum 1 each, a bias 1; in the output w*a is 3
    by_hand = units * (2 + 3 * inputs + 1) + outputs * (1 + 3 * units + 1)
    agree("layered nodes by hand", counted["layered"], by_hand)
