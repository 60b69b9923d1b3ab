"""A terminal without a screen of its own: what a program writes becomes rows of cells, and keys become bytes."""
