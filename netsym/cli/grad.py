"""`netsym grad`: the derivatives of a network, by back propagation or as one formula each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from netsym.cli.arguments import EXPAND, NETWORK, note, one_of
from netsym.cli.combinations import Row
from netsym.cli.given import PARAMETERS, numbers_given
from netsym.cli.losses import WRITTEN_COST, Cost
from netsym.cli.output import Output, Progress, write
from netsym.cli.process import say
from netsym.cli.verb import options, verb
from netsym.cli.writing import FORMULA, LEVEL, UNIT, Writing, matrix_rows
from netsym.errors import SpecError
from netsym.forms.form import F, inlined, layered, shared
from netsym.forms.sizes import Size, refuse_if_larger, shown, times_as_large
from netsym.formula import Formula
from netsym.graph.names import Derivatives, Name
from netsym.network.counting import MOST_DIFFERENTIATED
from netsym.network.learned import GROUPS, Learned
from netsym.network.network import Network
from netsym.network.point import point_of
from netsym.notes.values import Values
from netsym.wording import few, plural, remark, spelled, table

#: What is larger is a list, written as it is made.
_MOST_IN_GROUPS = 20_000
_FORMS = {"layered": layered, "shared": shared, "inlined": inlined}


def _rows() -> Iterator[Row]:
    yield from (
        *FORMULA.rows(),
        *matrix_rows("--onion, --form shared, --form inlined"),
        *WRITTEN_COST,
    )
    yield Row("--onion", beside="--form shared")
    yield Row("--each", only="--to latex")
    yield Row("--each", only="--wrt parameters")
    yield Row(
        "--each", beside="--onion, --form shared, --form inlined, --level matrix, --json, --width"
    )
    yield Row("--size", beside="--level matrix")
    yield Row("--form, --level, --taught, --each, --size, --to, --width, --max-nodes, --document, "
              "--notation, --onion, --color, --short, --expand",
              beside="--at, --parameters")  # fmt: skip
    yield Row("--ascii, --digits", beside="--at and --json, --parameters and --json")
    yield Row("--form, --to, --ascii, --width, --digits, --max-nodes, --document, --notation, "
              "--onion, --color, --short", beside="--size")  # fmt: skip


@verb(
    "grad", NETWORK,
    click.option("--wrt", default="parameters", show_default=True, metavar="NAME,…", help="By "
                 "what: parameters, weights, biases, inputs, or names; w1 is all of w1_1_1, …"),
    click.option("--form", **one_of(_FORMS, "layered"),
                 help="Back propagation; what is used twice; one formula each."),
    click.option("--at", metavar="NAME=NUMBER,…", help="The derivatives as numbers, at these "
                 "values: x=0.5,t=1,w1_1_1=0.2."),
    PARAMETERS, LEVEL,
    click.option("--taught", is_flag=True,
                 help="δ = a - t where loss and activation cancel, with the proof."),
    click.option("--each", is_flag=True, help="LaTeX: rows that differ by an index one by one."),
    click.option("--size", "sizes", is_flag=True,
                 help="Say how large every form is, without writing it."),
    FORMULA.to, UNIT, FORMULA.own, options(Output), EXPAND, options(Cost), rows=_rows,
)  # fmt: skip
def command(
    network: Network, wrt: str, at: str | None, parameters: str | None, form: str, level: str,
    taught: bool, each: bool, sizes: bool, writing: Writing, output: Output, cost: Cost,
) -> None:  # fmt: skip
    """Print the derivatives of a network.

    \b
    Examples:
      netsym grad 1-2-1:sigmoid                       back propagation
      netsym grad 1-2-1:sigmoid --wrt w1_1_1 --form inlined
      netsym grad 2-4tanh-4tanh-1 --size              expression swell
      netsym grad 2-3sigmoid-1 --level matrix --to latex
      netsym grad 1-2-1:sigmoid --onion --to latex    every factor of the chain rule
      netsym grad 2-3softmax --wrt inputs --output y_2
      netsym grad 1-2-1:sigmoid --loss bce            of the cost J
      netsym grad 2-3softmax --loss cross_entropy --taught
      netsym grad 1-1:sigmoid --loss sse --at x=2,t=1,w1=0.5,b1=-1

    With --at or --parameters they are numbers, also by what is a number already.
    Without --output, the derivatives of all outputs. δ is the derivative by z,
    what an activation is applied to, da by a. At kinks as torch: relu'(0) = 0.
    """  # fmt: skip
    if at is not None or parameters is not None or _is_all_numbers(network, cost):
        given = numbers_given(() if at is None else (at,), parameters)
        _write_numbers(Learned.of(network), given, wrt, writing, output, cost)
        return
    network = cost.of(network)
    note(network)
    names = _names(Learned(network, {}), wrt)
    if level == "matrix":
        _write_matrices(network, names, taught, writing, output)
        return
    _refuse_to_build(network, writing, every=names == "parameters" and not sizes)
    formula = network.formula("layered", writing.expand)
    if writing.unit is not None:
        formula = formula.output(writing.unit)
    if writing.own["onion"] and len(formula.outputs) > 1:
        raise SpecError("--onion is for the derivatives of one output; choose it with --output")
    slopes = formula.jacobian(names)
    if taught:
        slopes = _taught(network, slopes)
    if sizes:
        found = {name: (make(formula).size, make(slopes).size) for name, make in _FORMS.items()}
        if output.as_json:
            text = output.in_json(_to_json(network, slopes, found))
        else:
            text = spelled(_table(slopes, found, output.columns), output.in_ascii())
        write([text], output.target, Progress())
        return
    chosen = _FORMS[form](slopes)
    instead = "netsym grad --size says how large every form is; --max-nodes raises the limit"
    if form == "inlined":
        instead = f"layer by layer it has {shown(slopes.size.nodes)} (--form layered); {instead}"
    refuse_if_larger(chosen.size.nodes, form, writing.max_nodes, instead)
    if form == "layered" and names == "parameters" and _in_groups(slopes, writing, output):
        write(_groups(network, formula, slopes, writing, each), output.target, Progress())
        return
    if each:
        raise SpecError("--each is for the derivatives of one output; choose it with --output")
    writing.write(chosen, output, Progress(), counted=True)


def _in_groups(slopes: Formula, writing: Writing, output: Output) -> bool:
    """Whether derivatives are written as titled groups: in LaTeX, of one output, on a page."""
    is_one = slopes.size.nodes <= _MOST_IN_GROUPS and len(_above(slopes)) == 1
    return (
        is_one
        and writing.to == "latex"
        and not (writing.own["onion"] or writing.own["width"] or output.as_json)
    )


def _above(slopes: Formula) -> tuple[Name, ...]:
    names = slopes.outputs[0].names
    return names.above if isinstance(names, Derivatives) else ()


def _groups(
    network: Network, formula: Formula, slopes: Formula, writing: Writing, each: bool
) -> Iterator[str]:
    """Back propagation in titled groups, of units and of whole layers where these are known."""
    from netsym.equality.cancelled import taught_if_proved
    from netsym.gradient.of_arrays import why_no_gradient
    from netsym.writers.latex_groups import Slopes, write_groups

    whole = None
    arrays = network.matrices
    if writing.unit is None and not writing.expand and not why_no_gradient(arrays, arrays.shapes):
        own = arrays.gradient()
        whole = Slopes(arrays, own, taught_if_proved(network, own))
    own_options = {name: writing.own[name] for name in ("document", "notation", "color", "short")}
    scalar = Slopes(formula, slopes, taught_if_proved(network, slopes))
    return write_groups(scalar, whole, each=each, digits=writing.digits, **own_options)


def _names(learned: Learned, wrt: str) -> str | list[str]:
    """What to differentiate by: a word for all parameters or inputs, or names."""
    if wrt in ("parameters", "inputs"):
        return wrt
    return learned.names(wrt if wrt in GROUPS else [name.strip() for name in wrt.split(",")])


def _is_all_numbers(network: Network, cost: Cost) -> bool:
    """Whether nothing is left to be named, as in a cost of numbers over examples that are given."""
    return cost.data is not None and not network.parameter_names()


def _write_numbers(
    learned: Learned, given: dict[str, Any], wrt: str, writing: Writing, output: Output, cost: Cost
) -> None:
    network = cost.of(learned.network)
    note(network)
    _refuse_to_build(network, writing, every=False)
    point = point_of(network, given, learned.numbers)
    names = "inputs" if wrt == "inputs" else learned.names(wrt if wrt in GROUPS else wrt.split(","))
    formula = network.layered
    if writing.unit is not None:
        formula = formula.output(writing.unit)
    found = Values.of_formula(network.title, formula.jacobian(names), point)
    asked: dict[str, Any] = {"ascii": writing.own["ascii"]}
    if writing.digits is not None:
        asked["digits"] = writing.digits
    output.write_result(found, Progress(), **asked)


def _write_matrices(
    network: Network, names: str | list[str], taught: bool, writing: Writing, output: Output
) -> None:
    slopes = network.matrices.gradient(names)
    repeated = [] if names == "inputs" else network.repeated_names()
    if repeated:
        say(
            f"note: standing in several places: {few(repeated, 8)}; the derivative by such a "
            "parameter is the sum of the entries in its places"
        )
    writing.write(_taught(network, slopes) if taught else slopes, output, Progress())


def _taught(network: Network, slopes: F) -> F:
    """The derivatives with the δ that is taught; the proof is a note."""
    from netsym.equality.cancelled import taught

    found = taught(network, slopes)
    say(f"note: {found.because}")
    return found.formula


def _refuse_to_build(network: Network, writing: Writing, every: bool) -> None:
    """Raise `TooLargeError` where the graph of the derivatives would be too large to build.

    If `every` derivative is to be written, then also where the network itself would not be.
    """
    outputs = 1 if writing.unit is not None else len(network.output_names)
    nodes = network.count_nodes("layered", expand=writing.expand)
    if every and writing.unit is None:
        instead = "and that is the network without its derivatives; --max-nodes raises the limit"
        refuse_if_larger(nodes, "layered", writing.max_nodes, instead)
    nodes *= 1 + outputs
    instead = "choose one output with --output, or fewer names with --wrt in a smaller network"
    refuse_if_larger(nodes, "layered", MOST_DIFFERENTIATED, instead)


def _table(slopes: Formula, found: dict[str, tuple[Size, Size]], width: int | None) -> str:
    """The sizes of every form, of the network and of its derivatives, side by side."""
    rows = [("form", "network", "derivatives", "times")]
    for form, (network, gradient) in found.items():
        times = times_as_large(gradient.nodes, max(network.nodes, 1))
        rows.append((form, shown(network.nodes), shown(gradient.nodes), times))
    inlined, layered = found["inlined"][1].nodes, found["layered"][1].nodes
    said = (
        f"expression swell: as one formula each, the derivatives have "
        f"{times_as_large(inlined, max(layered, 1))} times the nodes that they have layer by "
        "layer, where each δ is written once and used by all."
        if inlined > layered
        else "the network is so small that naming what is shared saves nothing."
    )
    count = plural(len(slopes.outputs), "derivative")
    return "\n".join([count, "", *table(rows, "<>", width), "", remark(said, width)])


def _to_json(
    network: Network, slopes: Formula, found: dict[str, tuple[Size, Size]]
) -> dict[str, Any]:
    names = slopes.outputs[0].names.all()
    forms = {
        form: {"network": size.nodes, "derivatives": gradient.to_json(names)}
        for form, (size, gradient) in found.items()
    }
    return {"schema": 1, "network": network.title, "derivatives": len(names), "forms": forms}
