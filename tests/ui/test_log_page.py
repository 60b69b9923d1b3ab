"""What one takes along from the page of a log: copied to the terminal's clipboard (OSC 52), or saved as a file."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from k9py.ui import saving
from tests.kube.scripted import ScriptedServer
from tests.ui.pages.objects import fill, put_pod, write_log
from tests.ui.pages.show import Shown, show

LINES = ["INFO 결제 1", "ERROR 결제 2", "INFO 🛒 3", "ERROR 🛒 4", "INFO 5"]
_OSC_52 = re.compile("\x1b]52;c;([A-Za-z0-9+/=]*)\x07")


def list_of(folder: Path) -> list[Path]:
    return list(folder.iterdir())


@asynccontextmanager
async def log_of_lines(folder: Path) -> AsyncIterator[Shown]:
    def content(server: ScriptedServer) -> None:
        fill(server)
        put_pod(server, "cart-1")
        write_log(server, "cart-1", *LINES)

    async with show(folder, content=content) as shown:
        await shown.command("pods shop /cart-1")
        await shown.lists("pods")
        await shown.press("l")
        await shown.sees("5 lines", LINES[-1])
        yield shown


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where things are saved."""
    monkeypatch.setattr(saving, "screens_folder", lambda: tmp_path / "screens")
    return tmp_path / "screens" / "lab"


async def test_lines_are_copied_through_the_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with log_of_lines(tmp_path) as shown:
        written: list[str] = []
        assert shown.app._driver
        monkeypatch.setattr(shown.app._driver, "write", written.append)

        def copied() -> list[str]:
            return [b64decode(data).decode() for data in _OSC_52.findall("".join(written))]

        await shown.press("c")  # those in sight
        await shown.sees("copied 5 lines")
        assert copied() == ["\n".join(LINES)]
        await shown.press("v", "k", "k", "c")  # a selection
        await shown.sees("copied 3 lines")
        assert copied()[1:] == ["\n".join(LINES[2:])]
        assert not shown.log.selecting
        await shown.filter("-s 🛒 4")
        await shown.sees("/-s 🛒 4")
        await shown.press("n", "c")  # the line that a search went to
        await shown.sees("copied 1 line")
        assert copied()[2:] == [LINES[3]]


async def test_the_lines_that_are_shown_are_saved(tmp_path: Path, folder: Path) -> None:
    async with log_of_lines(tmp_path) as shown:
        await shown.filter("error")
        await shown.until(lambda: LINES[0] not in shown.text, "the filter")
        await shown.press("ctrl+s")
        await shown.sees("saved 2 lines to")
        [saved] = list_of(folder)
        assert saved.read_text() == f"{LINES[1]}\n{LINES[3]}\n"
        assert re.fullmatch(r"logs_cart-1_[\d-]+\.log", saved.name)
        assert saved.stat().st_mode & 0o077 == 0
