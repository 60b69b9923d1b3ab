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
from collections.abc import Iterator, Mapping
from typing import Any

import aiohttp
import msgspec

from k9py.kube.connector import ProxyRefusal
from k9py.values.errors import ApiError, Unreachable

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

_TLS_CURES = {
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

_NETWORK: tuple[tuple[type[BaseException], str, str], ...] = (
    (
        aiohttp.ClientProxyConnectionError,
        "cannot reach the proxy on the way to {server}: {detail}",
        "check proxy-url in the kubeconfig, HTTPS_PROXY and NO_PROXY",
    ),
    (
        aiohttp.ClientHttpProxyError,
        "the proxy does not let us through to {server}: {detail}",
        "check user and password in proxy-url or HTTPS_PROXY, and whether NO_PROXY should name the server",
    ),
    (
        ProxyRefusal,
        "the proxy does not let us through to {server}: {detail}",
        "check user and password in proxy-url or HTTPS_PROXY, and what the proxy allows",
    ),
    (
        aiohttp.ClientConnectorDNSError,
        "the host of {server} is not known",
        "check `server` in the kubeconfig, DNS and VPN",
    ),
    (asyncio.TimeoutError, "{server} does not answer", "check the network, VPN and firewall"),
    (ConnectionRefusedError, "{server} refuses connections", "is the API server running, and is the port right?"),
    (aiohttp.ClientConnectorError, "cannot reach {server}: {detail}", "check the network and VPN"),
    (
        aiohttp.ClientResponseError,
        "{server} does not answer in HTTP",
        "check the scheme and port of `server` in the kubeconfig",
    ),
    (aiohttp.InvalidURL, "{server} is no address", "check `server` in the kubeconfig"),
    (aiohttp.ClientError, "{server} has closed the connection", "it may be restarting"),
    (ConnectionError, "{server} has closed the connection", "it may be restarting"),
)
"""The first that fits says it: the narrow ones stand before those that they are kinds of."""

_EARLY = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, ConnectionRefusedError)
_LATE = (asyncio.TimeoutError, aiohttp.ServerDisconnectedError, aiohttp.ClientPayloadError, ConnectionResetError)
"""What keeps a request from being sent, and what may come after it was."""

_STATUS_CURES = {
    401: "log in again: the credentials are missing, wrong or expired",
    403: "ask for a role that allows it",
    429: "the server is busy; it will be asked again",
    502: "a proxy before the API server got no answer from it",
    503: "the API server, or what it passes this on to, is not ready",
    504: "the API server, or what it passes this on to, did not answer in time",
}


def one_line(text: str, longest: int = LONGEST_TEXT) -> str:
    """The text in one line without control characters, cut at `longest`."""
    line = " ".join(_CONTROL.sub(" ", text[: 16 * longest]).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def network_error(error: BaseException, server: str) -> Unreachable:
    """Say what kept a request from being answered. `server` is its address as the kubeconfig has it."""
    chain = list(_causes(error))
    for cause in chain:
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, aiohttp.ClientError):
            return _tls_error(cause, server)
    detail = _detail(chain)
    for kind, message, cure in _NETWORK:
        if any(isinstance(cause, kind) for cause in chain):
            said = Unreachable(message.format(server=server, detail=detail), cure)
            said.sent = any(isinstance(cause, _LATE) for cause in chain) and not isinstance(chain[0], _EARLY)
            return said
    return Unreachable(f"cannot reach {server}: {detail}", "check the network and VPN")


def silence_error(server: str, seconds: float) -> Unreachable:
    """Say that a stream has been half-open for too long."""
    return Unreachable(f"{server} has been silent for {seconds:g} s", "the connection may be cut on the way")


def api_error(status: int, body: bytes, headers: Mapping[str, str] | None = None) -> ApiError:
    """Make an error of an answer: a Status (meta/v1), pretty-printed or not, or a page or text of something else."""
    headers = headers or {}
    told = _read_status(body)
    if told is None:
        text = body.decode("utf-8", "replace")
        message = _describe_text(text) or "no explanation"
        return _error(status, "", f"HTTP {status}: {message}", {}, headers, text)
    details = told.details or {}
    return _error(told.code or status, told.reason, one_line(told.message) or f"HTTP {status}", details, headers)


def not_kubernetes(status: int, body: bytes) -> ApiError:
    """Say that a success is none: a login page of a proxy, mostly."""
    text = _describe_text(body.decode("utf-8", "replace"))
    return ApiError(
        status, "", f"a web page came instead of the Kubernetes API: {text}", "check `server`; log in again"
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what is behind it: aiohttp wraps what ssl and the system say, sometimes without their details."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _detail(chain: list[BaseException]) -> str:
    """What is worth telling: a proxy's refusal, or the system's own words."""
    first, last = chain[0], chain[-1]
    if isinstance(first, aiohttp.ClientResponseError):
        return one_line(f"{first.status} {first.message}")
    strerror = last.strerror if isinstance(last, OSError) else ""
    return one_line(strerror or str(last)) or type(last).__name__


def _tls_error(error: ssl.SSLError, server: str) -> Unreachable:
    if isinstance(error, ssl.SSLCertVerificationError):
        wrong, cure = _CERTIFICATE_CURES.get(error.verify_code, _UNKNOWN_CA)
        return Unreachable(f"the certificate of {server} {wrong} ({one_line(error.verify_message)})", cure)
    reason: str = getattr(error, "reason", None) or str(error)  # absent where Python made the error itself
    wrong, cure = _TLS_CURES.get(reason, (f"has no TLS in common with us ({one_line(reason)})", "check `server`"))
    return Unreachable(f"{server} {wrong}", cure)


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


def _error(
    status: int, reason: str, message: str, details: Mapping[str, Any], headers: Mapping[str, str], text: str = ""
) -> ApiError:
    retry_after = _read_retry_after(headers.get("Retry-After"))
    if retry_after is None and isinstance(seconds := details.get("retryAfterSeconds"), int) and seconds > 0:
        retry_after = float(seconds)
    return ApiError(status, reason, message, _STATUS_CURES.get(status, ""), details, retry_after, text)


def _read_retry_after(text: str | None) -> float | None:
    """Seconds, or a date (RFC 9110)."""
    if not text:
        return None
    if text.isdigit():
        return float(text)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except ValueError:
        return None


def _describe_text(text: str) -> str:
    """The title of a page, else its text."""
    head = text[: 64 * LONGEST_TEXT]
    title = _TITLE.search(head)
    return one_line(title[1] if title and title[1].strip() else _TAG.sub(" ", head))
