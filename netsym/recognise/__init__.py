"""Recognition: the layers of a formula that somebody typed."""
