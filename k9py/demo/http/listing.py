"""How a list or a watch is asked for: from which version on, in parts of which size (meta/v1 ListOptions)."""

from __future__ import annotations

import base64
import string
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from k9py.demo.cluster import Cluster
from k9py.demo.core.status import Cause, StatusError, bad_request, forbidden_value, invalid, unsupported_value
from k9py.demo.http.call import Call

EXACT, NOT_OLDER = "Exact", "NotOlderThan"
_BASE64 = frozenset(string.ascii_letters + string.digits + "-_")
TOKEN = "meta.k8s.io/v1"
"""The form of continue tokens."""


@dataclass(slots=True)
class Options:
    """The options of one request, checked."""

    version: str
    match: str
    limit: int
    token: str
    initial: bool | None
    """Whether a watch is to begin with what is there; None if it does not say."""
    watchlist: bool = True
    """Whether the server has sendInitialEvents (KEP-3157)."""

    @property
    def latest(self) -> bool:
        """Whether any state will do."""
        return self.version in ("", "0")


def options_of(cluster: Cluster, call: Call, *, watch: bool) -> Options:
    """The options of a request. StatusError if they contradict each other."""
    query = call.query
    initial = call.flag("sendInitialEvents") if "sendInitialEvents" in query else None
    match, version = query.get("resourceVersionMatch", ""), query.get("resourceVersion", "")
    call.number("timeoutSeconds")  # it must be a number wherever it stands
    known = "watchlist" not in cluster.off
    found = Options(version, match, max(0, call.number("limit") or 0), query.get("continue", ""), initial, known)
    if watch and known and initial is None and not match and found.latest:
        found.initial, found.match = True, NOT_OLDER
    causes = list(_watch_causes(found) if watch else _list_causes(found))
    if causes:
        raise invalid("meta.k8s.io", "ListOptions", "", causes)
    return found


def _watch_causes(found: Options) -> Iterator[Cause]:
    name = "resourceVersionMatch"
    if found.initial is not None and not found.watchlist:
        why = "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled"
        yield forbidden_value("sendInitialEvents", why)
        return
    if found.match and found.initial is None:
        yield forbidden_value(name, f"{name} is forbidden for watch unless sendInitialEvents is provided")
    if found.initial is not None and found.match != NOT_OLDER:
        yield forbidden_value(name, f"sendInitialEvents requires setting {name} to {NOT_OLDER}")
    if found.match and found.match != NOT_OLDER:
        yield unsupported_value(name, found.match, [NOT_OLDER])
    if found.match and found.token:
        yield forbidden_value(name, f"{name} is forbidden when continue is provided")


def _list_causes(found: Options) -> Iterator[Cause]:
    name = "resourceVersionMatch"
    if found.match and not found.version:
        yield forbidden_value(name, f"{name} is forbidden unless resourceVersion is provided")
    if found.match and found.token:
        yield forbidden_value(name, f"{name} is forbidden when continue is provided")
    if found.match not in ("", EXACT, NOT_OLDER):
        yield unsupported_value(name, found.match, [EXACT, NOT_OLDER, ""])
    if found.match == EXACT and found.version == "0":
        yield forbidden_value(name, f'{name} "exact" is forbidden for resourceVersion "0"')
    if found.initial is not None:
        yield forbidden_value("sendInitialEvents", "sendInitialEvents is forbidden for list")


class Place(msgspec.Struct, rename={"version": "v", "at": "rv"}):
    """What a continue token holds: after which place a list goes on, as of which version (-1: as it is then)."""

    version: str = ""
    at: int = 0
    start: str = ""


def write_token(version: int, last: str) -> str:
    """The token of the next part. `last` is namespace/name of what came last."""
    packed = msgspec.json.encode(Place(TOKEN, version, f"/{last.lstrip('/')}\0"))
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def read_token(text: str) -> Place:
    """What a token holds. StatusError if it is none."""
    lone = len(text) - 1 if len(text) % 4 == 1 else None  # a last sign that is no byte yet
    wrong = next((index for index, sign in enumerate(text) if sign not in _BASE64), lone)
    if wrong is not None:
        raise _bad_token(f"illegal base64 data at input byte {wrong}")
    packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    try:
        place = msgspec.json.decode(packed, type=Place)
    except msgspec.MsgspecError as error:
        raise _bad_token(_go_words(packed, error)) from None
    if place.version != TOKEN:
        raise _bad_token(f"server does not recognize this encoded version {place.version}")
    if not place.at:
        raise _bad_token(f"incorrect encoded start resourceVersion (version {TOKEN})")
    place.start = place.start.rstrip("\0").lstrip("/")
    if "/" not in place.start:  # what lives in no namespace
        place.start = f"/{place.start}"
    return place


def _go_words(packed: bytes, error: Exception) -> str:
    """Why Go cannot read it, in the cases that it meets first."""
    if packed[:1] not in b"{ ":
        return f"invalid character {chr(packed[0])!r} looking for beginning of value"
    return "unexpected end of JSON input" if "truncated" in str(error) else str(error)


def _bad_token(why: str) -> StatusError:
    return bad_request(f"invalid continue token: continue key is not valid: {why}")


def read_version(text: str) -> int:
    """A resource version as a number, 0 where none is given. ValueError, in the server's words, for anything else."""
    if not text:
        return 0
    if not text.isdecimal():
        why = f'strconv.ParseUint: parsing "{text}": invalid syntax'
        raise ValueError(f'resourceVersion: Invalid value: "{text}": {why}')
    return int(text)


def too_large(version: int, current: int) -> StatusError:
    """A version that is yet to come."""
    causes = [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}]
    message = f"Timeout: Too large resource version: {version}, current: {current}"
    return StatusError(504, "Timeout", message, {"causes": causes}, 1)
