"""The cell of a comparison: the verdict, the mistake, where the formula departs, and one point."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from netsym.equality.comparison import Comparison
from netsym.equality.diagnosis import Diagnosis
from netsym.notes.cells.fragments import (
    Cell,
    Fragment,
    aside,
    details,
    first_lines,
    in_latex,
    line,
    sentence,
    strong,
    table,
    text,
    verdict,
)
from netsym.wording import plural

#: The kind of a verdict, which gives its sign and colours.
KINDS = {
    "structural": "yes", "identical": "yes", "exact-on-regions": "yes", "within-error": "about",
    "different": "no", "undecided": "open",
}  # fmt: skip
_LONGEST = 400  # characters of a formula that is shown
_MOST_REASONS = 8


def cell(comparison: Comparison) -> Cell:
    """What a notebook shows of a comparison."""
    plain = "\n".join(first_lines(comparison.report()))
    return Cell(plain, tuple(_fragments(comparison)))


def _fragments(found: Comparison) -> Iterator[Fragment]:
    yield line(verdict(found.verdict, KINDS[found.verdict]), *_said(found))
    for mistake in found.diagnosis.listed() if found.diagnosis else ():
        yield line(text(mistake))
    if found.diagnosis is not None and found.diagnosis.span is not None:
        yield _typed(found.diagnosis)
    if found.counterexample is not None:
        yield _point(found)
    if found.notes:
        yield line(aside(f"note: {'; '.join(found.notes)}"))
    reasons = [text(each) for each in _reasons(found)]
    if found.counterexample is not None:
        reasons.insert(0, text(f"at {found.counterexample.place}"))
    if reasons:
        yield details(_summary(found), *(line(each) for each in reasons[:_MOST_REASONS]))


def _said(found: Comparison) -> Iterator[Fragment]:
    """The mistake, or why the verdict is what it is."""
    if found.counterexample is not None or found.numbers.evidence == "proved":
        yield aside("proved")
    known = found.diagnosis
    if known is None:
        if found.counterexample is None:
            yield text(sentence(found.because))
        return
    if len(known.mistakes) == 1:
        is_network = found.other.network is not None
        subject = f"{found.other.words} is {found.one.words}" if is_network else (
            "The formula is the network"
        )  # fmt: skip
        yield text(subject)
        yield strong(f"{known.mistakes[0]}.")
    else:
        yield text(f"{known.headline('The formula is the network')}.")


def _typed(known: Diagnosis) -> Fragment:
    """The formula as it was typed, in which the part that departs is marked."""
    assert known.span is not None
    first, last = known.span
    start = max(0, min(first - _LONGEST // 4, len(known.text) - _LONGEST))
    stop = start + _LONGEST
    before, after = ("…" if start else ""), ("…" if stop < len(known.text) else "")
    last = min(max(last, first + 1), stop)
    parts = known.text[start:first], known.text[first:last], known.text[last:stop]
    left, marked, right = parts[0], parts[1] or " ", parts[2]
    html = f"{before}{escape(left)}<mark>{escape(marked)}</mark>{escape(right)}{after}"
    latex = rf"{in_latex(left)}\underline{{{in_latex(marked)}}}{in_latex(right)}"
    return Fragment(f'<p class="typed"><code>{html}</code></p>', rf"\texttt{{{latex}}}")


def _point(found: Comparison) -> Fragment:
    """One point at which they differ, and both values there."""
    apart = found.counterexample
    assert apart is not None
    given = list({**apart.place.inputs, **apart.place.parameters}.items())
    name, value = given[0] if given else ("", 0)
    more = f" and {plural(len(given) - 1, 'more value')}" if len(given) > 1 else ""
    where = f"at {name} = {_minus(f'{float(value):.6g}')}{more}" if given else "at every point"
    sides = (side.words.removesuffix(",").removeprefix("the ") for side in (found.one, found.other))
    return table([(where, *sides), (apart.output, *map(_minus, apart.short))], "lrr")


def _minus(number: str) -> str:
    return number.replace("-", "\N{MINUS SIGN}")


def _reasons(found: Comparison) -> list[str]:
    """What it rests on."""
    departs = found.diagnosis.reasons() if found.diagnosis is not None else []
    return [*departs, *found.evidence]


def _summary(found: Comparison) -> str:
    """What is folded."""
    if found.counterexample is None:
        return "what it rests on"
    known = found.diagnosis
    if known is not None and known.units > 1 and known.departs is not None:
        return f"all values, and which units agree ({known.present} of {known.units})"
    return "all values, and what it rests on"
