"""The only folder that knows the `kubernetes` client: kubeconfig, transport, discovery, reflector, logs."""
