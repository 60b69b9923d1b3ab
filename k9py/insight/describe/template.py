"""The mould of pods, and how the pods that came out of it are."""

from __future__ import annotations

from collections import Counter

from k9py.insight.describe.containers import containers_of
from k9py.insight.describe.facts import Obj, each, get, selector, sub, text
from k9py.insight.describe.placement import nodes_of, spread_of
from k9py.insight.describe.sheet import UNSET, Sheet
from k9py.insight.describe.subject import Asks, Subject, annotations_of, in_namespace, labels_of
from k9py.insight.describe.volumes import volumes_of

PODS = "pods"
"""What the pods of an object are asked as."""


def template_of(sheet: Sheet, template: Obj) -> None:
    """The mould (PodTemplateSpec) under its title."""
    if not template:
        sheet.field("Pod Template", UNSET)
        return
    spec = sub(template, "spec")
    sheet.section("Pod Template")
    labels_of(sheet, template, 1)
    if get(template, "metadata", "annotations"):
        annotations_of(sheet, template, 1)
    if account := text(spec, "serviceAccountName"):
        sheet.field("Service Account", account, level=1)
    containers_of(sheet, "Init Containers", template, 1, kind="initContainers")
    containers_of(sheet, "Containers", template, 1)
    volumes_of(sheet, spec, 1)
    spread_of(sheet, spec, 1)
    if priority := text(spec, "priorityClassName"):
        sheet.field("Priority Class Name", priority, level=1)
    nodes_of(sheet, spec, 1)


def ask_pods(found: Obj) -> Asks:
    """The pods that it selects."""
    labels = selector(found, "spec", "selector")
    return {PODS: in_namespace(found, "/api/v1", "pods", labelSelector=labels)} if labels else {}


def pods_status(sheet: Sheet, subject: Subject) -> None:
    """How many of the pods that it controls are in each phase."""
    if why := subject.why_not(PODS):
        sheet.field("Pods Status", why)
        return
    owned = [pod for pod in subject.items(PODS) if _controls(subject.uid, pod)]
    phases = Counter(text(pod, "status", "phase") for pod in owned)
    words = (("Running", "Running"), ("Pending", "Waiting"), ("Succeeded", "Succeeded"), ("Failed", "Failed"))
    sheet.field("Pods Status", " / ".join(f"{phases[phase]} {word}" for phase, word in words))


def _controls(uid: str, pod: Obj) -> bool:
    owners = each(pod, "metadata", "ownerReferences")
    return any(get(owner, "controller") and text(owner, "uid") == uid for owner in owners)
