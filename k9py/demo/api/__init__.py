"""What the API server does with objects: defaults, validation, admission, changes, deletion. No sockets, no waiting."""
