"""What a reflector tells a collection, and how it says what state it is in."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

import msgspec


class ServerColumn(msgspec.Struct, frozen=True, gc=False):
    """One column as the server defines it (meta.k8s.io/v1 TableColumnDefinition)."""

    name: str
    type: str = "string"
    format: str = ""
    description: str = ""
    priority: int = 0


@dataclass(slots=True)
class Batch:
    """Changes in the order in which the server told them.

    `changes` holds (deleted, raw): raw is one object's JSON, or one row's for a server table
    (`{"cells": [...], "object": {...}}`). Raw may point into a larger buffer: decode or copy it at once.

    A list comes as one or more batches: the first has `begins_list`, the last `ends_list`; what it did not name
    between the two is gone when it ends, and stays on the screen until then.
    """

    changes: list[tuple[bool, msgspec.Raw]] = field(default_factory=list)
    begins_list: bool = False
    ends_list: bool = False
    columns: tuple[ServerColumn, ...] | None = None


class Phase(Enum):
    """Where a feed of one kind stands."""

    CONNECTING = "connecting"
    SYNCING = "syncing"
    LIVE = "live"
    STALE = "stale"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class FeedState:
    """The state of one feed, as the screen says it.

    `count` is the number of objects listed so far (syncing), `since` the time.time() from which the table may be out
    of date (stale), `reason` one line of what is wrong (stale, denied).
    """

    phase: Phase = Phase.CONNECTING
    count: int = 0
    since: float = 0.0
    reason: str = ""
