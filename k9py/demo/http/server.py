"""Requests come in here: who asks, what for, may they, and which handler answers."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from aiohttp import web

from k9py.demo.api.access import authenticate, authorize, authorize_path
from k9py.demo.api.crds import deprecation
from k9py.demo.api.target import find_target
from k9py.demo.cluster import Cluster
from k9py.demo.core.status import StatusError, method_not_allowed, no_such_path, no_watch
from k9py.demo.http import pages, reading, subresources, writing
from k9py.demo.http.answers import finish, refuse
from k9py.demo.http.call import Call, Handler
from k9py.demo.http.watching import watch

_LOG = logging.getLogger(__name__)


HANDLERS: Mapping[str, Handler] = {
    "get": reading.get,
    "list": reading.list_,
    "watch": watch,
    "create": writing.create,
    "update": writing.update,
    "patch": writing.patch,
    "delete": writing.delete,
    "deletecollection": writing.delete_collection,
}
"""By verb, for objects and collections."""

DEPRECATED: Mapping[str, tuple[str, ...]] = {
    "componentstatuses": ("v1 ComponentStatus is deprecated in v1.19+",),
    "endpoints": ("v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",),
}
"""What whoever uses these kinds is warned of."""

MAX_BODY = 3 << 20
"""Bytes of a request, as the real server limits them."""


class ApiServer:
    """The front of a cluster. `handle` answers a request."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._special = subresources.load()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request; a refusal becomes a Status."""
        return await finish(request, await self._respond(request))

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        try:
            return await self._answer(without_prefix(self.cluster, request))
        except StatusError as error:
            return refuse(error)
        except (ConnectionError, TimeoutError):
            raise
        except Exception as error:
            _LOG.exception("%s %s", request.method, request.path)
            return refuse(StatusError(500, "InternalError", f"Internal error occurred: {error}"))

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        user = authenticate(self.cluster, request.headers, request.method, request.path)
        page = pages.find(self.cluster, request.path)
        if page:
            authorize_path(self.cluster, user, request.method.lower(), request.path)
            return await page(self.cluster, request)
        if not request.path.startswith(("/api/", "/apis/")):
            raise no_such_path()
        target = find_target(self.cluster.catalog, request.path)
        call = Call(request, target, user, await request.read())
        call.warnings.extend(DEPRECATED.get(target.served.storage, ()))
        call.warnings.extend(deprecation(self.cluster.store, target.served))
        try:
            authorize(self.cluster, user, call.verb, target)
            handler = self._handler(call)
            return await handler(self.cluster, call)
        except StatusError as error:
            return refuse(error, call.warnings)

    def _handler(self, call: Call) -> Handler:
        target, method = call.target, call.request.method
        if method == "HEAD":  # of resources; pages may be asked so
            raise method_not_allowed()
        if call.verb == "watch" and "watch" not in target.served.verbs:
            raise no_watch(target.served.group, target.served.plural)
        if target.served.namespaced and not (target.namespace or target.name) and method in ("POST", "DELETE"):
            raise method_not_allowed() if "list" in target.served.verbs else no_such_path()
        special = self._special.get((method, target.served.storage, target.subresource)) or self._special.get(
            (method, "*", target.subresource)
        )
        if special:
            return special
        handler = HANDLERS.get(call.verb)
        if call.verb == "create" and target.name and not target.subresource:
            raise method_not_allowed()
        if handler is None or (not target.subresource and call.verb not in target.served.verbs):
            raise method_not_allowed()
        return handler


def without_prefix(cluster: Cluster, request: web.Request) -> web.Request:
    """A path may begin with a token: kubectl sends no credentials over plain HTTP, but keeps the path of a server."""
    token, _, rest = request.rel_url.raw_path[1:].partition("/")
    if token not in cluster.tokens:
        return request
    headers = request.headers.copy()
    headers.setdefault("Authorization", f"Bearer {token}")
    return request.clone(rel_url=request.rel_url.with_path(f"/{rest}", encoded=True, keep_query=True), headers=headers)


def application(cluster: Cluster) -> web.Application:
    """The server as aiohttp runs it."""
    app = web.Application(client_max_size=MAX_BODY)
    app.router.add_route("*", "/{path:.*}", ApiServer(cluster).handle)
    return app
