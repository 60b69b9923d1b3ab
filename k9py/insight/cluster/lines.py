"""What the map is made of: lines of phrases, most of which stand for an object."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from k9py.values.age import human_duration
from k9py.values.cell import Tone
from k9py.values.metadata import Metadata
from k9py.values.text import clean

GRAVITY = (Tone.BAD, Tone.WARN, Tone.BUSY, Tone.GOING, Tone.DIM, Tone.PLAIN, Tone.DONE, Tone.ADDED, Tone.OK)
"""From what must be seen first to what may be seen last."""

_NONE = "-"


class Phrase(NamedTuple):
    """A few words; with `since` (epoch seconds) the time since then stands between them and `after`."""

    text: str = _NONE
    tone: Tone = Tone.PLAIN
    since: float | None = None
    after: str = ""
    room: int = 0
    """Cells that the time takes at least, so that what stands beside it does not move each minute."""

    def at(self, now: float) -> str:
        """As it reads at a moment."""
        if self.since is None:
            return self.text
        return f"{self.text} {human_duration(max(0, now - self.since)):>{self.room}}{self.after}".removeprefix(" ")


NOTHING = Phrase(tone=Tone.DIM)


@dataclass(frozen=True, slots=True)
class Link:
    """The object that a line stands for, by the word of its kind (`pods`, `leases.coordination.k8s.io`)."""

    kind: str
    name: str
    namespace: str = ""
    uid: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `tone` gives its sign, `alarm` is what the list of what is not well says of it.

    `key` is its own, so that a cursor finds it again. One that is `foldable` has more to tell when it is unfolded.
    Of the lines of a `grid` all cells stand in columns, of all others only the first two.
    """

    key: str
    label: str
    cells: tuple[Phrase, ...] = ()
    tone: Tone = Tone.PLAIN
    part: Literal["title", "head", "thing", "detail"] = "thing"
    link: Link | None = None
    alarm: str = ""
    foldable: bool = False
    grid: bool = False

    def text(self, now: float) -> str:
        """What it says, without its sign."""
        return "  ".join((clean(self.label), *(cell.at(now) for cell in self.cells)))


def title(text: str, tone: Tone = Tone.PLAIN) -> Line:
    """The line above the lines of a section."""
    return Line(f"title:{text}", text, tone=tone, part="title")


def say(text: str, tone: Tone = Tone.PLAIN) -> Phrase:
    """Words that may come from the cluster."""
    return Phrase(clean(text), tone)


def ago(text: str, since: float, tone: Tone = Tone.PLAIN) -> Phrase:
    """`renewed  4s ago`."""
    return Phrase(text, tone, since, " ago", 3)


def link_to(kind: str, metadata: Metadata) -> Link:
    """The way to an object."""
    return Link(kind, metadata.name, metadata.namespace, metadata.uid)


def worst(tones: Iterable[Tone], default: Tone = Tone.DIM) -> Tone:
    """The tone that must be seen first."""
    return min(tones, key=GRAVITY.index, default=default)


def plural(count: int, word: str) -> str:
    """`1 check`, `3 checks`."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"
