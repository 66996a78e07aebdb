"""What is called how in a network: the notation's names, and that each name is one thing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from netsym.errors import SpecError
from netsym.graph.names import Names, refuse_bad_name
from netsym.network.wired import Wired
from netsym.typed.vocabulary import Vocabulary


@dataclass(frozen=True, eq=False)
class Naming:
    """The names that the notation gives in a network, in place of a person."""

    network: Wired

    def place(self, name: str) -> tuple[Names, int] | None:
        """The names of the notation that have this one, and where; None if it is no such name."""
        return self._values.place(name) or self.network.parameter_notation.place(name)

    def generates(self, name: str) -> bool:
        """Whether the notation gives this name to a value."""
        return self.place(name) is not None

    @property
    def _ends(self) -> list[Names]:
        """The names of the inputs and of the outputs."""
        network = self.network
        return [*(each.names for each in network.inputs), *(e.names for e in network.outputs)]

    @cached_property
    def _values(self) -> Vocabulary:
        """The names of inputs, of outputs and of values of layers."""
        network = self.network
        ends = [names for names in self._ends if not names.literal]
        layers = (
            Names(letter, placed.number, placed.shape)
            for placed in network.layers
            for letter in (network.letters[placed.name], "z")
        )
        inner = (
            Names(letter, placed.number, (*placed.examples, *shape))
            for placed in network.layers
            for letter, shape in placed.layer.values(*placed.seen).items()
        )
        return Vocabulary([*ends, *layers, *inner], None)

    def _check_ends(self) -> None:
        """Raise `SpecError` where entries of an input or output have the names of other values."""
        known = Vocabulary([*self._values.all, *self.network.parameter_notation.all], None)
        for names in self._ends:
            if names.literal:
                continue
            for name in (names.ascii(0), names.ascii(len(names) - 1)):
                if any(other is not names for other, _ in known.places(name)):
                    raise SpecError(
                        f"{names.start!r} has an entry {name!r}, which is also what another value "
                        "here is called; choose another name"
                    )

    def check(self) -> None:
        """Raise `SpecError` unless every name is an identifier and names one thing.

        A parameter may serve several times, and may be a formula of parameters, but not of other
        values.
        """
        network = self.network
        for names in self._ends:
            refuse_bad_name(names.ascii(0))
        self._check_ends()
        given = Counter(name for names in self._ends for name in names.literal)
        if network.function:
            given[network.function] += 1
        values = set(given)
        given.update({name for parameter in network.parameters() for name in parameter.chosen()})
        for name, times in given.items():
            refuse_bad_name(name)
            if times > 1:
                raise SpecError(f"the name {name!r} is given {times} times; each names one thing")
            if self.generates(name):
                both = ", or give it in both places if it is one"
                if network.output_names.position(name) is not None:
                    both = ', or call the output otherwise, as in outputs = ["z"]'
                elif self._values.place(name):
                    both = ""
                raise SpecError(
                    f"the name {name!r} is also what the notation calls another value here; "
                    f"choose another{both}"
                )
        for placed in network.layers:
            for key, parameter in placed.parameters.items():
                made_of = parameter.symbols() if parameter.formula is not None else []
                for name in chain.from_iterable(names for _, names in made_of):
                    refuse_bad_name(name)
                    if name in values or self._values.place(name):
                        raise SpecError(
                            f"layer {placed.number} ({placed.layer.kind}): {key} is a formula of "
                            f"{name!r}, which names an input, an output or a value here; "
                            "a parameter is made of parameters, so choose another name"
                        )
