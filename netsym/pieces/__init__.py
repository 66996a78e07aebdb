"""Piecewise-linear networks, piece by piece, exactly."""
