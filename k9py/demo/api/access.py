"""Who asks, and whether they may: tokens, impersonation and RBAC."""

from __future__ import annotations

from collections.abc import Mapping

from k9py.demo.api.target import Target, User
from k9py.demo.cluster import Cluster
from k9py.demo.core.status import unauthorized


def authenticate(cluster: Cluster, headers: Mapping[str, str]) -> User:
    """The user of a bearer token. StatusError (401) for none and for one that is not known."""
    user = cluster.tokens.get(headers.get("Authorization", "").removeprefix("Bearer "))
    if user is None:
        raise unauthorized()
    return user


def authorize(cluster: Cluster, user: User, verb: str, target: Target) -> None:
    """StatusError (403) if RBAC does not allow it."""


def authorize_path(cluster: Cluster, user: User, verb: str, path: str) -> None:
    """The same for a path that is no resource; `verb` is the method in small letters."""
