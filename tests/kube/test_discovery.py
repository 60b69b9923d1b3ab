from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from k9py.kube.discovery import discover, server_version
from k9py.values.errors import ApiError, K9pyError, Unreachable
from k9py.values.request import Request, Response
from k9py.values.resource import Gvr

PODS = {
    "resource": "pods",
    "responseKind": {"group": "", "version": "", "kind": "Pod"},
    "scope": "Namespaced",
    "singularResource": "pod",
    "verbs": ["get", "list", "watch"],
    "shortNames": ["po"],
    "categories": ["all"],
    "subresources": [{"subresource": "log", "responseKind": {}, "verbs": ["get"]}],
}
NODES = {"resource": "nodes", "responseKind": {"kind": "Node"}, "scope": "Cluster", "verbs": ["list"]}
ONLY_SUBRESOURCES = {"resource": "ghosts", "subresources": [{"subresource": "status"}]}


def group(name: str, **versions: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "creationTimestamp": None},
        "versions": [{"version": version, "resources": found} for version, found in versions.items()],
    }


def aggregated(*items: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "items": list(items)}


LEGACY: dict[str, Any] = {
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {
        "kind": "APIGroupList",
        "groups": [
            {
                "name": "autoscaling",
                "versions": [{"groupVersion": "autoscaling/v1"}, {"groupVersion": "autoscaling/v2"}],
                "preferredVersion": {"groupVersion": "autoscaling/v2"},
            },
            {"name": "metrics.k8s.io", "versions": [{"groupVersion": "metrics.k8s.io/v1beta1"}]},
        ],
    },
    "/api/v1": {
        "resources": [
            {
                "name": "pods",
                "singularName": "pod",
                "namespaced": True,
                "kind": "Pod",
                "verbs": ["get", "list", "watch"],
                "shortNames": ["po"],
                "categories": ["all"],
            },
            {"name": "pods/log", "singularName": "", "namespaced": True, "kind": "Pod", "verbs": ["get"]},
            {"name": "nodes", "namespaced": False, "kind": "Node", "verbs": ["list"]},
        ]
    },
    "/apis/autoscaling/v1": {"resources": [{"name": "hpas", "namespaced": True, "kind": "HPA", "verbs": ["list"]}]},
    "/apis/autoscaling/v2": {"resources": [{"name": "hpas", "namespaced": True, "kind": "HPA", "verbs": ["list"]}]},
    "/apis/metrics.k8s.io/v1beta1": ApiError(503, "ServiceUnavailable", "the server is currently unable"),
}


class Answers:
    """A sender that gives prepared answers and notes what it was asked."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self._answers = answers
        self.requests: list[Request] = []

    async def send(self, request: Request, timeout: float | None = None) -> Response:
        self.requests.append(request)
        answer = self._answers[request.path]
        if isinstance(answer, BaseException):
            raise answer
        return Response(200, answer if isinstance(answer, bytes) else json.dumps(answer).encode())

    def stream(self, request: Request, silence: float | None = None) -> Any:
        raise NotImplementedError


async def test_aggregated_discovery_takes_two_requests() -> None:
    sender = Answers(
        {
            "/api": aggregated(group("", v1=[PODS, NODES, ONLY_SUBRESOURCES])),
            "/apis": aggregated(group("metrics.k8s.io", v1beta1=[PODS]), group("autoscaling", v2=[PODS], v1=[PODS])),
        }
    )
    found = await discover(sender)
    assert len(sender.requests) == 2
    assert all("as=APIGroupDiscoveryList" in request.accept for request in sender.requests)
    assert [resource.gvr for resource in found.resources] == [
        Gvr("", "v1", "pods"),
        Gvr("", "v1", "nodes"),
        Gvr("metrics.k8s.io", "v1beta1", "pods"),
        Gvr("autoscaling", "v2", "pods"),
        Gvr("autoscaling", "v1", "pods"),
    ]
    pods, nodes = found.resources[:2]
    assert (pods.kind, pods.singular, pods.short_names, pods.namespaced) == ("Pod", "pod", ("po",), True)
    assert pods.watchable
    assert pods.categories == ("all",)
    assert pods.subresources == {"log"}
    assert not nodes.namespaced
    assert not found.failed


async def test_a_dead_aggregated_api_is_named_and_stops_nothing() -> None:
    stale = {"metadata": {"name": "metrics.k8s.io"}, "versions": [{"version": "v1beta1", "freshness": "Stale"}]}
    sender = Answers({"/api": aggregated(group("", v1=[PODS])), "/apis": aggregated(stale, group("apps", v1=[PODS]))})
    found = await discover(sender)
    assert found.failed == {"metrics.k8s.io/v1beta1": "its server does not answer"}
    assert len(found.resources) == 2


async def test_older_servers_are_asked_version_by_version() -> None:
    found = await discover(Answers(LEGACY))
    assert [resource.gvr for resource in found.resources] == [
        Gvr("", "v1", "pods"),
        Gvr("", "v1", "nodes"),
        Gvr("autoscaling", "v2", "hpas"),
        Gvr("autoscaling", "v1", "hpas"),
    ]
    assert found.resources[0].subresources == {"log"}
    assert found.resources[0].short_names == ("po",)
    assert found.failed == {"metrics.k8s.io/v1beta1": "the server is currently unable"}


async def test_one_half_may_fail() -> None:
    sender = Answers({"/api": aggregated(group("", v1=[PODS])), "/apis": ApiError(500, "", "broken")})
    found = await discover(sender)
    assert len(found.resources) == 1
    assert found.failed == {"/apis": "broken"}


async def test_nothing_to_be_had_is_an_error() -> None:
    with pytest.raises(Unreachable, match="gone"):
        await discover(Answers({"/api": Unreachable("gone"), "/apis": Unreachable("gone")}))
    with pytest.raises(K9pyError, match="discovery cannot be read"):
        await discover(Answers({"/api": b"<html>", "/apis": b"<html>"}))


async def test_server_version() -> None:
    assert (
        await server_version(Answers({"/version": {"gitVersion": "v1.36.3", "platform": "linux/arm64"}})) == "v1.36.3"
    )
