"""The path from text to text: what was typed -> network -> reading -> form -> language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast

from netsym.errors import SpecError, UnclearError, did_you_mean, nearest
from netsym.files import formats, packaged
from netsym.files.bounded import is_file, text_of
from netsym.forms.form import Form
from netsym.forms.sizes import MAX_NODES, refuse_if_larger
from netsym.formula import Formula
from netsym.later import later
from netsym.network.network import Network
from netsym.readers import shorthand
from netsym.writers import WRITERS

if TYPE_CHECKING:
    from netsym.array_formula import ArrayFormula
    from netsym.network import examples
    from netsym.readers import elsewhere
else:
    examples, elsewhere = later("netsym.network.examples"), later("netsym.readers.elsewhere")

P = ParamSpec("P")
R = TypeVar("R")

#: What to do about a form that is too large.
INSTEAD = "netsym size says how large every form is; --max-nodes raises the limit"

#: What is no formula: the name of a network, and widths that are misspelt.
_WORDS = re.compile(r"[A-Za-z]\w*|[A-Za-z]\w+(?:-\w\w+)+")
_HYPHENS = re.compile(r"[A-Za-z]\w*(?:-\w+)+")
_WIDTHS = re.compile(r"(?:\d[\w\s\[\]().,:×+–−→>-]*)?\s*")

_CALLED = re.compile(r"[\w./\\~-]*(\.\w+)")  # as a file would be


def written(
    given: Any,
    form: str = "inlined",
    to: str = "text",
    *,
    expand: bool = False,
    output: str | None = None,
    level: str = "scalar",
    max_nodes: int = MAX_NODES,
    **options: Any,
) -> Iterator[str]:
    """A network, or anything that stands for one, in a form, in a language, piece by piece; at the
    `level` "matrix" of whole arrays.

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
def network_of(given: Any, inputs: Sequence[str] | None = None) -> Network:
    """The network that something stands for, first match: a network; of a text an existing file,
    a shorthand, the name of a built-in network, a formula; a formula or a sympy expression.

    A formula is read layer by layer; one that is no network of dense layers is a network with that
    formula as its one layer. `inputs` are the names in it that are inputs, where they do not tell.
    `assumed` says what was understood. Raises `SpecError` for anything else, with a caret.
    """
    if isinstance(given, Network):
        return given
    if not isinstance(given, str):
        return of_formula(given, inputs)
    found = meant(given)
    return _of_text(found, given, inputs) if isinstance(found, str) else found


def _of_text(text: str, given: str, inputs: Sequence[str] | None) -> Network:
    """The network that a formula is, and what is told where it is none, but meant as another."""
    if _WORDS.fullmatch(text) or (_HYPHENS.fullmatch(text) and nearest(text, packaged.networks())):
        raise SpecError(
            f"no network is called {text!r}: give a file, or {shorthand.SYNTAX}, "
            f"or a name, or a formula; {did_you_mean(text, packaged.networks())}"
        )
    try:
        return of_formula(text, inputs)
    except UnclearError:  # it is a formula, of which nobody knows the inputs
        raise
    except SpecError as error:
        if text != given and text != given.strip():
            raise SpecError(f"{given}: {error}") from None
        if _WIDTHS.fullmatch(text):
            return shorthand.parse(text)
        raise


def of_formula(given: Any, inputs: Sequence[str] | None = None) -> Network:
    """The network that a typed formula, a `Formula` or a sympy expression is."""
    if hasattr(given, "free_symbols"):
        from netsym.readers.sympy import from_sympy

        given = from_sympy(given, inputs)
    if not isinstance(given, (str, Form)):
        raise SpecError(
            f"{type(given).__name__} is no network; give a network, a file, a shorthand, the name "
            "of a built-in network, a formula or a sympy expression"
        )
    from netsym.recognise.recognised import network_of_formula  # a shorthand need not wait for it

    return network_of_formula(given, inputs)


def takes_any(
    function: Callable[Concatenate[Network, P], R],
) -> Callable[Concatenate[Any, P], R]:
    """The same function of anything that stands for a network; see `network_of`."""

    @wraps(function)
    def of_any(network: Any, *args: P.args, **options: P.kwargs) -> R:
        return function(network_of(network), *args, **options)

    return cast(Callable[Concatenate[Any, P], R], of_any)


def _named(given: str) -> Network | None:
    """A network that comes with the package, by its name."""
    file = packaged.network_file(given)
    return None if file is None else _in_file(file)


def _in_file(path: Path) -> Network:
    from netsym.files.files import load  # a shorthand need not wait for it

    return load(path)


def meant(given: str) -> Network | str:
    """What a text stands for, first match: an existing file, a shorthand, a name, a formula.

    A file holds a network in one of the formats, or of another system, or the text of one of the
    others. A formula is
    given back as the text that it is. Raises `SpecError` for a file that is not there or cannot
    be read.
    """
    path, text = Path(given), given
    if "\n" not in given and is_file(path):
        if path.suffix.lower() in formats.suffixes():
            return _in_file(path)
        if elsewhere.is_elsewhere(path):
            return elsewhere.read(path)
        text = text_of(path)
    elif _is_called_as_a_file(given):
        raise SpecError(f"there is no file {given}; check the path and its spelling")
    return in_text(text)


def in_text(text: str) -> Network | str:
    """A network in shorthand or by its name; a formula is given back as the text that it is."""
    return shorthand.parse(text) if shorthand.is_shorthand(text) else _named(text) or text


def _is_called_as_a_file(given: str) -> bool:
    found = _CALLED.fullmatch(given)
    written = (suffix for row in WRITERS.values() for suffix in row.suffixes)
    return found is not None and found[1] in (
        ".txt",
        ".md",
        *written,
        *formats.suffixes(),
        *formats.ELSEWHERE,
    )


# -- network -> form -------------------------------------------------------------------------------
def formula_of(
    network: Network,
    form: str,
    expand: bool,
    output: str | None,
    max_nodes: int,
    level: str = "scalar",
    once: bool = False,
) -> Formula | ArrayFormula:
    """A form of a network, or of one output of it; at the `level` "matrix" of whole arrays.

    With `once` it is for a writer that writes once what is read again, and of a cost it is what
    one example stands for all.

    Raises `TooLargeError` for more than `max_nodes`, from the forecast, before it is built: what
    comes from here need not be counted again.
    """
    if level == "matrix":
        return _of_matrices(network, form, max_nodes, once)
    if once and form == "inlined":
        refuse_if_larger(network.count_nodes("layered", None, expand), form, max_nodes, INSTEAD)
        if examples.count_examples(network) and not expand:
            return Formula.of(examples.of_each_example(network))
        formula = network.formula(form, expand)
        return formula if output is None else formula.output(output)
    _refuse_large(network, form, expand, output, max_nodes)
    formula = network.formula(form, expand)
    return formula if output is None else formula.output(output)


def _of_matrices(network: Network, form: str, max_nodes: int, once: bool) -> ArrayFormula:
    from netsym.forms.written_once import written_once  # scalars need not wait for it

    layered = network.matrices
    layers = layered.size.nodes
    if form != "inlined":
        refuse_if_larger(layers, "matrix", max_nodes, INSTEAD)
        return layered
    formula = layered.inlined
    size = written_once(formula).size if once else formula.size
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
