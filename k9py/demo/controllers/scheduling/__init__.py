"""The rules of the scheduler: what keeps a pod from a node, and which node suits it best."""
