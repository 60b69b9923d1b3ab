"""What tests of editing have in common: what the editor was given, what was kept, and what others do meanwhile."""

from __future__ import annotations

import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.ui.pages.changing import confirmation, to_deployments
from tests.ui.pages.objects import DEPLOYMENTS
from tests.ui.pages.show import Shown

Script = Callable[[str], None]
"""Sets the lines of Python that the `editor` runs on the `text` of its file."""


def seen(folder: Path, times: int = 0) -> str:
    """What the editor was given."""
    return (folder / f"seen-{times}").read_text()


def kept(folder: Path) -> list[Path]:
    return sorted((folder / "edits").rglob("*.yaml"))


def rescued(folder: Path) -> list[Path]:
    """What editors have left beside their file."""
    return sorted(folder.glob("k9py-edit-*/rescued.save"))


def squash(shown: Shown) -> str:
    """The dialog's text, its lines put together."""
    return "".join(line.strip(" │") for line in shown.lines)


def web(shown: Shown) -> dict[str, Any]:
    found = shown.server.store.get(DEPLOYMENTS, "web", "shop")
    assert found
    return found


def change_web(shown: Shown, *, annotations: Mapping[str, str] | None = None, **spec: Any) -> None:
    """Somebody else changes the deployment."""
    found = web(shown)
    metadata = {**found["metadata"], **({"annotations": annotations} if annotations else {})}
    shown.server.store.put(DEPLOYMENTS, "web", "shop", metadata=metadata, spec={**found["spec"], **spec})


async def to_confirmation(shown: Shown) -> None:
    """`e` on the deployment, and until what the editor has made of it is to be confirmed."""
    await to_deployments(shown)
    await shown.press("e")
    await confirmation(shown)


async def says_kept(shown: Shown, folder: Path, why: str, text: str) -> None:
    """Wait until the dialog says what became of it and where the text is."""
    await shown.until(lambda: bool(kept(folder)), "a file")
    (path,) = kept(folder)
    await shown.sees(why, "what you wrote is kept in")
    assert path.name in squash(shown)
    assert text in path.read_text()
    assert path.read_text().startswith(f"# Edit deployment shop/web: {why}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    await shown.press("escape")
    await shown.clicks_away()
