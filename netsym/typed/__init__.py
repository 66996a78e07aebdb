"""What a person typed, as text or LaTeX, read into the graph."""
