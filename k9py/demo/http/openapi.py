"""OpenAPI of what is served: v3 by group version (KEP-2896), and v2 in one piece."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import lru_cache

from aiohttp import web

from k9py.demo.api.schema_documents import documents
from k9py.demo.api.schema_gnostic import gnostic
from k9py.demo.api.schema_swagger import swagger
from k9py.demo.cluster import Cluster
from k9py.demo.core.parts import version_of
from k9py.demo.http.accepting import accepted, not_acceptable
from k9py.demo.http.answers import encode
from k9py.demo.http.call import Page
from k9py.demo.http.discovery import nowhere

V3 = "/openapi/v3"
_JSON = ("", "*/*", "application/json", "application/*")
_PROTOBUF = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
_LONG = 365 * 24 * 3600.0
"""Seconds that a document may be kept whose hash is in its address."""


async def _index(cluster: Cluster, request: web.Request) -> web.StreamResponse:
    """The addresses of all documents."""
    if "openapi-v3" in cluster.off:
        return await nowhere(cluster, request)
    paths = {
        path: {"serverRelativeURL": f"{V3}/{path}?hash={_hash(document)}"}
        for path, document in documents(cluster).items()
    }
    return web.Response(body=encode({"paths": paths}), content_type="text/plain", charset="utf-8")


async def _document(cluster: Cluster, request: web.Request) -> web.StreamResponse:
    """The document of a group version. One that is asked for by its hash can be kept."""
    path = request.path.removeprefix(f"{V3}/")
    if not path:
        return await _index(cluster, request)
    document = None if "openapi-v3" in cluster.off else documents(cluster).get(path)
    if document is None:
        return web.Response(status=404)
    found = _hash(document)
    asked = request.query.get("hash", "")
    headers = {"ETag": f'"{found}"', "Vary": "Accept", "Cache-Control": "no-cache, private"}
    if asked and asked != found:
        return web.Response(status=301, headers={**headers, "Location": f"{V3}/{path}?hash={found}"})
    if asked:
        expires = datetime.fromtimestamp(cluster.clock.now + _LONG, UTC).strftime("%a, %d %b %Y %H:%M:%S UTC")
        headers |= {"Cache-Control": "public, immutable", "Expires": expires}
    return _json(request, document, headers)


async def _swagger(cluster: Cluster, request: web.Request) -> web.StreamResponse:
    """OpenAPI v2, as JSON or in the protobuf form that kubectl asks for."""
    major, minor, _ = version_of(cluster.off)
    document = swagger(tuple(documents(cluster).values()), f"{major}.{minor}")
    headers = {"ETag": f'"{_hash(document)}"', "Vary": "Accept"}
    if "com.github.proto-openapi.spec.v2" in request.headers.get("Accept", ""):
        return web.Response(body=gnostic(document), headers={**headers, "Content-Type": _PROTOBUF})
    return _json(request, document, headers)


def _json(request: web.Request, document: bytes, headers: dict[str, str]) -> web.Response:
    """StatusError (406) for a client that takes protobuf only."""
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return web.Response(status=304, headers=headers)
    if not any(one.media in _JSON for one in accepted(request)):
        raise not_acceptable()
    return web.Response(body=document, content_type="application/json", headers=headers)


@lru_cache(256)
def _hash(document: bytes) -> str:
    return hashlib.sha512(document).hexdigest().upper()


PAGES: tuple[tuple[str, Page], ...] = ((V3, _index), (f"{V3}/", _document), ("/openapi/v2", _swagger))
