"""The large networks that come along: their counts, by hand, and in less than a gigabyte.

The same specs with smaller numbers are written out and counted by brute force.
"""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import netsym
from netsym.files import spec
from netsym.forms.sizes import scientific
from tests.effort import heavy, sample
from tests.forms.test_sizes import from_text, together
from tests.ops.test_sizes_of_arrays import counted
from tests.peak import COMMAND, COUNTED, run_with_peak

LARGE = Path(__file__).parent.parent / "netsym" / "networks"
NAMES = ("gpt2", "resnet50", "resnet152", "vgg16")
Grid = npt.NDArray[Any]


@cache
def large(name: str) -> netsym.Network:
    return netsym.load(LARGE / f"{name}.toml")


# -- how many parameters ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "weights", "statistics"),
    [
        ("gpt2", 124_439_808, 0),
        ("vgg16", 138_357_544, 0),
        ("resnet50", 25_557_032, 53_120),
        ("resnet152", 60_192_808, 151_424),
        ("llama2_7b", 6_738_415_616, 0),
    ],
)
def test_parameters_are_those_of_the_originals(name: str, weights: int, statistics: int) -> None:
    """As their authors and torchvision count them; statistics of batch norms come on top."""
    network = large(name)
    own = {
        id(parameter): (key, len(parameter.names))
        for placed in network.layers
        for key, parameter in placed.parameters.items()
    }.values()
    assert sum(n for key, n in own if key in ("mean", "variance")) == statistics
    assert network.parameter_count == weights + statistics


# -- counts by hand -----------------------------------------------------------------------------
def gpt2(words: int, steps: int, width: int, heads: int, hidden: int, blocks: int) -> int:
    """The nodes of the one formula, by the rules of DESIGN.md, a step at a time."""

    def mapped(size: int, inputs: int) -> int:  # w*x + … + b
        return inputs * (size + 2) + 2

    def normalised(size: int) -> int:
        mean = width * size + 3
        centred = size + mean + 2
        deviation = width * (centred + 2) + 6
        return centred + deviation + 5

    each = width // heads
    sizes = [3 * words + 1 + 2] * steps
    for _ in range(blocks):
        rows = [mapped(normalised(size), width) for size in sizes]  # q, k and v alike
        mixed = []
        for step, query in enumerate(rows):
            seen = rows[: step + 1]
            powers = [each * (query + key + 1) + 3 + 1 for key in seen]
            below = sum(powers) + (step > 0)
            terms = [1 + (power + below + 1) + value
                     for power, value in zip(powers, seen, strict=True)]  # fmt: skip
            mixed.append(sum(terms) + (step > 0))
        sizes = [x + mapped(c, width) + 1 for x, c in zip(sizes, mixed, strict=True)]
        sizes = [x + mapped(mapped(normalised(x), width) + 1, hidden) + 1 for x in sizes]
    return sum(words * (width * (normalised(size) + 2) + 1) for size in sizes)


def windows(sizes: Grid, kernel: int, stride: int, padding: int) -> tuple[Grid, Grid]:
    """What lies in each window: the sizes together, and how many there are."""
    side = sizes.shape[0] + 2 * padding
    inside = (slice(padding, side - padding),) * 2
    padded, there = np.full((side, side), 0, dtype=object), np.zeros((side, side), dtype=int)
    padded[inside], there[inside] = sizes, 1
    ends = padded.shape[0] - kernel + 1
    parts: list[Grid] = [
        array[i : i + ends : stride, j : j + ends : stride]
        for array in (padded, there)
        for i in range(kernel)
        for j in range(kernel)
    ]
    within, many = np.sum(parts[: kernel**2], axis=0), np.sum(parts[kernel**2 :], axis=0)
    return within, many.astype(object)


def convolved(
    sizes: Grid, channels: int, kernel: int, stride: int = 1, padding: int = 0, bias: int = 0
) -> Grid:
    within, many = windows(sizes, kernel, stride, padding)
    result: Grid = channels * (within + 2 * many) + 1 + bias
    if not bias:
        result = result - (many * channels == 1).astype(object)
    return result


def pooled(sizes: Grid, kernel: int, stride: int, padding: int = 0) -> Grid:
    within, many = windows(sizes, kernel, stride, padding)
    result: Grid = within + (many > 1).astype(object)
    return result


BATCH_NORM = 12


def resnet(stages: tuple[int, ...], image: int, width: int, outputs: int) -> int:
    sizes: Grid = np.full((image, image), 1, dtype=object)
    sizes = pooled(convolved(sizes, 3, 7, 2, 3) + BATCH_NORM + 1, 3, 2, 1)
    inputs = width
    for number, count in enumerate(stages):
        for block in range(count):
            inner = width * 2**number
            stride = 2 if number and not block else 1
            path = convolved(sizes, inputs, 1) + BATCH_NORM + 1
            path = convolved(path, inner, 3, stride, 1) + BATCH_NORM + 1
            path = convolved(path, inner, 1) + BATCH_NORM
            if not block:
                sizes = convolved(sizes, inputs, 1, stride) + BATCH_NORM
            sizes, inputs = path + sizes + 2, 4 * inner
    mean = sum(sizes.flat) + (sizes.size > 1) + 2 * (sizes.size > 1)
    return outputs * (inputs * (mean + 2) + 2)


def vgg(image: int, dense: tuple[int, ...], outputs: int) -> int:
    sizes: Grid = np.full((image, image), 1, dtype=object)
    inputs = 3
    for channels, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(count):
            sizes, inputs = convolved(sizes, inputs, 3, 1, 1, bias=1) + 1, channels
        sizes = pooled(sizes, 2, 2)
    total, width = inputs * sum(sizes.flat), inputs * sizes.size
    for units in dense:
        total, width = units * (total + 2 * width + 3), units
    return outputs * (total + 2 * width + 2)


BY_HAND = {
    "gpt2": lambda: gpt2(50257, 1024, 768, 12, 3072, 12),
    "resnet50": lambda: resnet((3, 4, 6, 3), 224, 64, 1000),
    "resnet152": lambda: resnet((3, 8, 36, 3), 224, 64, 1000),
    "vgg16": lambda: vgg(224, (4096, 4096), 1000),
}
SHORT = {
    "gpt2": "1.33 × 10^399", "resnet50": "9.68 × 10^143",
    "resnet152": "3.28 × 10^438", "vgg16": "3.05 × 10^59",
}  # fmt: skip


@pytest.mark.parametrize("name", sample(NAMES, 2))
def test_the_one_formula_has_as_many_nodes_as_by_hand(name: str) -> None:
    nodes = large(name).count_nodes("inlined")
    assert scientific(nodes) == SHORT[name]
    assert nodes == BY_HAND[name]()


def test_the_layers_of_vgg_have_as_many_nodes_as_by_hand() -> None:
    nodes, image, inputs = 0, 224, 3
    for channels, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(count):  # products within the image; sum, bias and relu
            nodes += channels * (3 * inputs * (3 * image - 2) ** 2 + 3 * image**2)
            inputs = channels
        image //= 2
        nodes += channels * image**2 * 5
    for units, width in ((4096, 25_088), (4096, 4096)):
        nodes += units * (3 * width + 3)
    nodes += 1000 * (3 * 4096 + 2)
    assert large("vgg16").count_nodes("layered") == nodes


# -- the command --------------------------------------------------------------------------------
@heavy
@pytest.mark.parametrize("name", sample(NAMES, 1))
def test_size_is_printed_in_less_than_a_gigabyte(name: str) -> None:
    shown, peak = run_with_peak(COMMAND, "size", name)
    assert not COUNTED or (peak is not None and peak < 1_000_000_000)
    rows = {line.split()[0]: line for line in shown.splitlines() if line}
    assert SHORT[name] in rows["inlined"]
    assert "not counted" in rows["shared"]
    assert "The one formula is" in shown


def test_exact_prints_every_digit_and_json_has_them() -> None:
    sizes = large("vgg16").size
    inlined = sizes.forms["inlined"]
    assert inlined is not None
    assert f"{inlined.nodes:,}" in sizes.report(exact=True)
    assert len(str(inlined.nodes)) == 60
    data = json.loads(json.dumps(sizes.to_json()))
    assert data["forms"]["inlined"]["nodes"] == inlined.nodes


# -- the same specs, smaller --------------------------------------------------------------------
def smaller(name: str, keep: Any = None, **numbers: Any) -> netsym.Network:
    """The network of a spec with other numbers: one for all of a key, or what a function says."""

    def changed(said: Any) -> Any:
        if isinstance(said, list):
            return [changed(each) for each in said]
        if not isinstance(said, dict):
            return said
        found = {key: changed(value) for key, value in said.items()}
        for key, number in numbers.items():
            if key in found:
                found[key] = number(found[key]) if callable(number) else number
        return found

    said = tomllib.loads((LARGE / f"{name}.toml").read_text())
    if keep is not None:
        said["layers"] = [layer for layer in said["layers"] if keep(layer["name"])]
    return spec.network(changed(said), name, None)


GPT = {"shape": [2, 1], "width": 1, "units": 1, "heads": 1, "hidden": 1, "repeat": 1}
RESNET = {"shape": [1, 4, 4], "channels": 1, "units": 1, "repeat": 1}
VGG = {"shape": [1, 4, 4], "channels": 1, "units": 1, "repeat": 1}


def small_vgg(layer: str) -> bool:
    return layer[-1] not in "345" or layer == "fc3"


WRITTEN_OUT = {
    "gpt2": lambda: smaller("gpt2", **GPT),
    "resnet50": lambda: smaller("resnet50", **RESNET),
    "resnet152": lambda: smaller("resnet152", **RESNET),
    "vgg16": lambda: smaller("vgg16", small_vgg, **VGG),
}


@pytest.mark.parametrize("name", NAMES)
def test_smaller_ones_are_written_out_and_counted(name: str) -> None:
    network = WRITTEN_OUT[name]()
    for form in ("layered", "inlined"):
        formula = network.formula(form)
        forecast = network.forecast(form)
        assert forecast is not None
        assert forecast == counted(formula)
        if forecast.nodes < 20_000:
            assert forecast == together(from_text(formula), len(formula.outputs))


def fewer(channels: int) -> int:
    return max(channels // 64, 1)


@pytest.mark.parametrize(
    "network",
    [
        lambda: smaller("gpt2", shape=[5, 4], width=6, units=4, heads=3, hidden=5, repeat=3),
        lambda: smaller("resnet50", shape=[2, 33, 21], channels=fewer, units=3, repeat=1),
        lambda: smaller("vgg16", shape=[3, 37, 32], channels=fewer, units=3),
    ],
    ids=["gpt2", "resnet50", "vgg16"],
)
def test_larger_ones_are_built_and_counted_in_the_graph(network: Any) -> None:
    """Where the formula is too long to write out, the graph is not; sizes odd, so that strides
    leave values out."""
    built = network()
    for form in ("layered", "inlined"):
        assert built.forecast(form) == built.formula(form).size, form
