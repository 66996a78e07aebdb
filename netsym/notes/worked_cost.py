r"""A cost over examples with its numbers: a table of them, and J computed in a few lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from netsym.network.costs import cost, examples_of
from netsym.network.network import Network
from netsym.wording import plural
from netsym.writers.array_latex import matrix
from netsym.writers.latex import Latex
from netsym.writers.latex_columns import aligned
from netsym.writers.latex_layers import Group
from netsym.writers.spelling import rounded

DIGITS = 4
_MOST_EXAMPLES, _MOST_INPUTS, _MOST_TERMS = 12, 4, 6
_LAST = 2  # rows behind the dots

#: A column of the table: its head, and a number an example.
_Column = tuple[str, Sequence[float]]


def worked_cost(
    network: Network, loss: str, data: Any, *, digits: int = DIGITS, l1: float = 0.0,
    l2: float = 0.0, **terms: Any,
) -> list[Group]:  # fmt: skip
    r"""The groups of a cost of a network of numbers: its examples, and J.

    The options are those of `netsym.cost`. Raises `SpecError` for data that do not fit,
    `ValueMissingError` for parameters without numbers.

    >>> import netsym
    >>> network = netsym.parse("1-1").with_parameters({"w1_1_1": 2.0, "b1_1": 0.0})
    >>> print("\n".join(worked_cost(network, "mse", ([[1], [2]], [1, 5]), l2=0.5)[1].rows))
    J &= \frac{1}{2}\,(1 + 1) + \frac{0.5}{2} \cdot 4
    &= 1 + 1
    &= 2
    """
    x, y = examples_of(network, loss, data)
    inputs = list(_inputs(network, x))
    answers = np.asarray(network(*inputs), dtype=np.float64).reshape(len(x), -1)
    each: dict[str, Any] = {name: value for name, value in terms.items() if name == "delta"}
    targets = y.reshape(len(y), *network.outputs[0].shape)
    losses = np.asarray(cost(network, loss, **each)(*inputs, targets)).reshape(-1)
    columns = [
        *_said(_names(network), x), *_said(_letters("y", y), y),
        *_said(_letters(r"\hat{y}", answers), answers), ("L^{(i)}", losses.tolist()),
    ]  # fmt: skip
    if x.shape[1] > _MOST_INPUTS:
        columns = columns[x.shape[1] :]
    table = Group("Examples", _aside(x), (f"& {_table(columns, digits)}",))

    def total(l1: float = 0.0, l2: float = 0.0) -> float:
        return float(np.asarray(cost(network, loss, data=data, l1=l1, l2=l2, **terms)()))

    mean = total()
    parts = [(f"{rounded(l1, digits)} \\cdot ", l1, _clean(total(l1=1.0) - mean))] if l1 else []
    if l2:
        share = rf"\frac{{{rounded(l2, digits)}}}{{2}} \cdot "
        parts.append((share, l2 / 2, _clean(2 * (total(l2=1.0) - mean))))
    return [table, Group("Cost", _said_of(terms, bool(parts)), tuple(
        _lines(losses.tolist(), mean, parts, digits, terms.get("reduction", "mean") == "mean")
    ))]  # fmt: skip


def _lines(
    losses: Sequence[float], mean: float, parts: Sequence[tuple[str, float, float]], digits: int,
    is_mean: bool,
) -> Iterator[str]:  # fmt: skip
    """J from its losses and the sizes of its penalties."""
    share = rf"\frac{{1}}{{{len(losses)}}}\," if is_mean else ""
    sizes = "".join(f" + {head}{rounded(size, digits)}" for head, _, size in parts)
    yield f"J &= {share}({_sum(losses, digits)}){sizes}"
    terms = [mean, *(_clean(factor * size) for _, factor, size in parts)]
    if parts:
        yield f"&= {_sum(terms, digits)}"
    yield f"&= {rounded(sum(terms), digits)}"


def _clean(number: float) -> float:
    """A number without its last digits, which are noise of a difference."""
    return float(f"{number:.12g}")


def _sum(numbers: Sequence[float], digits: int) -> str:
    """A sum, of very many numbers the first and the last."""
    texts = [rounded(number, digits) for number in numbers]
    if len(texts) > _MOST_TERMS:
        texts = [*texts[: _MOST_TERMS - 2], r"\cdots", texts[-1]]
    return " + ".join(texts).replace("+ -", "- ")


def _said_of(terms: dict[str, Any], is_penalised: bool) -> str:
    reduction = terms.get("reduction", "mean")
    return f"{reduction} of the losses" + ", and the penalty" * is_penalised


def _inputs(network: Network, x: Any) -> Iterator[Any]:
    """The examples as the network takes them, an array for each input."""
    edges = np.cumsum([len(each.names) for each in network.inputs])[:-1]
    for each, part in zip(network.inputs, np.split(x, edges, axis=1), strict=True):
        yield part.reshape(len(x), *each.shape)


# -- the table -------------------------------------------------------------------------------------
def _names(network: Network) -> list[str]:
    """The inputs in LaTeX, of example (i)."""
    form = network.layered
    language = Latex(form)
    names = (language.name(*form.graph.symbol(node)) for node in form.inputs.tolist())
    return [f"{{{name}}}^{{(i)}}" for name in names]


def _letters(letter: str, values: Any) -> list[str]:
    """A letter with its indices, if there are several, of example (i)."""
    count = values.shape[1]
    return [letter + (f"_{{{n + 1}}}" if count > 1 else "") + "^{(i)}" for n in range(count)]


def _said(names: Sequence[str], values: Any) -> list[_Column]:
    return list(zip(names, values.T.tolist(), strict=True))


def _table(columns: Sequence[_Column], digits: int) -> str:
    """An example a row, decimals under each other; of very many the first and the last."""
    count = len(columns[0][1])
    kept = [*range(count)]
    if count > _MOST_EXAMPLES:
        kept = [*kept[: _MOST_EXAMPLES - _LAST], *kept[-_LAST:]]
    texts = [aligned([rounded(numbers[n], digits) for n in kept]) for _, numbers in columns]
    cells = [_shown(column, numbers, kept) for column, (_, numbers) in
             zip(texts, columns, strict=True)]  # fmt: skip
    rows = [[str(n + 1), *row] for n, *row in zip(kept, *cells, strict=True)]
    if len(kept) < count:
        rows.insert(_MOST_EXAMPLES - _LAST, [r"\vdots"] * (len(columns) + 1))
    head = ["i", *(name for name, _ in columns)]
    body = matrix([head, *rows], "array", f"{{{'r' * len(head)}}}")
    return body.replace(r" \\ ", r" \\ \hline ", 1)


def _shown(column: Sequence[str], numbers: Sequence[float], kept: Sequence[int]) -> list[str]:
    """The cells of a column; a number that is 0 is shown here."""
    return [cell if numbers[n] else "0" for cell, n in zip(column, kept, strict=True)]


def _aside(x: Any) -> str:
    said = plural(len(x), "example")
    if len(x) > _MOST_EXAMPLES:
        said += f"; left out where the dots are: {len(x) - _MOST_EXAMPLES}"
    if x.shape[1] > _MOST_INPUTS:
        said += f"; {plural(x.shape[1], 'input')} each, not shown"
    return said
