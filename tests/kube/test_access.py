from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from k9py.kube.access import REMEMBERED, Access, Verdict
from k9py.values.errors import ApiError, K9pyError, Unreachable
from k9py.values.request import Request, Response
from k9py.values.resource import Gvr, Resource

PODS = Resource(Gvr("", "v1", "pods"), "Pod", "pod", True, frozenset({"list"}))
DEPLOYMENTS = Resource(Gvr("apps", "v1", "deployments"), "Deployment", "deployment", True, frozenset({"list"}))


class Reviewer:
    """An API server's reviews: `status` is what it answers, or the error that it gives."""

    def __init__(self, status: dict[str, Any] | K9pyError | bytes) -> None:
        self.status = status
        self.requests: list[Request] = []

    async def send(self, request: Request, timeout: float | None = None) -> Response:
        self.requests.append(request)
        await asyncio.sleep(0)
        if isinstance(self.status, K9pyError):
            raise self.status
        body = self.status if isinstance(self.status, bytes) else json.dumps({"status": self.status}).encode()
        return Response(201, body)

    def stream(self, request: Request, silence: float | None = None) -> Any:
        raise NotImplementedError


async def test_asks_the_server() -> None:
    reviewer = Reviewer({"allowed": True, "reason": "RBAC: allowed by …"})
    assert await Access(reviewer, "kim").may("delete", DEPLOYMENTS, "shop", "cart", "scale") == Verdict(True)
    request = reviewer.requests[0]
    assert (request.method, request.path) == ("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews")
    assert request.body["spec"]["resourceAttributes"] == {
        "verb": "delete",
        "group": "apps",
        "version": "v1",
        "resource": "deployments",
        "subresource": "scale",
        "namespace": "shop",
        "name": "cart",
    }


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ({"allowed": False, "reason": "quota"}, "quota"),
        ({"allowed": False}, "not allowed to create deployments.apps/scale in shop"),
        ({}, "not allowed to create deployments.apps/scale in shop"),
    ],
)
async def test_a_refusal_has_a_reason(status: dict[str, Any], reason: str) -> None:
    verdict = await Access(Reviewer(status), "kim").may("create", DEPLOYMENTS, "shop", subresource="scale")
    assert verdict == Verdict(False, reason)


async def test_an_answer_is_remembered_for_a_minute_and_shared() -> None:
    now = 0.0
    reviewer = Reviewer({"allowed": True})
    access = Access(reviewer, "kim", clock=lambda: now)
    await asyncio.gather(*(access.may("list", PODS) for _ in range(5)))
    assert len(reviewer.requests) == 1
    await access.may("list", PODS, "shop")
    await access.may("watch", PODS)
    assert len(reviewer.requests) == 3
    now, reviewer.status = REMEMBERED - 1, {"allowed": False}
    assert (await access.may("list", PODS)).allowed
    now = REMEMBERED
    assert not (await access.may("list", PODS)).allowed
    assert len(reviewer.requests) == 4


async def test_who_gives_up_leaves_the_others_their_answer() -> None:
    access = Access(Reviewer({"allowed": True}), "kim")
    first, second = (asyncio.create_task(access.may("list", PODS)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).allowed


@pytest.mark.parametrize("failure", [Unreachable("cut off"), ApiError(403, "Forbidden", "no reviews"), b"<html>"])
async def test_what_cannot_be_asked_is_taken_as_allowed(failure: K9pyError | bytes) -> None:
    verdict = await Access(Reviewer(failure), "kim").may("list", PODS)
    assert verdict.allowed
    assert verdict.reason.startswith("it could not be asked")


async def test_whoami() -> None:
    reviewer = Reviewer({"userInfo": {"username": "system:serviceaccount:a:b", "groups": ["g"]}})
    assert await Access(reviewer, "kim").whoami() == "system:serviceaccount:a:b"
    assert reviewer.requests[0].path == "/apis/authentication.k8s.io/v1/selfsubjectreviews"


@pytest.mark.parametrize("failure", [ApiError(404, "NotFound", "not served"), b"{}"])
async def test_whoami_of_an_older_server_is_the_kubeconfig_s_user(failure: K9pyError | bytes) -> None:
    assert await Access(Reviewer(failure), "kim").whoami() == "kim"
