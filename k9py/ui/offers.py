"""What can be done where something is not permitted, in a few words."""

from __future__ import annotations

from k9py.session.session import Session
from k9py.values.resource import Resource

NAMED = 4
"""Namespaces that are named in a line; `:ns` has the others."""


def offer(session: Session) -> str:
    """The namespaces that may be used, each with its key: `1 shop  2 tools`."""
    keys = [
        f"{place} {namespaces}"
        for place, namespaces in enumerate(session.recent_namespaces, 1)
        if set(namespaces.names) <= set(session.offering.names)
    ]
    more = ("  :ns for more",) if len(session.offering.found) > NAMED else ()
    return "  ".join((*keys[:NAMED], *more))


def way_out(session: Session, resource: Resource) -> str:
    """What to do about a table that is not permitted."""
    if not resource.namespaced:
        what = "these" if resource.is_ours else resource.gvr.plural
        return f"a ClusterRole that allows to list and watch {what} is needed"
    if session.offering.found:
        return f"permitted: {offer(session)}"
    return ":ns NAME shows one namespace"
