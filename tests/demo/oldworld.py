"""A session of k9py's on an embedded cluster that lacks parts, in the event loop of the test, and some things in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from k9py.demo.cluster import Cluster
from k9py.demo.plan import Plan
from k9py.demo.serve import build, serving
from k9py.kinds.kind import Columns
from k9py.kinds.registry import kind_for
from k9py.kube.kubeconfig import Kubeconfig
from k9py.kube.transport import ConnectOptions
from k9py.session.feed import Feed
from k9py.session.hub import Hub
from k9py.session.session import Session
from k9py.values.batch import Phase
from k9py.values.request import Request
from k9py.values.resource import Resource

NOW = 1_800_000_000.0
Obj = dict[str, Any]

TALK = "i=0; while true; do i=$((i+1)); echo line $i; sleep 1; done"
POD: Obj = {
    "metadata": {"labels": {"app": "web"}},
    "spec": {"containers": [{"name": "main", "image": "busybox:1.36", "command": ["sh", "-c", TALK]}]},
}
SELECTOR: Obj = {"matchLabels": {"app": "web"}}
CRD: Obj = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "gadgets.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"plural": "gadgets", "singular": "gadget", "kind": "Gadget", "shortNames": ["gd"]},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
                "additionalPrinterColumns": [{"name": "Colour", "type": "string", "jsonPath": ".spec.colour"}],
            }
        ],
    },
}
HPA = {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}, "maxReplicas": 9}
BODIES: Mapping[str, Obj] = {
    "deployments.apps": {"spec": {"replicas": 2, "selector": SELECTOR, "template": POD}},
    "services": {"spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}},
    "cronjobs.batch": {
        "spec": {
            "schedule": "0 3 * * *",
            "jobTemplate": {"spec": {"template": {"spec": {**POD["spec"], "restartPolicy": "Never"}}}},
        }
    },
    "poddisruptionbudgets.policy": {"spec": {"minAvailable": 1, "selector": SELECTOR}},
    "horizontalpodautoscalers.autoscaling": {"spec": HPA},
    "gadgets.example.com": {"spec": {"colour": "red"}},
}
"""What is put into the cluster by its users, each named web."""


@dataclass
class Old:
    """A session, its cluster, and the faults that it has told."""

    cluster: Cluster
    session: Session
    faults: list[str] = field(default_factory=list)
    kubeconfig: str = ""

    async def kind(self, word: str) -> Resource:
        """The kind that a word names; it must be there."""
        found = await self.session.find(word)
        assert found is not None, f"{word} is not served"
        return found

    async def live(self, word: str, namespace: str = "") -> Feed:
        """A feed of what a word names, once it is live."""
        feed = self.session.open(await self.kind(word), namespace)
        await self.until(lambda: feed.state.phase is Phase.LIVE, f"{word} live, not {feed.state}")
        return feed

    async def put(self, word: str, name: str = "web", **fields: Any) -> Resource:
        """Create an object as a person does, in the version that is served."""
        kind = await self.kind(word)
        body = {
            **(fields or BODIES[kind.gvr.full_name]),
            "apiVersion": kind.gvr.api_version,
            "kind": kind.kind,
        }
        body["metadata"] = {**body.get("metadata", {}), "name": name}
        await self.session.transport.send(Request("POST", kind.path("default"), body=body))
        return kind

    async def until(self, condition: Callable[[], bool], what: str, step: float = 0.1) -> None:
        """Let the cluster's time pass until a condition holds."""
        end = asyncio.get_running_loop().time() + 20
        while not condition():
            assert asyncio.get_running_loop().time() < end, f"never came to be: {what}"
            self.cluster.clock.advance(step)
            await asyncio.sleep(0.001)


@asynccontextmanager
async def old(off: frozenset[str], make: Callable[[], Cluster] | None = None) -> AsyncIterator[Old]:
    """A session on a new cluster without those parts."""
    cluster = make() if make else build(Plan(empty=True, off=off), NOW)
    async with serving(cluster) as running:

        async def text() -> str:
            return running.kubeconfig

        hub = Hub(Kubeconfig((), (), ""), ConnectOptions(), embedded=text)
        it = Old(cluster, await hub.open(await hub.add_embedded()), kubeconfig=running.kubeconfig)
        hub.faults.tell = it.faults.append
        try:
            yield it
        finally:
            await hub.close()


def titles(feed: Feed) -> list[str]:
    """The columns of a feed as its table shows them."""
    columns: Columns = kind_for(feed.resource).columns
    return [column.title for column in columns(feed.collection.columns)]


def cells(feed: Feed, name: str, namespace: str = "default") -> dict[str, str]:
    """The cells of one row by the column's title; empty where there is no such row."""
    record = feed.collection.records.get((namespace, name))
    shown = kind_for(feed.resource).columns(feed.collection.columns)
    return {column.title: column.cell(record.obj, feed.collection.joined).text for column in shown} if record else {}
