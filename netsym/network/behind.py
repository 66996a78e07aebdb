"""A network or a layer that is put behind a network, and reads what that gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from netsym.errors import SpecError
from netsym.graph.copying import copied
from netsym.graph.graph import Block, Graph, Ids, Positions
from netsym.graph.names import Names
from netsym.layers import shape_text
from netsym.layers.wiring import Placed
from netsym.network.interface import Input, Output
from netsym.network.wired import Wired
from netsym.ops.parameters import Parameter, derived
from netsym.typed.vocabulary import Vocabulary
from netsym.wording import few, plural


def sources_of(network: Wired, after: Wired) -> dict[str, str]:
    """The layers that stand for the inputs of the network behind, in order.

    Raises `SpecError` where there are not as many, or of other shapes.
    """
    ends, inputs = network.outputs, after.inputs
    if [each.shape for each in ends] != [each.shape for each in inputs]:
        raise SpecError(
            f"{network.title!r} gives {_shapes(ends, 'output')}, but {after.title!r} takes "
            f"{_shapes(inputs, 'input')}; what stands behind a network takes what it gives"
        )
    return {each.name: end.source for each, end in zip(inputs, ends, strict=True)}


def _shapes(ends: Sequence[Input] | Sequence[Output], what: str) -> str:
    shapes = few([shape_text(each.shape) for each in ends], 5)
    return f"{plural(len(ends), what)} of shape {shapes}"


def chosen(parameters: Iterable[Parameter]) -> set[str]:
    """The names of parameters that are not those of the notation for one place of an array."""
    found = set[str]()
    for parameter in parameters:
        if parameter.formula is not None:
            found.update(name for _, names in parameter.symbols() for name in names)
        found.update(parameter.chosen())
    return found


class Moved:
    """The layers and outputs of a network behind another, with the numbers after those of that.

    What is called as the notation does has the new numbers, as w3_1_1; other names stay. `place`
    says where the notation has the name of a value, `sources` what stands for the inputs.
    """

    def __init__(
        self,
        network: Wired,
        before: Sequence[Placed],
        sources: Mapping[str, str],
        place: Callable[[str], tuple[Names, int] | None],
    ) -> None:
        self._own = Vocabulary([each.names for each in network.parameters()], None)
        self._place = place
        self._last = max(placed.number for placed in before)
        self._layers = dict(sources)
        taken = {*(placed.name for placed in before), *sources.values()}
        for placed in network.layers:
            self._layers[placed.name] = self._free(placed, taken)
            taken.add(self._layers[placed.name])
        known = {id(each): self._parameter(each) for each in network.parameters()}
        self.parameters = tuple(known.values())
        self.layers = tuple(
            replace(
                placed,
                name=self._layers[placed.name],
                sources=tuple(self._layers[source] for source in placed.sources),
                number=placed.number + self._last,
                copy_of=self._layers.get(placed.copy_of, ""),
                parameters={key: known[id(each)] for key, each in placed.parameters.items()},
            )
            for placed in network.layers
        )
        self.outputs = tuple(
            replace(each, source=self._layers[each.source], names=self._numbered(each.names))
            for each in network.outputs
        )

    def name(self, name: str) -> str:
        """What a name is now."""
        found = self._own.place(name) or self._place(name)
        return name if found is None else self._numbered(found[0]).ascii(found[1])

    def _free(self, placed: Placed, taken: set[str]) -> str:
        """The name of a layer, if nothing has it."""
        name = placed.name
        if name == f"layer{placed.number}":
            name = f"layer{placed.number + self._last}"
        while name in taken:
            name += "_"
        return name

    def _numbered(self, names: Names) -> Names:
        """Names of a layer with the new number of it."""
        if names.layer is None:
            return names
        return replace(names, layer=names.layer + self._last)

    def _parameter(self, parameter: Parameter) -> Parameter:
        names, entries = self._numbered(parameter.names), parameter.entries
        if parameter.formula is not None:
            form, graph = parameter.formula, Graph()
            moved = copied(form.graph, form.graph.reachable(form.ends), graph, self._symbols(graph))
            return derived(names, graph, moved[form.ends].reshape(names.shape))
        if entries is None or parameter.is_numeric:
            return Parameter(names, entries)
        changed = np.empty(entries.size, dtype=object)
        for place, entry in enumerate(entries.reshape(-1).tolist()):
            changed[place] = self.name(entry) if isinstance(entry, str) else entry
        return Parameter(names, changed.reshape(entries.shape))

    def _symbols(self, graph: Graph) -> Callable[[Block, Positions], Ids]:
        def symbols(block: Block, rows: Positions) -> Ids:
            names = self._numbered(block.names)
            if names.literal:
                names = replace(names, literal=tuple(map(self.name, names.literal)))
            return graph.symbols(names)[rows]

        return symbols
