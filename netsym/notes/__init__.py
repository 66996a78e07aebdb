"""Notes: what is said of a network at a glance, and its numbers worked out, for people to read."""
