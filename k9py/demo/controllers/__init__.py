"""What acts: each controller watches objects and brings about what they ask for."""
