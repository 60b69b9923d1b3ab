"""One file for each kind, or for a few that belong together: a tuple STRATEGIES."""
