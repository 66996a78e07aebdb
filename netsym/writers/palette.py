"""The colours of a network, as data: one a layer, on white and on dark ground.

A colour never stands alone: the number of the layer, a label or a dash says the same, since from
layer 5 on the four repeat and not everybody sees all of them. Inputs have the colour of the text.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Color:
    """A colour by its `name`; `light` is six hexadecimal digits for white ground, `dark` for dark.

    `known` is the name of a colour like it that needs no definition: CSS, KaTeX and MathJax know
    it, and xcolor with `svgnames`. `terminal` is one of the 256 that terminals have (xterm), which
    can be read on white and on dark ground.

    >>> LAYERS[0].light, LAYERS[0].dark, LAYERS[0].known
    ('0060A8', '7CC0F5', 'MediumBlue')
    """

    name: str
    light: str
    dark: str
    known: str
    terminal: int


#: The grounds that text of these colours stands on.
GROUND = Color("ground", "FFFFFF", "14171B", "White", 231)
#: Text that belongs to no layer.
TEXT = Color("text", "14171B", "E8EAED", "Black", 16)
#: What is said aside, and lines that belong to no layer.
ASIDE = Color("aside", "4A4A4A", "B4BAC2", "DimGray", 243)
#: Those of layers 1 to 4; the `GATES` of a cell have them too.
LAYERS = (
    Color("netA", "0060A8", "7CC0F5", "MediumBlue", 32),
    Color("netB", "B34700", "FF9F66", "Sienna", 166),
    Color("netC", "00705A", "58D0AC", "Teal", 29),
    Color("netD", "8C3A7A", "E3A0D3", "Purple", 133),
)
#: The gates of an LSTM that have the colours of layers 1 to 4.
GATES = "figo"
#: Losses and costs.
LOSS = Color("netL", "7A1F3D", "F3D59A", "Maroon", 132)
#: What lies behind a part that is pointed at.
LIT = Color("netLit", "FFE08A", "6B5200", "Khaki", 222)


def layer_color(layer: int) -> Color:
    """The colour of a layer, counted from 1; they repeat.

    >>> layer_color(1).name, layer_color(4).name, layer_color(5).name
    ('netA', 'netD', 'netA')
    """
    return LAYERS[(layer - 1) % len(LAYERS)]


def spelling(color: bool, document: bool) -> str:
    """Which of its names LaTeX has for a colour, nothing for none: a document defines its own."""
    return ("name" if document else "known") if color else ""
