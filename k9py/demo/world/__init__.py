"""What lives in the cluster: a shop in several namespaces, its programs, and what happens to it."""
