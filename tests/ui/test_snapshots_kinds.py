"""What the tables of many kinds look like, and the explanation beside an object: at three sizes."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.ui.pages.kinds import fill_kinds
from tests.ui.pages.show import show
from tests.ui.pages.snapshot import check_screen, each_size

WORDS = ("hpa", "pdb", "netpol", "pvc", "pv", "jobs", "cronjobs", "sts", "wk")


@each_size
@pytest.mark.parametrize("word", WORDS)
async def test_table(tmp_path: Path, screen: SnapshotAssertion, word: str, size: tuple[int, int]) -> None:
    async with show(tmp_path, content=fill_kinds, size=size) as shown:
        home = shown.pages[-1]
        await shown.command(word if word == "pv" else f"{word} shop")
        await shown.until(lambda: shown.pages[-1] != home)
        await shown.lists(shown.pages[-1])
        await shown.until(lambda: bool(shown.names()))
        await shown.press("g")
        await check_screen(shown, screen)


@each_size
async def test_containers(tmp_path: Path, screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with show(tmp_path, content=fill_kinds, size=size) as shown:
        await shown.command("containers shop")
        await shown.lists("containers")
        await shown.until(lambda: "결제-1/proxy" in shown.names())
        await shown.press("g")
        await check_screen(shown, screen)


@each_size
async def test_explained(tmp_path: Path, screen: SnapshotAssertion, size: tuple[int, int]) -> None:
    async with show(tmp_path, content=fill_kinds, size=size) as shown:
        metadata = {"uid": "0f1e2d3c-0000-4000-8000-000000000001", "creationTimestamp": "2026-01-01T00:00:00Z"}
        spec = {"schedule": "@daily", "timeZone": "Asia/Seoul", "jobTemplate": {}}
        shown.server.store.put("/apis/batch/v1/cronjobs", "설명", "shop", metadata=metadata, spec=spec, status={})
        await shown.command("cronjobs shop /설명")
        await shown.lists("cronjobs")
        await shown.until(lambda: shown.under_cursor() == "설명")
        await shown.press("y")
        await shown.sees("kind: CronJob")
        await shown.press("i", "slash")
        await shown.type("schedule:")
        await shown.press("enter")
        await shown.sees("The schedule in Cron format")
        await check_screen(shown, screen)
