"""What the parts of a note tell of: a network, its usual loss, and a point where it is computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from netsym.collapse.scalers import without_scalers
from netsym.collapse.simplification import simplify
from netsym.collapse.simplified import Simplified
from netsym.equality.cancelled import taught_if_proved
from netsym.gradient.of_arrays import why_no_gradient
from netsym.layers import Activated
from netsym.layers.dense import Dense
from netsym.layers.wiring import Placed
from netsym.network.costs import cost, examples_of
from netsym.network.learned import Learned
from netsym.network.network import Network
from netsym.notes import made_up
from netsym.notes.note.content import PAGE, SMALL, WIDTH
from netsym.writers.latex_groups import Slopes
from netsym.writers.latex_layers import Group, layer_groups
from netsym.writers.notations import NOTATIONS
from netsym.writers.palette import spelling

#: Of a network whose layers have more nodes there are only whole arrays and sizes.
_MOST_NODES = 20_000
#: So many units are told one by one.
MOST_UNITS = 12
#: The loss that goes with the activation of the last layer.
USUAL = {"sigmoid": "bce", "softmax": "cross_entropy"}


@dataclass(frozen=True, eq=False)
class Story:
    """A network, and what follows from it; what takes time is found when a part asks for it.

    `loss` is one by its name, None for the usual one; `terms` are those of `netsym.cost`. `at` are
    numbers by name for the worked example, where others are made up. Numbers have `digits`.
    """

    network: Network
    loss: str | None = None
    terms: Mapping[str, Any] = field(default_factory=dict)
    at: Mapping[str, Any] = field(default_factory=dict)
    digits: int = 3

    @cached_property
    def is_vast(self) -> bool:
        """Whether it is too large to be told unit by unit."""
        return self.network.count_nodes("layered") > _MOST_NODES

    @cached_property
    def simplified(self) -> Simplified:
        """What collapses, and why the rest does not."""
        return simplify(self.network)

    # -- the network as it is told ----------------------------------------------------------------
    @cached_property
    def _plain(self) -> tuple[Network, tuple[tuple[Placed, int], ...]]:
        return (self.network, ()) if self.is_vast else without_scalers(self.network)

    @property
    def told(self) -> Network:
        """The network with its scalers multiplied into the layers beside them."""
        return self._plain[0]

    @property
    def scalers(self) -> tuple[tuple[Placed, int], ...]:
        """Those that were multiplied in, each with the number of the layer that it is in now."""
        return self._plain[1]

    @cached_property
    def learned(self) -> Learned:
        """The same with a name for every number that is learned."""
        return Learned(self.told, {}) if self.is_vast else Learned.of(self.told)

    @property
    def named(self) -> Network:
        """The network with letters for its numbers."""
        return self.learned.network

    @cached_property
    def has_numbers(self) -> bool:
        """Whether its weights are numbers."""
        return bool(self.learned.numbers)

    @cached_property
    def trained(self) -> list[Group]:
        """A network of numbers in titled groups, a row a unit; none where these are too many."""
        if not self.has_numbers or not self.is_of_dense_layers or self.units > MOST_UNITS:
            return []
        return layer_groups(
            self.told.layered, digits=self.digits, notation=NOTATIONS["ng"],
            color=spelling(True, document=False), line=WIDTH / SMALL, height=PAGE,
        )  # fmt: skip

    @cached_property
    def units(self) -> int:
        """How many values its layers give, of all that do not look at each value alone."""
        layers = [p for p in self.told.layers if not p.layer.elementwise]
        return sum(int(np.prod(placed.shape)) for placed in layers)

    # -- its loss ---------------------------------------------------------------------------------
    @cached_property
    def chosen(self) -> str | None:
        """The loss that is told of: the one that was asked for, or the usual one, if there is."""
        if self.loss is not None or len(self.network.outputs) != 1 or self.is_vast:
            return self.loss
        last = self.network.named(self.network.outputs[0].source)
        activation = last.layer.activation if isinstance(last.layer, Activated) else ""
        if activation == "softmax" and last.shape[-1] == 1:  # it is always 1
            return None
        return USUAL.get(activation, "mse")

    @cached_property
    def cost(self) -> Network | None:
        """The cost of the network with letters; None where there is no loss."""
        return None if self.chosen is None else cost(self.named, self.chosen, **self.terms)

    @cached_property
    def one(self) -> Network | None:
        """The loss of one example alone; None where there is no loss."""
        if self.chosen is None:
            return None
        return cost(self.named, self.chosen, delta=self.terms.get("delta"))

    @cached_property
    def is_one(self) -> bool:
        """Whether the cost is that of one example."""
        return self.cost is None or self.cost.layered == (self.one or self.cost).layered

    @cached_property
    def slopes(self) -> Slopes | None:
        """Back propagation unit by unit; None where there is nothing to learn."""
        names = [] if self.one is None else self.learned.group()
        if self.one is None or not names:
            return None
        values = self.one.layered
        found = values.jacobian(names)
        return Slopes(values, found, taught_if_proved(self.one, found))

    @cached_property
    def array_slopes(self) -> Slopes | None:
        """Back propagation of whole arrays; None where it is not known."""
        if self.one is None or not self.learned.group():
            return None
        values = self.one.matrices
        if why_no_gradient(values, values.shapes):
            return None
        found = values.gradient()
        return Slopes(values, found, taught_if_proved(self.one, found))

    # -- a point ----------------------------------------------------------------------------------
    @cached_property
    def point(self) -> Mapping[str, Any]:
        """Numbers for all names of an example, but for those that weights have."""
        return {**self._made_up, **self.at}

    @property
    def is_made_up(self) -> bool:
        """Whether some of them are."""
        return bool(self._made_up.keys() - self._of_data)

    @cached_property
    def _made_up(self) -> dict[str, float]:
        """Those that nobody has given: of the first example, or usual ones."""
        inputs = self.network.input_names.all()
        targets = [] if self.one is None else self.one.input_names.all()[len(inputs) :]
        learned = [n for n in self.named.parameter_names() if n not in self.learned.numbers]
        found = made_up.parameters(learned, {}) | dict(zip(inputs, self._inputs(), strict=True))
        found |= {name: float(not place) for place, name in enumerate(targets)} | self._of_data
        given = self._given()
        return {name: number for name, number in found.items() if name not in given}

    @cached_property
    def _of_data(self) -> dict[str, float]:
        """The first example, where there are any."""
        data = self.terms.get("data")
        if data is None or self.chosen is None or self.one is None:
            return {}
        x, t = (rows[0].tolist() for rows in examples_of(self.network, self.chosen, data))
        return dict(zip(self.one.input_names.all(), [*x, *t], strict=True))

    def _given(self) -> set[str]:
        """The entries that `at` has numbers for, also by what their array is called."""
        made = self.one or self.named
        entries = [*made.input_names.all(), *made.parameter_names()]
        inputs = {each.letter: each.names.all() for each in made.inputs}
        found = set(self.at)
        for word in self.at:
            found.update(inputs.get(word, [n for n in entries if n.startswith(f"{word}_")]))
        return found

    def _inputs(self) -> list[float]:
        """Usual inputs: the means that a scaler has, or made-up ones."""
        first = self.network.layers[0]
        mean = first.parameters.get("mean")
        if first.layer.kind == "standardize" and mean is not None and mean.entries is not None:
            entries = mean.entries.reshape(-1).tolist()
            if not any(isinstance(entry, str) for entry in entries):
                return [float(f"{float(entry):.2g}") for entry in entries]
        return made_up.point(len(self.network.input_names))

    @property
    def is_of_dense_layers(self) -> bool:
        """Whether every layer is dense, or looks at each value alone."""
        layers = (placed.layer for placed in self.told.layers)
        return all(isinstance(layer, Dense) or layer.elementwise for layer in layers)
