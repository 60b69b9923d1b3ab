"""What is alive: a Session a context, the Hub that holds them, the Runner that carries Plans out."""
