"""A small awk: what one writes on one line. A program becomes a tree of closures, a value is text or a number."""
