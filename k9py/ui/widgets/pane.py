"""A table that is alive: one kind of one session, watched for as long as the pane is there."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message

from k9py.actions.plan import Target
from k9py.kinds.kind import Kind, Opening, noted_columns
from k9py.session.feed import Feed, together
from k9py.session.session import Session
from k9py.store.collection import Unreadable
from k9py.store.filter import parse_filter
from k9py.store.order import Sort
from k9py.store.row import Row
from k9py.store.view import View
from k9py.ui.frames import Frames
from k9py.ui.offers import way_out
from k9py.ui.painting import border_text
from k9py.ui.widgets.table import ResourceTable
from k9py.values.age import human_duration
from k9py.values.batch import FeedState, Phase
from k9py.values.namespaces import ALL, Namespaces
from k9py.values.resource import Key, Resource
from k9py.values.text import clean

CAPTION_PERIOD = 0.25
"""Seconds between two titles while a list comes in."""

SORT_KEYS = (
    ("N", "NAME"),
    ("A", "AGE"),
    ("S", "STATUS"),
    ("P", "NAMESPACE"),
    ("C", "CPU"),
    ("M", "MEM"),
    ("R", "READY"),
)
"""Shift and a letter, as in k9s."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a pane shows: a kind, where, and what of it."""

    resource: Resource
    namespaces: Namespaces = ALL
    filter: str = ""
    scope: str = ""
    keep: Callable[[Any], bool] | None = field(default=None, compare=False)
    of: str = ""
    """The one object that the rows are made of, for kinds that are made of others."""
    feed: Callable[[Session], Feed] | None = field(default=None, compare=False)
    """What opens its feed, held; None for the session's own of that kind and namespace."""
    columns: tuple[str, ...] = ()
    """Labels, and annotations after `@`, that have columns."""
    titles: tuple[str, ...] = ()
    """The titles of the columns that are shown; empty for those of the kind."""
    sort: Sort | None = None
    """By which column it is sorted here, whatever is remembered for the kind."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What a pane shows of one session."""

    session: Session
    resource: Resource
    feeds: list[Feed]

    def release(self) -> None:
        for feed in self.feeds:
            feed.release()


def name_state(state: FeedState) -> str:
    """The state of a feed in a word or two: `live`, `syncing 1,500`, `stale 12s`, `denied`."""
    if state.phase is Phase.SYNCING:
        return f"syncing {state.count:,}"
    if state.phase is Phase.STALE:
        return f"stale {human_duration(max(time.time() - state.since, 0))}" if state.since else "no connection"
    return str(state.phase.value)


def describe_state(state: FeedState) -> str:
    """The same, with the reason where there is one: `stale 12s: the server refuses connections`."""
    return clean(f"{name_state(state)}: {state.reason}") if state.reason else name_state(state)


class ResourcePane(ResourceTable):
    """Title, state and rows of one place. What it shows is changed by `go`; it lets its feed go when it is removed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(key, f"sort('{title}')", f"Sort by {title}", id=f"pane.sort-{title.lower()}", show=False)
            for key, title in SORT_KEYS
        ),
        Binding("shift+left", "sort_beside(-1)", "Sort by the column before", id="pane.sort-before", show=False),
        Binding("shift+right", "sort_beside(1)", "Sort by the column after", id="pane.sort-after", show=False),
        Binding("ctrl+w", "toggle_wide", "Wide", id="pane.wide", show=False),
    ]

    @dataclass
    class Captioned(Message):
        """Title or state changed."""

        pane: ResourcePane

    def __init__(
        self, frames: Frames, *, brief: bool = False, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._frames = frames
        self._brief = brief
        self.session: Session | None = None
        """The one whose table it is; `session_of` a row may be another, where several contexts are shown together."""
        self.place: Place | None = None
        self._parts: dict[str, _Part] = {}
        self.lacking: dict[str, str] = {}
        """Contexts that should be shown together with this one but cannot be, and why."""
        self._live: View | None = None
        self.filter_text = ""
        """The filter that is applied."""
        self._captioned_at = 0.0
        self.asleep = False
        """Whether its page is covered by another: nothing is computed until it wakes."""
        self.trail = ""
        """The crumbs before the title."""

    @property
    def state(self) -> FeedState:
        """How the feed stands."""
        return together(self._feeds, self.lacking)

    @property
    def resource(self) -> Resource | None:
        return self.place.resource if self.place else None

    @property
    def kind(self) -> Kind | None:
        """How the objects are shown, and where enter leads."""
        return self._feeds[0].kind if self._parts else None

    def opening(self, row: Row) -> Opening | None:
        """Where enter leads from a row."""
        if self.kind is None or isinstance(row.obj, Unreadable):
            return None
        return self.kind.opens(row.obj)

    def target(self, row: Row) -> Target:
        """The object that a row is about, as it is now: what a key that is pressed on it applies to."""
        return self._stood_for(row) or Target(row.key, row.uid, self._parts[row.key.context].resource)

    @property
    def meant(self) -> Resource | None:
        """The kind that keys mean: of what the row under the cursor is about, or else of the rows."""
        row = self.cursor_row
        return self.target(row).resource if row and row.key.context in self._parts else self.resource

    def _stood_for(self, row: Row) -> Target | None:
        if self.kind is None or isinstance(row.obj, Unreadable):
            return None
        standing = self.kind.stands_for(row.obj)
        resource = self.session_of(row).catalog.resolve(standing.resource) if standing else None
        if standing is None or resource is None:
            return None
        key = Key(row.key.context, resource.gvr, standing.namespace, standing.name)
        return Target(key, standing.uid, resource, standing.part)

    def session_of(self, row: Row) -> Session:
        """The session that a row is of."""
        return self._parts[row.key.context].session

    @property
    def _feeds(self) -> list[Feed]:
        return [feed for part in self._parts.values() for feed in part.feeds]

    @property
    def pointed_session(self) -> Session | None:
        """The session that the objects under the cursor, or marked, are of."""
        row = next(iter(self.targets()), None) if self.marks else self.cursor_row
        part = self._parts.get(row.key.context) if row else None
        return part.session if part else self.session

    def under_cursor(self) -> Target | None:
        """The object that the row under the cursor is about."""
        row = self.cursor_row
        return self.target(row) if row and row.key.context in self._parts else None

    def pointed(self) -> Sequence[Target]:
        """The objects that a key applies to: of the marked rows, else of the one under the cursor."""
        return [self.target(row) for row in self.targets()]

    def go(self, session: Session, place: Place) -> None:
        """Show a place, letting go of the former one."""
        self.leave()
        self.session, self.place = session, place
        own = place.feed
        feeds = [own(session)] if own else session.open_all(place.resource, place.namespaces, place.of)
        self._parts[session.context.name] = _Part(session, place.resource, feeds)
        kind = feeds[0].kind
        self._live = View(
            kind,
            [feed.collection for feed in feeds],
            namespaces=place.namespaces,
            brief=place.titles or (kind.brief if self._brief else ()),
            extra=noted_columns(place.columns),
            of_one=bool(place.of),
        )
        self._live.on_dirty = self.mark
        if sort := place.sort or session.sorts.get(place.resource.gvr) or kind.sort:
            self._live.sort_by(sort.title, sort.descending)
        if place.keep:
            self._live.narrow(place.scope, place.keep)
        self.show(self._live)
        self.filter(place.filter)
        self.mark()

    @property
    def contexts(self) -> list[str]:
        """The names of the contexts that are shown, the pane's own first."""
        return list(self._parts)

    def join(self, session: Session, resource: Resource) -> None:
        """Show the rows of another session in the same table; `resource` is what it calls the kind."""
        assert self.place
        assert self._live is not None
        own = self.place.feed
        feeds = [own(session)] if own else session.open_all(resource, self.place.namespaces)
        self._parts[session.context.name] = _Part(session, resource, feeds)
        for feed in feeds:
            self._live.add(feed.collection)

    def part(self, context: str) -> None:
        """Show the rows of a context no longer."""
        assert self._live is not None
        self._live.drop(context)
        self._parts.pop(context).release()

    def leave(self) -> None:
        """Close the view and let the feeds go."""
        if self._live is not None:
            self._live.close()
        for part in self._parts.values():
            part.release()
        self._live, self._parts, self.lacking = None, {}, {}

    def on_unmount(self) -> None:
        self.leave()

    def mark(self) -> None:
        """Have it painted with the next frame."""
        self._frames.mark(self.paint)

    def wake(self) -> None:
        """Its page is on top again."""
        self.asleep = False
        self.mark()

    def paint(self) -> None:
        """Bring what changed on the screen."""
        if self._live is None or self.asleep or not self.is_attached:
            return
        changed = self._live.flush()
        self.caption()
        if changed:
            self.refresh_view()

    def filter(self, text: str) -> None:
        """Show only what a filter keeps. Raises FilterError, and then leaves the former filter."""
        if self._live is None:
            return
        self._live.set_filter(parse_filter(text))
        self.filter_text = text
        self.mark()

    def narrow(self, scope: str, keep: Callable[[Any], bool] | None) -> None:
        """Show only what belongs to something (`node worker-a`); None takes that back."""
        if self._live is not None and self.place:
            self.place = replace(self.place, scope=scope if keep else "", keep=keep)
            self._live.narrow(scope, keep)
            self.mark()

    @on(ResourceTable.MarksChanged)
    def _marked(self) -> None:
        self.caption()

    @on(ResourceTable.SortPicked)
    def _sort_picked(self, event: ResourceTable.SortPicked) -> None:
        event.stop()
        self.action_sort(event.title)

    def action_sort(self, title: str) -> None:
        """Sort by a column that is shown; again turns it round. It is remembered for the kind, or for the place."""
        if self._live is not None and self.session and self.place and title in self._titles:
            self._live.sort_by(title)
            if self.place.sort:
                self.place = replace(self.place, sort=self._live.sort)
            else:
                self.session.sorts[self.place.resource.gvr] = self._live.sort

    def action_sort_beside(self, by: int) -> None:
        """Sort by the column before or after the one that it is sorted by now."""
        if self._live is not None and (titles := self._titles):
            here = titles.index(self._live.sort.title) if self._live.sort.title in titles else 0
            self.action_sort(titles[(here + by) % len(titles)])

    def action_toggle_wide(self) -> None:
        """Show the wide columns, or hide them again."""
        if self._live is not None:
            self._live.wide = not self._live.wide

    @property
    def _titles(self) -> list[str]:
        return [column.title for column in self._live.columns] if self._live is not None else []

    def caption(self) -> None:
        """Title and state, and what stands in the middle of an empty table."""
        if self._live is None or self.place is None:
            return
        self.loading_rows = self.state.phase in (Phase.CONNECTING, Phase.SYNCING)
        title, state = self._title(), describe_state(self.state)
        self.empty_text = self._empty(state)
        # an empty table has room for the whole reason in its middle
        below = border_text(state if len(self._live) else name_state(self.state))
        if (title, below) != (self.border_title, self.border_subtitle) and self._may_caption():
            self.border_title, self.border_subtitle = title, below
            self.post_message(self.Captioned(self))

    def _may_caption(self) -> bool:
        """Textual paints the whole widget for a new title: while a list comes in, not for each of its pages."""
        now = time.monotonic()
        if self.state.phase is Phase.SYNCING and now - self._captioned_at < CAPTION_PERIOD:
            return False
        self._captioned_at = now
        return True

    def _title(self) -> str:
        assert self._live is not None
        assert self.place
        shown, total = len(self._live), self._live.total
        count = f"{shown:,}" if shown == total else f"{shown:,} of {total:,}"
        parts = [f"{self.trail}{title_of(self.place.resource)} {count}"]
        if self.place.resource.namespaced:
            parts.append(self.place.namespaces.title)
        parts += [part for part in (self.place.scope, f"/{self.filter_text}" if self.filter_text else "") if part]
        if self.marks:
            parts.append(f"{len(self.marks)} marked")
        return border_text(" · ".join(parts))

    def _empty(self, state: str) -> str:
        assert self._live is not None
        assert self.place
        if self.state.phase is Phase.DENIED and self.session:
            return f"{state} — {way_out(self.session, self.place.resource)}"
        if self.state.phase is not Phase.LIVE:
            return state
        if self._live.total and self.place.scope and not self.filter_text:
            return f"no {self.place.resource.gvr.plural} ({self.place.scope})"
        if self._live.total:
            return "nothing matches; esc shows all again"
        where = "" if self.place.namespaces.all else f" in {self.place.namespaces.title}"
        return f"no {self.place.resource.gvr.plural}{where}"


def title_of(resource: Resource) -> str:
    """`Pods`, `NetworkPolicies`: the plural, in the kind's own capitals."""
    kind, plural = resource.kind, resource.gvr.plural
    common = 0
    while common < min(len(kind), len(plural)) and kind[common].lower() == plural[common]:
        common += 1
    return kind[:common] + plural[common:]
