"""The auth-provider `oidc`: an ID token in the kubeconfig, renewed with a refresh token that is renewed with it.

The official loader renews without checking the provider's certificate, and only once, and forgets to write the new
refresh token down; the old one is often worth nothing then, and kubectl logged out with us. So it is done here as
client-go does it, within the kubeconfig.
"""

from __future__ import annotations

import base64
import os
import ssl
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote_plus

import msgspec
from aiohttp import ClientSession, ClientTimeout

from k9py.kube.connector import http_proxy, make_connector
from k9py.kube.failures import NETWORK_ERRORS, network_error, one_line
from k9py.kube.kubeconfig_file import AuthProvider, save_provider_config
from k9py.kube.proxy import find_proxy
from k9py.values.errors import LoginFailed

NAME = "oidc"

_TIMEOUT = ClientTimeout(total=30)
_LOG_IN = "log in again with the tool that wrote the kubeconfig"


class _Claims(msgspec.Struct):
    exp: float = 0


class _Provider(msgspec.Struct):
    token_endpoint: str


class _Tokens(msgspec.Struct):
    id_token: str = ""
    refresh_token: str = ""


async def get_id_token(provider: AuthProvider, user: str, until: float) -> tuple[str, float]:
    """Give the ID token and the time.time() at which it ends; one that does not hold past `until` is renewed first.

    LoginFailed and Unreachable (the provider, not the cluster) say why there is none.
    """
    config = provider.config
    token = config.get("id-token", "")
    if (expires := _expiry(token)) > until:
        return token, expires
    if not config.get("refresh-token"):
        raise LoginFailed("the ID token has expired, and there is no refresh-token in the kubeconfig", _LOG_IN)
    tokens = await _refresh(config)
    if not tokens.id_token:
        raise LoginFailed(f"{config['idp-issuer-url']} gave no ID token for the refresh token", _LOG_IN)
    new = {"id-token": tokens.id_token, "refresh-token": tokens.refresh_token or config["refresh-token"]}
    save_provider_config(Path(provider.path), user, new)
    return tokens.id_token, _expiry(tokens.id_token)


def _expiry(token: str) -> float:
    """The end of a JWT; 0 for what is none, which is as good as expired."""
    claims = token.partition(".")[2].partition(".")[0]
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)), type=_Claims).exp
    except (ValueError, msgspec.DecodeError):
        return 0


async def _refresh(config: Mapping[str, str]) -> _Tokens:
    issuer = config.get("idp-issuer-url", "").rstrip("/")
    proxy = find_proxy(issuer, "", os.environ)
    connector = make_connector(_trust(issuer, config), proxy)
    try:
        async with ClientSession(connector=connector, timeout=_TIMEOUT, proxy=http_proxy(proxy)) as session:
            return await _exchange(session, issuer, config)
    except NETWORK_ERRORS as error:
        raise network_error(error, issuer) from error
    except msgspec.DecodeError as error:
        raise LoginFailed(f"{issuer} is no OpenID provider: {one_line(str(error))}", _LOG_IN) from error


async def _exchange(session: ClientSession, issuer: str, config: Mapping[str, str]) -> _Tokens:
    async with session.get(f"{issuer}/.well-known/openid-configuration") as response:
        endpoint = msgspec.json.decode(await response.read(), type=_Provider).token_endpoint
    headers = {"Authorization": _basic(config.get("client-id", ""), config.get("client-secret", ""))}
    form = {"grant_type": "refresh_token", "refresh_token": config["refresh-token"]}
    async with session.post(endpoint, data=form, headers=headers) as response:
        body = await response.read()
    if response.status != 200:
        raise LoginFailed(f"{issuer} does not renew the login: {one_line(body.decode('utf-8', 'replace'))}", _LOG_IN)
    return msgspec.json.decode(body, type=_Tokens)


def _basic(client: str, secret: str) -> str:
    """How a client names itself (RFC 6749, 2.3.1)."""
    return "Basic " + base64.b64encode(f"{quote_plus(client)}:{quote_plus(secret)}".encode()).decode()


def _trust(issuer: str, config: Mapping[str, str]) -> ssl.SSLContext:
    inline = config.get("idp-certificate-authority-data", "")
    try:
        return ssl.create_default_context(
            cafile=config.get("idp-certificate-authority") or None,
            cadata=base64.b64decode(inline).decode() or None,
        )
    except (OSError, ValueError) as error:
        raise LoginFailed(f"the CA of {issuer} cannot be used: {error}", "check idp-certificate-authority") from error
