"""What admission adds to objects, and what it refuses."""
