"""POST of pods/eviction."""

from __future__ import annotations

from aiohttp import web

from k9py.demo.api.disruption import evict
from k9py.demo.cluster import Cluster
from k9py.demo.core.status import bad_request
from k9py.demo.core.store import Obj
from k9py.demo.http.answers import answer
from k9py.demo.http.call import Call
from k9py.demo.http.options import CREATE, intent_of, read_deletion

_VERSIONS = ("policy/v1", "policy/v1beta1")
SUCCESS = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}


async def create(cluster: Cluster, call: Call) -> web.StreamResponse:
    """Evict a pod, if its disruption budget allows it."""
    target, intent = call.target, intent_of(call, CREATE)
    eviction = _read(cluster, call)
    options = eviction.get("deleteOptions") or {}
    intent.dry_run = intent.dry_run or bool(options.get("dryRun"))
    evict(cluster, target.namespace, target.name, read_deletion(options), intent)
    return answer(SUCCESS, 201, call.warnings)


def _read(cluster: Cluster, call: Call) -> Obj:
    eviction = call.read()
    if not isinstance(eviction, dict):
        raise bad_request("the body of the request is not an Eviction")
    versions = _VERSIONS[1:] if "eviction-v1" in cluster.off else _VERSIONS
    api_version, kind = eviction.get("apiVersion", versions[0]), eviction.get("kind", "Eviction")
    if kind != "Eviction" or api_version not in versions:
        raise bad_request(
            f'no kind "{kind}" is registered for version "{api_version}" in scheme "pkg/api/legacyscheme/scheme.go:30"'
        )
    if (eviction.get("metadata") or {}).get("name", "") != call.target.name:
        raise bad_request("name in URL does not match name in Eviction object")
    found: Obj = eviction
    return found


ROUTES = {("POST", "pods", "eviction"): create}
