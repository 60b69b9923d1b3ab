"""Who owns which fields: managedFields of writes, and server-side apply beside kubectl's own apply."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from k9py.demo.api.apply import apply, stamp, stamped
from k9py.demo.api.gotypes import as_go, canonical_quantity, canonical_time
from k9py.demo.api.managed_fields import decode, encode, in_order, text_of
from k9py.demo.api.managed_values import merged_order
from k9py.demo.api.registry import Intent
from k9py.demo.api.target import Target
from k9py.demo.cluster import Cluster
from k9py.demo.core.status import StatusError
from k9py.demo.core.store import Obj
from tests.demo.asking import make_cluster

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def config_map(**data: Any) -> Obj:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": data}


def target_of(cluster: Cluster, plural: str = "configmaps", group: str = "", version: str = "v1") -> Target:
    served = cluster.catalog.find(group, version, plural)
    assert served
    return Target(served, "shop", "settings")


def applied(cluster: Cluster, manager: str, obj: Obj, force: bool = False) -> Obj:
    found, _ = apply(cluster, target_of(cluster), copy.deepcopy(obj), force, Intent(manager, trusted=False))
    return found


def write(cluster: Cluster, manager: str, **data: Any) -> Obj:
    """An update by a person, of some keys."""
    served = target_of(cluster).served

    def change(old: Obj) -> Obj:
        new = copy.deepcopy(old)
        new["data"] = {**old.get("data", {}), **data}
        stamp(cluster, served, old, new, Intent(manager), "Update", "")
        return new

    return cluster.registry.update(served, "shop", "settings", change, Intent(manager, trusted=False))


def owners(obj: Obj) -> dict[str, list[str]]:
    """What each manager owns, as errors write it."""
    entries = obj["metadata"].get("managedFields", [])
    return {entry["manager"]: [text_of(path) for path in in_order(decode(entry["fieldsV1"]))] for entry in entries}


def test_who_writes_a_field_takes_it_from_who_had_it() -> None:
    cluster = make_cluster()
    applied(cluster, "first", config_map(a="1", b="1"))
    found = write(cluster, "second", a="2")
    assert owners(found) == {"first": [".data.b"], "second": [".data.a"]}
    assert owners(write(cluster, "second", a="2")) == owners(found)  # nothing has changed


def test_of_many_who_only_update_the_oldest_become_one() -> None:
    cluster = make_cluster()
    applied(cluster, "applier", config_map(a="1"))
    for number in range(12):
        cluster.clock.advance(1)
        found = write(cluster, f"editor-{number:02}", **{f"key-{number}": "x"})
    names = list(owners(found))
    assert names == ["applier", "ancient-changes", *(f"editor-{number:02}" for number in range(3, 12))]
    assert owners(found)["ancient-changes"] == [".data.key-0", ".data.key-1", ".data.key-2"]


def test_what_the_world_has_made_is_told_of_once_somebody_applies() -> None:
    cluster = make_cluster()
    cluster.registry.make("configmaps", {**config_map(a="1"), "metadata": {"name": "settings", "namespace": "shop"}})
    assert owners(write(cluster, "somebody", b="2")) == {}
    found = applied(cluster, "applier", config_map(b="2", c="3"))
    assert owners(found) == {
        "applier": [".data.b", ".data.c"],
        "before-first-apply": [".data", ".data.a", ".data.b"],
    }


def test_a_controllers_change_is_told_of_where_others_are() -> None:
    cluster = make_cluster()
    served = target_of(cluster).served

    def change(old: Obj) -> Obj:
        old["data"] = {"replicas": "3"}
        return old

    applied(cluster, "applier", config_map(replicas="1", other="x"))
    wrapped = stamped(cluster, served, change, "horizontal-pod-autoscaler", "scale")
    found = cluster.registry.update(served, "shop", "settings", wrapped)
    assert owners(found) == {"horizontal-pod-autoscaler": [".data.replicas"]}
    assert found["metadata"]["managedFields"][0]["subresource"] == "scale"
    version = found["metadata"]["resourceVersion"]
    assert cluster.registry.update(served, "shop", "settings", wrapped)["metadata"]["resourceVersion"] == version


def test_kubectl_may_apply_over_what_its_own_client_side_apply_has_set() -> None:
    cluster = make_cluster()
    served = target_of(cluster).served
    sent = config_map(a="1", b="1")
    new = as_go(copy.deepcopy(sent))
    new["metadata"] |= {"namespace": "shop", "annotations": {LAST_APPLIED: json.dumps(sent)}}
    intent = Intent("kubectl-client-side-apply", trusted=False)
    stamp(cluster, served, None, new, intent, "Update", "")
    cluster.registry.create(served, new, intent)
    with pytest.raises(StatusError, match="Apply failed with 1 conflict"):
        applied(cluster, "somebody", config_map(a="2"))
    found = applied(cluster, "kubectl", config_map(a="2"))
    assert found["data"] == {"a": "2", "b": "1"}
    assert json.loads(found["metadata"]["annotations"][LAST_APPLIED])["data"] == {"a": "2"}
    write(cluster, "editor", a="3")
    with pytest.raises(StatusError, match=r'conflict with "editor" using v1: \.data\.a'):
        applied(cluster, "kubectl", config_map(a="4"))


def test_an_apply_that_changes_nothing_leaves_the_object_as_it_is() -> None:
    cluster = make_cluster()
    first = applied(cluster, "applier", config_map(a="1"))
    cluster.clock.advance(60)
    assert applied(cluster, "applier", config_map(a="1")) == first


def test_a_dry_run_of_an_apply_stores_nothing() -> None:
    cluster = make_cluster()
    intent = Intent("applier", dry_run=True, trusted=False)
    found, created = apply(cluster, target_of(cluster), config_map(a="1"), False, intent)
    assert (found["data"], created) == ({"a": "1"}, True)
    assert cluster.registry.read("configmaps", "shop", "settings") is None


def test_a_list_in_two_orders() -> None:
    assert merged_order(list("abc"), list("cx")) == list("abcx")
    assert merged_order(list("abc"), list("xa")) == list("xabc")
    assert merged_order(list("abcd"), list("cb")) == list("acdb")


def test_fields_are_written_as_they_were_read() -> None:
    fields = {
        "f:metadata": {"f:labels": {".": {}, "f:app": {}}},
        "f:spec": {"f:ports": {'k:{"containerPort":80,"protocol":"TCP"}': {".": {}, "f:containerPort": {}}}},
        "f:tags": {'v:"a"': {}},
    }
    assert encode(decode(fields)) == fields
    assert [text_of(path) for path in in_order(decode(fields))] == [
        ".metadata.labels",
        ".metadata.labels.app",
        '.spec.ports[containerPort=80,protocol="TCP"]',
        '.spec.ports[containerPort=80,protocol="TCP"].containerPort',
        '.tags[="a"]',
    ]


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("0.5", "500m"),
        ("1000m", "1"),
        (2, "2"),
        ("1024Mi", "1Gi"),
        ("1.5Gi", "1536Mi"),
        ("1.5Ki", "1536"),
        ("128974848", "128974848"),
        ("2000", "2k"),
        ("1e3", "1e3"),
        ("0.1m", "100u"),
        ("0", "0"),
        ("-5", "-5"),
        ("much", "much"),
        (True, True),
    ],
)
def test_quantities_are_stored_in_their_canonical_form(written: Any, canonical: Any) -> None:
    assert canonical_quantity(written) == canonical


def test_times_are_stored_in_utc_and_whole_seconds() -> None:
    assert canonical_time("2026-01-02T03:04:05.678+01:00") == "2026-01-02T02:04:05Z"
    assert canonical_time("yesterday") == "yesterday"


def test_an_object_has_what_its_type_has_and_not_what_is_empty() -> None:
    container = {"name": "c", "image": "", "env": [], "resources": {"limits": {"cpu": "0.5"}}, "unknown": 1}
    pod = as_go({"apiVersion": "v1", "kind": "Pod", "metadata": {"labels": {}}, "spec": {"containers": [container]}})
    expected = {"name": "c", "resources": {"limits": {"cpu": "500m"}}}
    assert pod == {
        "kind": "Pod",
        "apiVersion": "v1",
        "metadata": {},
        "spec": {"containers": [expected]},
        "status": {},
    }
