"""Names of arrays: the same one by one, all at once, and again; made once."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import pytest

import netsym
from netsym.graph import names as room
from netsym.graph.names import Adjoints, Derivatives, Names, literal, several

ARRAYS = [
    Names("x"),
    Names("w", 12, (3, 4)),
    Names("h", 1, (5,), at="t-1"),
    Names("h0", 1, (2, 2)),
    Names("", None, (2,), ("p", "q")),
    Adjoints("da", 2, (3,), through=3),
    Derivatives(
        "d", None, (1, 2), above=((Names("y"), 0),),
        below=((Names("x", None, (2,)), 0), (Names("b", 1, (3,)), 2)),
    ),
    several(Names("x", None, (2,)), literal("u")),
]  # fmt: skip


@pytest.mark.parametrize("names", ARRAYS, ids=lambda names: names.all()[0])
def test_one_by_one_and_all_at_once(names: Names) -> None:
    fresh = replace(names)
    alone = [fresh.ascii(place) for place in range(len(fresh))]
    every = fresh.all()
    assert every == alone == names.all()
    assert [fresh.ascii(place) for place in range(len(fresh))] == alone
    assert [fresh.position(name) for name in every] == list(range(len(every)))
    every.clear()  # whose list it is
    assert fresh.all() == alone
    again = pickle.loads(pickle.dumps(fresh))
    assert (again, hash(again), again.all()) == (names, hash(names), alone)


def test_names_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    make = Names._every

    def counted(self: Names) -> list[str]:
        made.append(self)
        return make(self)

    monkeypatch.setattr(Names, "_every", counted)
    network = netsym.parse("4-5-3:tanh")
    values = dict.fromkeys(network.parameter_names(), 0.5)
    for _ in range(3):
        network.inlined(*[1.0] * 4, parameters=values)
        network.inlined.text(ascii=True)
    assert netsym.compare(network).verdict == "structural"
    arrays = [names for names in made if names.base in "wb"]
    assert len(arrays) == len({id(names) for names in arrays})
    assert {names.base for names in arrays} == {"w", "b"}


def test_names_of_large_arrays_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_MOST_KEPT", 3)
    large, small = Names("w", 1, (2, 2)), Names("b", 1, (3,))
    for names in (large, small):
        assert names.all() == names.all()
    assert "_kept" not in vars(large)
    assert "_kept" in vars(small)
    assert large.ascii(3) == "w1_2_2"
