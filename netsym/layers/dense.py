"""The fully connected layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from netsym.errors import SpecError
from netsym.layers import Activated, Shape, Stage
from netsym.ops import Ops, WholeOps
from netsym.wording import plural

A = TypeVar("A")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dense(Activated):
    """`a = g(W x + b)`: weights (units, inputs), bias (units,).

    Of an array (…, inputs) it takes each vector along the last axis and gives (…, units).

    With `skip`, the layer's own input is added after the activation: `a = g(W x + b) + x`
    (He et al., Deep Residual Learning, 2015, equation 1); then units must equal inputs.
    """

    kind: ClassVar[str] = "dense"
    letters: ClassVar[Mapping[str, str]] = {"weights": "w", "bias": "b"}

    units: int
    use_bias: bool = True
    skip: bool = False

    def shape(self, *shapes: Shape) -> Shape:
        *leading, inputs = shapes[0]
        if self.skip and inputs != self.units:
            raise SpecError(
                f"adds its own input, so it needs as many units as inputs: "
                f"{plural(self.units, 'unit')}, {plural(inputs, 'input')}; change one or leave "
                "the skip out"
            )
        return (*leading, self.units)

    def parameters(self, *shapes: Shape) -> dict[str, Shape]:
        weights: dict[str, Shape] = {"weights": (self.units, shapes[0][-1])}
        return weights | ({"bias": (self.units,)} if self.use_bias else {})

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        (x,) = inputs
        a = self.activate(ops, ops.contract(parameters["weights"], x, parameters.get("bias")))
        return ops.add(a, x) if self.skip else a

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        """A vector is a column, `W x + b`; of an array each row is one, `X Wᵀ + b`."""
        (x,) = inputs
        if len(ops.place.shapes[0]) == 1:
            return self.forward(ops, parameters, x)
        a = self.activate(ops, ops.rows(x, parameters["weights"], parameters.get("bias")))
        return ops.add(a, x) if self.skip else a

    @property
    def stepwise(self) -> bool:
        return True

    def stages(self) -> tuple[Stage, ...]:
        from netsym.layers.elementwise import activation_apart  # only a network in parts has it
        from netsym.layers.merge import Add

        stages = activation_apart(self, skip=False)
        return (*stages, Stage(Add(), (len(stages), 0))) if self.skip else stages

    def describe(self) -> str:
        skip = " + its input" if self.skip else ""
        return f"{plural(self.units, 'unit')}, {self.activation}{skip}"
