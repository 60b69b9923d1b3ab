"""The map of a cluster: its control plane, what it runs for itself, and its nodes. Pure: `draw` makes lines of facts."""
