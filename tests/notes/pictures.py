"""What tests of pictures look at: SVG as elements, and where marks are on the sheet."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations
from xml.etree import ElementTree

from netsym.notes.marks import Box, Circle, Label, Path
from netsym.notes.picture import Picture

SVG = "{http://www.w3.org/2000/svg}"


def elements(picture: Picture, tag: str, key: str = "") -> list[ElementTree.Element]:
    """The elements of a kind, of those that have an attribute."""
    found = ElementTree.fromstring(picture.svg()).iter(f"{SVG}{tag}")
    return [each for each in found if not key or key in each.attrib]


def text_of(picture: Picture) -> list[str]:
    """What is written, label by label."""
    whole = ("".join(each.itertext()) for each in elements(picture, "text"))
    return [text.replace("\u200b", "") for text in whole]


def inside(label: Label, x: float, y: float) -> bool:
    """Whether a point is on a label, which may be turned; a pixel of its rim is not counted."""
    width = label.width
    left = {"start": 0.0, "middle": -width / 2, "end": -width}[label.anchor]
    turn = math.radians(label.turn)
    along = (x - label.x) * math.cos(turn) + (y - label.y) * math.sin(turn)
    down = (y - label.y) * math.cos(turn) - (x - label.x) * math.sin(turn)
    return left + 1 < along < left + width - 1 and abs(down) < label.size * 0.6 - 1


def points_of(label: Label) -> Iterator[tuple[float, float]]:
    """Points of a label, close to each other."""
    width, turn = label.width, math.radians(label.turn)
    left = {"start": 0.0, "middle": -width / 2, "end": -width}[label.anchor]
    for step in range(int(width / 3) + 2):
        along = min(left + 1.5 + 3 * step, left + width - 1.5)
        for down in (-0.5, -0.25, 0.0, 0.25, 0.5):
            across = down * label.size
            yield (
                label.x + along * math.cos(turn) - across * math.sin(turn),
                label.y + along * math.sin(turn) + across * math.cos(turn),
            )


def points_along(path: Path) -> Iterator[tuple[float, float]]:
    """Points of a line, straight or curved, close to each other; its ends are left out."""
    (x, y), *others = path.steps
    for step in others:
        u, v = step[-2:]
        a, b, c, d = step[:4] if len(step) == 6 else (x, y, u, v)
        for n in range(1, 40):
            t = n / 40
            yield (
                (1 - t) ** 3 * x + 3 * (1 - t) ** 2 * t * a + 3 * (1 - t) * t**2 * c + t**3 * u,
                (1 - t) ** 3 * y + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * d + t**3 * v,
            )
        x, y = u, v


def in_box(box: Box, x: float, y: float, rim: float = 0.0) -> bool:
    """Whether a point is in a box, or within a rim around it."""
    return box.x - rim < x < box.x + box.width + rim and box.y - rim < y < box.y + box.height + rim


def faults(picture: Picture) -> list[str]:
    """What covers what on the sheet, and should not."""
    found = []
    labels = [mark for mark in picture.marks if isinstance(mark, Label)]
    circles = [mark for mark in picture.marks if isinstance(mark, Circle) and mark.radius > 5]
    boxes = [mark for mark in picture.marks if isinstance(mark, Box)]
    for one, other in combinations(labels, 2):
        if any(inside(other, *point) for point in points_of(one)):
            found.append(f"{one.text} and {other.text}")
    for label in labels:
        for x, y in points_of(label):
            if not (0 <= x <= picture.width and 0 <= y <= picture.height):
                found.append(f"{label.text} is cut off")
                break
        for circle in circles:
            apart = math.hypot(label.x - circle.x, label.y - circle.y)
            if apart > 3 and any(
                math.hypot(x - circle.x, y - circle.y) < circle.radius for x, y in points_of(label)
            ):
                found.append(f"{label.text} and the unit {circle.unit}")
        for box in boxes:
            points = [in_box(box, x, y) for x, y in points_of(label)]
            if any(points) and not all(points):
                found.append(f"{label.text} and the side of {box.unit}")
    for one, other in combinations(circles, 2):
        if math.hypot(one.x - other.x, one.y - other.y) < one.radius + other.radius:
            found.append(f"the units {one.unit} and {other.unit}")
    for one, other in combinations(boxes, 2):
        if (
            one.x < other.x + other.width and other.x < one.x + one.width
            and one.y < other.y + other.height and other.y < one.y + one.height
        ):  # fmt: skip
            found.append(f"the boxes {one.unit} and {other.unit}")
    for path in (mark for mark in picture.marks if isinstance(mark, Path)):
        found += [
            f"a line from {path.ends[0]} and the box {box.unit}"
            for box in boxes
            if any(in_box(box, x, y, -1) for x, y in points_along(path))
        ]
    return found
