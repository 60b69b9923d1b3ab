"""What stands in one kubeconfig file (clientcmd/api/v1), typed: a wrong field is named with its place, not met later.

Only the fields that k9py uses are here. YAML's `null` means "not set" everywhere, as it does to kubectl.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

from k9py.values.errors import ConfigError, LoginFailed

_YAML_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Extension(msgspec.Struct):
    """What other tools keep beside a cluster; exec plugins get theirs."""

    name: str = ""
    extension: Any = None


class Cluster(msgspec.Struct, rename=lambda name: name.replace("_", "-")):
    """Where an API server is and how it is known to be the right one."""

    server: str = ""
    certificate_authority: str = ""
    certificate_authority_data: str = ""
    insecure_skip_tls_verify: bool = False
    tls_server_name: str = ""
    proxy_url: str = ""
    disable_compression: bool = False
    extensions: list[Extension] = []


class ExecVariable(msgspec.Struct):
    """One variable for an exec plugin's environment."""

    name: str
    value: str = ""


class ExecPlugin(msgspec.Struct, rename="camel"):
    """A program that logs in (client.authentication.k8s.io)."""

    command: str
    api_version: str
    args: list[str] = []
    env: list[ExecVariable] = []
    install_hint: str = ""
    provide_cluster_info: bool = False
    interactive_mode: str = "IfAvailable"


class AuthProvider(msgspec.Struct):
    """The older way to log in; only `oidc` is left of it. `path` is the file it stands in: renewed tokens go there."""

    name: str = ""
    config: dict[str, str] = {}
    path: str = ""


class User(msgspec.Struct, rename=lambda name: name.replace("_", "-")):
    """How to prove who one is. All empty is an anonymous user."""

    client_certificate: str = ""
    client_certificate_data: str = ""
    client_key: str = ""
    client_key_data: str = ""
    token: str = ""
    token_file: str = msgspec.field(default="", name="tokenFile")
    username: str = ""
    password: str = ""
    impersonate: str = msgspec.field(default="", name="as")
    impersonate_uid: str = msgspec.field(default="", name="as-uid")
    impersonate_groups: list[str] = msgspec.field(default=[], name="as-groups")
    impersonate_extra: dict[str, list[str]] = msgspec.field(default={}, name="as-user-extra")
    auth_provider: AuthProvider | None = None
    exec_plugin: ExecPlugin | None = msgspec.field(default=None, name="exec")


class ContextEntry(msgspec.Struct):
    """Which cluster, as which user, in which namespace."""

    cluster: str = ""
    user: str = ""
    namespace: str = ""


class NamedCluster(msgspec.Struct):
    """A cluster under its name."""

    name: str
    cluster: Cluster


class NamedUser(msgspec.Struct):
    """A user under its name."""

    name: str
    user: User = msgspec.field(default_factory=User)


class NamedContext(msgspec.Struct):
    """A context under its name."""

    name: str
    context: ContextEntry


class KubeconfigFile(msgspec.Struct):
    """One file, its relative paths resolved against the folder it is in."""

    clusters: list[NamedCluster] = []
    users: list[NamedUser] = []
    contexts: list[NamedContext] = []
    current_context: str = msgspec.field(default="", name="current-context")


def read_file(path: Path) -> KubeconfigFile:
    """Read one file; an empty one holds nothing. ConfigError says what is wrong in which line or place."""
    content = _parse_yaml(path)
    if content is None:
        return KubeconfigFile()
    if not isinstance(content, dict):
        raise ConfigError(f"{path} is not a kubeconfig: it holds no mapping", "name another file with --kubeconfig")
    try:
        file = msgspec.convert(_drop_nulls(content), KubeconfigFile)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {error}", "mend it there; `kubectl config view` reads the same file") from error
    _resolve_paths(file, path.absolute())
    return file


def parse_text(text: str) -> KubeconfigFile:
    """A kubeconfig that is in no file; it names none either."""
    return msgspec.convert(yaml.safe_load(text), KubeconfigFile)


def save_provider_config(path: Path, user: str, changes: Mapping[str, str]) -> None:
    """Write new tokens of a user's auth-provider into the file, as kubectl does: locked, and whole or not at all.

    LoginFailed when they cannot be written: they may be the only ones that hold.
    """
    path = path.resolve()
    lock = Path(f"{path}.lock")
    try:
        lock.touch(exist_ok=False)
        try:
            content = _parse_yaml(path)
            for item in content["users"]:
                if item["name"] == user:
                    item["user"]["auth-provider"]["config"].update(changes)
            _replace_file(path, yaml.safe_dump(content, sort_keys=False))
        finally:
            lock.unlink()
    except OSError as error:
        raise LoginFailed(f"cannot save the new login in {path}: {error}", f"is there an old {lock}?") from error


def _replace_file(path: Path, text: str) -> None:
    new = path.with_name(f"{path.name}.new")
    new.touch(mode=path.stat().st_mode & 0o777)
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def _parse_yaml(path: Path) -> Any:
    try:
        with path.open("rb") as stream:
            return yaml.load(stream, _YAML_LOADER)
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}", "check the path and its permissions") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ConfigError(f"{path}{place}: {error.problem or error.context}", "mend the YAML there") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path} is not YAML: {str(error).splitlines()[0]}", "name another file") from error


def _drop_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _drop_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_drop_nulls(item) for item in value if item is not None]
    return value


def _resolve_paths(file: KubeconfigFile, path: Path) -> None:
    folder = path.parent
    for named_cluster in file.clusters:
        cluster = named_cluster.cluster
        cluster.certificate_authority = _resolve(cluster.certificate_authority, folder)
    for named_user in file.users:
        user = named_user.user
        user.client_certificate = _resolve(user.client_certificate, folder)
        user.client_key = _resolve(user.client_key, folder)
        user.token_file = _resolve(user.token_file, folder)
        if user.exec_plugin and "/" in user.exec_plugin.command:  # a bare name is looked for in $PATH
            user.exec_plugin.command = _resolve(user.exec_plugin.command, folder)
        if user.auth_provider:
            user.auth_provider.path = str(path)
            if authority := user.auth_provider.config.get("idp-certificate-authority"):
                user.auth_provider.config["idp-certificate-authority"] = _resolve(authority, folder)


def _resolve(path: str, folder: Path) -> str:
    return str(folder / path) if path else ""
