"""Plain names as structured ones: a1_1, a1_2 are values 1 and 2 of layer 1."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping

from netsym.graph.builder import Builder
from netsym.graph.names import Name, Names, literal

_STRUCTURED = re.compile(r"([A-Za-z]+)([1-9][0-9]{0,5})?((?:_[1-9][0-9]{0,5}){1,3})")
_SPARE = 64


def entitle(builder: Builder, named: Mapping[int, str]) -> None:
    """Give named values of a builder their names, by number."""
    found = _arrays(named.values(), lambda shape, *_: math.prod(shape) <= 2**60)
    for number, name in named.items():
        builder.entitle(number, *(found.get(name) or (literal(name), 0)))


def places(names: Iterable[str], sparse: Iterable[str] = ()) -> dict[str, Name]:
    """Names of symbols as structured names where all of an array occur, else as they are.

    Of the `sparse` ones, typed like structured names, some may be missing.

    >>> found = places(["x_1", "x_2", "w_7"])
    >>> found["x_2"][0].shape, found["w_7"][0].literal
    ((2,), ('w_7',))
    """
    listed, allowed = list(names), set(sparse)

    def fits(shape: list[int], count: int, name: str) -> bool:
        return math.prod(shape) <= (2 * count + _SPARE if name in allowed else count)

    found = _arrays(listed, fits)
    given = [name for name in listed if name not in found]
    if given:
        names_given = literal(*given)
        found.update({name: (names_given, place) for place, name in enumerate(given)})
    return found


def _arrays(names: Iterable[str], fits: Callable[[list[int], int, str], bool]) -> dict[str, Name]:
    """The structured names among these; `fits` is asked the shape, the count, and one of them."""
    groups: dict[tuple[str, str | None, int], list[tuple[str, list[int]]]] = {}
    for name in names:
        match = _STRUCTURED.fullmatch(name)
        if match:
            indices = list(map(int, match[3][1:].split("_")))
            groups.setdefault((match[1], match[2], len(indices)), []).append((name, indices))
    found = {}
    for (base, layer, _), members in groups.items():
        shape = list(map(max, zip(*[indices for _, indices in members], strict=True)))
        if fits(shape, len(members), members[0][0]):
            array = Names(base, int(layer) if layer else None, tuple(shape))
            for name, indices in members:
                position = 0
                for index, length in zip(indices, shape, strict=True):
                    position = position * length + index - 1
                found[name] = (array, position)
    return found
