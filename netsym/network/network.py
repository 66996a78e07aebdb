"""A network: checked layers, from named inputs to named outputs, and every verb of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from netsym.displayed import Displayed
from netsym.errors import SpecError, ValueMissingError, did_you_mean
from netsym.forms.form import (
    Form,
    output_positions,
)
from netsym.forms.sizes import Size
from netsym.forms.values import (
    DOUBLE,
    SINGLE,
    checked_numbers,
    floats_by_name,
    points,
    real_of,
    shaped,
)
from netsym.formula import Formula
from netsym.graph.names import Names, literal, output_names
from netsym.later import later
from netsym.layers import Layer
from netsym.layers.blocks import INPUT, Wire
from netsym.layers.parameter_entries import entries
from netsym.layers.wiring import Placed, Wiring, wired
from netsym.network.interface import Input, Output, Wanted, flat, inputs_of, wanted_of
from netsym.network.naming import Naming
from netsym.network.reading import Ready, read
from netsym.network.to_form import matrices, module, named_form, to_form, unrolled
from netsym.network.wired import Wired
from netsym.ops import Ops
from netsym.ops.numeric import Numeric
from netsym.wording import agreed, few, plural, without_values

if TYPE_CHECKING:
    import sympy

    from netsym.array_formula import ArrayFormula
    from netsym.network import behind, counting, once, resized, shorthand_of
    from netsym.ops.counts.forecast import Growth, NetworkSize
    from netsym.watching import Watcher
else:
    behind, counting, once, resized, shorthand_of = map(
        later,
        (
            f"netsym.network.{name}"
            for name in ("behind", "counting", "once", "resized", "shorthand_of")
        ),
    )

A = TypeVar("A")


@dataclass(frozen=True)
class Network(Displayed, Wired):
    """A checked network, from named inputs to named outputs, each an array of its shape.

    Build it with `netsym.parse`, `netsym.load` or another system's network, or from layers with
    `Network.of`. Layers are numbered 1, 2, … as they stand.

    >>> import netsym
    >>> network = netsym.parse("1-2-1:sigmoid")
    >>> print(network.inlined.text(ascii=True))
    y = sigmoid(w2_1_1*sigmoid(w1_1_1*x + b1_1) + w2_1_2*sigmoid(w1_2_1*x + b1_2) + b2_1)
    >>> network.inlined.size.nodes, network.layered.size.nodes
    (19, 21)
    """

    @classmethod
    def of(
        cls,
        title: str,
        inputs: int | Sequence[str] | Sequence[Input],
        layers: Iterable[Wire],
        outputs: Sequence[str] | Mapping[str, str] | Sequence[Wanted] = (),
        function: str = "",
        latex_names: Mapping[str, str] | None = None,
        assumed: str = "",
        shape: tuple[int, ...] = (),
    ) -> Network:
        """Wire layers into a network.

        `inputs` are the entries of the one input, an array of `shape`: how many, or their names;
        or they are several `Input`s.
        `layers` has (name, layer or block, sources, parameter entries) each; sources are names of
        layers and of inputs ("input", if there is one alone); entries are nested lists or arrays
        of names, floats and Fractions, and what is left out is named by the notation;
        `Shared("name")` in their place takes the parameters of another layer.
        `outputs` names the entries of the one output, the layer that no other reads; or it says
        which layer or block gives which output, as {"class": "layer3", "place": "layer4"}; then
        what none of them needs is left out, and said in `assumed`.
        `function` writes "f(x) = …", `latex_names` says how names are written in LaTeX, `assumed`
        what a spec left open. Raises `SpecError` for anything that does not fit.
        """
        ends = inputs_of(inputs, shape)
        wires = list(layers)
        wanted = wanted_of(outputs)
        sources = [each.source for each in wanted if each.source]
        found = wired({each.name: each.shape for each in ends}, wires, sources)
        placed = {each.name: each for each in found.layers}
        if not title.isprintable() or not all(name.isprintable() for name in placed):
            raise SpecError("the title and the names of layers must be one line of printable text")
        left_out = _left_out(found.left_out)
        wanted, renamed = _with_free_name(wanted, ends, found, function)
        network = cls(
            title,
            ends,
            found.layers,
            tuple(
                Output.of(each.name, end, placed[end].shape, each.entries, placed[end].number)
                for each, end in zip(wanted, found.ends, strict=True)
            ),
            function,
            latex_names or {},
            "; ".join(said for said in (assumed, left_out, renamed) if said),
        )
        network.naming.check()
        return network

    def __repr__(self) -> str:
        counts = {"input": len(self.input_names), "layer": len(self.layers)}
        counts |= {"output": len(self.output_names), "parameter": self.parameter_count}
        said = ", ".join(plural(n, word) for word, n in counts.items())
        return f"<network {self.title}: {said}>"

    def __getstate__(self) -> dict[str, Any]:
        """Without what knows the network: the names of the notation, and what computes it."""
        made = ("naming", "_numeric", "_single")
        return {key: value for key, value in self.__dict__.items() if key not in made}

    @cached_property
    def naming(self) -> Naming:
        """The names that the notation gives in it."""
        return Naming(self)

    @property
    def shorthand(self) -> str | None:
        """Its shorthand, as 1-2sigmoid-1, if it is a stack of dense layers; else None."""
        return shorthand_of.shorthand_of(self)

    def generates(self, name: str) -> bool:
        """Whether the notation gives this name to a value, in place of a person."""
        return self.naming.generates(name)

    # -- values ---------------------------------------------------------------------------------
    def read(self, ops: Ops[A], x: A) -> A:
        """The entries of all outputs in a reading, one vector, from those of all inputs."""
        return read(self, ops, x)

    def __call__(
        self,
        *inputs: npt.ArrayLike,
        parameters: Mapping[str, float] | None = None,
        dtype: npt.DTypeLike = DOUBLE,
    ) -> npt.NDArray[np.float64] | float | tuple[npt.NDArray[np.float64] | float, ...]:
        """The forward pass in float64, or with `dtype` "float32" in single precision.

        Takes one array per input, whose last axes are the shape of the input, and whose first ones
        are those of the points. A network of one input takes as well one value per entry, numbers
        or arrays of one shape; or one array whose last axis holds the entries. The result has the
        shape of the points, with a last axis of entries if there are several; of several outputs
        it is a tuple of such. `parameters` gives named parameters their numbers.
        Raises `ValueMissingError` where a name has none, `SpecError` for a wrong shape.
        """
        real = DOUBLE if dtype is DOUBLE else real_of(dtype)
        x, shape = points(flat(self.inputs, inputs), len(self.input_names), real)
        numbers = floats_by_name(parameters)
        self._check_given(numbers)
        named = self._parameter_names
        if named and (missing := [name for name in named if name not in numbers]):
            raise ValueMissingError(without_values(missing))
        if numbers:
            y = read(self, Numeric(numbers, real), x)
        else:
            y = self._numeric(x) if real == DOUBLE else self._single(x)
        if y.ndim < 2:
            y = np.tile(y, (len(x), 1))
        elif y is x or (y.base is not None and np.may_share_memory(x, y)):
            y = y.copy()  # nobody's data change with the result
        if len(self.outputs) == 1:
            return shaped(y, shape)
        edges = np.cumsum([len(each.names) for each in self.outputs])[:-1]
        return tuple(shaped(part, shape) for part in np.split(y, edges, axis=1))

    @cached_property
    def _numeric(self) -> Ready[npt.NDArray[np.float64]]:
        """It in float64, where no parameter is a name."""
        return Ready(self, Numeric(), kept=True)

    @cached_property
    def _single(self) -> Ready[npt.NDArray[np.float64]]:
        """The same in float32."""
        return Ready(self, Numeric(real=SINGLE), kept=True)

    # -- forms ----------------------------------------------------------------------------------
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
        unrolled = to_form(self, form, expand, None if expand else self._unrolled)
        named = replace(unrolled, named=partial(named_form, self, expand))
        made = Formula.of(named.known_from(unrolled))
        if form == "layered" and not expand:
            object.__setattr__(made, "network", self)
        return made

    @cached_property
    def _unrolled(self) -> Form:
        return unrolled(self)

    @cached_property
    def matrices(self) -> ArrayFormula:
        """The layered form with whole arrays: `a¹ = σ(W¹x + b¹)`; its `shapes` say their sizes.

        Its `inlined` is the whole network on one line: `ŷ = W²·σ(W¹x + b¹) + b²`.
        """
        from netsym.array_formula import ArrayFormula  # scalars need not wait for it

        return ArrayFormula.of(matrices(self))

    @property
    def is_written_once(self) -> bool:
        """Whether something is applied many times and can be written once: a cell, a tied block."""
        return once.is_written_once(self)

    def modules(self) -> dict[str, sympy.Lambda]:
        """The layers as sympy modules, by name: each a `Lambda` from its inputs to its outputs.

        A module takes its inputs one by one (of several sources, one after another, each once)
        and gives a `Tuple`; parameters are symbols or numbers. Composing them gives the network.
        """
        from netsym.forms.to_sympy import to_lambda

        return {placed.name: to_lambda(module(self, placed)) for placed in self.layers}

    # -- sizes ----------------------------------------------------------------------------------
    @cached_property
    def size(self) -> NetworkSize:
        """How large every form is."""
        return self.sizes()

    def sizes(self, expand: bool = False, progress: Watcher | None = None) -> NetworkSize:
        """How large every form is, with activations written by elementary operations or not.

        `progress(what, done, total)` is told before each form.
        """
        return counting.sizes(self, expand, progress)

    def forecast(
        self, form: str, expand: bool = False, unit: int | str | None = None
    ) -> Size | None:
        """The exact size of a form, or of one output in it, without building it.

        Two things show only in the graph: which values are equal (the shared form), and which
        layers one output needs. For these it is built, unless it would have more than 10 million
        nodes: then the answer is None.
        """
        if unit is None:
            return counting.size_of(self, form, expand)
        if counting.is_too_large_to_build(self, expand):
            return None
        return self.formula(form, expand).output(unit).size

    def count_nodes(self, form: str, unit: int | str | None = None, expand: bool = False) -> int:
        """Only the nodes of the layered or the inlined form, or of one output of the latter."""
        nodes, each = counting.count_nodes(self, form, expand)
        return nodes if unit is None else sum(each[n] for n in self.output_positions(unit))

    def growth(
        self,
        steps: Sequence[int] = (),
        expand: bool = False,
        progress: Watcher | None = None,
        *,
        depth: Sequence[int] = (),
        width: Sequence[int] = (),
    ) -> Growth:
        """How the forms grow with the number of steps, of hidden layers, or of their units.

        Give one of these. With `steps` of a recurrent network the form that is written once is
        counted, where there is one, the unrolled layered form and the inlined form; with `depth` or
        `width` the layered, the shared, the inlined form, and that of whole arrays. Raises
        `SpecError` as `with_steps`, `with_depth` and `with_width` do.
        """
        given = {"steps": steps, "depth": depth, "width": width}
        found = [along for along, numbers in given.items() if len(numbers)]
        if len(found) != 1:
            raise SpecError("give numbers of one thing to grow along: steps, depth or width")
        return counting.growth(self, found[0], given[found[0]], expand, progress)

    # -- others like it -------------------------------------------------------------------------
    def output_positions(self, which: int | str) -> range:
        """Which entries of the outputs are meant: an output by its name, an entry by its name, as
        NAME[3], or by its number counted from 1. Raises `SpecError` if there is none.
        """
        return output_positions(which, self.output_names)

    def output(self, name: str) -> Network:
        """The network of one output alone, or of one entry of it, with the layers that it needs.

        Raises `SpecError` if there is no output, and no entry of a vector, of this name.
        """
        kept = [each for each in self.outputs if each.name == name]
        if not kept:
            whole = [e for e in self.outputs if len(e.shape) == 1 and name in e.names.all()]
            if not whole:
                called = [each.name for each in self.outputs]
                entries = self.output_names.all()[:20]
                hint = did_you_mean(str(name), dict.fromkeys([*called, *entries]))
                raise SpecError(f"no output is called {name!r}; {hint}")
            return self._entry(whole[0], name)
        needed, layers = {kept[0].source}, []
        for placed in reversed(self.layers):
            if placed.name in needed:
                layers.append(placed)
                needed.update(placed.sources)
        return replace(self, outputs=tuple(kept), layers=tuple(reversed(layers)))

    def _entry(self, vector: Output, name: str) -> Network:
        """The network of one entry of a vector: a last layer takes it."""
        from netsym.layers.sources import Part  # most networks have their outputs as they are

        position, number = vector.names.all().index(name), self.layers[-1].number + 1
        taken = f"layer{number}"
        while any(placed.name == taken for placed in self.layers):
            taken += "_"
        part = Placed(
            taken,
            Part(lengths=(1,), start=position),
            (vector.source,),
            {},
            (vector.shape,),
            (1,),
            number,
        )
        one = Output(name, taken, literal(name), (1,))
        return replace(self, layers=(*self.layers, part), outputs=(one,)).output(name)

    def then(self, after: Network | Layer, **parameters: Any) -> Network:
        """A layer, or a network, put behind this one: it reads what this one gives.

        Of several outputs it reads each, in their order. `parameters` are those of a layer, as in
        `Network.of`. Layers are numbered on, and what the notation names with them; a name that
        both have is one parameter. Raises `SpecError` where shapes do not fit.

        >>> import netsym
        >>> print(netsym.parse("1-2:tanh").then(netsym.parse("2-1")).inlined.text(ascii=True))
        y = w2_1_1*tanh(w1_1_1*x + b1_1) + w2_1_2*tanh(w1_2_1*x + b1_2) + b2_1
        """
        if isinstance(after, Layer):
            after = _alone(after, self.outputs, parameters)
        elif not isinstance(after, Network):
            raise SpecError(
                f"a layer or a network stands behind a network, not {type(after).__name__}"
            )
        elif parameters:
            raise SpecError("parameters are given with a layer; a network has its own")
        sources = behind.sources_of(self, after)
        moved = behind.Moved(after, self.layers, sources, after.naming.place)
        latex = _without(self.latex_names, self.output_names)
        others = _without(after.latex_names, after.input_names)
        latex |= {moved.name(name): text for name, text in others.items()}
        layers = (*self.layers, *moved.layers)
        outputs, renamed = _with_free_end(moved.outputs, self.inputs, layers, after.function)
        both = behind.chosen(self.parameters()) & behind.chosen(moved.parameters)
        shared = f"what both call {few(sorted(both), 5)} is one" if both else ""
        found = Network(
            f"{self.title}, {after.title}",
            self.inputs,
            layers,
            outputs,
            after.function,
            latex,
            "; ".join(said for said in (self.assumed, after.assumed, renamed, shared) if said),
        )
        found.naming.check()
        return found

    def with_steps(self, steps: int) -> Network:
        """The same network for sequences of another length.

        Raises `SpecError` where there is no recurrent layer, or where parameters or a layer are
        for a certain number of steps.
        """
        return once.with_steps(self, steps)

    def with_depth(self, depth: int) -> Network:
        """The same network with so many hidden layers, all alike.

        Raises `SpecError` unless it is a stack of dense layers whose hidden ones are alike and
        whose parameters have the names of the notation.
        """
        return resized.with_depth(self, depth)

    def with_width(self, width: int) -> Network:
        """The same network with so many units in every hidden layer.

        Raises `SpecError` unless it is a stack of dense layers, with hidden ones, whose parameters
        have the names of the notation.
        """
        return resized.with_width(self, width)

    def with_parameters(self, values: Mapping[str, float | Fraction]) -> Network:
        """The same network with names replaced by numbers.

        Raises `SpecError` for a name that the network does not have, or a number not finite.
        """
        numbers = checked_numbers(values)
        self._check_given(numbers)
        for name, number in numbers.items():
            if not isinstance(number, Fraction) and not math.isfinite(number):
                raise SpecError(f"parameter {name} is {number}; it must be a finite number")
            entries(f"parameter {name}", [number], (1,))
        bound = {id(parameter): parameter.bound(numbers) for parameter in self.parameters()}
        placed = tuple(
            replace(p, parameters={k: bound[id(v)] for k, v in p.parameters.items()})
            for p in self.layers
        )
        return replace(self, layers=placed)

    def _check_given(self, values: Mapping[str, Any]) -> None:
        if not values:
            return
        names = self.parameter_names()
        for name in values.keys() - set(names):
            hint = did_you_mean(name, names[:1000]) if names else "all parameters are numbers"
            raise SpecError(f"no parameter named {name!r}; {hint}")


def _without(latex: Mapping[str, str], gone: Names) -> dict[str, str]:
    """How names are written, but for those that nothing has any more."""
    return {name: text for name, text in latex.items() if gone.position(name) is None}


def _alone(layer: Layer, reads: Sequence[Output], parameters: Mapping[str, Any]) -> Network:
    """The network of one layer, which reads what outputs give."""
    names = [INPUT] if len(reads) == 1 else [f"{INPUT}{n}" for n in range(1, len(reads) + 1)]
    inputs = [
        Input.of(name, len(each.names), each.shape) for name, each in zip(names, reads, strict=True)
    ]
    return Network.of(layer.kind, inputs, [("layer1", layer, names, parameters)])


def _with_free_end(
    outputs: tuple[Output, ...], inputs: Sequence[Input], layers: tuple[Placed, ...], function: str
) -> tuple[tuple[Output, ...], str]:
    """Outputs of which the one that nobody named has a free name, and what is said of it."""
    (first, *others) = outputs
    if others or first.names.base != "y":
        return outputs, ""
    wanted = (Wanted(first.name, ""),)
    (found,), said = _with_free_name(wanted, inputs, Wiring(layers, (first.source,)), function)
    return (Output.of(found.name, first.source, first.shape),), said


def _with_free_name(
    wanted: tuple[Wanted, ...], inputs: Sequence[Input], found: Wiring, function: str
) -> tuple[tuple[Wanted, ...], str]:
    """An output that nobody named under a name that nothing has, and what is said of it."""
    (first, *others) = wanted
    if others or first.source or first.entries:
        return wanted, ""
    taken = [name for each in inputs for name in each.names.literal or (each.names.base,)]
    for parameter in (p for placed in found.layers for p in placed.parameters.values()):
        taken += parameter.chosen()
        if parameter.formula is not None:
            taken += (name for _, names in parameter.symbols() for name in names)
    (end,) = (placed for placed in found.layers if placed.name == found.ends[0])
    name = output_names(() if end.width == 1 else end.shape, [*taken, function]).base
    if name == first.name:
        return wanted, ""
    return (first._replace(name=name),), (
        f"the output is called {name}, as {first.name} is a name that was given; to choose, write "
        'outputs = ["…"]'
    )


def _left_out(names: Sequence[str]) -> str:
    if not names:
        return ""
    some = " and ".join(names) if len(names) < 4 else f"{len(names)} layers"
    it = agreed(len(names), "it", "them")
    return f"{some} {agreed(len(names), 'is', 'are')} left out: no output needs {it}"
