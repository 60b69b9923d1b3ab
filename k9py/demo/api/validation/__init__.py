"""What can be wrong with the parts that several kinds have in common, worded as the real server words it."""
