"""What can go wrong with one request. Each is a way to answer it; None would mean: as usual."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

Fault = Callable[[web.Request], Awaitable[web.StreamResponse]]


def answer(status: int, body: bytes | str, content_type: str = "text/plain", **headers: str) -> Fault:
    """Those bytes. Underscores in names of headers stand for hyphens."""
    raw = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def respond(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=raw, content_type=content_type, headers=named)

    return respond


def refuse(code: int, reason: str, message: str, *, pretty: bool = False, **headers: str) -> Fault:
    """A Status, as the API server writes it."""
    body = json.dumps(status_of(code, reason, message), indent=2 if pretty else None)
    return answer(code, body, "application/json", **headers)


def status_of(code: int, reason: str, message: str) -> Mapping[str, Any]:
    head = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
    return {**head, "message": message, "reason": reason, "code": code}


def garbage(status: int = 200) -> Fault:
    """What a proxy or a login page would send."""
    return answer(status, "<html>\n<title>Please log in</title>\n</html>\n", "text/html")


def say(*lines: bytes) -> Fault:
    """A stream of exactly these bytes, each in a chunk of its own, that then ends well."""

    async def respond(request: web.Request) -> web.StreamResponse:
        response = await begin_stream(request)
        for line in lines:
            await response.write(line)
        await response.write_eof()
        return response

    return respond


def close() -> Fault:
    """A stream that ends well before it has said anything."""
    return say()


def cut(*lines: bytes) -> Fault:
    """A stream that says this and is then cut."""

    async def respond(request: web.Request) -> web.StreamResponse:
        response = await begin_stream(request)
        for line in lines:
            await response.write(line)
        abort(request)
        return response

    return respond


def hold(until: Callable[[], Awaitable[object]]) -> Fault:
    """A stream that says nothing until something has happened, and is then cut: a half-open connection."""

    async def respond(request: web.Request) -> web.StreamResponse:
        response = await begin_stream(request)
        await until()
        abort(request)
        return response

    return respond


async def begin_stream(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.enable_chunked_encoding()
    await response.prepare(request)
    return response


def abort(request: web.BaseRequest) -> None:
    """Cut the connection, as a broken network does. The aborted transport is all that the client sees."""
    if request.transport is not None:
        request.transport.abort()
