"""Writing the inlined formula as text: against sympy's printer, and streamed to a file."""

from __future__ import annotations

import json
import operator
import statistics
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from netsym import parse
from netsym.formula import Formula
from netsym.network.network import Network
from netsym.typed.parse import parse_formula
from tests import rivals
from tests.benchmarks.measure import (
    Bar,
    Call,
    Line,
    Program,
    Rival,
    agree,
    call,
    faster,
    race,
    rate,
    row,
    within,
)
from tests.benchmarks.networks import DEEP, SMALL, WIDE, fresh, numeric
from tests.rivals.dense import dense

#: Formulas of 2.5, 25 and 100 MB: a layer of 5 makes the text 5 times longer, an output adds it
#: once more; the graph hardly grows.
STREAMED = {
    "names": {2.5: "5-5x6tanh-2", 25: "5-5x7tanh-4", 100: "5-5x7tanh-16"},
    "numbers": {2.5: "5-5x6tanh-1", 25: "5-5x7tanh-2", 100: "5-5x7tanh-8"},
}


@row("text of inlined 4-8-8-3, names")
def small_named() -> list[Line]:
    return _text(parse(SMALL))


@row("text of inlined 4-8-8-3, numbers")
def small_numeric() -> list[Line]:
    return _text(numeric(SMALL))


@row("text of inlined 10-32-32-1, names")
def deep_named() -> list[Line]:
    return _text(parse(DEEP))


@row("text of inlined 10-32-32-1, numbers")
def deep_numeric() -> list[Line]:
    return _text(numeric(DEEP))


def _text(network: Network) -> list[Line]:
    from sympy import sstr

    named = bool(network.parameter_names())
    layers = rivals.sympy.names(network) if named else rivals.sympy.lists(dense(network))

    def sympys(bar: Bar | None = None, **options: Any) -> Rival:
        def written(roots: list[Any]) -> list[str]:
            return [sstr(root, **options) for root in roots]

        _check(network.inlined.text(ascii=True), written(rivals.sympy.first(layers)), network)
        name = ", ".join(["sympy.sstr", *(f"{key} {value}" for key, value in options.items())])
        return Rival(name, Call(lambda: rivals.sympy.first(layers), written), bar)

    return race(
        Call(lambda: fresh(network).inlined, lambda formula: formula.text(ascii=True)),
        [sympys(faster(50)), sympys(order="none")],
        least=3,
    )


def _check(ours: str, theirs: list[str], network: Network) -> None:
    """Both texts give the same values when Python runs them; both are of networks made here."""
    rng = np.random.default_rng(2)
    names = [
        *network.parameter_names(),
        *map(network.input_names.ascii, range(len(network.input_names))),
    ]
    values: dict[str, Any] = {name: rng.normal(0, 0.5) for name in names} | {"tanh": np.tanh}
    outputs = [eval(text, dict(values)) for text in theirs]
    written: dict[str, Any] = dict(values)
    exec(ours, written)
    results = [written[network.output_names.ascii(i)] for i in range(len(network.output_names))]
    agree("values of the texts", results, outputs)


# -- layer by layer -------------------------------------------------------------------------------
@row("layered text of 64-64-64, names")
def layered_narrow() -> list[Line]:
    return _layered("64-64tanh-64")


@row("layered text of 256-256-256, names")
def layered_wide() -> list[Line]:
    return _layered("256-256tanh-256")


def _layered(spec: str) -> list[Line]:
    """Against the texts of the same layers, each of its own inputs."""
    network = parse(spec)
    widths = [len(network.input_names), *(placed.width for placed in network.layers)]
    texts = {
        "CasADi, str": rivals.casadi.layer_texts,
        "symengine, str": rivals.symengine.layer_texts,
    }
    for name, written in texts.items():
        weights = sum(map(operator.mul, widths, widths[1:]))
        agree(f"products in the text of {name}", "".join(written(widths)).count("*"), weights)
    return race(
        Call(lambda: fresh(network).layered, lambda form: form.text(ascii=True, max_nodes=None)),
        [Rival(name, call(partial(written, widths)), faster(1)) for name, written in texts.items()],
    )


# -- reading --------------------------------------------------------------------------------------
@row("read 1 MB of text as we write it, ASCII")
def read_ascii() -> list[Line]:
    return _read("w1_{0}_{1}*x_{1} + ", 50_000)


@row("read 1 MB of text as we write it, Unicode")
def read_unicode() -> list[Line]:
    return _read("w⁽¹⁾₁₁·σ(x₁) + ", 40_000)


def _read(unit: str, terms: int) -> list[Line]:
    text = "".join(unit.format(n % 300 + 1, n % 40 + 1) for n in range(terms)) + "b"
    reading = call(lambda: parse_formula(text, longest=None))
    return [rate(reading, len(text.encode()) / 1e6, Bar(0.5, ">= 0.5 MB/s"))]


# -- streaming ------------------------------------------------------------------------------------
@row("stream a 25 MB formula to a file, names")
def stream_named() -> list[Line]:
    return _speed(STREAMED["names"][25], "names")


@row("stream a 25 MB formula to a file, numbers")
def stream_numeric() -> list[Line]:
    return _speed(STREAMED["numbers"][25], "numbers")


@row("stream 784-128-10 to a file, numbers")
def stream_wide() -> list[Line]:
    return _speed(WIDE, "numbers")


@row("peak memory streaming 100 MB, names")
def memory_named() -> list[Line]:
    return _memory("names")


@row("peak memory streaming 100 MB, numbers")
def memory_numeric() -> list[Line]:
    return _memory("numbers")


def _speed(spec: str, parameters: str) -> list[Line]:
    runs = [_streamed(spec, parameters) for _ in range(3)]
    line = Line(
        statistics.median(run.megabytes / run.seconds for run in runs),
        f"({runs[0].megabytes:.3g} MB)", unit="MB/s", bar=Bar(20, ">= 20 MB/s"), rounds=len(runs),
        memory=runs[0].peak,
    )  # fmt: skip
    return [line]


def _memory(parameters: str) -> list[Line]:
    """Peaks of processes, which grow by no more than a tenth."""
    largest, *smaller = (
        _streamed(STREAMED[parameters][megabytes], parameters) for megabytes in (100, 2.5, 25)
    )
    if largest.peak is None:
        raise NotImplementedError("this system does not say the peak of a process")
    return [
        Line(
            largest.peak / 1e6, f"netsym, {run.megabytes:.3g} MB", (run.peak or 0) / 1e6, unit="MB",
            bar=within(1.1), memory=largest.peak, rival_memory=run.peak,
        )
        for run in smaller
    ]  # fmt: skip


def _streamed(spec: str, parameters: str) -> Streamed:
    """Stream in a process of its own, so that its peak is its own."""
    code = "from tests.benchmarks.stream import main; main(*sys.argv[1:])"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "formula.txt"
        run = Program(code, (spec, parameters, str(path))).run()
        said = json.loads(run.printed)
        agree("length of the file", path.stat().st_size, said["characters"])
    return Streamed(said["characters"] / 1e6, said["seconds"], run.peak)


@dataclass(frozen=True, slots=True)
class Streamed:
    """A file that was written: its size, the process time of the writing, the peak in bytes."""

    megabytes: float
    seconds: float
    peak: int | None


def formula_of(spec: str, parameters: str) -> Formula:
    """The inlined formula that is streamed."""
    return (numeric if parameters == "numbers" else parse)(spec).inlined
