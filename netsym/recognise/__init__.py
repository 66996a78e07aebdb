"""A formula back to its layers, and whether two networks are alike but for names."""
