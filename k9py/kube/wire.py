"""Lists and watch events as they come over the wire.

Objects stay raw JSON here: what they mean is decided by whoever decodes them, and the only thing read is what the
conversation itself needs (resourceVersion, continue token, kind of event). So a watch costs about a microsecond an
event, and an object that is odd in itself can never break the stream it came in.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeVar

import msgspec
from msgspec import UNSET, Raw, UnsetType

from k9py.kube.failures import api_error, one_line
from k9py.values.batch import ServerColumn
from k9py.values.errors import ApiError, K9pyError
from k9py.values.request import Request, Response

EXCERPT = 120
T = TypeVar("T")


class Sender(Protocol):
    """What carries requests to one API server. Both raise the errors of values/errors."""

    async def send(self, request: Request, timeout: float | None = None) -> Response:
        """Ask once and read the whole answer."""
        ...

    def stream(
        self, request: Request, silence: float | None = None
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Open an answer that does not end by itself; `silence` seconds without a byte raise Unreachable."""
        ...


class Garbled(K9pyError):
    """What came is not what a Kubernetes API sends: a proxy's page, half a body, something that only listens here."""


class ListMeta(msgspec.Struct, gc=False, rename="camel"):
    """What is read of the metadata of lists, tables and objects."""

    resource_version: str = ""
    continue_: str = msgspec.field(default="", name="continue")


class Page(msgspec.Struct, gc=False, rename="camel"):
    """One page of a list: objects in `items`, or rows of a server table. Go writes an empty one as null."""

    kind: str = ""
    metadata: ListMeta = msgspec.field(default_factory=ListMeta)
    items: list[Raw] | UnsetType | None = UNSET
    rows: list[Raw] | UnsetType | None = UNSET
    column_definitions: tuple[ServerColumn, ...] | None = None


class Event(msgspec.Struct, gc=False):
    """One line of a watch: ADDED, MODIFIED, DELETED, BOOKMARK or ERROR, and an object, table or Status."""

    type: str
    object: Raw


class Named(msgspec.Struct, gc=False):
    """Anything with metadata, of which only the resourceVersion matters."""

    metadata: ListMeta = msgspec.field(default_factory=ListMeta)


_pages = msgspec.json.Decoder(Page)
_events = msgspec.json.Decoder(Event)
_named = msgspec.json.Decoder(Named)


class Lines:
    """Cuts chunks into whole lines, several at once. What has no end yet waits, however long it gets.

    With `limit`, a line that is longer keeps its first `limit` + 1 bytes at least and loses its middle: enough to see
    that it was too long, in a memory that is bounded.
    """

    def __init__(self, limit: int | None = None) -> None:
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> bytes:
        """Take what came; return all lines that are complete now, each with its end, or nothing."""
        end = chunk.rfind(b"\n") + 1
        if not end:
            self._keep(chunk)
            return b""
        block = b"".join([*self._parts, chunk[:end]]) if self._parts else chunk[:end]
        self._parts.clear()
        self._size = 0
        self._keep(chunk[end:])
        return block

    def take_rest(self) -> bytes:
        """What stands after the last end of line, taken out."""
        rest = b"".join(self._parts)
        self._parts.clear()
        self._size = 0
        return rest

    def _keep(self, part: bytes) -> None:
        if part and (self._limit is None or self._size <= self._limit):
            self._parts.append(part)
            self._size += len(part)


def decode(decoder: msgspec.json.Decoder[T], body: bytes | Raw, what: str) -> T:
    """Read JSON of a known shape. `what` names it in the error, Garbled, if it is of another."""
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _garbled(what, bytes(body), error) from error


def decode_page(body: bytes) -> Page:
    """Read one page of a list. Garbled if it is none: a body without items must never pass as an empty list."""
    page = decode(_pages, body, "list")
    if page.items is UNSET and page.rows is UNSET:
        raise _garbled("list", body, "neither items nor rows")
    return page


def decode_events(block: bytes) -> list[Event]:
    """Read whole lines of a watch."""
    try:
        return _events.decode_lines(block)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _garbled("watch", block, error) from error


def decode_table(raw: Raw) -> Page | None:
    """Read the table in an event; None if the server sent a plain object instead."""
    page = decode(_pages, raw, "watch")
    return page if page.kind == "Table" else None


def read_version(raw: Raw) -> str:
    """The resourceVersion of an object, bookmark or table."""
    return decode(_named, raw, "watch").metadata.resource_version


def read_failure(raw: Raw) -> ApiError:
    """The Status of an ERROR event, as the error it means."""
    return api_error(500, bytes(raw))


def _garbled(what: str, body: bytes, error: object) -> Garbled:
    shown = one_line(body[:EXCERPT].decode("utf-8", "replace")) or "nothing"
    return Garbled(
        f"the server's {what} is not what Kubernetes sends ({error}): {shown}",
        "is there a proxy or a login page between here and the API server?",
    )
