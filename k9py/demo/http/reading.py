"""GET of an object and of a collection."""

from __future__ import annotations

import asyncio

from aiohttp import web

from k9py.demo.api.select import Selection, selection
from k9py.demo.api.virtual import virtual_entries
from k9py.demo.cluster import Cluster
from k9py.demo.core.status import StatusError, bad_request, expired, not_found
from k9py.demo.core.store import Gone, Page
from k9py.demo.http.answers import respond
from k9py.demo.http.call import Call
from k9py.demo.http.forms import form_of
from k9py.demo.http.listing import EXACT, Options, options_of, read_token, read_version, too_large, write_token

_OLD_TOKEN = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without "
    "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
    "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or "
    "deleted between the time the first chunk was returned and now may show up in the list."
)
_OLD_VERSION = "The resourceVersion for the provided list is too old."


async def get(cluster: Cluster, call: Call) -> web.StreamResponse:
    """One object, in the form that is asked for. Its status is the whole object too."""
    target = call.target
    form = form_of(cluster, call.request, target.served)
    entries = virtual_entries(cluster, target.served, target.namespace)
    if entries is None:
        entry = cluster.registry.entry(target.served, target.namespace, target.name)
    else:
        found = [one for one in entries if one.key.name == target.name]
        if not found:
            raise not_found(target.served.group, target.served.plural, target.name)
        entry = found[0]
    return respond(form.one(entry), 200, call.warnings)


async def list_(cluster: Cluster, call: Call) -> web.StreamResponse:
    """A collection, whole or in parts."""
    target = call.target
    form = form_of(cluster, call.request, target.served, many=True)
    keep = selection(cluster, target, call.query)
    page = _page(cluster, call, keep)
    metadata: dict[str, object] = {"resourceVersion": str(page.version)} if page.version else {}
    if page.last:
        metadata["continue"] = write_token(page.version, page.last)
        if not keep.selective:
            metadata["remainingItemCount"] = page.remaining
    pieces = []
    for piece in form.pieces(page.entries, metadata):
        pieces.append(piece)
        await asyncio.sleep(0)  # a large list is written while others have their turn
    return respond(b"".join(pieces), 200, call.warnings)


def _page(cluster: Cluster, call: Call, keep: Selection) -> Page:
    options = options_of(cluster, call, watch=False)
    target = call.target
    virtual = virtual_entries(cluster, target.served, target.namespace)
    if virtual is not None:
        return Page(0, [entry for entry in virtual if keep(entry)])
    if options.token:
        return _next_page(cluster, call, keep, options)
    limit = 0 if options.version == "0" else options.limit  # any state will do: it is had as a whole
    version = _version(cluster, options)
    try:
        return cluster.store.page(target.served.storage, keep.namespace, keep, limit, version)
    except Gone:
        raise expired(_OLD_VERSION) from None


def _version(cluster: Cluster, options: Options) -> int:
    """As of which version a list is made: 0 is now."""
    try:
        version = read_version(options.version)
    except ValueError as error:
        raise bad_request(f"invalid resource version: {error}") from None
    if version > cluster.store.version:
        raise too_large(version, cluster.store.version)
    # a list in parts that says nothing else is of exactly that version, as it was before there was a match
    exact = options.match == EXACT or (options.limit and not options.match)
    return version if exact else 0


def _next_page(cluster: Cluster, call: Call, keep: Selection, options: Options) -> Page:
    place = read_token(options.token)
    if options.version not in ("", "0"):
        raise bad_request("specifying resource version is not allowed when using continue")
    version = max(0, place.at)
    storage = call.target.served.storage
    try:
        return cluster.store.page(storage, keep.namespace, keep, options.limit, version, place.start)
    except Gone:
        raise _Expired(write_token(-1, place.start)) from None


class _Expired(StatusError):
    """The state of the first part is forgotten; its token goes on with what is there now."""

    def __init__(self, token: str) -> None:
        super().__init__(410, "Expired", _OLD_TOKEN)
        self._token = token

    def status(self) -> dict[str, object]:
        """The Status object."""
        return {**super().status(), "metadata": {"continue": self._token}}
