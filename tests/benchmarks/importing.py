"""Trained networks of others that are read and sized: seconds, and memory beside their file's."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnx
from onnx import ModelProto, NodeProto

from tests.benchmarks.measure import Bar, DisagreementError, Known, Line, Program, at_most, row
from tests.onnx.models import Array, model, node

ROUNDS = 3
SECONDS = 5.0
#: What is loaded in any case, and with the path of a file its network.
CODE = """
import sys
import netsym
import netsym.readers.onnx.whole
for path in sys.argv[1:]:
    network = netsym.from_onnx(path)
    print(network.parameter_count, network.size)
"""
MEMORY = Bar(1 / 3, "<= 3")


@row("from_onnx and size, an MLP of 10 million")
def mlp() -> list[Line]:
    widths = (784, 2048, 2048, 2048, 10)
    numbers, nodes = dict[str, Array](), list[NodeProto]()
    for place, (before, after) in enumerate(pairwise(widths)):
        numbers[f"w{place}"] = _drawn(after, before)
        numbers[f"b{place}"] = _drawn(after)
        nodes.append(node("Gemm", f"a{place} w{place} b{place}", f"z{place}", transB=1))
        kind = "Softmax" if after == widths[-1] else "Relu"
        nodes.append(node(kind, f"z{place}", f"a{place + 1}"))
    return _measured(model(nodes, {"a0": ["N", 784]}, ["a4"], numbers), 10_020_874)


@row("from_onnx and size, ResNet-18 at 64 x 64")
def resnet() -> list[Line]:
    return _measured(_resnet(), 11_699_112)


def _resnet() -> ModelProto:
    """As torchvision's, with batch norm by itself."""
    numbers, nodes = dict[str, Array](), list[NodeProto]()
    names: Iterator[str] = map("v{}".format, range(1000))

    def put(kind: str, inputs: str, **options: object) -> str:
        name = next(names)
        nodes.append(node(kind, inputs, name, **options))
        return name

    def conv(x: str, before: int, after: int, kernel: int, stride: int) -> str:
        name = f"c{len(numbers)}"
        numbers[name] = _drawn(after, before, kernel, kernel)
        y = put("Conv", f"{x} {name}", pads=[kernel // 2] * 4, strides=[stride] * 2)
        given = [f"{name}{letter}" for letter in "gbmv"]
        numbers.update({key: _drawn(after) ** 2 for key in given})
        return put("BatchNormalization", f"{y} {' '.join(given)}")

    x = put("Relu", conv("x", 3, 64, 7, 2))
    x, before = put("MaxPool", x, kernel_shape=[3, 3], pads=[1] * 4, strides=[2, 2]), 64
    for after in (64, 64, 128, 128, 256, 256, 512, 512):
        stride = 2 if after != before else 1
        y = put("Relu", conv(x, before, after, 3, stride))
        y = conv(y, after, after, 3, 1)
        short = x if after == before else conv(x, before, after, 1, stride)
        x, before = put("Relu", put("Add", f"{y} {short}")), after
    flat = put("Flatten", put("GlobalAveragePool", x))
    numbers |= {"w": _drawn(1000, 512), "b": _drawn(1000)}
    y = put("Gemm", f"{flat} w b", transB=1)
    return model(nodes, {"x": ["N", 3, 64, 64]}, [y], numbers)


def _drawn(*shape: int) -> Array:
    return np.random.default_rng(shape).normal(0, 0.1, shape).astype(np.float32)


def _measured(made: ModelProto, parameters: int) -> list[Line]:
    """The CPU time of the process, and what its peak is over that of one which reads nothing."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        onnx.save(made, path)
        size = path.stat().st_size
        plain = Program(CODE).run()
        runs = [_run(path, parameters) for _ in range(ROUNDS)]
    seconds = statistics.median(run.time for run in runs) - plain.time
    limit = at_most(SECONDS)
    line = Line(seconds, limit.name, SECONDS, bar=limit.bar, rounds=ROUNDS)
    if plain.peak is None:
        return [line]
    memory = max((run.peak or 0) for run in runs) - plain.peak
    files = Line(memory / size, "the file", 1.0, unit="files", bar=MEMORY, rounds=ROUNDS)
    return [replace(line, memory=memory), files]


def _run(path: Path, parameters: int) -> Known:
    """One run, which must find so many parameters."""
    run = Program(CODE, (str(path),)).run()
    if not run.printed.startswith(f"{parameters} "):
        raise DisagreementError(f"from_onnx and size printed {run.printed[:80]!r}")
    return run
