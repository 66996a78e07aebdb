"""TypedNodes text as tests read it: a formula with its face."""

from __future__ import annotations

from typing import Any

from netsym.formula import Formula
from netsym.typed import parse


def parse_formula(text: str, **options: Any) -> parse.Parsed:
    read = parse.parse_formula(text, **options)
    return read._replace(formula=Formula.of(read.formula))
