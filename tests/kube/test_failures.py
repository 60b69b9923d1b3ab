from __future__ import annotations

import json
import socket
import ssl
from typing import Any

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from k9py.kube.failures import LONGEST_TEXT, api_error, network_error, one_line

SERVER = "https://seoul:6443"
KEY = ConnectionKey("seoul", 6443, True, True, None, None, None)


def status(**fields: Any) -> bytes:
    return json.dumps({"kind": "Status", "apiVersion": "v1", "status": "Failure", **fields}, indent=2).encode()


def test_a_status_says_it_in_the_server_s_words() -> None:
    message = 'pods is forbidden: User "kim" cannot list resource "pods" in API group "" in the namespace "shop"'
    error = api_error(403, status(code=403, reason="Forbidden", message=message, details={"kind": "pods"}))
    assert (error.status, error.reason, error.message) == (403, "Forbidden", message)
    assert error.denied
    assert error.details == {"kind": "pods"}
    assert error.cure == "ask for a role that allows it"


@pytest.mark.parametrize(
    ("code", "reason", "what"),
    [
        (401, "Unauthorized", "unauthorized"),
        (403, "Forbidden", "denied"),
        (404, "NotFound", "missing"),
        (409, "AlreadyExists", "conflict"),
        (410, "Expired", "gone"),
    ],
)
def test_kinds_of_errors(code: int, reason: str, what: str) -> None:
    error = api_error(code, status(code=code, reason=reason, message="m"))
    assert getattr(error, what)
    assert error.retry_after is None


def test_a_status_in_an_event_of_a_watch_brings_its_own_code() -> None:
    assert api_error(200, status(code=410, reason="Expired", message="too old resource version")).gone


@pytest.mark.parametrize(
    ("headers", "details", "expected"),
    [
        ({"Retry-After": "3"}, {}, 3.0),
        ({"Retry-After": "3"}, {"retryAfterSeconds": 9}, 3.0),
        ({}, {"retryAfterSeconds": 9}, 9.0),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, {}, 0.0),
        ({"Retry-After": "soon, perhaps"}, {}, None),
        ({"Retry-After": "-1"}, {}, None),
        ({"Retry-After": "nan"}, {}, None),
    ],
)
def test_retry_after(headers: dict[str, str], details: dict[str, Any], expected: float | None) -> None:
    assert api_error(429, status(code=429, message="slow down", details=details), headers).retry_after == expected


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "HTTP 502: no explanation"),
        (b"upstream connect error\r\n\x1b[31mreset\x07", "HTTP 502: upstream connect error [31mreset"),
        (
            b"<html><head><title>502 Bad Gateway</title></head><body><h1>x</h1></body>",
            "HTTP 502: 502 Bad Gateway",
        ),
        (b"<p>down <b>now</b></p><style>p { color: red }</style>", "HTTP 502: down now"),
        (b"404 page not found\n", "HTTP 502: 404 page not found"),
        (b'{"kind": "Pod", "message": 7}', 'HTTP 502: {"kind": "Pod", "message": 7}'),
        (b"\xff\xfe", "HTTP 502: \ufffd\ufffd"),
    ],
)
def test_answers_of_others_than_api_servers(body: bytes, message: str) -> None:
    error = api_error(502, body)
    assert error.message == message
    assert "proxy before the API server" in error.cure


def test_long_answers_are_cut() -> None:
    assert len(api_error(500, b"x" * 1_000_000).message) <= LONGEST_TEXT + len("HTTP 500: ")
    assert one_line("가" * 1000) == "가" * (LONGEST_TEXT - 1) + "…"


def test_a_text_is_there_as_a_whole() -> None:
    checks = "".join(f"[+]poststarthook/{number:040} ok\n" for number in range(37))
    text = f"{checks}[-]etcd failed: reason withheld\nreadyz check failed\n"
    error = api_error(500, text.encode())
    assert len(error.message) <= LONGEST_TEXT + len("HTTP 500: ")
    assert error.text == text
    assert api_error(403, status(code=403, reason="Forbidden", message="no")).text == ""


def test_nothing_of_an_answer_can_drive_a_terminal() -> None:
    message = api_error(500, status(code=500, message="a\x1b]0;title\x07b\x9b2Jc\u202ed\ne")).message
    assert message == "a ]0;title b 2Jc d e"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (aiohttp.ClientConnectorDNSError(KEY, socket.gaierror(-2, "unknown")), "the host of https://seoul:6443 is not"),
        (aiohttp.ConnectionTimeoutError(), "does not answer"),
        (TimeoutError(), "does not answer"),
        (aiohttp.ServerDisconnectedError(), "has closed the connection"),
        (aiohttp.ClientPayloadError("incomplete"), "has closed the connection"),
        (ConnectionResetError(104, "reset"), "has closed the connection"),
        (aiohttp.InvalidURL("x"), "is no address"),
        (OSError(113, "No route to host"), "cannot reach https://seoul:6443: No route to host"),
    ],
)
def test_the_network(error: BaseException, message: str) -> None:
    assert message in network_error(error, SERVER).message


def test_what_the_system_says_is_found_behind_aiohttp() -> None:
    refused = ConnectionRefusedError(111, "Connect call failed")
    wrapped = aiohttp.ClientConnectorError(KEY, refused)
    wrapped.__cause__ = refused
    assert network_error(wrapped, SERVER).message == f"{SERVER} refuses connections"


def test_a_tls_alert_nobody_has_met_is_named() -> None:
    error = network_error(ssl.SSLError(1, "[SSL: STRANGE_ALERT] strange"), SERVER)
    assert "no TLS in common" in error.message
