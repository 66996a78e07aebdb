"""A graph that torch.export made, node by node: constants computed, movement followed."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch.fx import Node

from netsym.errors import SpecError
from netsym.layers import refuse_vast
from netsym.readers.graph.reading import Graph
from netsym.readers.graph.traced import Traced, Unreadable
from netsym.readers.torch.operators import MOVES, OPERATORS

_MISFITS = (SpecError, ArithmeticError, LookupError, TypeError, ValueError, RuntimeError)


class Reader:
    """Reads nodes into the layers of `graph`; `known` has values by the names of nodes."""

    def __init__(self, graph: Graph, known: dict[str, Any]) -> None:
        self.graph = graph
        self.known = known

    def read(self, nodes: Iterable[Node], outputs: Sequence[str]) -> None:
        """All nodes that the outputs need; what cannot be read is noted in the graph.

        A value is forgotten as soon as nothing else reads it.
        """
        calls = [node for node in nodes if node.op == "call_function"]
        kept, needed = list[tuple[Node, set[str]]](), {*outputs}
        for node in reversed(calls):
            if node.name in needed or _changes_in_place(node):
                read = {each.name for each in node.all_input_nodes}
                kept.append((node, read - needed))
                needed |= read
        for node, read_last in reversed(kept):
            self.graph.build.scope = _module(node)
            try:
                self.known[node.name] = self._call(node)
            except _MISFITS as error:
                said = next(iter(str(error).splitlines()), "")
                where = _module(node) or node.name
                self.graph.refused.append(f"operator {_name(node)} (in {where!r}) {said[:200]}")
                self.known[node.name] = None
            for name in read_last:
                self.known.pop(name, None)

    def _call(self, node: Node) -> Any:
        if any(self.known.get(each.name) is None for each in node.all_input_nodes):
            return None  # it was said why already
        arguments = [self._given(each) for each in node.args]
        options = {key: self._given(each) for key, each in node.kwargs.items()}
        if node.target is operator.getitem:
            return arguments[0][arguments[1]]
        name = _name(node).removesuffix("_")
        if not any(isinstance(each, Traced) for each in _flat([*arguments, *options.values()])):
            return _computed(node, arguments, options)
        if _changes_in_place(node):
            self._check_alone(node)
        if name in MOVES:
            found = _moved(node, arguments, options)
        elif name in OPERATORS:
            found = OPERATORS[name](self.graph.build, *arguments, **options)
        else:
            raise Unreadable("is not read here")
        if _changes_in_place(node):
            self.known[node.all_input_nodes[0].name] = found
        return found

    def _check_alone(self, node: Node) -> None:
        """Raise `Unreadable` for a change in place of what is a part of another value."""
        changed = node.args[0]
        is_part = isinstance(changed, Node) and _name(changed) in MOVES
        if is_part:
            raise Unreadable("changes a part of a value in place")

    def _given(self, argument: Any) -> Any:
        """An argument with the values of nodes in it."""
        if isinstance(argument, Node):
            return self.known[argument.name]
        if isinstance(argument, (list, tuple)):
            return [self._given(each) for each in argument]
        return argument


def array_of(tensor: Any) -> npt.NDArray[Any]:
    """A tensor as an array of NumPy."""
    plain = tensor.detach().cpu()
    if plain.dtype == torch.bfloat16:
        plain = plain.float()
    found: npt.NDArray[Any] = plain.numpy()
    return found


def _name(node: Node) -> str:
    """The name of an operator, without its overload."""
    packet = getattr(node.target, "overloadpacket", None)
    return str(getattr(node.target, "__name__", node.target) if packet is None else packet.__name__)


def _changes_in_place(node: Node) -> bool:
    return _name(node).endswith("_") and not _name(node).startswith("_")


def _module(node: Node) -> str:
    """The path of the module that a node belongs to."""
    stack = node.meta.get("nn_module_stack") or {}
    return str(list(stack.values())[-1][0]) if stack else ""


def _flat(values: Iterable[Any]) -> Iterable[Any]:
    for each in values:
        if isinstance(each, list):
            yield from _flat(each)
        else:
            yield each


def _as_tensors(value: Any) -> Any:
    if isinstance(value, list):
        return [_as_tensors(each) for each in value]
    return torch.as_tensor(value) if isinstance(value, np.ndarray) else value


def _as_arrays(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_as_arrays(each) for each in value]
    return array_of(value) if isinstance(value, torch.Tensor) else value


def _computed(node: Node, arguments: Sequence[Any], options: dict[str, Any]) -> Any:
    """What an operator makes of constants."""
    value = node.meta.get("val")
    if isinstance(value, torch.Tensor):
        refuse_vast("would make", *value.shape)
    if _name(node).removesuffix("_") in ("rand", "randn", "rand_like", "randn_like", "bernoulli"):
        raise Unreadable("is random")
    target: Any = node.target
    with torch.no_grad():
        given = [_as_tensors(each) for each in arguments]
        return _as_arrays(target(*given, **{k: _as_tensors(v) for k, v in options.items()}))


def _moved(node: Node, arguments: Sequence[Any], options: dict[str, Any]) -> Any:
    """Run an operator that only moves values on their places."""
    value, *others = arguments
    if not isinstance(value, Traced) or any(isinstance(each, Traced) for each in _flat(others)):
        raise Unreadable("depends on values where it must know places")
    made = node.meta.get("val")
    for each in made if isinstance(made, (list, tuple)) else [made]:
        if isinstance(each, torch.Tensor):
            refuse_vast("would make", *each.shape)
    target: Any = node.target
    given = [_as_tensors(each) for each in others]
    kept = {key: _as_tensors(each) for key, each in options.items()}
    found = target(torch.as_tensor(np.ascontiguousarray(value.places + 1)), *given, **kept)
    if isinstance(found, (list, tuple)):
        return [value.at(each.numpy()) for each in found]
    return value.at(found.numpy())
