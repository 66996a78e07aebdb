"""Comparison: two functions, their sizes, the verdict and what explains it, as one result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from netsym.displayed import Displayed
from netsym.equality.ladder import judge
from netsym.equality.sides import Subject, aligned, of_formula, read_text, subject
from netsym.equality.terms import Terms
from netsym.equality.verdict import VERDICTS, Numbers, Verdict
from netsym.errors import SpecError
from netsym.forms.sizes import shown
from netsym.network.network import Network
from netsym.path import meant
from netsym.pieces import BUDGET
from netsym.watching import Watcher, no_watcher
from netsym.wording import FIXED, WIDTH, check_digits, few, fitted, spelled, wrapped

if TYPE_CHECKING:
    from netsym.collapse.simplified import Simplified
    from netsym.equality.agreement import Counterexample
    from netsym.equality.diagnosis import Diagnosis
    from netsym.equality.own_names import OwnNames
    from netsym.equality.side_by_side import Table
    from netsym.recognise.whole_arrays import ArrayCheck

#: Forms of at most so many nodes are written as text and read back, where a network is compared
#: with itself.
READ_BACK = 100_000

Pairs = tuple[tuple[str, str], ...]


def compare(
    one: Any,
    other: Any = None,
    *,
    seed: int = 0,
    tolerance: float | None = None,
    where: str | Sequence[str] = (),
    box: Any = None,
    budget: int = BUDGET,
    up_to_names: bool = False,
    inputs: Sequence[str] | None = None,
    evidence: bool = True,
    progress: Watcher = no_watcher,
) -> Comparison:
    """Decide, with evidence, whether two functions are equal, and say what each costs.

    Each is a network, a `Formula`, a sympy expression or text: the path of a file, a network in
    shorthand, or else a formula, which is read in the names of the network on the other side
    (`1-2-1` is a network, `(1-2-1)` a number). `other` may also be what `netsym.simplify` made of
    `one`: then the rounding of its numbers to float64 is judged one by one. Without `other`, a
    network is compared with its own formula, written as text and read back.

    Points are always the same, and another `seed` adds others. `tolerance` is a difference that is
    allowed within the `box`; `where` are conditions under which they are compared, as in
    "x > 0, y != 0"; `box` is (low, high) of the inputs for which the largest difference is bounded,
    ±10 without it; `budget` is how many pieces of piecewise functions, or parts of the box, are
    looked at. A formula that is typed for a network may use names of its own: they are matched,
    `inputs` says which are inputs where they do not tell; `up_to_names` matches those of two
    formulas, or two networks, too. Without `evidence`, two that are the same expression, node for
    node, are not looked at in numbers, too. `progress(what, done, total)` is told on the way.
    Raises `SpecError` for what cannot be read or does not correspond.

    >>> import netsym
    >>> network = netsym.parse("1-2-1:sigmoid")
    >>> netsym.compare(network).verdict
    'structural'
    >>> netsym.compare("1/(1 + e^-x)", "(1 + tanh(x/2))/2").verdict
    'identical'
    """
    one, other = (meant(side) if isinstance(side, str) else side for side in (one, other))
    if isinstance(other, Network) and not isinstance(one, Network):
        one, other = other, one
    first = subject(one)
    terms = Terms.of(first.inputs.all(), seed, tolerance, where, box, budget, evidence)
    if other is None:
        return _with_itself(first, terms, progress)
    if not isinstance(other, (str, Network)):
        from netsym.collapse.simplified import Simplified  # text need not wait for it

        if isinstance(other, Simplified):
            return _with_simplified(first, other, terms, progress)
    try:
        given = subject(other, first)
    except SpecError as strict:
        if first.network is None or not isinstance(other, str):
            raise
        from netsym.equality.own_names import in_own_names  # most need not wait for it

        own = in_own_names(first, other, strict, inputs)
        return _in_own_names(replace(first, words="the network"), own, terms, progress)
    notes = _in_another_order(first, given)
    second = aligned(first, given)
    if first.network is not None and second.network is None:
        first = replace(first, words="the network")
    if first.words == second.words:
        first = replace(first, words=f"{first.words} (first)")
        second = replace(second, words=f"{second.words} (second)")
    made = _compared(first, second, terms, progress, notes)
    if notes:
        return _with(made, "with inputs matched by name, not by place")
    return _up_to_names(made, terms, progress, up_to_names)


def _with(made: Comparison, said: str) -> Comparison:
    """The same, with something said behind its verdict."""
    return replace(made, found=made.found._replace(because=f"{made.because}, {said}"))


def _with_names(made: Comparison, names: Pairs) -> Comparison:
    """The same, where names of the other side are what they were matched with."""
    return replace(_with(made, f"with {_equations(names)}") if names else made, matched=names)


def _equations(names: Pairs) -> str:
    return few([f"{name} = {is_}" for name, is_ in names], 12)


def _in_own_names(first: Subject, own: OwnNames, terms: Terms, progress: Watcher) -> Comparison:
    """A network and a formula that was typed in names of its own."""
    matching = own.matching
    if not (matching.inputs or matching.names):
        because = f"the formula is another network: {'; '.join(matching.differences)}"
        return Comparison(first, own.side, Verdict("different", because, ()))
    if own.other is not None:
        other = aligned(own.other, own.side)
        if VERDICTS[judge(own.other, other, terms, progress).name] == 0:
            return _special_case(first, own)
        own = replace(own, other=None)
    made = _compared(first, aligned(first, own.side), terms, progress)
    if made.equal:
        return _special_case(first, own) if own.only_where else _with_names(made, own.names)
    said = [f"read with {_equations(own.names)}"] if own.names else []
    if made.diagnosis is None or not made.diagnosis.mistakes:
        said += [*matching.differences, *matching.wrong][:4]
    return replace(made, notes=(*made.notes, *said), matched=own.names)


def _special_case(first: Subject, own: OwnNames) -> Comparison:
    """A network and a formula, one of which is the other where some names have values."""
    because = f"a special case: equal only where {_equations(own.only_where)}"
    found = Verdict("different", because, ())
    return _with_names(Comparison(first, own.side, found, special=own.only_where), own.names)


def _up_to_names(made: Comparison, terms: Terms, progress: Watcher, asked: bool) -> Comparison:
    """Two that differ, but perhaps in their names alone; with that `asked` for they are equal."""
    if made.verdict != "different":
        return made
    from netsym.equality.own_names import up_to_names  # most need not wait for it

    own = up_to_names(made.one, made.other)
    if own is None:
        return made
    found = _compared(made.one, aligned(made.one, own.side), terms, progress)
    if not found.equal:
        return made
    if asked:
        return _with_names(found, own.names)
    note = f"up to names they are equal, with {_equations(own.names)} (--up-to-names)"
    return replace(made, notes=(*made.notes, note))


def _in_another_order(one: Subject, other: Subject) -> tuple[str, ...]:
    """A note where inputs of the same names are in another order on the other side."""
    mine, theirs = one.inputs.all(), other.inputs.all()
    if not (one.declared and other.declared) or mine == theirs or sorted(mine) != sorted(theirs):
        return ()
    return (
        f"inputs were matched by their names, {few(mine, 8)}; on the other side they are in "
        f"another order, {few(theirs, 8)}",
    )


def check(network: Network | str, formula: Any, **terms: Any) -> Comparison | ArrayCheck:
    """Whether a formula that was typed is a network; where it departs and why, if not.

    It is `compare`, of a network, with its `terms`; and where the names of a text are not the
    network's numbers, they may be whole arrays, W1 x + b1. Raises `SpecError` for what cannot be
    read or does not correspond.

    >>> found = check("1-1:sigmoid", "w1_1_1*x + b1_1")
    >>> found.verdict, found.diagnosis.mistakes
    ('different', ('without the sigmoid on the output layer',))
    >>> print(check("9-5relu-2", "W2 relu(W1 x + b1) + b2"))
    equal, with W1 = W¹ (5 × 9), b1 = b¹ (5), W2 = W² (2 × 5), b2 = b² (2)
    """
    if formula is None:
        raise SpecError("there is no formula to check: None was given; give its text")
    one, other = (meant(side) if isinstance(side, str) else side for side in (network, formula))
    if not (isinstance(one, Network) and isinstance(other, str)):
        return compare(one, other, **terms)
    arrays = _of_arrays(one, other)
    if arrays is None or arrays.equal:
        return arrays or compare(one, other, **terms)
    try:
        found = compare(one, other, **terms)
    except SpecError:
        return arrays
    return found if found.equal else arrays


def _of_arrays(network: Network, text: str) -> ArrayCheck | None:
    """A text whose names are none of the network's numbers as a formula of whole arrays."""
    try:
        read_text(text, subject(network))
    except SpecError:
        from netsym.recognise.whole_arrays import check_arrays  # most need not wait for it

        return check_arrays(network, text)
    return None


def _with_itself(one: Subject, terms: Terms, progress: Watcher) -> Comparison:
    """A network, layer by layer, against its formula as a person would use it: the text."""
    if one.network is None:
        raise SpecError("give a second side to compare with; a network alone is compared with "
                        "its own formula")  # fmt: skip
    note = ""
    for form in ("inlined", "shared"):
        size = one.network.forecast(form)
        if size is not None and size.nodes <= READ_BACK:
            text = one.network.formula(form).text(ascii=True, max_nodes=None)
            parsed = read_text(text, one, longest=None)
            words = f"the {form} formula, read back from {len(text):,} characters of text,"
            other = of_formula(parsed.formula, words, parsed)
            break
        note = (
            f"the {form} form has {'too many' if size is None else shown(size.nodes)} nodes, more "
            f"than the {READ_BACK:,} that are written and read back"
        )
    else:
        note += "; its graph was compared instead, without writing it"
        other = of_formula(one.network.shared, "the graph of the shared form")
    one = replace(one, words="the network, read layer by layer,")
    made = _compared(one, aligned(one, other), terms, progress, alone=True)
    return replace(made, notes=(note,) if note else ())


def _with_simplified(
    one: Subject, result: Simplified, terms: Terms, progress: Watcher
) -> Comparison:
    """A network against its simplification; with a tolerance, as any two functions."""
    from netsym.equality.simplified import judge_simplified  # most need not wait for it

    one = replace(one, words="the network")
    other = aligned(one, replace(subject(result.network), words="the simplified network"))
    approximate = any(step.found.approximate for step in result.steps)
    if not (result.is_rounded or approximate) or terms.tolerance is not None:
        return _compared(one, other, terms, progress)
    return Comparison(one, other, judge_simplified(one, result, other, terms, progress))


def _compared(
    one: Subject,
    other: Subject,
    terms: Terms,
    progress: Watcher,
    notes: tuple[str, ...] = (),
    alone: bool = False,
) -> Comparison:
    verdict = judge(one, other, terms, progress)
    notes = (*(other.parsed.notes if other.parsed is not None else ()), *notes)
    if verdict.name != "different":
        return Comparison(one, other, verdict, None, notes, alone)
    if one.names and other.names and not set(one.names) & set(other.names):
        notes = (*notes, "they share no name of a parameter, so each has parameters of its own")
    from netsym.equality.diagnosis import diagnose  # what is equal need not wait for it

    progress("looking for the mistake", 0, 0)
    explained = diagnose(one, other, terms.seed)
    return Comparison(one, other, verdict, explained, notes, alone)


@dataclass(frozen=True)
class Comparison(Displayed):
    """The result of a comparison; `str` is the sizes and the report.

    `found` is the verdict with its numbers, `diagnosis` the mistakes that explain a difference.
    `alone` says that a network was compared with its own formula. `matched` and `special` are
    `names` and `only_where` as pairs.
    """

    one: Subject
    other: Subject
    found: Verdict
    diagnosis: Diagnosis | None = None
    notes: tuple[str, ...] = ()
    alone: bool = False
    matched: Pairs = ()
    special: Pairs = ()

    @property
    def names(self) -> dict[str, str]:
        """Those of the other side that were matched, with what each is in this one."""
        return dict(self.matched)

    @property
    def only_where(self) -> dict[str, str]:
        """Where both are equal, name by name, if one is a special case of the other."""
        return dict(self.special)

    @property
    def verdict(self) -> str:
        """One of `VERDICTS`."""
        return self.found.name

    @property
    def because(self) -> str:
        """The verdict in words."""
        return self.found.because

    @property
    def evidence(self) -> tuple[str, ...]:
        """What it rests on, in words."""
        return self.found.evidence

    @property
    def numbers(self) -> Numbers:
        """What it rests on, in numbers."""
        return self.found.numbers

    @property
    def counterexample(self) -> Counterexample | None:
        """A point at which they differ, if they do."""
        return self.found.counterexample

    @cached_property
    def sizes(self) -> Table:
        """The forms side by side; they are written and timed when this is asked for first."""
        from netsym.equality.side_by_side import table  # most need not wait for it

        return table([self.one] if self.alone else [self.one, self.other])

    @property
    def equal(self) -> bool:
        """Whether they are equal, by any of the verdicts that say so."""
        return VERDICTS[self.verdict] == 0

    def __bool__(self) -> bool:
        """See `equal`."""
        return self.equal

    def __repr__(self) -> str:
        return f"<{self.verdict}: {self.one.words} and {self.other.words}>"

    @property
    def exit_code(self) -> int:
        """0 if they are equal, 1 if they differ, 4 if that is not known."""
        return VERDICTS[self.verdict]

    def __str__(self) -> str:
        return f"{self.sizes}\n\n{self.report()}"

    def report(
        self,
        width: int | None = None,
        ascii: bool = False,
        digits: int | None = None,
        why: bool = True,
    ) -> str:
        """The verdict and what it rests on, in lines of at most `width`.

        Typed text is cut to a `width` that is given. Values have as many digits as tell them apart,
        whatever `digits` says. Without `why` it is one sentence if they are equal, and if they
        differ the mistake and one point.
        """
        found = self.diagnosis
        check_digits(digits)
        headline, reasons = self._said(why)
        lines = [f"note: {'; '.join(self.notes)}"] if self.notes else []
        name = f"equal ({self.verdict})" if self.equal and not why else self.verdict
        lines.append(f"{name}: {headline}")
        room = WIDTH if width is None else width
        shown = [_wrapped(line, room, ascii) for line in lines]
        if found is not None:
            shown += [_wrapped(f"- {mistake}", room, ascii) for mistake in found.listed()]
            caret = "" if found.span is None else found.caret(ascii)
            shown += [caret if width is None else fitted(caret, width)] if caret else []
        shown += [_wrapped(f"- {reason}", room, ascii) for reason in reasons]
        return "\n".join(shown)

    def _said(self, why: bool) -> tuple[str, list[str]]:
        """The headline, and the reasons under it."""
        found, evidence = self.diagnosis, list(self.evidence)
        if found is None:
            return self.because, evidence if why or self.verdict == "undecided" else []
        two = self.other.network is not None
        start = f"{self.other.words} is {self.one.words}" if two else "this is your network"
        headline, point = found.headline(start), [self.because]
        if why or not found.mistakes:
            return headline, [*point, *found.reasons(), *evidence[1:]]
        return headline, point

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`."""
        return {
            "schema": 1,
            "compared": [side.words.removesuffix(",") for side in (self.one, self.other)],
            "forms": {
                column.title: column.to_json(list(self.one.outputs))
                for column in self.sizes.columns
            },
            **self.verdict_json(),
            "names": self.names,
            "only_where": self.only_where,
            "diagnosis": None if self.diagnosis is None else self.diagnosis.to_json(),
            "notes": list(self.notes),
        }

    def verdict_json(self) -> dict[str, Any]:
        """The data of the verdict alone."""
        counterexample = self.counterexample
        return {
            "verdict": self.verdict,
            "because": self.because,
            "evidence": list(self.evidence),
            "numbers": self.numbers.to_json(),
            "counterexample": None if counterexample is None else counterexample.to_json(),
        }


def _wrapped(text: str, width: int, ascii: bool) -> str:
    together = spelled(text, ascii).replace(" = ", f"{FIXED}={FIXED}")  # a name and its value
    return wrapped(together, width)
