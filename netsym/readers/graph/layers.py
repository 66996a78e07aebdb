"""Layers on their way to be recognised, with who reads them; and what a single one does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from netsym.layers.elementwise import Activation
from netsym.layers.function import Function
from netsym.readers.graph.builder import Made


@dataclass
class Layers:
    """Layers by name, in an order in which each comes after what it reads; `ends` are outputs."""

    made: dict[str, Made]
    ends: frozenset[str]
    readers: Counter[str]

    @classmethod
    def of(cls, made: Mapping[str, Made], ends: Iterable[str]) -> Layers:
        """The layers that the ends need."""
        there = set(needed(made, ends))
        kept = {name: each for name, each in made.items() if name in there}
        readers = Counter(source for each in kept.values() for source in set(each.sources))
        return cls(kept, frozenset(ends), readers)

    def put(self, name: str, made: Made) -> None:
        """A layer in the place of another; what nothing needs any more reads nothing."""
        self.readers.update(set(made.sources))
        unread = [self.made[name]]
        self.made[name] = made
        while unread:
            for source in set(unread.pop().sources):
                self.readers[source] -= 1
                if not self.readers[source] and source in self.made and source not in self.ends:
                    unread.append(self.made[source])

    def before(self, name: str) -> Made | None:
        """The layer of this name, if it is none of the inputs."""
        return self.made.get(name)

    def only(self, name: str, readers: int = 1) -> Made | None:
        """The same, if nothing else reads it than so many layers."""
        if name in self.ends or self.readers[name] != readers:
            return None
        return self.made.get(name)

    def function(self, name: str, what: str, readers: int = 1) -> Made | None:
        """The layer of this name, if it is this function, and only read here."""
        found = self.only(name, readers)
        is_it = found is not None and function_of(found) == what
        return found if is_it else None


def needed(made: Mapping[str, Made], ends: Iterable[str]) -> Iterator[str]:
    """The names of the layers that the ends need, from the last to the first."""
    wanted = set(ends)
    for name in reversed([*made]):
        if name in wanted:
            wanted.update(made[name].sources)
            yield name


def function_of(made: Made) -> str:
    """The name of a function that a layer is, element by element."""
    if isinstance(made.layer, (Function, Activation)):
        return made.layer.function if isinstance(made.layer, Function) else made.layer.activation
    return made.layer.kind


def number_of(made: Made) -> float | None:
    """The single number that a function has as its constant, after its value."""
    constant = made.parameters.get("constant")
    is_first = isinstance(made.layer, Function) and made.layer.first
    same = isinstance(made.layer, Function) and made.layer.function in ("add", "multiply")
    if constant is None or constant.size != 1 or (is_first and not same):
        return None
    return float(constant.reshape(-1)[0])


def near(one: float | None, other: float) -> bool:
    """Whether a number is another one, as a float32 may have it."""
    return one is not None and abs(one - other) <= 2e-7 * abs(other)
