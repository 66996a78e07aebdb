"""How large the forms of a network are, without building them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from netsym.errors import TooLargeError, checked_whole
from netsym.forms.form import inlined
from netsym.forms.sizes import PerOutput, Size, measure, shown
from netsym.graph.names import Names, several
from netsym.network.once import Steps, check_once, is_written_once, with_steps
from netsym.network.reading import read
from netsym.network.resized import with_depth, with_width
from netsym.network.to_form import FORMS, matrices, to_form
from netsym.network.wired import Wired
from netsym.ops.counts import forecast
from netsym.ops.counts.counts import Counts
from netsym.ops.counts.forecast import Growth, NetworkSize
from netsym.ops.counts.sizes import Sizes
from netsym.ops.parameters import Parameter
from netsym.watching import Watcher

W = TypeVar("W", bound=Wired)

_MOST_BUILT = 10_000_000
_MOST_SHARED = 200_000  # nodes of layers whose shared form is counted again and again
MOST_DIFFERENTIATED = 20_000_000  # nodes whose derivatives take a few seconds and gigabytes
MOST_COMPUTED = 100_000_000  # nodes of the layered form, where values are held unit by unit


def size_of(
    network: Wired, form: str, expand: bool = False, layered: Size | None = None
) -> Size | None:
    """The exact size of a form; that of the `layered` one helps, if it is known.

    Which values are equal, in the shared form, shows only in the graph: it is built, unless it
    would have more than 10 million nodes. Then the answer is None.
    """
    if form != "shared":
        return forecast.forecast(*_counted(network, form), form, expand)
    if layered.nodes > _MOST_BUILT if layered else is_too_large_to_build(network, expand):
        return None
    return measure(to_form(network, form, expand))


def is_too_large_to_build(network: Wired, expand: bool) -> bool:
    """Whether a graph of it would have more than 10 million nodes."""
    return count_nodes(network, "layered", expand)[0] > _MOST_BUILT


def count_nodes(network: Wired, form: str, expand: bool = False) -> tuple[int, PerOutput]:
    """Only the nodes of a form that is not shared: all, and those of each output."""
    return forecast.count_nodes(*_counted(network, form), form, expand)


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
        forms[form] = size_of(network, form, expand, forms.get("layered"))
    return NetworkSize(
        network.title, network.parameter_count, network.input_names, network.output_names,
        {form: forms[form] for form in FORMS if form in forms}, _of_matrices(network),
    )  # fmt: skip


def _of_matrices(network: Wired) -> dict[str, Size]:
    """The sizes of the forms of whole arrays, whose graph has a few nodes for each layer."""
    form = matrices(network)
    found = {"layered": measure(form)}
    return found if form.why_not_one else found | {"inlined": measure(inlined(form))}


def of_examples(sizes: Callable[[int], NetworkSize], examples: int) -> NetworkSize:
    """The sizes of the cost of many examples, from those of two and of three.

    All examples are alike, so that each adds the same to every form. The inputs have no names.
    """
    if examples <= 3:
        return sizes(examples)
    two, three = sizes(2), sizes(3)
    times = examples - 2
    forms = {
        form: None
        if more is None or (few := two.forms[form]) is None
        else _beyond(few, more, times)
        for form, more in three.forms.items()
    }
    each = len(three.inputs) - len(two.inputs)
    inputs = Names("x", None, (len(two.inputs) + times * each,))
    return replace(three, inputs=inputs, forms=forms)


def _beyond(few: Size, more: Size, times: int) -> Size:
    """A size that differs from `few` so many times as much as `more` does."""

    def along(one: Any, other: Any) -> Any:
        return one + times * (other - one)

    kinds = {kind: along(few.operations.get(kind, 0), n) for kind, n in more.operations.items()}
    each = PerOutput(along(few.per_output.counts, more.per_output.counts))
    return Size(along(few.nodes, more.nodes), more.height, kinds, each)


#: What gives a network of another size, by what it grows along.
RESIZED: Mapping[str, Callable[[Any, int], Any]] = {
    "steps": with_steps, "depth": with_depth, "width": with_width,
}  # fmt: skip


def growth(
    network: Wired, along: str, numbers: Sequence[int], expand: bool, progress: Watcher | None
) -> Growth:
    """How the forms grow with the steps, the depth or the width; see `Network.growth`."""
    numbers = [checked_whole(along, number, 1) for number in numbers]
    others = [RESIZED[along](network, number) for number in numbers]
    rows = [form for form in FORMS if form != "shared"]
    if along != "steps":
        largest = max(count_nodes(other, "layered", expand)[0] for other in others)
        rows = ["layered", *(["shared"] if largest <= _MOST_SHARED else []), "inlined", "matrix"]
    counts: dict[str, list[int]] = {form: [] for form in rows}
    for done, other in enumerate(others):
        if progress is not None:
            progress("counting the forms", done, len(numbers))
        for form in rows:
            if form != "once" or is_written_once(other):
                counts[form].append(_nodes(other, form, expand))
    found = {form: tuple(nodes) for form, nodes in counts.items() if nodes}
    return Growth(network.title, along, tuple(numbers), found)


def _nodes(network: Wired, form: str, expand: bool) -> int:
    """The nodes of a form; "matrix" is the one formula of whole arrays."""
    if form == "matrix":
        return _of_matrices(network)["inlined"].nodes
    if form == "shared":
        return measure(to_form(network, form, expand)).nodes
    return count_nodes(network, form, expand)[0]


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
