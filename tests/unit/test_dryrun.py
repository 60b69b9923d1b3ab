"""A dry run is sent only to a server that knows what it is: any other would really do it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from k9py.actions.action import Answers
from k9py.actions.delete import ACTION as DELETE
from k9py.actions.plan import Effect, Plan, Target, kubectl, with_dry_run
from k9py.demo.core.parts import parts_of
from k9py.kube.transport import Transport
from k9py.session.dryrun import OLD, DryRuns
from k9py.session.preview import preview
from k9py.values.errors import ApiError
from k9py.values.request import Request, Response
from k9py.values.resource import Key
from tests.demo.oldworld import old
from tests.kube.scripted import answer, refuse
from tests.kube.scripted.kinds import GADGETS, define_gadgets
from tests.unit.test_session import opened

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SERVICE = "/apis/apiregistration.k8s.io/v1/apiservices/v1.example.com"
ONE = "/apis/example.com/v1/namespaces/{namespace}/gadgets/{name}"
GADGET = Request("DELETE", "/apis/example.com/v1/namespaces/shop/gadgets/one")
DRY = {"name": "dryRun", "in": "query"}


class Server:
    """Answers by path; what is not there is missing."""

    def __init__(self, **answers: Any) -> None:
        self.answers = {"/version": {"gitVersion": "v1.36.3"}, **answers}
        self.asked: list[str] = []

    async def send(self, request: Request, timeout: float = 0) -> Response:
        self.asked.append(request.path)
        found = self.answers.get(request.path)
        if isinstance(found, Exception):
            raise found
        if found is None:
            raise ApiError(404, "NotFound", f"{request.path} not found")
        return Response(200, msgspec.json.encode(found))


async def why_not(server: Server, request: Request = GADGET, version: str = "v1.36.3") -> str:
    return await DryRuns(cast(Transport, server)).why_not(request, version)


def aggregated(**operation: Any) -> Server:
    """A server behind which another serves example.com, and says that of the deletion of a gadget."""
    return Server(
        **{
            SERVICE: {"spec": {"service": {"name": "gadgets"}}},
            "/openapi/v3/apis/example.com/v1": {"paths": {ONE: {"delete": operation}}},
        }
    )


async def test_what_kubernetes_serves_itself_is_tried_without_a_question() -> None:
    server = Server()
    assert not await why_not(server, Request("PATCH", "/api/v1/namespaces/shop/pods/web"))
    assert not await why_not(server, Request("PATCH", "/apis/apps/v1/namespaces/shop/deployments/web/scale"))
    assert server.asked == []


@pytest.mark.parametrize(
    ("version", "tried"), [("v1.17.9", False), ("v1.18.0", True), ("v1.9.1+x", False), ("v2.0", True)]
)
async def test_a_server_of_old_is_not_asked(version: str, tried: bool) -> None:
    pod = Request("PATCH", "/api/v1/namespaces/shop/pods/web")
    assert await why_not(Server(), pod, version) == ("" if tried else OLD)
    assert await why_not(Server(**{"/version": {"gitVersion": version}}), pod, "") == ("" if tried else OLD)


async def test_custom_resources_are_served_by_kubernetes_too() -> None:
    server = Server(**{SERVICE: {"spec": {}}})
    assert not await why_not(server)
    assert server.asked == [SERVICE]


async def test_an_aggregated_server_is_believed_what_it_says() -> None:
    assert not await why_not(aggregated(parameters=[DRY]))
    assert not await why_not(aggregated(parameters=[{"$ref": "#/components/parameters/dryRun-x"}]))
    said = "the server of example.com/v1 is another, and does not say that it knows dry runs"
    assert await why_not(aggregated(parameters=[{"name": "pretty", "in": "query"}])) == said
    assert await why_not(aggregated(parameters=[DRY]), Request("PATCH", GADGET.path)) == said
    assert await why_not(aggregated(parameters=[DRY]), Request("DELETE", f"{GADGET.path}/status")) == said


async def test_an_older_one_has_one_document_for_all() -> None:
    server = aggregated()
    del server.answers["/openapi/v3/apis/example.com/v1"]
    server.answers["/openapi/v2"] = {"paths": {ONE: {"delete": {"parameters": [DRY]}}}}
    assert not await why_not(server)


@pytest.mark.parametrize("status", [403, 404])
async def test_where_nothing_says_who_serves_it_its_document_decides(status: int) -> None:
    server = aggregated(parameters=[DRY])
    server.answers[SERVICE] = ApiError(status, "", "no")
    assert not await why_not(server)
    del server.answers["/openapi/v3/apis/example.com/v1"]
    assert "cannot be found out" in await why_not(server)


async def test_the_answer_is_remembered_until_it_is_another_server() -> None:
    server = aggregated(parameters=[DRY])
    asker = DryRuns(cast(Transport, server))
    for _ in range(3):
        assert not await asker.why_not(GADGET, "v1.36.3")
    assert len(server.asked) == 2
    asker.forget()
    await asker.why_not(GADGET, "v1.36.3")
    assert len(server.asked) == 4


def test_a_deletion_says_in_its_options_that_it_is_dry() -> None:
    dry = with_dry_run(Request("DELETE", "/x", body={"propagationPolicy": "Orphan"}))
    assert dry.body == {"propagationPolicy": "Orphan", "dryRun": ["All"]}
    assert with_dry_run(Request("DELETE", "/x")).body == {"dryRun": ["All"]}
    assert with_dry_run(Request("PATCH", "/x", body={})).body == {}
    assert with_dry_run(Request("POST", "/x")).query == {"dryRun": "All"}


async def test_nothing_is_sent_to_a_server_that_would_do_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as it:
        define_gadgets(it.server)
        made = it.server.store.put("/apis/example.com/v1/gadgets", "one", "shop")
        target = Target(Key("lab", GADGETS.gvr, "shop", "one"), made["metadata"]["uid"], GADGETS)
        plan = DELETE.plan(await DELETE.gather(it.session.read, [target]), Answers(), NOW)
        (tried,) = await preview(it.session, plan)
        assert not tried.untried, "a custom resource is tried"
        assert len(it.server.tried) == 1
        it.session.dry_runs.forget()
        service = json.dumps({"spec": {"service": {"name": "gadgets"}}})
        it.server.fault(SERVICE, "get", answer(200, service, "application/json"))
        it.server.fault("/openapi/v3/apis/example.com/v1", "get", answer(200, '{"paths": {}}', "application/json"))
        (tried,) = await preview(it.session, plan)
        assert tried.untried == "the server of example.com/v1 is another, and does not say that it knows dry runs"
        assert len(it.server.tried) == 1
        assert it.server.changes == []
        it.session.dry_runs.forget()
        it.server.fault(SERVICE, "get", refuse(403, "Forbidden", "not yours"))
        assert not (await preview(it.session, plan))[0].untried, "its document says that it takes dry runs"


@pytest.mark.parametrize("version", ["1.20", "1.23", "1.36"])
async def test_servers_that_there_have_been(version: str) -> None:
    async with old(parts_of(version)) as it:
        kind = await it.put("deployments.apps")
        target = Target(Key("demo", kind.gvr, "default", "web"), "", kind)
        effect = Effect(target, Request("DELETE", target.path()), "deleted", kubectl(target, "delete"))
        (tried,) = await preview(it.session, Plan("Delete", (effect,)))
        assert not tried.untried
        assert not tried.refused
        assert (await it.session.read(Request("GET", target.path())))["kind"] == "Deployment"
