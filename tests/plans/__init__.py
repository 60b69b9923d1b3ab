"""What holds of every Plan, whatever its action: over the registry, so that a new action is among them."""
