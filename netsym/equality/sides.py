"""What can be compared: networks, formulas, sympy expressions and text, all as functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from netsym.errors import SpecError
from netsym.forms.form import Form, symbols_of
from netsym.formula import Formula
from netsym.graph.names import Names, literal
from netsym.network.counting import refuse_vast_network
from netsym.network.network import Network
from netsym.ops import Ops
from netsym.ops.arrays import filled
from netsym.ops.fields.outline import Outlines
from netsym.ops.fixed_point import FixedPoint
from netsym.ops.reading import read_formula
from netsym.typed.parse import Parsed, parse_formula
from netsym.wording import plural

if TYPE_CHECKING:
    from netsym.ops.straight_line import StraightLine

A = TypeVar("A")
_LONGEST = 4_000_000  # characters of a formula


@dataclass(frozen=True, eq=False)
class Subject:
    """One side of a comparison: a function of inputs and of names, readable in any reading.

    `words` is what reports call it. A network is read layer by layer, a formula node by node.
    """

    words: str
    inputs: Names
    outputs: tuple[str, ...]
    network: Network | None = None
    formula: Formula | None = None
    parsed: Parsed | None = None
    declared: bool = True  # it says which of its names are inputs
    order: npt.NDArray[np.int64] | None = None  # its own inputs, as places in `inputs`
    decimals: bool = False  # its float64 numbers are read as the decimals that they are written as

    def __repr__(self) -> str:
        return f"<{self.words.removesuffix(',')}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Subject):
            return NotImplemented
        return self is other or (
            self._called == other._called
            and (self.network, self.formula) == (other.network, other.formula)
            and np.array_equal(np.asarray(self.order), np.asarray(other.order))
        )

    def __hash__(self) -> int:
        return hash(self._called)

    @property
    def _called(self) -> tuple[Any, ...]:
        return self.words, self.inputs, self.outputs, self.declared

    @cached_property
    def names(self) -> list[str]:
        """The names that are not inputs, in order."""
        if self.network is not None:
            return self.network.parameter_names()
        assert self.formula is not None
        inputs = set(self.inputs.all())
        return [name for name in symbols_of(self.formula) if name not in inputs]

    @cached_property
    def positive(self) -> frozenset[str]:
        """Those of its names without whose being above 0 it has no value: variances."""
        if self.network is None:
            return frozenset()
        known = {*self.names}
        return frozenset(
            name
            for placed in self.network.layers
            for key in placed.layer.positive.intersection(placed.parameters)
            for name in placed.parameters[key].names.all()
            if name in known
        )

    def read(self, ops: Ops[A], x: A) -> A:
        """The outputs (…, outputs) from the inputs (…, inputs)."""
        ops = ops.in_decimals() if self.decimals else ops
        own = x if self.order is None else ops.take(x, self.order)
        if self.network is not None:
            return self.network.read(ops, own)
        assert self.formula is not None
        return read_formula(self.formula, ops, own)

    @property
    def has_typed_decimals(self) -> bool:
        """Whether some number was typed as a decimal."""
        return self.parsed is not None and bool(self.parsed.digits)

    @cached_property
    def is_rounded(self) -> bool:
        """Whether a number is a float64 that is not the decimal that it is written as."""
        ops = Outlines(opaque=False)
        self.read(ops, ops.inputs(self.inputs))
        return ops.found.rounded

    @property
    def parameter_count(self) -> int:
        """How many parameters a network has; a formula is small."""
        return self.network.parameter_count if self.network is not None else 0

    @cached_property
    def graph(self) -> Formula:
        """It as a formula; of a network, in layers."""
        if self.formula is not None:
            return self.formula
        assert self.network is not None
        return self.network.layered

    @cached_property
    def straight_line(self) -> StraightLine:
        """It as a straight-line program of `inputs`, whose numbers know how they were typed."""
        from netsym.ops.straight_line import straight_line  # of use from the proofs on

        order = None if self.order is None else self.order.tolist()
        return straight_line(self.graph, order, self.parsed.digits if self.parsed else None)

    @cached_property
    def least_length(self) -> int:
        """The instructions of its straight line, but for numbers, which are not counted."""
        walk = self.graph.graph.walk(self.graph.mask)
        return sum(len(rows) for block, rows in walk if block.op not in ("constant", "name"))

    @cached_property
    def is_total(self) -> bool:
        """Whether the signs of its parts tell that it is defined everywhere."""
        from netsym.ops.signs import SignSets  # most verdicts need not wait for it

        signs = SignSets()
        self.read(signs, signs.any(len(self.inputs)))
        return not signs.partial

    @cached_property
    def fingerprint(self) -> str:
        """A hash of all that it computes."""
        from hashlib import blake2b  # of use from the points on

        state = blake2b(digest_size=16)
        if self.network is not None:
            for placed in self.network.layers:
                state.update(f"{placed.layer} {placed.sources}".encode())
                for parameter in placed.parameters.values():
                    if parameter.formula is not None:
                        _add_graph(state, parameter.formula)
                        continue
                    entries = parameter.stored
                    if parameter.is_numeric:
                        state.update(np.ascontiguousarray(entries).tobytes())
                        continue
                    known = None if entries is None else _in_short(entries)
                    state.update(repr((parameter.names, known)).encode())
            return state.hexdigest()
        assert self.formula is not None
        _add_graph(state, self.formula)
        return state.hexdigest()

    @cached_property
    def typed_digits(self) -> Mapping[float | Fraction, Fraction]:
        """For every decimal that was typed, half a unit of its last digit."""
        if self.parsed is None:
            return {}
        graph = self.parsed.formula.graph
        return {graph.number(node): half for node, half in self.parsed.digits.items()}


def _in_short(entry: Any) -> Any:
    """Entries with fractions as text in base 16, in which Python writes numbers of any length."""
    if isinstance(entry, FixedPoint):
        texts = (f"{above:x}/{below:x}" for above, below in entry.ratios())
        return filled(texts, entry.shape).tolist()
    if isinstance(entry, np.ndarray):
        return _in_short(entry.tolist())
    if isinstance(entry, (list, tuple)):
        return [_in_short(each) for each in entry]
    if isinstance(entry, Fraction):
        return f"{entry.numerator:x}/{entry.denominator:x}"
    return entry


def _add_graph(state: Any, formula: Form) -> None:
    """Add all that a formula computes to a hash."""
    for block, rows in formula.graph.walk(formula.mask):
        state.update(f"{block.op} {block.start}".encode() + rows.tobytes())
        if isinstance(block.payload, np.ndarray):
            state.update(np.ascontiguousarray(block.payload[rows]).tobytes())
        elif isinstance(block.payload, tuple):
            state.update(repr(_in_short(block.payload)).encode())
        else:
            state.update(repr(block.payload).encode())
        state.update(np.ascontiguousarray(block.operands[rows]).tobytes())


def subject(given: Any, like: Subject | None = None) -> Subject:
    """A network, a `Formula`, a sympy expression or text as one side of a comparison.

    Text is a formula, in the names of the other side, `like`, if that is a network.
    Raises `SpecError` for anything else, with a caret for text that cannot be read.
    """
    if isinstance(given, Subject):
        return given
    if isinstance(given, Network):
        refuse_vast_network(given)
        return Subject(
            given.title,
            given.input_names,
            tuple(given.output_names.all()),
            network=given,
        )
    if isinstance(given, Formula):
        return of_formula(given, "the formula")
    if isinstance(given, Parsed):
        return of_formula(given.formula, "the formula", given)
    if isinstance(given, str):
        parsed = read_text(given, like)
        return of_formula(parsed.formula, "the formula", parsed)
    if hasattr(given, "free_symbols"):
        from netsym.readers.sympy import from_sympy

        return of_formula(from_sympy(given), "the sympy expression")
    raise SpecError(
        f"cannot compare {type(given).__name__}; give a network, a formula, a sympy expression, "
        "or the text of a formula"
    )


def of_formula(form: Form, words: str, parsed: Parsed | None = None) -> Subject:
    """A formula as one side; without declared inputs, all of its names are inputs."""
    formula = Formula.of(form)
    declared = len(formula.inputs) > 0
    if not declared:
        formula = _with_inputs(formula, list(symbols_of(formula)))
    outputs = tuple(output.name for output in formula.outputs)
    return Subject(
        words,
        literal(*formula.input_names()),
        outputs,
        formula=formula,
        parsed=parsed,
        declared=declared,
    )


def read_text(text: str, like: Subject | None, longest: int | None = _LONGEST) -> Parsed:
    """Text as a formula, in the names of a network if the other side is one."""
    network = like.network if like is not None else None
    if network is None:
        return parse_formula(text, longest=longest)
    return parse_formula(
        text,
        known=network.symbol_names()[1:],
        inputs=network.input_names,
        outputs=network.output_names,
        function=network.function,
        latex_names=network.latex_names,
        longest=longest,
    )


def in_decimals(side: Subject) -> Subject:
    """The same with its float64 numbers as the decimals that they are written as."""
    return replace(side, decimals=True)


def aligned(one: Subject, other: Subject) -> Subject:
    """`other` as a function of the inputs of `one`.

    Inputs correspond by their names; in order if both sides say what their inputs are, and none of
    the names is the same. Raises `SpecError` if inputs or outputs do not correspond.
    """
    if len(one.outputs) != len(other.outputs):
        raise SpecError(
            f"{one.words} has {plural(len(one.outputs), 'output')}, but {other.words} has "
            f"{len(other.outputs)}; compare functions with the same outputs"
        )
    other = in_the_order_of(one.outputs, other)
    mine, theirs = one.inputs.all(), other.inputs.all()
    if mine == theirs:
        return other
    if other.network is not None and set(mine) == set(theirs):
        return replace(other, order=_places(theirs, mine))
    in_order = one.declared and other.declared and not set(mine) & set(theirs)
    if other.formula is not None and not in_order:
        formula = _with_inputs(other.formula, mine)
        order = _places(formula.input_names(), mine)
        return replace(other, inputs=one.inputs, formula=formula, order=order)
    clash = next((name for name in other.names if name in mine), None)
    if clash is not None:
        raise SpecError(
            f"{clash!r} is an input of {one.words}, but {other.words} has it beside its own inputs "
            f"({', '.join(theirs[:8])}); call the inputs alike on both sides"
        )
    if len(mine) == len(theirs):
        return replace(other, inputs=one.inputs)
    raise SpecError(
        f"{one.words} has {plural(len(mine), 'input')}, but {other.words} has {len(theirs)}; "
        "compare functions of the same inputs"
    )


def in_the_order_of(outputs: tuple[str, ...], other: Subject) -> Subject:
    """The outputs of a formula by their names, if these are the same; else in order.

    Raises `SpecError` if some of the names are the same, but not all.
    """
    theirs = other.outputs
    if theirs == outputs or other.formula is None or not set(theirs) & set(outputs):
        return other
    if set(theirs) != set(outputs):
        unknown = next(name for name in theirs if name not in outputs)
        raise SpecError(
            f"{other.words} defines {unknown!r}, but the outputs are {', '.join(outputs[:20])}"
        )
    by_name = {output.name: output for output in other.formula.outputs}
    formula = replace(other.formula, outputs=tuple(by_name[name] for name in outputs))
    made = of_formula(formula, other.words, other.parsed)
    return replace(made, inputs=other.inputs, declared=other.declared)


def _places(names: Sequence[str], among: list[str]) -> npt.NDArray[np.int64]:
    """Where names are among others."""
    places = {name: place for place, name in enumerate(among)}
    return np.array([places[name] for name in names], dtype=np.int64)


def _with_inputs(formula: Formula, names: list[str]) -> Formula:
    """The formula with those of its symbols as inputs that are among the names, in order."""
    nodes = symbols_of(formula)
    ids = [nodes[name] for name in names if name in nodes]
    return replace(formula, inputs=np.array(ids, dtype=np.int32))
