"""A model of Keras, call by call: every layer by its rule, models in models the same way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from netsym.errors import SpecError
from netsym.readers.graph.builder import Constant
from netsym.readers.graph.reading import Graph
from netsym.readers.graph.traced import Unreadable
from netsym.readers.keras.call import Call
from netsym.readers.keras.layers import LAYERS, OF_SEVERAL
from netsym.readers.keras.operations import OPERATIONS
from netsym.readers.keras.options import Spec, shown
from netsym.readers.keras.structure import MODELS, Ref, Structure, filled, refs, structure_of
from netsym.readers.keras.weights import Weights

_MOST_CALLS = 10_000
#: What a rule raises that refuses, or whose options and shapes NumPy cannot make sense of.
_MISFITS = (SpecError, ArithmeticError, LookupError, TypeError, ValueError)


class TooManyCalls(SpecError):
    """Models in models that would be called without end."""


class Reader:
    """Reads calls into the layers of `graph`; `words` are the inputs whose rows are one-hot."""

    def __init__(self, graph: Graph, words: frozenset[str]) -> None:
        self.graph = graph
        self.words = words
        self._count = 0

    def model(
        self, made: Structure, weights: Weights, values: Sequence[Any], path: str
    ) -> list[Any]:
        """The outputs of a model; None for those that cannot be read, which was said why."""
        if len(values) != len(made.inputs):
            raise Unreadable(f"has {len(made.inputs)} inputs, but is given {len(values)}")
        known: dict[Ref, Any] = {
            Ref((entry.name, 0), 0): value for entry, value in zip(made.inputs, values, strict=True)
        }
        for key in made.in_order():
            node = made.nodes[key]
            spec = made.layers[node.layer]
            given = filled([node.args, node.named], known)
            missing = any(known.get(ref) is None for ref in refs([node.args, node.named]))
            own = _Own(weights, made.stored[node.layer])
            found = self.call(spec, own, None if missing else given, f"{path}{spec.name}")
            every = found if isinstance(found, list) else [found]
            known |= {Ref(key, place): each for place, each in enumerate(every)}
        return [known.get(ref) for ref in made.outputs.values()]

    def call(self, spec: Spec, weights: Weights, given: Sequence[Any] | None, path: str) -> Any:
        """What a layer gives for its arguments, those in order and those by name.

        None if it cannot be read, which is noted in the graph; nothing is noted of a layer that
        only reads what could not be read.
        """
        self._count += 1
        if self._count > _MOST_CALLS:
            raise TooManyCalls(f"calls more than {_MOST_CALLS:,} layers, with those in its models")
        try:
            if spec.is_own and spec.kind in MODELS:
                return self._inner_model(spec, weights, given, path)
            rule = _rule(spec)
            if given is None:
                return None
            args, named = given
            self.graph.build.scope = path
            call = Call(
                self.graph.build, spec.options, weights, args, {**named}, self.words,
                self._inner(path),
            )  # fmt: skip
            found = rule(call)
            several = spec.is_operation or spec.kind in OF_SEVERAL
            _check_used([] if several else args[1:], call.named)
        except TooManyCalls:
            raise
        except _MISFITS as error:
            what = "operation" if spec.is_operation else "layer"
            self.graph.refused.append(
                f"{what} {path[:120]!r} ({shown(spec.kind)}) {_reason(error)}"
            )
            return None
        return found

    def _inner_model(
        self, spec: Spec, weights: Weights, given: Sequence[Any] | None, path: str
    ) -> list[Any]:
        made = structure_of(spec)
        values: list[Any] = [None] * len(made.inputs)
        if given is not None:
            args, named = given
            _check_used(args[1:], named)
            values = _flat(args[:1])
        return self.model(made, weights, values, f"{path}.")

    def _inner(self, path: str) -> Callable[[Spec, Weights, Sequence[Any], str], Any]:
        def inner(spec: Spec, weights: Weights, args: Sequence[Any], part: str) -> Any:
            missing = any(each is None for each in args)
            before = self.graph.build.scope
            own = f"{path}.{part}" if part else path
            found = self.call(spec, weights, None if missing else [[*args], {}], own)
            self.graph.build.scope = before
            return found

        return inner


class _Own:
    """The weights of one of the layers of a model, which need not be there before they are read."""

    def __init__(self, model: Weights, place: str) -> None:
        self.model = model
        self.place = place

    def arrays(self) -> Sequence[Constant]:
        """Its own weights."""
        return self._found().arrays()

    def part(self, name: str) -> Weights:
        """Those of a part of it."""
        return self._found().part(name)

    def _found(self) -> Weights:
        return self.model.part("layers").part(self.place)


def _rule(spec: Spec) -> Callable[[Call], Any]:
    """The rule of a layer or operation; raises `Unreadable` if it has none."""
    if not spec.is_own:
        raise Unreadable("is no class of Keras: its code is not run")
    if spec.kind == "Lambda":
        raise Unreadable("holds code, which is not run")
    rules = OPERATIONS if spec.is_operation else LAYERS
    if spec.kind not in rules:
        raise Unreadable("is not read here")
    return rules[spec.kind]


def _check_used(args: Sequence[Any], named: Mapping[str, Any]) -> None:
    """Raise `Unreadable` for what a call is given that nobody has looked at."""
    given = {**{f"argument {place}": each for place, each in enumerate(args, 2)}, **named}
    left = [key for key, value in given.items() if _says_something(value)]
    if left:
        raise Unreadable(f"is called with {shown(left[0])}, which is not read here")


def _says_something(value: Any) -> bool:
    if isinstance(value, (list, dict)):
        every = value.values() if isinstance(value, dict) else value
        return any(_says_something(each) for each in every)
    return value is not None and value is not False


def _flat(given: Any) -> list[Any]:
    """The values of arguments, those of a dict by their names in order."""
    if isinstance(given, list):
        return [value for each in given for value in _flat(each)]
    if isinstance(given, dict):
        return [value for key in sorted(given) for value in _flat(given[key])]
    return [given]


def _reason(error: Exception) -> str:
    if isinstance(error, SpecError):
        return str(error)
    return f"has options or inputs that do not fit together: {shown(error)}"
