"""Names with their numbers: the values of outputs, or of derivatives, at a point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from netsym.forms.form import Form
from netsym.forms.values import Evaluation
from netsym.formula import Formula
from netsym.graph.index import sorted_distinct
from netsym.graph.names import Name
from netsym.graph.plan import Plan
from netsym.network.network import Network
from netsym.network.point import Point
from netsym.ops.decimals import decimal, decimals
from netsym.ops.numeric import Numeric
from netsym.wording import WIDTH, finite_or_none
from netsym.writers.spelling import DIGITS, rounded
from netsym.writers.text import speller_of_names

_OF_NO_NUMBER = {"divide by zero", "invalid value"}  # what NumPy sees, where nothing is too large
_BITS = 4096
_MOST_INPUTS = 8  # that are written with what is computed of them


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """Values by name; `called` is what is computed of which inputs: f(3, 4).

    Where `is_undefined` what is no number was divided by 0, or is a logarithm or root of none; else
    it is too large for float64, or was rounded to 0 there.
    """

    title: str
    names: Sequence[Name]
    numbers: Sequence[float]
    called: str = ""
    is_undefined: bool = False

    @classmethod
    def of_network(cls, network: Network, point: Point) -> Self:
        """The outputs of a network, from one forward pass."""
        seen = set[str]()
        with np.errstate(all="call", call=lambda kind, _: seen.add(kind)):
            numbers = network.read(Numeric(point.parameters), point.x)
        ends = (output.names for output in network.outputs)
        each = [(names, place) for names in ends for place in range(len(names))]
        return cls(
            network.title, each, numbers.reshape(-1).tolist(), _called(network, point),
            is_undefined=bool(seen) and seen <= _OF_NO_NUMBER and _has_none(network, point),
        )  # fmt: skip

    @classmethod
    def of_formula(cls, title: str, formula: Formula, point: Point) -> Self:
        """The outputs of a formula, each computed from the graph."""
        found = Evaluation(formula.plan)(point.x, point.parameters)
        names = [(output.names, output.position) for output in formula.outputs]
        return cls(title, names, found[0].tolist())

    def by_name(self) -> dict[str, float]:
        """The numbers by plain name."""
        plain = (names.ascii(place) for names, place in self.names)
        return dict(zip(plain, self.numbers, strict=True))

    def report(self, width: int = WIDTH, ascii: bool = False, digits: int = DIGITS) -> str:
        """A line for each: `y = 0.75`."""
        spelled = speller_of_names(ascii)
        pairs = zip(self.names, self.numbers, strict=True)
        return "\n".join(
            f"{self.called or spelled.name(*name)} = {self._said(number, digits)}"
            for name, number in pairs
        )

    def _said(self, number: float, digits: int) -> str:
        if np.isfinite(number) or not self.is_undefined:
            return rounded(number, digits)
        return "undefined"

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`; what is not finite is null."""
        values = {name: finite_or_none(number) for name, number in self.by_name().items()}
        return {"schema": 1, "network": self.title, "values": values}


def _has_none(network: Network, point: Point) -> bool:
    """Whether an output has no value in many bits either, so that no rounding is to blame."""
    from netsym.ops.proved.balls import Balls, precision  # hardly anybody waits for it

    given = {name: decimal(value) for name, value in point.parameters.items()}
    with precision(_BITS):
        ops = Balls(given, _BITS).in_decimals()
        found = network.read(ops, ops.points(decimals(point.x)))
        return not all(ball.is_finite() for ball in found.reshape(-1).tolist())


def _called(network: Network, point: Point) -> str:
    """f(3, 4), for a function of few inputs that has one output; else nothing."""
    function, inputs = network.function, point.x.reshape(-1).tolist()
    if not function or len(inputs) > _MOST_INPUTS or len(network.output_names) > 1:
        return ""
    return f"{function}({', '.join(rounded(number, DIGITS) for number in inputs)})"


def all_values(form: Form, point: Point) -> dict[int, float]:
    """The value of every name of a form, and of its outputs, by node."""
    leaves = [block.start + rows for block, rows in form.graph.walk(form.mask)
              if block.op in ("symbol", "name")]  # fmt: skip
    nodes = sorted_distinct(np.concatenate([*leaves, form.ends])).astype(np.int32)
    found = Evaluation(Plan(form.graph, form.inputs, nodes))(point.x, point.parameters)
    return dict(zip(nodes.tolist(), (found[0] + 0.0).tolist(), strict=True))  # no -0
