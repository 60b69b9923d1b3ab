"""Which contexts there are, read as kubectl reads them: of several files, the first that says something wins.

The official loader lets the last file's `current-context` win, fails on an empty file with a TypeError, and costs a
third of a second to import; here nothing is imported but YAML and msgspec, so contexts are listed at once.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

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


@dataclass(frozen=True)
class Kubeconfig:
    """The contexts of one or more files. `current` may be empty, or name a context that is not there."""

    paths: tuple[Path, ...]
    contexts: tuple[Context, ...]
    current: str
    added: tuple[KubeconfigFile, ...] = ()
    """What is in no file. It comes before those that are."""


@dataclass(frozen=True, slots=True)
class Entry:
    """All that a connection needs to know of one context."""

    context: Context
    cluster: Cluster
    user: User


def read_kubeconfig(explicit: str | None, environ: Mapping[str, str]) -> Kubeconfig:
    """Read the file of --kubeconfig, else those of $KUBECONFIG (missing ones ignored), else ~/.kube/config."""
    paths = _find_paths(explicit, environ)
    files = [read_file(path) for path in paths]
    contexts = tuple(_context(named) for named in _first_by_name(file.contexts for file in files).values())
    if not contexts:
        names = ", ".join(map(str, paths))
        raise ConfigError(f"no contexts in {names}", "name another file with --kubeconfig or $KUBECONFIG")
    return Kubeconfig(paths, contexts, next((file.current_context for file in files if file.current_context), ""))


def add_text(kubeconfig: Kubeconfig, text: str) -> Kubeconfig:
    """The same, with the contexts of a kubeconfig that is in no file before all others."""
    file = parse_text(text)
    contexts = tuple(_context(named) for named in file.contexts)
    names = {context.name for context in contexts}
    rest = tuple(context for context in kubeconfig.contexts if context.name not in names)
    current = kubeconfig.current or file.current_context
    return Kubeconfig(kubeconfig.paths, (*contexts, *rest), current, (file, *kubeconfig.added))


def read_entry(kubeconfig: Kubeconfig, context_name: str) -> Entry:
    """Read cluster and user of a context, from the files as they are now: another login may have changed them."""
    files = [*kubeconfig.added, *(read_file(path) for path in kubeconfig.paths)]
    named = _first_by_name(file.contexts for file in files).get(context_name)
    if named is None:
        raise _no_such_context(kubeconfig, context_name)
    context = _context(named)
    return Entry(context, _find_cluster(files, context), _find_user(files, context))


def _find_paths(explicit: str | None, environ: Mapping[str, str]) -> tuple[Path, ...]:
    if explicit:
        path = Path(explicit).expanduser()
        if not path.exists():
            raise ConfigError(f"no kubeconfig at {path}", "check the path after --kubeconfig")
        return (path,)
    listed = [Path(item).expanduser() for item in environ.get("KUBECONFIG", "").split(os.pathsep) if item]
    paths = listed or [Path(environ.get("HOME") or Path.home()) / ".kube" / "config"]
    found = tuple(path for path in dict.fromkeys(paths) if path.exists())
    if not found:
        names = ", ".join(map(str, paths))
        raise ConfigError(f"no kubeconfig: {names} not there", "name a file with --kubeconfig or $KUBECONFIG")
    return found


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
