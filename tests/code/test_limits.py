"""What a language cannot take is refused before it is written, with the other ways."""

from __future__ import annotations

import random
import re

import pytest

import netsym
from netsym.writers import WRITERS
from netsym.writers.code.javascript import JavaScript
from netsym.writers.code.limits import Limit, characters, nesting
from netsym.writers.code.program import written
from netsym.writers.writer import Writer
from tests.cli.running import run


class Sheet(JavaScript):
    """A language whose formulas are short and not deep."""

    limits = (
        Limit("Sheet", "characters", 2000, characters),
        Limit("Sheet", "nested calls", 9, nesting),
    )
    instead = "a cell per value (--cells)"


@pytest.fixture(autouse=True)
def sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WRITERS, "sheet", Writer("sheet", written(Sheet)))


def longest(formula: netsym.Formula) -> int:
    """The length of the longest statement of the JavaScript, without its name."""
    lines = re.findall(r"^  (?:const \w+ =|return) (.*);$", formula.javascript(), re.MULTILINE)
    return max(map(len, lines))


def test_it_says_the_number_and_the_other_ways() -> None:
    network = netsym.parse("2-8x3tanh-1")
    with pytest.raises(netsym.TooLargeError) as error:
        network.inlined.code("sheet")
    assert str(error.value) == (
        f"Sheet: {longest(network.inlined):,} characters, 2,000 is the limit; "
        f"--form layered takes {longest(network.layered):,}, or "
        f"--form shared takes {longest(network.shared):,}, or a cell per value (--cells)"
    )


def test_what_is_within_is_written() -> None:
    assert "export function f" in netsym.parse("2-3tanh-1").inlined.code("sheet")


def test_depth_is_refused_too(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "inline", "1-1x12-1:tanh", "--to", "sheet")
    assert ran.code == 3 and ran.out == ""
    assert "Sheet: 13 nested calls, 9 is the limit; --form layered takes 1" in ran.err


def test_nesting_is_counted_sign_by_sign() -> None:
    source = random.Random(0)
    for length in range(100):
        text = "".join(source.choices("()a", weights=[3, 2, 1], k=length))
        depths = [text[:stop].count("(") - text[:stop].count(")") for stop in range(length + 1)]
        assert nesting(text) == max(depths)
