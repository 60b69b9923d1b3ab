"""Who asks, and whether they may: tokens, impersonation and RBAC."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from k9py.demo.api.rbac import Attributes, Rbac
from k9py.demo.api.target import Target, User, find_target, verb_of
from k9py.demo.api.tokens import AUTHENTICATED, Tokens, account_groups, token_user
from k9py.demo.cluster import Cluster
from k9py.demo.core.status import StatusError, bad_request, forbidden, unauthorized

ANONYMOUS = User("system:anonymous", ("system:unauthenticated",))
_EXTRA = "impersonate-extra-"


def authenticate(cluster: Cluster, headers: Mapping[str, str], method: str = "GET", path: str = "/") -> User:
    """The user of a bearer token, or whom they speak for. StatusError (401) for a token that is not known.

    What is asked for (method and path) is told to one who may not speak for another at all.
    """
    user = _bearer(cluster, headers.get("Authorization", ""))
    return _impersonate(cluster, user, headers, (method, path))


def _bearer(cluster: Cluster, authorization: str) -> User:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return ANONYMOUS
    user = cluster.tokens.get(token.strip())
    if user is not None:
        return user
    found = cluster.registry.part(Tokens).find(token.strip())
    if found is None:
        raise unauthorized()
    return token_user(found)


def authorize(cluster: Cluster, user: User, verb: str, target: Target) -> None:
    """StatusError (403) if RBAC does not allow it."""
    asked = attributes(verb, target)
    allowed, why = cluster.registry.part(Rbac).allowed(user, asked)
    if not allowed:
        raise refuse(user, asked, why)


def authorize_path(cluster: Cluster, user: User, verb: str, path: str) -> None:
    """The same for a path that is no resource; `verb` is the method in small letters."""
    allowed, _ = cluster.registry.part(Rbac).allowed(user, Attributes(verb, path=path))
    if not allowed:
        raise StatusError(403, "Forbidden", f'forbidden: User "{user.name}" cannot {verb} path "{path}"', {})


def attributes(verb: str, target: Target) -> Attributes:
    """What a request is, as RBAC sees it. A namespace itself lies in the namespace of its name."""
    served = target.served
    namespace = target.name if served.storage == "namespaces" else target.namespace
    return Attributes(verb, served.group, served.plural, target.subresource, target.name, namespace)


def refuse(user: User, asked: Attributes, why: str = "") -> StatusError:
    """A refusal as the real server words it."""
    where = f'in the namespace "{asked.namespace}"' if asked.namespace else "at the cluster scope"
    what = f'resource "{asked.whole}" in API group "{asked.group}" {where}'
    reason = f": {why}" if why else ""
    return forbidden(asked.group, asked.resource, asked.name, f'User "{user.name}" cannot {asked.verb} {what}{reason}')


def _impersonate(cluster: Cluster, user: User, headers: Mapping[str, str], request: tuple[str, str]) -> User:
    """Who is spoken for (Impersonate-User and so on), if the user may speak for them."""
    name = headers.get("Impersonate-User", "")
    groups = _all(headers, "Impersonate-Group")
    uid = headers.get("Impersonate-Uid", "")
    extra = {
        unquote(key[len(_EXTRA) :].lower()): _all(headers, key)
        for key in dict.fromkeys(headers)
        if key.lower().startswith(_EXTRA)
    }
    if not name:
        if groups or uid or extra:
            raise bad_request(f"requested {_go(groups, uid, extra)} without impersonating a user name")
        return user
    for asked in _needed(name, groups, uid, extra):
        allowed, why = cluster.registry.part(Rbac).allowed(user, asked)
        if not allowed:
            raise _constrained(cluster, user, name, *request) if asked.resource in _PEOPLE else refuse(user, asked, why)
    return User(name, _groups(name, groups), uid, extra)


_PEOPLE = ("users", "serviceaccounts")


def _constrained(cluster: Cluster, user: User, name: str, method: str, path: str) -> StatusError:
    """Since 1.35 one may be allowed to speak for others on some requests only: that is what a refusal is about."""
    kind = "serviceaccount" if _account(name) else "user-info"
    if not path.startswith(("/api/", "/apis/")):
        verb = f"impersonate-on:{kind}:{method.lower()}"
        return StatusError(403, "Forbidden", f'forbidden: User "{user.name}" cannot {verb} path "{path}"', {})
    target = find_target(cluster.catalog, path)
    verb = f"impersonate-on:{kind}:{verb_of(method, target, watch=False)}"
    return refuse(user, attributes(verb, target))


def _needed(name: str, groups: Iterable[str], uid: str, extra: Mapping[str, Iterable[str]]) -> Iterable[Attributes]:
    """What one must be allowed to impersonate, one by one."""
    account = _account(name)
    if account:
        yield Attributes("impersonate", "", "serviceaccounts", "", account[1], account[0])
    else:
        yield Attributes("impersonate", "", "users", "", name)
    for group in groups:
        yield Attributes("impersonate", "", "groups", "", group)
    for key, values in extra.items():
        for value in values:
            yield Attributes("impersonate", "authentication.k8s.io", "userextras", key, value)
    if uid:
        yield Attributes("impersonate", "authentication.k8s.io", "uids", "", uid)


def _account(name: str) -> tuple[str, str] | None:
    """Namespace and name of the service account that a user is."""
    parts = name.split(":")
    return (parts[2], parts[3]) if len(parts) == 4 and name.startswith("system:serviceaccount:") else None


def _groups(name: str, groups: tuple[str, ...]) -> tuple[str, ...]:
    """Who is spoken for is authenticated, too; a service account brings its own groups."""
    account = _account(name)
    if account and not groups:
        return account_groups(account[0])
    own = ANONYMOUS.groups[0] if name == ANONYMOUS.name else AUTHENTICATED
    return groups if own in groups else (*groups, own)


def _all(headers: Mapping[str, str], name: str) -> tuple[str, ...]:
    """All values of a header that may stand several times."""
    every: Any = getattr(headers, "getall", None)
    if every:
        return tuple(every(name, ()))
    return (headers[name],) if name in headers else ()


def _go(groups: Iterable[str], uid: str, extra: Mapping[str, Iterable[str]]) -> str:
    """A user as Go's %#v writes one."""
    listed = ", ".join(f'"{group}"' for group in groups)
    quoted = ", ".join(
        f'"{key}":[]string{{{", ".join(f"{chr(34)}{one}{chr(34)}" for one in values)}}}'
        for key, values in extra.items()
    )
    written = f"map[string][]string{{{quoted}}}" if extra else "map[string][]string(nil)"
    inside = f"[]string{{{listed}}}" if listed else "[]string(nil)"
    return f'&user.DefaultInfo{{Name:"", UID:"{uid}", Groups:{inside}, Extra:{written}}}'
