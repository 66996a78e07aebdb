"""Every example that trains a network of torch runs, and leaves what it says."""

from __future__ import annotations

from pathlib import Path

import netsym
from tests.test_examples import assert_in_order, run


def test_torch_mlp(tmp_path: Path) -> None:
    output = run("torch_mlp.py", tmp_path)
    answers = ["['hidden', 'out'] 2-2tanh-1sigmoid", "y = σ(", "exclusive or: [0.0, 1.0, 1.0, 0.0]",
               "as near to PyTorch as its float32: True"]  # fmt: skip
    assert_in_order(output, answers)
    assert netsym.load(tmp_path / "xor.toml").shorthand == "2-2tanh-1sigmoid"
