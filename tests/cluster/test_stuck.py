"""What does not go away, read back with the real kubectl: finalizers, claims in use, namespaces that are stuck."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cluster.conftest import Cluster, Open
from tests.cluster.deleting import confirm, open_table, uid
from tests.cluster.kubectl import Kubectl, wait_until
from tests.cluster.workloads import config_map, crd, pod_spec, thing

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

GROUP = "delete.k9py.test"
GUARD = f"{GROUP}/guard"


@pytest.fixture(scope="module")
def gadgets(kubectl: Kubectl, namespace: str) -> Iterator[str]:
    """A kind of one's own that no controller looks after: its finalizers stay."""
    kubectl.apply(crd("gadgets", "Gadget", GROUP, []))
    kubectl.wait(f"crd/gadgets.{GROUP}", "condition=Established")
    kubectl.wait_served("gadgets", GROUP)
    yield f"gadgets.{GROUP}"
    kubectl("delete", "crd", f"gadgets.{GROUP}", "--wait=false")


def gadget(name: str, *finalizers: str) -> dict[str, Any]:
    found = thing("Gadget", name, f"{GROUP}/v1", spec={"size": 3})
    found["metadata"]["finalizers"] = list(finalizers)
    return found


def test_finalizers_are_explained_and_removed(k9py: Open, kubectl: Kubectl, namespace: str, gadgets: str) -> None:
    kubectl.create(gadget("held", GUARD), namespace=namespace)
    screen = open_table(k9py, namespace, gadgets, "Gadgets")
    confirm(screen, "Delete gadget")
    screen.send("y")
    screen.wait(rf"Delete gadget \S+/held: terminating: waits for its finalizers {GUARD}")
    assert uid(kubectl, f"{gadgets}/held", namespace)
    confirm(screen, "Delete gadget")
    screen.wait(r"left alone: it is terminating for")
    screen.wait(rf"waits for {GUARD}: the controller of {GROUP}")
    screen.send("f")
    screen.wait(rf"skipped: {GUARD}")
    screen.wait(rf"-   - {GUARD}|-   finalizers")
    screen.settle(0.15)
    screen.send("y")
    screen.wait(r"Delete gadget \S+/held: gone")
    assert not uid(kubectl, f"{gadgets}/held", namespace)


def test_a_claim_that_a_pod_uses_waits_for_it(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    claim = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Mi"}},
        "storageClassName": "",
        "volumeName": "delete-volume",
    }
    volume = {
        "capacity": {"storage": "1Mi"},
        "accessModes": ["ReadWriteOnce"],
        "hostPath": {"path": "/tmp"},
        "claimRef": {"namespace": namespace, "name": "data"},
    }
    mounts = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    kubectl.create(thing("PersistentVolume", "delete-volume", spec=volume))
    kubectl.create(thing("PersistentVolumeClaim", "data", spec=claim), namespace=namespace)
    kubectl.create(thing("Pod", "user", spec={**pod_spec(), "volumes": mounts}), namespace=namespace)
    try:
        kubectl.wait("pod/user", "condition=Ready", namespace)
        screen = open_table(k9py, namespace, "pvc", "PersistentVolumeClaims")
        confirm(screen, "Delete persistentvolumeclaim")
        screen.wait(r"data is mounted by pod user, and goes after them")
        screen.wait(r"reclaim policy Retain: its volume delete-volume stays with its data")
        screen.send("y")
        screen.wait(r"terminating: waits for its finalizers kubernetes.io/pvc-protection")
        confirm(screen, "Delete persistentvolumeclaim")
        screen.wait(r"kubernetes.io/pvc-protection: a pod still uses it \(pod user\)")
        kubectl("delete", "pod/user", "-n", namespace)
        wait_until(lambda: not uid(kubectl, "pvc/data", namespace), "the claim is gone after its pod")
    finally:
        kubectl("delete", "pod/user", "-n", namespace, "--ignore-not-found")
        kubectl("delete", "pv/delete-volume")


def test_a_stuck_namespace_says_what_is_left_in_it(
    k9py: Open, kubectl: Kubectl, cluster: Cluster, gadgets: str
) -> None:
    name = cluster.make_namespace("stuck")
    kubectl.create(gadget("one", GUARD), config_map("plain", a="b"), namespace=name)
    screen = k9py("-c", "ns")
    screen.point_at("Namespaces", name)
    confirm(screen, rf"Delete namespace {name}$")
    screen.wait(rf"with it goes all that is in it: .*1 {gadgets}")
    screen.send("y")
    screen.wait(r"terminating: waits until what is in it has gone")
    wait_until(lambda: GUARD in kubectl("get", "namespace", name, "-o", "jsonpath={.status.conditions}"), "it is stuck")
    confirm(screen, "Delete namespace")
    screen.wait(rf"still holds 1 {gadgets}, held by {GUARD}")
    screen.wait(rf"held by finalizers: {GUARD} in 1 resource instances")
    screen.send("esc")
    screen.wait(r"left alone", gone=True)
    kubectl.patch(f"{gadgets}/one", {"metadata": {"finalizers": None}}, name, "--type=merge")
    wait_until(lambda: not uid(kubectl, f"namespace/{name}"), "the namespace is gone")


def test_a_namespace_is_finalized(k9py: Open, kubectl: Kubectl, cluster: Cluster, gadgets: str) -> None:
    name = cluster.make_namespace("forced")
    kubectl.create(gadget("one", GUARD), namespace=name)
    kubectl("delete", "namespace", name, "--wait=false")
    screen = k9py("-c", "ns")
    screen.point_at("Namespaces", name)
    confirm(screen, rf"Delete namespace {name}$")
    screen.send("f")
    screen.wait(r"what is still in it stays behind")
    screen.wait(r"-   - kubernetes")
    screen.settle(0.15)
    screen.send("y")
    screen.wait(rf"Delete namespace {name}: gone")
    assert not uid(kubectl, f"namespace/{name}")
    # what is behind is reached again in a namespace of that name only
    kubectl("create", "namespace", name)
    kubectl.patch(f"{gadgets}/one", {"metadata": {"finalizers": None}}, name, "--type=merge")
    kubectl("delete", "namespace", name, "--wait=false")
