"""The map of a cluster: its control plane, what it runs for itself, its nodes. Pure: `draw` makes lines of facts."""
