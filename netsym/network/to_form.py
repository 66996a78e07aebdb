"""A network -> the forms of its formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from netsym.errors import SpecError, did_you_mean
from netsym.forms.form import Apart, Binding, Form, bind, inlined, layered, shared
from netsym.graph.graph import Ids
from netsym.graph.names import Names
from netsym.layers.registry import LOSSES
from netsym.layers.wiring import Placed
from netsym.network.interface import Input, Output
from netsym.network.named import named
from netsym.network.once import Steps, check_once, starts, times_written
from netsym.network.reading import read_arrays
from netsym.network.wired import Wired
from netsym.ops.symbolic import Symbolic

if TYPE_CHECKING:
    from netsym.forms.array_form import ArrayForm

_SMALL = 12  # entries of an array that is written as its numbers within a line
_MAKERS = {"layered": layered, "shared": shared, "inlined": inlined}

#: The forms of a network, the shortest first; not every network is written once.
FORMS = ("once", "layered", "shared", "inlined")


def to_form(network: Wired, form: str, expand: bool = False, whole: Form | None = None) -> Form:
    """A form of a network: "once", "layered", "shared" or "inlined".

    `expand` writes activations by elementary operations; `whole` is what `unrolled` gives, where it
    is there already. Raises `SpecError` for other forms, and
    for "once" where nothing is applied many times.
    """
    if form == "once":
        check_once(network)
        return replace(_at_steps(network, Symbolic(expand, once=True)), form="once")
    if form not in _MAKERS:
        raise SpecError(f"unknown form {form!r}; {did_you_mean(form, _MAKERS)}")
    if form == "shared":  # equal values of different names are one value: leave names out
        return shared(_unrolled(network, Symbolic(expand, named=False)))
    return _MAKERS[form](whole or _unrolled(network, Symbolic(expand)))


def named_form(network: Wired, expand: bool, form: str) -> Apart:
    """The same with names for the numbers of all parameters, and these; see `forms.apart`."""
    whole, numbers = named(network)
    return to_form(whole, form, expand), numbers


def unrolled(network: Wired) -> Form:
    """The network with all of its steps and copies, in no form yet."""
    return _unrolled(network, Symbolic())


def _unrolled(network: Wired, ops: Symbolic) -> Form:
    inputs = [ops.symbols(each.names).reshape(each.shape) for each in network.inputs]
    outputs = read_arrays(network, ops, inputs)
    names = (each.names for each in network.outputs)
    return _form(network, ops, inputs, zip(names, outputs, strict=True))


def _form(
    network: Wired, ops: Symbolic, inputs: Iterable[Ids], outputs: Iterable[tuple[Names, Ids]]
) -> Form:
    bound: list[Binding] = []
    for names, nodes in outputs:
        bound += bind(names, nodes)
    parts: dict[int, list[Placed]] = {}
    for placed in network.layers:
        parts.setdefault(placed.number, []).append(placed)
    return Form(
        ops.graph,
        joined(inputs),
        tuple(bound),
        network.function,
        latex_names=network.latex_names,
        headings={number: _heading(number, layers) for number, layers in parts.items()},
        loss=next((p.number for p in network.layers if p.layer.kind in LOSSES), 0),
    )


def joined(arrays: Iterable[Ids]) -> Ids:
    """All nodes of arrays, one after another."""
    return np.concatenate([np.empty(0, dtype=np.int32), *(ids.reshape(-1) for ids in arrays)])


def _at_steps(network: Wired, ops: Symbolic) -> Form:
    """The layered form, with what is applied many times written once."""
    steps = Steps.of(network)
    if ops.whole:
        inputs = [ops.symbols(_letter(each, steps)) for each in network.inputs]
        names = [_letter(each, steps) for each in network.outputs]
    else:
        inputs = [
            ops.symbols(steps.names(each)).reshape(steps.shape(each)) for each in network.inputs
        ]
        names = [steps.names(each) for each in network.outputs]
    outputs = read_arrays(network, ops, inputs)
    form = _form(network, ops, inputs, zip(names, outputs, strict=True))
    said = times_written(network)
    headings = {number: text + said.get(number, "") for number, text in form.headings.items()}
    begun = [
        start
        for placed in network.layers
        if steps.values and placed.layer.recurrent
        for start in starts(network, placed, steps.count)
    ]
    return layered(replace(
        form, headings=headings, steps=steps.count, starts=tuple(begun), aside=joined(ops.aside),
    ))  # fmt: skip


def _letter(end: Input | Output, steps: Steps) -> Names:
    """What a whole input or output is called."""
    names = steps.names(end)
    if isinstance(end, Output):
        return names if len(names.literal) == 1 else Names(end.name, at=names.at)
    shape = names.shape if names.at else end.shape[len(end.examples) :]
    return Names(end.letter, None, shape, at=names.at)


def matrices(network: Wired) -> ArrayForm:
    """The layered form with whole arrays: `a¹ = σ(W¹x + b¹)`; its `shapes` say their sizes.

    It has the numbers of what is small enough to be written as a matrix within a line.
    """
    from netsym.forms.array_form import ArrayForm, nested  # scalars need not wait for these
    from netsym.ops.matrix import Matrix

    ops = Matrix()
    form = _at_steps(network, ops)
    used = tuple(shape for shape in ops.shapes if form.mask[ops.node(shape[0])])
    inputs = [ops.node(letter) for letter, _ in used if letter.layer is None]
    ends = np.array(inputs if len(network.input_names) else [], dtype=np.int32)
    parts = form.parts()
    small = {
        letter: nested(parameter.entries)
        for letter, parameter in ops.parameters.items()
        if len(parameter.names) <= _SMALL
        and len(parameter.shape) <= 2
        and parameter.has_numbers_alone
    }
    parts |= {"inputs": ends, "example": "i" if any(p.examples for p in network.layers) else ""}
    return ArrayForm(**parts, shapes=used, numbers=small)


def module(network: Wired, placed: Placed) -> Form:
    """One layer as a formula of what it reads; each value that it reads stands once."""
    ops = Symbolic()
    read = {source: ops.symbols(_names(network, source)) for source in placed.sources}
    taken = zip(placed.sources, placed.shapes, strict=True)
    outputs = placed.read(ops, *(read[source].reshape(shape) for source, shape in taken))
    ends = bind(_names(network, placed.name), outputs)
    return inlined(Form(ops.graph, joined(read.values()), ends))


def _names(network: Wired, source: str) -> Names:
    """The names of the entries of an input or of a layer's values."""
    for each in network.inputs:
        if each.name == source:
            return each.names
    placed = network.named(source)
    return Names(network.letters[source], placed.number, placed.shape)


def _heading(number: int, layers: Sequence[Placed]) -> str:
    """What stands above a layer, or above all parts that one was split into."""
    name = layers[-1].name
    called = "" if name == f"layer{number}" else f"{name}, "
    return f"layer {number}: {called}{', then '.join(p.layer.describe() for p in layers)}"
