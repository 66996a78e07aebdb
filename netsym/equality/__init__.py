"""Whether two are the same function, with evidence: proofs, and what explains a difference."""
