"""Stateful sets, with the claims of their pods."""

from __future__ import annotations

from k9py.insight.describe.conditions import conditions_of
from k9py.insight.describe.facts import Obj, each, number, pairs, selector, sub, text, when
from k9py.insight.describe.sheet import NONE, Sheet
from k9py.insight.describe.subject import Describer, Subject, annotations_of, has, labels_of
from k9py.insight.describe.template import ask_pods, pods_status, template_of


def describe(sheet: Sheet, subject: Subject) -> None:
    """What is wanted, what there is, the mould and the claims that each pod gets."""
    found, spec = subject.found, sub(subject.found, "spec")
    sheet.field("Name", subject.name)
    sheet.field("Namespace", text(found, "metadata", "namespace"))
    sheet.field("CreationTimestamp", when(found, "metadata", "creationTimestamp"))
    sheet.field("Selector", selector(spec, "selector"))
    labels_of(sheet, found)
    annotations_of(sheet, found)
    sheet.field("Service Name", text(spec, "serviceName"))
    sheet.field("Pod Management Policy", text(spec, "podManagementPolicy"))
    sheet.field("Replicas", f"{number(spec, 'replicas')} desired | {number(found, 'status', 'replicas')} total")
    _write_policies(sheet, spec)
    pods_status(sheet, subject)
    template_of(sheet, sub(spec, "template"))
    _write_claims(sheet, spec)
    conditions_of(sheet, found)


def _write_policies(sheet: Sheet, spec: Obj) -> None:
    sheet.field("Update Strategy", text(spec, "updateStrategy", "type"))
    if rolling := sub(spec, "updateStrategy", "rollingUpdate"):
        for label, field in (("Partition", "partition"), ("MaxUnavailable", "maxUnavailable")):
            if has(rolling, field):
                sheet.field(label, text(rolling, field), level=1)
    if kept := sub(spec, "persistentVolumeClaimRetentionPolicy"):
        sheet.section("Persistent Volume Claim Retention Policy")
        sheet.field("WhenDeleted", text(kept, "whenDeleted"), level=1)
        sheet.field("WhenScaled", text(kept, "whenScaled"), level=1)


def _write_claims(sheet: Sheet, spec: Obj) -> None:
    claims = each(spec, "volumeClaimTemplates")
    if not claims:
        sheet.field("Volume Claims", NONE)
        return
    sheet.section("Volume Claims")
    for claim in claims:
        sheet.field("Name", text(claim, "metadata", "name"), level=1)
        sheet.field("StorageClass", text(claim, "spec", "storageClassName"), level=1)
        labels_of(sheet, claim, 1)
        sheet.listing("Annotations", pairs(claim, "metadata", "annotations"), 1)
        sheet.field("Capacity", text(claim, "spec", "resources", "requests", "storage", none="<default>"), level=1)
        sheet.field("Access Modes", text(claim, "spec", "accessModes", none=NONE), level=1)


DESCRIBERS = (Describer(("statefulsets.apps",), describe, ask_pods, ("pods",)),)
