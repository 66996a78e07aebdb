"""The reading in finite fields: residues at random points, for proofs of equality."""
