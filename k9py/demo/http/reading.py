"""GET of an object and of a collection."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from k9py.demo.api.select import selection
from k9py.demo.api.virtual import virtual_entries
from k9py.demo.cluster import Cluster
from k9py.demo.core.status import expired, not_found
from k9py.demo.core.store import Entry, Gone, Page
from k9py.demo.http.answers import respond
from k9py.demo.http.call import Call
from k9py.demo.http.forms import form_of

_EXPIRED = (
    "The provided continue parameter is too old to display a consistent list result. "
    "You must start a new list without the continue parameter."
)


async def get(cluster: Cluster, call: Call) -> web.StreamResponse:
    """One object, in the form that is asked for. Its status is the whole object too."""
    target = call.target
    entries = virtual_entries(cluster, target.served, target.namespace)
    if entries is None:
        entry = cluster.registry.entry(target.served, target.namespace, target.name)
    else:
        found = [one for one in entries if one.key.name == target.name]
        if not found:
            raise not_found(target.served.group, target.served.plural, target.name)
        entry = found[0]
    return respond(form_of(cluster, call.request, target.served).one(entry))


async def list_(cluster: Cluster, call: Call) -> web.StreamResponse:
    """A collection, whole or in pages."""
    target = call.target
    form = form_of(cluster, call.request, target.served)
    page = _page(cluster, call, selection(cluster, target, call.query))
    metadata: dict[str, object] = {"resourceVersion": str(page.version)}
    if page.token:
        metadata["continue"] = page.token
        if not call.query.get("labelSelector") and not call.query.get("fieldSelector"):
            metadata["remainingItemCount"] = page.remaining
    return respond(form.list_of(page.entries, metadata))


def _page(cluster: Cluster, call: Call, keep: Callable[[Entry], bool]) -> Page:
    target = call.target
    virtual = virtual_entries(cluster, target.served, target.namespace)
    if virtual is not None:
        return Page(cluster.store.version, [entry for entry in virtual if keep(entry)], "", 0)
    limit, token = call.number("limit") or 0, call.query.get("continue", "")
    try:
        return cluster.store.page(target.served.storage, target.namespace, limit, token, keep)
    except (Gone, ValueError):
        raise expired(_EXPIRED) from None
