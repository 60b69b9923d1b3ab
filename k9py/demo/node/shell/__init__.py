"""A Unix in a container: processes, pipes, a terminal, a shell and the usual commands. Nothing of it is real.

Everything that runs is a generator which yields what it waits for, so that the Clock alone drives it: the main process
of a container and somebody's `kubectl exec` are the same to it.
"""
