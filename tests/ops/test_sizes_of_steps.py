"""The steps of a recurrence are forecast from a few of them: against what is built, all of them."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from netsym.forms.sizes import measure
from netsym.forms.waves import waves
from netsym.layers.attention import Attention
from netsym.layers.dense import Dense
from netsym.layers.merge import Concat
from netsym.layers.recurrent import GRU, LSTM, RNN
from netsym.network.counting import size_of
from netsym.network.network import Network
from netsym.network.to_form import to_form
from netsym.ops.counts.rows_of_masks import rows_of


def drawn(seed: int) -> Network:
    """A network with a recurrence of up to seven steps, what reads its states, and another."""
    source = random.Random(seed)
    options: dict[str, Any] = {
        "units": source.choice([1, 2, 3]), "state": source.choice(["zero", "named"]),
        "reverse": source.random() < 0.4, "bias": source.random() < 0.7,
    }  # fmt: skip
    kind = source.choice([LSTM, GRU, RNN])
    own = {LSTM: {"peepholes": source.random() < 0.5, "coupled": source.random() < 0.5}}
    wires: list[Any] = [("one", kind(**options, **own.get(kind, {}), returns="all"), ["input"], {})]
    other = source.choice([GRU, RNN])(units=2, returns="all", reverse=source.random() < 0.5)
    wires.append(("other", other, [source.choice(["input", "one"])], {}))
    wires.append(("both", Concat(), ["one", "other"], {}))
    width = options["units"] + 2
    read = source.choice([RNN(units=1), Attention(heads=1, causal=True), Dense(units=width)])
    wires.append(("end", read, ["both"], {}))
    steps = source.randint(2, 7)
    return Network.of("steps", 2 * steps, wires, shape=(steps, 2))


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("form", ["layered", "inlined"])
@pytest.mark.parametrize("expand", [False, True])
def test_steps_cost_what_they_do_when_built(seed: int, form: str, expand: bool) -> None:
    network = drawn(seed)
    assert size_of(network, form, expand) == measure(to_form(network, form, expand))


def test_steps_are_not_read_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a hundred steps a few are."""
    read = []
    cell = RNN.cell

    def counted(*operands: Any) -> Any:
        read.append(1)
        return cell(*operands)

    monkeypatch.setattr(RNN, "cell", counted)
    network = Network.of("one", 100, [("one", RNN(units=2), ["input"], {})], shape=(100, 1))
    for form in ("layered", "inlined"):
        size_of(network, form)
    assert 0 < len(read) < 40


def test_steps_whose_values_are_named_are_measured_together() -> None:
    """As many waves of forty steps as of twenty."""
    twenty, forty = (
        Network.of("memory", n, [("memory", LSTM(units=2), ["input"], {})], shape=(n, 1))
        for n in (20, 40)
    )
    assert len([*waves(to_form(twenty, "shared"))]) == len([*waves(to_form(forty, "shared"))])


def test_rows_of_a_mask_that_can_change_are_looked_at_again() -> None:
    mask = np.tri(3, dtype=bool)
    assert rows_of(mask).count.tolist() == [1, 2, 3]
    mask[0] = True
    assert rows_of(mask).count.tolist() == [3, 2, 3]
    mask.flags.writeable = False
    assert rows_of(mask) is rows_of(mask[None])
    assert not rows_of(np.array([[True, False, True]])).without_gaps
    assert rows_of(np.array([[False, True, True], [False] * 3])).stop.tolist() == [3, 0]
