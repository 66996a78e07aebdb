"""What a person feels: the layers as text, LaTeX, an LSTM, files, names, regions."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import netsym
from netsym import parse
from netsym.files.files import loads
from netsym.files.spec_of import dumps
from netsym.network.network import Network
from tests import rivals
from tests.benchmarks.measure import (
    Bar,
    Call,
    Line,
    Rival,
    agree,
    alone,
    at_most,
    call,
    race,
    rate,
    row,
)
from tests.benchmarks.networks import LSTM, SMALL, WIDE, fresh, numeric
from tests.rivals.dense import dense

LAYERS = "256-256tanh-256"


# -- text -----------------------------------------------------------------------------------------
@row("layered text 256-256-256, names")
def layered_text() -> list[Line]:
    return [
        _speed(parse(LAYERS), lambda network: network.layered.text(ascii=True), 100),
        _speed(parse(LAYERS), lambda network: network.layered.text(), 100),
    ]


@row("layered LaTeX 256-256-256, names")
def layered_latex() -> list[Line]:
    return [_speed(parse(LAYERS), lambda network: network.layered.latex(), 60)]


@row("layered Python 256-256-256, names")
def layered_python() -> list[Line]:
    return [_speed(parse(LAYERS), lambda network: network.layered.python(), 60)]


@row("layered Python 256-256-256, numbers")
def layered_python_numbers() -> list[Line]:
    return [_speed(numeric(LAYERS), lambda network: network.layered.python(), 20)]


@row("layered C 256-256-256, numbers")
def layered_c_numbers() -> list[Line]:
    return [_speed(numeric(LAYERS), lambda network: network.layered.c(), 20)]


@row("layered Fortran 256-256-256, numbers")
def layered_fortran_numbers() -> list[Line]:
    return [_speed(numeric(LAYERS), lambda network: network.layered.code("fortran"), 20)]


@row("layered Excel 256-256-256, numbers")
def layered_excel_numbers() -> list[Line]:
    return [_speed(numeric(LAYERS), lambda network: network.layered.code("excel"), 20)]


@row("layered SQLite 256-256-256, numbers")
def layered_sqlite_numbers() -> list[Line]:
    return [_speed(numeric(LAYERS), lambda network: network.layered.code("sqlite"), 20)]


@row("text of an LSTM of 4 units, 20 steps")
def memory_text() -> list[Line]:
    network = loads(LSTM)
    return [_speed(network, lambda network: network.layered.text(ascii=True))]


def _speed(network: Network, write: Callable[[Network], str], least: float = 0) -> Line:
    """How many million bytes a second, from the network on."""
    bar = Bar(least, f">= {least:g} MB/s") if least else None
    return rate(Call(lambda: fresh(network), write), len(write(network).encode()) / 1e6, bar)


@row("LaTeX of inlined 4-8-8-3, names")
def latex() -> list[Line]:
    import sympy

    network = parse(SMALL)
    layers = rivals.sympy.names(network)

    def theirs(roots: list[Any]) -> list[str]:
        return [sympy.latex(root) for root in roots]

    return race(
        Call(lambda: fresh(network).inlined, lambda formula: formula.latex()),
        [Rival("sympy.latex", Call(lambda: rivals.sympy.first(layers), theirs))],
        least=3,
    )


# -- files ----------------------------------------------------------------------------------------
@row("save and load 784-128-10, numbers")
def files() -> list[Line]:
    network = numeric(WIDE)
    arrays = [(w.matrix.tolist(), w.bias.tolist()) for w in dense(network)]
    with tempfile.TemporaryDirectory() as folder:
        toml, lists = Path(folder) / "network.toml", Path(folder) / "arrays.json"

        def saved(network: Network) -> Network:
            netsym.save(network, toml)
            return netsym.load(toml)

        def dumped() -> object:
            lists.write_text(json.dumps(arrays), encoding="utf-8")
            return json.loads(lists.read_text(encoding="utf-8"))

        again = saved(network)
        agree("what was saved", dense(again)[0].matrix, np.asarray(arrays[0][0]))
        ours = Call(lambda: fresh(network), saved)
        return race(ours, [Rival("json of the lists", call(dumped))], least=3)


@row("save a TOML file of 100,000 numbers")
def written() -> list[Line]:
    network = numeric("315-315-1")
    return race(Call(lambda: fresh(network), dumps), [at_most(0.06)], least=3)


@row("load a TOML file of 100,000 numbers")
def read() -> list[Line]:
    text = dumps(numeric("315-315-1"))
    return race(call(lambda: loads(text)), [at_most(0.09)], least=3)


# -- judged and divided ---------------------------------------------------------------------------
@row("compare 64-64-64-8 with its formula, names")
def compared() -> list[Line]:
    network = parse("64-64tanh-64tanh-8")
    verdict = netsym.compare(fresh(network)).verdict
    return [alone(Call(lambda: fresh(network), netsym.compare), verdict)]


@row("regions of 2-16-16-1")
def regions() -> list[Line]:
    network = numeric("2-16relu-16relu-1")
    count = len(netsym.regions(fresh(network)))
    return [alone(Call(lambda: fresh(network), netsym.regions), f"{count} regions")]
