"""Pictures as SVG: no script, no style of their own, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from zlib import crc32

from netsym.notes.marks import Box, Circle, Label, Mark, Part, Path, part_width
from netsym.notes.symbols import Symbol
from netsym.writers.palette import GROUND, Color

_MATH = "'Latin Modern Math', 'STIX Two Math', 'STIX Two Text', Georgia, serif"
_WORDS = "system-ui, 'DejaVu Sans', sans-serif"
_TINT, _AREA = 0.08, 0.16  # of the colour of a box, and of an area, on white
_LOWER, _HIGHER = 0.74, 0.7  # sizes of scripts


def svg(
    title: str, description: str, width: float, height: float, marks: Sequence[Mark], id: str = ""
) -> str:
    """Marks as SVG; see `Picture.svg`."""
    drawn = "\n".join(
        [title, description, *(line for mark in marks for line in _written(mark, ""))]
    )
    id = id or f"netsym-{crc32(drawn.encode()):08x}"
    arrows = dict.fromkeys(m.color for m in marks if isinstance(m, Path) and m.arrow)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(width)} {_n(height)}" '
        f'width="{_n(width)}" height="{_n(height)}" role="img" '
        f'aria-labelledby="{escape(id)}-t {escape(id)}-d" font-family="{_WORDS}">',
        f'<title id="{escape(id)}-t">{escape(title)}</title>',
        f'<desc id="{escape(id)}-d">{escape(description)}</desc>',
        *(["<defs>", *(_marker(color, id) for color in arrows), "</defs>"] if arrows else []),
        f'<rect class="paper" width="{_n(width)}" height="{_n(height)}" fill="#{GROUND.light}"/>',
        *(line for mark in marks for line in _written(mark, id)),
        "</svg>",
    ]
    return "\n".join(lines)


def _n(number: float) -> str:
    """A length, to a tenth of a pixel."""
    return f"{round(number, 1) + 0.0:g}"


def _marker(color: Color, id: str) -> str:
    return (
        f'<marker id="{escape(id)}-{color.name}" viewBox="0 0 8 8" refX="7" refY="4" '
        'markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto">'
        f'<path class="{color.name}" d="M0 0.5L8 4L0 7.5z" fill="#{color.light}"/></marker>'
    )


def _written(mark: Mark, id: str) -> Iterator[str]:
    if isinstance(mark, Path):
        yield _path(mark, id)
    elif isinstance(mark, Circle):
        yield (
            f'<circle {_said(mark)} cx="{_n(mark.x)}" cy="{_n(mark.y)}" r="{_n(mark.radius)}" '
            f'fill="#{mark.fill.light}" stroke="#{mark.color.light}" stroke-width="2"/>'
        )
    elif isinstance(mark, Box):
        corner, dash = (8 if mark.rounded else 0), (' stroke-dasharray="6 4"' * mark.dashed)
        yield (
            f'<rect {_said(mark)} x="{_n(mark.x)}" y="{_n(mark.y)}" width="{_n(mark.width)}" '
            f'height="{_n(mark.height)}" rx="{corner}" fill="#{_tinted(mark.color, _TINT)}" '
            f'stroke="#{mark.color.light}" stroke-width="1.8"{dash}/>'
        )
    elif isinstance(mark, Label):
        turn = f"rotate({_n(mark.turn)} {_n(mark.x)} {_n(mark.y)})" if mark.turn else ""
        turned = f' transform="{turn}"' if turn else ""
        if mark.halo:
            yield _halo(mark, turned)
        yield _text(mark, turned)


def _said(mark: Mark) -> str:
    """What page and reader may know of a mark: its role, and which value or weight it is."""
    words = [f'class="{mark.role} {mark.color.name}"']
    words += [f'data-u="{escape(mark.unit)}"'] if mark.unit else []
    words += [f'data-e="{escape(mark.edge)}"'] if mark.edge else []
    return " ".join(words)


def _tinted(color: Color, share: float) -> str:
    """A colour, thin on white."""
    parts = (int(color.light[place : place + 2], 16) for place in (0, 2, 4))
    return "".join(f"{round(255 - share * (255 - part)):02X}" for part in parts)


def _path(mark: Path, id: str) -> str:
    start, *others = mark.steps
    steps = [f"M{_n(start[0])} {_n(start[1])}"]
    steps += [("L" if len(step) == 2 else "C") + " ".join(map(_n, step)) for step in others]
    said = [f'd="{"".join(steps)}{"z" if mark.fill else ""}"']
    said.append(f'fill="#{_tinted(mark.fill, _AREA)}"' if mark.fill else 'fill="none"')
    said.append(f'stroke="#{mark.color.light}" stroke-width="{_n(mark.width)}"')
    said += ['stroke-dasharray="7 5"'] if mark.dashed else []
    said += [f'opacity="{mark.opacity:g}"'] if mark.opacity < 1 else []
    said += [f'marker-end="url(#{escape(id)}-{mark.color.name})"'] if mark.arrow else []
    return f"<path {_said(mark)} {' '.join(said)}/>"


def _text(mark: Label, turned: str) -> str:
    middle = mark.y + 0.34 * mark.size
    said = [_said(mark), f'x="{_n(mark.x)}" y="{_n(middle)}" font-size="{_n(mark.size)}"']
    said.append(f'fill="#{mark.color.light}" text-anchor="{mark.anchor}"')
    if any(isinstance(part, Symbol) for part in mark.text):
        said.append(f'font-family="{_MATH}"')
    said += ['font-weight="600"'] if mark.bold else []
    text = "".join(_part(part, mark.size) for part in mark.text)
    return f"<text {' '.join(said)}{turned}>{text}</text>"


def _halo(mark: Label, turn: str) -> str:
    """The ground below a label, which hides the lines there."""
    width, height = mark.width + 2, 1.2 * mark.size
    return (
        f'<rect class="paper" x="{_n(mark.x - width / 2)}" y="{_n(mark.y - height / 2)}" '
        f'width="{_n(width)}" height="{_n(height)}" fill="#{GROUND.light}"{turn}/>'
    )


def _part(part: Part, size: float) -> str:
    """Words, or a symbol: its scripts are shifted, the upper one back over the lower."""
    if isinstance(part, str):
        return f'<tspan font-family="{_WORDS}">{escape(part)}</tspan>'
    style = f' font-family="{_WORDS}"' if part.is_word else ' font-style="italic"'
    spans = [f"<tspan{style}>{escape(part.base)}</tspan>"]
    down, up = 0.28 * size, 0.42 * size
    level = 0.0
    if part.below:
        spans.append(_script(part.below, down, 0, _LOWER * size))
        level = down
    if part.above:
        back = part_width(Symbol("", part.below), size) * 0.97 if part.below else 0.0
        spans.append(_script(part.above, -up - level, -back, _HIGHER * size))
        level = -up
    if level:
        spans.append(f'<tspan dy="{_n(-level)}">\N{ZERO WIDTH SPACE}</tspan>')
    return "".join(spans)


def _script(text: str, down: float, right: float, size: float) -> str:
    shift = f'dx="{_n(right)}" ' if right else ""
    return f'<tspan {shift}dy="{_n(down)}" font-size="{_n(size)}">{escape(text)}</tspan>'
