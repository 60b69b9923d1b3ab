"""Questions about access and identity: authorization.k8s.io and authentication.k8s.io."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from k9py.demo.api.apply import stamp
from k9py.demo.api.rbac import Attributes, Rbac, Rule
from k9py.demo.api.target import User
from k9py.demo.api.tokens import ISSUER, Tokens, token_user
from k9py.demo.api.validation.words import invalid
from k9py.demo.cluster import Cluster
from k9py.demo.core.status import Cause, bad_request
from k9py.demo.core.status import invalid as refused
from k9py.demo.core.store import Obj
from k9py.demo.http.answers import answer
from k9py.demo.http.call import Call
from k9py.demo.http.options import CREATE, intent_of

_AUTHORIZATION = "authorization.k8s.io"
_AUTHENTICATION = "authentication.k8s.io"


async def review_self(cluster: Cluster, call: Call) -> web.StreamResponse:
    """SelfSubjectAccessReview: may I do that."""
    review = _read(cluster, call)
    spec = review["spec"]
    _refuse(_check_attributes(spec))
    return _decide(cluster, call, review, call.user, _attributes(spec))


async def review_subject(cluster: Cluster, call: Call) -> web.StreamResponse:
    """SubjectAccessReview: may they do that."""
    review = _read(cluster, call)
    _refuse([*_check_attributes(review["spec"]), *_check_user(review["spec"])])
    return _decide(cluster, call, review, _user(review["spec"]), _attributes(review["spec"]))


async def review_local(cluster: Cluster, call: Call) -> web.StreamResponse:
    """LocalSubjectAccessReview: may they do that in this namespace."""
    review = _read(cluster, call)
    spec, namespace = review["spec"], call.target.namespace
    review["metadata"].setdefault("namespace", namespace)
    causes = [*_check_attributes(spec), *_check_user(spec)]
    asked = (spec.get("resourceAttributes") or {}).get("namespace", "")
    if asked != namespace:
        causes.append(invalid("spec.resourceAttributes.namespace", asked, "must match metadata.namespace"))
    _refuse(causes)
    return _decide(cluster, call, review, _user(spec), _attributes(spec))


async def review_rules(cluster: Cluster, call: Call) -> web.StreamResponse:
    """SelfSubjectRulesReview: what I may do, all in all."""
    review = _read(cluster, call)
    namespace = review["spec"].get("namespace", "")
    if not namespace:
        raise bad_request("no namespace on request")
    rules = cluster.registry.part(Rbac).rules(call.user, namespace)
    status = {
        "resourceRules": [
            _only(rule, "verbs", "apiGroups", "resources", "resourceNames") for rule in rules if rule.resources
        ],
        "nonResourceRules": [_only(rule, "verbs", "nonResourceURLs") for rule in rules if rule.paths],
        "incomplete": False,
    }
    return answer({**review, "metadata": {}, "spec": {}, "status": status}, 201)


async def review_identity(cluster: Cluster, call: Call) -> web.StreamResponse:
    """SelfSubjectReview: who I am."""
    head = {"kind": "SelfSubjectReview", "apiVersion": call.target.served.gvr.api_version}
    metadata = {"creationTimestamp": cluster.clock.stamp()}
    return answer({**head, "metadata": metadata, "status": {"userInfo": _info(call.user)}}, 201)


async def review_token(cluster: Cluster, call: Call) -> web.StreamResponse:
    """TokenReview: whose token it is."""
    review = _read(cluster, call)
    text = review["spec"].get("token", "")
    if not text:
        raise bad_request("token is required for TokenReview in authentication")
    token = cluster.registry.part(Tokens).find(text)
    user = token_user(token) if token else cluster.tokens.get(text)
    audiences = token.audiences if token else (ISSUER,)
    wanted = tuple(review["spec"].get("audiences") or (ISSUER,))
    shared = [one for one in wanted if one in audiences]
    if user is None or not shared:
        return answer({**review, "status": {"user": {}, "error": "invalid bearer token"}}, 201)
    status = {"authenticated": True, "user": _info(user), "audiences": shared}
    return answer({**review, "status": status}, 201)


def _read(cluster: Cluster, call: Call) -> Obj:
    obj = call.read()
    if not isinstance(obj, dict):
        raise bad_request("the body of the request is not an object")
    served = call.target.served
    spec, metadata = obj.get("spec") or {}, obj.get("metadata") or {}
    review = {"kind": served.kind, "apiVersion": served.gvr.api_version, "metadata": metadata, "spec": spec}
    stamp(cluster, served, None, review, intent_of(call, CREATE), "Update", "")
    return review


def _decide(cluster: Cluster, call: Call, review: Obj, user: User, asked: Attributes) -> web.Response:
    allowed, why = cluster.registry.part(Rbac).allowed(user, asked)
    status: dict[str, Any] = {"allowed": allowed}
    if why:
        status["reason"] = why
    return answer({**review, "status": status}, 201, call.warnings)


def _attributes(spec: Obj) -> Attributes:
    path = spec.get("nonResourceAttributes")
    if path:
        return Attributes(path.get("verb", ""), path=path.get("path", ""))
    names = ("verb", "group", "resource", "subresource", "name", "namespace")
    asked: Mapping[str, str] = spec["resourceAttributes"]
    return Attributes(**{name: asked.get(name, "") for name in names})


def _check_attributes(spec: Obj) -> list[Cause]:
    resource, path = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    if resource is not None and path is not None:
        written = {"Path": path.get("path", ""), "Verb": path.get("verb", "")}
        return [
            invalid("spec.nonResourceAttributes", written, "cannot be specified in combination with resourceAttributes")
        ]
    if resource is None and path is None:
        detail = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
        return [invalid("spec.resourceAttributes", None, detail)]
    return []


def _check_user(spec: Obj) -> list[Cause]:
    if spec.get("user") or spec.get("groups"):
        return []
    return [invalid("spec.user", "", "at least one of user or group must be specified")]


def _refuse(causes: list[Cause]) -> None:
    """These are refused without a kind and the name of an object."""
    if causes:
        raise refused(_AUTHORIZATION, "", "", causes)


def _user(spec: Obj) -> User:
    extra = {key: tuple(values) for key, values in (spec.get("extra") or {}).items()}
    return User(spec.get("user", ""), tuple(spec.get("groups") or ()), spec.get("uid", ""), extra)


def _info(user: User) -> dict[str, Any]:
    found = {
        "username": user.name,
        "uid": user.uid,
        "groups": list(user.groups),
        "extra": {key: list(values) for key, values in user.extra.items()},
    }
    return {name: value for name, value in found.items() if value}


def _only(rule: Rule, *names: str) -> dict[str, Any]:
    return {name: rule.raw[name] for name in names if rule.raw.get(name)}


ROUTES = {
    ("POST", f"selfsubjectaccessreviews.{_AUTHORIZATION}", ""): review_self,
    ("POST", f"subjectaccessreviews.{_AUTHORIZATION}", ""): review_subject,
    ("POST", f"localsubjectaccessreviews.{_AUTHORIZATION}", ""): review_local,
    ("POST", f"selfsubjectrulesreviews.{_AUTHORIZATION}", ""): review_rules,
    ("POST", f"selfsubjectreviews.{_AUTHENTICATION}", ""): review_identity,
    ("POST", f"tokenreviews.{_AUTHENTICATION}", ""): review_token,
}
