"""Blocks of names, products and sums are written at once; one by one they are the same text."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from itertools import cycle, product
from typing import Any

import pytest

import netsym
from netsym.graph.graph import Block, Positions
from netsym.graph.names import Names, with_indices
from netsym.writers import WRITERS
from netsym.writers.code import sql
from netsym.writers.code.c import C
from netsym.writers.code.fortran import Fortran
from netsym.writers.code.program import Program
from netsym.writers.code.python import PythonCode
from netsym.writers.language import Language
from netsym.writers.latex import Latex
from netsym.writers.latex_widths import height_of, width_of
from netsym.writers.ropes import Rope
from netsym.writers.spelling import ATOM
from tests.effort import sample
from tests.small_networks import small_network

FORMS = ("layered", "inlined", "shared")
#: Languages whose text is the same each time, and options that change how things are spelled.
WRITTEN: list[tuple[str, dict[str, Any]]] = [
    *((name, {}) for name, row in WRITERS.items() if row.file is None),
    ("text", {"ascii": True, "digits": 3}),
    ("text", {"width": 40}),
    ("text", {"width": 25, "ascii": True, "headings": True}),
    ("latex", {"short": True, "digits": 2}),
    ("latex", {"color": True, "document": True, "notation": "nielsen"}),
    ("latex", {"onion": True, "width": 50, "notation": "cs229"}),
    ("c", {"float": True, "digits": 4}),
    ("fortran", {"digits": 3}),
    ("sqlite", {"digits": 3, "weights": "separate"}),
    ("python", {"names": "x_1=age"}),
]
ENTRIES = (0.0, -0.0, 1.0, -1.0, 0.5, -2.0, 1e-7, -3e20, Fraction(-1, 3), Fraction(5, 7))


# -- the slow, obvious way ------------------------------------------------------------------------
def _write_operations(self: Language, block: Block, rows: Positions) -> None:
    method, binds = self.operations.get(block.op, ("_write_call", ATOM))
    for row in rows.tolist():
        node = block.start + row
        text = getattr(self, method)(block.op, block.operands[row].tolist())
        self.texts[node], self.binds[node] = text if isinstance(text, tuple) else (text, binds)


def _symbols(self: Language, names: Names, positions: list[int]) -> list[str]:
    return [self.name(names, position) for position in positions]


def _sum(self: Language, terms: list[str | Rope]) -> str | Rope:
    before, *between, behind = self.around(len(terms))
    pieces = [before, *terms[:1]]
    for sign, term in zip(between, terms[1:], strict=True):
        if sign == self.plus and self._starts_with_minus(term):
            pieces += [self.less, self._without_minus(term)]
        else:
            pieces += [sign, term]
    return self.join([*pieces, behind] if before else pieces[1:], separated=True)


def _rope(_: Latex, pieces: list[str | Rope], width: float, separated: bool) -> Rope:
    return Rope(pieces, width, separated, height=max(map(height_of, pieces)))


def _literals(self: Program, numbers: Sequence[str]) -> list[str]:
    return [_literal(self, number) for number in numbers]


def _literal(language: Program, number: str) -> str:
    if isinstance(language, C):
        is_real = any(sign in number for sign in ".en")
        return (number if is_real else f"{number}.0") + language.end
    if "e" in number:
        return number.replace("e", "d") if isinstance(language, Fortran) else number
    if isinstance(language, Fortran):
        return f"{float(number)!r}d0"
    return f"{number.removesuffix('.0')}e0"


_NAME = re.compile(r'"(?:[^"]|"")*"|`(?:[^`]|``)*`|(?<![\w.])[A-Za-z_]\w*')


@contextmanager
def one_by_one() -> Iterator[None]:
    """Languages without what writes a block, an array of names or numbers, or a sum at once, and
    names are looked for sign by sign.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Language, "_write_operations", _write_operations)
        patch.setattr(Language, "symbols", _symbols)
        patch.setattr(Language, "sum", _sum)
        for kind in (C, Fortran, sql.SQL):
            patch.setattr(kind, "literals", _literals)
        patch.setattr(sql, "_NAME", _NAME)
        patch.setattr(Latex, "measure", lambda _, text: width_of(text))
        patch.setattr(Latex, "rope", _rope)
        yield


# -- networks -------------------------------------------------------------------------------------
def _wide(seed: int) -> netsym.Network:
    """Dense layers with more than nine units here and there, whose weights are names or not."""
    source = random.Random(seed)
    first, *widths = source.choices([1, 2, 3, 9, 10, 13], k=source.choice([2, 3]))
    activations = ["", "tanh", "relu", "linear", "softmax"]
    spec = "-".join([str(first), *(f"{n}{source.choice(activations)}" for n in widths)])
    network = netsym.parse(spec)
    share = source.choice([0.0, 0.0, 0.1, 0.9, 1.0])
    named = network.parameter_names()
    given = {name: source.choice(ENTRIES) for name in named if source.random() < share}
    return network.with_parameters(given) if given else network


def _texts(form: Any) -> list[str]:
    return [_text(form, language, options) for language, options in WRITTEN]


def _text(form: Any, language: str, options: dict[str, Any]) -> str:
    try:
        return "".join(form.write(language, max_nodes=None, **options))
    except netsym.NetsymError as error:
        return str(error)


def _same(network: netsym.Network) -> None:
    for name in FORMS:
        form = getattr(network, name)
        if form.size.nodes < 2_000:
            with one_by_one():
                slow = _texts(form)
            assert _texts(form) == slow, (name, str(network))


@pytest.mark.parametrize("seed", sample(range(300), 2))
def test_every_layer(seed: int) -> None:
    _same(small_network(seed).network)


@pytest.mark.parametrize("seed", sample(range(300), 2))
def test_wide_layers(seed: int) -> None:
    _same(_wide(seed))


def test_long_sums_are_one_text() -> None:
    form = netsym.parse("300-3tanh-70").layered
    with one_by_one():
        slow = [_text(form, name, {}) for name in ("text", "latex", "python", "mathml")]
    assert [_text(form, name, {}) for name in ("text", "latex", "python", "mathml")] == slow


@pytest.mark.parametrize("spec", ["12-11tanh", "8-9-2"])
def test_names_with_numbers_beside_them(spec: str) -> None:
    network = netsym.parse(spec)
    biases = [name for name in network.parameter_names() if name.startswith("b")]
    form = network.with_parameters(dict(zip(biases, cycle(ENTRIES), strict=False))).layered
    printed = [(name, options) for name, options in WRITTEN if name in ("text", "latex")]
    with one_by_one():
        slow = [_text(form, *each) for each in printed]
    assert [_text(form, *each) for each in printed] == slow


def test_products_that_two_blocks_of_sums_read() -> None:
    text = small_network(6).network.layered.text(ascii=True)
    with one_by_one():
        assert small_network(6).network.layered.text(ascii=True) == text


def test_products_that_have_names_of_their_own() -> None:
    class Shallow(PythonCode):
        deepest = 5

    form = netsym.parse("2-2").layered
    assert [*Shallow(form).body()][1:4] == ["    t1 = ", "w1_1_1*x_1", "\n"]


def test_a_minus_in_a_term_stays() -> None:
    form = netsym.parse("2-2").layered
    language = Language(form)
    terms: list[str | Rope] = ["-a", "-b", "f(c + -d)", "-2*e"]
    assert language.sum([*terms]) == _sum(language, terms) == "-a - b + f(c + -d) - 2*e"
    assert language.sum(terms[:2]) == "-a - b"


@pytest.mark.parametrize("shape", [(), (3,), (12,), (2, 3), (9, 11), (11, 2, 10)])
def test_indices(shape: tuple[int, ...]) -> None:
    axes = [[str(index + 1) for index in range(length)] for length in shape]
    made = with_indices("w", axes, ",", "", "'")
    places = product(*axes)
    assert made == ["w" + ("" if all(len(i) == 1 for i in place) else ",").join(place) + "'"
                    for place in places]  # fmt: skip
