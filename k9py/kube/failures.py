"""What went wrong on the wire, said so that somebody on call knows what to do: one place for all of it.

Two ways in: `network_error` for what aiohttp, ssl and the system raise, `api_error` for what an API server (or a proxy
in front of it) answers with a status at or above 400.
"""

from __future__ import annotations

import asyncio
import email.utils
import re
import ssl
import time
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
import msgspec

from k9py.values.errors import ApiError, K9pyError, Unreachable

LONGEST_TEXT = 256
NETWORK_ERRORS = (aiohttp.ClientError, asyncio.TimeoutError, OSError)
"""What a request, or reading its answer, can raise."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")
_TAG = re.compile(r"(?is)<(style|script|head)\b.*?</\1\s*>|<[^>]*>")
_TITLE = re.compile(r"(?is)<title[^>]*>(.*?)</title>")

_CERTIFICATE_CURES = {
    9: ("is not valid yet", "check this machine's clock"),
    10: ("has expired", "renew the server's certificate (kubeadm certs renew all); check this machine's clock"),
    62: ("is for another host name", "use a name that it holds as server, or set tls-server-name in the kubeconfig"),
    64: ("is for another address", "use a name that it holds as server, or set tls-server-name in the kubeconfig"),
}
_UNKNOWN_CA = ("is signed by an unknown authority", "check certificate-authority of the cluster in the kubeconfig")

_SSL_REASONS = {
    "WRONG_VERSION_NUMBER": ("speaks no TLS there", "it may be plain HTTP: check the scheme and port of `server`"),
    "HTTP_REQUEST": ("speaks no TLS there", "it may be plain HTTP: check the scheme and port of `server`"),
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": ("wants a client certificate", "set client-certificate of the user"),
    "SSLV3_ALERT_HANDSHAKE_FAILURE": ("refused the TLS handshake", "it may want a client certificate"),
    "SSLV3_ALERT_BAD_CERTIFICATE": ("refused the client certificate", "check client-certificate of the user"),
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": ("says the client certificate has expired", "log in again, or renew it"),
    "SSLV3_ALERT_CERTIFICATE_REVOKED": ("says the client certificate is revoked", "log in again"),
    "TLSV1_ALERT_UNKNOWN_CA": ("does not know who signed the client certificate", "is it the one of this cluster?"),
    "TLSV1_UNRECOGNIZED_NAME": ("does not know the name it was called by", "check tls-server-name"),
}

_STATUS_CURES = {
    401: "log in again: the credentials are missing, wrong or expired",
    403: "ask for a role that allows it",
    407: "give the proxy's user and password in proxy-url or HTTPS_PROXY",
    429: "the server is busy; it will be asked again",
    502: "a proxy before the API server got no answer from it",
    503: "the API server, or what it passes this on to, is not ready",
    504: "the API server, or what it passes this on to, did not answer in time",
}


def one_line(text: str, longest: int = LONGEST_TEXT) -> str:
    """The text in one line without control characters, cut at `longest`."""
    line = " ".join(_CONTROL.sub(" ", text[: 16 * longest]).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def network_error(error: BaseException, server: str) -> K9pyError:
    """Say what kept a request from being answered. `server` is its address as the kubeconfig has it."""
    for kind, describe in _NETWORK:
        if isinstance(error, kind):
            return describe(error, server)
    return Unreachable(f"cannot reach {server}: {one_line(str(error)) or type(error).__name__}")


def silence_error(server: str, seconds: float) -> Unreachable:
    """Say that a stream has been half-open for too long."""
    return Unreachable(f"{server} has been silent for {seconds:g} s", "the connection may be cut on the way")


def api_error(status: int, body: bytes, headers: Mapping[str, str] | None = None) -> ApiError:
    """Make an error of an answer: a Status (meta/v1), pretty-printed or not, or a page or text of something else."""
    headers = headers or {}
    told = _read_status(body)
    if told is None:
        message = _describe_text(body.decode("utf-8", "replace")) or "no explanation"
        return _error(status, "", f"HTTP {status}: {message}", {}, headers)
    details = told.details or {}
    return _error(told.code or status, told.reason, one_line(told.message) or f"HTTP {status}", details, headers)


def not_kubernetes(status: int, body: bytes) -> ApiError:
    """Say that a success is none: a login page of a proxy, mostly."""
    text = _describe_text(body.decode("utf-8", "replace"))
    return ApiError(
        status, "", f"a web page came instead of the Kubernetes API: {text}", "check `server`; log in again"
    )


class _Status(msgspec.Struct):
    """Status of meta/v1, as far as it is used."""

    kind: str
    message: str = ""
    reason: str = ""
    code: int = 0
    details: dict[str, Any] | None = None


def _read_status(body: bytes) -> _Status | None:
    try:
        status = msgspec.json.decode(body, type=_Status)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return status if status.kind == "Status" else None


def _error(status: int, reason: str, message: str, details: Mapping[str, Any], headers: Mapping[str, str]) -> ApiError:
    retry_after = _read_retry_after(headers.get("Retry-After"))
    if retry_after is None and isinstance(seconds := details.get("retryAfterSeconds"), int) and seconds > 0:
        retry_after = float(seconds)
    return ApiError(status, reason, message, _STATUS_CURES.get(status, ""), details, retry_after)


def _read_retry_after(text: str | None) -> float | None:
    """Seconds, or a date (RFC 9110)."""
    if not text:
        return None
    try:
        return max(0.0, float(text))
    except ValueError:
        date = email.utils.parsedate_to_datetime(text) if "," in text else None
        return max(0.0, date.timestamp() - time.time()) if date else None


def _describe_text(text: str) -> str:
    """The title of a page, else its text."""
    head = text[: 64 * LONGEST_TEXT]
    title = _TITLE.search(head)
    return one_line(title[1] if title and title[1].strip() else _TAG.sub(" ", head))


def _refused(error: BaseException, server: str) -> K9pyError:
    return Unreachable(f"{server} refuses connections", "is the API server running, and is the port right?")


def _unknown_host(error: BaseException, server: str) -> K9pyError:
    return Unreachable(f"the host of {server} is not known", "check `server` in the kubeconfig, DNS and VPN")


def _timed_out(error: BaseException, server: str) -> K9pyError:
    return Unreachable(f"{server} does not answer", "check the network, VPN and firewall")


def _bad_certificate(error: BaseException, server: str) -> K9pyError:
    cause = error.certificate_error if isinstance(error, aiohttp.ClientConnectorCertificateError) else error
    code = cause.verify_code if isinstance(cause, ssl.SSLCertVerificationError) else 0
    wrong, cure = _CERTIFICATE_CURES.get(code, _UNKNOWN_CA)
    detail = cause.verify_message if isinstance(cause, ssl.SSLCertVerificationError) else str(cause)
    return Unreachable(f"the certificate of {server} {wrong} ({one_line(detail)})", cure)


def _bad_tls(error: BaseException, server: str) -> K9pyError:
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    reason = (cause.reason if isinstance(cause, ssl.SSLError) else "") or ""
    if reason not in _SSL_REASONS:
        return Unreachable(
            f"no TLS with {server}: {one_line(reason or str(cause))}", "check `server` and the certificates"
        )
    wrong, cure = _SSL_REASONS[reason]
    return Unreachable(f"{server} {wrong}", cure)


def _proxy_refused(error: BaseException, server: str) -> K9pyError:
    return Unreachable(
        f"cannot reach the proxy on the way to {server}", "check proxy-url in the kubeconfig, HTTPS_PROXY and NO_PROXY"
    )


def _proxy_denied(error: BaseException, server: str) -> K9pyError:
    assert isinstance(error, aiohttp.ClientHttpProxyError)
    said = f"{error.status} {one_line(error.message)}".strip()
    return Unreachable(f"the proxy does not let us through to {server}: {said}", _STATUS_CURES.get(error.status, ""))


def _cut(error: BaseException, server: str) -> K9pyError:
    return Unreachable(f"{server} has closed the connection", "it may be restarting")


def _not_http(error: BaseException, server: str) -> K9pyError:
    return Unreachable(f"{server} does not answer in HTTP", "check the scheme and port of `server` in the kubeconfig")


def _connector(error: BaseException, server: str) -> K9pyError:
    """A TCP connection that did not come about: aiohttp keeps the system's own error inside."""
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if isinstance(cause, ConnectionRefusedError) or "Connect call failed" in str(cause):
        return _refused(error, server)
    reason = one_line((cause.strerror if isinstance(cause, OSError) else "") or str(cause))
    return Unreachable(f"cannot reach {server}: {reason}", "check the network and VPN")


_NETWORK: tuple[tuple[type[BaseException], Callable[[BaseException, str], K9pyError]], ...] = (
    (aiohttp.ClientProxyConnectionError, _proxy_refused),
    (aiohttp.ClientHttpProxyError, _proxy_denied),
    (aiohttp.ClientConnectorCertificateError, _bad_certificate),
    (ssl.SSLCertVerificationError, _bad_certificate),
    (aiohttp.ClientConnectorDNSError, _unknown_host),
    (aiohttp.ClientSSLError, _bad_tls),
    (ssl.SSLError, _bad_tls),
    (asyncio.TimeoutError, _timed_out),
    (aiohttp.ClientConnectorError, _connector),
    (aiohttp.ServerDisconnectedError, _cut),
    (aiohttp.ClientPayloadError, _cut),
    (aiohttp.ClientOSError, _cut),
    (ConnectionError, _cut),
    (aiohttp.ClientResponseError, _not_http),
)
"""The first that fits says it: the narrow ones stand before those that they are kinds of."""
