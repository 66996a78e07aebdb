"""A module of torch, and the ONNX file that torch makes of it, are one network."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn.utils.fusion import fuse_linear_bn_eval

import netsym
from netsym.equality.folded import folded
from netsym.equality.sides import subject
from netsym.errors import SpecError
from netsym.network.network import Network
from netsym.readers.onnx import from_onnx
from netsym.readers.torch import from_torch
from tests.torch.test_reading import made

#: How near both are: the exporter writes the numbers of a formula, as eps, as float32.
EXPORTED = {
    **dict.fromkeys(("mlp", "glu", "prelu", "residual", "u-net", "lstm", "two inputs"), 1e-12),
    "gpt": 1e-6,
}


def exported(module: torch.nn.Module, inputs: tuple[torch.Tensor, ...], path: Path) -> None:
    names = [f"x{n}" for n in range(len(inputs))]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module, inputs, str(path), dynamo=False, input_names=names, output_names=["y"],
            dynamic_axes={name: {0: "N"} for name in names},
        )  # fmt: skip


@pytest.mark.parametrize(("name", "near"), EXPORTED.items())
def test_both_have_the_same_values(name: str, near: float, tmp_path: Path) -> None:
    module, inputs = made(name)
    path = tmp_path / "module.onnx"
    exported(module, inputs, path)
    theirs, own = from_onnx(path), from_torch(module, inputs)
    drawn = [torch.randn(5, *each.shape[1:], dtype=torch.float64).numpy() for each in inputs]
    np.testing.assert_allclose(theirs(*drawn), own(*drawn), rtol=near, atol=near)


#: What is proved of each; the exporter multiplies batch norm into convolutions, in floats.
PROVED = {
    **dict.fromkeys((
        "mlp", "no bias", "activations", "prelu", "glu", "batch norm of vectors", "convolutions",
        "same padding", "volumes", "pooling", "adaptive pooling", "global pooling", "norms",
        "padding", "upsampling", "aligned upsampling", "pixel shuffle", "u-net", "lstm", "gru",
        "rnn", "both directions", "stacked", "last states", "encoder of two", "attention",
        "attention without biases", "gpt", "experts", "two inputs", "two outputs", "einsum",
        "choices", "masked"), "structural"),
    **dict.fromkeys(("more activations", "statistics", "own arithmetic"), "identical"),
    **dict.fromkeys(("cnn", "residual"), "within-error"),
}  # fmt: skip


#: What the exporter writes by simpler operators, so that its layers are others.
WRITTEN_OUT = ("norms", "padding", "upsampling", "last states")


def both(name: str, path: Path, dtype: torch.dtype = torch.float64) -> tuple[Network, Network]:
    module, inputs = made(name)
    module, inputs = module.to(dtype), tuple(each.to(dtype) for each in inputs)
    exported(module, inputs, path)
    return from_onnx(path), from_torch(module, inputs)


@pytest.mark.parametrize(("name", "verdict"), PROVED.items())
def test_both_are_one_function(name: str, verdict: str, tmp_path: Path) -> None:
    theirs, own = both(name, tmp_path / "module.onnx")
    assert netsym.compare(theirs, own).verdict == verdict
    if verdict == "structural" and name not in WRITTEN_OUT:
        assert [p.layer for p in theirs.layers] == [p.layer for p in own.layers]


def test_what_the_exporter_multiplied_is_named_with_its_kind_of_float(tmp_path: Path) -> None:
    theirs, own = both("cnn", tmp_path / "module.onnx", torch.float32)
    found = netsym.compare(theirs, own)
    assert found.verdict == "within-error"
    assert found.because == (
        "layers of the one are multiplied together in the other "
        "(s (W * x + b) + t -> (s W) * x + (s b + t)): the 57 numbers that this makes agree but "
        "for a few units in the last place of float32, all others are equal"
    )


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_batch_norm_that_went_into_a_dense_layer_is_named(dtype: torch.dtype) -> None:
    module, inputs = made("batch norm of vectors")
    module, x = module.to(dtype), inputs[0].to(dtype)
    linear, norm, *rest = module
    together = torch.nn.Sequential(fuse_linear_bn_eval(linear, norm), *rest)
    own, theirs = from_torch(module, x), from_torch(together, x)
    found = netsym.compare(theirs, own)
    assert found.verdict == "within-error"
    kind = str(dtype).removeprefix("torch.")
    assert f"agree but for a few units in the last place of {kind}" in (found.because or "")
    with torch.no_grad():
        together[0].weight[0, 0] *= 1 + 64 * torch.finfo(dtype).eps
    assert folded(subject(from_torch(together, x)), subject(own)) is None


@pytest.mark.parametrize(("layer", "steps"), [(0, 60), (-1, 1)])
def test_another_number_is_not_excused(layer: int, steps: int, tmp_path: Path) -> None:
    """One that was multiplied is another one beyond its room, and any other one by a single ulp."""
    theirs, own = both("cnn", tmp_path / "module.onnx")
    placed = theirs.layers[layer]
    numbers = np.array(placed.parameters["weights"].entries)
    numbers.flat[1] += steps * np.spacing(numbers.flat[1])
    changed = {**placed.parameters, "weights": replace(placed.parameters["weights"],
                                                       stored=numbers)}  # fmt: skip
    layers = [*theirs.layers]
    layers[layer] = replace(placed, parameters=changed)
    assert folded(subject(replace(theirs, layers=tuple(layers))), subject(own)) is None
    assert folded(subject(theirs), subject(own)) is not None


def test_a_file_that_was_made_for_a_number_of_examples_is_refused(tmp_path: Path) -> None:
    module, inputs = made("moves")  # len(x) is a number to the exporter
    path = tmp_path / "module.onnx"
    exported(module, inputs, path)
    with pytest.raises(SpecError, match="what it computes depends on how many examples there are"):
        from_onnx(path)


@pytest.mark.parametrize("name", ["moves", "vit"])
def test_a_file_that_was_made_for_one_example_is_read_for_one(name: str, tmp_path: Path) -> None:
    module, inputs = made(name)
    path = tmp_path / "module.onnx"
    exported(module, tuple(each[:1] for each in inputs), path)
    network = from_onnx(path, lengths={"N": 1})
    for _ in range(3):
        drawn = torch.randn(1, *inputs[0].shape[1:], dtype=torch.float64)
        with torch.no_grad():
            expected = module(drawn).numpy()
        found = np.asarray(network(drawn.numpy())).reshape(expected.shape)
        near = 1e-6 if name == "vit" else 1e-12  # eps is written as float32
        np.testing.assert_allclose(found, expected, rtol=near, atol=near)
