"""Daemon sets: on how many nodes they are, and should be."""

from __future__ import annotations

from k9py.insight.describe.conditions import conditions_of
from k9py.insight.describe.facts import joined_pairs, selector, sub, text
from k9py.insight.describe.sheet import Sheet
from k9py.insight.describe.subject import Describer, Subject, annotations_of, labels_of
from k9py.insight.describe.template import ask_pods, pods_status, template_of

_COUNTS = (
    ("Desired Number of Nodes Scheduled", "desiredNumberScheduled"),
    ("Current Number of Nodes Scheduled", "currentNumberScheduled"),
    ("Number of Nodes Scheduled with Up-to-date Pods", "updatedNumberScheduled"),
    ("Number of Nodes Scheduled with Available Pods", "numberAvailable"),
    ("Number of Nodes Misscheduled", "numberMisscheduled"),
)


def describe(sheet: Sheet, subject: Subject) -> None:
    """Selectors, counts of nodes and pods, the mould."""
    found = subject.found
    sheet.field("Name", subject.name)
    sheet.field("Namespace", text(found, "metadata", "namespace"))
    sheet.field("Selector", selector(found, "spec", "selector"))
    sheet.field("Node-Selector", joined_pairs(found, "spec", "template", "spec", "nodeSelector"))
    labels_of(sheet, found)
    annotations_of(sheet, found)
    for label, field in _COUNTS:
        sheet.field(label, text(found, "status", field, none="0"))
    pods_status(sheet, subject)
    template_of(sheet, sub(found, "spec", "template"))
    conditions_of(sheet, found)


DESCRIBERS = (Describer(("daemonsets.apps",), describe, ask_pods, ("pods",)),)
