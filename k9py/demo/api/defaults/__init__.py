"""What is filled in of the parts that several kinds have in common."""
