"""A network worked out at a point, as on a board: every equation, its numbers, its value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from netsym.displayed import Displayed
from netsym.forms.form import Binding, Form, layered
from netsym.forms.sizes import MAX_NODES, refuse_if_larger
from netsym.gradient.preactivations import with_preactivations
from netsym.graph.copying import copied
from netsym.graph.graph import Block, Graph, Ids, Positions
from netsym.network.costs import cost
from netsym.network.learned import Learned
from netsym.network.network import Network
from netsym.network.point import Point, point_of
from netsym.notes.values import all_values
from netsym.wording import WIDTH, finite_or_none
from netsym.writers.ropes import flat
from netsym.writers.spelling import DIGITS, Equation, rounded
from netsym.writers.text import heading_of, spell_text

_INSTEAD = "ask for its outputs alone, without --all"


@dataclass(frozen=True, slots=True)
class Line:
    """An equation: what it is under, and its sides as text; `numbers` has numbers for names."""

    heading: str
    name: str
    formula: str
    numbers: str
    value: float

    def on_board(self, width: int, digits: int) -> Iterator[str]:
        """`z = w·x + b = 0.5·2 + 1 = 2`, on one line, or with each step on its own."""
        steps = [self.formula, self.numbers, rounded(self.value, digits)]
        steps = [step for place, step in enumerate(steps) if place == 0 or step != steps[place - 1]]
        line = " = ".join([self.name, *steps])
        if len(line) <= width:
            yield line
            return
        yield f"{self.name} = {steps[0]}"
        yield from (f"{'':{len(self.name)}} = {step}" for step in steps[1:])


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A form, the same with numbers for all names, and the value of every equation."""

    form: Form
    numbers: Form
    values: tuple[float, ...]

    @classmethod
    def of(cls, form: Form, point: Point, known: frozenset[str] = frozenset()) -> Self:
        """A form worked out, but for the equations that are `known` by name."""
        held = all_values(form, point)
        graph, moved = _in_numbers(form, held)
        shown = [each for each in (*form.bindings, *form.outputs) if each.name not in known]
        named = {operand: name for name, operand in _named(form)}
        equations = tuple(
            Binding(each.names, each.position, int(moved[each.node])) for each in shown
        )
        values = tuple(held[named.get(each.node, each.node)] for each in shown)
        made = replace(form, graph=graph, inputs=form.inputs[:0], outputs=equations,
                       form="inlined", cut=form.cut[:0], cut_names=None)  # fmt: skip
        return cls(form, made, values)

    def lines(self, ascii: bool, digits: int | None = None) -> Iterator[Line]:
        """Its equations, each with its numbers; without `digits` these are exact."""
        wanted = {each.name for each in self.numbers.outputs}
        formulas = spell_text(self.form, ascii=ascii, digits=digits)
        numbers = spell_text(self.numbers, ascii=ascii, digits=digits)
        kept = (each for each in formulas.equations() if each.binding.name in wanted)
        for said, worked, value in zip(kept, numbers.equations(), self.values, strict=True):
            heading = heading_of(said, self.form)
            yield Line(heading, formulas.left(said), _text(said), _text(worked), value)


def _text(equation: Equation) -> str:
    return "".join(flat(equation.right))


def _named(form: Form) -> Iterator[tuple[int, int]]:
    """The nodes that are names, and what they name."""
    for block, rows in form.graph.walk(form.mask):
        if block.op == "name":
            for row in rows.tolist():
                yield block.start + row, int(block.operands[row, 0])


def _in_numbers(form: Form, held: dict[int, float]) -> tuple[Graph, Ids]:
    """The graph with a number for every name, and where its nodes are then."""
    new = Graph()

    def symbols(block: Block, rows: Positions) -> Ids:
        return new.constants([held[block.start + row] for row in rows.tolist()])

    def names(block: Block, rows: Positions, _: Ids) -> Ids:
        return symbols(block, rows)

    def negated(block: Block, moved: Ids) -> None:
        """A positive number that is taken away needs no parentheses."""
        if block.op == "negate":
            for row, node in enumerate(moved[block.operands[:, 0]].tolist()):
                if node >= 0 and new.block_of(node).op == "constant" and new.number(node) >= 0:
                    moved[block.start + row] = new.constant(-float(new.number(node)))

    return new, copied(form.graph, form.mask, new, symbols, names=names, then=negated)


@dataclass(frozen=True, slots=True, eq=False)
class Worked(Displayed):
    """The equations of a network at a point: forward, and of a cost back again."""

    title: str
    parts: tuple[Part, ...]

    def __str__(self) -> str:
        return self.report()

    def _lines(self, ascii: bool, digits: int | None = None) -> Iterator[Line]:
        for part in self.parts:
            yield from part.lines(ascii, digits)

    def report(self, width: int = WIDTH, ascii: bool = False, digits: int = DIGITS) -> str:
        """Every equation with its numbers, under the headings of its layers."""
        heading, found = "", list[str]()
        for line in self._lines(ascii, digits):
            if line.heading != heading:
                heading = line.heading
                found += [*([""] if found else []), f"# {heading}"]
            found += line.on_board(width, digits)
        return "\n".join(found)

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`."""
        lines = self._lines(ascii=True)
        each = [
            {"under": line.heading, "name": line.name, "formula": line.formula,
             "numbers": line.numbers, "value": finite_or_none(line.value)}
            for line in lines
        ]  # fmt: skip
        return {"schema": 1, "network": self.title, "equations": each}


def work_out(
    network: Network, /, numbers: Mapping[str, Any], loss: str | None = None, **options: Any
) -> Worked:
    """A network worked out at a point; with a loss, its derivatives by all that is learned, too.

    `numbers` are those of inputs, targets and parameters by name, each of one or of an array in
    order: {"x": [0.05, 0.1], "w1_1_1": 0.5}. `loss` and `options` are those of `netsym.cost`.
    Raises `SpecError` for names that are not there, `ValueMissingError` for those without a number,
    `TooLargeError` for a network too large to be written out.

    >>> import netsym
    >>> print(work_out(netsym.parse("1-1:linear"), {"x": 2, "w1": 3, "b1": -1}).report(ascii=True))
    # layer 1: 1 unit, linear
    y = w1_1_1*x + b1_1 = 3*2 - 1 = 5
    """
    learned = Learned.of(network)
    made = learned.network if loss is None else cost(learned.network, loss, **options)
    refuse_if_larger(made.count_nodes("layered"), "layered", MAX_NODES, _INSTEAD)
    point = point_of(made, numbers, learned.numbers)
    forward = layered(with_preactivations(made.layered, every=True))
    parts = [Part.of(forward, point)]
    names = learned.group()
    if loss is not None and names:
        known = frozenset(each.name for each in (*forward.bindings, *forward.outputs))
        parts.append(Part.of(forward.jacobian(names), point, known))
    return Worked(made.title, tuple(parts))
