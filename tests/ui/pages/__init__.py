"""What the tests of the screens stand on: a small cluster served over HTTP, and the real app in front of it."""
