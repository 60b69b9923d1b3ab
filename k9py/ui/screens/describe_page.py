"""An object in words, alive: told anew when it changes, when something happens to it, and as time goes on."""

from __future__ import annotations

from collections.abc import Collection
from time import time as now
from typing import Any

from textual import work

from k9py.actions.plan import Target
from k9py.insight.describe.describer import describer_for, gather, write
from k9py.insight.describe.subject import Related
from k9py.session.session import Session
from k9py.store.collection import Name
from k9py.ui.screens.document_page import ObjectPage
from k9py.values.errors import K9pyError
from k9py.values.prose import Prose

TICK = 1.0
"""Seconds between two looks at whether an age has changed."""
AGEING_LINES = 2000
"""Lines of the longest text whose ages go on by themselves: what is longer is a ConfigMap's, and has few."""
SOON = 1.0
"""Seconds for which what changes around an object is gathered before it is read anew."""


class DescribePage(ObjectPage):
    """The description of one object."""

    def __init__(self, session: Session, target: Target) -> None:
        super().__init__(session, target, self._tell)
        self._related = Related()
        self._waiting = False

    @property
    def crumb(self) -> str:
        return f"describe {self._key.name}"

    def on_mount(self) -> None:
        self.set_interval(TICK, self._age)
        self._follow_around()

    async def gather(self, found: dict[str, Any]) -> None:
        assert self.session
        self._related = await gather(self.session.read, self._resource, found)

    def _tell(self, found: dict[str, Any]) -> Prose:
        return write(self._resource, found, self._related, now())

    def _age(self) -> None:
        """Ages go on; nothing is painted while none has."""
        if self._found is None or self._prose is None or self.k9py.page is not self:
            return
        if len(self._prose.lines) <= AGEING_LINES:
            told = self._write(self._found)
            if told.lines != self._prose.lines:
                self.show(told)

    # what changes around the object

    @work(group="around")
    async def _follow_around(self) -> None:
        """Watch the object's events and whatever else its description tells of, as far as that is permitted."""
        assert self.session
        describer = describer_for(self._resource)
        for word in (*(("events",) if describer.events else ()), *describer.follows):
            try:
                resource = await self.session.find(word)
            except K9pyError:
                continue  # it is read without being watched: `r` reads it anew
            if resource and resource.watchable and self.is_attached:
                told = self._told_event if word == "events" else self._told_around
                self.follow(self.session.open(resource, self._key.namespace), told)

    def _told_event(self, names: Collection[Name]) -> None:
        """Events are named after what they are about (client-go's recorders): `web-1.18a3…`."""
        if any(name.startswith(f"{self._key.name}.") for _, name in names):
            self._read_soon()

    def _told_around(self, _names: Collection[Name]) -> None:
        self._read_soon()

    def _read_soon(self) -> None:
        if not self._waiting and self.is_attached:
            self._waiting = True
            self.set_timer(SOON, self._read_now)

    def _read_now(self) -> None:
        self._waiting = False
        self.action_reload()
