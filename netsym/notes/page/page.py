"""`page`: a network that a reader peels, skin by skin, and works out at points of their own."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import escape
from itertools import accumulate
from typing import Any

import numpy.typing as npt

from netsym.network.costs import cost, examples_of, penalised
from netsym.network.network import Network
from netsym.notes import made_up
from netsym.notes.draw import draw
from netsym.notes.page.layers import LayersPage
from netsym.notes.page.onion import Onion, Step
from netsym.notes.page.parts import Part
from netsym.notes.page.program import program
from netsym.notes.page.skins import with_skins
from netsym.notes.page.template import read, sheet
from netsym.notes.picture import Picture

#: Of a network with more values the page has the layers alone.
MOST_VALUES = 40
_MOST_NODES = 20_000  # of a form in which the values are counted
_WIDE = 760  # pixels of a drawing that has its formula below it
_MOST_NAMED = 5  # skins in a sentence
_AT_A_GLANCE = 12  # values that are written out at first
#: Of more numbers none can be changed on the page.
_MOST_NUMBERS = 60


@dataclass(frozen=True, eq=False)
class Page:
    """A network, or its loss over examples, as one file of HTML that needs nothing else.

    Names without numbers have numbers that are made up, the same each time; a reader changes them.
    """

    network: Network
    loss: str | None = None
    examples: int | None = None
    data: tuple[npt.ArrayLike, npt.ArrayLike] | None = None
    l1: float = 0.0
    l2: float = 0.0
    reduction: str = "mean"
    delta: float | None = None

    def __repr__(self) -> str:
        return f"<page of {self.network.title}>"

    @cached_property
    def onion(self) -> Onion:
        """The formulas, in one another."""
        costs = bool(self.rows or self.l1 or self.l2)
        return Onion(self.network, self.loss, self.delta, bool(self.rows), costs)

    @cached_property
    def rows(self) -> list[list[float]]:
        """The examples: inputs, then targets."""
        if self.loss is None or (self.data is None and self.examples is None):
            return []
        x, t = examples_of(self.network, self.loss, self.data or self._made_up_examples())
        return [[*a, *b] for a, b in zip(x.tolist(), t.tolist(), strict=True)]

    def _made_up_examples(self) -> tuple[list[list[float]], list[list[float]]]:
        """As many examples as are asked for, of one class after another."""
        source, outputs = random.Random(3), max(len(self.network.output_names), 2)
        width, count = len(self.network.input_names), range(self.examples or 0)
        x = [[round(source.uniform(-1, 1), 1) for _ in range(width)] for _ in count]
        classes = [[float(n % outputs == place) for place in range(outputs)] for n in count]
        return x, [row if len(self.network.output_names) > 1 else row[1:] for row in classes]

    @cached_property
    def numbers(self) -> dict[str, float]:
        """A number for every name that is learned."""
        learned = self.onion.learned
        return made_up.parameters(learned.network.parameter_names(), learned.numbers)

    @property
    def is_made_up(self) -> bool:
        """Whether some of the numbers are."""
        return len(self.onion.learned.numbers) < len(self.numbers) or bool(self.examples)

    def html(self) -> str:
        """The whole page."""
        title = f"The onion of {self.network.title}"
        return sheet(
            "page.html", title, name=escape(self.network.title),
            about=escape(self._about()), controls=self._controls(),
            wide=" wide" * (self.picture.width > _WIDE), drawing=self.picture.svg("net"),
            formula=self._formula(), back=self._back(), low="".join(self._tables()),
            data=self._data(), program=program(self.onion), js=read("page.js"),
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        """The page, its values and their skins, for `--json`."""
        skins = {unit: skin.name for skin in self.onion.skins for unit in skin.units}
        values = [
            {"name": part.id, "words": part.words, "skin": skins.get(part.id)}
            for part in self.onion.parts.values()
        ]
        return {
            "schema": 1, "network": self.network.title, "kind": "onion", "loss": self.loss,
            "values": values, "html": self.html(),
        }  # fmt: skip

    # -- the parts of it
    def _about(self) -> str:
        names = [skin.name for skin in self.onion.skins]
        outer = ["cost", *names] if self.onion.costs else names
        if len(outer) > _MOST_NAMED:
            outer = [*outer[:3], f"and so on to {outer[-1]}"]
        said = ", ".join(outer) + ", inputs: each is written in the one before."
        more = " The numbers are made up: type your own." if self.is_made_up else ""
        return f"{said[0].upper()}{said[1:]} Peel from the outside in, or click a unit.{more}"

    def _controls(self) -> str:
        skins = self.onion.skins
        outer = "cost" if self.onion.costs else "names"
        buttons = f'<button data-skin="0" aria-pressed="false">{outer}</button>'
        buttons += "".join(
            f'<button data-skin="{number}" aria-pressed="false">{escape(skin.name)}</button>'
            for number, skin in enumerate(skins, 1)
        )
        slider = (
            f'<input id="skin" type="range" min="0" max="{len(skins)}" value="{len(skins)}" '
            'aria-label="skins that are written out">'
        )
        back = (
            '<span class="slide"><label for="steps">back propagation</label>'
            f'<input id="steps" type="range" min="0" max="{len(self.onion.steps)}" value="0">'
            "</span>"
        )
        return (
            '<span class="slide"><button id="less" aria-label="one skin less">−</button>'
            f'{slider}<button id="more" aria-label="one skin more">+</button></span>'
            f'<span class="steps">{buttons}</span>'
            f"{back if self.onion.steps else ''}"
            '<button id="numbers" aria-pressed="false">numbers</button>'
            '<button id="theme" aria-label="light or dark">◐</button>'
        )

    @cached_property
    def picture(self) -> Picture:
        """The network in its skins."""
        made = self.network
        if self.loss is not None:
            count = len(self.rows) or None
            terms: dict[str, Any] = {
                "l1": self.l1,
                "l2": self.l2,
                "reduction": self.reduction,
                "delta": self.delta,
            }
            made = cost(made, self.loss, examples=count, **terms)
        return with_skins(draw(made), self.onion)

    def _wholes(self) -> dict[str, dict[str, Any]]:
        """By the name that it has in the drawing what is drawn as one."""
        found = {}
        for name in dict.fromkeys(mark.unit for mark in self.picture.marks):
            skins = [] if name in self.onion.parts else self.onion.whole(name)
            if skins:
                units = [unit for skin in skins for unit in skin.units]
                found[name] = {"name": skins[0].name, "units": units}
        return found

    def _formula(self) -> str:
        onion, seen = self.onion, set[str]()
        if onion.costs:
            lines = [self._cost(onion.written(onion.ends[0], seen)), *self._penalties()]
        else:
            lines = [f"{_left(onion.parts[end])}{onion.written(end, seen)}" for end in onion.ends]
        return _math("".join(f"<mtr>{_cell(line)}</mtr>" for line in lines), onion.spoken())

    def _cost(self, loss: str) -> str:
        count, of_one = len(self.rows), _left(self.onion.parts[self.onion.ends[0]])
        start = "<mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow>"
        mean = self.reduction == "mean"
        share = f"<mfrac><mn>1</mn><mn>{count}</mn></mfrac>" if mean and count else ""
        total = f'<munderover><mo movablelimits="false">∑</mo>{start}<mn>{count}</mn></munderover>'
        before = f"<mi>J</mi><mo>=</mo>{share}{total if count else ''}"
        return (
            f'<mrow class="sum" data-u="J">{before}</mrow>'
            f'<mrow class="one" style="display:none">{of_one}</mrow>{loss}'
        )

    def _penalties(self) -> Iterator[str]:
        total = '<munder><mo movablelimits="false">∑</mo><mi>w</mi></munder>'
        half, square = (
            f"<mfrac>{_mn(self.l2)}<mn>2</mn></mfrac>",
            "<msup><mi>w</mi><mn>2</mn></msup>",
        )
        terms = [half + total + square] if self.l2 else []
        size = "<mrow><mo>|</mo><mi>w</mi><mo>|</mo></mrow>"
        terms += [_mn(self.l1) + total + size] if self.l1 else []
        yield from (f'<mrow class="sum"><mo form="infix">+</mo>{term}</mrow>' for term in terms)

    def _back(self) -> str:
        if not self.onion.steps:
            return ""
        items = "".join(
            f'<li class="later" data-step="{number}"><h3>{escape(step.title)}</h3>'
            f"{self._equations(step)}</li>"
            for number, step in enumerate(self.onion.steps, 1)
        )
        return (
            '<section><h2>Back propagation</h2><div class="scroll" tabindex="0" role="region" '
            f'aria-label="back propagation, scrolls sideways"><ol id="back">{items}</ol></div>'
            "</section>"
        )

    def _equations(self, step: Step) -> str:
        equations = "".join(
            f'<math displaystyle="true" data-line="{escape(part.id)}" '
            f'alttext="{escape(part.spoken)}">'
            f"{_left(part)}<mrow>{self.onion.by_names(part)}</mrow></math>"
            for part in step.shown
        )
        left = len(step.parts) - len(step.shown)
        return equations + (f"<p>and {left:,} more like these</p>" if left else "")

    def _tables(self) -> Iterator[str]:
        yield self._examples()
        if self.onion.costs:
            yield self._costs()
        if len(self.numbers) <= _MOST_NUMBERS:
            yield self._weights()

    def _examples(self) -> str:
        outputs = [names.ascii(position) for names, position in self.onion.outputs]
        shown = [name for name in outputs if name in self.onion.parts]  # equal ones are one
        shown += [] if self.loss is None else self.onion.ends
        parts = self.onion.parts
        called = {**self._inputs, **{name: (parts[name].name, parts[name].words) for name in shown}}
        heads = "".join(
            f'<th><math alttext="{escape(words)}">{name}</math></th>'
            for name, words in called.values()
        )
        values = "".join(f'<td data-v="{escape(name)}"></td>' for name in shown)
        lines = ["".join(f"<td>{value:g}</td>" for value in row) for row in self.rows]
        lines.append("".join(
            f'<td><input type="number" step="any" data-own="{place}" value="{value:g}" '
            f'aria-label="your {escape(name)}"></td>'
            for place, (name, value) in enumerate(zip(self._inputs, self.own, strict=True))
        ))  # fmt: skip
        rows = [*map(str, range(1, len(self.rows) + 1)), "yours"]
        body = "".join(
            f'<tr><td><button data-row="{place}" aria-pressed="false">{name}</button></td>'
            f"{line}{values}</tr>"
            for place, (name, line) in enumerate(zip(rows, lines, strict=True))
        )
        caption = "Examples" if self.rows else "Inputs"
        return (
            f'<div class="scroll"><table><caption>{caption}</caption>'
            f'<thead><tr><th>i</th>{heads}</tr></thead><tbody id="examples">{body}</tbody>'
            "</table></div>"
        )

    @cached_property
    def _inputs(self) -> dict[str, tuple[str, str]]:
        """The inputs by plain name, as they are shown and said."""
        form, placed = self.onion.form, self.onion.placed
        names = map(form.graph.symbol, form.inputs.tolist())
        return {n.ascii(place): (placed.shown(n, place), placed.said(n, place))
                for n, place in names}  # fmt: skip

    def _costs(self) -> str:
        rows = [("mean", f"{self.reduction} of L" if self.rows else "L")]
        rows += [("l2", f"{self.l2:g}/2·Σw²")] if self.l2 else []
        rows += [("l1", f"{self.l1:g}·Σ|w|")] if self.l1 else []
        body = "".join(
            f'<tr><td>{said}</td><td id="{id}"></td></tr>' for id, said in [*rows, ("J", "J")]
        )
        return f"<table><caption>Cost</caption><tbody>{body}</tbody></table>"

    def _weights(self) -> str:
        cells = "".join(
            f'<label data-e="{escape(name)}">{escape(name)} <input type="number" step="any" '
            f'data-weight="{escape(name)}" value="{value:.6g}"></label>'
            for name, value in self.numbers.items()
        )
        return (
            '<details class="weights"><summary>numbers of weights and biases</summary>'
            f"{cells}</details>"
        )

    @cached_property
    def own(self) -> list[float]:
        """The point that a reader changes."""
        if self.rows:
            return self.rows[0]
        return made_up.point(len(self.onion.form.input_names()))

    def _deltas(self) -> dict[str, dict[str, Any]]:
        """By unit its δ, and the first step that finds it."""
        return {
            unit: {"name": part.id, "step": number}
            for number, step in reversed([*enumerate(self.onion.steps, 1)])
            for unit, part in zip(step.units, step.parts, strict=False)
            if part.names.base == "delta"
        }

    def _start(self) -> int:
        """How many skins are written out at first: as many as are read at a glance."""
        counts = accumulate(len(skin.units) for skin in self.onion.skins)
        return max(1, sum(count <= _AT_A_GLANCE for count in counts))

    def _data(self) -> str:
        onion = self.onion
        foldable = [unit for skin in onion.skins for unit in skin.units]
        data: dict[str, Any] = {
            "skins": [{"name": skin.name, "units": skin.units} for skin in onion.skins],
            "steps": [
                {"say": f"Step {n}: {s.title}.", "units": s.units}
                for n, s in enumerate(onion.steps, 1)
            ],
            "deltas": self._deltas(), "wholes": self._wholes(),
            "start": self._start(), "foldable": foldable, "above": onion.above,
            "inputs": onion.form.input_names(),
            "words": {part.id: part.words for part in onion.parts.values()},
            "weights": self.numbers, "penalized": penalised(onion.learned.network),
            "examples": self.rows, "own": self.own, "loss": onion.ends[0],
            "l1": self.l1, "l2": self.l2, "reduction": self.reduction,
        }  # fmt: skip
        return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def page(network: Network, /, loss: str | None = None, **options: Any) -> Page | LayersPage:
    """A network as a page that a reader plays with; its `html()` is one file that needs no other.

    `loss` and `options` (`examples`, `data`, `l1`, `l2`, `reduction`, `delta`) are those of
    `netsym.cost`; examples without data are made up. Of a network with more than 40 values the
    page shows the layers.
    Raises `SpecError` for a loss or data that do not fit.

    >>> import netsym
    >>> netsym.page(netsym.parse("2-3-1:sigmoid"), "bce")
    <page of 2-3-1:sigmoid>
    """
    made = network if loss is None else cost(network, loss, **options)
    if network.count_nodes("layered") > _MOST_NODES or _values(network) > MOST_VALUES:
        why = f"An onion has at most {MOST_VALUES} values, and it has more: here are its layers."
        return LayersPage(made, why)
    return Page(network, loss, **options)


def _values(network: Network) -> int:
    layered = network.layered
    return len(layered.bindings) + len(layered.outputs)


def _left(part: Part) -> str:
    return f'<mrow class="{part.color}" data-u="{escape(part.id)}">{part.name}</mrow><mo>=</mo>'


def _cell(inside: str) -> str:
    return f'<mtd style="text-align:left">{inside}</mtd>'


def _math(rows: str, words: str) -> str:
    """Rows of equations as mathematics, with words for who does not see them."""
    table = f'<mtable displaystyle="true">{rows}</mtable>'
    return f'<math displaystyle="true" alttext="{escape(words)}">{table}</math>'


def _mn(number: float) -> str:
    return f"<mn>{number:g}</mn>"
