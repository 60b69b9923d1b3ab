"""A shop whose objects belong together: owners, what they name and select, and what is missing; and its events."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from k9py.demo.core.store import Obj
from tests.kube.scripted import ScriptedServer
from tests.ui.pages.objects import DEPLOYMENTS, PODS, ago, fill

REPLICA_SETS = "/apis/apps/v1/replicasets"
CONFIG_MAPS = "/api/v1/configmaps"
ACCOUNTS = "/api/v1/serviceaccounts"
EVENTS = "/api/v1/events"
Json = dict[str, Any]


def uid(name: str) -> str:
    """Always the same for a name."""
    return str(uuid5(NAMESPACE_URL, name))


def owner(kind: str, name: str, api: str = "apps/v1", **more: Any) -> Json:
    """What names an owner."""
    return {"apiVersion": api, "kind": kind, "name": name, "uid": uid(name), "controller": True, **more}


def change(server: ScriptedServer, path: str, name: str, namespace: str = "shop", **metadata: Any) -> Obj:
    """Give an object other metadata."""
    found = server.store.get(path, name, namespace)
    assert found
    return server.store.put(path, name, namespace, **{**found, "metadata": {**found["metadata"], **metadata}})


def put_event(
    server: ScriptedServer,
    name: str,
    about: tuple[str, str] = ("Pod", "web-1"),
    *,
    reason: str = "Pulled",
    message: str = "Container image already present on machine",
    type: str = "Normal",
    count: int = 1,
    first: str = "",
    last: str = "",
    namespace: str = "shop",
    **more: Any,
) -> Obj:
    kind, named = about
    where = {} if kind == "Node" else {"namespace": namespace}
    return server.store.put(
        EVENTS,
        name,
        namespace,
        metadata={"creationTimestamp": first or ago(hours=5)},
        involvedObject={"kind": kind, **where, "name": named, "uid": uid(named), "apiVersion": "v1"},
        reason=reason,
        message=message,
        type=type,
        count=count,
        firstTimestamp=first or ago(hours=5),
        lastTimestamp=last or ago(hours=5),
        source={"component": "kubelet", "host": "worker-a"},
        **more,
    )


def relate(server: ScriptedServer) -> None:
    """Of the shop: who owns what, and what its pods name, be it there or not."""
    fill(server)
    change(server, DEPLOYMENTS, "web", uid=uid("web"))
    labels = {"app": "web"}
    server.store.put(
        REPLICA_SETS,
        "web-6f7c9",
        "shop",
        metadata={
            "uid": uid("web-6f7c9"),
            "creationTimestamp": ago(days=5),
            "ownerReferences": [owner("Deployment", "web")],
            "labels": labels,
        },
        spec={"replicas": 3, "selector": {"matchLabels": labels}},
        status={"replicas": 3, "readyReplicas": 3, "availableReplicas": 3},
    )
    server.store.put(CONFIG_MAPS, "설정", "shop", metadata={"creationTimestamp": ago(days=5)}, data={"a": "1"})
    server.store.put(ACCOUNTS, "seller", "shop", metadata={"creationTimestamp": ago(days=5)})
    for name in ("web-1", "web-2", "web-3"):
        made = change(server, PODS, name, uid=uid(name), ownerReferences=[owner("ReplicaSet", "web-6f7c9")])
        made["spec"]["volumes"] = [
            {"name": "settings", "configMap": {"name": "설정"}},
            {"name": "extra", "configMap": {"name": "extra", "optional": True}},
        ]
        made["spec"]["serviceAccountName"] = "seller"
        made["spec"]["containers"][0]["env"] = [
            {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "login", "key": "password"}}},
            {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "absent", "key": "token"}}},
        ]
        server.store.put(PODS, name, "shop", **made)


def happen(server: ScriptedServer) -> None:
    """What has happened in the shop."""
    relate(server)
    change(server, PODS, "결제-2", uid=uid("결제-2"))
    for number, hours in enumerate((8, 6, 4)):
        put_event(
            server,
            f"결제-2.{number}",
            ("Pod", "결제-2"),
            type="Warning",
            reason="BackOff",
            message="Back-off restarting failed container 결제 🔥",
            count=4,
            first=ago(hours=hours + 1),
            last=ago(hours=hours),
        )
    put_event(server, "web-1.1", last=ago(days=2), first=ago(days=2))
    put_event(server, "web-1.2", reason="Started", message="Container started", last=ago(days=1), first=ago(days=1))
    put_event(
        server,
        "web.1",
        ("Deployment", "web"),
        reason="ScalingReplicaSet",
        message="Scaled up replica set web-6f7c9 from 0 to 3",
        last=ago(days=3),
        first=ago(days=3),
    )
    put_event(
        server,
        "worker-a.1",
        ("Node", "worker-a"),
        namespace="default",
        type="Warning",
        reason="Rebooted",
        message="Node worker-a has been rebooted",
        last=ago(days=4),
        first=ago(days=4),
    )
