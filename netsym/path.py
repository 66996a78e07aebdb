"""The path from text to text: what was typed -> network -> reading -> form -> language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from netsym.array_formula import ArrayFormula
from netsym.errors import SpecError, did_you_mean
from netsym.files import files, formats, packaged
from netsym.files.bounded import text_of
from netsym.forms.array_form import named_where_again
from netsym.forms.sizes import MAX_NODES, refuse_if_larger
from netsym.formula import Formula
from netsym.network.network import Network
from netsym.readers import shorthand
from netsym.writers import WRITERS

#: What to do about a form that is too large.
INSTEAD = "netsym size says how large every form is; --max-nodes raises the limit"

_CALLED = re.compile(r"[\w./\\~-]*(\.\w+)")  # as a file would be


def written(
    given: str | Network,
    form: str = "inlined",
    to: str = "text",
    *,
    expand: bool = False,
    output: str | None = None,
    level: str = "scalar",
    max_nodes: int = MAX_NODES,
    **options: Any,
) -> Iterator[str]:
    """A network in a form, in a language, piece by piece; at the `level` "matrix" of whole arrays.

    >>> print(*written("1-1:sigmoid", ascii=True), sep="")
    y = sigmoid(w1_1_1*x + b1_1)
    >>> print(*written("9-5tanh-3softmax", level="matrix"), sep="")
    ŷ = softmax(W²·tanh(W¹x + b¹) + b²)
    """
    network = network_of(given)  # text -> network
    formula = formula_of(
        network, form, expand, output, max_nodes, level
    )  # network -> reading -> form
    return formula.write(to, max_nodes=None, **options)  # form -> text


# -- text -> network -------------------------------------------------------------------------------
def network_of(given: str | Network) -> Network:
    """The network that a text stands for; raises `SpecError` for a formula, or what is none."""
    if isinstance(given, Network):
        return given
    path = Path(given)
    if files.is_file(path) or "/" in given or path.suffix in formats.suffixes():
        return files.load(path)
    network = _named(given)
    if network is None and given.isidentifier():
        raise SpecError(
            f"no network is called {given!r}: give a file, or {shorthand.SYNTAX}, "
            f"or a name; {did_you_mean(given, packaged.networks())}"
        )
    return network or shorthand.parse(given)


def _named(given: str) -> Network | None:
    """A network that comes with the package, by its name."""
    file = packaged.network_file(given)
    return None if file is None else files.load(file)


def meant(given: str) -> Network | str:
    """What a text stands for, first match: an existing file, a shorthand, a name, a formula.

    A file holds a network in one of the formats, or the text of one of the others. A formula is
    given back as the text that it is. Raises `SpecError` for a file that is not there or cannot
    be read.
    """
    path, text = Path(given), given
    if files.is_file(path):
        if path.suffix.lower() in formats.suffixes():
            return files.load(path)
        text = text_of(path)
    elif _is_called_as_a_file(given):
        raise SpecError(f"there is no file {given}; check the path and its spelling")
    return shorthand.parse(text) if shorthand.is_shorthand(text) else _named(text) or text


def _is_called_as_a_file(given: str) -> bool:
    found = _CALLED.fullmatch(given)
    written = (suffix for row in WRITERS.values() for suffix in row.suffixes)
    return found is not None and found[1] in (".txt", ".md", *written, *formats.suffixes())


# -- network -> form -------------------------------------------------------------------------------
def formula_of(
    network: Network,
    form: str,
    expand: bool,
    output: str | None,
    max_nodes: int,
    level: str = "scalar",
    onion: bool = False,
) -> Formula | ArrayFormula:
    """A form of a network, or of one output of it; at the `level` "matrix" of whole arrays, of
    which an `onion` writes once what is read again.

    Raises `TooLargeError` for more than `max_nodes`, from the forecast, before it is built: what
    comes from here need not be counted again.
    """
    if level == "matrix":
        return _of_matrices(network, form, max_nodes, onion)
    _refuse_large(network, form, expand, output, max_nodes)
    formula = network.formula(form, expand)
    return formula if output is None else formula.output(output)


def _of_matrices(network: Network, form: str, max_nodes: int, onion: bool) -> ArrayFormula:
    layered = network.matrices
    layers = layered.size.nodes
    if form != "inlined":
        refuse_if_larger(layers, "matrix", max_nodes, INSTEAD)
        return layered
    formula = layered.inlined
    size = named_where_again(formula).size if onion else formula.size
    instead = INSTEAD
    if layers <= max_nodes:
        instead = (
            f"layer by layer it has {layers:,} (netsym show --level matrix), and --to latex "
            f"--onion writes once what is read again; {instead}"
        )
    refuse_if_larger(size.nodes, "inlined matrix", max_nodes, instead)
    return formula


def _refuse_large(
    network: Network, form: str, expand: bool, output: str | None, max_nodes: int
) -> None:
    instead = INSTEAD
    if form == "inlined":
        nodes = network.count_nodes(form, output, expand)
        if nodes > max_nodes:
            layers = network.count_nodes("layered", None, expand)
            if layers <= max_nodes:
                instead = f"layer by layer it has {layers:,} (netsym show); {instead}"
    else:
        nodes = network.count_nodes("once" if form == "once" else "layered", None, expand)
        if nodes > max_nodes and (output is not None or form == "shared"):
            size = network.forecast(form, expand, output)
            nodes = nodes if size is None else size.nodes
    refuse_if_larger(nodes, form, max_nodes, instead)
