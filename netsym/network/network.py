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

from netsym.array_formula import ArrayFormula
from netsym.errors import (
    SpecError,
    TooLargeError,
    ValueMissingError,
    checked_whole,
    did_you_mean,
    without_values,
)
from netsym.forms.sizes import Size, shown
from netsym.forms.values import checked_number, points, shaped
from netsym.formula import (
    Binding,
    Formula,
    bind,
    inlined,
    layered,
    output_position,
    shared,
    spare_letters,
)
from netsym.graph.graph import Ids
from netsym.graph.names import Names, refuse_bad_name
from netsym.layers import Layer, Shape
from netsym.layers.blocks import INPUT, Wire
from netsym.layers.parameter_entries import entries
from netsym.layers.registry import LOSSES
from netsym.layers.wiring import Placed, input_names, wired
from netsym.ops import Ops
from netsym.ops.counts.forecast import Growth, NetworkSize, count_nodes, forecast
from netsym.ops.matrix import Matrix
from netsym.ops.numeric import Numeric
from netsym.ops.parameters import Parameter
from netsym.ops.symbolic import Symbolic
from netsym.typed.vocabulary import Vocabulary
from netsym.wording import plural

if TYPE_CHECKING:
    import sympy

    from netsym.layers.recurrent import Recurrent

A = TypeVar("A")

_MOST_BUILT = 10_000_000
MOST_COMPUTED = 100_000_000  # nodes of the layered form, where values are held unit by unit

#: The forms of a network, the shortest first; not every network is written once.
FORMS = ("once", "layered", "shared", "inlined")


@dataclass(frozen=True, eq=False)
class Network:
    """A checked network, from inputs to outputs.

    A point is a vector, of inputs or of outputs; where a layer takes an array of several axes, the
    inputs are one of the `shape`, flattened.

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
    shape: Shape = ()  # of the inputs, if they are no vector

    @classmethod
    def of(
        cls,
        title: str,
        inputs: int | Sequence[str],
        layers: Iterable[Wire],
        outputs: Sequence[str] = (),
        function: str = "",
        latex_names: Mapping[str, str] | None = None,
        assumed: str = "",
        shape: Shape = (),
    ) -> Network:
        """Wire layers into a network.

        `layers` has (name, layer or block, sources, parameter entries) each; entries are nested
        lists or arrays of names, floats and Fractions, and what is left out is named by the
        notation; `Shared("name")` in their place takes the parameters of another layer.
        `outputs` names the outputs, `function` writes "f(x) = …", `latex_names` says how names
        are written in LaTeX, `assumed` what a spec left open; the inputs are an array of `shape`.
        Raises `SpecError` for anything that does not fit.
        """
        names = input_names(inputs, shape)
        shape = shape if len(shape) > 1 else ()
        placed = wired(shape or (len(names),), layers)
        width = placed[-1].width
        if outputs and len(outputs) != width:
            called, wanted = plural(len(outputs), "output name"), plural(width, "output")
            raise SpecError(f"{called} for {wanted}; give one each")
        ends = Names("y", None, () if width == 1 else placed[-1].shape)
        if outputs:
            ends = Names("", len(placed), (width,), tuple(outputs))
        if not title.isprintable() or not all(p.name.isprintable() for p in placed):
            raise SpecError("the title and the names of layers must be one line of printable text")
        network = cls(
            title, names, tuple(placed), ends, function, latex_names or {}, assumed, shape
        )
        network.check_names()
        return network

    def __repr__(self) -> str:
        counts = {"input": len(self.inputs), "layer": len(self.layers)}
        counts |= {"output": len(self.outputs), "parameter": self.parameter_count}
        said = ", ".join(plural(n, word) for word, n in counts.items())
        return f"<network {self.title}: {said}>"

    # -- readings -------------------------------------------------------------------------------
    def read(self, ops: Ops[A], x: A) -> A:
        """The outputs of the network in a reading, a vector, from its inputs in that reading."""
        y, axes = self.read_whole(ops, x), len(self.layers[-1].shape)
        return ops.reshape(y, axes, (-1,)) if axes > 1 else y

    def read_whole(self, ops: Ops[A], x: A) -> A:
        """The outputs in their shape."""
        stepwise = self._stepwise if ops.once else frozenset()
        shape = (1, *self.shape[1:]) if stepwise else self.shape
        values = {INPUT: ops.reshape(x, 1, shape) if shape else x}
        last_readers = {source: p.name for p in self.layers for source in p.sources}
        for placed in self.layers:
            if ops.once and placed.copy_of and not ops.whole:
                value = values[placed.copy_of]
            else:
                ops.layer = placed.number
                ops.step = (0, 1) if placed.name in stepwise else None
                value = placed.read(ops, *(values[source] for source in placed.sources))
            last = placed is self.layers[-1]
            values[placed.name] = value if last else ops.name(value, self._letters[placed.name])
            if not ops.once:  # values of large networks are large
                for source in {s for s in placed.sources if last_readers[s] == placed.name}:
                    del values[source]
        return value

    def _read_once(self, ops: Ops[A], x: A) -> A:
        """The outputs where what is applied many times is read once, from one step of the inputs.

        Steps have no number then, and the outputs of a sequence are those of one step.
        """
        ops.once, ops.length = True, self.shape[0] if self._stepwise else 0
        return self.read_whole(ops, x)

    @cached_property
    def _stepwise(self) -> frozenset[str]:
        """The input and the layers whose values are sequences that are read step by step.

        Empty where there is no recurrent layer, or where a layer looks at several steps at once:
        then no step stands for all.
        """
        found = {INPUT} if len(self.shape) == 2 else set()
        recurrent = False
        for placed in self.layers:
            reads = [source in found for source in placed.sources]
            if any(reads):
                recurrent |= placed.layer.recurrent
                if not placed.layer.recurrent and not (all(reads) and placed.layer.stepwise):
                    return frozenset()
                if len(placed.shape) == 2:
                    found.add(placed.name)
        return frozenset(found) if recurrent else frozenset()

    @property
    def is_written_once(self) -> bool:
        """Whether something is applied many times and can be written once: a cell, a tied block."""
        return bool(self._stepwise) or any(placed.copy_of for placed in self.layers)

    @cached_property
    def _letters(self) -> dict[str, str]:
        """The letter of every layer's values: its own, if it is the last with this number."""
        letters = {placed.name: placed.layer.value_letter for placed in self.layers}
        last = {(p.number, letters[p.name]): p.name for p in self.layers}
        parts = [p for p in self.layers if last[p.number, letters[p.name]] != p.name]
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
        holds the inputs, or whose last axes are those of `shape`. The result has the shape of the
        points, with a last axis of outputs if there are several. `parameters` gives named
        parameters their numbers.
        Raises `ValueMissingError` where a name has none, `SpecError` for a wrong shape.
        """
        x, shape = points(self._flat(inputs), len(self.inputs))
        given = parameters or {}
        self._check_given(given)
        missing = [name for name in self.parameter_names() if name not in given]
        if missing:
            raise ValueMissingError(without_values(missing))
        numbers = {name: float(checked_number(name, value)) for name, value in given.items()}
        y = self.read(Numeric(numbers), x)
        return shaped(y if y.ndim > 1 else np.tile(y, (len(x), 1)), x, shape)

    def _flat(self, inputs: Sequence[npt.ArrayLike]) -> Sequence[npt.ArrayLike]:
        """Inputs in the shape of the network's as vectors."""
        axes = len(self.shape)
        if len(inputs) == 1 and axes:
            array = np.asarray(inputs[0])
            if array.shape[-axes:] == self.shape:
                return [array.reshape(*array.shape[:-axes], len(self.inputs))]
        return inputs

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

    @cached_property
    def once(self) -> Formula:
        """Layer by layer, and what is applied many times is written once.

        The cell of a recurrent layer stands there for the step t, made of x_t and of the state
        h_{t-1}; what reads the last state alone reads it at the last t. Of a block that is repeated
        with the same parameters the first copy stands for all.
        """
        return self.formula("once")

    def formula(self, form: str, expand: bool = False) -> Formula:
        """A form of the network: "once", "layered", "shared" or "inlined".

        `expand` writes activations by elementary operations. Raises `SpecError` for other forms,
        and for "once" where nothing is applied many times.
        """
        if form == "once":
            return self._written_once(expand)
        makers = {"layered": layered, "shared": shared, "inlined": inlined}
        if form not in makers:
            raise SpecError(f"unknown form {form!r}; {did_you_mean(form, makers)}")
        if form == "shared":  # equal values of different names are one value: leave names out
            return shared(self._formula(Symbolic(expand, named=False)))
        return makers[form](self._formula(Symbolic(expand=True)) if expand else self._graph)

    def _written_once(self, expand: bool) -> Formula:
        self._check_once()
        ops = Symbolic(expand)
        return dataclasses.replace(self._at_steps(ops), form="once")

    def _at_steps(self, ops: Symbolic) -> Formula:
        """The layered form, with what is applied many times written once."""
        x = ops.symbols(self._once_inputs)
        y = self._read_once(ops, x)
        outputs = self.outputs
        if self.layers[-1].name in self._stepwise:
            outputs = Names("y", None, self.layers[-1].shape[1:], at="t")
        if ops.whole:
            outputs = outputs if len(outputs.literal) == 1 else Names("y", at=outputs.at)
        formula = self._of_graph(ops, x, bind(outputs, y))
        aside = np.concatenate([formula.aside, *ops.aside])
        formula = dataclasses.replace(formula, aside=aside)
        zero, headings = list[Names](), {**formula.headings}
        times = Counter(placed.copy_of for placed in self.layers)
        for placed in self.layers:
            if placed.name in times:
                headings[placed.number] += f", {times[placed.name] + 1} times{self._passed(placed)}"
        formula = dataclasses.replace(formula, headings=headings)
        if not self._stepwise:
            return layered(formula)
        for placed in self.layers:
            if placed.name in self._stepwise or placed.layer.recurrent:
                states = _zero_states(placed, ops.length)
                headings[placed.number] += f", t = 1 to {ops.length}" + "".join(
                    f", {names.ascii(0)} = 0" for names in states
                )
                zero += states
        return layered(dataclasses.replace(
            formula, headings=headings, steps=ops.length, zero=tuple(zero)
        ))  # fmt: skip

    def _check_once(self) -> None:
        if self.is_written_once:
            return
        recurrent = [placed.name for placed in self.layers if placed.layer.recurrent]
        if recurrent:
            raise SpecError(
                f"the steps of {recurrent[0]} cannot be written once: the inputs are not one "
                "sequence alone, or some layer looks at several steps; ask for the layered form"
            )
        raise SpecError(
            "nothing in this network is applied many times, so there is nothing to write once; "
            "ask for the layered form"
        )

    def _passed(self, first: Placed) -> str:
        """What the first of several copies reads from the second time on, if it is something else.

        Copies read the values of the copy before; those that are written are the first one's.
        """
        again = next(placed for placed in self.layers if placed.copy_of == first.name)
        written = {placed.name: placed.copy_of or placed.name for placed in self.layers}
        numbers = {placed.name: placed.number for placed in self.layers}
        said = []
        for source, other in zip(first.sources, again.sources, strict=True):
            value = written.get(other, other)
            if value != source:
                new = f"{self._letters[value]}{numbers[value]}"
                old = f"{self._letters[source]}{numbers[source]}" if source in numbers else "x"
                said.append(f"{new} in place of {old}")
        return f", from the second time on with {' and '.join(said)}" if said else ""

    @property
    def _once_inputs(self) -> Names:
        """The inputs at a step t, or all where no step stands for the others."""
        return Names("x", None, self.shape[1:], at="t") if self._stepwise else self.inputs

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
        return forecast(*self._counted(form), expand)

    def count_nodes(self, form: str, unit: int | str | None = None, expand: bool = False) -> int:
        """Only the nodes of the layered or the inlined form, or of one output of the latter."""
        nodes, each, _ = count_nodes(*self._counted(form), expand)
        return nodes if unit is None else each[self.output_position(unit)]

    def _counted(self, form: str) -> tuple[Callable[[Any, Any], Any], Names, bool]:
        """How a form is read to count it, from which inputs, and whether names stand in it."""
        if form == "once":
            self._check_once()
            return self._read_once, self._once_inputs, True
        return self.read_whole, self.inputs, form == "layered"

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
        names = ("layered", "inlined", "shared", *(["once"] if self.is_written_once else []))
        forms: dict[str, Size | None] = {}
        for done, form in enumerate(names):
            if progress is not None:
                progress(f"counting the {form} form", done, len(names))
            forms[form] = self.forecast(form, expand)
        shown = {form: forms[form] for form in FORMS if form in forms}
        return NetworkSize(self.title, self.parameter_count, self.inputs, self.outputs, shown)

    def growth(
        self,
        steps: Sequence[int],
        expand: bool = False,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> Growth:
        """How the forms of a recurrent network grow with the number of steps.

        Counts the form that is written once, where there is one, the unrolled layered form and the
        inlined form, for every one of `steps`. Raises `SpecError` as `with_steps` does.
        """
        forms = [form for form in FORMS if form != "shared"]
        steps = [checked_whole("steps", number, 1) for number in steps]
        counts: dict[str, list[int]] = {form: [] for form in forms}
        for done, number in enumerate(steps):
            if progress is not None:
                progress("counting the forms", done, len(steps))
            network = self.with_steps(number)
            for form in forms:
                if form != "once" or network.is_written_once:
                    counts[form].append(network.count_nodes(form, expand=expand))
        found = {form: tuple(numbers) for form, numbers in counts.items() if numbers}
        return Growth(self.title, tuple(steps), found)

    @cached_property
    def matrices(self) -> ArrayFormula:
        """The layered form with whole arrays: `a¹ = σ(W¹x + b¹)`; its `shapes` say their sizes."""
        ops = Matrix()
        formula = self._at_steps(ops)
        used = tuple(shape for shape in ops.shapes if formula.mask[ops.node(shape[0])])
        inputs = [ops.node(letter) for letter, _ in used if letter.layer is None]
        ends = np.array(inputs if len(self.inputs) else [], dtype=np.int32)
        return ArrayFormula.of(formula, used, ends)

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
            loss=next((p.number for p in self.layers if p.layer.kind in LOSSES), 0),
        )

    @property
    def _numbered(self) -> Iterable[tuple[int, Placed]]:
        return ((placed.number, placed) for placed in self.layers)

    def output_position(self, which: int | str) -> int:
        """Where an output is, from its name or its number counted from 1; raises `SpecError`."""
        return output_position(which, self.outputs)

    def with_steps(self, steps: int) -> Network:
        """The same network for sequences of another length.

        Raises `SpecError` where there is no recurrent layer, or where parameters or a layer are
        for a certain number of steps.
        """
        if not any(placed.layer.recurrent for placed in self.layers) or len(self.shape) != 2:
            raise SpecError(
                "this network reads no sequence step by step: it needs inputs of shape "
                "[steps, values] and a recurrent layer (rnn, gru or lstm)"
            )
        steps = checked_whole("steps", steps, 1)
        inputs: Shape = (steps, self.shape[1])
        shapes: dict[str, Shape] = {INPUT: inputs}
        layers = []
        for placed in self.layers:
            layer = _of_steps(placed.layer, steps)
            taken = tuple(shapes[source] for source in placed.sources)
            shapes[placed.name] = layer.shape(*taken)
            found = {key: parameter.shape for key, parameter in placed.parameters.items()}
            if layer.parameters(*taken) != found:
                raise SpecError(
                    f"layer {placed.name} ({layer.kind}) has parameters for {self.shape[0]} steps, "
                    f"so it cannot read {steps}"
                )
            layers.append(dataclasses.replace(
                placed, layer=layer, shapes=taken, shape=shapes[placed.name]
            ))  # fmt: skip
        end = layers[-1]
        outputs = self.outputs
        if end.shape != self.layers[-1].shape:
            outputs = Names("y", None, () if end.width == 1 else end.shape)
        return dataclasses.replace(
            self, inputs=Names("x", None, inputs), outputs=outputs, layers=tuple(layers),
            shape=inputs,
        )  # fmt: skip

    # -- parameters -----------------------------------------------------------------------------
    @property
    def parameter_count(self) -> int:
        """How many weights and biases there are, named and numeric; of one name there is one."""
        count, names = 0, set[str]()
        for parameter in self._parameters():
            tied = parameter.tied()
            count += len(parameter.names) - len(tied)
            names.update(name for _, name in tied)
        return count + sum(self._notation.place(name) is None for name in names)

    def repeated_names(self) -> list[str]:
        """The parameters that stand in several places of their arrays, each once."""
        times = Counter(name for p in self._parameters() for _, name in p.tied())
        return [n for n, count in times.items() if count > 1 or self._notation.place(n)]

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
        """The parameters of all layers; one that several layers share comes once."""
        every = (p for placed in self.layers for p in placed.parameters.values())
        return {id(parameter): parameter for parameter in every}.values()

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
        bound = {id(parameter): parameter.bound(values) for parameter in self._parameters()}
        placed = tuple(
            dataclasses.replace(p, parameters={k: bound[id(v)] for k, v in p.parameters.items()})
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
        from netsym.forms.to_sympy import to_lambda

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
        taken = zip(placed.sources, placed.shapes, strict=True)
        outputs = placed.read(ops, *(read[source].reshape(shape) for source, shape in taken))
        formula = Formula(
            ops.graph,
            np.concatenate([ids.reshape(-1) for ids in read.values()]),
            bind(self._value_names(placed.name), outputs),
        )
        return inlined(formula)

    def _value_names(self, source: str) -> Names:
        placed = next(placed for placed in self.layers if placed.name == source)
        return Names(self._letters[source], placed.number, placed.shape)

    def check_names(self) -> None:
        """Raise `SpecError` unless every name is an identifier and names one thing.

        A parameter may serve several times, and may be a formula of parameters, but not of other
        values.
        """
        given = Counter(self.inputs.literal)
        given.update(self.outputs.literal)
        if self.function:
            given[self.function] += 1
        values = set(given)
        given.update({name for parameter in self._parameters() for name in parameter.chosen()})
        for name, times in given.items():
            refuse_bad_name(name)
            if times > 1:
                raise SpecError(f"the name {name!r} is given {times} times; each names one thing")
            if self.generates(name):
                both = (
                    "" if self._values.place(name) else ", or give it in both places if it is one"
                )
                raise SpecError(
                    f"the name {name!r} is also what the notation calls another value here; "
                    f"choose another{both}"
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
            Names(letter, number, placed.shape)
            for number, placed in self._numbered
            for letter in (letters[placed.name], "z")
        )
        inner = (
            Names(letter, number, (*placed.examples, *shape))
            for number, placed in self._numbered
            for letter, shape in placed.layer.values(*placed.seen).items()
        )
        return Vocabulary([*ends, *layers, *inner], None)

    @cached_property
    def _notation(self) -> Vocabulary:
        """The names that the notation gives to parameters."""
        return Vocabulary([p.names for p in self._parameters() if p.takes_notation], None)


def _recurrent(layer: Layer) -> Recurrent | None:
    """The layer, if it is recurrent."""
    if not layer.recurrent:
        return None
    from netsym.layers.recurrent import Recurrent

    return layer if isinstance(layer, Recurrent) else None


def _of_steps(layer: Layer, steps: int) -> Layer:
    """The layer for so many steps."""
    found = _recurrent(layer)
    if found is None or found.steps is None:
        return layer
    return dataclasses.replace(found, steps=steps)


def _zero_states(placed: Placed, steps: int) -> list[Names]:
    """The states before the first step of a recurrent layer that are 0."""
    layer = _recurrent(placed.layer)
    if layer is None or layer.state != "zero":
        return []
    at = str(steps + 1 if layer.reverse else 0)
    return [Names(letter, placed.number, at=at) for letter in layer.states]


def _heading(number: int, layers: Sequence[Placed]) -> str:
    """What stands above a layer, or above all parts that one was split into."""
    name = layers[-1].name
    called = "" if name == f"layer{number}" else f"{name}, "
    return f"layer {number}: {called}{', then '.join(p.layer.describe() for p in layers)}"


def refuse_vast_network(network: Network) -> None:
    """Raise `TooLargeError` for a network too large to be computed with, unit by unit."""
    nodes = network.count_nodes("layered")
    if nodes > MOST_COMPUTED:
        raise TooLargeError(
            f"the layered form has {shown(nodes)} nodes, more than the {MOST_COMPUTED:,} that are "
            "computed with one by one; take a smaller network of the same kind, or ask for sizes "
            "(netsym size)"
        )
