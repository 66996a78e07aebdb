"""A network as an onion: its values, each with its formula, in skins from the outside in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from itertools import accumulate, groupby
from string import ascii_letters

from netsym.equality.cancelled import CANCEL, taught_if_proved
from netsym.forms.form import Form, layered
from netsym.gradient.gradient import jacobian
from netsym.gradient.preactivations import with_preactivations
from netsym.graph.names import Adjoints, Derivatives, Name, Names
from netsym.network.costs import cost
from netsym.network.learned import Learned
from netsym.network.network import Network
from netsym.notes.page.parts import Part, Placed
from netsym.writers.spoken import heard

_WRITTEN_OUT = 30  # characters that a value takes about, where its formula stands
_MOST_WRITTEN = 6_000  # characters of the equations of a step


@dataclass(frozen=True, slots=True)
class Skin:
    """What is written out together: what it is called, and its values.

    `place` is the number of its layer, `1`, with that of its step where there are steps, `1_2`.
    """

    name: str
    units: list[str]
    place: str


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
    def named(self) -> Network:
        """That network, or the loss of it."""
        named = self.learned.network
        return named if self.loss is None else cost(named, self.loss, delta=self.delta)

    @cached_property
    def form(self) -> Form:
        """Its equations, with a name for every z."""
        return layered(with_preactivations(self.named.layered, every=True))

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
        for (place, name), group in groupby(reversed(shown), key=self._depth):
            found.append(Skin(name, [part.id for part in group][::-1], place))
        return found

    def _depth(self, part: Part) -> tuple[str, str]:
        if part.id in self.ends and self.loss is not None:
            return "", "loss"
        number = part.names.layer or self.form.layer_count
        outputs = {names.ascii(position) for names, position in self.outputs}
        name = "output" if part.id in outputs else f"layer {number}"
        indices = part.names.indices(part.position)  # of the step and the unit, where there are two
        if part.names.layer in self._in_time and len(indices) > 1:
            return f"{number}_{indices[0]}", f"{name} at step {indices[0]}"
        return f"{number}", name

    @cached_property
    def _in_time(self) -> frozenset[int]:
        """The layers of which every step is written in the next."""
        layers = self.learned.network.layers
        return frozenset(placed.number for placed in layers if placed.layer.recurrent)

    def whole(self, drawn: str) -> list[Skin]:
        """The skins that a drawing has one mark for, by its name there: `a1`, `h1_2`, `output`."""
        place = drawn.lstrip(ascii_letters) or None
        return [skin for skin in self.skins if drawn == skin.name or place == skin.place]

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
        return heard(f"{'; ' if n else ''}{p.spoken}" for n, p in enumerate(self.parts.values()))

    # -- the way back
    @cached_property
    def slopes(self) -> Form | None:
        """What back propagation passes back, and the derivatives of a loss by what is learned."""
        names = self.learned.group()
        return jacobian(self.form, names) if self.loss is not None and names else None

    @cached_property
    def steps(self) -> list[Step]:
        """Back propagation: layer by layer, with what is left where a loss and an activation
        cancel, then the derivatives.
        """
        if self.slopes is None:
            return []
        short, found = self._cancelled, list[Step]()
        for title, group in groupby(self._backward(self.slopes), key=_title):
            several = list(group)
            found.append(self._step(title, several))
            left = [short[part.id] for part in several if part.id in short]
            if left:
                found.append(self._step(f"loss and {CANCEL[self.loss or '']} cancel", left))
        return found

    @cached_property
    def _cancelled(self) -> dict[str, Part]:
        """By plain name every δ that is shorter as it is taught, if the two are proved equal."""
        taught = self.slopes and taught_if_proved(self.named, self.slopes)
        if self.slopes is None or taught is None:
            return {}
        full = {part.id: part.body for part in self._backward(self.slopes)}
        return {p.id: p for p in self._backward(taught) if full.get(p.id, p.body) != p.body}

    def _backward(self, slopes: Form) -> list[Part]:
        """What is there beside the values."""
        parts = Placed(slopes, self.called, self.examples).parts()
        return [part for part in parts if part.id not in self.parts]

    def _step(self, title: str, parts: list[Part]) -> Step:
        return Step(title, parts, [unit for part in parts for unit in self._reached(part)])

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
