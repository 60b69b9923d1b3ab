"""A deletion that is taken back, on the real cluster: kind by kind the object is as it was."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from k9py.actions.action import Answers
from k9py.actions.delete import ACTION as DELETE
from k9py.actions.plan import Target
from k9py.kube.kubeconfig import read_kubeconfig
from k9py.kube.transport import ConnectOptions
from k9py.session.audit import Audit
from k9py.session.faults import Faults
from k9py.session.hub import Hub
from k9py.session.ledger import Ledger
from k9py.session.preview import preview
from k9py.session.session import Session
from k9py.session.tasks import Tasks
from k9py.values.request import Request
from k9py.values.resource import Key
from tests.cluster.conftest import Cluster, Open
from tests.cluster.deleting import confirm, open_table, uid
from tests.cluster.kubectl import Kubectl, wait_until
from tests.cluster.workloads import SLEEP, config_map, deployment, pod, pod_spec, thing
from tests.plans.situations import NOW, essence

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]


def test_undo_makes_it_again(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    kubectl.create(config_map("precious", word="쿠버네티스 🚀"), namespace=namespace)
    was = uid(kubectl, "cm/precious", namespace)
    screen = open_table(k9py, namespace, "cm", "ConfigMaps")
    screen.point_at("ConfigMaps", "precious")
    confirm(screen, "Delete configmap")
    screen.send("y")
    screen.wait(r"Delete configmap \S+/precious: gone")
    screen.command("undo")
    screen.wait(r"Delete configmap \S+/precious")
    screen.settle(0.3)
    screen.send("u")
    screen.wait_dialog(r"^Undo: Delete configmap")
    screen.wait(r"kubectl create -f -")
    screen.wait(r"asking the server", gone=True)
    screen.settle(0.15)
    screen.send("y")
    wait_until(lambda: uid(kubectl, "cm/precious", namespace), "it is there again")
    assert uid(kubectl, "cm/precious", namespace) != was
    assert kubectl.json("get", "cm/precious", "-n", namespace)["data"] == {"word": "쿠버네티스 🚀"}


LABELS = {"app": "again"}
TEMPLATE = {"metadata": {"labels": LABELS}, "spec": pod_spec()}
AGAIN = (
    pod("again"),
    deployment("again", 1, SLEEP),
    thing("Service", "again", labels=LABELS, spec={"type": "NodePort", "selector": LABELS, "ports": [{"port": 80}]}),
    thing("Secret", "again", stringData={"a": "b"}),
    thing("ServiceAccount", "again"),
    thing("Job", "again", "batch/v1", spec={"template": {"spec": {**pod_spec(), "restartPolicy": "Never"}}}),
    thing(
        "StatefulSet",
        "again",
        "apps/v1",
        spec={"selector": {"matchLabels": LABELS}, "serviceName": "x", "template": TEMPLATE},
    ),
    thing("DaemonSet", "again", "apps/v1", spec={"selector": {"matchLabels": LABELS}, "template": TEMPLATE}),
    thing(
        "PersistentVolumeClaim",
        "again",
        spec={"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}},
    ),
    thing("NetworkPolicy", "again", "networking.k8s.io/v1", spec={"podSelector": {}}),
    thing("Role", "again", "rbac.authorization.k8s.io/v1")
    | {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]},
    thing("PodDisruptionBudget", "again", "policy/v1", spec={"minAvailable": 1, "selector": {"matchLabels": LABELS}}),
    thing(
        "HorizontalPodAutoscaler",
        "again",
        "autoscaling/v2",
        spec={"maxReplicas": 3, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"}},
    ),
    thing("Lease", "again", "coordination.k8s.io/v1", spec={"holderIdentity": "me"}),
)


@pytest.fixture
async def session(cluster: Cluster) -> AsyncIterator[Session]:
    kubeconfig = read_kubeconfig(str(cluster.kubeconfig), {})
    hub = Hub(kubeconfig, ConnectOptions())
    yield await hub.open(kubeconfig.current)
    await hub.close()


@pytest.mark.parametrize("manifest", AGAIN, ids=lambda manifest: manifest["kind"])
async def test_undo_leaves_it_as_it_was(
    session: Session, kubectl: Kubectl, namespace: str, manifest: dict[str, Any], tmp_path: Path
) -> None:
    kubectl.create(manifest, namespace=namespace)
    group, _, version = manifest["apiVersion"].rpartition("/")
    resource = await session.find(f"{manifest['kind'].lower()}.{version}.{group}".rstrip("."))
    assert resource
    read = Request("GET", resource.path(namespace, "again"))
    before = await session.read(read)
    target = Target(Key(session.context.name, resource.gvr, namespace, "again"), before["metadata"]["uid"], resource)
    facts = await DELETE.gather(session.read, [target])
    plan = DELETE.plan(facts, Answers(), NOW)
    for forecast in await preview(session, plan):
        assert not forecast.refused + forecast.untried
    assert (await session.read(read))["metadata"]["uid"] == target.uid, "a dry run deletes nothing"
    assert "deletionTimestamp" not in (await session.read(read))["metadata"]
    ledger = Ledger(Audit(tmp_path / "audit.jsonl"), Tasks(Faults()))
    job, _ = await ledger.carry_out(session, plan)
    assert not job.failed
    wait_until(lambda: not uid(kubectl, f"{resource.gvr.full_name}/again", namespace), "it is gone")
    assert job.undo
    for forecast in await preview(session, job.undo):
        assert not forecast.refused + forecast.untried
    undone, _ = await ledger.carry_out(session, job.undo)
    assert not undone.failed, [outcome.failed for outcome in undone.failed]
    after = await session.read(read)
    kubectl("delete", f"{resource.gvr.full_name}/again", "-n", namespace, "--wait=false")
    assert without_chance(essence(after)) == without_chance(essence(before))


def without_chance(found: Any) -> Any:
    """An object without what is another each time: where a pod is scheduled, what a controller counts."""
    if found["kind"] == "Pod":
        found["spec"].pop("nodeName", None)
    (found["metadata"].get("annotations") or {}).pop("deployment.kubernetes.io/revision", None)
    if not found["metadata"].get("annotations"):
        found["metadata"].pop("annotations", None)
    return found
