"""How large the forms of a network are, without building them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from netsym.errors import TooLargeError, checked_whole
from netsym.forms.form import inlined
from netsym.forms.sizes import PerOutput, Size, measure, shown
from netsym.graph.names import Names, several
from netsym.network.once import Steps, check_once, is_written_once, with_steps
from netsym.network.reading import read
from netsym.network.to_form import FORMS, matrices, to_form
from netsym.network.wired import Wired
from netsym.ops.counts import forecast
from netsym.ops.counts.counts import Counts
from netsym.ops.counts.forecast import Growth, NetworkSize
from netsym.ops.counts.sizes import Sizes
from netsym.ops.parameters import Parameter

W = TypeVar("W", bound=Wired)
Watcher = Callable[[str, int, int], None]

_MOST_BUILT = 10_000_000
MOST_DIFFERENTIATED = 20_000_000  # nodes whose derivatives take a few seconds and gigabytes
MOST_COMPUTED = 100_000_000  # nodes of the layered form, where values are held unit by unit


def size_of(network: Wired, form: str, expand: bool = False) -> Size | None:
    """The exact size of a form.

    Which values are equal, in the shared form, shows only in the graph: it is built, unless it
    would have more than 10 million nodes. Then the answer is None.
    """
    if form != "shared":
        return forecast.forecast(*_counted(network, form), form, expand)
    if is_too_large_to_build(network, expand):
        return None
    return measure(to_form(network, form, expand))


def is_too_large_to_build(network: Wired, expand: bool) -> bool:
    """Whether a graph of it would have more than 10 million nodes."""
    return count_nodes(network, "layered", expand)[0] > _MOST_BUILT


def count_nodes(network: Wired, form: str, expand: bool = False) -> tuple[int, PerOutput]:
    """Only the nodes of a form that is not shared: all, and those of each output."""
    nodes, each, _ = forecast.count_nodes(*_counted(network, form), form, expand)
    return nodes, each


def _counted(network: Wired, form: str) -> tuple[Callable[[Sizes, Counts], Counts], Names]:
    """How a form is read to count it, and from which inputs.

    One output stays in its shape: counts that are alike along an axis are one count then.
    """

    def counted(ops: Sizes, x: Counts) -> Counts:
        return read(network, ops, x, flat=len(network.outputs) > 1)

    if form != "once":
        return counted, network.input_names
    check_once(network)
    steps = Steps.of(network)
    return counted, several(*map(steps.names, network.inputs))


def sizes(network: Wired, expand: bool, progress: Watcher | None) -> NetworkSize:
    """How large every form is; see `Network.sizes`."""
    names = ("layered", "inlined", "shared", *(["once"] if is_written_once(network) else []))
    forms: dict[str, Size | None] = {}
    for done, form in enumerate(names):
        if progress is not None:
            progress(f"counting the {form} form", done, len(names))
        forms[form] = size_of(network, form, expand)
    return NetworkSize(
        network.title, network.parameter_count, network.input_names, network.output_names,
        {form: forms[form] for form in FORMS if form in forms}, _of_matrices(network),
    )  # fmt: skip


def _of_matrices(network: Wired) -> dict[str, Size]:
    """The sizes of the forms of whole arrays, whose graph has a few nodes for each layer."""
    form = matrices(network)
    found = {"layered": measure(form)}
    return found if form.why_not_one else found | {"inlined": measure(inlined(form))}


def growth(network: Wired, steps: Sequence[int], expand: bool, progress: Watcher | None) -> Growth:
    """How the forms grow with the number of steps; see `Network.growth`."""
    steps = [checked_whole("steps", number, 1) for number in steps]
    forms = [form for form in FORMS if form != "shared"]
    counts: dict[str, list[int]] = {form: [] for form in forms}
    for done, number in enumerate(steps):
        if progress is not None:
            progress("counting the forms", done, len(steps))
        longer = with_steps(network, number)
        for form in forms:
            if form != "once" or is_written_once(longer):
                counts[form].append(count_nodes(longer, form, expand)[0])
    found = {form: tuple(numbers) for form, numbers in counts.items() if numbers}
    return Growth(network.title, tuple(steps), found)


def _by_name(network: W) -> W:
    """The network with a name for each parameter that is a formula."""
    layers = tuple(
        replace(
            placed,
            parameters={
                key: p if p.formula is None else Parameter(p.names)
                for key, p in placed.parameters.items()
            },
        )
        for placed in network.layers
    )
    return replace(network, layers=layers)


def refuse_vast_network(network: Wired) -> None:
    """Raise `TooLargeError` for a network too large to be computed with, unit by unit.

    A parameter that is a formula of others counts once what its graph has, however long it would
    be as written.
    """
    every = [p for placed in network.layers for p in placed.parameters.values()]
    graphs = {id(p.formula.graph): len(p.formula.graph) for p in every if p.formula is not None}
    nodes, _ = count_nodes(_by_name(network) if graphs else network, "layered")
    nodes += sum(graphs.values())
    if nodes > MOST_COMPUTED:
        raise TooLargeError(
            f"the layered form has {shown(nodes)} nodes, more than the {MOST_COMPUTED:,} that are "
            "computed with one by one; take a smaller network of the same kind, or ask for sizes "
            "(netsym size)"
        )
