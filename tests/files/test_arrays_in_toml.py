"""Arrays of plain numbers are read as JSON: against tomllib alone, on documents of all kinds."""

from __future__ import annotations

import random
import tomllib
from typing import Any

from netsym.errors import SpecError
from netsym.files.toml import TOML

NUMBERS = [
    "1", "-2", "+3", "0", "-0", "01", "1.5", "1.", "-.5", "1e5", "1E-7", "1e+05", "1_0", "inf",
    "1979-05-27", "99999999999999999999", "-0.0", "0x1f", "1e", "e", '"w"',
]  # fmt: skip
SPACES = ["", " ", "\n", "  ", "\t", "\n  ", "\f", "#c\n", "\r\n", "\r"]
ENDS = ["", " ", ",", ", ", ",\n", ",,", " ,"]


def array(rng: random.Random, depth: int = 0) -> str:
    """Numbers, mostly plain, in lists within lists."""

    def space() -> str:
        return rng.choice(SPACES) if rng.random() < 0.1 else ""

    def entry() -> str:
        if depth < 3 and rng.random() < 0.3:
            return array(rng, depth + 1)
        return rng.choice(NUMBERS) if rng.random() < 0.1 else repr(rng.gauss(0, 1))

    entries = ",".join(f"{space()}{entry()}{space()}" for _ in range(rng.randint(0, 4)))
    return f"[{entries}{rng.choice(ENDS) if rng.random() < 0.3 else ''}{space()}]"


def line(rng: random.Random, key: str) -> str:
    kinds = [
        f"{key} = {array(rng)}", f"{key} = {array(rng)}", f"{key} = {array(rng)}",
        f"[{key}]", f"[[{key}]]", f'{key} = "text [1, 2]"', f"# {key} = [1]", "[1]",
        f"{key} = '''\nk9 = [1.0, 2.0]\n'''", f'{key} = """\nk9 = [1.0]\n"""',
        f'{key} = "\\ue0000"', f'{key} = "\ue0000"', f"{key} = {{a = {array(rng)}}}",
        f"k.{key} = {array(rng)}", f"{key} = {array(rng)} # more",
    ]  # fmt: skip
    return rng.choice(kinds)


def test_a_document_is_what_tomllib_reads_or_refuses() -> None:
    rng, read = random.Random(0), 0
    for _ in range(2000):
        lines = (line(rng, f"k{rng.randint(0, 8)}") for _ in range(rng.randint(1, 3)))
        text = "\n".join(lines) + rng.choice(["", "\n"])
        wanted: Any
        try:
            wanted = tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            wanted = None
        try:
            found = TOML.read(text, "a.toml")
        except SpecError:
            found = None
        assert repr(found) == repr(wanted), text
        read += wanted is not None
    assert 500 < read < 1900
