"""What several objects mean together: descriptions, relations, rights, capacity. Pure; reads through `Read` only."""
