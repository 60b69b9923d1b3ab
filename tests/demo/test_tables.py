"""Tables, cell by cell as a real server has made them of the same objects (tests/cluster/tables.py)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard

from k9py.demo.api.tables.printer import printers
from k9py.demo.api.tables.table import columns, table_of
from k9py.demo.cluster import Cluster
from k9py.demo.core.catalog import load_catalog
from k9py.demo.http.forms import empty
from tests.demo.asking import START, asking, make_cluster

DATA = Path(__file__).parent / "data"
CAPTURED: list[dict[str, Any]] = msgspec.json.decode(
    zstandard.ZstdDecompressor().decompress((DATA / "tables.json.zst").read_bytes())
)
BOOKMARKS: dict[str, list[Any]] = json.loads((DATA / "bookmark-rows.json").read_bytes())
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"


@pytest.mark.parametrize("captured", CAPTURED, ids=lambda captured: captured["collection"])
def test_cells_are_those_of_the_real_server(captured: dict[str, Any]) -> None:
    cluster = Cluster(captured["now"])
    printer = printers()[captured["collection"]]
    wrong = []
    for obj, row in zip(captured["objects"], captured["rows"], strict=True):
        cells = printer.cells(obj, cluster)
        conditions = printer.conditions(obj) if printer.conditions else []
        if cells != row["cells"] or conditions != row.get("conditions", []):
            wrong.append((obj["metadata"]["name"], cells, row))
    assert not wrong


@pytest.mark.parametrize("collection", BOOKMARKS)
def test_the_row_of_a_bookmark_is_that_of_an_empty_object(collection: str) -> None:
    catalog = load_catalog(frozenset())
    obj = {"metadata": {"resourceVersion": "7"}, **empty(catalog.storage(collection))}
    assert printers()[collection].cells(obj, Cluster(START)) == BOOKMARKS[collection]


def test_every_kind_with_columns_has_cells() -> None:
    assert {name.replace("events.events.k8s.io", "events") for name in columns()} == set(printers())


def _node(status: str = "True", **fields: Any) -> dict[str, Any]:
    return {"metadata": {"name": "n"}, "status": {"conditions": [{"type": "Ready", "status": status}]}, **fields}


@pytest.mark.parametrize(
    ("collection", "obj", "index", "cell"),
    [
        ("nodes", _node(spec={"unschedulable": True}), 1, "Ready,SchedulingDisabled"),
        ("nodes", _node("Unknown"), 1, "NotReady"),
        ("nodes", {"metadata": {"name": "n", "labels": {"kubernetes.io/role": "old"}}}, 2, "old"),
        (
            "apiservices.apiregistration.k8s.io",
            {
                "metadata": {"name": "v1.x"},
                "spec": {"service": {"namespace": "a", "name": "b"}},
                "status": {"conditions": [{"type": "Available", "status": "False", "reason": "MissingEndpoints"}]},
            },
            2,
            "False (MissingEndpoints)",
        ),
        (
            "resourceclaims.resource.k8s.io",
            {"metadata": {"name": "c"}, "status": {"allocation": {"devices": {}}, "reservedFor": [{}]}},
            1,
            "allocated,reserved",
        ),
        (
            "componentstatuses",
            {"metadata": {"name": "etcd-0"}, "conditions": [{"type": "Healthy", "status": "False", "error": "down"}]},
            1,
            "Unhealthy",
        ),
        (
            "pods.metrics.k8s.io",
            {"metadata": {"name": "p"}, "containers": [{"usage": {"cpu": "1500u", "memory": "512Ki"}}] * 2},
            1,
            "3m",
        ),
        (
            "pods.metrics.k8s.io",
            {"metadata": {"name": "p"}, "containers": [{"usage": {"cpu": "0", "memory": "512Ki"}}] * 2},
            2,
            "1Mi",
        ),
    ],
)
def test_states_that_a_healthy_cluster_has_not(collection: str, obj: dict[str, Any], index: int, cell: str) -> None:
    assert printers()[collection].cells(obj, Cluster(START))[index] == cell


async def test_a_table_has_rows_and_as_much_of_the_objects_as_is_asked_for() -> None:
    cluster = make_cluster()
    async with asking(cluster) as client:
        plain = await client.get("/api/v1/namespaces", TABLE)
        assert [column["name"] for column in plain["columnDefinitions"]] == ["Name", "Status", "Age"]
        assert plain["metadata"] == {"resourceVersion": str(cluster.store.version)}
        assert plain["rows"][0]["object"]["kind"] == "PartialObjectMetadata"
        none = await client.get("/api/v1/namespaces?includeObject=None", TABLE)
        assert none["rows"][0]["object"] is None
        whole = await client.get("/api/v1/namespaces/shop?includeObject=Object", TABLE)
        assert whole["rows"][0]["object"]["kind"] == "Namespace"
        beta = await client.get("/api/v1/namespaces/shop", TABLE.replace("v=v1", "v=v1beta1"))
        assert beta["apiVersion"] == "meta.k8s.io/v1beta1"
        wrong = await client.ask("GET", "/api/v1/namespaces?includeObject=All", Accept=TABLE)
        assert wrong.message.endswith("Invalid value: \"All\": must be 'Metadata', 'Object', 'None', or empty")


async def test_ages_are_of_the_time_of_the_cluster() -> None:
    cluster = make_cluster()
    cluster.clock.advance(3 * 3600 + 5 * 60)
    async with asking(cluster) as client:
        table = await client.get("/api/v1/namespaces", TABLE)
    assert table["rows"][0]["cells"] == ["shop", "Active", "3h5m"]


async def test_a_kind_without_columns_has_its_name_and_its_time() -> None:
    cluster = make_cluster()
    cluster.registry.make(
        "roles.rbac.authorization.k8s.io",
        {
            "kind": "Role",
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "metadata": {"name": "r", "namespace": "shop"},
        },
    )
    async with asking(cluster) as client:
        table = await client.get("/apis/rbac.authorization.k8s.io/v1/roles", TABLE)
    assert [column["name"] for column in table["columnDefinitions"]] == ["Name", "Created At"]
    assert table["rows"][0]["cells"] == ["r", "2026-03-01T12:00:00Z"]


def test_flow_schemas_stand_in_order_of_their_precedence() -> None:
    cluster = make_cluster()
    name = "flowschemas.flowcontrol.apiserver.k8s.io"
    served = cluster.catalog.storage(name)
    for schema, precedence in (("a-late", 900), ("z-early", 1)):
        head = {"kind": "FlowSchema", "apiVersion": served.gvr.api_version, "metadata": {"name": schema}}
        cluster.registry.make(name, {**head, "spec": {"matchingPrecedence": precedence}})
    table = table_of(cluster, served, "None").whole(cluster.store.entries(name), {})
    assert [row["cells"][0] for row in table["rows"]] == ["z-early", "a-late"]
