"""The screens that a row leads to: what each `Look` of the registry opens, by the name in its `opens`.

A screen is imported when it is first opened: k9py starts without it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from k9py.actions.plan import Target
from k9py.kinds.kind import Opening
from k9py.kinds.registry import decoder, kind_for
from k9py.session.session import Session

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp

Opener = Callable[["K9pyApp", Session, Sequence[Target]], Awaitable[None]]
"""Opens a screen about the targets: the marked rows or the one under the cursor; there is at least one."""


async def _yaml(app: K9pyApp, session: Session, targets: Sequence[Target]) -> None:
    from k9py.ui.screens.yaml_page import YamlPage

    app.push_screen(YamlPage(session, targets[0]))


async def _describe(app: K9pyApp, session: Session, targets: Sequence[Target]) -> None:
    from k9py.ui.screens.describe_page import DescribePage

    app.push_screen(DescribePage(session, targets[0]))


async def _logs(app: K9pyApp, session: Session, targets: Sequence[Target], previous: bool) -> None:
    from k9py.ui.logs import open_logs

    await open_logs(app, session, targets, previous)


async def read_opening(session: Session, target: Target) -> Opening | None:
    """Where enter leads from an object; None where its kind does not say, or it is not as its kind expects."""
    kind = kind_for(target.resource)
    if kind.table:
        return None
    try:
        return kind.opens(decoder(kind)(await session.whole(target.key, target.resource)))
    except (msgspec.MsgspecError, ValueError):
        return None


async def _relations(app: K9pyApp, session: Session, targets: Sequence[Target], to: str) -> None:
    from k9py.ui import jumps

    await getattr(jumps, to)(app, session, targets)


async def _who_may(app: K9pyApp, session: Session, targets: Sequence[Target], page: str) -> None:
    from k9py.ui import who_may

    await getattr(who_may, page)(app, session, targets[0])


async def _xray(app: K9pyApp, session: Session, targets: Sequence[Target], of: str) -> None:
    from k9py.ui.screens import xray_page

    app.push_screen(xray_page.XrayPage(session, getattr(xray_page, of)(targets[0])))


OPENERS: Mapping[str, Opener] = {
    **{opens: partial(_relations, to=opens) for opens in ("owner", "node", "replicasets", "events")},
    "rbac": partial(_who_may, page="open_rules"),
    "can-i": partial(_who_may, page="open_account"),
    "xray": partial(_xray, of="of_object"),
    "users": partial(_xray, of="of_users"),
    "describe": _describe,
    "yaml": _yaml,
    "logs": partial(_logs, previous=False),
    "previous": partial(_logs, previous=True),
}
