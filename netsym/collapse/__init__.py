"""Network to simpler network: affine layers become fewer, and the rest says why it stays."""
