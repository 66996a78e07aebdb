"""Whether two formulas or networks are equal: sample points, identity, proved bounds, verdicts."""
