"""Endpoint slices, and the Endpoints that were before them."""

from __future__ import annotations

from k9py.insight.describe.facts import Obj, each, get, join, say, sub, text, texts
from k9py.insight.describe.sheet import NONE, UNSET, Cell, Sheet
from k9py.insight.describe.subject import Describer, Subject, head

_TITLES = ("Name", "Port", "Protocol")


def describe_endpoints(sheet: Sheet, subject: Subject) -> None:
    """Addresses that are ready and that are not, with their ports."""
    head(sheet, subject.found)
    sheet.section("Subsets")
    for subset in each(subject.found, "subsets"):
        for label, field in (("Addresses", "addresses"), ("NotReadyAddresses", "notReadyAddresses")):
            addresses = join(text(address, "ip") for address in each(subset, field))
            sheet.field(label, addresses, level=1)
        _write_ports(sheet, subset, 1)


def _write_ports(sheet: Sheet, found: Obj, level: int) -> None:
    ports = each(found, "ports")
    if ports:
        sheet.section("Ports", level)
        rows = [[text(port, field, none=UNSET) for field in ("name", "port", "protocol")] for port in ports]
        sheet.table(_TITLES, rows, level + 1)


def describe_slice(sheet: Sheet, subject: Subject) -> None:
    """The ports, then each endpoint with its conditions and where it is."""
    found = subject.found
    head(sheet, found)
    sheet.field("AddressType", text(found, "addressType"))
    if each(found, "ports"):
        _write_ports(sheet, found, 0)
    else:
        sheet.field("Ports", UNSET)
    endpoints = each(found, "endpoints")
    if not endpoints:
        sheet.field("Endpoints", NONE)
        return
    sheet.section("Endpoints")
    for endpoint in endpoints:
        _write_endpoint(sheet, endpoint)


def _write_endpoint(sheet: Sheet, endpoint: Obj) -> None:
    sheet.field("- Addresses", join(texts(endpoint, "addresses"), ", "), level=1)
    sheet.section("Conditions", 2)
    for label, field in (("Ready", "ready"), ("Serving", "serving"), ("Terminating", "terminating")):
        value = get(endpoint, "conditions", field)
        if value is not None or label == "Ready":
            wrong = value is (label == "Terminating")
            sheet.field(label, UNSET if value is None else Cell(say(value), "bad" if wrong else None), level=3)
    sheet.field("Hostname", text(endpoint, "hostname", none=UNSET), level=2)
    if target := sub(endpoint, "targetRef"):
        sheet.field("TargetRef", f"{text(target, 'kind')}/{text(target, 'name')}", level=2)
    for label, field in (("NodeName", "nodeName"), ("Zone", "zone")):
        sheet.field(label, text(endpoint, field, none=UNSET), level=2)


DESCRIBERS = (
    Describer(("endpoints",), describe_endpoints),
    Describer(("endpointslices.discovery.k8s.io",), describe_slice),
)
