r"""The derivation of a simplified network in LaTeX: one `aligned`, words and reasons in `\text`.

From `W^{[2]} (W^{[1]} x + b^{[1]}) + b^{[2]}` to `(W^{[2]} W^{[1]}) x + (W^{[2]} b^{[1]} +
b^{[2]})`, and to the entries; then what stays as it is, and the formula that it comes to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from netsym.collapse.blocked import Blocked
from netsym.collapse.letters_of_parameters import Spelling, aligned, is_small
from netsym.collapse.maps import collapse, side_by_side
from netsym.collapse.rules import Rule, compose, join
from netsym.collapse.simplified import MOST_BLOCKED, MOST_STEPS, Simplified
from netsym.collapse.step import Step
from netsym.collapse.witness import Witness
from netsym.errors import checked_whole
from netsym.forms.array_form import ArrayForm
from netsym.forms.sizes import MAX_NODES
from netsym.graph.array_operations import coded
from netsym.graph.functions import FUNCTIONS
from netsym.graph.names import Names, literal
from netsym.layers.elementwise import Activation
from netsym.layers.wiring import Placed
from netsym.network.columns import in_text
from netsym.ops.affine.whole_arrays import Letters, TooLong, Unwritten, Value
from netsym.wording import plural
from netsym.writers.array_latex import ArrayLatex, matrix
from netsym.writers.latex import Latex
from netsym.writers.latex_pages import preamble
from netsym.writers.latex_widths import WIDTH
from netsym.writers.notations import named_notation
from netsym.writers.ropes import flat

_MOST_RESULT = 400  # nodes of the inlined result, else of the layered one
_MOST_STAGES = 4  # that are put into each other in one formula
_MOST_LINES = 6  # of a long run

#: Why a block is affine, beside it.
_REASONS: Mapping[Rule, str] = {compose: "affine of affine", join: "affine maps added or joined"}
_BESIDE = re.compile(r" &&\\quad\\text\{[^{}]*\}")
_BETWEEN = 30.0  # points between a row and its reason
_MARGIN = 60.0  # points: what words may stand behind
_WORD = re.compile(r"(?:\$[^$]*\$|\S)+")


def derivation(
    result: Simplified,
    *,
    document: bool = False,
    notation: str = "ng",
    digits: int | None = None,
    max_nodes: int | None = MAX_NODES,
) -> str:
    r"""The derivation of a simplified network in LaTeX: for display mathematics, or a `document`.

    `notation` is "ng", "cs229" or "nielsen"; `digits` rounds the numbers shown, where `\approx`
    stands. The formula in the end is inlined as long as that is short, else layer by layer, and
    with a letter for every array where that would be more than `max_nodes`. Raises `SpecError` for
    an unknown notation.

    >>> import netsym
    >>> text = derivation(netsym.simplify(netsym.parse("1-2-1")))
    >>> print("\n".join(text.replace(" &&", "\n&&").splitlines()[2:6]))
    \hat{y} &= W^{[2]} \bigl(W^{[1]} x + b^{[1]}\bigr) + b^{[2]} \\
    &= \bigl(W^{[2]} W^{[1]}\bigr) x + \bigl(W^{[2]} b^{[1]} + b^{[2]}\bigr)
    &&\quad\text{affine of affine} \\
    &= W' x + b' \\[1ex]
    """
    named_notation(notation)
    text = _Derivation(result, notation, digits).text(max_nodes)
    if not document:
        return f"\\begin{{aligned}}\n{text}\n\\end{{aligned}}\n"
    begin, end = "\\begin{alignat*}{2}\n", "\n\\end{alignat*}\n\\end{document}\n"
    return preamble() + begin + text + end


def counterexample(result: Simplified, witness: Witness, digits: int) -> tuple[str, str]:
    r"""Why what stands between layers is not affine: words with `$…$` in them, and numbers.

    >>> import netsym
    >>> result = netsym.simplify(netsym.parse("2-1tanh-1"))
    >>> print(*counterexample(result, result.blocked[0].witness, 3), sep="\n")
    $\hat{y}$ as a function of $x_{1}$ alone, where other values are 0, is not affine:
    \hat{y}(1) \approx 0.762 \ne \tfrac{1}{2}\bigl(\hat{y}(0) + \hat{y}(2)\bigr) \approx 0.482
    """
    along, formula = _Derivation(result, "ng", digits).numbers(witness)
    return along.strip(), formula.replace(" &", " ", 1)


class _Derivation:
    """Writes the parts of the derivation of a result."""

    def __init__(self, result: Simplified, notation: str, digits: int | None) -> None:
        self.result = result
        self.spelling = Spelling(result.original, notation, digits)
        self.latex = self.spelling.latex
        for step in result.steps:
            self._call_anew(step)
        self.spelling.single = len({name for step in result.steps for name in _new(step)}) == 1

    def _call_anew(self, step: Step) -> None:
        """Give what a step replaces a prime more."""
        primes = self.spelling.primes
        for name, placed in _new(step).items():
            before = step.diagram.layers.get(name)
            old = [] if before is None else list(before.parameters.values())
            most = max((primes.get(id(parameter), 0) for parameter in old), default=0)
            primes |= {id(parameter): most + 1 for parameter in placed.parameters.values()}

    def text(self, max_nodes: int | None) -> str:
        """All rows; the reasons stand beside them if there is room behind the widest."""
        text = " \\\\[1ex]\n".join(self.parts(max_nodes))
        rows = [row for row in re.split(r" \\\\(?:\[1ex\])?\n", text) if r"\rlap" not in row]
        widest = max(self.latex.measure(_BESIDE.sub("", row)) for row in rows)
        reasons = [self.latex.measure(reason) for reason in _BESIDE.findall(text)]
        return (
            text if widest + max(reasons, default=0) <= WIDTH - _BETWEEN else _BESIDE.sub("", text)
        )

    def parts(self, max_nodes: int | None) -> Iterator[str]:
        """The groups of rows."""
        steps = self.result.steps
        if not steps:
            yield self._said("Nothing collapses.")
        for number, step in enumerate(steps[:MOST_STEPS], 1):
            head = f"Step {number}. " if len(steps) > 1 else ""
            yield from (
                self._collapsed(step, head) if _collapses(step) else self._changed(step, head)
            )
        if len(steps) > MOST_STEPS:
            yield self._said(f"And {plural(len(steps) - MOST_STEPS, 'more step')}.")
        yield from self._blocked()
        yield from self._end(max_nodes)

    # -- steps ----------------------------------------------------------------------------------
    def _changed(self, step: Step, head: str) -> Iterator[str]:
        """A rule other than those that collapse, in a sentence."""
        letters = [
            f"${self.spelling.letter(parameter)}$"
            for placed in _new(step).values()
            for parameter in placed.parameters.values()
        ]
        rows = [self._said(f"{head}{_sentence(step.found.words)}, by the rule")]
        rows.append(f"& {_pattern(step.pattern)}")
        if letters:
            rows.append(self._said(f"What is left is called {', '.join(letters)}."))
        yield _rows(rows)

    def _collapsed(self, step: Step, head: str) -> Iterator[str]:
        """A block: from the layers as they are to the one that stands for them."""
        found, spelling = step.found, self.spelling
        letters = Letters(spelling.letter, spelling.diagonal)
        entries = Letters(spelling.matrix, spelling.diagonal_matrix)
        value = self._whole(step, letters)
        shown = self._whole(step, entries) if _is_small(step) else None
        rows = [*self._nested(step, letters, value), self._after(step, letters)]
        yield _rows([self._said(f"{head}{_sentence(found.words)}."), *rows])
        new = found.after.layers.get(found.layers[-1].name)
        if new is not None:
            yield from self._entries(step, new, letters, value, (entries, shown))

    def _nested(self, step: Step, ops: Letters, value: Value | None) -> Iterator[str]:
        """The layers put into each other, and multiplied out; one by one if there are many."""
        end = self._value(step, step.found.layers[-1].name)
        stages = [placed for placed in step.found.layers if placed.parameters]
        nested = f"{end} &= {self._text(ops, value.node)}" if value is not None else ""
        if nested and len(stages) <= _MOST_STAGES and self.latex.measure(nested) <= WIDTH:
            yield nested
        else:
            yield from self._stages(step, ops)
        if value is not None:
            spread = f"&= {self._spread(ops, value)}"
            if self.latex.measure(spread) <= WIDTH:
                yield spread + rf" &&\quad\text{{{_REASONS[step.rule]}}}"

    def _stages(self, step: Step, ops: Letters) -> Iterator[str]:
        """The layers one by one."""
        layers = step.found.layers
        many = len(layers) > _MOST_LINES
        for placed in (*layers[:3], layers[-1]) if many else layers:
            if many and placed is layers[-1]:
                yield r"&\;\;\vdots"
            inputs = [self._source(step, ops, source) for source in placed.sources]
            text = self._text(ops, _layer(placed, ops, *inputs).node)
            yield f"{self._value(step, placed.name)} &= {text}"

    def _source(self, step: Step, ops: Letters, name: str) -> Value:
        return ops.source(name, self._value(step, name), step.diagram.width(name))

    def _whole(self, step: Step, ops: Letters) -> Value | None:
        """The value at the end of the layers; None if it is too long."""
        values = {source: self._source(step, ops, source) for source in step.found.sources}
        try:
            for placed in step.found.layers:
                inputs = (values[source] for source in placed.sources)
                values[placed.name] = _layer(placed, ops, *inputs)
        except TooLong:
            return None
        return values[step.found.layers[-1].name]

    def _spread(self, ops: Letters, value: Value) -> str:
        """`(W^{[2]} W^{[1]}) x + (W^{[2]} b^{[1]} + b^{[2]})`."""
        return self._text(ops, _spread_out(ops, value))

    def forms(self, step: Step) -> tuple[ArrayForm, ArrayForm] | None:
        """The layers put into each other, and multiplied out with the names of what that gives."""
        ops = Letters(self.spelling.letter, self.spelling.diagonal)
        value = self._whole(step, ops)
        new = step.found.after.layers.get(step.found.layers[-1].name)
        if value is None or new is None:
            return None
        named = {
            key: ops.letter(self._text(ops, node))
            for key, parameter in new.parameters.items()
            for known in [ops.parameter(parameter)]
            for node in [known.node if key == "bias" or known.factor is None else known.factor]
        }
        end = {"line0": self._value(step, step.found.layers[-1].name)}
        last = {self.result.original.layers[-1].number: ""}
        before, after = (
            replace(form, latex_names={**form.latex_names, **end}, headings=last)
            for node in (value.node, _spread_out(ops, value, named))
            for form in [ops.form([node])]
        )
        return before, after

    def _text(self, ops: Letters, node: int) -> str:
        """A node as the writer of whole arrays spells it."""
        language = ArrayLatex(ops.form([node]), self.spelling.digits, self.latex.notation)
        (text,) = language.right_sides()[1].values()
        return text

    def _after(self, step: Step, ops: Letters) -> str:
        """The value at the end, by the new layer."""
        found = step.found
        joined = _joined(ops, [self._source(step, ops, source) for source in found.sources])
        new = found.after.layers.get(found.layers[-1].name)
        value = joined if new is None else _layer(new, ops, joined)
        return f"&= {self._text(ops, value.node)}"

    def _entries(
        self,
        step: Step,
        new: Placed,
        letters: Letters,
        whole: Value | None,
        shown: tuple[Letters, Value | None],
    ) -> Iterator[str]:
        """What the matrix and the bias of the new layer are."""
        used = [p for placed in step.found.layers for p in placed.parameters.values()]
        for key, parameter in new.parameters.items():
            is_bias = key == "bias"
            known = letters.parameter(parameter)
            left = self._text(
                letters, known.node if is_bias or known.factor is None else known.factor
            )
            chain = [
                (sign, self._text(ops, _part(ops, value, step.found.sources, is_bias)))
                for sign, ops, value in (("=", letters, whole), (self.spelling.sign(used), *shown))
                if value is not None
            ]
            yield " \\\\\n".join(self.spelling.chain(left, chain, parameter))
        if whole is not None and whole.constant and "bias" not in new.parameters:
            yield f"0 &= {self._text(letters, letters.sum(whole.constant))}"

    # -- values ---------------------------------------------------------------------------------
    def _value(self, step: Step, name: str) -> str:
        """What a value is called: x, z, a or the output, or made of these."""
        placed = step.diagram.layers.get(name)
        stage = name.partition("/")[2]
        if placed is not None and stage == "0":  # put in by a step before, to join values
            return matrix([[self._letter(step, source)] for source in placed.sources])
        if placed is not None and stage and isinstance(placed.layer, Activation):
            return self._activated(placed.layer, self._letter(step, placed.sources[0]))
        return self._letter(step, name)

    def _activated(self, layer: Activation, operand: str) -> str:
        default = FUNCTIONS[layer.activation].alpha
        alpha = default if layer.alpha is None else layer.alpha
        slope = [] if alpha is None else [self.latex.number(alpha)[0]]
        return "".join(flat(self.latex.call(layer.activation, [operand, *slope])))

    def _letter(self, step: Step, name: str) -> str:
        network, diagram = self.result.original, step.diagram
        x = self.latex.name(network.input_names, 0) if len(network.input_names) == 1 else "x"
        if name in diagram.inputs:
            return x if len(diagram.inputs) == 1 else self.latex.name(Names(name), 0)
        if name in diagram.ends:
            if network.function and len(diagram.ends) == 1:
                return f"{self._function()}({x})"
            names = network.outputs[diagram.ends.index(name)].names
            if len(diagram.ends) == 1 and len(names) > 1:
                return r"\hat{y}"
            return self.latex.name(names if len(names) == 1 else Names(names.start), 0)
        return self.latex.name(Names("z" if "/" in name else "a", diagram.layers[name].number), 0)

    def _function(self) -> str:
        return self.latex.name(literal(self.result.original.function), 0)

    # -- what stays -----------------------------------------------------------------------------
    def _blocked(self) -> Iterator[str]:
        for place in self.result.blocked[:MOST_BLOCKED]:
            yield _rows(self._place(place))
        more = len(self.result.blocked) - MOST_BLOCKED
        if more > 0:
            yield self._said(f"And {plural(more, 'more place')} like these.")

    def _place(self, place: Blocked) -> Iterator[str]:
        """Why layers stay apart, and numbers that show it."""
        if place.witness is None:
            yield self._said(f"{_sentence(str(place))}.")
            return
        given = place.witness.given
        with_ = f": with {self._given(given)}," if given else ":"
        along, formula = self.numbers(place.witness)
        yield self._said(f"{_sentence(place.because)}{with_}{along}")
        yield formula

    def numbers(self, witness: Witness) -> tuple[str, str]:
        r"""What varies, in words, and `f(0) &= 0 \ne \tfrac{1}{2} (f(-1) + f(1)) = 1`."""
        network = self.result.original
        output, x = self._called(witness.output), self._called(witness.input)
        if network.function and len(network.output_names) == 1 and (
            network.output_names.position(witness.output) is not None
        ):  # fmt: skip
            output = self._function()
        p, q, middle = (self.latex.number(point)[0] for point in witness.points)
        at, mean = (_value_text(value, self.latex) for value in (witness.values[2], witness.mean))
        several = len(network.input_names) > 1 or x != "x"
        along = f" as a function of ${x}$ alone, where other values are 0," if several else ""
        formula = (
            rf"{output}({middle}) &{at} \ne \tfrac{{1}}{{2}}"
            rf"\bigl({output}({p}) + {output}({q})\bigr) {mean}"
        )
        return f" ${output}${along} is not affine:" if along else "", formula

    def _called(self, name: str) -> str:
        """A value by its plain name."""
        network = self.result.original
        values = [
            Names(base, placed.number, (placed.width,))
            for placed in network.layers
            for base in ("a", "z")
        ]
        for names in (network.input_names, network.output_names, *values, *network.symbol_names()):
            position = names.position(name)
            if position is not None:
                return self.latex.name(names, position)
        return rf"\text{{{_escaped(name)}}}"

    def _given(self, words: str) -> str:
        """The numbers that names were given."""
        pairs = re.split(r"(\w+ = [^\s,]+)", words)
        return "".join(
            _escaped(text)
            if not place % 2
            else "${} = {}$".format(self._called(text.split(" = ")[0]), text.split(" = ")[1])
            for place, text in enumerate(pairs)
        )

    # -- the end --------------------------------------------------------------------------------
    def _end(self, max_nodes: int | None) -> Iterator[str]:
        network = self.result.network
        size = network.count_nodes("inlined")
        layered = network.count_nodes("layered")
        most = _MOST_RESULT
        if max_nodes is not None:
            most = min(most, checked_whole("max_nodes", max_nodes, 0))
        words = "The result, its numbers rounded to float64:" if self.result.is_rounded else (
            "The result:"
        )  # fmt: skip
        formula = (
            network.inlined if size <= most else network.layered if layered <= most
            else network.matrices
        )  # fmt: skip
        spelling = self.spelling
        text = formula.latex(notation=spelling.notation, digits=spelling.digits, max_nodes=None)
        if formula is network.matrices:
            for letter, new in self._letters().items():
                text = text.replace(letter, new)
        yield _rows([self._said(words), aligned(text)])

    # -- rows -----------------------------------------------------------------------------------
    def _said(self, words: str) -> str:
        """Words as rows that take no room of the columns, none wider than a line."""
        lines, room = [""], WIDTH - _MARGIN
        for word in _WORD.findall(words):
            if lines[-1] and self.latex.measure(rf"\text{{{lines[-1]} {word}}}") > room:
                lines.append("")
            lines[-1] = f"{lines[-1]} {word}".lstrip()
        return _rows(rf"& \rlap{{\text{{{line}}}}}" for line in lines)

    def _letters(self) -> dict[str, str]:
        """What the letters of the result are called here."""
        steps = self.result.steps
        layers = steps[-1].found.after.layers.values() if steps else ()
        parameters = [p for placed in layers for p in placed.parameters.values()]
        return {self.spelling.plain(p): self.spelling.letter(p) for p in parameters}


def collapsed(result: Simplified) -> list[tuple[ArrayForm, ArrayForm] | None]:
    """Of every step that makes one affine layer of several: as they are, and multiplied out.

    The matrix and the bias of the new layer are values with names there. None where a step does
    something else, or where a form would be too long.
    """
    made = _Derivation(result, "ng", None)
    return [made.forms(step) if _collapses(step) else None for step in result.steps]


def _collapses(step: Step) -> bool:
    """Whether it makes one layer of several."""
    return bool(step.found.sources) and len(step.found.layers) > 1


def _spread_out(ops: Letters, value: Value, named: Mapping[str, int] | None = None) -> int:
    """A value multiplied out as a node; the matrix of one source, and the constant, `named`."""
    names = dict(named or {})
    bias = names.pop("bias", None)
    matrix = next(iter(names.values()), None) if len(value.maps) == 1 else None
    nodes = [
        ops.made("matmul", _named(ops, ops.sum(terms), matrix), ops.sources[name])
        for name, terms in value.maps.items()
    ]
    nodes += [_named(ops, ops.sum(value.constant), bias)] if value.constant else []
    return ops.made("add", *nodes)


def _named(ops: Letters, node: int, letter: int | None) -> int:
    """A node as the value of a letter."""
    if letter is None:
        return node
    return int(
        ops.graph.name(np.array([node], dtype=np.int32), ops.graph.block_of(letter).names)[0]
    )


def _new(step: Step) -> dict[str, Placed]:
    """The layers whose parameters a step replaces, after it."""
    before = {id(p) for placed in step.diagram.layers.values() for p in placed.parameters.values()}
    return {
        name: placed
        for name, placed in step.found.after.layers.items()
        if any(id(parameter) not in before for parameter in placed.parameters.values())
    }


def _is_small(step: Step) -> bool:
    """Whether all the parameters of the layers can be written out."""
    parameters = [p for placed in step.found.layers for p in placed.parameters.values()]
    return all(is_small(p) and not p.formula for p in parameters)


def _layer(placed: Placed, ops: Letters, *inputs: Value) -> Value:
    """The output of an affine layer; of one without a usual spelling as `A x + c`.

    Raises `TooLong`.
    """
    try:
        return placed.read(ops, *inputs)
    except Unwritten:
        return _plain(placed).read(ops, _joined(ops, inputs))


def _joined(ops: Letters, values: Sequence[Value]) -> Value:
    """Values one after another."""
    return values[0] if len(values) == 1 else ops.concatenate(values)


def _plain(placed: Placed) -> Placed:
    """The dense layer, or the scale, that an affine layer is, with the letters A and c."""
    places = [f"{place}" for place in range(len(placed.widths))]
    widths = dict(zip(places, placed.widths, strict=True))
    whole = replace(placed, sources=tuple(places))
    found = collapse([whole], sum(placed.widths), side_by_side(widths))
    layer = found.layer(placed.name, placed.number, ("",))
    letters = {"weights": "a", "bias": "c"}
    parameters = {
        key: replace(p, names=replace(p.names, base=letters[key]))
        for key, p in layer.parameters.items()
    }
    return replace(layer, parameters=parameters)


def _part(ops: Letters, value: Value, sources: Sequence[str], is_bias: bool) -> int:
    """The matrix of a value, or its constant; of several sources the matrices side by side."""
    if is_bias:
        return ops.sum(value.constant)
    blocks = [ops.sum(value.maps.get(source, ())) for source in sources]
    return ops.made(coded("concatenate", "columns"), *blocks)


def _rows(rows: Iterable[str]) -> str:
    return " \\\\\n".join(rows)


def _pattern(rule: str) -> str:
    """A rule in LaTeX."""
    text = re.sub(r"([A-Za-z])([0-9])", r"\1_{\2}", rule.replace("*", r"\, "))
    return text.replace("->", r"\;\longrightarrow\;")


def _sentence(words: str) -> str:
    """Words as text of LaTeX that begins a sentence."""
    return _escaped(words[:1].upper() + words[1:])


def _escaped(words: str) -> str:
    """Words as text of LaTeX, in which no two dashes become one."""
    return in_text(words).replace("--", "-{}-")


def _value_text(value: float, latex: Latex) -> str:
    r"""`= 0.5`, or `\approx 0.333333`."""
    few = float(f"{value:.6g}")
    return f"{'=' if few == value else chr(92) + 'approx'} {latex.number(few)[0]}"
