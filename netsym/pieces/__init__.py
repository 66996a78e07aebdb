"""Piecewise-linear networks, piece by piece, exactly."""

BUDGET = 10_000  # pieces that are looked at where nobody says how many
