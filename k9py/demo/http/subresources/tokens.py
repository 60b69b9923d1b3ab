"""POST of serviceaccounts/token (TokenRequest, authentication.k8s.io/v1)."""

from __future__ import annotations

from aiohttp import web

from k9py.demo.api.apply import stamp
from k9py.demo.api.tokens import ISSUER, Tokens
from k9py.demo.api.validation.words import invalid
from k9py.demo.cluster import Cluster
from k9py.demo.core.status import Cause, bad_request, conflict, not_found
from k9py.demo.core.status import invalid as refused
from k9py.demo.core.store import Key, Obj
from k9py.demo.http.answers import answer
from k9py.demo.http.call import Call
from k9py.demo.http.incoming import pseudo, read_as
from k9py.demo.http.options import CREATE, intent_of

REQUEST = pseudo("authentication.k8s.io", "v1", "TokenRequest")
HOUR = 3600
SHORTEST = 600
LONGEST = 1 << 32
_BOUND = {("Pod", "v1"): "pods", ("Secret", "v1"): "secrets", ("Node", "v1"): "nodes"}


async def create(cluster: Cluster, call: Call) -> web.StreamResponse:
    """A new token of a service account."""
    intent = intent_of(call, CREATE)
    target = call.target
    account = cluster.registry.entry(target.served, target.namespace, target.name)
    request = read_as(cluster, call, REQUEST)
    spec = request.setdefault("spec", {})
    seconds = spec.get("expirationSeconds") or HOUR
    spec["expirationSeconds"] = seconds
    _check(seconds)
    bound = _bound(cluster, target.namespace, spec.get("boundObjectRef"))
    audiences = spec.get("audiences") or [ISSUER]
    tokens = cluster.registry.part(Tokens)
    text = "" if intent.dry_run else tokens.issue(account.key, account.meta.uid, audiences, seconds, bound)
    now = cluster.clock.now
    metadata = {
        "name": target.name,
        "namespace": target.namespace,
        "uid": account.meta.uid,
        "creationTimestamp": cluster.clock.stamp(),
    }
    status = {"token": text, "expirationTimestamp": cluster.clock.stamp(now + seconds)}
    head = {"kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1", "metadata": metadata}
    made: Obj = {**head, "spec": spec}
    stamp(cluster, REQUEST, None, made, intent, "Update", "token")
    whole = {**made, "spec": {**spec, "audiences": audiences}, "status": status}
    return answer(whole, 201, call.warnings)


def _check(seconds: int) -> None:
    path, causes = "spec.expirationSeconds", list[Cause]()
    if seconds < SHORTEST:
        causes.append(invalid(path, seconds, "may not specify a duration less than 10 minutes"))
    if seconds > LONGEST:
        causes.append(invalid(path, seconds, "may not specify a duration larger than 2^32 seconds"))
    if causes:
        raise refused("authentication.k8s.io", "TokenRequest", "", causes)


def _bound(cluster: Cluster, namespace: str, reference: Obj | None) -> tuple[Key, str] | None:
    """What the token ends with. StatusError if it is not there, or another."""
    if not reference:
        return None
    kind, version, name = reference.get("kind", ""), reference.get("apiVersion", ""), reference.get("name", "")
    collection = _BOUND.get((kind, version))
    if collection is None:
        group, _, number = version.rpartition("/")
        raise bad_request(f"cannot bind token to object of type {group}/{number}, Kind={kind}")
    key = Key(collection, "" if collection == "nodes" else namespace, name)
    entry = cluster.store.get(key)
    if entry is None:
        raise not_found("", collection, name)
    uid = reference.get("uid")
    if uid and uid != entry.meta.uid:
        text = (
            f"the UID in the bound object reference ({uid}) does not match the UID in record. "
            "The object might have been deleted and then recreated"
        )
        raise conflict("", kind, name, text)
    return key, entry.meta.uid


ROUTES = {("POST", "serviceaccounts", "token"): create}
