"""One step of a simplification."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from netsym.collapse.diagram import Diagram
from netsym.collapse.effort import Effort, network_effort
from netsym.collapse.rules import Found, Rule
from netsym.network.network import Network


@dataclass(frozen=True)
class Step:
    """One use of a rule, with the network before and after it; their numbers are exact.

    `found` has the layers that were changed, in stages (see `diagram`), and says why it is right.
    """

    rule: Rule
    found: Found
    diagram: Diagram

    @property
    def pattern(self) -> str:
        """The rule, as `a -> b`."""
        return (self.rule.__doc__ or "").split("`")[1]

    @cached_property
    def before(self) -> Network:
        """The network before."""
        return self.diagram.network()

    @cached_property
    def after(self) -> Network:
        """The network after."""
        return self.found.after.network()

    @cached_property
    def cost(self) -> tuple[Effort, Effort]:
        """What the network costs, before and after."""
        return network_effort(self.before), network_effort(self.after)

    @cached_property
    def nodes(self) -> tuple[int, int]:
        """The nodes of the inlined formula, before and after."""
        return self.before.count_nodes("inlined"), self.after.count_nodes("inlined")

    def __repr__(self) -> str:
        return f"<step: {self}>"

    def __str__(self) -> str:
        return f"{self.found.words} ({self.pattern})"
