"""What is offered while a command is typed: words and kinds first, and then what each of them takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from k9py.ui.commands import ALL, CONTEXTS, WORDS

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp

VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "impersonate", "bind")
ROLES = ("clusterrole", "role", "clusterrolebinding", "rolebinding")

Arguments = Callable[["K9pyApp", Sequence[str], str], Iterable[str]]
"""What can stand in place of the last word that is typed, after those before it."""


def suggest(app: K9pyApp, text: str) -> list[str]:
    """Words and kinds for the first word, then what that one takes: namespaces, of most; contexts after `@`."""
    if not text:
        return app.recent_commands()
    head, space, last = text.rpartition(" ")
    if not space:
        own = [word.names[0] for word in ALL if word.names[0].startswith(last)]
        return list(dict.fromkeys((*own, *_kinds(app, last))))
    words = head.lower().split()
    return [f"{head} {each}" for each in _following(app, words, last)] if words else []


def _following(app: K9pyApp, words: Sequence[str], last: str) -> Iterable[str]:
    word = WORDS.get(words[0])
    if last.startswith("@") or word is CONTEXTS:
        mark = "@" if last.startswith("@") else ""
        names = (context.name for context in app.hub.kubeconfig.contexts)
        return [f"{mark}{name}" for name in names if last.removeprefix("@") in name]
    if words[-1] in ("-n", "--namespace", "in"):
        return _namespaces(app, last)
    offered = _ARGUMENTS.get(word.names[0], _none) if word else _any_namespace
    return offered(app, words[1:], last)


def _begun(words: Iterable[str], last: str) -> list[str]:
    return [word for word in words if word.startswith(last)]


def _kinds(app: K9pyApp, last: str) -> list[str]:
    return app.session.catalog.suggest(last) if app.session else []


def _namespaces(app: K9pyApp, last: str) -> list[str]:
    return _begun(app.namespaces(), last)


def _none(app: K9pyApp, told: Sequence[str], last: str) -> Iterable[str]:
    return ()


def _any_namespace(app: K9pyApp, told: Sequence[str], last: str) -> Iterable[str]:
    return _namespaces(app, last)


def _xray(app: K9pyApp, told: Sequence[str], last: str) -> Iterable[str]:
    """A kind, a namespace, or both."""
    return _namespaces(app, last) if told else (*_kinds(app, last), *_namespaces(app, last))


def _who_can(app: K9pyApp, told: Sequence[str], last: str) -> Iterable[str]:
    """A verb, a kind, perhaps a subresource of it, then where."""
    if not told:
        return _begun(VERBS, last)
    if len(told) > 1:
        return _begun(("in", "-A"), last)
    word, slash, _ = last.partition("/")
    resource = app.session.catalog.resolve(word) if slash and app.session else None
    below = sorted(f"{word}/{each}" for each in resource.subresources) if resource else ()
    return _begun(below, last) if slash else _kinds(app, last)


def _can_i(app: K9pyApp, told: Sequence[str], last: str) -> Iterable[str]:
    """A user, a group, or a service account; all namespaces have one that is called default."""
    if told:
        return _begun(("in", "-A"), last)
    accounts = (f"s:{name}:default" for name in app.namespaces()) if last.startswith("s:") else ()
    return _begun(("u:", "g:", "s:", *accounts), last)


def _either(*titles: str) -> Arguments:
    return lambda _app, told, last: _begun(("-n", "-A") if told else titles, last)


_ARGUMENTS: Mapping[str, Arguments] = {
    "ns": _any_namespace,
    "xray": _xray,
    "who-can": _who_can,
    "can-i": _can_i,
    "rbac": _either(*ROLES),
    "top": _either("pods", "containers", "nodes"),
    "capacity": _either("nodes", "namespaces", "workloads", "volumes"),
}
