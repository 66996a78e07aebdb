"""Exact sizes of all forms, counted without writing anything out."""

from __future__ import annotations

from collections.abc import Mapping

from netsym.network.network import Network
from tests.benchmarks import rivals
from tests.benchmarks.measure import Line, Rival, agree, faster, race, row, timed, timed_on
from tests.benchmarks.networks import WIDE, Weights, dense, fresh, numeric


@row("sizes of all forms, 784-128-10 relu")
def wide() -> list[Line]:
    network = numeric(WIDE)
    layers = dense(network)
    _check(network, layers)
    arrays, lists = rivals.casadi_arrays(layers), rivals.sympy_lists(layers)
    roots = rivals.sympy_graph(lists)
    return race(
        timed_on(lambda: fresh(network), sizes),
        [
            Rival("CasADi SX, its build", timed(lambda: rivals.casadi_graph(arrays)), faster(5)),
            Rival("sympy, memoised count", timed(lambda: rivals.sympy_sizes(roots))),
        ],
    )


def sizes(network: Network) -> Mapping[str, int]:
    """The nodes of each form."""
    return {form: size.nodes for form, size in network.size.forms.items() if size is not None}


def _check(network: Network, layers: list[Weights]) -> None:
    """Against sympy's tree, and against the formula of a two-layer network by hand."""
    counted = sizes(fresh(network))
    tree = rivals.sympy_sizes(rivals.sympy_graph(rivals.sympy_lists(layers)))
    agree("inlined nodes against sympy", counted["inlined"], tree)
    (units, inputs), (outputs, _) = (w.matrix.shape for w in layers)
    # w*x is 3 nodes, relu and the sum 1 each, a bias 1; in the output w*a is 3
    by_hand = units * (2 + 3 * inputs + 1) + outputs * (1 + 3 * units + 1)
    agree("layered nodes by hand", counted["layered"], by_hand)
