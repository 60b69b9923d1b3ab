"""Classes of priority."""

from __future__ import annotations

from k9py.insight.describe.facts import pairs, text
from k9py.insight.describe.sheet import Sheet
from k9py.insight.describe.subject import Describer, Subject


def describe(sheet: Sheet, subject: Subject) -> None:
    """Its value, and what pods of it do to others."""
    found = subject.found
    sheet.field("Name", subject.name)
    sheet.field("Value", text(found, "value", none="0"))
    sheet.field("GlobalDefault", text(found, "globalDefault", none="false"))
    sheet.field("PreemptionPolicy", text(found, "preemptionPolicy"))
    sheet.field("Description", text(found, "description"))
    sheet.listing("Annotations", pairs(found, "metadata", "annotations"))


DESCRIBERS = (Describer(("priorityclasses.scheduling.k8s.io",), describe),)
