"""Kinds of a real cluster say how they are, lead to what they are about, and show what one asks for beside them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator

import pytest

from tests.cluster.conftest import Open
from tests.cluster.kubectl import Kubectl
from tests.cluster.screen import cells
from tests.cluster.workloads import SLEEP, crd, deployment, pod, thing

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

OWNER = "결제 팀 🎉"


@pytest.fixture(scope="module", autouse=True)
def objects(kubectl: Kubectl, namespace: str) -> None:
    def selecting(app: str, **more: object) -> dict[str, object]:
        template = {"metadata": {"labels": {"app": app}}, "spec": pod("x")["spec"]}
        return {"selector": {"matchLabels": {"app": app}}, "template": template, **more}

    once = {"spec": {**pod("x")["spec"], "restartPolicy": "Never"}}
    yearly = {"schedule": "0 0 1 1 *", "jobTemplate": {"spec": {"template": once}}}
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, "storageClassName": "no"}
    backend = {"service": {"name": "numbered", "port": {"number": 80}}}
    rules = [{"http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}]
    scaled = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    guarded = {"minAvailable": 1, "selector": {"matchLabels": {"app": "numbered"}}}
    kubectl.create(
        deployment("web", 1, SLEEP),
        thing("StatefulSet", "numbered", "apps/v1", spec=selecting("numbered", replicas=1, serviceName="numbered")),
        thing("Service", "numbered", spec={"ports": [{"port": 80}], "selector": {"app": "numbered"}}),
        thing("Service", "balanced", spec={"type": "LoadBalancer", "ports": [{"port": 80}]}),
        thing("CronJob", "yearly", "batch/v1", spec=yearly),
        thing("CronJob", "monthly", "batch/v1", spec=yearly),
        thing("PersistentVolumeClaim", "claim", spec=claim),
        thing("Ingress", "entry", "networking.k8s.io/v1", spec={"rules": rules}),
        thing("PodDisruptionBudget", "guard", "policy/v1", spec=guarded),
        thing("HorizontalPodAutoscaler", "auto", "autoscaling/v2", spec={"scaleTargetRef": scaled, "maxReplicas": 3}),
        namespace=namespace,
    )
    kubectl("create", "job", "yearly-1", "--from=cronjob/yearly", "-n", namespace)
    kubectl("rollout", "status", "statefulset/numbered", "-n", namespace, "--timeout=120s")
    kubectl.wait("job/yearly-1", "jsonpath={.status.ready}=1", namespace)


@pytest.fixture
def certs(kubectl: Kubectl, namespace: str) -> Iterator[str]:
    """A kind whose server-side table says nothing of health."""
    group = f"k9py-{secrets.token_hex(2)}.example.com"
    made = crd("certs", "Cert", group, [])
    del made["spec"]["versions"][0]["additionalPrinterColumns"]
    made["spec"]["versions"][0]["subresources"] = {"status": {}}
    kubectl.create(made)
    kubectl.wait(f"crd/certs.{group}", "condition=Established")
    kubectl.wait_served("certs", group)
    one = thing("Cert", "site-in-seoul", f"{group}/v1", labels={"app.kubernetes.io/name": "shop"})
    one["metadata"]["annotations"] = {"example.com/owner": OWNER}
    kubectl.create(one, namespace=namespace)
    yield f"certs.{group}"
    kubectl("delete", "crd", f"certs.{group}")


def test_a_custom_resource_is_as_well_as_its_conditions_say(
    k9py: Open, kubectl: Kubectl, namespace: str, certs: str
) -> None:
    def told(status: str, reason: str) -> None:
        condition = {"type": "Ready", "status": status, "reason": reason}
        patch = json.dumps({"status": {"conditions": [condition]}})
        kubectl("patch", certs, "site-in-seoul", "-n", namespace, "--subresource=status", "--type=merge", "-p", patch)

    screen = k9py("-n", namespace, "-c", f"{certs} -L app.kubernetes.io/name,@example.com/owner")
    pane = screen.wait_row("Certs", "site-in-seoul", "shop", *OWNER.split())
    assert cells(pane.header.replace("↑", "")) == ["NAME", "LABEL NAME", "@OWNER", "CONDITIONS", "AGE"], (
        "a label named name"
    )
    told("False", "Pending")
    screen.wait_row("Certs", "site-in-seoul", "◐", "Ready=False", "(Pending)")
    told("False", "NoIssuer")
    screen.wait_row("Certs", "site-in-seoul", "✖", "Ready=False", "(NoIssuer)")
    told("True", "Issued")
    screen.wait_row("Certs", "site-in-seoul", "●", "Ready")
    kubectl("annotate", certs, "site-in-seoul", "-n", namespace, "--overwrite", "example.com/owner=someone")
    screen.wait_row("Certs", "site-in-seoul", "someone")


def test_labels_and_annotations_beside_pods(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    kubectl("annotate", "pod", "numbered-0", "-n", namespace, "--overwrite", f"note={OWNER}")
    screen = k9py("-n", namespace, "-c", "pods -L app,@note app=numbered")
    pane = screen.wait_row("Pods", "numbered-0", "numbered", *OWNER.split(), "1/1")
    assert cells(pane.header.replace("↑", ""))[:4] == ["NAME", "APP", "@NOTE", "READY"]
    assert pane.names == ["numbered-0"]


#: A command, a row, what it says of how it is, and the pane and row that enter leads to.
ROWS = (
    ("svc", "Services", "balanced", "◐ LoadBalancer", "", ""),
    ("pvc", "PersistentVolumeClaims", "claim", "◐ Pending", "", ""),
    ("sts", "StatefulSets", "numbered", "● 1/1", "Pods", "numbered-0"),
    ("cj", "CronJobs", "yearly", "● False", "Jobs", "yearly-1"),
    ("pdb", "PodDisruptionBudgets", "guard", "▲ 1", "Pods", "numbered-0"),
    ("hpa", "HorizontalPodAutoscalers", "auto", "Deployment/web", "Deployments", "web"),
    ("ing", "Ingresses", "entry", "80", "Services", "numbered"),
)


def test_kinds_say_how_they_are_and_lead_to_what_they_are_about(k9py: Open, namespace: str) -> None:
    screen = k9py("-n", namespace, size=(200, 50))
    screen.wait_row("Pods", "numbered-0")
    for command, title, name, says, leads, there in ROWS:
        screen.command(command)
        screen.wait_row(title, name, *says.split())
        if leads:
            screen.point_at(title, name)
            screen.send("enter")
            assert screen.wait_row(leads, there).names == [there]


def test_workloads_of_all_kinds_in_one_table(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    screen = k9py("-n", namespace, "-c", "wk")
    for kind, name, *says in (
        ("Deployment", "web", "1/1", "●", "OK"),
        ("StatefulSet", "numbered", "1/1", "●", "OK"),
        ("CronJob", "yearly", "0", "active", "●", "Scheduled"),
    ):
        pane = screen.wait_row("Workloads", name, kind, *says)
    assert len(pane.rows) == 4, "what a workload has made is no row of its own"
    kubectl("patch", "cronjob", "monthly", "-n", namespace, "-p", '{"spec":{"suspend":true}}')
    screen.wait_row("Workloads", "monthly", "○", "Suspended")
    screen.filter("numbered")
    screen.wait_title("Workloads", r"Workloads 1 of 4 ")
    screen.send("y")
    screen.wait(r"kind: StatefulSet")
    screen.send("esc")
    screen.wait_row("Workloads", "numbered")
    screen.send("enter")
    assert screen.wait_row("Pods", "numbered-0").names == ["numbered-0"]
