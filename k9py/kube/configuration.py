"""From a kubeconfig entry and a credential to the official client's Configuration.

The official loader reads what it reads well: certificates, inline or in files, CA, server name, basic auth. What it
misreads or reads only once (tokens in files, exec plugins) comes as a Credential and is put in its place.
"""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import ssl
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import DummyCookieJar
from kubernetes.aio.client.configuration import Configuration
from kubernetes.aio.client.rest import RESTClientObject
from kubernetes.aio.config import ConfigException, load_kube_config_from_dict

from k9py.kube.credentials import Credential, encode_pem
from k9py.kube.kubeconfig import Entry
from k9py.kube.kubeconfig_file import Cluster, User
from k9py.kube.proxy import find_proxy
from k9py.values.errors import ConfigError

# a watch line may be larger than aiohttp's buffer of 64 KiB: fewer pauses of the connection
_READ_BUFFER = 2**20


async def configure(
    entry: Entry, credential: Credential, environ: Mapping[str, str], insecure: bool = False
) -> Configuration:
    """Make the Configuration of one context. ConfigError says which certificate, key or address is not usable."""
    configuration = Configuration(
        connection_pool_maxsize=0,  # no limit: each watch holds a connection for as long as it lives
        client_session_kwargs={
            "trust_env": False,  # or ~/.netrc would be read, and fight with the bearer token
            "cookie_jar": DummyCookieJar(),
            "read_bufsize": _READ_BUFFER,
        },
    )
    # Python 3.13 is stricter with CA certificates than kubectl; clusters have CAs that fail it
    configuration.disable_strict_ssl_verification = True
    try:
        await load_kube_config_from_dict(  # type: ignore[no-untyped-call]
            _one_context(entry, credential), "it", configuration, temp_file_path=str(_private_folder())
        )
    except (ConfigException, ValueError) as error:
        raise ConfigError(f"context {entry.context.name}: {error}", "mend it in the kubeconfig") from error
    configuration.host = server_address(entry)
    configuration.verify_ssl = configuration.verify_ssl and not insecure
    configuration.proxy = find_proxy(configuration.host, entry.cluster.proxy_url, environ) or None
    return configuration


def make_client(configuration: Configuration, entry: Entry) -> RESTClientObject:
    """Build the official REST client, and with it the SSL context. ConfigError names what cannot be read."""
    _refuse_encrypted_key(configuration.key_file)
    try:
        return RESTClientObject(configuration)
    except (ssl.SSLError, OSError) as error:
        names = [name for name in (configuration.ssl_ca_cert, configuration.cert_file, configuration.key_file) if name]
        reason = (error.reason if isinstance(error, ssl.SSLError) else error.strerror) or str(error)
        raise ConfigError(
            f"context {entry.context.name}: the certificates cannot be used ({reason})", f"check {', '.join(names)}"
        ) from error


def server_address(entry: Entry) -> str:
    """The server's address with its scheme, which kubectl lets one leave out."""
    server, cluster, user = entry.cluster.server.rstrip("/"), entry.cluster, entry.user
    if "://" in server:
        return server
    secure = (
        cluster.certificate_authority
        or cluster.certificate_authority_data
        or cluster.insecure_skip_tls_verify
        or user.client_certificate
        or user.client_certificate_data
    )
    return f"{'https' if secure else 'http'}://{server}"


def _one_context(entry: Entry, credential: Credential) -> dict[str, Any]:
    """A kubeconfig of one context with the credential in its place, and nothing that the loader would log in with."""
    return {
        "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
        "clusters": [{"name": "it", "cluster": _cluster(entry)}],
        "users": [{"name": "it", "user": _user(entry.user, credential)}],
    }


def _cluster(entry: Entry) -> dict[str, Any]:
    return _set_only(msgspec.structs.replace(entry.cluster, server=server_address(entry), proxy_url="", extensions=[]))


def _user(user: User, credential: Credential) -> dict[str, Any]:
    if credential.certificate:
        certificate, key = encode_pem(credential.certificate), encode_pem(credential.key)
    else:
        certificate, key = user.client_certificate_data, user.client_key_data
    return _set_only(
        User(
            token=credential.token,
            username=user.username,
            password=user.password,
            client_certificate=user.client_certificate,
            client_certificate_data=certificate,
            client_key=user.client_key,
            client_key_data=key,
        )
    )


def _set_only(fields: Cluster | User) -> dict[str, Any]:
    """As a mapping, without what is empty: to the loader an empty field is one that is set."""
    return {key: value for key, value in msgspec.to_builtins(fields).items() if value}


def _refuse_encrypted_key(path: str | None) -> None:
    """OpenSSL would ask for the passphrase on the terminal, under the screen."""
    if path and "ENCRYPTED" in Path(path).read_text(encoding="utf-8", errors="replace"):
        raise ConfigError(f"the client key {path} is encrypted", "decrypt it: kubectl cannot use it either")


@functools.cache
def _private_folder() -> Path:
    """Where inline certificates lie as files while k9py runs: OpenSSL reads them from nowhere else."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    folder = tempfile.mkdtemp(prefix="k9py-", dir=runtime if os.access(runtime, os.W_OK) else None)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)
