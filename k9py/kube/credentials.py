"""How to prove who one is, by each way that a kubeconfig knows, and until when the proof holds.

The official loader reads it once and never again; here each way can be gone anew when the proof runs out.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path

from k9py.kube import oidc
from k9py.kube.exec_plugin import run_plugin
from k9py.kube.kubeconfig import Entry
from k9py.values.errors import ConfigError, LoginFailed

FOREVER = float("inf")
TOKEN_FILE_PERIOD = 60.0
"""Seconds after which a token file is read again, as client-go does: kubelets and agents write a new one in time."""
NEARLY = 10.0
"""Seconds before its end at which a credential counts as expired: a request takes some time to arrive."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What proves who one is: a bearer token, or a certificate with its key, or both; none for anonymous.

    Certificate and key are as a kubeconfig holds them inline (base64 of PEM). `fresh_until` is the time.time() from
    which it must be had anew. Basic auth and certificates that the kubeconfig itself names are not here: they never
    change, and the official loader reads them.
    """

    token: str = ""
    certificate: str = ""
    key: str = ""
    fresh_until: float = FOREVER

    def same_as(self, other: Credential) -> bool:
        """Whether it would prove the same: then there is no use in trying it again."""
        return (self.token, self.certificate, self.key) == (other.token, other.certificate, other.key)


async def obtain(entry: Entry, interactive: bool, now: float) -> Credential:
    """Log in the way that the kubeconfig says, in the order of client-go: a token or certificate beats a plugin."""
    user = entry.user
    if user.token_file:
        return Credential(token=_read_token(user.token_file), fresh_until=now + TOKEN_FILE_PERIOD + NEARLY)
    if user.token:
        return Credential(token=_checked(user.token, "the token in the kubeconfig"))
    if user.username or user.client_certificate or user.client_certificate_data:
        return Credential()
    if user.exec_plugin is not None:
        return await _run_plugin(entry, interactive)
    return await _ask_provider(entry, now)


async def _run_plugin(entry: Entry, interactive: bool) -> Credential:
    plugin = entry.user.exec_plugin
    assert plugin is not None
    status = await run_plugin(plugin, entry.cluster, interactive)
    expires = status.expiration_timestamp
    return Credential(
        token=_checked(status.token, f"the token of {plugin.command}"),
        certificate=base64.b64encode(status.client_certificate_data.encode()).decode(),
        key=base64.b64encode(status.client_key_data.encode()).decode(),
        fresh_until=expires.timestamp() if expires else FOREVER,
    )


def _read_token(path: str) -> str:
    try:
        token = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LoginFailed(f"cannot read the token file {path}: {error}", "check tokenFile of the user") from error
    if not token.strip():
        raise LoginFailed(f"the token file {path} is empty", "check tokenFile of the user")
    return _checked(token, f"the token in {path}")


def _checked(token: str, what: str) -> str:
    """The token without white space around it, which is in most files; a header can hold nothing but one line."""
    token = token.strip()
    if not (token.isascii() and token.isprintable()):
        raise LoginFailed(f"{what} holds characters that no token has", "log in again")
    return token


async def _ask_provider(entry: Entry, now: float) -> Credential:
    provider = entry.user.auth_provider
    if provider is None:
        return Credential()
    if provider.name != oidc.NAME:
        raise ConfigError(
            f"the auth-provider {provider.name!r} is not supported", "use its exec plugin, as kubectl does since 1.26"
        )
    token, expires = await oidc.get_id_token(provider, entry.context.user, now + NEARLY)
    return Credential(token=_checked(token, "the ID token"), fresh_until=expires)
