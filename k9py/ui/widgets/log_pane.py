"""A log that is alive: the view of it, the stream that feeds it, and the keys that ask for another part of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.binding import Binding, BindingType
from textual.message import Message

from k9py.session.log_stream import LogStream
from k9py.session.session import Session
from k9py.ui.frames import Frames
from k9py.ui.painting import border_text
from k9py.ui.saving import save_text
from k9py.ui.widgets.key_bar import KeyHint
from k9py.ui.widgets.log_buffer import Line
from k9py.ui.widgets.log_reader import LogReader
from k9py.ui.widgets.log_sieve import parse_log_filter
from k9py.ui.widgets.log_view import SLICE, LogView
from k9py.values.log import REMARK, SPANS, Entry, LogSource, LogWish, Span
from k9py.values.log_reading import Level
from k9py.values.text import plain

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp

INTAKE = 0.008
"""Seconds of a frame for taking lines in."""
_AT_ONCE = 500
_NOBODY = 0xFFFF
"""The source of what a person has put between the lines."""
_LEVELS = (Level.NONE, Level.WARN, Level.ERROR)
_SLICE = 0.01
"""Seconds for which lines are written at a time: others wait for the loop, too."""


class LogPane(LogReader):
    """Follows the logs of one wish at a time."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Full screen", id="log.open", show=False),
        *(Binding(key, f"span('{key}')", span.title or "tail", id=f"log.span-{key}") for key, span in SPANS.items()),
        Binding("p", "previous", "Previous", id="log.previous", show=False),
        Binding("a", "all_containers", "All containers", id="log.all", show=False),
        Binding("e", "level", "Levels", id="log.level", show=False),
        Binding("x", "toggle_hiding", "Lines around", id="log.hiding", show=False),
        Binding("m", "mark", "Mark", id="log.mark", show=False),
        Binding("c", "copy", "Copy", id="log.copy", show=False),
        Binding("ctrl+s", "save", "Save", id="log.save", show=False),
        Binding("C", "clear", "Clear", id="log.clear", show=False),
    ]

    class Opened(Message):
        """Enter was pressed: the log is to fill the screen."""

        def __init__(self, wish: LogWish) -> None:
            super().__init__()
            self.wish = wish

    def __init__(self, frames: Frames, *, tail_lines: int, id: str | None = None) -> None:
        super().__init__(id=id)
        self._frames = frames
        self._newest = Span("", tail_lines=tail_lines)
        self._span = self._newest
        self._session: Session | None = None
        self._stream: LogStream | None = None
        self._told = 0
        """How many sources the labels are of."""
        self.border_title = "Logs"
        self.filter_text = ""
        self.trail = ""
        """The crumbs before the title."""

    @property
    def wish(self) -> LogWish | None:
        """Whose logs they are."""
        return self._stream.wish if self._stream else None

    def hints(self) -> tuple[KeyHint, ...]:
        """Its keys, for the last line."""
        if self.selecting:
            return (KeyHint("c", "Copy"), KeyHint("escape", "Leave"))
        found = (KeyHint("n", "Next"), KeyHint("N", "Before"), KeyHint("x", "Around")) if self.sieve.sought else ()
        previous = KeyHint("p", "Current" if self.wish and self.wish.previous else "Previous")
        pause = KeyHint("s", "Pause" if self.following else "Follow")
        more = ("t", "Times"), ("w", "Wrap"), ("e", "Levels"), ("J", "JSON"), ("v", "Select"), ("c", "Copy")
        return (*found, pause, previous, *(KeyHint(key, title) for key, title in more), KeyHint("ctrl+s", "Save"))

    # whose log

    def follow(self, session: Session, wish: LogWish | None) -> None:
        """Show logs from here on; None shows none."""
        if _identity(wish) != _identity(self.wish) or session is not self._session:
            self._session = session
            self._begin(wish, self._newest)

    def _begin(self, wish: LogWish | None, span: Span) -> None:
        self.leave()
        self.clear()
        self._span = span
        self._told = 0
        self.set_labels(())
        if wish and self._session:
            self._stream = self._session.follow(wish, span, self._mark)
            if span.limit_bytes:
                self.following = False
        self._mark()

    def leave(self) -> None:
        """Follow no longer."""
        if self._stream:
            self._stream.close()
            self._stream = None

    def on_unmount(self) -> None:
        self.leave()

    def action_open(self) -> None:
        if self.wish and not self.selecting:
            self.post_message(self.Opened(self.wish))

    def action_span(self, key: str) -> None:
        """From another time on."""
        if self.wish:
            self._begin(self.wish, self._newest if key == "0" else SPANS[key])

    def action_previous(self) -> None:
        """The containers before their last restart, and back."""
        if wish := self.wish:
            self._begin(replace(wish, previous=not wish.previous), self._newest)

    def action_all_containers(self) -> None:
        """All containers of the pod, and back to the one that is meant when none is named."""
        wish = self.wish
        if wish is None or wish.only is None:
            return
        if len(wish.only.containers) < 2:
            self._say(f"{wish.only.pod} has one container")
            return
        self._begin(replace(wish, container="" if wish.container else wish.only.default), self._span)

    # what is shown of it

    def filter(self, text: str) -> None:
        """Show only the lines that a filter keeps. Raises FilterError, and then leaves the former filter."""
        found = parse_log_filter(text)
        self.show(pattern=found.pattern, inverted=found.inverted, hides=found.hides, context=found.context)
        self.filter_text = text if found.sought else ""
        self._mark()

    def action_toggle_hiding(self) -> None:
        """Show the lines around those that were found, all of them, and hide them again."""
        if self.sieve.sought:
            self.show(hides=not self.sieve.hides)
            self._mark()

    def action_level(self) -> None:
        """Only warnings and worse, only errors, all lines."""
        level = _LEVELS[(_LEVELS.index(self.sieve.level) + 1) % len(_LEVELS)]
        self.show(level=level)
        self._mark()

    def action_mark(self) -> None:
        """A line with the time, so that one sees what has come since."""
        text = f"── {time.strftime('%H:%M:%S')} {'─' * 40}"
        self.extend([Entry(self.last_key, _NOBODY, REMARK, text)])
        self._mark()

    def action_clear(self) -> None:
        self.clear()
        self._mark()

    # what is copied and saved

    def action_copy(self) -> None:
        """Copy the lines that are selected, else the one that a search went to, else those in sight."""
        lines = [self.write(line) for line in self.selected_lines()]
        if lines:
            self.app.copy_to_clipboard("\n".join(lines))
            self._say("copied 1 line" if len(lines) == 1 else f"copied {len(lines):,} lines")
        if self.selecting:
            self.action_unselect()

    @work(group="save")
    async def action_save(self) -> None:
        """Save all lines that are shown."""
        wish = self.wish
        if wish is None or self._session is None:
            return
        text = await _gather(self, self.all_lines())
        words = (self._session.context.name, "logs", *wish.title.split(" "))
        path = await asyncio.to_thread(save_text, text, words, "log")
        self._say(f"saved {text.count(chr(10)):,} lines to {path}")

    def _say(self, line: str) -> None:
        cast("K9pyApp", self.app).say(line)

    # frames

    @on(LogView.FollowChanged)
    def _mark(self) -> None:
        self._frames.mark(self.paint)

    def work_soon(self) -> None:
        self._mark()

    def paint(self) -> None:
        """Bring what came on the screen: as much of it as a frame has time for, the rest with the next."""
        if not self.is_attached:
            return
        began, spent = time.perf_counter(), 0.0
        while spent < INTAKE and self._stream and (entries := self._stream.take(_AT_ONCE)):
            self._label()
            self.extend(entries)
            spent = time.perf_counter() - began
        self.advance(SLICE - spent)
        self.caption()

    def _label(self) -> None:
        """Name the sources, where there are several."""
        stream = self._stream
        if stream and len(stream.sources) != self._told:
            self._told = len(stream.sources)
            self.set_labels(name_sources(stream.sources) if self._told > 1 else ())

    # how it stands

    def caption(self) -> None:
        """The border's title: whose log, and how it stands."""
        stream = self._stream
        if stream is None:
            self.border_title, self.border_subtitle = border_text(f"{self.trail}Logs"), ""
            return
        parts = [f"{self.trail}Logs {stream.wish.title}", *self._whose(stream), self._state(stream), self._counts()]
        self.border_title = border_text(" · ".join(part for part in parts if part))
        self.border_subtitle = border_text(" · ".join(part for part in self._how(stream) if part))
        self.empty_text = "" if self.count else stream.trouble or self._why_empty(stream)

    def _whose(self, stream: LogStream) -> Iterable[str]:
        sources = stream.sources
        if len(sources) == 1 and stream.wish.only:
            return (sources[0].container,)
        pods = len({source[:2] for source in sources})
        return (f"{_count(len(sources), 'container')} of {_count(pods, 'pod')}",)

    def _state(self, stream: LogStream) -> str:
        if stream.wish.previous:
            return "previous"
        if stream.ended:
            return "head" if self._span.limit_bytes else "ended"
        return "following" if self.following else "paused"

    def _counts(self) -> str:
        lines = "line" if self.count == 1 else "lines"
        count = f"{self.shown:,} of {self.count:,}" if self.shown != self.count else f"{self.count:,}"
        parts = [f"{count} {lines}"]
        if self.filter_text:
            parts.append(f"/{self.filter_text}" + ("" if self.sieve.hides else f" {self.found}"))
        if self.busy:
            parts.append(f"{100 * self.progress:.0f}%")
        if self.dropped:
            parts.append(f"{self.dropped:,} older ones let go")
        return " · ".join(parts)

    def _how(self, stream: LogStream) -> Iterable[str]:
        """In which way lines are shown, for the lower border."""
        sieve = self.sieve
        yield f"last {self._span.title}" if self._span.since_seconds else ""
        yield f"{sieve.level.name.lower()} and worse" if sieve.level else ""
        yield "repeated lines folded" if sieve.folds else ""
        yield "read" if sieve.reads else ""
        yield f"{stream.left_out:,} more containers are not followed" if stream.left_out else ""
        yield stream.trouble if self.count else ""

    def _why_empty(self, stream: LogStream) -> str:
        if stream.looking:
            return "looking for its pods …"
        if not stream.sources:
            return "no pods; those that come will be followed"
        return "no lines yet" if not stream.ended else "no lines"


def _identity(wish: LogWish | None) -> object:
    """What makes it the same wish: the function that finds pods may be made anew each time."""
    return wish and replace(wish, keep=None)


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def name_sources(sources: list[LogSource]) -> list[str]:
    """What stands before the lines of each: the parts of its name in which they differ."""
    pods = {source[:2] for source in sources}
    several = {pod: len({source.container for source in group}) > 1 for pod, group in _by_pod(sources)}
    common = _common_start([pod for _, pod in pods]) if len(pods) > 1 else 0
    same_container = len({source.container for source in sources}) == 1
    names = []
    for source in sources:
        pod = source.pod[common:] if len(pods) > 1 else ""
        container = source.container if several[source[:2]] or not same_container or not pod else ""
        names.append(plain(" ".join(part for part in (pod, container) if part)))
    return names


def _by_pod(sources: list[LogSource]) -> Iterable[tuple[tuple[str, str], list[LogSource]]]:
    ordered = sorted(sources)
    return ((pod, list(group)) for pod, group in groupby(ordered, lambda source: (source.namespace, source.pod)))


def _common_start(names: list[str]) -> int:
    """How many signs all names begin with, up to a dash: `web-6f7c9-`."""
    first, last = min(names), max(names)
    same = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), 0)
    return first.rfind("-", 0, same) + 1


async def _gather(pane: LogPane, lines: Iterable[Line]) -> str:
    """The text of many lines, written while everything goes on."""
    written: list[str] = []
    end = time.perf_counter() + _SLICE
    for line in lines:
        written.append(pane.write(line))
        if time.perf_counter() >= end:
            await asyncio.sleep(0)
            end = time.perf_counter() + _SLICE
    return "".join(f"{line}\n" for line in written)
