"""Pods, as `kubectl describe pod` tells of them."""

from __future__ import annotations

from k9py.insight.describe.conditions import conditions_of
from k9py.insight.describe.containers import containers_of, resources_of, seccomp_of
from k9py.insight.describe.facts import Obj, ago, controller, each, get, sub, text, when
from k9py.insight.describe.placement import nodes_of, spread_of
from k9py.insight.describe.sheet import NONE, Cell, Sheet
from k9py.insight.describe.subject import Describer, Subject, annotations_of, has, labels_of
from k9py.insight.describe.volumes import volumes_of


def describe(sheet: Sheet, subject: Subject) -> None:
    """All there is to know of a pod."""
    pod, spec = subject.found, sub(subject.found, "spec")
    _write_place(sheet, pod, spec)
    _write_status(sheet, pod, subject.now)
    _write_addresses(sheet, pod)
    if resources := sub(spec, "resources"):
        sheet.section("Resources")
        resources_of(sheet, resources, 1)
    containers_of(sheet, "Init Containers", pod, kind="initContainers")
    containers_of(sheet, "Containers", pod)
    containers_of(sheet, "Ephemeral Containers", pod, kind="ephemeralContainers")
    _write_gates(sheet, pod)
    conditions_of(sheet, pod, expected="True")
    volumes_of(sheet, spec)
    _write_claims(sheet, pod)
    sheet.field("QoS Class", text(pod, "status", "qosClass"))
    nodes_of(sheet, spec)
    spread_of(sheet, spec)


def _write_place(sheet: Sheet, pod: Obj, spec: Obj) -> None:
    sheet.field("Name", text(pod, "metadata", "name"))
    sheet.field("Namespace", text(pod, "metadata", "namespace"))
    for label, field in _EARLY:
        if has(spec, field):
            sheet.field(label, text(spec, field))
    node, host = text(spec, "nodeName"), text(pod, "status", "hostIP")
    sheet.field("Node", f"{node}/{host}" if node else NONE)
    if has(pod, "status", "startTime"):
        sheet.field("Start Time", when(pod, "status", "startTime"))
    labels_of(sheet, pod)
    annotations_of(sheet, pod)


_EARLY = (
    ("Priority", "priority"),
    ("Priority Class Name", "priorityClassName"),
    ("Runtime Class Name", "runtimeClassName"),
    ("Service Account", "serviceAccountName"),
)


def _write_status(sheet: Sheet, pod: Obj, now: float) -> None:
    phase = text(pod, "status", "phase")
    if has(pod, "metadata", "deletionTimestamp") and phase not in ("Failed", "Succeeded"):
        sheet.field("Status", f"Terminating (lasts {ago(now, pod, 'metadata', 'deletionTimestamp')})")
        grace = text(pod, "metadata", "deletionGracePeriodSeconds", none="0")
        sheet.field("Termination Grace Period", f"{grace}s")
    else:
        sheet.field("Status", Cell(phase, "bad" if phase == "Failed" else None))
    for label in ("Reason", "Message", "Resize"):
        if value := text(pod, "status", label.lower()):
            sheet.field(label, value)
    if profile := sub(pod, "spec", "securityContext", "seccompProfile"):
        seccomp_of(sheet, profile, 0)


def _write_addresses(sheet: Sheet, pod: Obj) -> None:
    sheet.field("IP", text(pod, "status", "podIP"))
    addresses = [text(address, "ip") for address in each(pod, "status", "podIPs")]
    if addresses:
        sheet.section("IPs")
    else:
        sheet.field("IPs", NONE)
    for address in addresses:
        sheet.field("IP", address, level=1)
    if owner := controller(pod):
        sheet.field("Controlled By", owner)
    if node := text(pod, "status", "nominatedNodeName"):
        sheet.field("NominatedNodeName", node)


def _write_gates(sheet: Sheet, pod: Obj) -> None:
    gates = each(pod, "spec", "readinessGates")
    if not gates:
        return
    states = {text(condition, "type"): text(condition, "status") for condition in each(pod, "status", "conditions")}
    sheet.section("Readiness Gates")
    kinds = [text(gate, "conditionType") for gate in gates]
    sheet.table(("Type", "Status"), [(kind, states.get(kind, NONE)) for kind in kinds])


def _write_claims(sheet: Sheet, pod: Obj) -> None:
    """Devices that it claims (ResourceClaims of resource.k8s.io)."""
    claims = each(pod, "spec", "resourceClaims")
    if claims:
        sheet.section("Resource Claims")
    for claim in claims:
        sheet.section(text(claim, "name"), 1)
        for label, field in (("ResourceClaim", "resourceClaimName"), ("Template", "resourceClaimTemplateName")):
            if get(claim, field):
                sheet.field(label, text(claim, field), level=2)


DESCRIBERS = (Describer(("pods",), describe),)
