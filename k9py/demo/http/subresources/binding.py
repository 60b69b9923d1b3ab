"""POST of pods/binding (and of bindings): a scheduler puts a pod on a node."""

from __future__ import annotations

from aiohttp import web

from k9py.demo.api.binding import bind
from k9py.demo.cluster import Cluster
from k9py.demo.core.status import bad_request
from k9py.demo.http.answers import answer
from k9py.demo.http.call import Call
from k9py.demo.http.incoming import pseudo, read_as
from k9py.demo.http.options import CREATE, intent_of
from k9py.demo.http.subresources.eviction import SUCCESS

BINDING = pseudo("", "v1", "Binding")


async def create(cluster: Cluster, call: Call) -> web.StreamResponse:
    """Bind a pod to the node that is the target."""
    intent = intent_of(call, CREATE)
    binding = read_as(cluster, call, BINDING)
    name = binding["metadata"].get("name", "")
    if call.target.name and name != call.target.name:
        raise bad_request("name in URL does not match name in Binding object")
    bind(cluster, call.target.namespace, name, binding, intent)
    return answer(SUCCESS, 201, call.warnings)


ROUTES = {("POST", "pods", "binding"): create, ("POST", "bindings", ""): create}
