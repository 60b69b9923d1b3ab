"""The real server's own words: discovery, columns and OpenAPI, written by `python -m tests.cluster.capture`."""

from __future__ import annotations

from importlib.resources import files

from zstandard import ZstdDecompressor


def load(name: str) -> bytes:
    """The content of a file in this folder, unpacked."""
    content = files(__name__).joinpath(name).read_bytes()
    return ZstdDecompressor().decompress(content) if name.endswith(".zst") else content
