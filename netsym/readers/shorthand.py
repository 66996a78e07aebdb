"""The shorthand: `1-2-1:sigmoid`, `2-4tanh-4tanh+-3softmax`, `2-10x20-1:relu`, `[2, 3, 1]`."""

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
    r"(?P<units>[0-9]+)(?:[x×](?P<times>[0-9]+))?(?:\s*(?P<activation>[A-Za-z_][A-Za-z0-9_]*))?(?P<skip>\+?)"
)
_WIDTH = re.compile("[0-9]*[1-9][0-9]*")
_COMMA, _SPACE = re.compile(","), re.compile(r"\s+")
#: What joins widths: arrows, or hyphens, dashes and minus signs, or commas; the first that occurs.
_JOINTS = (re.compile("-?[-=]>|[→⟶⇒]"), re.compile("[-‐‑‒–—−]"), _COMMA)
#: How all begin: most formulas do not, however long they are.
_START = re.compile(r"[\[(]?\s*[0-9]+\s*[-=→⟶⇒‐‑‒–—−,0-9]")
#: Two widths that may as well be a difference, or a number with a decimal comma.
_NUMBER = re.compile(r"[0-9]+(?:\s+-\s*|-\s+|\s*[‐‑‒–—−,]\s*)[0-9]+")
_MOST_LAYERS = 10_000
_MOST_UNITS = 10**9
SYNTAX = "widths joined by -, as in 1-2-1:sigmoid, 2-4tanh-4tanh+-3softmax or 2-10x20-1:relu"


def is_shorthand(text: str) -> bool:
    """Whether a text is meant as a network, if perhaps misspelt, and not as a formula.

    >>> [is_shorthand(text) for text in ("1-2-1", "2-4tahn-1", "(1-2-1)", "2-4x-1", "0-4", "3")]
    [True, True, False, False, False, False]
    >>> [is_shorthand(text) for text in ("[1, 2, 1]", "1 - 2 - 1", "1→2", "1,5", "3 - 2", "3 − 2")]
    [True, True, True, False, False, False]
    >>> is_shorthand("1-2-tanh-1"), is_shorthand("1-tanh")
    (True, False)
    """
    body, colon, _ = text.strip().partition(":")
    body = body.rstrip()
    if not _START.match(body):
        return False
    (inputs, _), *parts = _parts(body)
    if not _WIDTH.fullmatch(inputs):
        return False
    found = []
    for part, _ in parts:
        match = _LAYER.fullmatch(part)
        if match is not None and _WIDTH.fullmatch(match["units"]):
            found.append(match)
        elif ACTIVATIONS.meant(part) is None:
            return False
    words = {match["activation"] for match in found} - {None}
    known = (ACTIVATIONS.meant(word) or nearest(word, ACTIVATIONS.words()) for word in words)
    return bool(found) and (bool(colon) or (all(known) and not _NUMBER.fullmatch(body)))


def _parts(body: str) -> list[tuple[str, int]]:
    """What stands between the joints, without spaces around it, and where each begins.

    >>> _parts("1 -> 20"), _parts("[1,20]"), _parts("(1-20)")
    ([('1', 0), ('20', 5)], [('1', 1), ('20', 3)], [('(1', 0), ('20)', 3)])
    """
    joint = next((each for each in _JOINTS if each.search(body)), _COMMA)
    start, stop = 0, len(body)
    ends = body[:1] + body[-1:]
    if ends == "[]" or (ends == "()" and "," in body):
        joint = _COMMA if "," in body else _SPACE
        start, stop = 1, len(body[:-1].rstrip())
        start += len(body[1:stop]) - len(body[1:stop].lstrip())
    joints = [match.span() for match in joint.finditer(body, start, stop)]
    begins, stops = [start, *(end for _, end in joints)], [*(at for at, _ in joints), stop]
    between = [(body[at:end], at) for at, end in zip(begins, stops, strict=True)]
    return [(part.strip(), at + len(part) - len(part.lstrip())) for part, at in between]


def parse(text: str) -> Network:
    """A network from the shorthand.

    Widths joined by `-`, from the inputs to the outputs. An activation after a width is that
    layer's; after a colon it is that of all layers that name none. `10x20` is twenty layers of
    ten units; `+` adds the layer's own input. Where nothing is said a layer is linear.
    Arrows, dashes and commas join widths as well, also in brackets: `1 -> 2 -> 1`, `[1, 2, 1]`.
    Raises `SpecError`, with a caret, for anything else.

    >>> print(parse("1-2-1:sigmoid").layered.text(ascii=True, headings=False))
    a1_1 = sigmoid(w1_1_1*x + b1_1)
    a1_2 = sigmoid(w1_2_1*x + b1_2)
    y = sigmoid(w2_1_1*a1_1 + w2_1_2*a1_2 + b2_1)
    """
    if not isinstance(text, str):
        raise SpecError(f"a shorthand is a text like '1-2-1:sigmoid', not {type(text).__name__}")
    shown, text = text[:60], text.strip()
    body, colon, after = text.partition(":")
    body, default = body.rstrip(), after.strip()
    if not body:
        raise SpecError(f"{shown!r} is an empty network; give {SYNTAX}")
    if colon and not default:
        at = len(text) - len(after) - 1
        raise _pointed("no activation after the colon", text, at, 1, "as in 1-2-1:sigmoid")
    if ":" in default:
        hint = "others stand right after the widths of their layers, as in 1-2relu-1tanh"
        at = len(text) - len(default)
        raise _pointed("only one activation stands after the colon", text, at, len(default), hint)
    if colon:
        _check_activation(default, text, len(text) - len(default))
    (first, at), *parts = _parts(body)
    inputs = _inputs(first, text, at)
    layers: list[Dense] = []
    unsaid: list[int] = []
    for part, at in parts:
        layer, times, said = _layer(part, default, text, at)
        if len(layers) + times > _MOST_LAYERS:
            message = f"a network in shorthand has at most {_MOST_LAYERS:,} layers"
            hint = "a block in a file repeats layers as well: netsym layers block"
            raise _pointed(message, text, at, len(part), hint)
        if not said:
            unsaid += range(len(layers) + 1, len(layers) + times + 1)
        layers += [layer] * times
    if not layers:
        raise _pointed(
            "one width is only an input; a network needs at least one layer", text, 0, len(text),
            f"give {SYNTAX}",
        )  # fmt: skip
    names = [INPUT, *(f"layer{n}" for n in range(1, len(layers) + 1))]
    wires: list[tuple[str, Dense, list[str], dict[str, Any]]] = [
        (names[n], layer, [names[n - 1]], {}) for n, layer in enumerate(layers, 1)
    ]
    plain = "-".join("".join(part.split()) for part in (first, *(part for part, _ in parts)))
    assumed = _assumed(unsaid, len(layers), plain)
    return Network.of(f"{plain}:{default}" if colon else plain, inputs, wires, assumed=assumed)


def _inputs(part: str, text: str, at: int) -> int:
    """The first width."""
    match = _matched(part, text, at)
    units = _count(match, "units", text, at)
    _check_activation(match["activation"], text, at + match.start("activation"))
    if part != match["units"]:
        message = "the first width is the number of inputs, which have no activation"
        raise _pointed(message, text, at, len(part), f"give {SYNTAX}")
    return units


def _layer(part: str, default: str, text: str, at: int) -> tuple[Dense, int, bool]:
    """A layer, how many there are of it, and whether its activation is said."""
    match = _matched(part, text, at)
    units, times = (_count(match, group, text, at) for group in ("units", "times"))
    _check_activation(match["activation"], text, at + match.start("activation"))
    activation = match["activation"] or default
    layer = Dense(units=units, activation=activation or "linear", skip=bool(match["skip"]))
    return layer, times, bool(activation)


def _matched(part: str, text: str, at: int) -> re.Match[str]:
    match = _LAYER.fullmatch(part)
    if match is None:
        hint = f"give {SYNTAX}"
        if ACTIVATIONS.meant(part):
            hint = f"an activation stands right after the width of its layer, as in 2{part}"
        if text.endswith(tuple(suffixes())):
            hint = "this looks like a file: netsym.load reads those"
        raise _pointed("not a layer of a network", text, at, len(part), hint)
    return match


def _check_activation(word: str | None, text: str, at: int) -> None:
    if word and ACTIVATIONS.meant(word) is None:
        raise _pointed("unknown activation", text, at, len(word), ACTIVATIONS.hint(word))


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
        message = f"a layer has at most {_MOST_UNITS:,} units"
        raise _pointed(message, text, at, len(digits), "give fewer")
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
