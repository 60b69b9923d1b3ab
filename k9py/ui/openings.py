"""The screens that a row leads to: what each `Look` of the registry opens, by the name in its `opens`.

A screen is imported when it is first opened: k9py starts without it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from k9py.actions.plan import Target
from k9py.kinds.registry import decoder, kind_for
from k9py.session.session import Session
from k9py.ui.screens.dialogs import Choose
from k9py.ui.screens.log_page import LogPage
from k9py.values.errors import K9pyError
from k9py.values.log import LogSource

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
    target = targets[0]
    if target.part:
        app.push_screen(LogPage(session, LogSource(target.key.namespace, target.key.name, target.part, previous)))
        return
    try:
        pod = decoder(kind_for(target.resource))(await session.whole(target.key, target.resource))
    except (msgspec.MsgspecError, ValueError) as error:
        raise K9pyError(f"this pod can't be read: {error}") from error
    name: str | None = pod.default_container
    if len(pod.containers) > 1 and not pod.names_default:
        name = await app.push_screen_wait(Choose(f"Logs of {target.key.name}: which container?", pod.containers))
    if name:
        app.push_screen(LogPage(session, LogSource(target.key.namespace, target.key.name, name, previous)))


async def _relations(app: K9pyApp, session: Session, targets: Sequence[Target], to: str) -> None:
    from k9py.ui import jumps

    await getattr(jumps, to)(app, session, targets)


OPENERS: Mapping[str, Opener] = {
    **{opens: partial(_relations, to=opens) for opens in ("owner", "node", "replicasets", "events")},
    "describe": _describe,
    "yaml": _yaml,
    "logs": partial(_logs, previous=False),
    "previous": partial(_logs, previous=True),
}
