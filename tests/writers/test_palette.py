"""Colours can be read, and told apart by eyes of every kind."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from netsym.writers.palette import ASIDE, GROUND, LAYERS, LIT, LOSS, TEXT, Color, layer_color

#: What an eye without one kind of cone sees, in linear RGB: Machado, Oliveira and Fernandes 2009.
SIGHT = {
    "all cones": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
               [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
               [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
               [0.004733, 0.691367, 0.303900]],
}  # fmt: skip
#: What CSS says that these are.
KNOWN = {"MediumBlue": "0000CD", "Sienna": "A0522D", "Teal": "008080", "Purple": "800080",
         "Maroon": "800000", "Black": "000000"}  # fmt: skip
#: From linear RGB to XYZ, of which white is the sum of the columns: sRGB, IEC 61966-2-1.
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(color: str) -> np.ndarray:
    parts = np.array([int(color[n : n + 2], 16) / 255 for n in (0, 2, 4)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """As WCAG 2 measures it."""
    low, high = sorted(float(XYZ[1] @ linear(color)) for color in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(color: np.ndarray) -> np.ndarray:
    x, y, z = np.cbrt(XYZ @ color / XYZ.sum(axis=1))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_the_contrast_is_that_of_wcag() -> None:
    assert contrast("000000", "FFFFFF") == pytest.approx(21)
    assert contrast("767676", "FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("color", [*LAYERS, LOSS, TEXT], ids=lambda color: color.name)
def test_text_of_every_colour_can_be_read(color: Color) -> None:
    assert contrast(color.light, GROUND.light) >= 4.5
    assert contrast(color.dark, GROUND.dark) >= 4.5
    assert contrast(KNOWN[color.known], GROUND.light) >= 4.5


@pytest.mark.parametrize("color", [*LAYERS, LOSS, ASIDE], ids=lambda color: color.name)
def test_text_on_a_terminal_can_be_read_on_any_ground(color: Color) -> None:
    """More than 4.2 on both is not possible."""
    shown = in_xterm(color.terminal)
    assert min(contrast(shown, ground) for ground in (GROUND.light, GROUND.dark)) >= 3.6


def in_xterm(number: int) -> str:
    """The colour of the table of 256: a cube of six steps a side, and then greys."""
    if number >= 232:
        return f"{8 + 10 * (number - 232):02X}" * 3
    steps = ("00", "5F", "87", "AF", "D7", "FF")
    return "".join(steps[(number - 16) // 6**place % 6] for place in (2, 1, 0))


def test_text_can_be_read_where_it_is_lit() -> None:
    assert contrast(TEXT.light, LIT.light) >= 4.5
    assert contrast(TEXT.dark, LIT.dark) >= 4.5


@pytest.mark.parametrize("ground", ["light", "dark", "known"])
@pytest.mark.parametrize("sight", SIGHT)
def test_no_two_colours_look_alike(sight: str, ground: str) -> None:
    """CIE76, of which 2.3 is just noticed."""
    seen = {
        color.name: lab(np.clip(SIGHT[sight] @ linear(KNOWN.get(digits, digits)), 0, 1))
        for color in (*LAYERS, LOSS)
        for digits in [getattr(color, ground)]
    }
    distances = {pair: np.linalg.norm(seen[pair[0]] - seen[pair[1]])
                 for pair in combinations(seen, 2)}  # fmt: skip
    assert min(distances.values()) >= 9, min(distances.items(), key=lambda item: item[1])


def test_layers_repeat_their_colours() -> None:
    assert [layer_color(n) for n in range(1, 10)] == [*LAYERS, *LAYERS, LAYERS[0]]
