"""What the images of the shop do: their logs, their load, how they fail."""
