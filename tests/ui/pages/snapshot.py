"""Snapshots of screens: the text that a person sees, one file a test."""

from __future__ import annotations

from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode


class ScreenText(SingleFileSnapshotExtension):
    """Plain text, so that a change is read in a diff as it is seen on the screen."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"
