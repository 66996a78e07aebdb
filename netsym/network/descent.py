"""A step of gradient descent, on the cost over all examples or on each in turn, in float64."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.displayed import Displayed
from netsym.errors import SpecError, check_real
from netsym.forms.sizes import refuse_if_larger
from netsym.graph.names import Derivatives, Name
from netsym.layers.sources import Given
from netsym.network.costs import cost
from netsym.network.counting import MOST_DIFFERENTIATED
from netsym.network.learned import Learned
from netsym.network.network import Network
from netsym.network.point import parameters_of
from netsym.wording import WIDTH, finite_or_none, table
from netsym.writers.spelling import DIGITS, rounded
from netsym.writers.text import speller_of_names


@dataclass(frozen=True, slots=True, eq=False)
class Update:
    """What one cost did: its value, and of each parameter its name, number and derivative.

    `row` is the number of its example, from 1, or 0 where it is the cost over all.
    """

    row: int
    cost: float
    names: Sequence[Name]
    before: Sequence[float]
    derivatives: Sequence[float]
    after: Sequence[float]

    def by_name(self, numbers: Sequence[float]) -> dict[str, float]:
        """Some of its numbers by plain name."""
        return dict(zip((names.ascii(place) for names, place in self.names), numbers, strict=True))

    def report(self, ascii: bool, digits: int) -> list[str]:
        """A table: the number, the derivative and the new number of each parameter."""
        spelled = speller_of_names(ascii)
        rows = [("", "before", "derivative", "after")]
        columns = zip(self.names, self.before, self.derivatives, self.after, strict=True)
        for name, *numbers in columns:
            before, slope, after = (rounded(number + 0.0, digits) for number in numbers)
            rows.append((spelled.name(*name), before, slope, after))
        title = [f"# row {self.row}: J = {rounded(self.cost, digits)}"] if self.row else []
        return [*title, *table(rows, "<>")]


@dataclass(frozen=True, slots=True, eq=False)
class Step(Displayed):
    """The costs over all examples before and after a step, and its updates in order.

    `network` is the one given with numbers for all that is learned, the new ones where they were
    changed; `parameters` are all of these by name.
    """

    network: Network
    loss: str
    rate: float
    before: float
    after: float
    updates: tuple[Update, ...]
    parameters: Mapping[str, float] = field(hash=False)

    def __repr__(self) -> str:
        return f"<step of {self.network.title}: {self.loss} {self.before:g} to {self.after:g}>"

    def report(self, width: int = WIDTH, ascii: bool = False, digits: int = DIGITS) -> str:
        """The costs, and every new number."""
        before, after = (rounded(number, digits) for number in (self.before, self.after))
        lines = [f"J = {before} before, {after} after"]
        for update in self.updates:
            lines += ["", *update.report(ascii, digits)]
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`."""
        updates = [
            {"row": update.row or None, "cost": finite_or_none(update.cost),
             "derivatives": update.by_name(update.derivatives),
             "after": update.by_name(update.after)}
            for update in self.updates
        ]  # fmt: skip
        return {
            "schema": 1, "network": self.network.title, "loss": self.loss, "rate": self.rate,
            "before": finite_or_none(self.before), "after": finite_or_none(self.after),
            "updates": updates, "parameters": dict(self.parameters),
        }  # fmt: skip


def step(
    network: Network,
    /,
    loss: str,
    data: tuple[npt.ArrayLike, npt.ArrayLike],
    *,
    rate: float,
    wrt: str | Sequence[str] = "parameters",
    each: bool = False,
    parameters: Mapping[str, Any] | None = None,
    **options: Any,
) -> Step:
    """One step of gradient descent: every parameter w becomes w - rate ∂J/∂w, all at once.

    `loss`, `data` and `options` (`reduction`, `l1`, `l2`, `delta`) are those of `netsym.cost`.
    `wrt` says what moves: "parameters", "weights", "biases", or names, of one or of an array; what
    is measured, such as means, does not. With `each`, J is the cost of one example after another,
    in order, and there is an update for each. `parameters` has numbers for named parameters.
    Raises `SpecError` for what does not fit, and for a step to numbers that are not finite;
    `ValueMissingError` for a name without a number, `TooLargeError` for a cost too large to
    differentiate.

    >>> import netsym
    >>> line, data = netsym.parse("1-1:linear"), ([2.0], [1.0])
    >>> done = step(line, "sse", data, rate=0.125, parameters={"w1": 1.0, "b1": 0.0})
    >>> done.before, done.parameters
    (0.5, {'w1_1_1': 0.75, 'b1_1': -0.125})
    """
    check_real("rate", rate, above=0)
    learned = Learned.of(network)
    numbers = parameters_of(learned.network, parameters or {}, learned.numbers)
    names = learned.names(wrt)
    every = cost(learned.network, loss, data=data, **options)
    instead = "give fewer examples, or take a smaller network"
    refuse_if_larger(2 * every.count_nodes("layered"), "layered", MOST_DIFFERENTIATED, instead)
    before, updates = float(every(parameters=numbers)), list[Update]()  # type: ignore[arg-type]
    for row, part in _parts(every, learned.network, loss, options, each):
        updates.append(_update(row, part, names, numbers, rate))
        numbers |= updates[-1].by_name(updates[-1].after)
    after = float(every(parameters=numbers))  # type: ignore[arg-type]
    moved = learned.network.with_parameters(numbers)
    return Step(moved, loss, float(rate), before, after, tuple(updates), numbers)


def _parts(
    every: Network, network: Network, loss: str, options: Mapping[str, Any], each: bool
) -> Iterator[tuple[int, Network]]:
    """The costs that make a step, with the rows that they are of: one over all, or one of each."""
    if not each:
        yield 0, every
        return
    arrays = (p.parameters["values"].entries for p in every.layers if isinstance(p.layer, Given))
    *inputs, targets = (array for array in arrays if array is not None)
    for row in range(len(targets)):
        here = slice(row, row + 1)
        x = [array[here] for array in inputs]
        data = (x if len(x) > 1 else x[0], targets[here])
        yield row + 1, cost(network, loss, data=data, **options)


def _update(
    row: int, part: Network, wrt: Sequence[str], numbers: Mapping[str, float], rate: float
) -> Update:
    """What the derivatives of one cost do to the parameters."""
    slopes = part.layered.jacobian(wrt)
    above = slopes.outputs[0].names
    assert isinstance(above, Derivatives)
    found = np.atleast_1d(slopes(parameters=numbers)).tolist()
    before = [numbers[names.ascii(place)] for names, place in above.below]
    after = [number - rate * slope for number, slope in zip(before, found, strict=True)]
    if not np.isfinite(after).all():
        raise SpecError(
            f"a step of rate {rate:g} leads to numbers that are not finite; take a smaller rate"
        )
    value = float(part(parameters=numbers))  # type: ignore[arg-type]
    return Update(row, value, above.below, before, found, after)
