"""Derivatives: one reverse pass over the graph, as back propagation is taught."""
