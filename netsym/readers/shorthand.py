"""The shorthand: `1-2-1:sigmoid`, `2-4tanh-4tanh+-3softmax`, `2-10x20-1:relu`."""

from __future__ import annotations

import re
from typing import Any

from netsym.errors import SpecError, nearest
from netsym.files.formats import suffixes
from netsym.graph.functions import ACTIVATIONS
from netsym.layers.blocks import INPUT
from netsym.layers.dense import Dense
from netsym.network.network import Network
from netsym.typed.carets import mistake
from netsym.wording import agreed

_LAYER = re.compile(
    r"(?P<units>[0-9]+)(?:[x×](?P<times>[0-9]+))?(?P<activation>(?:[A-Za-z_][A-Za-z0-9_]*)?)(?P<skip>\+?)"
)
_WIDTH = re.compile("[0-9]*[1-9][0-9]*")
_MOST_LAYERS = 10_000
_MOST_UNITS = 10**9
SYNTAX = "widths joined by -, as in 1-2-1:sigmoid, 2-4tanh-4tanh+-3softmax or 2-10x20-1:relu"


def is_shorthand(text: str) -> bool:
    """Whether a text is meant as a network, if perhaps misspelt, and not as a formula.

    >>> [is_shorthand(text) for text in ("1-2-1", "2-4tahn-1", "(1-2-1)", "2-4x-1", "0-4", "3")]
    [True, True, False, False, False, False]
    """
    body, colon, _ = text.strip().partition(":")
    inputs, *layers = body.split("-")
    found = [match for match in map(_LAYER.fullmatch, layers) if match is not None]
    widths = [inputs, *(match["units"] for match in found)]
    if not found or len(found) < len(layers) or not all(map(_WIDTH.fullmatch, widths)):
        return False
    words = {match["activation"] for match in found} - {""}
    return bool(colon) or all(
        ACTIVATIONS.meant(word) or nearest(word, ACTIVATIONS.words()) for word in words
    )


def parse(text: str) -> Network:
    """A network from the shorthand.

    Widths joined by `-`, from the inputs to the outputs. An activation after a width is that
    layer's; after a colon it is that of all layers that name none. `10x20` is twenty layers of
    ten units; `+` adds the layer's own input. Where nothing is said a layer is linear.
    Raises `SpecError`, with a caret, for anything else.

    >>> print(parse("1-2-1:sigmoid").layered.text(ascii=True, headings=False))
    a1_1 = sigmoid(w1_1_1*x + b1_1)
    a1_2 = sigmoid(w1_2_1*x + b1_2)
    y = sigmoid(w2_1_1*a1_1 + w2_1_2*a1_2 + b2_1)
    """
    if not isinstance(text, str):
        raise SpecError(f"a shorthand is a text like '1-2-1:sigmoid', not {type(text).__name__}")
    shown, text = text[:60], text.strip()
    body, colon, default = text.partition(":")
    if not body:
        raise SpecError(f"{shown!r} is an empty network; give {SYNTAX}")
    if colon and not default:
        raise _pointed("no activation after the colon", text, len(body), 1, "as in 1-2-1:sigmoid")
    if colon and ACTIVATIONS.meant(default) is None:
        hint = ACTIVATIONS.hint(default)
        raise _pointed("unknown activation", text, len(body) + 1, len(default), hint)
    position, inputs = 0, 0
    layers: list[Dense] = []
    unsaid: list[int] = []
    for place, part in enumerate(body.split("-")):
        match = _LAYER.fullmatch(part)
        if match is None:
            hint = f"give {SYNTAX}"
            if text.endswith(tuple(suffixes())):
                hint = "this looks like a file: netsym.load reads those"
            raise _pointed("not a layer of a network", text, position, len(part), hint)
        units, times = (
            _count(match, "units", text, position),
            _count(match, "times", text, position),
        )
        activation = match["activation"]
        if activation and ACTIVATIONS.meant(activation) is None:
            at = position + match.start("activation")
            hint = ACTIVATIONS.hint(activation)
            raise _pointed("unknown activation", text, at, len(activation), hint)
        if place == 0:
            if part != match["units"]:
                message = "the first width is the number of inputs, which have no activation"
                raise _pointed(message, text, position, len(part), f"give {SYNTAX}")
            inputs = units
        else:
            if len(layers) + times > _MOST_LAYERS:
                message = f"a network in shorthand has at most {_MOST_LAYERS:,} layers"
                raise _pointed(message, text, position, len(part))
            if not (activation or default):
                unsaid += range(len(layers) + 1, len(layers) + times + 1)
            layer = Dense(
                units=units, activation=activation or default or "linear", skip=bool(match["skip"])
            )
            layers += [layer] * times
        position += len(part) + 1
    if not layers:
        raise _pointed(
            "one width is only an input; a network needs at least one layer", text, 0, len(text),
            f"give {SYNTAX}",
        )  # fmt: skip
    names = [INPUT, *(f"layer{n}" for n in range(1, len(layers) + 1))]
    wires: list[tuple[str, Dense, list[str], dict[str, Any]]] = [
        (names[n], layer, [names[n - 1]], {}) for n, layer in enumerate(layers, 1)
    ]
    assumed = _assumed(unsaid, len(layers), body)
    return Network.of(text, inputs, wires, assumed=assumed)


def _count(match: re.Match[str], group: str, text: str, position: int) -> int:
    digits = match[group]
    if digits is None:
        return 1
    number = int(digits) if len(digits) < 12 else _MOST_UNITS + 1
    at = position + match.start(group)
    if number == 0:
        raise _pointed(
            "a width of zero", text, at, len(digits), "every layer has at least one unit"
        )
    if number > _MOST_UNITS:
        raise _pointed(f"a layer has at most {_MOST_UNITS:,} units", text, at, len(digits))
    return number


def _assumed(unsaid: list[int], layers: int, body: str) -> str:
    if not unsaid:
        return ""
    if len(unsaid) == layers:
        return f"no activation was given, so all is linear; for sigmoids write {body}:sigmoid"
    shown = ", ".join(map(str, unsaid[:4])) + (", …" if len(unsaid) > 4 else "")
    return agreed(
        len(unsaid), f"layer {shown} has no activation and is linear",
        f"layers {shown} have no activation and are linear",
    )  # fmt: skip


def _pointed(message: str, text: str, start: int, length: int, hint: str = "") -> SpecError:
    return mistake(message, text, (start, start + length), hint=hint)
