"""A network: layers wired as a directed graph without cycles, checked, with its parameters."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from netsym.errors import SpecError, ValueMissingError, did_you_mean, without_values
from netsym.formula.forms import (
    Binding,
    Formula,
    bind,
    inlined,
    layered,
    output_position,
    shared,
    spare_letters,
)
from netsym.formula.graph import Ids
from netsym.formula.names import Names, refuse_bad_name
from netsym.formula.sizes import Size
from netsym.formula.values import checked_number, points, shaped
from netsym.formula.vocabulary import Vocabulary
from netsym.layers import Layer
from netsym.layers.entries import entries
from netsym.layers.wiring import INPUT, Placed, input_names, wired
from netsym.ops import Ops
from netsym.ops.forecast import NetworkSize, count_nodes, forecast
from netsym.ops.matrix import Matrix
from netsym.ops.numeric import Numeric
from netsym.ops.parameters import Parameter
from netsym.ops.symbolic import Symbolic

if TYPE_CHECKING:
    import sympy

A = TypeVar("A")

_MOST_BUILT = 10_000_000


@dataclass(frozen=True, eq=False)
class Network:
    """A checked network, from one input vector to one output vector.

    Build it with `netsym.parse`, `netsym.load` or `netsym.from_sklearn`, or from layers with
    `Network.of`. Layers are numbered 1, 2, … as they stand; the last one is the output.

    >>> import netsym
    >>> network = netsym.parse("1-2-1:sigmoid")
    >>> print(network.inlined.text(ascii=True))
    y = sigmoid(w2_1_1*sigmoid(w1_1_1*x + b1_1) + w2_1_2*sigmoid(w1_2_1*x + b1_2) + b2_1)
    >>> network.inlined.size.nodes, network.layered.size.nodes
    (19, 21)
    """

    title: str
    inputs: Names
    layers: tuple[Placed, ...]
    outputs: Names
    function: str = ""  # write "f(x) = …" instead of "y = …"
    latex_names: Mapping[str, str] = dataclasses.field(default_factory=dict)
    assumed: str = ""  # what the spec did not say, in a sentence

    @classmethod
    def of(
        cls,
        title: str,
        inputs: int | Sequence[str],
        layers: Iterable[tuple[str, Layer, Sequence[str], Mapping[str, Any]]],
        outputs: Sequence[str] = (),
        function: str = "",
        latex_names: Mapping[str, str] | None = None,
        assumed: str = "",
    ) -> Network:
        """Wire layers into a network.

        `layers` has (name, layer, sources, parameter entries) each; entries are nested lists or
        arrays of names, floats and Fractions, and what is left out is named by the notation.
        `outputs` names the outputs, `function` writes "f(x) = …", `latex_names` says how names
        are written in LaTeX, `assumed` what a spec left open.
        Raises `SpecError` for anything that does not fit.
        """
        names = input_names(inputs)
        placed = wired(len(names), list(layers))
        width = placed[-1].width
        if outputs and len(outputs) != width:
            raise SpecError(f"{len(outputs)} output names for {width} outputs; give one each")
        ends = Names("y", None, () if width == 1 else (width,))
        if outputs:
            ends = Names("", len(placed), (width,), tuple(outputs))
        if not title.isprintable() or not all(p.name.isprintable() for p in placed):
            raise SpecError("the title and the names of layers must be one line of printable text")
        network = cls(title, names, tuple(placed), ends, function, latex_names or {}, assumed)
        network.check_names()
        return network

    def __repr__(self) -> str:
        counts = {"input": len(self.inputs), "layer": len(self.layers)}
        counts |= {"output": len(self.outputs), "parameter": self.parameter_count}
        said = ", ".join(f"{n:,} {word}{'s' * (n != 1)}" for word, n in counts.items())
        return f"<network {self.title}: {said}>"

    # -- readings -------------------------------------------------------------------------------
    def read(self, ops: Ops[A], x: A) -> A:
        """The output of the network in a reading, from its input in that reading."""
        values = {INPUT: x}
        for placed in self.layers:
            ops.layer = placed.number
            value = placed.read(ops, *(values[source] for source in placed.sources))
            last = placed is self.layers[-1]
            values[placed.name] = value if last else ops.name(value, self._letters[placed.name])
        return value

    @cached_property
    def _letters(self) -> dict[str, str]:
        """The letter of every layer's values: a, but only for the last of those with one number."""
        letters = {placed.name: "a" for placed in self.layers}
        last = {placed.number: placed.name for placed in self.layers}
        parts = [placed for placed in self.layers if last[placed.number] != placed.name]
        if parts:
            given = [*self.inputs.all(), *self.outputs.all(), *self.parameter_names()]
            taken = {name.partition("_")[0] for name in given}
            for placed in parts:
                starts = ((letter, f"{letter}{placed.number}") for letter in spare_letters())
                letters[placed.name], start = next(free for free in starts if free[1] not in taken)
                taken.add(start)
        return letters

    def __call__(
        self, *inputs: npt.ArrayLike, parameters: Mapping[str, float] | None = None
    ) -> npt.NDArray[np.float64] | float:
        """The forward pass in float64.

        Takes one value per input, numbers or arrays of one shape; or one array whose last axis
        holds the inputs. The result has the shape of the points, with a last axis of outputs if
        there are several. `parameters` gives named parameters their numbers.
        Raises `ValueMissingError` where a name has none, `SpecError` for a wrong shape.
        """
        x, shape = points(inputs, len(self.inputs))
        given = parameters or {}
        self._check_given(given)
        missing = [name for name in self.parameter_names() if name not in given]
        if missing:
            raise ValueMissingError(without_values(missing))
        numbers = {name: float(checked_number(name, value)) for name, value in given.items()}
        return shaped(self.read(Numeric(numbers), x), x, shape)

    @cached_property
    def layered(self) -> Formula:
        """Layer by layer: every value that a layer names is a binding."""
        return self.formula("layered")

    @cached_property
    def shared(self) -> Formula:
        """The least that must be computed: every value used more than once is a binding."""
        return self.formula("shared")

    @cached_property
    def inlined(self) -> Formula:
        """The one formula, without bindings."""
        return self.formula("inlined")

    def formula(self, form: str, expand: bool = False) -> Formula:
        """A form of the network: "layered", "shared" or "inlined".

        `expand` writes activations by elementary operations. Raises `SpecError` for other forms.
        """
        makers = {"layered": layered, "shared": shared, "inlined": inlined}
        if form not in makers:
            raise SpecError(f"unknown form {form!r}; {did_you_mean(form, makers)}")
        if form == "shared":  # equal values of different names are one value: leave names out
            return shared(self._formula(Symbolic(expand, named=False)))
        return makers[form](self._formula(Symbolic(expand=True)) if expand else self._graph)

    @cached_property
    def _graph(self) -> Formula:
        return self._formula(Symbolic())

    def forecast(
        self, form: str, expand: bool = False, unit: int | str | None = None
    ) -> Size | None:
        """The exact size of a form, or of one output in it, without building it.

        Two things show only in the graph: which values are equal (the shared form), and which
        layers one output needs. For these it is built, unless it would have more than 10 million
        nodes: then the answer is None.
        """
        if form == "shared" or unit is not None:
            if self.count_nodes("layered", expand=expand) > _MOST_BUILT:
                return None
            formula = self.formula(form, expand)
            return (formula if unit is None else formula.output(unit)).size
        return forecast(self.read, self.inputs, form == "layered", expand)

    def count_nodes(self, form: str, unit: int | str | None = None, expand: bool = False) -> int:
        """Only the nodes of the layered or the inlined form, or of one output of the latter."""
        nodes, each, _ = count_nodes(self.read, self.inputs, form == "layered", expand)
        return nodes if unit is None else each[self.output_position(unit)]

    @cached_property
    def size(self) -> NetworkSize:
        """How large every form is."""
        return self.sizes()

    def sizes(
        self, expand: bool = False, progress: Callable[[str, int, int], None] | None = None
    ) -> NetworkSize:
        """How large every form is, with activations written by elementary operations or not.

        `progress(what, done, total)` is told before each form.
        """
        names = ("layered", "inlined", "shared")
        forms: dict[str, Size | None] = {}
        for done, form in enumerate(names):
            if progress is not None:
                progress(f"counting the {form} form", done, len(names))
            forms[form] = self.forecast(form, expand)
        shown = {form: forms[form] for form in ("layered", "shared", "inlined")}
        return NetworkSize(self.title, self.parameter_count, self.inputs, self.outputs, shown)

    @cached_property
    def matrices(self) -> Formula:
        """The layered form with whole arrays: `a1 = σ(W1 x + b1)`; its `shapes` say their sizes."""
        ops = Matrix()
        x = ops.symbols(self.inputs)
        y = self.read(ops, x)
        end = self.outputs if len(self.outputs.literal) == 1 else Names("y")
        formula = self._of_graph(ops, x, bind(end, y))
        return layered(dataclasses.replace(formula, shapes=tuple(ops.shapes)))

    def _formula(self, ops: Symbolic) -> Formula:
        x = ops.symbols(self.inputs)
        return self._of_graph(ops, x, bind(self.outputs, self.read(ops, x)))

    def _of_graph(self, ops: Symbolic, x: Ids, outputs: tuple[Binding, ...]) -> Formula:
        parts: dict[int, list[Placed]] = {}
        for number, placed in self._numbered:
            parts.setdefault(number, []).append(placed)
        return Formula(
            ops.graph,
            x.reshape(-1),
            outputs,
            self.function,
            latex_names=self.latex_names,
            headings={number: _heading(number, layers) for number, layers in parts.items()},
        )

    @property
    def _numbered(self) -> Iterable[tuple[int, Placed]]:
        return ((placed.number, placed) for placed in self.layers)

    def output_position(self, which: int | str) -> int:
        """Where an output is, from its name or its number counted from 1; raises `SpecError`."""
        return output_position(which, self.outputs)

    # -- parameters -----------------------------------------------------------------------------
    @property
    def parameter_count(self) -> int:
        """How many weights and biases there are, named and numeric."""
        return sum(len(p.names) for placed in self.layers for p in placed.parameters.values())

    def parameter_names(self) -> list[str]:
        """The parameters that are names, in order, each once."""
        found: dict[str, None] = {}
        for parameter in self._parameters():
            for _, names in parameter.symbols():
                found.update(dict.fromkeys(names))
        return list(found)

    def symbol_names(self) -> list[Names]:
        """The names of the inputs and of the parameters that are names, array by array."""
        arrays = (names for p in self._parameters() for names, _ in p.symbols())
        return [self.inputs, *dict.fromkeys(arrays)]

    def _parameters(self) -> Iterable[Parameter]:
        return (p for placed in self.layers for p in placed.parameters.values())

    def with_parameters(self, values: Mapping[str, float | Fraction]) -> Network:
        """The same network with names replaced by numbers.

        Raises `SpecError` for a name that the network does not have, or a number not finite.
        """
        self._check_given(values)
        for name, value in values.items():
            number = checked_number(name, value)
            if not isinstance(number, Fraction) and not math.isfinite(number):
                raise SpecError(f"parameter {name} is {value}; it must be a finite number")
            entries(f"parameter {name}", [value], (1,))
        placed = tuple(
            dataclasses.replace(p, parameters={k: v.bound(values) for k, v in p.parameters.items()})
            for p in self.layers
        )
        return dataclasses.replace(self, layers=placed)

    def _check_given(self, values: Mapping[str, Any]) -> None:
        names = self.parameter_names() if values else []
        for name in values.keys() - set(names):
            hint = did_you_mean(name, names[:1000]) if names else "all parameters are numbers"
            raise SpecError(f"no parameter named {name!r}; {hint}")

    def modules(self) -> dict[str, sympy.Lambda]:
        """The layers as sympy modules, by name: each a `Lambda` from its inputs to its outputs.

        A module takes its inputs one by one (of several sources, one after another, each once)
        and gives a `Tuple`; parameters are symbols or numbers. Composing them gives the network.
        """
        from netsym.formula.sympy_bridge import to_lambda

        return {
            placed.name: to_lambda(self._module(number, placed))
            for number, placed in self._numbered
        }

    def _module(self, number: int, placed: Placed) -> Formula:
        ops = Symbolic()
        ops.layer = number
        read = {
            source: ops.symbols(self.inputs if source == INPUT else self._value_names(source))
            for source in placed.sources
        }
        outputs = placed.read(ops, *(read[source] for source in placed.sources))
        formula = Formula(
            ops.graph,
            np.concatenate([ids.reshape(-1) for ids in read.values()]),
            bind(self._value_names(placed.name), outputs),
        )
        return inlined(formula)

    def _value_names(self, source: str) -> Names:
        placed = next(placed for placed in self.layers if placed.name == source)
        return Names(self._letters[source], placed.number, (placed.width,))

    def check_names(self) -> None:
        """Raise `SpecError` unless every name is an identifier and names one thing.

        Parameters may be formulas of parameters, but not of other values.
        """
        given = Counter(self.inputs.literal)
        given.update(self.outputs.literal)
        if self.function:
            given[self.function] += 1
        values = set(given)
        for parameter in self._parameters():
            given.update(parameter.chosen())
        for name, times in given.items():
            refuse_bad_name(name)
            if times > 1:
                raise SpecError(f"the name {name!r} is given {times} times; each names one thing")
            if self.generates(name):
                raise SpecError(
                    f"the name {name!r} is also what the notation calls another value here; "
                    "choose another"
                )
        for number, placed in self._numbered:
            for key, parameter in placed.parameters.items():
                made_of = parameter.symbols() if parameter.formula is not None else []
                for name in chain.from_iterable(names for _, names in made_of):
                    refuse_bad_name(name)
                    if name in values or self._values.place(name):
                        raise SpecError(
                            f"layer {number} ({placed.layer.kind}): {key} is a formula of "
                            f"{name!r}, which names an input, an output or a value here; "
                            "a parameter is made of parameters, so choose another name"
                        )

    def generates(self, name: str) -> bool:
        """Whether the notation gives this name to a value, in place of a person."""
        return bool(self._values.place(name) or self._notation.place(name))

    @cached_property
    def _values(self) -> Vocabulary:
        """The names that the notation gives to inputs, to outputs and to values of layers."""
        ends = [names for names in (self.inputs, self.outputs) if not names.literal]
        letters = self._letters
        layers = (
            Names(letter, number, (placed.width,))
            for number, placed in self._numbered
            for letter in (letters[placed.name], "z")
        )
        return Vocabulary([*ends, *layers], None)

    @cached_property
    def _notation(self) -> Vocabulary:
        """The names that the notation gives to parameters."""
        return Vocabulary([p.names for p in self._parameters() if p.takes_notation], None)


def _heading(number: int, layers: Sequence[Placed]) -> str:
    """What stands above a layer, or above all parts that one was split into."""
    name = layers[-1].name
    called = "" if name == f"layer{number}" else f"{name}, "
    return f"layer {number}: {called}{', then '.join(p.layer.describe() for p in layers)}"
