"""What tests of screens have in common."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.ui.editing import Script
from tests.ui.pages.snapshot import ScreenText


@pytest.fixture
def screen(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """The snapshot of a screen as text."""
    return snapshot.use_extension(ScreenText)


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Script:
    """Sets the lines of Python that the editor runs on the `text` of its file; each call in turn is `times` 0, 1 …"""
    for name in ("KUBE_EDITOR", "EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)
    script, count = tmp_path / "editor.py", tmp_path / "times"

    def say(lines: str) -> None:
        script.write_text(
            "import pathlib, sys, os\n"
            "path = pathlib.Path(sys.argv[-1])\n"
            f"count = pathlib.Path({str(count)!r})\n"
            "times = int(count.read_text()) if count.exists() else 0\n"
            "count.write_text(str(times + 1))\n"
            f"seen = pathlib.Path({str(tmp_path)!r}) / f'seen-{{times}}'\n"
            "text = path.read_text()\n"
            "seen.write_text(text)\n"
            f"{lines}\n"
            "path.write_text(text)\n"
        )
        monkeypatch.setenv("KUBE_EDITOR", shlex.join([sys.executable, str(script), "--wait"]))

    return say
