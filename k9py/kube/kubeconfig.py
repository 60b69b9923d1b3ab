"""Which contexts there are, read as kubectl reads them: of several files, the first that says something wins.

The official loader lets the last file's `current-context` win, fails on an empty file with a TypeError, and costs a
third of a second to import; here nothing is imported but YAML and msgspec, so contexts are listed at once.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

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
from k9py.kube.overrides import Names, Overrides
from k9py.kube.stamps import Stamps, read_stamps
from k9py.values.errors import ConfigError

_OTHER_FILE = "name another file with --kubeconfig or $KUBECONFIG"

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
    """The files that are there."""
    contexts: tuple[Context, ...]
    current: str
    added: tuple[KubeconfigFile, ...] = ()
    """What is in no file. It comes before those that are."""
    listed: tuple[Path, ...] = ()
    """Where files may be: one that is not there yet may come."""
    overrides: Overrides | None = None
    stamps: Stamps = field(default_factory=dict, compare=False)
    """How the listed files were when they were read; none before that."""


@dataclass(frozen=True, slots=True)
class Entry:
    """All that a connection needs to know of one context."""

    context: Context
    cluster: Cluster
    user: User


def read_kubeconfig(explicit: str | None, environ: Mapping[str, str]) -> Kubeconfig:
    """Read the file of --kubeconfig, else those of $KUBECONFIG (missing ones ignored), else ~/.kube/config.

    ConfigError when there is none, or one cannot be read, or they name no context.
    """
    return reread(locate(explicit, environ))


def locate(explicit: str | None, environ: Mapping[str, str]) -> Kubeconfig:
    """Where to read, without reading it.

    Where there is none of the files, a pod reaches its own cluster with its service account, as with kubectl.
    """
    if explicit:
        return Kubeconfig((), (), "", listed=(Path(explicit).expanduser(),))
    listed = tuple(dict.fromkeys(_listed_paths(environ)))
    own = None if any(path.exists() for path in listed) else read_service_account(environ)
    return Kubeconfig((), (), "", added=(own,) if own else (), listed=listed)


def reread(kubeconfig: Kubeconfig) -> Kubeconfig:
    """The same, with the contexts that its files name now. ConfigError for one that cannot be read, or names none."""
    found = look_again(kubeconfig)
    if not found.contexts:
        raise lack(found)
    return found


def look_again(kubeconfig: Kubeconfig) -> Kubeconfig:
    """The same, with the contexts that its files name now, and that may be none. ConfigError when unreadable."""
    stamps = read_stamps(kubeconfig.listed)
    paths = tuple(path for path, stamp in stamps.items() if stamp)
    files = [read_file(path) for path in paths]
    named = _first_by_name(file.contexts for file in (*kubeconfig.added, *files))
    current = next((file.current_context for file in (*files, *kubeconfig.added) if file.current_context), "")
    contexts = tuple(map(_context, named.values()))
    return replace(kubeconfig, paths=paths, contexts=contexts, current=current, stamps=stamps)


def lack(kubeconfig: Kubeconfig) -> ConfigError:
    """Why there is no context at all."""
    if kubeconfig.paths:
        return ConfigError(f"no contexts in {', '.join(map(str, kubeconfig.paths))}", _OTHER_FILE)
    names = ", ".join(map(str, kubeconfig.listed))
    return ConfigError(f"no kubeconfig: {names} not there", "name a file with --kubeconfig or $KUBECONFIG")


def override(kubeconfig: Kubeconfig, overrides: Overrides) -> Kubeconfig:
    """The same, with what was given for one context; what is wrong with that is told when the context is opened."""
    given = replace(kubeconfig, overrides=overrides)
    with suppress(ConfigError):
        given = replace(given, overrides=replace(overrides, meant=read_entry(given, overrides.context).cluster.server))
    return given


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
    files = [*kubeconfig.added, *(read_file(path) for path in kubeconfig.listed if path.exists())]
    named = _first_by_name(file.contexts for file in files).get(context_name)
    if named is None:
        raise _no_such_context(files, context_name)
    context, overrides = _context(named), kubeconfig.overrides
    if overrides is None or overrides.context != context_name:
        return Entry(context, _find_cluster(files, context), _find_user(files, context))
    names = overrides.names(Names(context.cluster, context.user))
    context = replace(context, cluster=names.cluster, user=names.user)
    cluster = overrides.applied_to_cluster(_find_cluster(files, context))
    return Entry(context, cluster, overrides.applied_to_user(_find_user(files, context)))


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


def _no_such_context(files: list[KubeconfigFile], wanted: str) -> ConfigError:
    names = list(_first_by_name(file.contexts for file in files))
    if not wanted:
        return ConfigError("the kubeconfig has no current-context", f"name one with --context: {', '.join(names)}")
    near = difflib.get_close_matches(wanted, names, n=3) or names
    there = f"there is: {', '.join(near)}" if near else _OTHER_FILE
    return ConfigError(f"no context {wanted!r} in the kubeconfig", there)
