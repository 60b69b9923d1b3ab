"""What the screens of rights look like, as text: at three sizes, with names from all over the world."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.kube.scripted import ScriptedServer
from tests.ui.pages.rights import READ, fill_for, fill_for_account, fill_for_kim, give, rule, user
from tests.ui.pages.show import Shown, show
from tests.ui.pages.snapshot import check_screen, each_size


def content(server: ScriptedServer) -> None:
    """Kim, the choir, and one with a long name; the token is a master's."""
    fill_for(server, user("kim"))
    give(
        server, user("합창단 🎤"), "shop", "노래", rule(("get", "bind"), "secrets", "pods/log", names=("악보", "score"))
    )
    give(server, user("an-engineer-with-a-rather-long-name@example.com"), "", "everywhere", rule(READ, "*/log", "pods"))


async def who_can(shown: Shown) -> None:
    await shown.command("who-can get pods/log -A")
    await shown.lists("who can get pods/log in any namespace")
    await shown.press("j")


async def can_i(shown: Shown) -> None:
    await shown.command("can-i u:kim in shop")
    await shown.lists("can-i u:kim")
    await shown.until(lambda: "pods" in shown.names())


async def can_i_everywhere(shown: Shown) -> None:
    await shown.command("can-i u:kim -A")
    await shown.lists("can-i u:kim")
    await shown.until(lambda: "pods" in shown.names())
    await shown.press("ctrl+w")


async def role(shown: Shown) -> None:
    await shown.command("rbac role 노래 in shop")
    await shown.opens("role shop/노래")
    await shown.until(lambda: bool(shown.names("rules")) and bool(shown.names("subjects")))


@each_size
@pytest.mark.parametrize("go", [who_can, can_i, can_i_everywhere, role], ids=lambda go: go.__name__)
async def test_rights(
    tmp_path: Path, screen: SnapshotAssertion, go: Callable[[Shown], Awaitable[None]], size: tuple[int, int]
) -> None:
    async with show(tmp_path, content=content, size=size, namespace="shop") as shown:
        await go(shown)
        await check_screen(shown, screen)


async def offered(shown: Shown) -> None:
    await shown.until(lambda: "web-1" in shown.names("pods"))


async def all_denied(shown: Shown) -> None:
    await offered(shown)
    await shown.press("0")
    await shown.sees("denied: pods is forbidden", "permitted: 1 shop 2 도구-🔧")


async def usable(shown: Shown) -> None:
    await offered(shown)
    await shown.command("ns")
    await shown.lists("that may be used")


@each_size
@pytest.mark.parametrize(
    ("go", "content"),
    [(offered, fill_for_kim), (all_denied, fill_for_kim), (usable, fill_for_account)],
    ids=["offered", "all_denied", "usable"],
)
async def test_denied(
    tmp_path: Path,
    screen: SnapshotAssertion,
    go: Callable[[Shown], Awaitable[None]],
    content: Callable[[ScriptedServer], None],
    size: tuple[int, int],
) -> None:
    async with show(tmp_path, content=content, size=size, ready=False) as shown:
        await go(shown)
        await shown.still()
        shown.app.unsay()
        await check_screen(shown, screen)
