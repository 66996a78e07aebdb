"""Typed text to a formula: equations line by line, in the text that writers write or people type.

Text is read with explicit stacks in linear time; nothing recurses, nothing is evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from netsym.errors import SpecError
from netsym.forms.form import Binding, Form
from netsym.graph.graph import Graph, Ids
from netsym.graph.names import Names, literal
from netsym.typed.arrays_of_names import entitle, places
from netsym.typed.carets import Span
from netsym.typed.dialects import translated
from netsym.typed.equations import Equations, Statement
from netsym.typed.expressions import Expressions
from netsym.typed.notation import is_latex
from netsym.typed.tokens import Tokens, tokens_of
from netsym.typed.vocabulary import Vocabulary

#: A text without any of these has no sum over an index.
_SUMS = ("sum", "prod", "∑", "Σ", "∏", "Π")
_DEEPEST = 5_000  # a level of the graph takes as long as a thousand characters of text
_INPUT = re.compile(r"x(?:_([1-9][0-9]{0,8}))?")
_NUMBERED = re.compile(r"(.+)_([1-9][0-9]{0,5})")


class Parsed(NamedTuple):
    """A typed formula, and what was found while reading it.

    `spans` says where in `text` each node first stands, `again` where operations stand that are
    typed more than once, and `equations` where the equation of each output does. `digits` has, for
    each constant typed with a point or an exponent, half a unit of its last digit (the largest, if
    typed several times). `notes` are sentences about what the reader assumed.
    """

    formula: Form
    text: str
    spans: Mapping[int, Span]
    again: Mapping[int, Sequence[Span]]
    equations: Mapping[str, Span]
    digits: Mapping[int, Fraction]
    notes: tuple[str, ...]


def parse_formula(
    text: str,
    *,
    known: Sequence[Names] | None = None,
    inputs: Names | None = None,
    outputs: Names | None = None,
    function: str = "",
    longest: int | None = 1_000_000,
    latex_names: Mapping[str, str] | None = None,
    arrays: bool = False,
) -> Parsed:
    r"""Read one or more equations, in text or LaTeX, as people type or writers write them.

    `known` are the names that symbols may have besides the inputs; without it, all may be.
    `inputs` are the names of the inputs, in order; without it the arguments of `f(x, y) =`, else
    the symbols x, x_1, x_2, … `outputs` and `function` are what a left side may define as the
    result; without them it is what no other equation uses. Text of more than `longest` characters
    is refused. `latex_names` has the LaTeX of names that were given one. With `arrays` a name is a
    whole array, and W1 x a product in this order (see `typed.whole_arrays`).
    Raises `SpecError`, with a caret in the text, for what is not a formula.

    >>> parsed = parse_formula("f(x) = 2x + 1/(1 + e**-x)")
    >>> parsed.notes
    ('2x was read as 2*x',)
    >>> [block.op for block in parse_formula(r"\frac{1}{1+e^{-w_1 x}}").formula.graph.blocks]
    ['symbol', 'symbol', 'constant', 'multiply', 'negate', 'exp', 'add', 'divide']
    """
    if longest is not None and len(text) > longest:
        raise SpecError(
            f"the formula has {len(text):,} characters; at most {longest:,} are read "
            "(raise longest to read more)"
        )
    vocabulary = Vocabulary(known, inputs)
    given = latex_names or {}
    chosen = outputs.literal if outputs is not None else ()
    deepest = None if longest is None else _DEEPEST
    sums = None
    if any(sign in text for sign in _SUMS):
        from netsym.typed.sums import spread  # most need not wait for it

        sums = spread(text, longest)
    text = text if sums is None else sums.text
    reader: type[Expressions] = Expressions
    if arrays:
        from netsym.typed.whole_arrays import ArrayExpressions, array_tokens  # rare

        tokens, reader = array_tokens(text, vocabulary), ArrayExpressions
    elif is_latex(text):
        from netsym.typed.latex_tokens import latex_tokens  # plain text need not wait for it

        tokens = latex_tokens(text, vocabulary, given, chosen)
    else:
        tokens = tokens_of(text)
    if sums is not None:
        tokens = sums.located(tokens)
    if not arrays:
        tokens = translated(tokens, vocabulary)
    read = Equations(tokens, vocabulary, inputs, outputs, function, deepest, reader)
    return _parsed(read, given)


def _parsed(read: Equations, latex_names: Mapping[str, str]) -> Parsed:
    results = read.read()
    reader, builder = read.expressions, read.expressions.nodes
    entitle(
        builder,
        {e.number: e.name for e in read.equations if builder.kinds[e.number][0] == "name"
         and e.number != e.value},
    )  # fmt: skip
    graph = Graph()
    symbols, inputs = _symbols(read, graph)
    ids = builder.build(graph, symbols, [e.value for e in results])
    function, outputs = _outputs(read, results, ids)
    formula = Form(graph, inputs, outputs, function, latex_names=dict(latex_names))
    spans: dict[int, Span] = {}
    for node, span in zip(ids.tolist(), builder.spans, strict=True):
        spans.setdefault(node, span)
    spans.pop(-1, None)
    again: dict[int, list[Span]] = {}
    numbers, *ends = (builder.again[place::3].tolist() for place in range(3))
    for number, start, stop in zip(numbers, *ends, strict=True):
        again.setdefault(int(ids[number]), []).append((start, stop))
    places = zip(outputs, results, strict=True)
    again.pop(-1, None)
    equations = {output.name: _place(read.tokens, equation) for output, equation in places}
    digits: dict[int, Fraction] = {}
    for number, half in builder.digits.items():
        node = int(ids[number])
        if node >= 0:
            digits[node] = max(half, digits.get(node, half))
    notes = tuple(reader.notes)
    return Parsed(formula, read.tokens.text, spans, again, equations, digits, notes)


def _place(tokens: Tokens, equation: Statement) -> Span:
    """Where an equation stands; a formula alone, from the start of the text."""
    start = tokens.starts[equation.token] if equation.name else 0
    return start, tokens.stops[equation.stop - 1]


def _symbols(read: Equations, graph: Graph) -> tuple[dict[str, int], Ids]:
    """Symbols in the graph, by plain name; and those that are inputs."""
    vocabulary = read.vocabulary
    used = [name for name in read.expressions.nodes.symbols if "(" not in name]
    starts: dict[int, int] = {}

    def node(names: Names, position: int) -> int:
        if id(names) not in starts:
            starts[id(names)] = int(graph.symbols(names)[0])
        return starts[id(names)] + position

    given = read.inputs
    inputs = [] if given is None else [node(given, position) for position in range(len(given))]
    chosen: list[str] = []
    if given is None:
        chosen = _inputs_among(used) if read.arguments is None else read.arguments
    unknown = [n for n in dict.fromkeys([*chosen, *used]) if not vocabulary.place(n)]
    places_of_unknown = _unknown_names(read, unknown)
    ids = {}
    for name in dict.fromkeys([*chosen, *used]):
        place = vocabulary.place(name)
        ids[name] = node(*(place or places_of_unknown[name]))
    return ids, np.array(inputs or [ids[name] for name in chosen], dtype=np.int32)


def _unknown_names(read: Equations, names: Sequence[str]) -> dict[str, tuple[Names, int]]:
    """Names that nothing is known of: structured, if they look so in the whole text."""
    words, first_use = read.tokens.words, read.expressions.words.first_use
    spelled = [n for n in names if n in first_use and words[first_use[n]] != n]
    if read.tokens.text.isascii():
        return places(names)
    # in Unicode text, t_1 is not t₁
    typed = [n for n in names if n not in first_use or words[first_use[n]] == n]
    found = places(spelled, spelled)
    together = literal(*typed)
    return found | {name: (together, i) for i, name in enumerate(typed)}


def _inputs_among(names: Iterable[str]) -> list[str]:
    """The names x, x_1, x_2, … in order."""
    found = [(name, match) for name in names if (match := _INPUT.fullmatch(name))]
    return [name for name, _ in sorted(found, key=lambda pair: int(pair[1][1] or 0))]


def _outputs(
    read: Equations, results: Sequence[Statement], ids: Ids
) -> tuple[str, tuple[Binding, ...]]:
    """The name of the function, and the outputs."""
    function, names = read.function, read.outputs
    called, positions = all(e.called for e in results), [e.position or 0 for e in results]
    if names is None:
        base, shape, positions = _numbered([e.name for e in results])
        if called or base in ("y", ""):
            names = Names("y", None, shape)
        else:
            names, positions = literal(*[e.name for e in results]), list(range(len(results)))
        function = function or (base if called else "")
    elif all(e.position is None for e in results):
        positions = list(range(len(results)))
    elif called and not function:
        function = _numbered([e.name for e in results])[0]
    nodes = [int(ids[e.value]) for e in results]
    placed = zip(positions, nodes, strict=True)
    return function, tuple(Binding(names, position, node) for position, node in placed)


def _numbered(names: Sequence[str]) -> tuple[str, tuple[int, ...], list[int]]:
    """f, (3,), [0, 2] for f_1 and f_3; a single name as it is; "" where there is no such name."""
    matches = [_NUMBERED.fullmatch(name) for name in names]
    found = [(match[1], int(match[2])) for match in matches if match]
    bases, most = {base for base, _ in found}, max((number for _, number in found), default=0)
    if len(found) == len(names) and len(bases) == 1 and (most > 1 or found[0][0] == "y"):
        return found[0][0], (most,), [number - 1 for _, number in found]
    return (
        (names[0], (), [0])
        if len(names) == 1
        else ("several", (len(names),), list(range(len(names))))
    )
