"""What gradient descent moves in a network: its weights and biases, by a name for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from netsym.errors import SpecError
from netsym.network.counting import refuse_vast_network
from netsym.network.named import named
from netsym.network.network import Network

#: Words for many parameters at once.
GROUPS = ("parameters", "weights", "biases")


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """A network whose parameters all have names, and the numbers that some of them had.

    What is measured of data and not learned, such as means, stays a number.
    """

    network: Network
    numbers: dict[str, float]

    @classmethod
    def of(cls, network: Network) -> Learned:
        """The network with names, those of the notation, for its numbers.

        Raises `TooLargeError` for a network too large to be written unit by unit.

        >>> import netsym
        >>> given = netsym.parse("1-1").with_parameters({"w1_1_1": 0.5})
        >>> Learned.of(given).numbers
        {'w1_1_1': 0.5}
        """
        refuse_vast_network(network)
        measured = (
            parameter
            for placed in network.layers
            for key, parameter in placed.parameters.items()
            if key in placed.layer.measured
        )
        return cls(*named(network, measured))

    def names(self, wrt: str | Sequence[str]) -> list[str]:
        """The names of those to move: a word of `GROUPS`, or names, each of one or of an array.

        Raises `SpecError` where there is none.
        """
        if not isinstance(wrt, str):
            return list(wrt)
        if wrt not in GROUPS:
            return [wrt]
        found = self.group(wrt)
        if not found:
            raise SpecError(f"this network has no {wrt} to differentiate by")
        return found

    def group(self, word: str = GROUPS[0]) -> list[str]:
        """The names that a word of `GROUPS` stands for, none perhaps.

        What is added is a bias, and what is multiplied a weight, as torch has them: beta and gamma
        of normalisations, and the slopes of prelu; a first state is neither.
        """
        found = dict[str, None]()
        for placed in self.network.layers:
            for key, parameter in placed.parameters.items():
                letter = placed.layer.letters[key]
                group = {"b": GROUPS[2], "h": ""}.get(letter[0], GROUPS[1])
                if key not in placed.layer.measured and word in (GROUPS[0], group):
                    found |= dict.fromkeys(n for _, names in parameter.symbols() for n in names)
        return list(found)
