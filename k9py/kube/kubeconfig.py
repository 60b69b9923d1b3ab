"""Which contexts there are, read as kubectl reads them: of several files, the first that says something wins.

The official loader lets the last file's `current-context` win, fails on an empty file with a TypeError, and costs a
third of a second to import; here nothing is imported but YAML and msgspec, so contexts are listed at once.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import msgspec

from k9py.kube.in_cluster import read_service_account
from k9py.kube.kubeconfig_file import (
    Cluster,
    KubeconfigFile,
    NamedCluster,
    NamedContext,
    NamedUser,
    User,
    parse_text,
    read_file,
)
from k9py.values.errors import ConfigError

N = TypeVar("N", NamedCluster, NamedUser, NamedContext)


@dataclass(frozen=True, slots=True)
class Context:
    """One context. An empty namespace is one that is not set; an empty user is anonymous."""

    name: str
    cluster: str
    user: str
    namespace: str


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the command line says instead of the kubeconfig, about one context: no other server is told the token."""

    context: str
    cluster: str = ""
    user: str = ""
    token: str = ""
    impersonate: str = ""
    impersonate_uid: str = ""
    impersonate_groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kubeconfig:
    """The contexts of one or more files. `current` may be empty, or name a context that is not there."""

    paths: tuple[Path, ...]
    contexts: tuple[Context, ...]
    current: str
    added: tuple[KubeconfigFile, ...] = ()
    """What is in no file. It comes before those that are."""
    overrides: Overrides | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """All that a connection needs to know of one context."""

    context: Context
    cluster: Cluster
    user: User


def read_kubeconfig(explicit: str | None, environ: Mapping[str, str]) -> Kubeconfig:
    """Read the file of --kubeconfig, else those of $KUBECONFIG (missing ones ignored), else ~/.kube/config.

    Where there is none of them, a pod reaches its own cluster with its service account, as with kubectl.
    """
    paths = _find_paths(explicit, environ)
    if not paths and (file := read_service_account(environ)):
        return Kubeconfig((), tuple(map(_context, file.contexts)), file.current_context, (file,))
    if not paths:
        names = ", ".join(map(str, _listed_paths(environ)))
        raise ConfigError(f"no kubeconfig: {names} not there", "name a file with --kubeconfig or $KUBECONFIG")
    return reread(Kubeconfig(paths, (), ""))


def reread(kubeconfig: Kubeconfig) -> Kubeconfig:
    """The same, with the contexts that its files name now. ConfigError for one that cannot be read, or names none."""
    files = [*kubeconfig.added, *(read_file(path) for path in kubeconfig.paths)]
    contexts = tuple(_context(named) for named in _first_by_name(file.contexts for file in files).values())
    if not contexts:
        names = ", ".join(map(str, kubeconfig.paths))
        raise ConfigError(f"no contexts in {names}", "name another file with --kubeconfig or $KUBECONFIG")
    current = next((file.current_context for file in files if file.current_context), "")
    return replace(kubeconfig, contexts=contexts, current=current)


def add_text(kubeconfig: Kubeconfig, text: str) -> Kubeconfig:
    """The same, with the contexts of a kubeconfig that is in no file before all others."""
    file = parse_text(text)
    contexts = tuple(_context(named) for named in file.contexts)
    names = {context.name for context in contexts}
    rest = tuple(context for context in kubeconfig.contexts if context.name not in names)
    current = kubeconfig.current or file.current_context
    added = (file, *kubeconfig.added)
    return replace(kubeconfig, contexts=(*contexts, *rest), current=current, added=added)


def read_entry(kubeconfig: Kubeconfig, context_name: str) -> Entry:
    """Read cluster and user of a context, from the files as they are now: another login may have changed them."""
    files = [*kubeconfig.added, *(read_file(path) for path in kubeconfig.paths)]
    named = _first_by_name(file.contexts for file in files).get(context_name)
    if named is None:
        raise _no_such_context(kubeconfig, context_name)
    context = _context(named)
    overrides = kubeconfig.overrides
    if overrides is None or overrides.context != context_name:
        return Entry(context, _find_cluster(files, context), _find_user(files, context))
    context = replace(context, cluster=overrides.cluster or context.cluster, user=overrides.user or context.user)
    user = _impersonating(_proving(_find_user(files, context), overrides), overrides)
    return Entry(context, _find_cluster(files, context), user)


def _proving(user: User, overrides: Overrides) -> User:
    """The user with the token that was given, which counts alone: a server looks at a certificate before a token."""
    if not overrides.token:
        return user
    return User(
        token=overrides.token,
        impersonate=user.impersonate,
        impersonate_uid=user.impersonate_uid,
        impersonate_groups=user.impersonate_groups,
        impersonate_extra=user.impersonate_extra,
    )


def _impersonating(user: User, overrides: Overrides) -> User:
    """The user acting as somebody else, who replaces whom the kubeconfig names."""
    groups = list(overrides.impersonate_groups)
    if overrides.impersonate:
        return msgspec.structs.replace(
            user,
            impersonate=overrides.impersonate,
            impersonate_uid=overrides.impersonate_uid,
            impersonate_groups=groups,
            impersonate_extra={},
        )
    if not groups and not overrides.impersonate_uid:
        return user
    if not user.impersonate:
        raise ConfigError("--as-group and --as-uid need a user to act as", "name one with --as")
    uid = overrides.impersonate_uid or user.impersonate_uid
    return msgspec.structs.replace(user, impersonate_groups=groups or user.impersonate_groups, impersonate_uid=uid)


def _find_paths(explicit: str | None, environ: Mapping[str, str]) -> tuple[Path, ...]:
    """The files that there are; ConfigError for one that was named and is not there."""
    if explicit:
        path = Path(explicit).expanduser()
        if not path.exists():
            raise ConfigError(f"no kubeconfig at {path}", "check the path after --kubeconfig")
        return (path,)
    return tuple(path for path in dict.fromkeys(_listed_paths(environ)) if path.exists())


def _listed_paths(environ: Mapping[str, str]) -> list[Path]:
    listed = [Path(item).expanduser() for item in environ.get("KUBECONFIG", "").split(os.pathsep) if item]
    return listed or [Path(environ.get("HOME") or Path.home()) / ".kube" / "config"]


def _first_by_name(lists: Iterable[list[N]]) -> dict[str, N]:
    first: dict[str, N] = {}
    for items in lists:
        for item in items:
            first.setdefault(item.name, item)
    return first


def _context(named: NamedContext) -> Context:
    return Context(named.name, named.context.cluster, named.context.user, named.context.namespace)


def _find_cluster(files: list[KubeconfigFile], context: Context) -> Cluster:
    named = _first_by_name(file.clusters for file in files).get(context.cluster)
    if named is None:
        raise ConfigError(
            f"context {context.name} names the cluster {context.cluster!r}, which is not in the kubeconfig",
            f"kubectl config set-context {context.name} --cluster=…",
        )
    if not named.cluster.server:
        raise ConfigError(f"cluster {context.cluster} has no server", "set its address in the kubeconfig")
    return named.cluster


def _find_user(files: list[KubeconfigFile], context: Context) -> User:
    if not context.user:
        return User()
    named = _first_by_name(file.users for file in files).get(context.user)
    if named is None:
        raise ConfigError(
            f"context {context.name} names the user {context.user!r}, who is not in the kubeconfig",
            f"kubectl config set-context {context.name} --user=…",
        )
    return named.user


def _no_such_context(kubeconfig: Kubeconfig, wanted: str) -> ConfigError:
    names = [context.name for context in kubeconfig.contexts]
    if not wanted:
        return ConfigError("the kubeconfig has no current-context", f"name one with --context: {', '.join(names)}")
    near = difflib.get_close_matches(wanted, names, n=3) or names
    return ConfigError(f"no context {wanted!r} in the kubeconfig", f"there is: {', '.join(near)}")
