"""An embedded cluster: a real HTTP server that speaks the Kubernetes API, with controllers, seeded and steppable."""
