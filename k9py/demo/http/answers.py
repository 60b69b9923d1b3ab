"""Answers: objects, lists, errors, as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from aiohttp import web

from k9py.demo.core.status import StatusError

_encode = msgspec.json.Encoder().encode


def encode(obj: Any) -> bytes:
    """JSON."""
    return _encode(obj)


def answer(obj: Any, code: int = 200, warnings: Iterable[str] = ()) -> web.Response:
    """An object, with the warnings that go with it."""
    return respond(encode(obj), code, warnings)


def respond(body: bytes, code: int = 200, warnings: Iterable[str] = ()) -> web.Response:
    """An answer that is JSON already."""
    response = web.Response(body=body, status=code, content_type="application/json")
    for warning in warnings:
        quoted = warning.replace("\\", "\\\\").replace('"', '\\"')
        response.headers.add("Warning", f'299 - "{quoted}"')
    return response


def refuse(error: StatusError) -> web.Response:
    """A Status, as the answer of a request that was refused."""
    response = answer(error.status(), error.code)
    if error.retry_after:
        response.headers["Retry-After"] = str(error.retry_after)
    return response
