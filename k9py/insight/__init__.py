"""What several objects mean together: descriptions, relations, the map of a cluster. Pure; it reads through a port."""
