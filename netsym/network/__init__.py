"""A checked network, its forms, names and sizes; a loss around it."""
