"""Formulas read back: to layers, and in letters of a person's own."""

from __future__ import annotations

import netsym
from netsym.recognise.recognised import recognise
from tests.benchmarks.measure import Line, Row, alone, call, row
from tests.recognise.renaming import written
from tests.recognise.stacks import alike, stack, texts

_LEARNER = "w_21*(1/(1+e^-(w_11*x+b_11))) + w_22*(1/(1+e^-(w_12*x+b_12))) + b"


def _layers(spec: str) -> Row:
    def measured() -> list[Line]:
        text = netsym.parse(spec).inlined.text(ascii=True)
        found = recognise(text)
        said = f"{len(text):,} characters, {found.shorthand}"
        return [alone(call(lambda: recognise(text)), said)]

    return row(f"layers of the inlined {spec}")(measured)


wide = _layers("10-32tanh-32tanh-1")
small = _layers("1-2sigmoid-1")


@row("layers of 400 texts of random stacks")
def stacks() -> list[Line]:
    cases = [
        (case, text) for case in map(stack, range(80)) for text in texts(case.network).values()
    ][:400]

    def read() -> int:
        right = 0
        for case, text in cases:
            found = recognise(text, case.network.input_names.all(), longest=None)
            right += alike(found.shorthand) == alike(case.shorthand)
        return right

    return [alone(call(read), f"{read()} of {len(cases)} as they were", rounds=1)]


@row("check of 1-2-1 in the learner's letters")
def learner() -> list[Line]:
    network = netsym.parse("1-2sigmoid-1")
    found = netsym.check(network, _LEARNER)
    assert found.equal
    return [alone(call(lambda: netsym.check(network, _LEARNER)), "equal, with 7 names matched")]


@row("100 networks in other letters")
def letters() -> list[Line]:
    cases = [written(seed) for seed in range(100)]

    def judge() -> int:
        pairs = (
            (case, [case.letters[name] for name in case.network.input_names.all()])
            for case in cases
        )
        return sum(
            netsym.compare(case.network, case.text, inputs=inputs).equal for case, inputs in pairs
        )

    return [alone(call(judge), f"{judge()} of 100 equal", rounds=1)]
