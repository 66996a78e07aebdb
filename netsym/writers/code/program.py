"""Programs: what holds in every language that computes, however deep or long the formula is.

A language says what its functions are called, how a statement is written, and what stands around
the statements; `Program.lines` is the whole program.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from fractions import Fraction
from functools import cached_property
from math import inf
from operator import itemgetter
from typing import Any, ClassVar

import numpy as np

from netsym.errors import SpecError
from netsym.forms.form import F, Form, bind
from netsym.forms.renamed import names_in, refuse_no_names, renamed
from netsym.forms.shifted import shifted
from netsym.graph.function import Function
from netsym.graph.functions import FUNCTIONS
from netsym.graph.graph import Block, Mask, Positions
from netsym.graph.names import Names, free_letter, literal
from netsym.ops.symbolic import Symbolic
from netsym.watching import Watcher, no_watcher
from netsym.writers.code.limits import Limit, refuse_beyond
from netsym.writers.code.stable import Dialect
from netsym.writers.language import Language
from netsym.writers.ropes import Rope, flat
from netsym.writers.spelling import ATOM, POWER, QUOTIENT, Spelled, are_short


class Program(Language):
    """Expressions of a program; `pieces` are the extra assignments that keep them shallow."""

    in_rows = True
    #: A text whose load passes this gets a name of its own, as compilers take only so much nesting;
    #: an operation weighs 10 or, if it has more operands, as many as it has.
    deepest: ClassVar[int] = 400
    #: And so does one that has more characters than this.
    widest: ClassVar[float] = inf
    #: Longer sums are written in groups of this many.
    longest: ClassVar[int] = 64
    #: Words of the language; a value of such a name is held by a variable with _ after it.
    reserved: ClassVar[AbstractSet[str]] = frozenset()
    #: Templates of functions, `fmax({0}, {1})`; one of two operands takes more of them in pairs.
    calls: Mapping[str, str] = {}
    #: What defines functions that the templates call, each after those it calls.
    support: Mapping[str, str] = {}
    #: How a value is chosen by a condition, and then another; "" for the expansion of functions.
    choice: ClassVar[str] = ""
    #: Whether a name may be any text, which `variable` puts into quotes.
    quotes: ClassVar[bool] = False
    #: What a statement may have at most, and what else there is to do about more.
    limits: ClassVar[Sequence[Limit]] = ()
    instead: ClassVar[str] = ""
    #: Whether softmax is shifted by its largest operand, so that it does not overflow.
    shifts: ClassVar[bool] = True

    def __init__(
        self, formula: Form, digits: int | None = None, watcher: Watcher = no_watcher
    ) -> None:
        self.held: Mask | None = None
        if self.shifts:
            formula, self.held = shifted(formula)
        super().__init__(formula, digits, watcher=watcher)
        self.loads = np.zeros(len(formula.graph), dtype=np.int64)
        self.pieces: list[tuple[int, str, str | Rope]] = []
        self._letter = _unused_letter(formula)

    # -- what a language says -------------------------------------------------------------------
    def literals(self, numbers: Sequence[str]) -> Sequence[str]:
        """Numbers that Python writes so, as 2 or -1e-05."""
        return numbers

    def knows(self, function: Function) -> bool:
        """Whether the language has a function, by whatever name."""
        return function.name in self.calls

    def stable(self, function: Function) -> str:
        """What defines a function so that it does not overflow; nothing for its expansion."""
        if not (self.choice and function.prelude) or self.knows(function):
            return ""
        way = Dialect(self.choice, self.calling, self.literal).translated(function)
        return self.defined(function.name, way.operands, way.right)

    def defined(self, name: str, operands: list[str], right: str) -> str:
        """The definition of a function by what it is."""
        raise NotImplementedError

    def heading(self) -> str:
        """What stands above the definitions of functions."""
        return ""

    def opening(self) -> str:
        """What stands above the statements."""
        raise NotImplementedError

    def assigned(self, name: str) -> tuple[str, str]:
        """What stands before and after the text of a value that is given a name."""
        raise NotImplementedError

    def given(self, name: str, place: int) -> tuple[str, str]:
        """What stands before and after the text of an output, counted from 0."""
        return self.assigned(name)

    def closing(self) -> str:
        """What stands below the statements."""
        return ""

    def lines(self) -> Iterator[str]:
        """The whole program, piece by piece."""
        definitions = self.definitions()
        yield self.heading()
        yield from filter(None, definitions.values())
        yield from self.body()

    def body(self) -> Iterator[str]:
        """The function of the whole formula, piece by piece."""
        yield self.opening()
        place = 0
        for name, right, is_output in self.statements():
            before, after = self.given(name, place) if is_output else self.assigned(name)
            place += is_output
            yield before
            yield from flat(right)
            yield after
        yield from filter(None, [self.closing()])

    # -- what holds in all of them --------------------------------------------------------------
    def name(self, names: Names, position: int) -> str:
        return self.variable(names.ascii(position))

    def every(self, names: Names) -> Sequence[str]:
        return self.variables(names.all())

    def literal(self, number: str) -> str:
        """One number that Python writes so."""
        return self.literals([number])[0]

    def variable(self, name: str) -> str:
        """The variable that holds the value of a name."""
        return self.variables([name])[0]

    def variables(self, names: Sequence[str]) -> Sequence[str]:
        """The variables that hold the values of names."""
        if self.reserved.isdisjoint(names) and "_" not in map(itemgetter(-1), names):
            return names
        return [f"{name}_" if name.rstrip("_") in self.reserved else name for name in names]

    def decimals(self, texts: Sequence[str]) -> Spelled:
        _, binds = super().decimals(texts)
        return self.literals(texts), binds

    def fraction(self, value: Fraction) -> tuple[str, int]:
        if value.denominator == 1:
            return super().fraction(value)
        return "/".join(self.literals([str(value.numerator), str(value.denominator)])), QUOTIENT

    def around(self, count: int) -> list[str]:
        around, size = super().around(count), self.longest
        while count > size:
            for first in range(0, count, size):
                around[first] += "("
                last = min(first + size, count)
                around[last] = f"){around[last]}"
            size *= self.longest
        return around

    def call(self, function: str, operands: list[str | Rope]) -> str | Rope:
        template = self.calls.get(function)
        if template is None:
            return super().call(function, operands) if operands else self.function(function)
        if "{1}" in template:
            while len(operands) > 2:
                pairs = [operands[i : i + 2] for i in range(0, len(operands), 2)]
                operands = [self._filled(template, p) if p[1:] else p[0] for p in pairs]
            if len(operands) == 1:
                return operands[0]
        return self._filled(template, operands)

    def calling(self, name: str, operands: list[str]) -> str:
        """A function of operands that have no need of parentheses.

        Raises `SpecError` for one that the language does not have.
        """
        template = self.calls.get(name)
        if template is None and name not in self.support:
            raise _lacking(name)
        return template.format(*operands) if template else f"{name}({', '.join(operands)})"

    def _filled(self, template: str, operands: list[str | Rope]) -> str | Rope:
        """A template whose places `{0}`, `{1}`, … are filled."""
        parts = re.split(r"\{(\d)\}", template)
        return self.join([operands[int(p)] if n % 2 else p for n, p in enumerate(parts)])

    def _write_negation(self, _: str, nodes: list[int]) -> str | Rope:
        return self.join(["-", self.operand(nodes[0], POWER)])  # -w*x would be (-w)*x

    def _write_operations(self, block: Block, rows: Positions) -> None:
        super()._write_operations(block, rows)
        nodes, operands = block.start + rows, block.operands[rows]
        weight = max(10, min(operands.shape[1], self.longest) + 1)
        self.loads[nodes] = weight + self.loads[operands].max(axis=1, initial=0)
        held = self.loads[nodes] > self.deepest
        if self.held is not None:
            held |= self.held[nodes]
        if held.any():
            self._write_waiting(block)
        if self.widest != inf and not are_short([self.texts[node] for node in nodes.tolist()]):
            wide = [self.width(self.texts[node]) > self.widest for node in nodes.tolist()]
            held |= np.array(wide)
        for node in nodes[held].tolist():
            self.hold(node)

    def hold(self, node: int) -> None:
        """Give a value that has no name an assignment of its own."""
        name = self.piece(len(self.pieces) + 1)
        self.pieces.append((node, name, self.texts[node]))
        self.texts[node], self.binds[node], self.loads[node] = name, ATOM, 0

    def piece(self, number: int) -> str:
        """The variable of a value that has no name, counted from 1."""
        return f"{self._letter}{number}"

    def _write_names(self, block: Block, rows: Positions) -> None:
        super()._write_names(block, rows)
        if not self.formula.stops_at_names:
            self.loads[block.start + rows] = self.loads[block.operands[rows, 0]]

    def of(self, formula: Form) -> Program:
        """A program of the same kind, with the same options, for another formula."""
        return type(self)(formula)

    def statements(self) -> Iterator[tuple[str, str | Rope, bool]]:
        """Assignments in an order in which each comes after what it uses; last, the outputs."""
        return iter(self._statements)

    @cached_property
    def _statements(self) -> list[tuple[str, str | Rope, bool]]:
        return [*self._ordered()]

    def _ordered(self) -> Iterator[tuple[str, str | Rope, bool]]:
        equations = list(self.equations())
        waiting = self.pieces
        taken = 0
        for equation in equations:
            node = equation.binding.node
            while taken < len(waiting) and (equation.is_output or waiting[taken][0] <= node):
                yield waiting[taken][1], waiting[taken][2], False
                taken += 1
            name = self.name(equation.binding.names, equation.binding.position)
            yield name, equation.right, equation.is_output

    def parts(self) -> Iterator[str | Rope]:
        """What the limits of the language hold of, each by itself: the texts of statements."""
        return (text for _, text, _ in self.statements())

    @cached_property
    def outputs(self) -> list[str]:
        """The variables of the outputs."""
        return [self.name(output.names, output.position) for output in self.formula.outputs]

    @cached_property
    def used(self) -> frozenset[str]:
        """The variables of the inputs and parameters that occur."""
        formula = self.formula
        inputs = formula.inputs[formula.mask[formula.inputs]].tolist()
        occurring = self.variables([formula.graph.name_of(node) for node in inputs])
        return frozenset([*occurring, *self.arguments[1]])

    @cached_property
    def arguments(self) -> tuple[Sequence[str], Sequence[str]]:
        """The variables of the inputs, and of the parameters that the formula uses."""
        parameters = [name for _, names in self.formula.symbols() for name in names]
        inputs = list(dict.fromkeys(self.formula.input_names()))
        return self.variables(inputs), self.variables(parameters)

    def title(self) -> str:
        """What the function of the whole formula is called."""
        is_free = all("f" not in names for names in self.arguments)
        called = self.formula.function or ("f" if is_free else "network")
        return self.variable(called)

    def definitions(self) -> dict[str, str]:
        """The functions that are used, each after those it needs, and what defines them.

        What the language knows has no definition. Raises `SpecError` for what has no expansion.
        """
        found: dict[str, str] = {}
        ops = {block.op for block, _ in self.formula.graph.walk(self.formula.mask)}
        for name, row in FUNCTIONS.items():
            if name not in ops:
                continue
            text = self.stable(row)
            if not text and not self.knows(row):
                inner = self.of(_expansion(row))
                found |= inner.definitions()
                ((_, right, _),) = inner.statements()
                text = self.defined(name, [*inner.arguments[0]], "".join(flat(right)))
            found.setdefault(name, text)
        texts = [*found.values(), *(self.calls.get(op, "") for op in ops)]
        first = self._supporting(texts)
        return first | {name: text for name, text in found.items() if name not in first}

    def _supporting(self, texts: list[str]) -> dict[str, str]:
        """What defines the functions that some texts call, each after those it calls."""
        found: dict[str, str] = {}
        for name, text in reversed([*self.support.items()]):
            if any(f"{name}(" in each for each in [*texts, *found.values()]):
                found[name] = text
        return dict(reversed([*found.items()]))


#: What every program may be asked for.
def written(kind: type[Program]) -> Callable[..., Iterator[str]]:
    """What writes programs of a kind, for its row; its options are `NAMES` and those of the kind.

    `names` are those of inputs in the program, by their own, or as the command line has them.
    """

    def write(
        formula: Form, *, digits: int | None = None, progress: Watcher = no_watcher,
        names: str | Mapping[str, str] = "", **own: Any,
    ) -> Iterator[str]:  # fmt: skip
        formula = called(formula, names, kind)

        program = kind(formula, digits, progress, **own)

        def texts(form: Form) -> Iterator[str | Rope]:
            return (program if form is formula else kind(form, digits, **own)).parts()

        refuse_beyond(kind.limits, formula, texts, kind.instead)
        yield from program.lines()

    return write


def called(formula: F, names: str | Mapping[str, str], kind: type[Program]) -> F:
    """The formula whose inputs have these names; see `netsym.forms.renamed`."""
    said = names_in(names, formula.input_names()) if isinstance(names, str) else names
    if not kind.quotes:
        refuse_no_names(said)
    return renamed(formula, said)


def _expansion(row: Function) -> Form:
    """The function by elementary operations, as a formula of its operands."""
    if row.expansion is None:
        raise _lacking(row.name)
    ops = Symbolic()
    names = ("z", "alpha")[: row.arity] if row.arity < 3 else [f"z{n}" for n in range(row.arity)]
    operands = [ops.symbols(literal(name)) for name in names]
    result = np.asarray(row.expansion(ops, *operands))
    return Form(ops.graph, np.concatenate(operands), bind(literal("y"), result))


def _lacking(name: str) -> SpecError:
    return SpecError(
        f"this language has no {name}, and nothing else says what it is; take another one"
    )


def _unused_letter(formula: Form) -> str:
    given = formula.given_names()
    return free_letter({name[:stop] for name in given for stop in range(1, 1 + len(name))})
