"""Inputs by other names: those that columns of a table have, or cells of a sheet."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping

from netsym.errors import SpecError, did_you_mean
from netsym.forms.form import F
from netsym.graph.names import is_name, literal


def renamed(form: F, names: Mapping[str, str]) -> F:
    """The same form whose inputs have other names; raises `SpecError` for what is no input, and
    where two would have the same.

    >>> import netsym
    >>> print(renamed(netsym.parse("2-1").inlined, {"x_1": "age"}).text(ascii=True))
    y = w1_1_1*age + w1_1_2*x_2 + b1_1
    """
    if not names:
        return form
    inputs = form.input_names()
    unknown = next((name for name in names if name not in inputs), None)
    if unknown is not None:
        raise SpecError(f"no input is called {unknown!r}; {did_you_mean(unknown, inputs)}")
    _refuse_twice(form, names)
    graph, places = form.graph.branch(), set(form.inputs.tolist())
    for number, block in enumerate(graph.blocks):
        nodes = range(block.start, block.stop)
        if block.op == "symbol" and not places.isdisjoint(nodes):
            own = block.names.all()
            said = [names.get(name, name) if node in places else name
                    for node, name in zip(nodes, own, strict=True)]  # fmt: skip
            graph.blocks[number] = dataclasses.replace(block, payload=literal(*said))
    return dataclasses.replace(form, graph=graph)


def _refuse_twice(form: F, names: Mapping[str, str]) -> None:
    kept = [name for name in form.graph.symbol_names() if name not in names]
    kept += [each.name for each in (*form.bindings, *form.outputs)]
    called = [*kept, *names.values()]
    twice = next((name for name in names.values() if called.count(name) > 1), None)
    if twice is not None:
        raise SpecError(f"{twice!r} would be the name of two values; give each its own")


def names_in(text: str, inputs: Collection[str]) -> dict[str, str]:
    """The names that a text gives: `x_1=age,x_2=income`, in which x1 is x_1.

    >>> names_in("x1=age, x_2=income", ["x_1", "x_2"])
    {'x_1': 'age', 'x_2': 'income'}
    """
    short = {name.replace("_", ""): name for name in inputs}
    found: dict[str, str] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        name, equals, called = (each.strip() for each in part.partition("="))
        if not (equals and name and called):
            raise SpecError(f"names is {part!r}; write each as x_1=age, with commas between them")
        found[name if name in inputs else short.get(name, name)] = called
    return found


def refuse_no_names(names: Mapping[str, str]) -> None:
    """Raise `SpecError` for what is no name in a language that has identifiers alone."""
    bad = next((name for name in names.values() if not is_name(name)), None)
    if bad is not None:
        raise SpecError(
            f"{bad[:60]!r} is not a name here: use letters, digits and underscores, starting with "
            "a letter"
        )
