"""Recurrent layers against torch, in float64, with torch's own random weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import netsym
from netsym.layers.blocks import Wire
from netsym.layers.merge import Concat
from netsym.layers.recurrent import GRU, LSTM, RNN, Recurrent
from tests.effort import random_examples
from tests.layers.every_reading import single

KINDS: dict[str, tuple[type[Recurrent], type[torch.nn.RNNBase]]] = {
    "rnn": (RNN, torch.nn.RNN), "gru": (GRU, torch.nn.GRU), "lstm": (LSTM, torch.nn.LSTM),
}  # fmt: skip
#: The gates in torch's order.
GATES = {"rnn": ("",), "gru": ("r", "z", "n"), "lstm": ("i", "f", "g", "o")}


def parameters(kind: str, theirs: torch.nn.Module, suffix: str, units: int) -> dict[str, Any]:
    """One layer, in one direction, of theirs, by the names that it has here."""
    found = {name: tensor.detach().numpy() for name, tensor in theirs.named_parameters()}
    cut: dict[str, Any] = {}
    for n, gate in enumerate(GATES[kind]):
        rows = slice(n * units, (n + 1) * units)
        cut[f"w{gate}"] = found[f"weight_ih_{suffix}"][rows]
        cut[f"u{gate}"] = found[f"weight_hh_{suffix}"][rows]
        if f"bias_ih_{suffix}" not in found:
            continue
        biases = [found[f"bias_{side}_{suffix}"][rows] for side in ("ih", "hh")]
        if (kind, gate) == ("gru", "n"):
            cut["bn"], cut["bu"] = biases
        else:
            cut[f"b{gate}"] = biases[0] + biases[1]
    return cut


def wires(kind: str, theirs: torch.nn.RNNBase, returns: str, **options: Any) -> list[Wire]:
    """Their layers one after another, of two directions joined."""
    made: list[Wire] = []
    before, units = "input", theirs.hidden_size
    for n in range(theirs.num_layers):
        gives = returns if n == theirs.num_layers - 1 else "all"
        names = []
        for back in (False, True)[: 1 + theirs.bidirectional]:
            suffix = f"l{n}_reverse" if back else f"l{n}"
            layer = KINDS[kind][0](units=units, returns=gives, reverse=back, **options)
            made.append((suffix, layer, [before], parameters(kind, theirs, suffix, units)))
            names.append(suffix)
        before = names[0]
        if theirs.bidirectional:
            before = f"both{n}"
            made.append((before, Concat(), names, {}))
    return made


@random_examples(40)
@given(
    st.sampled_from(sorted(KINDS)), st.integers(1, 6), st.integers(1, 3), st.integers(1, 4),
    st.integers(1, 3), st.booleans(), st.booleans(), st.booleans(), st.integers(0, 2**31),
)  # fmt: skip
def test_all_options(
    kind: str, steps: int, inputs: int, units: int, layers: int, both: bool, bias: bool,
    relu: bool, seed: int,
) -> None:  # fmt: skip
    torch.manual_seed(seed)
    options: dict[str, Any] = {}
    if kind == "rnn":
        options["nonlinearity"] = "relu" if relu else "tanh"
    theirs = KINDS[kind][1](
        inputs, units, layers, bias=bias, bidirectional=both, batch_first=True,
        dtype=torch.float64, **options,
    )  # fmt: skip
    x = torch.randn(3, steps, inputs, dtype=torch.float64)
    with torch.no_grad():
        states, last = theirs(x)
    ours = {"bias": bias} | ({"activation": options["nonlinearity"]} if options else {})
    flat = x.reshape(3, -1).numpy()
    for returns in ("all", "last"):
        made = wires(kind, theirs, returns, **ours)
        network = netsym.Network.of("torch", steps * inputs, made, shape=(steps, inputs))
        ends = last[0] if kind == "lstm" else last
        if returns == "all":
            wanted = states
        else:
            wanted = torch.cat(list(ends[-2:] if both else ends[-1:]), dim=-1)
        found = np.asarray(network(flat)).reshape(3, -1)
        np.testing.assert_allclose(found, wanted.reshape(3, -1).numpy(), rtol=1e-12, atol=1e-13)


def lstm(inputs: int, units: int, steps: int) -> tuple[netsym.Network, Any, Any]:
    """torch's LSTM as it comes, as a network; points, and its values there."""
    torch.manual_seed(1)
    theirs = torch.nn.LSTM(inputs, units, batch_first=True, dtype=torch.float64)
    given = parameters("lstm", theirs, "l0", units)
    x = torch.randn(4, steps, inputs, dtype=torch.float64)
    with torch.no_grad():
        _, (last, _) = theirs(x)
    network = single(LSTM(units=units, steps=steps), (steps, inputs), given)
    return network, x.reshape(4, -1).numpy(), last[0].numpy()


def test_an_lstm_of_three_inputs_and_four_units_over_five_steps() -> None:
    network, x, wanted = lstm(3, 4, 5)
    assert network.count_nodes("inlined") == 13_923_788
    np.testing.assert_allclose(network(x), wanted, rtol=1e-12)
    np.testing.assert_allclose(network.layered(x), wanted, rtol=1e-12)
    np.testing.assert_allclose(network.inlined(x), wanted, rtol=1e-12)  # on the graph
    code: dict[str, Any] = {}
    exec(network.layered.python(), code)
    for point, values in zip(x, wanted, strict=True):
        np.testing.assert_allclose(code["f"](*point), values, rtol=1e-12)


@pytest.mark.parametrize(("inputs", "units", "steps"), [(3, 4, 2), (1, 1, 5), (2, 2, 3)])
def test_the_one_formula_computes_what_torch_does(inputs: int, units: int, steps: int) -> None:
    network, x, wanted = lstm(inputs, units, steps)
    code: dict[str, Any] = {}
    exec(network.inlined.python(), code)
    found = np.array([np.atleast_1d(code["f"](*point)) for point in x])
    np.testing.assert_allclose(found, wanted, rtol=1e-12)
