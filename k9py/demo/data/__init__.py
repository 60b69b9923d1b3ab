"""The real server's own words: discovery, columns and OpenAPI, written by `python -m tests.cluster.capture`."""
