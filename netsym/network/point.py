"""Where a network is computed: numbers that a person gives by name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.errors import SpecError, ValueMissingError, as_given
from netsym.graph.names import Names, Several
from netsym.network.network import Network
from netsym.typed.vocabulary import Vocabulary
from netsym.wording import few, plural

_MOST_SAID = 5


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """One number for each entry of the inputs, (1, entries), and for each parameter by its name."""

    x: npt.NDArray[np.float64]
    parameters: Mapping[str, float]


def point_of(
    network: Network, given: Mapping[str, Any], fixed: Mapping[str, float] | None = None
) -> Point:
    """The point that numbers by name make, where a name is that of an entry or of an array.

    An array is an input ("x"), what the notation calls a parameter ("w1"), or the parameter of a
    layer as its file has it ("hidden.weights"); its numbers stand in order, or in lists. `fixed`
    are parameters that have a number already.
    Raises `SpecError` for what is not called so here, `ValueMissingError` for what has no number.

    >>> import netsym
    >>> network = netsym.parse("2-1:sigmoid")
    >>> point_of(network, {"x": [0.5, 1], "w1": [[1, 2]], "b1_1": 3}).parameters
    {'w1_1_1': 1.0, 'w1_1_2': 2.0, 'b1_1': 3.0}
    """
    inputs = network.input_names.all()
    numbers = _by_name(network, given, fixed or {})
    missing = [name for name in inputs if name not in numbers]
    if missing:
        every = len(network.inputs) == 1 and len(missing) == len(inputs)
        word = network.inputs[0].letter if every else missing[0]
        raise ValueMissingError(_without(missing, "input", word))
    entries = set(inputs)
    parameters = {name: number for name, number in numbers.items() if name not in entries}
    _refuse_missing(network.parameter_names(), parameters)
    return Point(np.array([[numbers[name] for name in inputs]]), parameters)


def parameters_of(
    network: Network, given: Mapping[str, Any], fixed: Mapping[str, float]
) -> dict[str, float]:
    """The numbers of all parameters, given by name or `fixed`; see `point_of`."""
    numbers, inputs = _by_name(network, given, fixed), set(network.input_names.all())
    wrong = next((name for name in numbers if name in inputs), None)
    if wrong is not None:
        raise SpecError(f"{wrong!r} is an input, not a parameter; its numbers are in the data")
    _refuse_missing(network.parameter_names(), numbers)
    return numbers


def numbered(network: Network, given: Mapping[str, Any]) -> Network:
    """The network with the numbers given for all its parameters; see `point_of`."""
    if not given and not network.parameter_names():
        return network
    return network.with_parameters(parameters_of(network, given, {}))


def _refuse_missing(names: Collection[str], known: Collection[str]) -> None:
    """Raise `ValueMissingError` for parameters that have no number, saying how to give them."""
    missing = [name for name in names if name not in known]
    if missing:
        instead = "; or --parameters FILE, with numbers by name"
        raise ValueMissingError(_without(missing, "parameter", missing[0]) + instead)


def _without(missing: Sequence[str], kind: str, example: str) -> str:
    count = "" if len(missing) == 1 else f"{len(missing)} "
    kinds = kind if len(missing) == 1 else f"{kind}s"
    option = "--parameters " if kind == "parameter" else ""
    numbers = "0.5" if example in missing else ",".join(["0.5"] * min(len(missing), 3))
    more = ",…" if len(missing) > (1 if example in missing else 3) else ""
    return (
        f"no number for the {count}{kinds} {few(missing, _MOST_SAID)}: give "
        f"{option}{example}={numbers}{more}"
    )


def _by_name(
    network: Network, given: Mapping[str, Any], fixed: Mapping[str, float]
) -> dict[str, float]:
    """The number of every entry; raises `SpecError` for names that are not here, or are twice."""
    arrays, found = dict(_arrays(network)), dict[str, float]()
    known = Vocabulary(network.symbol_names(), None)
    for name, value in given.items():
        entry = known.resolve(name, {})
        names = [entry] if entry is not None else arrays.get(name)
        if names is None:
            hint = known.suggestion(name, (each for each in arrays if len(arrays[each]) > 1))
            hint = "a target needs a loss" if name.partition("_")[0] == "t" else hint
            raise SpecError(f"nothing here is called {name[:60]!r}; {hint}")
        numbers = _numbers(name, value)
        if len(numbers) != len(names):
            raise SpecError(
                f"{name} has {plural(len(names), 'number')}, {few(names, _MOST_SAID)}, but "
                f"{len(numbers)} {'was' if len(numbers) == 1 else 'were'} given"
            )
        for each, number in zip(names, numbers, strict=True):
            if each in fixed:
                raise SpecError(f"{each} is {fixed[each]:g} in the network; leave {name} out")
            if found.setdefault(each, number) != number:
                raise SpecError(f"{each} is given {found[each]:g} and {number:g}; give it once")
    return {**fixed, **found}


def _arrays(network: Network) -> Iterator[tuple[str, list[str]]]:
    """The entries of arrays, by what these are called."""
    for placed in reversed(network.layers):
        for key, parameter in placed.parameters.items():
            named = [name for _, name in parameter.named()]
            if parameter.formula is None and len(named) == len(parameter.names):
                yield f"{placed.name}.{key}", named
                if parameter.entries is None:
                    yield parameter.names.start, named
    for each in network.inputs:
        parts: Sequence[Names] = each.names.parts if isinstance(each.names, Several) else ()
        yield from ((names.start, names.all()) for names in parts)
        yield from ((word, each.names.all()) for word in (each.letter, each.name))


def _numbers(name: str, value: Any) -> list[float]:
    """What is given for a name, in order, out of its lists."""
    if isinstance(value, (list, tuple)):
        return [number for entry in value for number in _numbers(name, entry)]
    if isinstance(value, bool) or not isinstance(value, (str, int, float, np.ndarray, np.number)):
        raise SpecError(f"{name} holds {as_given(value)}; give numbers by name")
    try:
        one = float(Fraction(value)) if isinstance(value, str) else value
        numbers = np.asarray(one, dtype=np.float64).reshape(-1)
    except (ValueError, ZeroDivisionError, OverflowError):
        raise SpecError(f"{name} is given {as_given(value)}, which is not a number") from None
    if not np.isfinite(numbers).all():
        raise SpecError(f"{name} holds a number that is not finite; give others")
    found: list[float] = numbers.tolist()
    return found
