"""A formula as a network: what was recognised in it, and the network itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any

from netsym.forms.form import Form, symbols_of
from netsym.formula import Formula
from netsym.graph.functions import LINEAR
from netsym.graph.names import is_reserved
from netsym.layers.blocks import INPUT, Wire
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Standardize
from netsym.layers.merge import Add, Concat
from netsym.layers.parameter_entries import is_writable
from netsym.layers.written import Written
from netsym.network.network import Network
from netsym.recognise.coefficients import ZERO, Coefficient
from netsym.recognise.inputs import Inputs, inputs_of
from netsym.recognise.layers import Layer, layers_of
from netsym.recognise.reading import Reading
from netsym.recognise.units import NoNetwork
from netsym.typed.carets import mistake
from netsym.typed.parse import Parsed, parse_formula
from netsym.wording import joined, plural

_NAME = re.compile(r"[A-Za-z_]\w*")
_MOST_NOTES = 4
_MOST_PASSED = 1_000_000  # weights that do nothing but pass values on


@dataclass(frozen=True)
class Recognised:
    """The layers of a formula.

    `scaler` has mean and scale of every input, where each is shifted and divided first; `notes` are
    sentences about how the text was read.
    """

    form: Form
    inputs: Inputs
    layers: list[Layer]
    scaler: tuple[list[Coefficient], list[Coefficient]] | None = None
    notes: tuple[str, ...] = ()

    @property
    def shorthand(self) -> str:
        """Widths and activations, as in 1-2sigmoid-1; a mixed layer has several in parentheses."""
        return "-".join([str(len(self.inputs.names)), *map(_short, self.layers)])

    @cached_property
    def network(self) -> Network:
        """The network; of names that stand in several places there is one parameter.

        Raises `NoNetwork` where a name cancels, which the network would not have.
        """
        passed = sum(len(layer.kept) * layer.width for layer in self.layers)
        if passed > _MOST_PASSED:
            raise NoNetwork(f"values that pass layers by, which take {passed:,} weights")
        lost = self._lost()
        if lost:
            verb = "cancels" if len(lost) == 1 else "cancel"
            raise NoNetwork(f"{joined(lost)} {verb}, and a network has no such name")
        wires = list(_wires(self.layers, self.scaler))
        return network(self.form, self.inputs, wires, _assumed(self.notes, f"read as {self}"))

    def _lost(self) -> list[str]:
        """The names of the formula that stand in none of its layers."""
        written = {letter for layer in self.layers for entry in layer.entries()
                   for letter in entry.letters()}  # fmt: skip
        kept = {*self.inputs.names, *(name for each in written for name in _NAME.findall(each))}
        return [name for name in symbols_of(self.form) if name not in kept]

    def __str__(self) -> str:
        """One sentence: a 1-2-1 network: 2 units, sigmoid; linear output; input x."""
        widths = "-".join(map(str, [len(self.inputs.names), *map(len, self.layers)]))
        parts = [f"a {widths} network"]
        said = [_in_words(layer, False) for layer in self.layers[:-1]]
        said.append(_in_words(self.layers[-1], True))
        few = joined(self.inputs.names[:6]) + (", …" if len(self.inputs.names) > 6 else "")
        named = f"{'inputs' if len(self.inputs.names) > 1 else 'input'} {few}"
        scaled = ["scaled inputs"] if self.scaler else []
        return f"{parts[0]}: {'; '.join([*scaled, *said, named])}"


def recognise(
    given: str | Parsed | Form,
    inputs: Inputs | Sequence[str] | None = None,
    longest: int | None = 1_000_000,
    keeps_sums: bool = False,
) -> Recognised:
    """The layers of a formula; `inputs` are its inputs, where the names do not tell.

    With `keeps_sums` every sum that is multiplied is a linear unit; else where these are whole
    layers.

    Raises `NoNetwork`, with a caret in what was typed, for a formula that is no network of dense
    layers, `UnclearError` where the names do not tell which are inputs, and `SpecError` for what
    cannot be read.
    """
    read = parse_formula(given, longest=longest) if isinstance(given, str) else given
    form, notes = (read.formula, read.notes) if isinstance(read, Parsed) else (read, ())
    known = inputs_of(form, inputs)
    try:
        found = None if keeps_sums else _with_linear_units(form, known)
        if found is None:
            layers = layers_of(Reading(form, known.names, keeps_sums=keeps_sums))
            found = Recognised(form, known, layers)
        return replace(found, notes=notes)
    except NoNetwork as error:
        span = read.spans.get(error.node) if isinstance(read, Parsed) else None
        if span is None or not isinstance(read, Parsed):
            raise
        shown = mistake(f"no network of dense layers: {error.why}", read.text, span)
        raise NoNetwork(str(shown), error.node, error.why) from None


def from_formula(formula: str | Form, inputs: Sequence[str] | None = None) -> Network:
    """The network that a formula is, layer by layer, in its own names.

    `inputs` says which names are inputs; without it they are the arguments of `f(x, y) =`, x, or
    what the use of the names tells. A name in several places is one parameter.
    Raises `SpecError`, with a caret, for a formula that is no network of dense layers, that cannot
    be read, or where several readings remain.

    >>> network = from_formula("w_21/(1 + e^-(w_11*x + b_11)) + w_22/(1 + e^-(w_12*x + b_12)) + b")
    >>> network.shorthand, network.parameter_count
    ('1-2sigmoid-1', 7)
    """
    return recognise(formula, inputs).network


def network_of_formula(given: str | Form, inputs: Sequence[str] | None = None) -> Network:
    """The network that a formula is; of one that is none, with the formula as its one layer."""
    read = parse_formula(given) if isinstance(given, str) else given
    try:
        return recognise(read, inputs).network
    except NoNetwork as error:
        return written_out(read, inputs, error.why)


def written_out(given: Parsed | Form, inputs: Sequence[str] | None, why: str) -> Network:
    """A formula that is no network of dense layers, as one that has it as its one layer."""
    form, notes = (given.formula, given.notes) if isinstance(given, Parsed) else (given, ())
    text = given.text if isinstance(given, Parsed) else Formula.of(form).text(ascii=True)
    known = inputs_of(form, inputs)
    layer = Written(formula=text, arguments=", ".join(known.names))
    wire = ("layer1", layer, [INPUT], dict[str, Any]())
    said = f"no network of dense layers: {why}; read as a formula"
    return network(form, known, [wire], _assumed(notes, said))


def _assumed(notes: Sequence[str], said: str) -> str:
    """What is told of how a formula was read."""
    return "; ".join([*notes[:_MOST_NOTES], said])


def network(form: Form, inputs: Inputs, wires: Iterable[Wire], assumed: str) -> Network:
    """A network with the inputs, outputs and function of a formula."""
    outputs = [output.name for output in form.outputs]
    plain = outputs in (["y"], [f"y_{place}" for place in range(1, len(outputs) + 1)])
    return Network.of(
        "the formula", inputs.names, wires, outputs=() if plain else outputs,
        function=form.function, assumed=assumed,
    )  # fmt: skip


def _with_linear_units(form: Form, inputs: Inputs) -> Recognised | None:
    """With sums that are multiplied as units, where that makes whole layers of them, or a scaler.

    Else they are multiplied out: in w*(x + 1) nothing says that x + 1 is a layer.
    """
    try:
        layers = layers_of(Reading(form, inputs.names, keeps_sums=True))
    except NoNetwork:
        return None
    scaler = _scaler(layers, len(inputs.names))
    if scaler is not None:
        layers = _behind_scaler(layers)
    whole = all(_is_whole(layer, after) for layer, after in pairwise(layers) if _has_linear(layer))
    return Recognised(form, inputs, layers, scaler) if whole else None


def _has_linear(layer: Layer) -> bool:
    return any(name == LINEAR for name, _ in layer.activations)


def _is_whole(layer: Layer, after: Layer) -> bool:
    """Whether linear units are a layer of several that read all, and are read together."""
    return (
        layer.is_linear
        and len(layer) > 1
        and not layer.kept
        and all(len(row) == layer.width for row in layer.weights)
        and any(len(row) > 1 for row in after.weights)
    )


def _scaler(
    layers: Sequence[Layer], count: int
) -> tuple[list[Coefficient], list[Coefficient]] | None:
    """Mean and scale of each input, if the first layer shifts and divides each by numbers."""
    first = layers[0]
    reads = [next(iter(row)) for row in first.weights if len(row) == 1]
    if len(layers) < 2 or not first.is_linear or first.kept or first.skip:
        return None
    if len(first) != count or sorted(reads) != list(range(count)):
        return None
    factors = [next(iter(row.values())) for row in first.weights]
    if any(each.number is None for each in [*factors, *first.biases]):
        return None
    scale = [each.inverse() for each in factors]
    mean = [-bias * each for bias, each in zip(first.biases, scale, strict=True)]
    order = sorted(range(count), key=lambda place: reads[place])
    return [mean[place] for place in order], [scale[place] for place in order]


def _behind_scaler(layers: Sequence[Layer]) -> list[Layer]:
    """The layers after a scaler, which read the inputs in their order."""
    first, second, *rest = layers
    reads = [next(iter(row)) for row in first.weights]
    weights = [{reads[column]: w for column, w in row.items()} for row in second.weights]
    kept = [reads[column] for column in second.kept]
    moved = Layer(second.activations, weights, second.biases, second.width, second.skip, kept)
    return [moved, *rest]


# -- as a network ---------------------------------------------------------------------------------
def _wires(
    layers: Sequence[Layer], scaler: tuple[list[Coefficient], list[Coefficient]] | None
) -> Iterator[Wire]:
    """The layers with their entries, and what joins them."""
    source = INPUT
    if scaler is not None:
        entries = {"mean": [_entry(each) for each in scaler[0]],
                   "scale": [_entry(each) for each in scaler[1]]}  # fmt: skip
        yield "scaler", Standardize(), [source], entries
        source = "scaler"
    for number, layer in enumerate(layers, 1):
        made: list[str] = []
        for places in _alike(layer):
            name = (
                f"layer{number}" if len(places) == len(layer) else f"layer{number}_{len(made) + 1}"
            )
            activation, alpha = layer.activations[places[0]]
            bias = any(layer.biases[place] for place in places)
            given: dict[str, Any] = {
                "weights": [
                    [
                        _entry(layer.weights[place].get(column, ZERO))
                        for column in range(layer.width)
                    ]
                    for place in places
                ]
            }
            if bias:
                given["bias"] = [_entry(layer.biases[place]) for place in places]
            whole = len(places) == len(layer)
            yield name, Dense(
                units=len(places), activation=activation, use_bias=bias,
                alpha=None if alpha is None else float(alpha), skip=layer.skip and whole,
            ), [source], given  # fmt: skip
            made.append(name)
        before, source = source, made[0]
        if len(made) > 1:
            source = f"join{number}"
            yield source, Concat(), made, {}
            if layer.skip:
                source = f"sum{number}"
                yield source, Add(), [f"join{number}", before], {}
        if layer.kept:
            picks = [[1.0 if column == kept else 0.0 for column in range(layer.width)]
                     for kept in layer.kept]  # fmt: skip
            passed = Dense(units=len(picks), use_bias=False)
            yield f"pass{number}", passed, [before], {"weights": picks}
            yield f"both{number}", Concat(), [source, f"pass{number}"], {}
            source = f"both{number}"


def _alike(layer: Layer) -> list[list[int]]:
    """The units of a layer in runs of one activation."""
    runs: list[list[int]] = []
    for place, activation in enumerate(layer.activations):
        if runs and layer.activations[runs[-1][0]] == activation:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def _entry(coefficient: Coefficient) -> float | Fraction | str:
    """An entry of a parameter: a number, or a name or formula as text."""
    number = coefficient.number
    if number is None:
        said = str(coefficient)
        return f"({said})" if is_reserved(said) else said
    if not is_writable(number):
        raise NoNetwork("a number too long or too large to be a parameter")
    nearest = float(number)
    return nearest if Fraction(repr(nearest)) == number else number


def _short(layer: Layer) -> str:
    runs = [(len(places), _word(layer.activations[places[0]])) for places in _alike(layer)]
    mixed = "|".join(f"{count}{word}" for count, word in runs)
    words = runs[0][1] if len(runs) == 1 else f"({mixed})"
    return f"{len(layer)}{words}{'+' if layer.skip else ''}"


def _word(activation: tuple[str, Fraction | None]) -> str:
    return "" if activation[0] == LINEAR else activation[0]


def _in_words(layer: Layer, last: bool) -> str:
    names = joined([*dict.fromkeys(name for name, _ in layer.activations)])
    skip = ", plus what it reads" if layer.skip else ""
    passed = ", passed by a connection" if layer.kept else ""
    if last:
        output = "output" if len(layer) == 1 else "outputs"
        said = f"{names} {output}"
    else:
        said = f"{plural(len(layer), 'unit')}, {names}"
    return f"{said}{skip}{passed}"
