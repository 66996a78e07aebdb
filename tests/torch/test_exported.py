"""A module of torch, and the ONNX file that torch makes of it, are one network."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
import torch

import netsym
from netsym.errors import SpecError
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


@pytest.mark.parametrize("name", ["mlp", "glu"])
def test_both_are_identical(name: str, tmp_path: Path) -> None:
    module, inputs = made(name)
    path = tmp_path / "module.onnx"
    exported(module, inputs, path)
    assert netsym.compare(from_onnx(path), from_torch(module, inputs)).verdict in (
        "structural",
        "identical",
    )


def test_a_file_that_was_made_for_a_number_of_examples_is_refused(tmp_path: Path) -> None:
    module, inputs = made("moves")  # len(x) is a number to the exporter
    path = tmp_path / "module.onnx"
    exported(module, inputs, path)
    with pytest.raises(SpecError, match="what it computes depends on how many examples there are"):
        from_onnx(path)
