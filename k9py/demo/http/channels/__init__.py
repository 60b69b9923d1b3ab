"""Streams of bytes over one connection: exec, attach and port-forward, over websockets and over SPDY."""
