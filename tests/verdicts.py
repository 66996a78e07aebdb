"""Verdicts that tests ask for."""

#: Two are the same function, everywhere and exactly.
SAME = ("structural", "identical", "exact-on-regions")
