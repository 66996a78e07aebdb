"""Every example that reads a file of ONNX runs, and leaves what it says."""

from __future__ import annotations

from pathlib import Path

from tests.test_examples import assert_in_order, run


def test_onnx_cnn(tmp_path: Path) -> None:
    output = run("onnx_cnn.py", tmp_path)
    answers = ["conv: conv2d, 2 channels, kernel 3 x 3, padding 1, relu", "fc: 3 units, softmax",
               "cnn: 16 inputs, 3 outputs, 47 parameters", "y₁ = exp(",
               "as ONNX computes it: True"]  # fmt: skip
    assert_in_order(output, answers)
    assert (tmp_path / "cnn.onnx").is_file()
