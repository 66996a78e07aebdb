"""What a person feels: one point, the layers as text, LaTeX, a memory, files, names, regions."""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

import netsym
from netsym import parse
from netsym.files.files import loads
from netsym.network.network import Network
from tests.benchmarks import rivals
from tests.benchmarks.measure import Line, Rival, agree, race, row, timed, timed_on
from tests.benchmarks.networks import SMALL, WIDE, dense, fresh, numeric, random_points

LSTM = """
netsym = 1
shape = [20, 3]
[[layers]]
type = "lstm"
units = 4
[[layers]]
type = "dense"
units = 1
"""


# -- one point ------------------------------------------------------------------------------------
@row("one point of the formula, 4-8-8-3")
def point_of_formula() -> list[Line]:
    network = numeric(SMALL)
    return _point(network, network.inlined)


@row("one point of the network, 4-8-8-3")
def point_of_network() -> list[Line]:
    network = numeric(SMALL)
    return _point(network, network)


def _point(network: Network, ours: netsym.Formula | Network) -> list[Line]:
    import casadi

    (x,) = random_points(network, 1)
    by_hand = rivals.numpy_layers(dense(network))
    inputs, value = rivals.casadi_graph(rivals.casadi_arrays(dense(network)))
    compiled = casadi.Function("f", [inputs], [value])
    agree("a point against NumPy", ours(x), by_hand(x[None])[0])
    agree("a point against CasADi", ours(x), compiled(x).full().reshape(-1))
    return race(
        timed(lambda: ours(x)),
        [
            Rival("NumPy by hand", timed(lambda: by_hand(x[None]))),
            Rival("CasADi SX function", timed(lambda: compiled(x))),
        ],
        most=51,
    )


# -- text -----------------------------------------------------------------------------------------
@row("layered text 256-256-256, names")
def layered_text() -> list[Line]:
    return [_speed(parse("256-256tanh-256"), lambda network: network.layered.text(ascii=True))]


@row("layered LaTeX 256-256-256, names")
def layered_latex() -> list[Line]:
    return [_speed(parse("256-256tanh-256"), lambda network: network.layered.latex())]


@row("layered Python 256-256-256, names")
def layered_python() -> list[Line]:
    return [_speed(parse("256-256tanh-256"), lambda network: network.layered.python())]


@row("text of an LSTM of 4 units, 20 steps")
def memory_text() -> list[Line]:
    network = loads(LSTM)
    return [_speed(network, lambda network: network.layered.text(ascii=True))]


def _speed(network: Network, write: Callable[[Network], str]) -> Line:
    """How many characters a second, from the network on."""
    megabytes = len(write(network)) / 1e6
    sample = timed_on(lambda: fresh(network), write)
    return Line(
        megabytes / statistics.median(sample() for _ in range(5)), f"({megabytes:.3g} MB)",
        unit="MB/s", rounds=5,
    )  # fmt: skip


@row("LaTeX of inlined 4-8-8-3, names")
def latex() -> list[Line]:
    import sympy

    network = parse(SMALL)
    roots = rivals.sympy_graph(rivals.sympy_names(network))
    return race(
        timed_on(lambda: fresh(network).inlined, lambda formula: formula.latex()),
        [Rival("sympy.latex", timed(lambda: [sympy.latex(root) for root in roots]))],
        least=3,
    )


# -- files ----------------------------------------------------------------------------------------
@row("save and load 784-128-10, numbers")
def files() -> list[Line]:
    network = numeric(WIDE)
    arrays = [(w.matrix.tolist(), w.bias.tolist()) for w in dense(network)]
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = Path(folder) / "network.toml", Path(folder) / "arrays.json"

        def saved() -> Network:
            netsym.save(network, ours)
            return netsym.load(ours)

        def dumped() -> object:
            theirs.write_text(json.dumps(arrays), encoding="utf-8")
            return json.loads(theirs.read_text(encoding="utf-8"))

        again = saved()
        agree("what was saved", dense(again)[0].matrix, np.asarray(arrays[0][0]))
        return race(timed(saved), [Rival("json of the lists", timed(dumped))], least=3)


# -- judged and divided ---------------------------------------------------------------------------
@row("compare 64-64-64-8 with its formula, names")
def compared() -> list[Line]:
    network = parse("64-64tanh-64tanh-8")
    sample = timed_on(lambda: fresh(network), netsym.compare)
    verdict = netsym.compare(network).verdict
    return [Line(statistics.median(sample() for _ in range(3)), verdict, rounds=3)]


@row("regions of 2-16-16-1")
def regions() -> list[Line]:
    network = numeric("2-16relu-16relu-1")
    sample = timed_on(lambda: fresh(network), netsym.regions)
    count = len(netsym.regions(network))
    return [Line(statistics.median(sample() for _ in range(3)), f"{count} regions", rounds=3)]
