"""The cost of a network: its loss, their mean over the examples, and penalties, as a network."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.errors import SpecError, TooLargeError, checked_whole, did_you_mean
from netsym.graph.array_operations import REDUCTIONS
from netsym.graph.names import Names, literal, several
from netsym.layers import Activated, Shape, shape_text
from netsym.layers.loss import Cost, Huber, Labelled, Loss, Penalty
from netsym.layers.registry import LOSSES
from netsym.layers.sources import Given
from netsym.layers.wiring import Placed
from netsym.network.columns import in_order
from netsym.network.interface import Input, Output, answers, framed
from netsym.network.network import Network
from netsym.ops.parameters import Parameter
from netsym.typed.vocabulary import Vocabulary
from netsym.wording import plural

Floats = npt.NDArray[np.float64]
MOST_NAMED = 5_000_000  # inputs and targets


def cost(
    network: Network,
    loss: str,
    *,
    examples: int | None = None,
    data: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
    l1: float = 0.0,
    l2: float = 0.0,
    delta: float | None = None,
    reduction: str = REDUCTIONS[0],
) -> Network:
    """The network whose one output is the cost J of this one: loss of the prediction, and mean.

    `loss` is "mse", "sse", "mae", "huber" (with its `delta`, 1 if not given), "hinge", "bce",
    "bce_logits", "cross_entropy" or "cross_entropy_logits"; see `netsym.layers.loss`.

    Of one example J is the loss; its inputs are those of the network, then the targets `t_1 …`.
    With `examples` = m it is the mean over m of them: `x1_2` is input 2 of example 1 (in LaTeX
    x^{(1)}_2), `t1_2` its target 2 (in LaTeX y^{(1)}_2); the inputs of all examples come first.
    With `data` = (X, Y) the examples are these numbers, one a row, and J is a formula of the
    parameters alone. Y has the outputs' shape after its first axis, or is one number a row: the
    target of one output, or for cross-entropy the class, counted from 0.
    With the `reduction` "sum", J is the sum over the examples in place of their mean.

    Penalties are `l1` Σ |w| and `l2`/2 Σ w² over all weights, not biases.
    Raises `SpecError` for a loss that does not fit the network, and for targets out of range.

    >>> import netsym
    >>> print(netsym.cost(netsym.parse("1-1:sigmoid"), "bce", l2=0.1).inlined.text(ascii=True))
    J = -(t*log(sigmoid(w1_1_1*x + b1_1)) + (1 - t)*log(1 - sigmoid(w1_1_1*x + b1_1))) + \
0.1*w1_1_1**2/2
    """
    chosen = _loss(loss, delta)
    prediction = _prediction(network)
    _check_prediction(prediction, chosen)
    examples = None if examples is None else checked_whole("examples", examples, 1)
    if data is not None and examples is not None:
        raise SpecError("give examples or data, not both: data says how many examples there are")
    targets = _with_underscores("targets", network)
    latex: dict[str, str] = {}
    inputs: tuple[Input, ...] = ()
    given: list[Placed] = []
    if data is None:
        _refuse_many((examples or 1) * (len(network.input_names) + prediction.width))
        inputs, latex = _inputs(network, targets, prediction.shape, examples)
        count = () if examples is None else (examples,)
    else:
        arrays, y = _numbers(chosen, data, network, prediction.shape)
        given = [
            _given(each.name, x, each.letter)
            for each, x in zip(network.inputs, arrays, strict=True)
        ]
        given.append(_given(targets, y, "t"))
        latex, count = _generic(network), (len(y),)
        if isinstance(chosen, Labelled) and y.ndim == 2 and _is_binary(y):
            chosen = dataclasses.replace(chosen, labels=tuple(y.astype(int).reshape(-1).tolist()))
    chosen = dataclasses.replace(chosen, examples=bool(count))
    laid = [_laid(placed, count) for placed in network.layers]
    end = _laid(prediction, count)
    losses = _losses(chosen, end, targets, laid[-1].number + 1, Cost(reduction=reduction))
    layers = [*given, *laid, *losses, *_penalties(network, losses[-1], l1, l2)]
    last = layers[-1]
    found = Network(
        f"{network.title}, {loss}",
        inputs,
        tuple(layers),
        (Output("J", last.name, Names("", last.number, (1,), ("J",)), last.shape),),
        latex_names={**network.latex_names, **latex},
        assumed=network.assumed,
    )
    found.naming.check()
    return found


def _prediction(network: Network) -> Placed:
    """The layer that gives the one output; raises `SpecError` where there are several."""
    if len(network.outputs) > 1:
        names = [each.name for each in network.outputs]
        raise SpecError(
            f"a cost is of one output, and this network has {', '.join(names)}; take one of them: "
            f"network.output({names[0]!r})"
        )
    return network.named(network.outputs[0].source)


def _with_underscores(name: str, network: Network) -> str:
    """The name, or one like it that no input and no layer has."""
    taken = {*(each.name for each in network.inputs), *(p.name for p in network.layers)}
    while name in taken:
        name += "_"
    return name


def _refuse_many(names: int) -> None:
    """Raise `TooLargeError` for more examples than can be named one by one."""
    if names > MOST_NAMED:
        raise TooLargeError(
            f"all examples together have {names:,} inputs and targets; at most {MOST_NAMED:,} are "
            "named; take fewer examples"
        )


# -- the layers ------------------------------------------------------------------------------------
def _loss(name: str, delta: float | None) -> Loss:
    if not isinstance(name, str) or name not in LOSSES:
        raise SpecError(f"unknown loss {name!r}; {did_you_mean(str(name), LOSSES)}")
    kind = LOSSES[name]
    if delta is None:
        return kind()
    if kind is not Huber:
        raise SpecError(f"{name} has no delta; only huber has one")
    return Huber(delta=delta)


def _check_prediction(last: Placed, loss: Loss) -> None:
    """Raise `SpecError` where the last layer gives what the loss does not take."""
    try:
        loss.shape(last.shape, last.shape)
    except SpecError as error:
        raise SpecError(f"{loss.kind} {error}") from None
    activation = last.layer.activation if isinstance(last.layer, Activated) else None
    if activation is None:
        return
    said = f"{loss.kind} takes {loss.takes}, but the last layer is {activation}"
    logits, k = f"{loss.kind}_logits", last.shape[-1]
    if loss.wants and activation not in loss.wants:
        other = f"; or use {logits}" if activation == "linear" else ""
        if loss.kind == "cross_entropy" and activation == "sigmoid":
            other = "; or use bce, for outputs that do not exclude each other"
        raise SpecError(f"{said}: end the network in {_best(loss)}{other}")
    if activation == "softmax" and k == 1:
        raise SpecError(
            "a softmax of one output is always 1, and teaches nothing; end in sigmoid, or in two "
            "or more outputs"
        )
    if activation in loss.refuses:
        raise SpecError(
            f"{said}: make it linear, or use {loss.kind.removesuffix('_logits')}, which takes "
            "probabilities"
        )


def _best(loss: Loss) -> str:
    return "softmax" if "sigmoid" not in loss.wants else "sigmoid"


def _laid(placed: Placed, examples: Shape) -> Placed:
    """A layer that takes all examples at once: they are an axis before all others."""
    return dataclasses.replace(
        placed,
        shapes=tuple((*examples, *shape) for shape in placed.shapes),
        shape=(*examples, *placed.shape),
        examples=examples,
    )


def _losses(loss: Loss, end: Placed, targets: str, number: int, cost: Cost) -> list[Placed]:
    """The loss of every example, and their cost if there are several losses."""
    shape = loss.shape(end.shape, end.shape)
    placed = Placed("loss", loss, (end.name, targets), {}, (end.shape, end.shape), shape, number)
    if prod(shape) == 1 and not loss.examples:
        return [placed]
    cost = dataclasses.replace(cost, axes=len(shape), examples=loss.examples)
    return [placed, Placed("cost", cost, ("loss",), {}, (shape,), (1,), number + 1)]


def _given(name: str, values: Floats, letter: str) -> Placed:
    """Numbers of all examples in the place of an input."""
    layer = Given(lengths=values.shape, examples=True, letter=letter)
    parameters = {"values": Parameter(Names("x", 0, values.shape), values)}
    return Placed(name, layer, (), parameters, (), values.shape, 0)


def _penalties(network: Network, last: Placed, l1: float, l2: float) -> list[Placed]:
    """The layer that adds the penalties, if there are any; weights that are shared count once."""
    arrays = _weights(network)
    axes = tuple(len(parameter.shape) for parameter in arrays.values())
    layer = Penalty(axes=axes, repeated=_repeated(arrays.values()), l1=l1, l2=l2)
    if not (l1 or l2):
        return []
    if not arrays:
        raise SpecError("no layer has weights, so there is nothing to penalise; leave l1, l2 out")
    shape = last.shape
    return [Placed("penalty", layer, (last.name,), arrays, (shape,), shape, last.number + 1)]


def penalised(network: Network) -> list[str]:
    """The names of the weights that penalties are of."""
    arrays = _weights(network).values()
    return list(dict.fromkeys(n for each in arrays for _, names in each.symbols() for n in names))


def _weights(network: Network) -> dict[str, Parameter]:
    weights = {
        id(parameter): (f"{placed.name}.{key}", parameter)
        for placed in network.layers
        for key, parameter in placed.parameters.items()
        if placed.layer.letters[key].startswith("w")
    }
    return dict(weights.values())


def _repeated(arrays: Collection[Parameter]) -> tuple[tuple[int, ...], ...]:
    """The entries of each array that are the same parameter as another one."""
    notation = Vocabulary([p.names for p in arrays if p.takes_notation], None)
    seen: set[str] = set()
    found = []
    for parameter in arrays:
        again = []
        for position, name in parameter.tied():
            if name in seen or notation.place(name):
                again.append(position)
            seen.add(name)
        found.append(tuple(again))
    return tuple(found)


# -- the names -------------------------------------------------------------------------------------
def _inputs(
    network: Network, targets: str, answered: Shape, examples: int | None
) -> tuple[tuple[Input, ...], dict[str, str]]:
    """The inputs with the targets, and how LaTeX writes their names where it would not know."""
    names = Names("t", None, () if prod(answered) == 1 else answered)
    target = Input(targets, names, answered, "t")
    if examples is None:
        latex = {name: _latex("y", names, n) for n, name in enumerate(names.all())}
        return (*network.inputs, target), latex | {"t": "y"}
    found, latex = [], _generic(network)
    for each in (*network.inputs, target):
        letter = "y" if each is target else _letter(each.letter)
        parts = [_of_example(each.names, number) for number in range(1, examples + 1)]
        for number, part in enumerate(parts, 1):
            for n, name in enumerate(part.all()):
                if each.names.literal:
                    base = network.latex_names.get(each.names.literal[n])
                    latex |= {name: f"{base}^{{({number})}}"} if base else {}
                else:
                    latex[name] = _latex(letter, part, n, number)
        found.append(
            Input(each.name, several(*parts), (examples, *each.shape), each.letter, (examples,))
        )
    return tuple(found), latex


def _letter(name: str) -> str:
    """A letter as it is, a word as text."""
    return name if len(name) == 1 else rf"\text{{{name.replace('_', ' ')}}}"


def _of_example(inputs: Names, number: int) -> Names:
    if inputs.literal:
        return literal(*(f"{name}_{number}" for name in inputs.literal))
    return dataclasses.replace(inputs, layer=number)


def _latex(letter: str, names: Names, position: int, example: int | None = None) -> str:
    """`y^{(1)}_{2}`, for target 2 of example 1."""
    indices = [str(index) for index in names.indices(position)]
    comma = "," if any(len(index) > 1 for index in indices) else ""
    below = f"_{{{comma.join(indices)}}}" if indices else ""
    above = f"^{{({example})}}" if example else ""
    return letter + below + above


def _generic(network: Network) -> dict[str, str]:
    """How matrix level writes one example of many: x^{(i)} and y^{(i)}."""
    letters = {letter: f"{shown}^{{(i)}}" for letter, shown in zip("xtXT", "xyXY", strict=True)}
    letters |= {e.letter: f"{_letter(e.letter)}^{{(i)}}" for e in network.inputs}
    parameters = (p for placed in network.layers for p in placed.parameters.values())
    chosen = {name for parameter in parameters for name in parameter.chosen()}
    return {letter: shown for letter, shown in letters.items() if letter not in chosen}


# -- the numbers -----------------------------------------------------------------------------------
def examples_of(network: Network, loss: str, data: Any) -> tuple[Floats, Floats]:
    """The inputs and targets of `data` as `cost` takes them, an example a row.

    Classes are rows of 0 and 1. Raises `SpecError` as `cost` does.
    """
    chosen, prediction = _loss(loss, None), _prediction(network)
    _check_prediction(prediction, chosen)
    arrays, y = _numbers(chosen, data, network, prediction.shape)
    x = np.concatenate([each.reshape(len(each), -1) for each in arrays], axis=1)
    return x, y.reshape(len(y), -1)


def _numbers(
    loss: Loss, data: Any, network: Network, answered: Shape
) -> tuple[list[Floats], Floats]:
    """The data as arrays of the shapes of the inputs and of the output, one example a row.

    X has the entries of all inputs in a row; of several inputs it may be a list of an array each.
    """
    if not isinstance(data, (tuple, list)) or len(data) != 2:
        raise SpecError("data is a pair of arrays, (X, Y), with one example a row")
    inputs, called = network.inputs, answers(network.outputs[0], prod(answered))
    y = _array("Y", in_order(data[1], *(n.all() for n in called), what="the targets"))
    if len(inputs) > 1 and isinstance(data[0], (tuple, list)) and len(data[0]) == len(inputs):
        arrays = [
            _rows(each, _array(each.name, framed(x, [each])))
            for each, x in zip(inputs, data[0], strict=True)
        ]
    else:
        x = _array("X", framed(data[0], inputs))
        if len(inputs) == 1:
            arrays = [_rows(inputs[0], x, "X")]
        else:
            whole = _rows(Input("X", network.input_names, (len(network.input_names),)), x)
            edges = np.cumsum([len(each.names) for each in inputs])[:-1]
            parts = np.split(whole, edges, axis=1)
            arrays = [part.reshape(-1, *e.shape) for e, part in zip(inputs, parts, strict=True)]
    x = arrays[0]
    classes = loss.least > 1
    if len(y) != len(x):
        raise SpecError(
            f"X has {plural(len(x), 'row')} and Y has {len(y)}; each example has one of each"
        )
    if classes and answered == y.shape[1:-1] + answered[-1:] and y.ndim > 1 and y.shape[-1] == 1:
        y = y[..., 0]
    if classes and y.shape == (len(x), *answered[:-1]):
        y = _one_hot(y, answered[-1])
    if y.size == len(x) * prod(answered):
        y = y.reshape(len(x), *answered)
    if y.shape != (len(x), *answered):
        also = ", or one class a row" if classes else ""
        raise SpecError(
            f"Y has shape {shape_text(y.shape)}, but the network gives {shape_text(answered)} "
            f"a row: it must be {shape_text((len(x), *answered))}{also}"
        )
    _check_targets(loss, y)
    return arrays, y


def _rows(end: Input, x: Floats, called: str = "") -> Floats:
    """An array in the shape of an input, after the axis of examples; raises `SpecError`."""
    asked = end.shape
    if x.ndim == 1 and asked == (1,):
        x = x[:, None]
    if x.ndim == 2 and x.shape[1] == prod(asked):
        x = x.reshape(len(x), *asked)
    if x.shape[1:] != asked or not len(x):
        raise SpecError(
            f"{called or end.name} has shape {shape_text(x.shape)}, but the network takes "
            f"{shape_text(asked)} a row: it must be m x {shape_text(asked)} for m examples"
        )
    return x


def _array(name: str, value: Any) -> Floats:
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise SpecError(f"{name} must be an array of numbers, with one example a row") from None
    if not array.ndim:
        raise SpecError(f"{name} is one number; it must have one example a row")
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        raise SpecError(f"{name}, row {bad[0][0] + 1}: every number must be finite")
    return array


def _is_binary(y: Floats) -> bool:
    return bool(((y == 0) | (y == 1)).all())


def _one_hot(classes: Floats, count: int) -> Floats:
    wrong = np.argwhere((classes != np.rint(classes)) | (classes < 0) | (classes >= count))
    if len(wrong):
        value = classes[tuple(wrong[0])]
        raise SpecError(
            f"Y, row {wrong[0][0] + 1}: {value:g} is no class; of {plural(count, 'output')} the "
            f"classes are the whole numbers 0 to {count - 1}"
        )
    return np.asarray(np.eye(count)[classes.astype(np.int64)])


def _check_targets(loss: Loss, y: Floats) -> None:
    """Raise `SpecError` for the first target that the loss has no meaning for."""
    wrong, wanted = np.zeros(y.shape, dtype=bool), ""
    if loss.kind in ("bce", "bce_logits"):
        wrong, wanted = (y < 0) | (y > 1), "0 or 1, or a probability between"
    elif loss.kind == "hinge":
        wrong, wanted = np.abs(y) != 1, "-1 or 1; of 0 and 1 make 2*y - 1"
    elif loss.least > 1:
        off = np.abs(y.sum(axis=-1, keepdims=True) - 1) > 1e-6
        wrong, wanted = (y < 0) | off, "a share of 1, as all targets of a row must sum to 1"
    places = np.argwhere(wrong)
    if len(places) and loss.least > 1 and not (y < 0).any():
        total = float(y.sum(axis=-1)[tuple(places[0][:-1])])
        raise SpecError(
            f"Y, row {places[0][0] + 1}: the targets of {loss.kind} are shares that sum to 1; "
            f"these sum to {total:g}"
        )
    if len(places):
        value = y[tuple(places[0])]
        raise SpecError(
            f"Y, row {places[0][0] + 1}: a target of {loss.kind} is {wanted}; this is {value:g}"
        )
