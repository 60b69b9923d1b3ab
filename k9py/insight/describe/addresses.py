"""Where services get their addresses from, and which service has one."""

from __future__ import annotations

from k9py.insight.describe.conditions import conditions_of
from k9py.insight.describe.facts import each, join, sub, text, texts
from k9py.insight.describe.sheet import Sheet
from k9py.insight.describe.subject import Describer, Subject, head


def describe_range(sheet: Sheet, subject: Subject) -> None:
    """The addresses that services get theirs from (ServiceCIDR)."""
    head(sheet, subject.found)
    sheet.field("CIDRs", join(texts(subject.found, "spec", "cidrs"), ", "))
    conditions = each(subject.found, "status", "conditions")
    if conditions:
        sheet.section("Status")
        conditions_of(sheet, subject.found, "LastTransitionTime")


def describe_address(sheet: Sheet, subject: Subject) -> None:
    """Which service has an address (IPAddress)."""
    head(sheet, subject.found)
    sheet.section("Parent Reference")
    parent = sub(subject.found, "spec", "parentRef")
    for label in ("Group", "Resource", "Namespace", "Name"):
        sheet.field(label, text(parent, label.lower()), level=1)


DESCRIBERS = (
    Describer(("servicecidrs.networking.k8s.io",), describe_range),
    Describer(("ipaddresses.networking.k8s.io",), describe_address),
)
