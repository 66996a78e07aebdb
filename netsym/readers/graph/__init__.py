"""The graph of arrays that other systems export, as layers: what all readers of graphs share."""
