"""What tests of screens have in common."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.ui.pages.snapshot import ScreenText


@pytest.fixture
def screen(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """The snapshot of a screen as text."""
    return snapshot.use_extension(ScreenText)
