"""The readings with proofs: midpoints with radii, and exact fractions."""
