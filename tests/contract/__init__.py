"""What kubectl and plain requests are answered, held against two servers: the embedded cluster and a real one.

Each file in cases/ is a transcript: commands and what a real Kubernetes has answered. `python -m tests.contract
KUBECONFIG [CASE …]` writes the answers anew from a real server.
"""
