"""Networks piece by piece: proofs that two are equal everywhere, and lists of regions."""

from __future__ import annotations

import random

import netsym
from tests.benchmarks.measure import Call, Line, Row, agree, alone, at_most, call, race, row
from tests.benchmarks.networks import fresh, numeric
from tests.pieces.pairs import drawn, judged, twin


def _proof(*widths: int) -> Row:
    """Units permuted, scaled, split, and dead ones, so that all pieces must be seen."""

    def measured() -> list[Line]:
        source = random.Random(str(widths))
        layers = drawn(list(widths), source)
        other = twin(layers, source)
        found = judged(layers, other)
        assert found is not None
        assert found.equal
        said = f"equal on {found.pieces} pieces"
        return [alone(call(lambda: judged(layers, other)), said)]

    return row(f"proof that two of {'-'.join(map(str, widths))} are equal")(measured)


def _regions(spec: str, count: int, most: float | None = None) -> Row:
    """All regions everywhere, which take at most so many seconds."""

    def measured() -> list[Line]:
        network = numeric(spec)
        agree("regions", len(netsym.regions(network)), count)
        listed = Call(lambda: fresh(network), netsym.regions)
        return [alone(listed)] if most is None else race(listed, [at_most(most)], least=3)

    return row(f"regions of {spec}, {count:,}")(measured)


line_100, line_1000 = _proof(1, 100, 2, 1), _proof(1, 1000, 2, 1)
plane, space = _proof(2, 16, 16, 1), _proof(4, 8, 8, 1)
regions_line, regions_long = _regions("1-100relu-1", 101), _regions("1-1000relu-1", 1001)
regions_plane = _regions("2-32relu-32relu-1", 1966, 1.5)
#: Five times what affinitree 0.23 takes, in float64 and without what holds where.
regions_space = _regions("4-8relu-3", 163, 0.03)
regions_deep = _regions("4-8relu-8relu-1", 2375)
