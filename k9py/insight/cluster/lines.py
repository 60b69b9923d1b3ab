"""What the map is made of: lines of phrases, some of which lead on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from k9py.values.age import human_duration
from k9py.values.cell import Tone
from k9py.values.metadata import Metadata
from k9py.values.text import clean

RANK = (Tone.BAD, Tone.WARN, Tone.BUSY, Tone.PLAIN, Tone.DIM, Tone.DONE, Tone.OK)
"""From what must be seen first to what may be seen last."""


class Phrase(NamedTuple):
    """A few words; with `since` (epoch seconds) the time since then stands between them and `after`."""

    text: str
    tone: Tone = Tone.PLAIN
    since: float | None = None
    after: str = ""

    def at(self, now: float) -> str:
        """As it reads at a moment."""
        if self.since is None:
            return self.text
        return f"{self.text} {human_duration(max(0, now - self.since))}{self.after}".strip()


@dataclass(frozen=True, slots=True)
class Link:
    """Where a line leads: an object by its kind (`pods`, `leases.coordination.k8s.io`), or a page about the server."""

    kind: str
    name: str
    namespace: str = ""
    uid: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `level` is 0 for a title, 1 for a thing, 2 for what is said of it; `tone` gives its glyph.

    `alarm` is what the list of what is broken says of it. `key` is its own, so that a cursor finds it again; `block`
    that of the thing that it belongs to.
    """

    key: str
    label: str
    phrases: tuple[Phrase, ...] = ()
    tone: Tone = Tone.PLAIN
    level: Literal[0, 1, 2] = 1
    link: Link | None = None
    alarm: Phrase | None = None
    block: str = ""
    foldable: bool = False

    def text(self, now: float) -> str:
        """What it says, without its glyph."""
        return "  ".join(filter(None, (self.label, *(phrase.at(now) for phrase in self.phrases))))


def say(text: str, tone: Tone = Tone.PLAIN) -> Phrase:
    """Words that may come from the cluster."""
    return Phrase(clean(text), tone)


def ago(text: str, since: float, tone: Tone = Tone.PLAIN) -> Phrase:
    """`renewed 4s ago`."""
    return Phrase(text, tone, since, " ago")


def link_to(kind: str, metadata: Metadata) -> Link:
    """The way to an object."""
    return Link(kind, metadata.name, metadata.namespace, metadata.uid)


def worst(tones: Iterable[Tone], default: Tone = Tone.DIM) -> Tone:
    """The tone that must be seen first."""
    return min(tones, key=RANK.index, default=default)
