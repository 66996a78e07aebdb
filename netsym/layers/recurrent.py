"""Layers that read a sequence step by step: RNN, GRU, LSTM; in both directions, and stacked."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from math import inf
from typing import Any, ClassVar, TypeVar

from netsym.errors import SpecError, did_you_mean
from netsym.layers import Layer, Shape, activation_meant, refuse_vast, shape_text
from netsym.layers.blocks import INPUT, MOST_LAYERS, Block, Composite, Wire
from netsym.layers.merge import Concat
from netsym.ops import Ops
from netsym.wording import plural

A = TypeVar("A")

MOST_STEPS = 2_000
#: What the state before the first step is: zero, a parameter, or what the layer reads.
_STATES = (ZERO, NAMED, READ) = ("zero", "named", "input")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrent(Layer):
    """A cell applied to one step of a sequence (steps, inputs) after another, always the same.

    `returns` says what it gives: "last" the state after the last step, (units,), "all" the states
    after every step, (steps, units). With `reverse` it begins at the last step; then "last" is the
    state after the first. The state before is zero, and what is multiplied by it is left out of
    the formula; with `state = "named"` it is a parameter, and with `state = "input"` it is read
    after the sequence: h, and of an LSTM c, (units,) each. `steps`, if given, is how many there
    must be. `bias = false` leaves all biases out. With `clip`, what a gate is the function of is
    brought between -clip and clip, as in onnxruntime; the memory of an LSTM is not.
    """

    recurrent: ClassVar[bool] = True
    reads: ClassVar[tuple[int, int | None]] = (1, 2)
    #: The letters of the state, of which the first is the output; and of what it is made of.
    states: ClassVar[tuple[str, ...]] = ("h",)
    gates: ClassVar[tuple[str, ...]] = ()

    units: int
    steps: int | None = None
    returns: str = "last"
    state: str = ZERO
    reverse: bool = False
    bias: bool = True
    clip: float | None = None

    def __post_init__(self) -> None:
        _check("returns", self.returns, ("last", "all"))
        _check("state", self.state, _STATES)
        if self.clip is not None and not 0 < self.clip < inf:
            raise SpecError(f"clip is a number above zero, not {self.clip}")
        if self.units < 1:
            raise SpecError(f"units are a whole number above zero, not {self.units}")
        if self.steps is not None and self.steps < 1:
            raise SpecError(f"steps are a whole number above zero, not {self.steps}")

    def shape(self, *shapes: Shape) -> Shape:
        if len(shapes[0]) != 2:
            raise SpecError(
                f"reads a sequence, (steps, values), but its input is {shape_text(shapes[0])}; "
                "for single values, give the inputs the shape [steps, 1]"
            )
        self._check_states(*shapes[1:])
        steps = shapes[0][0]
        refuse_vast("reads a sequence of steps:", steps, most=MOST_STEPS)
        if self.steps is not None and steps != self.steps:
            raise SpecError(
                f"is written for {plural(self.steps, 'step')}, but its input has {steps}: its "
                f"shape is {shape_text(shapes[0])}; change one, or leave steps out"
            )
        return (steps, self.units) if self.returns == "all" else (self.units,)

    def _check_states(self, *shapes: Shape) -> None:
        letters = self.states if self.state == READ else ()
        if len(shapes) != len(letters):
            wanted = ", ".join(("the sequence", *letters))
            raise SpecError(
                f"reads {wanted}, as its state is {self.state!r}, but from lists "
                f"{plural(1 + len(shapes), 'value')}"
            )
        for letter, shape in zip(letters, shapes, strict=True):
            if shape != (self.units,):
                raise SpecError(
                    f"begins with {letter} of {plural(self.units, 'unit')}, but reads "
                    f"{shape_text(shape)} there"
                )

    def parameters(self, *shapes: Shape) -> dict[str, Shape]:
        cell = self.cell_parameters(shapes[0][-1])
        if self.state != NAMED:
            return cell
        return cell | {f"{letter}0": (self.units,) for letter in self.states}

    @abstractmethod
    def cell_parameters(self, inputs: int) -> dict[str, Shape]:
        """The shapes of what the cell takes."""

    @abstractmethod
    def cell(self, ops: Ops[A], parameters: Mapping[str, A], x: A, *state: A) -> tuple[A, ...]:
        """The state after a step, from its input (…, inputs) and the state before, (…, units) each.

        Without a state it is zero.
        """

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        def cell(ops: Ops[A], x: A, *state: A) -> tuple[A, ...]:
            return self.cell(ops, parameters, x, *state)

        start = [parameters[f"{letter}0"] for letter in self.states if self.state == NAMED]
        for letter, value in zip(self.states, inputs[1:], strict=False):
            start.append(ops.written_aside(ops.name(value, f"{letter}0")))
        lengths = dict.fromkeys(self.states, self.units)
        return ops.steps(cell, inputs[0], start, lengths, self.reverse, self.returns == "all")

    def values(self, *shapes: Shape) -> dict[str, Shape]:
        given: dict[str, Shape] = {
            f"{letter}0": (self.units,) for letter in self.states if self.state == READ
        }
        return dict.fromkeys((*self.states, *self.gates), (shapes[0][0], self.units)) | given

    def describe(self) -> str:
        back = ", from the last step to the first" if self.reverse else ""
        clipped = "" if self.clip is None else f", clip {self.clip:g}"
        return f"{self.kind}, {plural(self.units, 'unit')}{back}{clipped}"

    def _function(self, ops: Ops[A], function: str, total: A) -> A:
        """A gate, from what is summed up for it."""
        if self.clip is not None:
            total = ops.apply("clip", total, -self.clip, self.clip)
        return ops.apply(function, total)

    def _gates(self, inputs: int, *gates: str) -> dict[str, Shape]:
        """Weights, recurrent weights and biases of gates."""
        shapes: dict[str, Shape] = {f"w{gate}": (self.units, inputs) for gate in gates}
        shapes |= {f"u{gate}": (self.units, self.units) for gate in gates}
        return shapes | ({f"b{gate}": (self.units,) for gate in gates} if self.bias else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class RNN(Recurrent):
    """`h_t = g(W x_t + U h_{t-1} + b)`, g is tanh or relu (Elman, Finding Structure in Time, 1990).

    w (units, inputs), u (units, units), b (units,): torch's b is b_ih + b_hh.
    """

    kind: ClassVar[str] = "rnn"
    letters: ClassVar[Mapping[str, str]] = {key: key for key in ("w", "u", "b", "h0")}

    activation: str = "tanh"

    def __post_init__(self) -> None:
        Recurrent.__post_init__(self)
        object.__setattr__(self, "activation", activation_meant(self.activation))
        _check("activation", self.activation, ("tanh", "relu"))

    def cell_parameters(self, inputs: int) -> dict[str, Shape]:
        return self._gates(inputs, "")

    def cell(self, ops: Ops[A], parameters: Mapping[str, A], x: A, *state: A) -> tuple[A, ...]:
        total = _sum(ops, parameters, "", x, state)
        return (ops.name(self._function(ops, self.activation, total), "h"),)

    def describe(self) -> str:
        return f"{Recurrent.describe(self)}, {self.activation}"


@dataclass(frozen=True, slots=True, kw_only=True)
class GRU(Recurrent):
    """The gated recurrent unit (Cho et al., Learning Phrase Representations, 2014, eq. 5 to 8).

    `z = σ(Wz x + Uz h + bz)`, `r = σ(Wr x + Ur h + br)`, `h_t = (1 - z)*n + z*h`, where h is
    h_{t-1} and n depends on where the gate r resets it:
    `reset = "before"`: `n = tanh(Wn x + Un (r*h) + bn)`, as in the paper;
    `reset = "after"`: `n = tanh(Wn x + r*(Un h + bu) + bn)`, as in torch, cuDNN and Keras.

    wz, wr, wn (units, inputs), uz, ur, un (units, units), bz, br, bn and bu (units,).
    """

    kind: ClassVar[str] = "gru"
    gates: ClassVar[tuple[str, ...]] = ("z", "r", "n")
    letters: ClassVar[Mapping[str, str]] = {
        key: key for key in ("wz", "wr", "wn", "uz", "ur", "un", "bz", "br", "bn", "bu", "h0")
    }

    reset: str = "after"

    def __post_init__(self) -> None:
        Recurrent.__post_init__(self)
        _check("reset", self.reset, ("after", "before"))

    def cell_parameters(self, inputs: int) -> dict[str, Shape]:
        inner: dict[str, Shape] = {"bu": (self.units,)}
        has_inner = self.bias and self.reset == "after"
        return self._gates(inputs, *self.gates) | (inner if has_inner else {})

    def cell(self, ops: Ops[A], parameters: Mapping[str, A], x: A, *state: A) -> tuple[A, ...]:
        update = ops.name(self._function(ops, "sigmoid", _sum(ops, parameters, "z", x, state)), "z")
        new = ops.name(self._function(ops, "tanh", self._candidate(ops, parameters, x, state)), "n")
        rest = ops.multiply(ops.add(ops.constant(1), ops.negate(update)), new)
        kept = [ops.multiply(update, *state)] if state else []
        return (ops.name(ops.add(rest, *kept) if kept else rest, "h"),)

    def _candidate(self, ops: Ops[A], parameters: Mapping[str, A], x: A, state: Sequence[A]) -> A:
        """What n is the tanh of."""
        inner = [parameters["bu"]] if "bu" in parameters else []
        if not state and not inner:  # nothing to reset
            return _sum(ops, parameters, "n", x, ())
        reset = ops.name(self._function(ops, "sigmoid", _sum(ops, parameters, "r", x, state)), "r")
        if self.reset == "before":
            return _sum(ops, parameters, "n", x, [ops.multiply(reset, *state)])
        if state:
            inner = [ops.weighted([(parameters["un"], state[0])], *inner)]
        return _sum(ops, parameters, "n", x, (), ops.multiply(reset, *inner))


@dataclass(frozen=True, slots=True, kw_only=True)
class LSTM(Recurrent):
    """Long short-term memory with forget gates (Gers et al., Learning to Forget, 2000).

    `i = σ(Wi x + Ui h + bi)`, `f = σ(Wf x + Uf h + bf)`, `g = tanh(Wg x + Ug h + bg)`,
    `c_t = f*c + i*g`, `o = σ(Wo x + Uo h + bo)`, `h_t = o*tanh(c_t)`, where h and c are those of
    the step before. With `peepholes`, `pi*c` is added in i, `pf*c` in f and `po*c_t` in o (Gers and
    Schmidhuber, Recurrent Nets that Time and Count, 2000). With `coupled`, f is `1 - i` (Greff et
    al., LSTM: A Search Space Odyssey, 2017, section 3.3).

    wi, wf, wg, wo (units, inputs), ui, … (units, units), bi, … and pi, pf, po (units,): the gates
    of torch in its order.
    """

    kind: ClassVar[str] = "lstm"
    reads: ClassVar[tuple[int, int | None]] = (1, 3)
    states: ClassVar[tuple[str, ...]] = ("h", "c")
    gates: ClassVar[tuple[str, ...]] = ("i", "f", "g", "o")
    letters: ClassVar[Mapping[str, str]] = {
        **{f"{letter}{gate}": f"{letter}{gate}" for letter in "wub" for gate in "ifgo"},
        **{key: key for key in ("pi", "pf", "po", "h0", "c0")},
    }

    peepholes: bool = False
    coupled: bool = False

    def cell_parameters(self, inputs: int) -> dict[str, Shape]:
        gates = "igo" if self.coupled else self.gates
        peepholes: dict[str, Shape] = {f"p{gate}": (self.units,) for gate in gates if gate != "g"}
        return self._gates(inputs, *gates) | (peepholes if self.peepholes else {})

    def cell(self, ops: Ops[A], parameters: Mapping[str, A], x: A, *state: A) -> tuple[A, ...]:
        h, c = state[:1], state[1:]

        def gate(letter: str, function: str, *seen: A) -> A:
            weights = [parameters[f"p{letter}"]] if f"p{letter}" in parameters else []
            peeped = [ops.multiply(weights[0], value) for value in seen if weights]
            total = _sum(ops, parameters, letter, x, h, *peeped)
            return ops.name(self._function(ops, function, total), letter)

        def forget() -> A:
            if not self.coupled:
                return gate("f", "sigmoid", *c)
            return ops.name(ops.add(ops.constant(1), ops.negate(enters)), "f")

        enters = gate("i", "sigmoid", *c)
        kept = [ops.multiply(forget(), *c)] if c else []
        new = ops.multiply(enters, gate("g", "tanh"))
        memory = ops.name(ops.add(*kept, new) if kept else new, "c")
        output = gate("o", "sigmoid", memory)
        return ops.name(ops.multiply(output, ops.apply("tanh", memory)), "h"), memory


def _sum(ops: Ops[A], parameters: Mapping[str, A], gate: str, x: A, h: Sequence[A], *more: A) -> A:
    """`W x + U h + … + b` of a gate, without the h that is not there."""
    products = [(parameters[f"w{gate}"], x), *((parameters[f"u{gate}"], value) for value in h)]
    bias = [parameters[f"b{gate}"]] if f"b{gate}" in parameters else []
    return ops.weighted(products, *more, *bias)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack(Composite):
    """Recurrent layers, each reading the steps of the one before, in one or in both directions.

    `cell` is "lstm", "gru" or "rnn"; the other options are those of its layer. With
    `bidirectional` every layer is two, of which one begins at the last step, and gives the outputs
    of both (Schuster and Paliwal, Bidirectional Recurrent Neural Networks, 1997). The layers are
    called `forward1`, `backward1`, `both1`, `forward2` and so on.
    """

    kind: ClassVar[str] = "recurrent"

    cell: str
    units: int
    layers: int = 1
    bidirectional: bool = False
    steps: int | None = None
    returns: str = "last"
    state: str = ZERO
    bias: bool = True
    clip: float | None = None
    activation: str = "tanh"
    reset: str = "after"
    peepholes: bool = False
    coupled: bool = False

    def block(self) -> Block:
        """The layers that it stands for; raises `SpecError` for what its cell cannot do."""
        _check("cell", self.cell, CELLS)
        if self.state == READ:
            raise SpecError(
                'state = "input" is an option of single layers; list an lstm, gru or rnn for each'
            )
        kind = CELLS[self.cell]
        takes = {option.name for option in fields(kind)}
        own = {}
        for option in fields(self):
            value = getattr(self, option.name)
            if option.name in takes:
                own[option.name] = value
            elif option.name in _OWN and value != option.default:
                raise SpecError(f"a cell {self.cell!r} has no option {option.name}")
        if self.layers < 1:
            raise SpecError(f"layers are a whole number above zero, not {self.layers}")
        refuse_vast("stacks so many layers:", self.layers, most=MOST_LAYERS)
        parts: list[Wire] = []
        before = INPUT
        for number in range(1, self.layers + 1):
            returns = self.returns if number == self.layers else "all"
            layer = replace(kind(**own), returns=returns)
            parts.append((f"forward{number}", layer, [before], {}))
            if self.bidirectional:
                back = replace(layer, reverse=True)
                parts.append((f"backward{number}", back, [before], {}))
                sources = [f"forward{number}", f"backward{number}"]
                parts.append((f"both{number}", Concat(), sources, {}))
            before = parts[-1][0]
        return Block(parts=tuple(parts))


CELLS: Mapping[str, type[Recurrent]] = {kind.kind: kind for kind in (LSTM, GRU, RNN)}
_OWN = ("activation", "reset", "peepholes", "coupled")  # options that not every cell has


def _check(key: str, value: Any, known: Mapping[str, Any] | Sequence[str]) -> None:
    if value not in known:
        raise SpecError(f"{key} is {value!r}; {did_you_mean(str(value), list(known))}")
