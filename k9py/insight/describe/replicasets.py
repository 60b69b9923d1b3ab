"""Replica sets, and replication controllers, which are their forebears."""

from __future__ import annotations

from k9py.insight.describe.conditions import conditions_of
from k9py.insight.describe.facts import Obj, controller, joined_pairs, number, selector, sub
from k9py.insight.describe.sheet import Sheet
from k9py.insight.describe.subject import Asks, Describer, Subject, annotations_of, in_namespace, labels_of
from k9py.insight.describe.template import PODS, ask_pods, pods_status, template_of


def describe_set(sheet: Sheet, subject: Subject) -> None:
    """A replica set: its selector may have expressions."""
    _describe(sheet, subject, selector(subject.found, "spec", "selector"))


def describe_controller(sheet: Sheet, subject: Subject) -> None:
    """A replication controller: its selector is a map of labels."""
    _describe(sheet, subject, joined_pairs(subject.found, "spec", "selector"))


def ask_of_controller(found: Obj) -> Asks:
    """The pods that a replication controller selects."""
    labels = joined_pairs(found, "spec", "selector")
    return {PODS: in_namespace(found, "/api/v1", "pods", labelSelector=labels)}


def _describe(sheet: Sheet, subject: Subject, selected: str) -> None:
    found = subject.found
    sheet.field("Name", subject.name)
    sheet.field("Namespace", sub(found, "metadata").get("namespace", ""))
    sheet.field("Selector", selected)
    labels_of(sheet, found)
    annotations_of(sheet, found)
    if owner := controller(found):
        sheet.field("Controlled By", owner)
    current, desired = number(found, "status", "replicas"), number(found, "spec", "replicas")
    sheet.field("Replicas", f"{current} current / {desired} desired")
    pods_status(sheet, subject)
    template_of(sheet, sub(found, "spec", "template"))
    conditions_of(sheet, found)


DESCRIBERS = (
    Describer(("replicasets.apps",), describe_set, ask_pods, ("pods",)),
    Describer(("replicationcontrollers",), describe_controller, ask_of_controller, ("pods",)),
)
