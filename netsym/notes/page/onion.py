"""A network as an onion: its values, each with its formula, in skins from the outside in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from itertools import accumulate, groupby

from netsym.forms.form import Form, layered
from netsym.gradient.gradient import jacobian
from netsym.gradient.preactivations import with_preactivations
from netsym.graph.names import Adjoints, Derivatives, Name, Names
from netsym.network.costs import cost
from netsym.network.learned import Learned
from netsym.network.network import Network
from netsym.notes.page.parts import Part, Placed
from netsym.wording import joined
from netsym.writers.spoken import alternative

_WRITTEN_OUT = 30  # characters that a value takes about, where its formula stands
_MOST_WRITTEN = 6_000  # characters of the equations of a step
_FEW = 6  # names that a sentence lists


@dataclass(frozen=True, slots=True)
class Skin:
    """What is written out together: what it is called, its values, and a sentence about it."""

    name: str
    units: list[str]
    said: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step of back propagation: its title, its equations, and the units that it reaches."""

    title: str
    parts: list[Part]
    units: list[str]

    @property
    def shown(self) -> list[Part]:
        """The equations that are written: of very many, or very long ones, the first."""
        ends = accumulate(len(part.body) for part in self.parts)
        fits = sum(end <= _MOST_WRITTEN for end in ends)
        return self.parts if fits == len(self.parts) else self.parts[: max(fits // 2, 1)]


@dataclass(frozen=True)
class Onion:
    """The values of a network with names for its numbers, or of its `loss` at one example.

    With `examples` the loss is that of one of several, and L; what is of one example carries (i).
    """

    network: Network
    loss: str | None = None
    delta: float | None = None
    examples: bool = False
    costs: bool = False

    @cached_property
    def learned(self) -> Learned:
        """The network with a name for every number that is learned."""
        return Learned.of(self.network)

    @cached_property
    def form(self) -> Form:
        """Its equations, with a name for every z."""
        named = self.learned.network
        made = named if self.loss is None else cost(named, self.loss, delta=self.delta)
        return layered(with_preactivations(made.layered, every=True))

    @cached_property
    def outputs(self) -> list[Name]:
        """The names of the outputs of the network."""
        return [(each.names, each.position) for each in self.network.layered.outputs]

    @cached_property
    def called(self) -> Mapping[str, Name]:
        """What values are called here, where a loss has other names for them."""
        if self.loss is None:
            return {}
        network = self.learned.network
        last = network.named(network.outputs[0].source)
        values = Names(network.letters[last.name], last.number, last.shape)
        called = {values.ascii(place): name for place, name in enumerate(self.outputs)}
        return called | ({"J": (Names("L"), 0)} if self.costs else {})

    @cached_property
    def placed(self) -> Placed:
        """What spells its equations."""
        return Placed(self.form, self.called, self.examples, _WRITTEN_OUT)

    @cached_property
    def parts(self) -> dict[str, Part]:
        """Its values, each after those in it."""
        return {part.id: part for part in self.placed.parts()}

    @cached_property
    def ends(self) -> list[str]:
        """The outputs, or the loss."""
        return [self.placed.id(each.names, each.position) for each in self.form.outputs]

    @cached_property
    def _uses(self) -> Counter[str]:
        return Counter(id for part in self.parts.values() for id in part.places())

    def is_folded_never(self, id: str) -> bool:
        """Whether a value has no name where it is used: a z that one activation is applied to."""
        return self.parts[id].names.base == "z" and self._uses[id] == 1

    @cached_property
    def skins(self) -> list[Skin]:
        """From the outside in: the loss, the outputs, then layer by layer to the inputs."""
        shown = [p for p in self.parts.values() if not self.is_folded_never(p.id)]
        found = []
        for (_, name), group in groupby(reversed(shown), key=self._depth):
            units = [part.id for part in group][::-1]
            words = [self.parts[unit].text for unit in units[:_FEW]]
            words += [f"{len(units) - _FEW} more"] if len(units) > _FEW else []
            said = f"{name.capitalize()}: {joined(words, 'and')} written out."
            found.append(Skin(name, units, said))
        return found

    def _depth(self, part: Part) -> tuple[int, str]:
        last = self.form.layer_count
        if part.id in self.ends and self.loss is not None:
            return last + 1, "loss"
        number = part.names.layer or last
        outputs = {names.ascii(position) for names, position in self.outputs}
        return number, "output" if part.id in outputs else f"layer {number}"

    @cached_property
    def above(self) -> dict[str, list[str]]:
        """By value those that it is written in, up to the end: they must be open to show it."""
        found: dict[str, list[str]] = {}
        for end in self.ends:
            self._find_above(end, [], found)
        return found

    def _find_above(self, id: str, path: Sequence[str], found: dict[str, list[str]]) -> None:
        if id in found:
            return
        found[id] = [each for each in path if not self.is_folded_never(each)]
        for each in self.parts[id].places():
            self._find_above(each, [*path, id], found)

    # -- the formula, all of it; what is folded is a matter of style
    def written(self, id: str, seen: set[str]) -> str:
        """A value where it is used: written out where it is first, a name after that."""
        part = self.parts[id]
        if self.is_folded_never(id):
            return part.filled(lambda inner: self.written(inner, seen))
        name = f'<mrow class="name {part.color}" data-u="{escape(id)}">{part.name}</mrow>'
        if id in seen:
            return name
        seen.add(id)
        body = part.filled(lambda inner: self.written(inner, seen))
        inside = f'{name}<mrow class="open">{body}</mrow>'
        return f'<mrow class="part {part.color}" data-u="{escape(id)}">{inside}</mrow>'

    def by_names(self, part: Part) -> str:
        """The formula of a value with names for the values in it; forward, z is what it is."""
        forward = part.id in self.parts

        def name(id: str) -> str:
            inner = self._every[id]
            if forward and self.is_folded_never(id):
                return inner.filled(name)
            return f'<mrow class="name {inner.color}" data-u="{escape(id)}">{inner.name}</mrow>'

        return part.filled(name)

    @cached_property
    def _every(self) -> dict[str, Part]:
        backward = {part.id: part for step in self.steps for part in step.parts}
        return {**self.parts, **backward}

    def spoken(self) -> str:
        """The equations in words."""
        return alternative(self.form)

    # -- the way back
    @cached_property
    def slopes(self) -> Form | None:
        """What back propagation passes back, and the derivatives of a loss by what is learned."""
        names = self.learned.group()
        return jacobian(self.form, names) if self.loss is not None and names else None

    @cached_property
    def steps(self) -> list[Step]:
        """Back propagation, step by step: layer by layer, then the derivatives."""
        if self.slopes is None:
            return []
        parts = Placed(self.slopes, self.called, self.examples).parts()
        found = []
        for title, group in groupby((p for p in parts if p.id not in self.parts), key=_title):
            several = list(group)
            units = [unit for part in several for unit in self._reached(part)]
            found.append(Step(title, several, units))
        return found

    def _reached(self, part: Part) -> list[str]:
        if not isinstance(part.names, Adjoints):
            return []
        letter = part.names.base.removeprefix("d") if part.names.base != "delta" else "a"
        names = part.names.values(letter)
        return [self.placed.id(names, part.position)]


def _title(part: Part) -> str:
    if isinstance(part.names, Derivatives):
        return "derivatives"
    assert isinstance(part.names, Adjoints)
    return f"back to layer {part.names.layer}"
