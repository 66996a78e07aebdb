"""Recurrent layers of Keras, over sequences (steps, values), in one direction or both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from netsym.layers import Shape
from netsym.layers.recurrent import GRU, LSTM, RNN, Recurrent
from netsym.readers.graph.builder import Constant
from netsym.readers.graph.operations import concat, function
from netsym.readers.graph.recurrent import Cell, states
from netsym.readers.graph.traced import Traced, Unreadable
from netsym.readers.keras.activations import activation_name
from netsym.readers.keras.call import Call, Unread
from netsym.readers.keras.options import shown, spec_of
from netsym.readers.keras.weights import places

#: The gates in Keras's order, by the letters of the layer.
_GATES: Mapping[type[Recurrent], tuple[str, ...]] = {
    LSTM: ("i", "f", "g", "o"), GRU: ("z", "r", "n"), RNN: ("",),
}  # fmt: skip
_CELLS: Mapping[str, type[Recurrent]] = {"LSTMCell": LSTM, "GRUCell": GRU, "SimpleRNNCell": RNN}
_LAYERS = {kind.removesuffix("Cell"): layer for kind, layer in _CELLS.items()}
_MEMORY = Unread("reads the memory of a cell, which no layer gives")


def _recurrent(kind: str) -> Callable[[Call], Any]:
    def rule(call: Call) -> Any:
        y = _turned(call, _states(call, kind))
        last = _last(call, kind, y) if call.options.flag("return_state") else []
        return [y, *last] if last else y

    return rule


def _states(call: Call, kind: str) -> Traced:
    """The states (steps, units) of the last cell in the order of the steps, or the last alone."""
    call, begun = _begun(call)
    if call.options.flag("stateful"):
        raise Unreadable("goes on from the state that it had before")
    y, cells = call.value(), _cells(call, kind)
    if begun and len(cells) > 1:
        raise Unreadable("begins with the states of several cells")
    for number, (cell, own) in enumerate(cells, 1):
        every = number < len(cells) or call.options.flag("return_sequences")
        y = _layer(own, cell, y, begun, every, call.options.flag("go_backwards"))
    return y


def _begun(call: Call) -> tuple[Call, list[Traced]]:
    """The call with its sequence alone, and the states that it begins with."""
    first, *more = call.args
    begun = call.named.pop("initial_state", None)
    begun = more.pop(0) if begun is None and more else begun
    if any(each is not None for each in more):
        raise Unreadable("is called with a mask, or with more than it reads")
    given = begun if isinstance(begun, list) else [] if begun is None else [begun]
    return replace(call, args=[first]), replace(call, args=given).values() if given else []


def _cells(call: Call, kind: str) -> list[tuple[type[Recurrent], Call]]:
    """The cells that read each other, with the call that has the options and weights of each."""
    weights = call.weights.part("cell")
    if kind in _LAYERS:
        return [(_LAYERS[kind], replace(call, weights=weights))]
    spec = spec_of(call.options.given.get("cell"))
    found = [(spec, weights)]
    if spec.kind == "StackedRNNCells" and spec.is_own:
        given = spec.options.given.get("cells")
        specs = [spec_of(each) for each in given] if isinstance(given, list) else []
        names = places(each.kind for each in specs)
        own = weights.part("cells")
        found = [(each, own.part(name)) for each, name in zip(specs, names, strict=True)]
    for each, _ in found:
        if not each.is_own or each.kind not in _CELLS:
            raise Unreadable(f"has a cell of class {shown(each.kind)}, which is not read here")
    if not found:
        raise Unreadable("has no cells")
    return [(_CELLS[s.kind], replace(call, options=s.options, weights=w)) for s, w in found]


def _layer(
    call: Call, kind: type[Recurrent], x: Traced, begun: list[Traced], every: bool, backward: bool
) -> Traced:
    options = _options(call, kind)
    units = call.options.whole("units")
    if len(x.shape) != 2:
        raise Unreadable(f"reads sequences (steps, values), but is given {x.shape}")
    given = _parameters(call, kind, x.shape[1], units, options)
    if begun and [each.shape for each in begun] != [(units,)] * len(kind.states):
        raise Unreadable(f"begins with other states than {' and '.join(kind.states)} of its units")
    starts = [each.moved(lambda a: a[None]) for each in begun]
    cell = Cell(given, options, backward, starts)
    single = x.moved(lambda a: a[:, None])
    return states(call.build, kind, single, units, [cell], every).moved(lambda a: a[..., 0, 0, :])


def _options(call: Call, kind: type[Recurrent]) -> dict[str, Any]:
    options: dict[str, Any] = {"bias": call.options.flag("use_bias", True)}
    name = activation_name(call, "activation", "tanh")
    if kind is RNN:
        options["activation"] = name
    elif name != "tanh":
        raise Unreadable(f"has the activation {name[:40]}; only tanh is read")
    if kind is not RNN:
        inner = activation_name(call, "recurrent_activation", "sigmoid")
        if inner != "sigmoid":
            raise Unreadable(f"has the recurrent_activation {inner[:40]}; only sigmoid is read")
    if kind is GRU:
        options["reset"] = "after" if call.options.flag("reset_after", True) else "before"
    return options


def _parameters(
    call: Call, kind: type[Recurrent], inputs: int, units: int, options: Mapping[str, Any]
) -> dict[str, Constant]:
    """Those of every gate; of the two biases of a GRU that resets after, the inner one is bu."""
    gates = _GATES[kind]
    width = len(gates) * units
    two = options.get("reset") == "after"
    bias: Shape = (2, width) if two else (width,)
    found = call.arrays(
        kernel=(inputs, width),
        recurrent_kernel=(units, width),
        bias=bias if options["bias"] else None,
    )
    given: dict[str, Constant] = {}
    for number, gate in enumerate(gates):
        columns = slice(number * units, (number + 1) * units)
        given[f"w{gate}"] = found["kernel"][:, columns].T
        given[f"u{gate}"] = found["recurrent_kernel"][:, columns].T
        if "bias" not in found:
            continue
        own = found["bias"][..., columns]
        if two and gate == "n":
            given["bn"], given["bu"] = own
        else:
            given[f"b{gate}"] = own.sum(axis=0) if two else own
    return given


def _turned(call: Call, y: Traced) -> Traced:
    """The states in the order in which they come, if they are those of all steps."""
    back = call.options.flag("go_backwards") and call.options.flag("return_sequences")
    return y.moved(lambda a: a[::-1]) if back else y


def _last(call: Call, kind: str, y: Traced) -> list[Any]:
    """The state after the last step that is read: that of the output, and the memory."""
    (cell, _), *more = _cells(call, kind)
    if more:
        return [_MEMORY]
    every = call.options.flag("return_sequences")
    return [y.moved(lambda a: a[-1]) if every else y, *[_MEMORY] * (len(cell.states) - 1)]


def _bidirectional(call: Call) -> Any:
    """Two layers, of which the second begins at the last step, and what becomes of both."""
    call, begun = _begun(call)
    half = len(begun) // 2
    forward = spec_of(call.options.given.get("layer"))
    backward = spec_of(call.options.given.get("backward_layer"))
    both, last = list[Traced](), list[Any]()
    for spec, part, own_states in (
        (forward, "forward_layer", begun[:half]), (backward, "backward_layer", begun[half:])
    ):  # fmt: skip
        if not spec.is_own or spec.kind not in LAYERS or spec.kind == "Bidirectional":
            raise Unreadable(f"has a layer of class {shown(spec.kind)}, which is not read here")
        scope = call.build.scope
        call.build.scope = f"{scope}.{part.removesuffix('_layer')}"
        own = replace(call, args=[call.value(), own_states or None], options=spec.options,
                      weights=call.weights.part(part))  # fmt: skip
        y = _turned(own, _states(own, spec.kind))
        if spec.options.flag("return_state"):
            last += _last(own, spec.kind, y)
        both.append(y)
        call.build.scope = scope
    if forward.options.flag("return_sequences"):
        both[1] = both[1].moved(lambda a: a[::-1])
    made = _merged(call, both)
    return [*made, *last] if last or len(made) > 1 else made[0]


def _merged(call: Call, both: list[Traced]) -> list[Traced]:
    if not call.options.has("merge_mode"):
        return both
    mode = call.options.text("merge_mode", "concat", ("concat", "sum", "ave", "mul"))
    if mode == "concat":
        return [concat(call.build, both, -1)]
    made = function(call.build, "multiply" if mode == "mul" else "add", *both)
    return [made if mode != "ave" else function(call.build, "divide", made, np.array(2.0))]


#: By the class of the layer.
LAYERS: Mapping[str, Callable[[Call], Any]] = {
    **{kind: _recurrent(kind) for kind in (*_LAYERS, "RNN")}, "Bidirectional": _bidirectional,
}  # fmt: skip
