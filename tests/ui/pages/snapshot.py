"""Snapshots of screens: the text that a person sees, one file a test."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tests.ui.pages.show import Shown

SIZES = [(80, 24), (120, 40), (200, 50)]

each_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
"""Runs a test at each size that a screen is to be designed for."""


class ScreenText(SingleFileSnapshotExtension):
    """Plain text, so that a change is read in a diff as it is seen on the screen."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


async def check_screen(shown: Shown, screen: SnapshotAssertion) -> None:
    """Wait until the screen is still, and compare it with its snapshot (the fixture `screen`)."""
    await shown.settles()
    await shown.still()
    assert [line for line in shown.lines if cell_len(line) > shown.app.size.width] == []
    assert len(shown.lines) == shown.app.size.height
    assert shown.text + "\n" == screen
