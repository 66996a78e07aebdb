"""Parameter files hold what a layer takes; what it can do without need not be there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import netsym
from netsym.errors import SpecError

LAYERS = {
    "lstm": 'type = "lstm"\nunits = 2',
    "peepholes": 'type = "lstm"\nunits = 2\npeepholes = true\nstate = "named"',
    "gru": 'type = "gru"\nunits = 2\nreset = "before"',
    "rnn": 'type = "rnn"\nunits = 2\nbias = false',
    "attention": 'type = "attention"\nheads = 1\nbias = false',
    "feedforward": 'type = "feedforward"\nhidden = 3',
    "batch_norm": 'type = "batch_norm"',
}


def spec(folder: Path, layer: str, arrays: dict[str, np.ndarray]) -> Path:
    np.savez(folder / "weights.npz", **arrays)
    text = (
        f'netsym = 1\nshape = [3, 2]\nparameters = "weights.npz"\n[[layers]]\nname = "cell"\n'
        f"{layer}\n"
    )
    path = folder / "net.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_arrays_of_a_file(layer: str, tmp_path: Path) -> None:
    body = f'netsym = 1\nshape = [3, 2]\n[[layers]]\nname = "cell"\n{layer}\n'
    path = tmp_path / "named.toml"
    path.write_text(body, encoding="utf-8")
    named = netsym.load(path)
    source = np.random.default_rng(1)
    arrays = {
        f"cell.{key}": source.uniform(0.5, 1, parameter.shape)
        for key, parameter in named.layers[0].parameters.items()
    }
    values = {
        name: float(value)
        for key, parameter in named.layers[0].parameters.items()
        for name, value in zip(parameter.names.all(), arrays[f"cell.{key}"].flat, strict=True)
    }
    read = netsym.load(spec(tmp_path, layer, arrays))
    x = source.uniform(-1, 1, (4, 3, 2))
    assert read(x) == pytest.approx(named(x, parameters=values), rel=1e-15)
    assert read(x) == pytest.approx(read(x.reshape(4, 6)), rel=0)
    lacking = dict(list(arrays.items())[1:])
    with pytest.raises(SpecError, match=f"the parameter file has no array {next(iter(arrays))}"):
        netsym.load(spec(tmp_path, layer, lacking))
    more = arrays | {"cell.what": np.ones(1)}
    with pytest.raises(SpecError, match=r"an array 'cell\.what' that no layer takes"):
        netsym.load(spec(tmp_path, layer, more))


def test_a_parameter_that_is_not_taken(tmp_path: Path) -> None:
    path = spec(tmp_path, LAYERS["rnn"], {
        "cell.w": np.ones((2, 2)), "cell.u": np.ones((2, 2)), "cell.h0": np.ones(2),
    })  # fmt: skip
    with pytest.raises(SpecError, match="has no parameter 'h0'; it takes w and u"):
        netsym.load(path)
