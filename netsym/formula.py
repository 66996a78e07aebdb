"""Forms: one graph, and where the writing stops and a name stands."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import numpy as np
import numpy.typing as npt

from netsym.errors import SpecError, ValueMissingError, did_you_mean, without_values
from netsym.forms.sizes import MAX_NODES, Size, measure, refuse_if_larger, shown, tally
from netsym.forms.values import Evaluation, checked_number, points, shaped
from netsym.graph.copying import copy_nodes
from netsym.graph.graph import Graph, Ids
from netsym.graph.names import Names, literal
from netsym.graph.plan import Plan
from netsym.wording import agreed

if TYPE_CHECKING:
    from netsym.gradient.reverse import Backward

Writers = dict[str, Callable[..., Iterator[str]]]
F = TypeVar("F", bound="Form")

#: What writes a formula, by the name that `--to` takes. The writers' room fills it when it is
#: imported: formulas are below writers and do not know them.
WRITERS: Writers = {}


def _nothing() -> Ids:
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
    return tuple(Binding(names, i, int(node)) for i, node in enumerate(nodes.reshape(-1)))


@dataclass(frozen=True, eq=False)
class Form:
    """Outputs as expressions of inputs and parameters, in a form; `size` is how large it is.

    `cut` holds the nodes where the writing stops, in order. They wrap their own names (layered)
    or are named by `cut_names` (shared).
    With `steps` it holds for each step t from 1 to that; `zero` are the states before, that are 0,
    and `aside` what is defined although no output is made of it. Such a form cannot be computed.
    `loss` is the number of the layer that is a loss, 0 if none is.
    """

    graph: Graph
    inputs: Ids
    outputs: Sequence[Binding]
    function: str = ""
    form: str = "inlined"
    cut: Ids = dataclasses.field(default_factory=_nothing)
    cut_names: Names | None = None
    latex_names: Mapping[str, str] = dataclasses.field(default_factory=dict)
    headings: Mapping[int, str] = dataclasses.field(default_factory=dict)
    steps: int = 0
    zero: tuple[Names, ...] = ()
    aside: Ids = dataclasses.field(default_factory=_nothing)
    loss: int = 0

    whole: ClassVar[bool] = False  # a node is a whole array, not one of its elements

    @cached_property
    def bindings(self) -> tuple[Binding, ...]:
        """The equations before the outputs, each after what it uses."""
        if self.cut_names is not None:
            return bind(self.cut_names, self.cut)
        blocks = [(node, self.graph.block_of(node)) for node in self.cut.tolist()]
        return tuple(
            Binding(*self.graph.symbol(node), int(block.operands[node - block.start, 0]))
            for node, block in blocks
        )

    @cached_property
    def ends(self) -> Ids:
        """The nodes of the outputs, shape (outputs,)."""
        if isinstance(self.outputs, Bindings):
            return self.outputs.nodes
        return np.array([output.node for output in self.outputs], dtype=np.int32)

    @cached_property
    def mask(self) -> npt.NDArray[np.bool_]:
        """Over the graph: what the outputs are made of, and what is defined aside."""
        return self.graph.reachable(np.concatenate([self.ends, self.aside]))

    @cached_property
    def cut_mask(self) -> npt.NDArray[np.bool_]:
        """Over the graph: where the writing stops."""
        mask = np.zeros(len(self.graph), dtype=np.bool_)
        mask[self.cut] = True
        return mask

    @cached_property
    def size(self) -> Size:
        """How large it is, counted on the graph; nothing is written out."""
        return measure(self)

    def output(self: F, which: int | str) -> F:
        """The same for one output, by its name or its number counted from 1.

        Raises `SpecError` if there is no such output.
        """
        names = [output.name for output in self.outputs]
        position = output_position(which, literal(*names))
        one = dataclasses.replace(self, outputs=self.outputs[position : position + 1])
        if self.form == "shared":
            return shared(one)
        return dataclasses.replace(one, cut=self.cut[one.mask[self.cut]])

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
        inputs = set(self.inputs.tolist())
        found = []
        for block, rows in self.graph.walk(self.mask):
            if block.op == "symbol" and isinstance(block.payload, Names):
                names = block.payload
                whole = names.all() if len(rows) == len(block) and not inputs else None
                used = whole or [
                    names.ascii(row) for row in rows.tolist() if block.start + row not in inputs
                ]
                found += [(names, used)] if used else []
        return found

    def given_names(self) -> list[str]:
        """The names that a person chose: of inputs, parameters, outputs and the function."""
        outputs = [output.name for output in self.outputs if output.names.literal]
        return [*self.graph.given_names(), *outputs, self.function]

    def __repr__(self) -> str:
        names = ", ".join(output.name for output in self.outputs[:3])
        more = ", …" if len(self.outputs) > 3 else ""
        size = self.size.nodes
        return (
            f"<{self.form} formula of {names}{more}: {shown(size)} {agreed(size, 'node', 'nodes')}>"
        )


@dataclass(frozen=True, eq=False, repr=False)
class Formula(Form):
    """A form whose nodes are numbers: it is written, computed, differentiated.

    `str` writes it as text; `text`, `latex`, `python`, `sympy_code` write it with options;
    `sympy` gives sympy's own objects; `size` is how large it is; calling it evaluates it.
    """

    def _refuse_once(self) -> None:
        if self.form == "once":
            raise SpecError(
                "what is written once for all steps is no program: its steps have no number; "
                "take the layered form"
            )

    # -- values ---------------------------------------------------------------------------------
    @cached_property
    def plan(self) -> Plan:
        """How its outputs are computed, block by block."""
        self._refuse_once()
        return Plan(self.graph, self.inputs, self.ends)

    @cached_property
    def _evaluation(self) -> Evaluation:
        return Evaluation(self.plan)

    def __call__(
        self, *inputs: npt.ArrayLike, parameters: Mapping[str, float] | None = None
    ) -> npt.NDArray[np.float64] | float:
        """The values of the outputs in float64, computed from the graph, node by node.

        Takes one value per input, numbers or arrays of one shape; or one array whose last axis
        holds the inputs. The result has the shape of the points, with a last axis of outputs if
        there are several. Raises `ValueMissingError` for a name without a number in `parameters`.
        """
        given = {k: float(checked_number(k, v)) for k, v in (parameters or {}).items()}
        unknown = [name for name in given if name not in self._names]
        if unknown:
            raise SpecError(f"no parameter named {unknown[0]!r} in this formula or its network")
        x, shape = points(inputs, len(self.inputs))
        missing = self._evaluation.missing(given)
        if missing:
            raise ValueMissingError(without_values(missing))
        return shaped(self._evaluation(x, given), x, shape)

    @cached_property
    def _names(self) -> frozenset[str]:
        inputs = {
            names.ascii(place) for names, place in map(self.graph.symbol, self.inputs.tolist())
        }
        return frozenset(self.graph.symbol_names()) - inputs

    def __getstate__(self) -> dict[str, Any]:
        """Without the evaluation, which is made again: its steps cannot be pickled."""
        return {
            k: v for k, v in self.__dict__.items() if k not in ("_evaluation", "plan", "backward")
        }

    # -- derivatives ----------------------------------------------------------------------------
    @cached_property
    def backward(self) -> Backward:
        """What back propagation knows of it before it starts."""
        from netsym.gradient.reverse import Backward

        return Backward(self)

    def gradient(
        self, wrt: str | Sequence[str] = "parameters", output: int | str | None = None
    ) -> Formula:
        """The derivatives of one output, in the form of this formula: `dy_dw1_1_1` and so on.

        `wrt` says by what: "parameters", "inputs", or names, of one or of a whole array (w1). The
        layered form is back propagation: what layer 2 passes back is `delta2_1`, one per unit.
        Kinks follow torch: relu'(0) = 0 (see `netsym.graph.functions.Function`).
        Raises `SpecError` for several outputs without `output`, and for unknown names.
        """
        from netsym.gradient.gradient import gradient

        return gradient(self, wrt, output)

    def jacobian(self, wrt: str | Sequence[str] = "parameters") -> Formula:
        """The derivatives of all outputs, one output after another; see `gradient`."""
        from netsym.gradient.gradient import jacobian

        return jacobian(self, wrt)

    def hessian_vector(self, wrt: str | Sequence[str] = "parameters") -> Formula:
        """The Hessian of the one output times a vector, `Hv_1 …`; see `gradient` for `wrt`.

        The vector `v_1 …`, in the order of the gradient, comes after the inputs.
        """
        from netsym.gradient.gradient import hessian_vector

        return hessian_vector(self, wrt)

    # -- writing --------------------------------------------------------------------------------
    def __str__(self) -> str:
        return self.text()

    def write(self, to: str, *, max_nodes: int | None = MAX_NODES, **options: Any) -> Iterator[str]:
        """The formula in a language, piece by piece: "text", "latex", "python" or "sympy".

        The options are those of `text`, `latex`, `python` and `sympy_code`; `progress` is told
        (what, done, total) on the way. Raises `SpecError` for an unknown language,
        `TooLargeError` for more than `max_nodes`, before anything is written.
        """
        if to in ("python", "sympy"):
            self._refuse_once()
        return written(self, WRITERS, to, max_nodes, options)

    def text(
        self,
        *,
        ascii: bool = False,
        width: int | None = None,
        digits: int | None = None,
        headings: bool = False,
        max_nodes: int | None = MAX_NODES,
    ) -> str:
        """The equations as text.

        `width` breaks lines there, `digits` rounds the numbers shown to so many significant
        digits, `headings` puts `# layer 1: …` above each layer of the layered form.
        Raises `TooLargeError` for more than `max_nodes`.
        """
        options = {"ascii": ascii, "width": width, "headings": headings}
        return "".join(self.write("text", **options, digits=digits, max_nodes=max_nodes))

    def latex(
        self,
        *,
        document: bool = False,
        notation: str = "ng",
        onion: bool = False,
        color: bool = False,
        width: int | None = None,
        digits: int | None = None,
        max_nodes: int | None = MAX_NODES,
    ) -> str:
        """The equations in LaTeX, a fragment for display mathematics or a `document`.

        `notation` is "ng", "cs229" or "nielsen", `onion` puts an underbrace under every unit of
        an inlined formula, `color` gives each layer a colour (with xcolor).
        Raises `TooLargeError` for more than `max_nodes`.
        """
        options: dict[str, Any] = {
            "document": document,
            "notation": notation,
            "onion": onion,
            "color": color,
        }
        options |= {"digits": digits, "max_nodes": max_nodes}
        return "".join(
            self.write("latex", **options, **({} if width is None else {"width": width}))
        )

    def python(self, *, digits: int | None = None, max_nodes: int | None = MAX_NODES) -> str:
        """A Python function of the inputs that needs `math` alone; see `text` for the options."""
        return "".join(self.write("python", digits=digits, max_nodes=max_nodes))

    def sympy_code(self, *, digits: int | None = None, max_nodes: int | None = MAX_NODES) -> str:
        """A Python script that rebuilds the form in sympy; see `text` for the options."""
        return "".join(self.write("sympy", digits=digits, max_nodes=max_nodes))

    def sympy(self) -> Any:
        """The formula as sympy objects, as it stands: nothing is evaluated or reordered.

        Without bindings, the expression of the output (a `Tuple` if there are several). With
        bindings, `(bindings, outputs)` in the manner of `sympy.cse`. Symbols are real.
        Equal parts are one object, so any size is quick to make; but sympy's own printing and
        `free_symbols` walk it as written out: look at `size` before you call them.
        """
        from netsym.forms.to_sympy import to_sympy

        return to_sympy(self)


def written(
    form: Form, writers: Writers, to: str, max_nodes: int | None, options: Mapping[str, Any]
) -> Iterator[str]:
    """A form in a language of a table of writers; see `Formula.write` for what is raised."""
    if not writers:
        raise SpecError("no writers are loaded; import netsym.writers first")
    if to not in writers:
        raise SpecError(f"unknown language {to!r}; {did_you_mean(to, writers)}")
    instead = "ask for its size, or for another form, or raise max_nodes"
    if max_nodes is not None:  # else nobody needs the size
        refuse_if_larger(form.size.nodes, form.form, max_nodes, instead)
    return writers[to](form, **options)


def output_position(which: int | str, names: Names) -> int:
    """Where an output is among these, by its name or its number counted from 1.

    Raises `SpecError` if there is no such output.
    """
    text = str(which)
    position = names.position(text)
    if position is not None:
        return position
    if len(text) < 20 and text.isdecimal() and 1 <= int(text) <= len(names):
        return int(text) - 1
    some = [names.ascii(position) for position in range(min(20, len(names)))]
    raise SpecError(
        f"no output {text[:60]!r}: give a number from 1 to {len(names)}, or a name; "
        + did_you_mean(text, some)
    )


def spare_letters() -> Iterator[str]:
    """Letters for values that nobody named, as many as it takes to find one that is free."""
    yield from "tsuv"
    yield from (f"t{'t' * n}" for n in count(1))


def inlined(formula: F) -> F:
    """The form without bindings."""
    return dataclasses.replace(formula, form="inlined", cut=_nothing(), cut_names=None)


def layered(formula: F) -> F:
    """The form that stops at every value that a layer names."""
    names = [
        block.start + rows for block, rows in formula.graph.walk(formula.mask) if block.op == "name"
    ]
    cut = np.concatenate(names).astype(np.int32) if names else _nothing()
    return dataclasses.replace(formula, form="layered", cut=cut, cut_names=None)


def shared(formula: F) -> F:
    """The form that stops at every value used more than once (common subexpressions)."""
    plain = _without_names(formula)
    graph = plain.graph
    uses = np.zeros(len(graph), dtype=np.int64)
    np.add.at(uses, plain.ends, 1)
    composite = np.zeros(len(graph), dtype=np.bool_)
    for number, block, rows in graph.operations(plain.mask):
        composite[block.start : block.stop][rows] = True
        for first, stop, source in graph.spans(number):
            if source < 0 or graph.blocks[source].operands.shape[1]:
                operands = block.operands[rows, first:stop]
                tally(uses, operands, np.ones(len(operands), dtype=np.int64))
    cut = np.flatnonzero(composite & (uses > 1)).astype(np.int32)
    taken = {name.split("_")[0] for name in formula.given_names()} | graph.letters()
    base = next(letter for letter in spare_letters() if letter not in taken)
    return dataclasses.replace(
        plain, form="shared", cut=cut, cut_names=Names(base, None, (len(cut),))
    )


def _without_names(formula: F) -> F:
    """The same in a graph without name nodes, so that equal values of different names are one."""
    old, new = formula.graph, Graph()
    if not any(block.op == "name" for block in old.blocks):
        return formula
    moved = np.full(len(old), -1, dtype=np.int32)
    for block in old.blocks:
        if block.op == "symbol":
            assert isinstance(block.payload, Names)
            moved[block.start : block.stop] = new.symbols(block.payload)
    copy_nodes(old, formula.mask, new, moved)
    outputs = tuple(dataclasses.replace(o, node=int(moved[o.node])) for o in formula.outputs)
    return dataclasses.replace(formula, graph=new, inputs=moved[formula.inputs], outputs=outputs)
