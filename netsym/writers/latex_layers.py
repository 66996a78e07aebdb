r"""A network of numbers in LaTeX for notes: its layers with titles, a row a unit, and softmax once.

Numbers are for reading here: rounded, in columns. What finds no room is left out where dots are,
and the title says how much that is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from netsym.forms.form import Form
from netsym.graph.names import Names
from netsym.wording import plural
from netsym.writers.latex_columns import Columns
from netsym.writers.latex_pages import equation_lines
from netsym.writers.ropes import flat
from netsym.writers.spelling import Equation
from netsym.writers.text import heading_of

_MOST_UNITS = 12  # units of a layer that are written
_TITLE, _LINE, _FRACTION = 38.0, 21.0, 22.0  # points
_LAST = 2  # rows behind the dots
_SPACED = r",\ "
_MOST_CLASSES = 6  # classes that are written one by one


@dataclass(frozen=True, slots=True)
class Group:
    """Equations under a title; `aside` is what is said beside it, `rows` are those of `aligned`.

    A document sets it in `small` type if it says so.
    """

    title: str
    aside: str
    rows: tuple[str, ...]
    small: bool = False

    @property
    def body(self) -> str:
        """The equations, as display mathematics has them."""
        return "\\begin{aligned}\n" + " \\\\[3pt]\n".join(self.rows) + "\n\\end{aligned}"

    @property
    def height(self) -> float:
        """How tall it is on a page, about, in points."""
        lines = sum(row.count("\\\\") + 1 for row in self.rows)
        return _TITLE + _LINE * lines + _FRACTION * any(r"\dfrac" in row for row in self.rows)


def layer_groups(form: Form, *, height: float, small: float = 1.0, **options: Any) -> list[Group]:
    """The groups of a layered form, from the inputs outward, together at most so many points tall.

    A line of small type has `small` times the room of another. The options are those of `Latex`:
    `digits`, `notation`, `color` as it is spelled, `line`.
    """
    groups: list[Group] = []
    for most, short in ((_MOST_UNITS, False), (_MOST_UNITS, True), (6, True), (3, True)):
        groups = list(_Layers(form, most, short, small, options).groups())
        if sum(group.height for group in groups) <= height:
            return groups
    return _without_middle(groups, height)


def _without_middle(groups: list[Group], height: float) -> list[Group]:
    """The first and the last groups, with what is said of the layers that are left out."""
    first, last, room = list[Group](), list[Group](), height - _TITLE
    for number in range(len(groups)):
        group = groups[number // 2] if number % 2 == 0 else groups[-1 - number // 2]
        room -= group.height
        if room < 0 and first and last:
            gone = len(groups) - number
            said = Group(r"\dots", f"{plural(gone, 'layer')} like these left out", ())
            return [*first, said, *last]
        if number % 2 == 0:
            first.append(group)
        else:
            last.insert(0, group)
    return groups


class _Layers:
    """The layers of a form, with at most so many units each; `short` rows have one line."""

    def __init__(
        self, form: Form, most: int, short: bool, small: float, options: dict[str, Any]
    ) -> None:
        self.small = small
        self.softmax = _softmax(form)
        self.form = _with_names_of_classes(form, self.softmax)
        self.language = Columns(self.form, dots=short, **options)
        self.most = most

    def groups(self) -> Iterator[Group]:
        equations = list(self.language.equations())
        if self.softmax is not None:
            equations = [each for each in equations if not each.is_output]
        for heading, group in groupby(equations, lambda each: heading_of(each, self.form)):
            yield self._layer(heading, list(group))
        if self.softmax is not None:
            yield self._probabilities(self.softmax)
            yield from self._onion(equations)

    def _layer(self, heading: str, equations: Sequence[Equation]) -> Group:
        title, _, aside = heading.partition(": ")
        is_scores = self.softmax is not None and equations[0].binding.names == self.softmax
        if is_scores:
            aside = "one score for each class"
        rows, gone = list(equations), 0
        if len(rows) > self.most:
            head = self.most - _LAST
            gone = len(rows) - self.most
            rows = [*rows[:head], *rows[-_LAST:]]
        widest = max(self.language.measure(self.language.left(each)) for each in rows)
        texts = ["".join(equation_lines(self.language, each, widest)) for each in rows]
        if gone:
            texts.insert(self.most - _LAST, r"&\;\;\vdots")
        left_out = [plural(gone, "unit")] * bool(gone)
        dots = max(map(self._terms_left_out, rows))
        left_out += [f"{plural(dots, 'term')} of each"] * bool(dots)
        if left_out:
            aside += f"; left out where the dots are: {' and '.join(left_out)}"
        return Group(title.capitalize(), aside, tuple(texts))

    def _terms_left_out(self, equation: Equation) -> int:
        """How many terms dots stand for, in a sum or in what a function is of."""
        node = equation.binding.node
        nodes = [node, *self.form.graph.operands_of(node)]
        return max(self.language.left_out.get(each, 0) for each in nodes)

    def _probabilities(self, scores: Names) -> Group:
        """Softmax, once for all classes."""
        classes, z = self.form.outputs[0].names, self._scores()
        if classes.literal:
            z_k, z_j = (self.language.colored(rf"z_{{{index}}}", scores) for index in "kj")
            named = [self.language.names.spelled(classes, place) for place in range(len(classes))]
            counted = rf"k \in \{{{_SPACED.join(_few(named))}\}}"
        else:
            z_k, z_j = (_SCRIPT.sub(f"_{{{index}}}", z[0], count=1) for index in "kj")
            counted = f"k = {_SPACED.join(_few([str(n + 1) for n in range(len(classes))]))}"
        row = rf"{self._probability(classes)} &= \dfrac{{e^{{{z_k}}}}}{{\sum_{{j}} e^{{{z_j}}}}}"
        if len(z) <= _MOST_CLASSES:
            row += rf" = \dfrac{{e^{{{z_k}}}}}{{{' + '.join(f'e^{{{each}}}' for each in z)}}}"
        said = "scores to probabilities; they add up to 1"
        return Group("Softmax", said, (rf"{row} \qquad {counted}",))

    def _scores(self) -> list[str]:
        assert self.softmax is not None
        return [self.language.name(self.softmax, place) for place in range(len(self.softmax))]

    def _probability(self, classes: Names, place: int | None = None) -> str:
        """The name of the probability of a class, or of all."""
        if classes.literal:
            index = "k" if place is None else self.language.names.spelled(classes, place)
            return self.language.colored(rf"P_{{{index}}}", classes)
        name = self.language.name(classes, place or 0)
        return name if place is not None else _SCRIPT.sub("_{k}", name, count=1)

    def _onion(self, equations: Sequence[Equation]) -> Iterator[Group]:
        """The first class from outside in: its score, and in that the first and the last unit."""
        score = next(each for each in equations if each.binding.names == self.softmax)
        units = {self.language.left(each): each for each in equations}
        terms = _bare(self.language.terms.get(score.binding.node, ()))
        first = next((n for n, term in enumerate(terms) if self._unit(term, units)), None)
        last = next((n for n in reversed(range(len(terms))) if self._unit(terms[n], units)), None)
        if first is None or last is None or first == last:
            return
        classes = self.form.outputs[0].names
        left = self._probability(classes, 0)
        below = " + ".join(rf"e^{{{each}}}" for each in self._scores())
        for shown in ((first, last), (first,)):
            parts = [terms[n] if n not in shown else self._written(terms[n], units)
                     for n in range(len(terms))]  # fmt: skip
            parts = [*parts[: first + 1], *[r"\cdots"] * (last > first + 1), *parts[last:]]
            above = rf"\exp\Bigl({_sum(parts)}\Bigr)"
            row = rf"{left} &= \dfrac{{{above}}}{{{below}}}"
            if self.language.measure(row) <= self.small * self.language.line:
                name = self.language.names.spelled(classes, 0)
                aside = "from outside in"
                if last > first + 1:
                    aside += f"; {plural(last - first - 1, 'unit')} left out where the dots are"
                yield Group(rf"The onion of ${name}$", aside, (row,), small=True)
                return

    def _unit(self, term: str, units: dict[str, Equation]) -> bool:
        """Whether it is a number times a unit whose sum is in columns."""
        unit = units.get(_parted(term)[1])
        return unit is not None and self._inner(unit) is not None

    def _inner(self, unit: Equation) -> int | None:
        """The sum in columns that a unit is a function of."""
        operands = self.form.graph.operands_of(unit.binding.node)
        return operands[0] if operands and operands[0] in self.language.terms else None

    def _written(self, term: str, units: dict[str, Equation]) -> str:
        """The term with its unit written out over its name, first and last in its sum alone."""
        factor, name = _parted(term)
        unit = units[name]
        inner = self._inner(unit)
        assert inner is not None
        whole = "".join(flat(self.language.texts[inner]))
        terms = _bare(self.language.terms[inner])
        few = terms if len(terms) < 4 else [terms[0], r"\cdots", terms[-1]]
        text = "".join(flat(unit.right)).replace(whole, _sum(few))
        return factor + "".join(flat(self.language.braced(text, name)))


def _bare(terms: Sequence[str]) -> list[str]:
    """Terms without the room of columns; those of 0 are room alone."""
    bare = (_PHANTOM.sub("", term) for term in terms)
    return [_SPACE.sub("", term) for term in bare if term]


def _parted(term: str) -> tuple[str, str]:
    """What stands before the name in a term, and the name."""
    factor, space, name = term.rpartition(r"\,")
    minus = "-" if name.startswith("-") else ""
    return factor + space + minus, name.removeprefix("-")


def _sum(terms: Sequence[str]) -> str:
    """Terms, each with its sign."""
    first, *rest = terms
    return first + "".join(f" - {t[1:]}" if t.startswith("-") else f" + {t}" for t in rest)


_PHANTOM = re.compile(r"\\phantom\{(?:[^{}]|\{[^{}]*\})*\}")
_SPACE = re.compile(r"(?<=^-)\\[,;]|^\\[,;]")  # behind a factor that is room: 1
_SCRIPT = re.compile(r"_\{1\}")


def _few(words: Sequence[str]) -> list[str]:
    return list(words) if len(words) <= _MOST_CLASSES else [words[0], r"\dots", words[-1]]


def _softmax(form: Form) -> Names | None:
    """The names of the scores that all outputs together are the softmax of."""
    graph, nodes = form.graph, form.ends.tolist()
    if len(nodes) < 2 or any(graph.block_of(node).op != "divide" for node in nodes):
        return None
    above, below = zip(*map(graph.operands_of, nodes), strict=True)
    if len(set(below)) > 1 or graph.operands_of(below[0]) != list(above):
        return None
    if any(graph.block_of(node).op != "exp" for node in above):
        return None
    scores = [graph.operands_of(node)[0] for node in above]
    blocks = [graph.block_of(node) for node in scores]
    if any(block.op != "name" for block in blocks) or len({b.names for b in blocks}) > 1:
        return None
    return blocks[0].names if len(blocks[0].names) == len(nodes) else None


def _with_names_of_classes(form: Form, scores: Names | None) -> Form:
    r"""Scores called after their classes, where these have names: z_{\text{setosa}}."""
    classes = form.outputs[0].names
    if scores is None or not classes.literal:
        return form
    spell = Columns(form).names.spelled
    own = {scores.ascii(place): rf"z_{{{spell(classes, place)}}}" for place in range(len(classes))}
    return replace(form, latex_names={**form.latex_names, **own})
