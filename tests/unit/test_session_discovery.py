"""What a session knows of the kinds that its server serves, while discovery fails, by half or altogether."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from k9py.demo.core.catalog import Served
from k9py.kinds.wellknown import PODS
from k9py.session import offers as offers_module
from k9py.session import usage as usage_module
from k9py.values.catalog import Catalog
from k9py.values.errors import K9pyError
from k9py.values.resource import Gvr, Resource
from tests.kube.scripted import ScriptedServer, refuse
from tests.kube.scripted.faults import answer
from tests.kube.scripted.kinds import GADGETS, SERVICES, define_gadgets, forget_gadgets, stop_serving
from tests.ui.pages.objects import fill, silence_kubelets
from tests.unit.test_session import Open, opened
from tests.unit.waiting import until

METRICS = "metrics.k8s.io"
AWAY = refuse(503, "ServiceUnavailable", "not now")


def with_gadgets(server: ScriptedServer) -> None:
    fill(server)
    define_gadgets(server)


def without_metrics(server: ScriptedServer) -> None:
    fill(server)
    stop_serving(server, METRICS)


def discoveries(it: Open) -> int:
    return len([seen for seen in it.server.requests if seen.path == "/apis"])


@pytest.mark.parametrize("half", ["/api", "/apis"])
async def test_half_a_discovery_forgets_nothing_of_the_other_half(tmp_path: Path, half: str) -> None:
    async with opened(tmp_path, with_gadgets) as it:
        assert await it.session.known("gadgets") == GADGETS
        before = set(it.session.catalog)
        it.server.fault(half, "get", AWAY)
        await it.session.offers.renew()
        assert "do not answer" in it.session.notes["discovery"]
        assert set(it.session.catalog) == before
        # and what is gone in truth is forgotten as soon as that can be known
        forget_gadgets(it.server)
        await it.session.offers.renew()
        assert it.session.catalog.resolve("gadgets") is None


async def test_an_aggregated_api_that_is_down_keeps_its_kinds(tmp_path: Path) -> None:
    async with opened(tmp_path, with_gadgets) as it:
        assert await it.session.known("gadgets") == GADGETS
        resources = [served.entry for served in it.server.cluster.catalog.in_version("apps", "v1")]
        apps = {"metadata": {"name": "apps"}, "versions": [{"version": "v1", "resources": resources}]}
        dead = {"metadata": {"name": "example.com"}, "versions": [{"version": "v1", "freshness": "Stale"}]}
        body = json.dumps({"kind": "APIGroupDiscoveryList", "items": [dead, apps]})
        it.server.fault("/apis", "get", answer(200, body, "application/json"))
        await it.session.offers.renew()
        assert it.session.catalog.resolve("gadgets") == GADGETS
        assert it.session.catalog.resolve("pods.metrics.k8s.io") is None  # that one is not served any more


async def test_what_the_first_page_shows_is_known_whatever_is_served(tmp_path: Path) -> None:
    def bare(server: ScriptedServer) -> None:
        for served in server.cluster.catalog:
            if served.gvr != SERVICES.gvr:
                server.cluster.catalog.drop(served.gvr)

    async with opened(tmp_path, bare) as it:
        assert await it.session.known("svc") == SERVICES
        assert {"pods", "nodes", "deployments"} <= {resource.gvr.plural for resource in it.session.catalog}


async def test_a_word_is_not_denied_when_the_server_could_not_be_asked(tmp_path: Path) -> None:
    def down(server: ScriptedServer) -> None:
        fill(server)
        for path in ("/api", "/apis"):
            server.fault(path, "get", *[AWAY] * 2)
        server.fault("/version", "get", *[AWAY] * 2)

    async with opened(tmp_path, down) as it:
        with pytest.raises(K9pyError, match="not now"):
            await it.session.find("svc")
        assert await it.session.find("pods") == PODS
        assert await it.session.find("svc") == SERVICES
        assert await it.session.find("nothing") is None


async def test_nor_when_its_half_could_not_be_asked(tmp_path: Path) -> None:
    def half(server: ScriptedServer) -> None:
        fill(server)
        server.fault("/api", "get", *[AWAY] * 3)

    async with opened(tmp_path, half) as it:
        with pytest.raises(K9pyError, match="not now"):
            await it.session.find("svc")


async def test_metrics_that_come_later_are_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage_module, "INTERVAL", 0.01)
    dropped: list[Served] = []

    def later(server: ScriptedServer) -> None:
        fill(server)
        silence_kubelets(server)
        dropped.extend(stop_serving(server, METRICS))

    async with opened(tmp_path, later) as it:
        pods = it.session.open(PODS)
        await until(lambda: bool(it.session.notes.get("metrics")))
        for served in dropped:
            it.server.cluster.catalog.add(served)
        monkeypatch.setattr(offers_module, "HOLD", 0.0)
        await until(lambda: ("shop", "web-1") in pods.collection.joined.usage, "usage")
        assert not it.session.notes["metrics"]


async def test_what_is_not_served_is_not_asked_for_all_the_time(tmp_path: Path) -> None:
    async with opened(tmp_path, without_metrics) as it:
        for _ in range(5):
            assert await it.session.known("pods.metrics.k8s.io") is None
        assert discoveries(it) == 1


def resource(group: str, plural: str) -> Resource:
    return Resource(Gvr(group, "v1", plural), plural.title(), "", True, frozenset({"list", "watch"}))


def test_a_kept_kind_stands_where_it_stood() -> None:
    core, first, second = resource("", "widgets"), resource("a.io", "gears"), resource("b.io", "gears")
    former = Catalog((core, first, second))
    assert list(former.renew((core, second), lambda known: False)) == [core, second]
    kept = former.renew((second,), lambda known: True)
    assert list(kept) == [core, first, second]
    assert kept.resolve("gears") == first
    new = resource("c.io", "cogs")
    assert list(former.renew((new, second), lambda known: known == core)) == [core, second, new]
