"""Answers: objects, lists, errors, as JSON; and how they go out, which a client may have otherwise."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Iterable
from typing import Any

import msgspec
import yaml
from aiohttp import web

from k9py.demo.core.status import StatusError
from k9py.demo.http.accepting import JSON, YAML, accept

LARGE = 128 << 10
"""Bytes from which on an answer is compressed if the client takes that, as the real server does it."""
PIECE = 256 << 10
"""Bytes that are written at once of what is large."""

_encode = msgspec.json.Encoder().encode
_PRETTY = ("curl", "Wget", "Mozilla/5.0")
"""User agents behind which a person reads: they get indented JSON."""


def encode(obj: Any) -> bytes:
    """JSON."""
    return _encode(obj)


def answer(obj: Any, code: int = 200, warnings: Iterable[str] = ()) -> web.Response:
    """An object, with the warnings that go with it."""
    return respond(encode(obj), code, warnings)


def respond(body: bytes, code: int = 200, warnings: Iterable[str] = ()) -> web.Response:
    """An answer that is JSON already."""
    response = web.Response(body=body, status=code, content_type=JSON)
    warn(response, warnings)
    return response


def warn(response: web.StreamResponse, warnings: Iterable[str]) -> None:
    """Warnings go in headers of their own (RFC 7234)."""
    for warning in warnings:
        quoted = warning.replace("\\", "\\\\").replace('"', '\\"')
        response.headers.add("Warning", f'299 - "{quoted}"')


def refuse(error: StatusError, warnings: Iterable[str] = ()) -> web.Response:
    """A Status, as the answer of a request that was refused."""
    response = answer(error.status(), error.code, warnings)
    if error.retry_after:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


async def finish(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    """Send an answer as the client wants to have it: as YAML, indented, compressed. Streams are left as they are."""
    if not isinstance(response, web.Response) or response.prepared or response.content_type != JSON:
        return response
    body = response.body
    if not isinstance(body, bytes):
        return response
    if _wants_yaml(request):
        response.body = body = _as_yaml(body)
        response.content_type = YAML
    elif _wants_indents(request):
        response.body = body = msgspec.json.format(body, indent=2)
    return await _send_large(request, response, body) if len(body) > LARGE else response


def _wants_yaml(request: web.Request) -> bool:
    if "yaml" not in request.headers.get("Accept", ""):
        return False
    try:
        return accept(request).media == YAML
    except StatusError:  # refused for that already
        return False


def _as_yaml(body: bytes) -> bytes:
    text: str = yaml.dump(msgspec.json.decode(body), Dumper=_Dumper, allow_unicode=True, default_flow_style=False)
    return text.encode()


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """YAML as Go's writer has it: what would be read as something else than text stands in double quotes."""


def _write_text(dumper: Any, text: str) -> Any:
    is_text = dumper.resolve(yaml.ScalarNode, text, (True, False)) == "tag:yaml.org,2002:str"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if is_text else '"')


_Dumper.add_representer(str, _write_text)


def _wants_indents(request: web.Request) -> bool:
    asked = request.query.get("pretty")
    if asked is not None:
        return asked.lower() in ("", "1", "t", "true")
    return request.headers.get("User-Agent", "").startswith(_PRETTY)


async def _send_large(request: web.Request, response: web.Response, body: bytes) -> web.StreamResponse:
    """Piece by piece: whoever else is served has a turn in between."""
    sent = web.StreamResponse(status=response.status, headers=response.headers)
    sent.headers.pop("Content-Length", None)
    packer = None
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        packer = zlib.compressobj(1, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
        sent.headers.update({"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})
    sent.enable_chunked_encoding()
    await sent.prepare(request)
    view = memoryview(body)
    for begin in range(0, len(body), PIECE):
        piece = view[begin : begin + PIECE]
        packed = await asyncio.to_thread(packer.compress, piece) if packer else piece
        if packed:
            await sent.write(packed)
    await sent.write_eof(packer.flush() if packer else b"")
    return sent
