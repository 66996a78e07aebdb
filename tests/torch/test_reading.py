"""Modules of torch as networks: their values, their layers as they are taught, their names."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import netsym
from netsym.errors import SpecError
from netsym.files.files import loads
from netsym.files.spec_of import dumps
from netsym.readers.torch import from_torch
from tests.torch.modules import CASES, Case, encoder, normal, of


def made(name: str) -> Case:
    """A module in float64 with numbers of its own in all that training leaves as 0 or 1."""
    return with_own_numbers(CASES[name])


def with_own_numbers(make: Callable[[], Case]) -> Case:
    """The same of a module that is made here."""
    torch.manual_seed(16)
    module, inputs = make()
    module = module.double().eval()
    with torch.no_grad():
        for key, each in module.state_dict().items():
            if each.is_floating_point() and "running_var" in key:
                each.uniform_(0.5, 2)
            elif each.is_floating_point() and re.search("norm|bn|running_mean|proj.bias", key):
                each.normal_()
    return module, inputs


def outputs(network: netsym.Network, inputs: Any) -> list[Any]:
    found: Any = network(*(each.numpy() for each in inputs))
    return [np.asarray(each) for each in (found if isinstance(found, tuple) else (found,))]


@pytest.mark.parametrize("name", CASES)
def test_values(name: str) -> None:
    module, inputs = made(name)
    network = from_torch(module, inputs)
    drawn = tuple(normal(5, *each.shape[1:]) for each in inputs)
    with torch.no_grad():
        wanted = module(*drawn)
    wanted = wanted if isinstance(wanted, tuple) else (wanted,)
    for mine, theirs in zip(outputs(network, drawn), wanted, strict=True):
        expected = theirs.numpy().reshape(5, -1)
        scale = np.abs(expected).max()
        np.testing.assert_allclose(mine.reshape(5, -1), expected, rtol=1e-12, atol=1e-12 * scale)
    again = loads(dumps(network))
    assert [placed.layer for placed in again.layers] == [p.layer for p in network.layers]


def kinds(name: str) -> list[str]:
    return [placed.layer.kind for placed in from_torch(*made(name)).layers]


def test_layers_are_as_they_are_taught() -> None:
    assert from_torch(*made("mlp")).shorthand == "4-5relu-2softmax"
    assert kinds("cnn") == ["conv2d", "batch_norm", "activation", "max_pool2d", "flatten", "dense"]
    assert kinds("encoder") == ["attention", "add", "layer_norm", "dense", "dense", "add",
                                "layer_norm"]  # fmt: skip
    assert kinds("decoder") == ["attention", "add", "layer_norm", "attention", "add", "layer_norm",
                                "dense", "dense", "add", "layer_norm"]  # fmt: skip
    gpt = from_torch(*made("gpt"))
    assert [p.layer.kind for p in gpt.layers] == ["layer_norm", "attention", "add", "layer_norm",
                                                  "dense", "dense", "add"]  # fmt: skip
    assert gpt.layers[1].layer.causal  # type: ignore[attr-defined]


@pytest.mark.parametrize("all_digits", [False, True])
def test_biases_that_are_added_have_their_own_digits_first(all_digits: bool) -> None:
    torch.manual_seed(4)
    cell = nn.LSTM(2, 1, batch_first=True)
    network = from_torch(cell, torch.zeros(1, 3, 2), all_digits=all_digits)
    found = np.asarray(network.layers[0].parameters["bi"].entries).item()
    outer, inner = (each.detach().numpy()[0] for each in (cell.bias_ih_l0, cell.bias_hh_l0))
    decimals = [float(each) if all_digits else float(str(each)) for each in (outer, inner)]
    assert found == sum(decimals)


def test_names_are_those_of_the_modules() -> None:
    names = [placed.name for placed in from_torch(*made("encoder of two")).layers]
    assert "layers.0.self_attn" in names and "layers.1.linear1" in names
    assert "layers.0.norm1" in names
    assert len({*names}) == len(names) == 14


def test_the_module_stays_as_it_is() -> None:
    module = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5), nn.Sequential(nn.BatchNorm1d(2)))
    module[2].eval()
    from_torch(module, torch.zeros(3, 2))
    assert [each.training for each in module.modules()] == [True, True, True, False, False]


def test_a_float32_has_its_own_digits() -> None:
    module = nn.Linear(2, 1)
    with torch.no_grad():
        module.weight.copy_(torch.tensor([[0.1, -0.7]]))
        module.bias.fill_(0.3)
    network = from_torch(module, torch.zeros(1, 2))
    assert network.inlined.text(ascii=True).startswith("y = 0.1*x_1 - 0.7*x_2 + 0.3")
    every = from_torch(module, torch.zeros(1, 2), all_digits=True).inlined.text(ascii=True)
    assert "0.10000000149011612*x_1" in every


def test_without_a_batch_and_with_one_elsewhere() -> None:
    module = nn.Linear(3, 2).double()
    x = normal(4, 3)
    whole = from_torch(module, x, batch=None)
    assert whole.inputs[0].shape == (4, 3)
    with torch.no_grad():
        expected = module(x).numpy()
    np.testing.assert_allclose(np.reshape(whole(x.numpy()[None]), (4, 2)), expected, rtol=1e-12)
    cell = nn.LSTM(2, 3).double()  # whose batch is the second axis
    network = from_torch(cell, normal(4, 2, 2), batch=1)
    assert network.inputs[0].shape == (4, 2)


def test_what_cannot_be_read_is_named_with_its_module() -> None:
    class Strange(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.floor(x) + x.argmax(-1, keepdim=True)

    module = nn.Sequential(nn.Linear(2, 2), Strange())
    with pytest.raises(SpecError) as error:
        from_torch(module, torch.zeros(1, 2))
    assert str(error.value) == (
        "cannot be read: operator floor (in '1') is not read here; operator argmax (in '1') is "
        "not read here"
    )


def test_what_mixes_examples_is_refused() -> None:
    class Mixing(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x - x.mean(0)

    with pytest.raises(SpecError, match="works along the axis of the examples of a batch"):
        from_torch(Mixing(), torch.zeros(3, 2))


def test_batch_norm_without_statistics_is_refused() -> None:
    module = nn.BatchNorm1d(2, track_running_stats=False)
    with pytest.raises(SpecError, match="normalises by its batch"):
        from_torch(module, torch.zeros(3, 2))


def test_inputs_are_tensors_of_floats() -> None:
    module = nn.Embedding(3, 2)
    with pytest.raises(SpecError, match=r"1 is no tensor of floats; .* one-hot rows"):
        from_torch(module, torch.zeros(3, dtype=torch.int64))
    with pytest.raises(SpecError, match="a dict and 1 example inputs were given; give a module"):
        from_torch({}, torch.zeros(3))
    with pytest.raises(SpecError, match="a ReLU and 0 example inputs were given; give a module"):
        from_torch(nn.ReLU())
    with pytest.raises(SpecError, match="has no axis 1 for the examples; give batch=None"):
        from_torch(nn.ReLU(), torch.zeros(3), batch=1)


def test_a_choice_among_words_is_read_by_its_one_hot_rows() -> None:
    """The way that the refusal of whole numbers says."""
    words, head = nn.Embedding(5, 3).double(), nn.Linear(3, 2).double()
    module, _ = of(lambda m, x: m.head(x @ m.words.weight).mean(1), words=words, head=head)
    rows = torch.eye(5, dtype=torch.float64)[torch.tensor([[1, 4], [0, 0]])]
    network = from_torch(module, rows)
    with torch.no_grad():
        expected = head(words(torch.tensor([[1, 4], [0, 0]]))).mean(1).numpy()
    np.testing.assert_allclose(np.asarray(network(rows.numpy())), expected, rtol=1e-12)


@pytest.mark.parametrize("free", [False, True])
def test_a_program_that_was_exported(free: bool) -> None:
    module, inputs = made("cnn")
    shapes = ({0: torch.export.Dim("N")},) if free else None
    program = torch.export.export(module, inputs, dynamic_shapes=shapes)
    own = from_torch(module, inputs)
    assert from_torch(program).inlined.text() == own.inlined.text()


def test_what_the_module_raises_is_said() -> None:
    with pytest.raises(SpecError, match=r"torch.export cannot export the module: .*"):
        from_torch(nn.Linear(3, 2), torch.zeros(2, 4))


def test_an_encoder_of_float32() -> None:
    torch.manual_seed(3)
    module = encoder().eval()
    network = from_torch(module, torch.randn(2, 3, 4))
    x = torch.randn(4, 3, 4)
    with torch.no_grad():
        expected = module(x).numpy()
    found = np.reshape(network(x.double().numpy()), expected.shape)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
