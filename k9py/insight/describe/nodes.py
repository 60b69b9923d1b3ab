"""Nodes, with the pods that run on them and what these ask for."""

from __future__ import annotations

from urllib.parse import quote

from k9py.insight.describe.amounts import ZERO, Amounts, add, of_pod, read_amounts
from k9py.insight.describe.conditions import conditions_of
from k9py.insight.describe.facts import Obj, ago, each, sub, text, texts, when
from k9py.insight.describe.placement import say_toleration
from k9py.insight.describe.sheet import NONE, UNSET, Cell, Said, Sheet
from k9py.insight.describe.subject import Asks, Describer, Subject, annotations_of, labels_of
from k9py.insight.describe.template import PODS
from k9py.values.request import Request

LEASE = "lease"
_ROLE = "node-role.kubernetes.io/"
_OLD_ROLE = "kubernetes.io/role"


def ask(found: Obj) -> Asks:
    """Its lease, which its kubelet renews, and its pods that have not ended."""
    name = text(found, "metadata", "name")
    fields = f"spec.nodeName={name},status.phase!=Succeeded,status.phase!=Failed"
    lease = f"/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/{quote(name, safe='')}"
    return {LEASE: Request("GET", lease), PODS: Request("GET", "/api/v1/pods", {"fieldSelector": fields})}


def describe(sheet: Sheet, subject: Subject) -> None:
    """What it is, how it is, what it has, and what runs there."""
    node = subject.found
    _write_roles(sheet, subject)
    taints = sorted(each(node, "spec", "taints"), key=lambda taint: text(taint, "effect"))
    sheet.listing("Taints", map(say_toleration, taints))
    cordoned = text(node, "spec", "unschedulable", none="false")
    sheet.field("Unschedulable", Cell(cordoned, "bad" if cordoned == "true" else None))
    _write_lease(sheet, subject)
    conditions_of(sheet, node, "LastHeartbeatTime", "LastTransitionTime")
    _write_facts(sheet, node)
    _write_pods(sheet, subject)


def _write_roles(sheet: Sheet, subject: Subject) -> None:
    labels = sub(subject.found, "metadata", "labels")
    roles = {name.removeprefix(_ROLE) for name in labels if name.startswith(_ROLE)} - {""}
    roles |= {text(labels, _OLD_ROLE)} - {""}
    sheet.field("Name", subject.name)
    sheet.field("Roles", ",".join(sorted(roles)) or NONE)
    labels_of(sheet, subject.found)
    annotations_of(sheet, subject.found)
    sheet.field("CreationTimestamp", when(subject.found, "metadata", "creationTimestamp"))


def _write_lease(sheet: Sheet, subject: Subject) -> None:
    if why := subject.why_not(LEASE):
        sheet.field("Lease", why)
        return
    lease = sub(subject.beside(LEASE), "spec")
    sheet.section("Lease")
    sheet.field("HolderIdentity", text(lease, "holderIdentity", none=UNSET), level=1)
    sheet.field("AcquireTime", when(lease, "acquireTime"), level=1)
    sheet.field("RenewTime", when(lease, "renewTime"), level=1)


_SYSTEM = (
    ("Machine ID", "machineID"),
    ("System UUID", "systemUUID"),
    ("Boot ID", "bootID"),
    ("Kernel Version", "kernelVersion"),
    ("OS Image", "osImage"),
    ("Operating System", "operatingSystem"),
    ("Architecture", "architecture"),
    ("Container Runtime Version", "containerRuntimeVersion"),
    ("Kubelet Version", "kubeletVersion"),
    ("Kube-Proxy Version", "kubeProxyVersion"),
)


def _write_facts(sheet: Sheet, node: Obj) -> None:
    sheet.section("Addresses")
    for address in each(node, "status", "addresses"):
        sheet.field(text(address, "type"), text(address, "address"), level=1)
    for title in ("Capacity", "Allocatable"):
        amounts = sub(node, "status", title.lower())
        sheet.section(title)
        for name in sorted(amounts):
            sheet.field(name, text(amounts, name), level=1)
    sheet.section("System Info")
    for label, field in _SYSTEM:
        value = text(node, "status", "nodeInfo", field)
        if value or field != "kubeProxyVersion":
            sheet.field(label, value, level=1)
    for label, value in (
        ("PodCIDR", text(node, "spec", "podCIDR")),
        ("PodCIDRs", ",".join(texts(node, "spec", "podCIDRs"))),
        ("ProviderID", text(node, "spec", "providerID")),
    ):
        if value:
            sheet.field(label, value)


def _write_pods(sheet: Sheet, subject: Subject) -> None:
    if why := subject.why_not(PODS):
        sheet.field("Non-terminated Pods", why)
        return
    pods, whole = subject.items(PODS), read_amounts(sub(subject.found, "status", "allocatable"))
    sheet.field("Non-terminated Pods", f"({len(pods)} in total)")
    asked = [(of_pod(pod, "requests"), of_pod(pod, "limits")) for pod in pods]
    titles = ("Namespace", "Name", "CPU Requests", "CPU Limits", "Memory Requests", "Memory Limits", "Age")
    rows = [_pod_row(pod, *amounts, whole, subject.now) for pod, amounts in zip(pods, asked, strict=True)]
    sheet.table(titles, rows)
    _write_allocated(sheet, add(requests for requests, _ in asked), add(limits for _, limits in asked), whole)


def _pod_row(pod: Obj, requests: Amounts, limits: Amounts, whole: Amounts, now: float) -> tuple[Said, ...]:
    return (
        text(pod, "metadata", "namespace"),
        text(pod, "metadata", "name"),
        *(_say_share(asked, whole, name) for name in ("cpu", "memory") for asked in (requests, limits)),
        ago(now, pod, "metadata", "creationTimestamp"),
    )


def _say_share(asked: Amounts, whole: Amounts, name: str) -> str:
    amount = asked.get(name, ZERO)
    return f"{amount} ({amount.share(whole.get(name, ZERO))}%)"


_STANDARD = ("cpu", "memory", "ephemeral-storage")


def _write_allocated(sheet: Sheet, requests: Amounts, limits: Amounts, whole: Amounts) -> None:
    sheet.section("Allocated resources")
    sheet.line("(Total limits may be over 100 percent, i.e., overcommitted.)", level=1)
    pages = sorted(name for name in whole if name.startswith("hugepages-"))
    rows = [(name, _say_share(requests, whole, name), _say_share(limits, whole, name)) for name in (*_STANDARD, *pages)]
    others = sorted(set(whole) - {*_STANDARD, *pages, "pods"})
    rows += [(name, str(requests.get(name, ZERO)), str(limits.get(name, ZERO))) for name in others]
    sheet.table(("Resource", "Requests", "Limits"), rows)


DESCRIBERS = (Describer(("nodes",), describe, ask),)
