"""Who asks, and whether they may: tokens, impersonation and RBAC."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aiohttp import web

from k9py.demo.cluster import Cluster
from k9py.demo.core.status import unauthorized

if TYPE_CHECKING:
    from k9py.demo.http.call import Target, User


def authenticate(cluster: Cluster, headers: Mapping[str, str]) -> User:
    """The user of a bearer token. StatusError (401) for none and for one that is not known."""
    user = cluster.tokens.get(headers.get("Authorization", "").removeprefix("Bearer "))
    if user is None:
        raise unauthorized()
    return user


def authorize(cluster: Cluster, user: User, request: web.Request, target: Target | None) -> None:
    """StatusError (403) if RBAC does not allow it; `target` is None for a path that is no resource."""
