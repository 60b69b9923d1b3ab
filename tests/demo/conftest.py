"""What tests of the embedded cluster have in common."""

from __future__ import annotations

import pytest

from tests.demo.nodelab import Lab


@pytest.fixture
def lab() -> Lab:
    """A cluster of one node that has the image `plain`."""
    found = Lab(nodes=1)
    found.image("plain")
    return found
