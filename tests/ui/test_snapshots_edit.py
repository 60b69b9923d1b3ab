"""The editor and what clashes, as they are seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from k9py.ui.screens.clashes import Clashes
from k9py.ui.screens.editor_page import EditorPage
from k9py.values.complaint import Complaint
from k9py.values.merge_patch import MISSING, Clash
from tests.ui.pages.show import show
from tests.ui.pages.snapshot import check_screen, each_size

TEXT = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: 결제-settings
  labels: {tier: front} # whose it is
data:
  greeting: 안녕하세요 🚀
  limit: 10
  script: |
    # not a remark: a text
    echo "$HOME": {}
immutabel: true
"""
CLASHES = (
    Clash(("spec", "replicas"), 5, 7, 3),
    Clash(
        ("spec", "template", "spec", "containers", ("name=app",), "env"), [{"name": "A", "value": "결제"}], MISSING, []
    ),
)


def examine(_text: str) -> list[Complaint]:
    return [Complaint("must be a text, not a whole number", 7), Complaint("immutabel is no field here: immutable?", 11)]


@each_size
@pytest.mark.parametrize("theme", ["k9py-dark", "k9py-light"])
async def test_the_editor(tmp_path: Path, size: tuple[int, int], theme: str, screen: SnapshotAssertion) -> None:
    said = [Complaint("data.limit: Invalid type. Expected string", 7), Complaint("an admission webhook is against it")]
    async with show(tmp_path, size=size, theme=theme) as shown:
        page = EditorPage("Edit configmap shop/결제-settings", "lab", TEXT, lambda text: None, said)
        shown.app.push_screen(page)
        page.examine_with(examine)
        await shown.sees("3 problems")
        await check_screen(shown, screen)


@each_size
async def test_clashes(tmp_path: Path, size: tuple[int, int], screen: SnapshotAssertion) -> None:
    async with show(tmp_path, size=size) as shown:
        shown.app.push_screen(Clashes("Edit deployment shop/web", CLASHES))
        await shown.sees("spec.replicas (not decided)")
        await shown.press("t")
        await shown.sees("theirs counts")
        await check_screen(shown, screen)
