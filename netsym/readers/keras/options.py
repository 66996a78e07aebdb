"""What a config says of a layer: its class, and its options, each looked at before it is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from netsym.layers import Shape
from netsym.readers.graph.traced import Unreadable
from netsym.wording import joined


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a layer; an option that is not given has its default."""

    given: Mapping[str, Any]

    def has(self, key: str) -> bool:
        """Whether an option is given and is not null."""
        return self.given.get(key) is not None

    def whole(self, key: str, default: int | None = None, least: int = 1) -> int:
        """A whole number."""
        found = self.given.get(key, default)
        if not _is_whole(found) or found < least:
            raise self._wrong(key, f"no whole number from {least}")
        return int(found)

    def number(self, key: str, default: float | None = None) -> float:
        """A number."""
        found = self.given.get(key, default)
        if isinstance(found, bool) or not isinstance(found, (int, float)) or not isfinite(found):
            raise self._wrong(key, "no number")
        return float(found)

    def flag(self, key: str, default: bool = False) -> bool:
        """Whether something is so."""
        found = self.given.get(key, default)
        if found is not None and not isinstance(found, (bool, int)):
            raise self._wrong(key, "neither true nor false")
        return bool(found)

    def text(self, key: str, default: str, known: Sequence[str]) -> str:
        """One of several words."""
        found = self.given.get(key, default)
        if found not in known:
            raise self._wrong(key, f"none of {joined(known, 'and')}")
        return str(found)

    def wholes(self, key: str, count: int, default: int | None = None, least: int = 1) -> Shape:
        """A whole number for each of so many axes, or one for all."""
        found = self.given.get(key, default)
        found = [found] * count if _is_whole(found) else found
        if not isinstance(found, (list, tuple)) or len(found) != count:
            raise self._wrong(key, f"no whole number for each of {count} axes")
        if not all(_is_whole(each) and each >= least for each in found):
            raise self._wrong(key, f"no whole numbers from {least}")
        return tuple(int(each) for each in found)

    def sides(self, key: str, count: int) -> list[tuple[int, int]]:
        """How much is put before and after each of so many axes, or taken away there."""
        found = self.given.get(key)
        found = [found] * count if _is_whole(found) else found
        if not isinstance(found, (list, tuple)):
            raise self._wrong(key, f"no pair of numbers for each of {count} axes")
        if count == 1 and len(found) == 2 and all(map(_is_whole, found)):
            found = [found]
        pairs = [(each, each) if _is_whole(each) else each for each in found]
        fit = len(pairs) == count and all(
            isinstance(each, (list, tuple))
            and len(each) == 2
            and all(_is_whole(n) and n >= 0 for n in each)
            for each in pairs
        )
        if not fit:
            raise self._wrong(key, f"no pair of numbers for each of {count} axes")
        return [(int(before), int(after)) for before, after in pairs]

    def axes(self, key: str, count: int, default: Any = -1) -> list[int]:
        """Axes of an array with so many for one example, which Keras counts after the examples."""
        found = self.given.get(key, default)
        every = [found] if _is_whole(found) else found
        if not isinstance(every, (list, tuple)) or not all(map(_is_whole, every)):
            raise self._wrong(key, "no axis")
        return [self._axis(key, int(each), count) for each in every]

    def axis(self, key: str, count: int, default: int = -1) -> int:
        """One axis, likewise."""
        found = self.axes(key, count, default)
        if len(found) != 1:
            raise self._wrong(key, "no single axis")
        return found[0]

    def _axis(self, key: str, axis: int, count: int) -> int:
        if not -count - 1 <= axis <= count:
            raise self._wrong(key, f"no axis of {count}")
        if axis % (count + 1) == 0:
            raise Unreadable("works along the axis of the examples of a batch")
        return axis % (count + 1) - 1

    def only(self, key: str, *allowed: Any) -> None:
        """Raise `Unreadable` for an option that is given as anything else."""
        if self.has(key) and self.given[key] not in allowed:
            raise Unreadable(f"has {key} = {shown(self.given[key])}, which is not read here")

    def _wrong(self, key: str, why: str) -> Unreadable:
        if key not in self.given:
            return Unreadable(f"lacks its option {key}")
        return Unreadable(f"has {key} = {shown(self.given[key])}, which is {why}")


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def shown(value: Any) -> str:
    """A value of a stranger's file on one short line."""
    return "".join(c if c.isprintable() else "?" for c in str(value)[:60])


@dataclass(frozen=True, slots=True)
class Spec:
    """A layer, an operation or a model as a config has it: its class, its name and its options."""

    kind: str
    name: str
    options: Options
    module: str
    is_own: bool  # of Keras, and not of whoever made the model

    @property
    def is_operation(self) -> bool:
        """Whether it is a function of arrays, as x + y is, and no layer."""
        return ".ops." in f"{self.module}."


def spec_of(given: Any) -> Spec:
    """What a config says; raises `Unreadable` for what is no layer."""
    if not isinstance(given, dict) or not isinstance(given.get("config"), dict):
        raise Unreadable(f"has {shown(given)} where a layer must be")
    kind, config, module = given.get("class_name"), given["config"], given.get("module")
    if not isinstance(kind, str) or not kind:
        raise Unreadable("has a layer without a class")
    name = given.get("name", config.get("name", kind))
    if not isinstance(name, str) or not name:
        raise Unreadable(f"has a {shown(kind)} whose name is no text")
    registered = given.get("registered_name")
    plain = module if isinstance(module, str) else ""
    own = plain.split(".")[0] == "keras" and registered in (None, kind)
    return Spec(kind, name, Options(config), plain, own)
