"""From a kubeconfig entry and a credential to the official client.

The official loader reads what it reads well: cluster, certificates, basic auth. What it misreads or reads only once
(tokens in files, exec plugins) comes as a Credential and is put in its place. What is inline is written to files for
OpenSSL, which reads nothing else, and removed as soon as it has: the loader's own files would outlive a killed k9py.
"""

from __future__ import annotations

import base64
import os
import ssl
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import ClientResponse, ClientSession, DummyCookieJar
from kubernetes.aio.client.configuration import Configuration
from kubernetes.aio.client.rest import RESTClientObject
from kubernetes.aio.config import ConfigException, load_kube_config_from_dict

from k9py.kube.connector import http_proxy, make_connector
from k9py.kube.credentials import Credential
from k9py.kube.failures import api_error
from k9py.kube.kubeconfig import Entry
from k9py.kube.kubeconfig_file import Cluster, User
from k9py.kube.proxy import find_proxy
from k9py.values.errors import ConfigError

# a watch line may be larger than aiohttp's buffer of 64 KiB: fewer pauses of the connection
_READ_BUFFER = 2**20


async def make_client(entry: Entry, credential: Credential, environ: Mapping[str, str]) -> RESTClientObject:
    """Make the REST client of one context, and its SSL context. ConfigError says what in the kubeconfig is not usable.

    Nothing is sent yet.
    """
    runtime = environ.get("XDG_RUNTIME_DIR", "")
    with tempfile.TemporaryDirectory(prefix="k9py-", dir=runtime if os.access(runtime, os.W_OK) else None) as folder:
        try:
            configuration = await _load(_one_context(entry, credential, Path(folder)))
            proxy = find_proxy(configuration.host, entry.cluster.proxy_url, environ)
            configuration.proxy = http_proxy(proxy)
            _refuse_encrypted_key(configuration.key_file)
            client = RESTClientObject(configuration)
            client.pool_manager = _make_session(client.ssl_context, proxy)
            return client
        except (ConfigException, ValueError, OSError) as error:
            reason = (error.reason if isinstance(error, ssl.SSLError) else "") or str(error)
            cure = f"check {', '.join(_materials(entry)) or 'the kubeconfig'}"
            raise ConfigError(f"context {entry.context.name} cannot be used: {reason}", cure) from error


def server_address(entry: Entry) -> str:
    """The server's address with its scheme, which kubectl lets one leave out."""
    server = entry.cluster.server.rstrip("/")
    if "://" in server:
        return server
    secure = _materials(entry) or entry.cluster.insecure_skip_tls_verify
    return f"{'https' if secure else 'http'}://{server}"


def _make_session(context: ssl.SSLContext, proxy: str) -> ClientSession:
    """The pool of connections, in place of the client's own, which passes no SOCKS proxy.

    It does not look at the environment: ~/.netrc would be read with it, and fight with the bearer token.
    """
    connector = make_connector(context, proxy)
    return ClientSession(
        connector=connector,
        cookie_jar=DummyCookieJar(),
        read_bufsize=_READ_BUFFER,
        raise_for_status=_refuse_handshake,
    )


async def _refuse_handshake(response: ClientResponse) -> None:
    """ApiError with the server's own words for a websocket that it refuses: aiohttp drops the body with them.

    A kubelet says only there, and only to an upgrade, that there is no such container.
    """
    asked = response.request_info.headers.get("Upgrade", "")
    if asked.lower() == "websocket" and response.status != 101:
        try:
            raise api_error(response.status, await response.read(), response.headers)
        finally:
            response.close()


async def _load(one_context: dict[str, Any]) -> Configuration:
    configuration = Configuration()
    # Python 3.13 is stricter with CA certificates than kubectl; clusters have CAs that fail it
    configuration.disable_strict_ssl_verification = True
    await load_kube_config_from_dict(one_context, "it", configuration)  # type: ignore[no-untyped-call]
    return configuration


def _one_context(entry: Entry, credential: Credential, folder: Path) -> dict[str, Any]:
    """A kubeconfig of one context with the credential in its place, and nothing that the loader would log in with."""
    cluster, user = entry.cluster, entry.user
    plain_cluster = Cluster(
        server=server_address(entry),
        certificate_authority=_as_file(
            cluster.certificate_authority_data, cluster.certificate_authority, folder / "ca"
        ),
        insecure_skip_tls_verify=cluster.insecure_skip_tls_verify,
        tls_server_name=cluster.tls_server_name,
    )
    certificate = credential.certificate or user.client_certificate_data
    key = credential.key or user.client_key_data
    plain_user = User(
        token=credential.token,
        username=user.username,
        password=user.password,
        client_certificate=_as_file(certificate, user.client_certificate, folder / "certificate"),
        client_key=_as_file(key, user.client_key, folder / "key"),
    )
    return {
        "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
        "clusters": [{"name": "it", "cluster": _set_only(plain_cluster)}],
        "users": [{"name": "it", "user": _set_only(plain_user)}],
    }


def _as_file(inline: str, path: str, new: Path) -> str:
    """The path of what may be inline, which wins."""
    if not inline:
        return path
    new.write_bytes(base64.b64decode(inline))
    return str(new)


def _set_only(fields: Cluster | User) -> dict[str, Any]:
    """As a mapping, without what is empty: to the loader an empty field is one that is set."""
    return {key: value for key, value in msgspec.to_builtins(fields).items() if value}


def _materials(entry: Entry) -> list[str]:
    """The certificates and keys of the context: paths, or names of inline fields."""
    cluster, user = entry.cluster, entry.user
    found = (
        cluster.certificate_authority_data and "certificate-authority-data",
        cluster.certificate_authority,
        user.client_certificate_data and "client-certificate-data",
        user.client_certificate,
        user.client_key_data and "client-key-data",
        user.client_key,
    )
    return [name for name in found if name]


def _refuse_encrypted_key(path: str | None) -> None:
    """OpenSSL would ask for the passphrase on the terminal, under the screen."""
    if path and "ENCRYPTED" in Path(path).read_text(encoding="utf-8", errors="replace"):
        raise ValueError("the client key is encrypted, which kubectl does not read either")
