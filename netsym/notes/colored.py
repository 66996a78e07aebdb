"""Text in the colours of layers, for a terminal: lines with control sequences (ECMA-48).

Colours are those of 256 that can be read on white and on dark ground, as nobody knows which it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from netsym.writers.palette import ASIDE, Color, layer_color

_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
#: A parameter that has the number of its layer, as w⁽²⁾₁₁, W², b2 or w2_1_1.
_PARAMETER = re.compile(r"\b[wbWUgB](?:⁽([⁰¹²³⁴-⁹]+)⁾|([⁰¹²³⁴-⁹]+)|(\d+))(?:,?[₀-₉_\d])*")
_FUNCTION = re.compile(r"[^\W\d_][\w]*(?=\()")

#: From where to where in a line, and the layer whose colour that has.
Part = tuple[int, int, int]


def colored(line: str, parts: Iterable[Part]) -> str:
    """A line with these parts in the colours of their layers; of the inputs, 0, there is none."""
    found, end = [], 0
    for start, stop, layer in sorted(parts):
        if layer and line[start:stop].strip():
            found += [line[end:start], _in(layer_color(layer), line[start:stop])]
            end = min(stop, len(line))
    return "".join([*found, line[end:]])


def aside(line: str) -> str:
    """A line that is said aside."""
    return _in(ASIDE, line)


def parts_of_formula(text: str) -> list[Part]:
    """The parameters that say their layer, and each function by the first of them it is of."""
    names = [
        (found.start(), found.end(), int(next(filter(None, found.groups())).translate(_RAISED)))
        for found in _PARAMETER.finditer(text)
    ]
    functions = []
    for found in _FUNCTION.finditer(text):
        layer = next((layer for start, _, layer in names if start > found.end()), 0)
        functions.append((found.start(), found.end(), layer))
    return [*names, *functions]


def _in(color: Color, text: str) -> str:
    return f"\033[38;5;{color.terminal}m{text}\033[39m"
