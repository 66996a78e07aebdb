"""Layers that are wired, from named inputs to named outputs: data, and what follows from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from netsym.graph.names import Names, first_words, free_letter, several
from netsym.layers.wiring import Placed
from netsym.network.interface import Input, Output
from netsym.ops.parameters import Parameter
from netsym.typed.vocabulary import Vocabulary

W = TypeVar("W", bound="Wired")


@dataclass(frozen=True)
class Wired:
    """Layers, each after what it reads; they read each other and the inputs by their names.

    `function` writes "f(x) = …" instead of "y = …", `latex_names` says how names are written in
    LaTeX, `assumed` is what the spec did not say, in a sentence.
    """

    title: str
    inputs: tuple[Input, ...]
    layers: tuple[Placed, ...]
    outputs: tuple[Output, ...]
    function: str = ""
    latex_names: Mapping[str, str] = field(default_factory=dict, hash=False)
    assumed: str = ""

    @cached_property
    def input_names(self) -> Names:
        """The names of all entries of the inputs, one after another."""
        return several(*(each.names for each in self.inputs))

    @cached_property
    def output_names(self) -> Names:
        """The names of all entries of the outputs, one after another."""
        return several(*(each.names for each in self.outputs))

    @cached_property
    def letters(self) -> dict[str, str]:
        """The letter of every layer's values: its own, if it is the last with this number.

        The other parts of a layer that was split have letters that no name here begins with.
        """
        letters = {placed.name: placed.layer.value_letter for placed in self.layers}
        last = {(p.number, letters[p.name]): p.name for p in self.layers}
        parts = [p for p in self.layers if last[p.number, letters[p.name]] != p.name]
        if parts:
            given = [*self.input_names.all(), *self.output_names.all(), *self.parameter_names()]
            taken = first_words(given)
            for placed in parts:
                end = str(placed.number)
                used = {word.removesuffix(end) for word in taken if word.endswith(end)}
                letters[placed.name] = free_letter(used)
                taken.add(letters[placed.name] + end)
        return letters

    def named(self, layer: str) -> Placed:
        """The layer of this name."""
        return next(placed for placed in self.layers if placed.name == layer)

    def parameters(self) -> Iterable[Parameter]:
        """The parameters of all layers; one that several layers share comes once."""
        every = (p for placed in self.layers for p in placed.parameters.values())
        return {id(parameter): parameter for parameter in every}.values()

    @property
    def parameter_count(self) -> int:
        """How many weights and biases there are, named and numeric; of one name there is one."""
        count, names = 0, set[str]()
        for parameter in self.parameters():
            tied = parameter.tied()
            count += len(parameter.names) - len(tied)
            names.update(name for _, name in tied)
        return count + sum(self.parameter_notation.place(n) is None for n in names)

    @cached_property
    def parameter_notation(self) -> Vocabulary:
        """The names that the notation gives to parameters."""
        return Vocabulary([p.names for p in self.parameters() if p.takes_notation], None)

    def parameter_names(self) -> list[str]:
        """The parameters that are names, in order, each once."""
        return list(self._parameter_names)

    @cached_property
    def _parameter_names(self) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for parameter in self.parameters():
            for _, names in parameter.symbols():
                found.update(dict.fromkeys(names))
        return tuple(found)

    def repeated_names(self) -> list[str]:
        """The parameters that stand in several places of their arrays, each once."""
        times = Counter(name for p in self.parameters() for _, name in p.tied())
        notation = self.parameter_notation
        return [n for n, count in times.items() if count > 1 or notation.place(n)]

    def symbol_names(self) -> list[Names]:
        """The names of the inputs and of the parameters that are names, array by array."""
        arrays = (names for p in self.parameters() for names, _ in p.symbols())
        return [self.input_names, *dict.fromkeys(arrays)]
