"""A form: equations over one graph, and where the writing stops and a name stands."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain, pairwise
from typing import Any, ClassVar, Self, TypeVar

import numpy as np
import numpy.typing as npt

from netsym.errors import SpecError, did_you_mean
from netsym.graph.copying import Wrapped, copied, symbols_by_name
from netsym.graph.graph import Block, Graph, Ids, tally
from netsym.graph.names import Names, Several, first_words, free_letter, several
from netsym.graph.plan import Plan

F = TypeVar("F", bound="Form")
#: A form whose numbers of parameters are names, and the numbers by these.
Apart = tuple["Form", dict[str, float]]


def no_nodes() -> Ids:
    """Where the writing stops if it never does."""
    return np.empty(0, dtype=np.int32)


@dataclass(frozen=True, slots=True)
class Binding:
    """One equation: the name of a value (`names` at `position`), and the node it equals."""

    names: Names
    position: int
    node: int

    @property
    def name(self) -> str:
        """The plain name."""
        return self.names.ascii(self.position)


@dataclass(frozen=True, slots=True, eq=False)
class Bindings(Sequence[Binding]):
    """An equation for each of the names, made when it is looked at: gradients have thousands."""

    names: Names
    nodes: Ids

    def __len__(self) -> int:
        return len(self.nodes)

    def __getitem__(self, position: Any) -> Any:
        if isinstance(position, slice):
            return tuple(self)[position]
        place = range(len(self))[position]
        return Binding(self.names, place, int(self.nodes[place]))


def bind(names: Names, nodes: Ids) -> tuple[Binding, ...]:
    """An equation for each of the names."""
    flat = nodes.reshape(-1)
    if isinstance(names, Several):
        edges = [0, *accumulate(map(len, names.parts))]
        parts = zip(names.parts, pairwise(edges), strict=True)
        return tuple(chain.from_iterable(bind(n, flat[first:stop]) for n, (first, stop) in parts))
    return tuple(Binding(names, i, int(node)) for i, node in enumerate(flat.tolist()))


@dataclass(frozen=True, eq=False)
class Form:
    """Outputs as expressions of inputs and parameters: data, and what follows from it.

    `cut` holds the nodes where the writing stops, in order. They wrap their own names (layered)
    or are named by `cut_names` (shared).
    With `steps` it holds for each step t from 1 to that; `zero` are the states before, that are 0,
    and `aside` what is defined although no output is made of it. Such a form cannot be computed.
    `loss` is the number of the layer that is a loss, 0 if none is. With `example`, the letter i,
    its values are those of example (i), which stands for all that a cost is of. `network` is the
    one whose layered form it is; what is made of a form by `replace` has none.
    `named` gives a form of the network it comes from by its name, as "layered", with names for the
    numbers of parameters; see `apart`.
    """

    graph: Graph
    inputs: Ids
    outputs: Sequence[Binding]
    function: str = ""
    form: str = "inlined"
    cut: Ids = dataclasses.field(default_factory=no_nodes)
    cut_names: Names | None = None
    latex_names: Mapping[str, str] = dataclasses.field(default_factory=dict)
    headings: Mapping[int, str] = dataclasses.field(default_factory=dict)
    steps: int = 0
    starts: tuple[tuple[Names, Names | None], ...] = ()  # states and what they are; None is 0
    aside: Ids = dataclasses.field(default_factory=no_nodes)
    loss: int = 0
    example: str = ""
    named: Callable[[str], Apart] | None = None
    network: Any = dataclasses.field(default=None, init=False, repr=False)

    whole: ClassVar[bool] = False  # a node is a whole array, not one of its elements

    def __eq__(self, other: object) -> bool:
        """Whether they are written alike, whatever else is in their graphs."""
        if not isinstance(other, Form) or type(self) is not type(other):
            return NotImplemented
        if self is other:
            return True
        if self._written != other._written:
            return False
        graph, known = Graph(), dict[str, int]()
        mine, theirs = (self._nodes_in(graph, known, form) for form in (self, other))
        return np.array_equal(mine, theirs)

    def __hash__(self) -> int:
        return hash((self.form, self.function, len(self.outputs)))

    def parts(self) -> dict[str, Any]:
        """What it is made of, by name."""
        every = dataclasses.fields(self)
        return {each.name: getattr(self, each.name) for each in every if each.init}

    def known_from(self, other: Form) -> Self:
        """This form, with what is known already of another one with the same nodes."""
        known = other.__dict__
        self.__dict__.update({key: known[key] for key in ("ends", "_reached") if key in known})
        return self

    @property
    def _written(self) -> tuple[Any, ...]:
        """What it is but for its nodes."""
        names = [(each.names, each.position) for each in (*self.bindings, *self.outputs)]
        return (
            self.form, self.function, self.input_names(), names, self.latex_names, self.headings,
            self.steps, self.starts, self.loss, self.example,
        )  # fmt: skip

    @staticmethod
    def _nodes_in(graph: Graph, known: dict[str, int], form: Form) -> Ids:
        """Where its outputs and cuts are in a graph in which equal nodes are one."""
        moved = copied(form.graph, form.mask, graph, symbols_by_name(graph, known))
        nodes: Ids = moved[np.concatenate([form.ends, form.cut, form.aside])]
        return nodes

    @cached_property
    def bindings(self) -> tuple[Binding, ...]:
        """The equations before the outputs, each after what it uses."""
        if self.cut_names is not None:
            return bind(self.cut_names, self.cut)
        nodes = self.cut.tolist()
        return tuple(Binding(*self.graph.symbol(n), *self.graph.operands_of(n)) for n in nodes)

    @cached_property
    def ends(self) -> Ids:
        """The nodes of the outputs, shape (outputs,)."""
        if isinstance(self.outputs, Bindings):
            return self.outputs.nodes
        return np.array([output.node for output in self.outputs], dtype=np.int32)

    @property
    def mask(self) -> npt.NDArray[np.bool_]:
        """Over the graph: what the outputs are made of, and what is defined aside; a new array."""
        bits, count = self._reached
        return np.unpackbits(bits, count=count).view(np.bool_)

    @cached_property
    def _reached(self) -> tuple[npt.NDArray[np.uint8], int]:
        """The mask in bits, and its length: the graph may grow."""
        reached = self.graph.reachable(np.concatenate([self.ends, self.aside]))
        return np.packbits(reached), len(reached)

    @cached_property
    def cut_mask(self) -> npt.NDArray[np.bool_]:
        """Over the graph: where the writing stops."""
        mask = np.zeros(len(self.graph), dtype=np.bool_)
        mask[self.cut] = True
        return mask

    @cached_property
    def plan(self) -> Plan:
        """How its outputs are computed, block by block."""
        self.refuse_once()
        return Plan(self.graph, self.inputs, self.ends)

    def output(self, which: int | str) -> Self:
        """The same for one output, or for one array of them; see `output_positions`.

        Raises `SpecError` if there is no such output.
        """
        found = output_positions(which, several(*dict.fromkeys(o.names for o in self.outputs)))
        return self.of_outputs(self.outputs[found.start : found.stop])

    def of_outputs(self, outputs: Sequence[Binding]) -> Self:
        """The same for some of its outputs."""
        one = dataclasses.replace(self, outputs=outputs)
        if self.form == "shared":
            return shared(one)
        return dataclasses.replace(one, cut=self.cut[one.mask[self.cut]])

    def refuse_once(self) -> None:
        """Raise `SpecError` for what is written once for all steps: it cannot be computed."""
        if self.form == "once":
            raise SpecError(
                "what is written once for all steps is no program: its steps have no number; "
                "take the layered form"
            )

    @property
    def stops_at_names(self) -> bool:
        """Whether the writing stops at the values that layers name."""
        return self.form in ("layered", "once")

    @property
    def layer_count(self) -> int:
        """The number of the last layer that it comes from, 0 if from none."""
        return max(self.headings, default=0)

    def symbols(self) -> list[tuple[Names, list[str]]]:
        """The names that are not inputs, array by array: all names of it, and those that occur."""
        mask = self.mask
        mask[self.inputs] = False
        found = []
        for block, rows in self.graph.walk(mask):
            if block.op == "symbol":
                every = block.names.all()
                whole = len(rows) == len(every)
                found.append((block.names, every if whole else [every[n] for n in rows.tolist()]))
        return found

    def input_names(self) -> list[str]:
        """The plain names of the inputs."""
        return list(map(self.graph.name_of, self.inputs.tolist()))

    def given_names(self) -> list[str]:
        """The names that a person chose: of inputs, parameters, outputs and the function."""
        outputs = [output.name for output in self.outputs if output.names.literal]
        return [*self.graph.given_names(), *outputs, self.function]


def output_positions(which: int | str, names: Names) -> range:
    """Where outputs are among these names: one by its name, or by its number counted from 1; of an
    array of names all, by what they begin with, or one as NAME[3].

    Raises `SpecError` if there is no such output.
    """
    text = str(which)
    every = names.all()
    if text in every:
        return _one(every.index(text))
    if len(text) < 20 and text.isdecimal() and 1 <= int(text) <= len(names):
        return _one(int(text) - 1)
    start = 0
    arrays: list[str] = []
    for part in names.parts if isinstance(names, Several) else (names,):
        array = re.fullmatch(re.escape(part.start) + r"\[([0-9]{1,18})\]", text)
        if not part.literal and (text == part.start or array):
            if array is None:
                return range(start, start + len(part))
            if 1 <= int(array[1]) <= len(part):
                return _one(start + int(array[1]) - 1)
            raise SpecError(f"no output {text}: {part.start} has {len(part)}, counted from 1")
        arrays += [part.start] if not part.literal and len(part) > 1 else []
        start += len(part)
    raise SpecError(
        f"no output {text[:60]!r}: give a number from 1 to {len(names)}, or a name; "
        + did_you_mean(text, [*every[:20], *arrays])
    )


def _one(position: int) -> range:
    return range(position, position + 1)


def inlined(formula: F) -> F:
    """The form without bindings, but for what a step hands on to the next."""
    cut = _handed_on(formula) if formula.steps else no_nodes()
    made = dataclasses.replace(formula, form="inlined", cut=cut, cut_names=None)
    return made.known_from(formula)


def _handed_on(formula: Form) -> Ids:
    """The values of one step that are read at another."""
    blocks = [(block, rows) for block, rows in formula.graph.walk(formula.mask)
              if block.op in ("name", "symbol")]  # fmt: skip
    read = {(b.names.base, b.names.layer) for b, _ in blocks if b.op == "symbol"}
    named = [
        block.start + rows
        for block, rows in blocks
        if block.op == "name" and (block.names.base, block.names.layer) in read
    ]
    return np.concatenate(named).astype(np.int32) if named else no_nodes()


def layered(formula: F) -> F:
    """The form that stops at every value that a layer names."""
    names = [block.start + rows for block, rows in formula.graph.walk(formula.mask, "name")]
    cut = np.concatenate(names).astype(np.int32) if names else no_nodes()
    made = dataclasses.replace(formula, form="layered", cut=cut, cut_names=None)
    return made.known_from(formula)


def shared(formula: F) -> F:
    """The form that stops at every value used more than once (common subexpressions)."""
    plain = _without_names(formula)
    graph = plain.graph
    uses = np.zeros(len(graph), dtype=np.int64)
    np.add.at(uses, plain.ends, 1)
    mask = plain.mask
    composite = mask & ~graph.without_operands()
    for operands in graph.used_operands(mask):
        tally(uses, operands, np.ones(len(operands), dtype=np.int64))
    cut = np.flatnonzero(composite & (uses > 1)).astype(np.int32)
    taken = first_words(formula.given_names()) | {names.base for names in graph.arrays()}
    names = Names(free_letter(taken), None, (len(cut),))
    made = dataclasses.replace(plain, form="shared", cut=cut, cut_names=names)
    return made.known_from(plain)


def _without_names(formula: F) -> F:
    """The same in a graph without name nodes, so that equal values of different names are one."""
    if not any(block.op == "name" for block in formula.graph.blocks):
        return formula
    return in_graph(formula, Graph())


def in_graph(
    formula: F,
    new: Graph,
    names: Wrapped | None = None,
    then: Callable[[Block, Ids], None] | None = None,
) -> F:
    """The same with its nodes, and all symbols of its graph, in a new one; see `copied`."""
    old = formula.graph
    mask = formula.mask | old.all_of_kind(frozenset({"symbol"}))
    moved = copied(old, mask, new, names=names, then=then)
    outputs = tuple(dataclasses.replace(o, node=int(moved[o.node])) for o in formula.outputs)
    return dataclasses.replace(formula, graph=new, inputs=moved[formula.inputs], outputs=outputs)


def symbols_of(form: Form) -> dict[str, int]:
    """The symbols that occur in a formula, and their nodes."""
    found: dict[str, int] = {}
    for block, rows in form.graph.walk(form.mask):
        if block.op == "symbol":
            names = block.names.all()
            found.update((names[row], block.start + row) for row in rows.tolist())
    return found
