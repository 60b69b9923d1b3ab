"""Network policies: which traffic of which pods they let through."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from k9py.insight.describe.facts import Obj, each, get, selector, sub, text, texts
from k9py.insight.describe.sheet import NONE, Sheet
from k9py.insight.describe.subject import Describer, Subject, annotations_of, has, labels_of
from k9py.values.age import parse_time


def describe(sheet: Sheet, subject: Subject) -> None:
    """The pods it is about, and the traffic that these may have."""
    found, spec = subject.found, sub(subject.found, "spec")
    sheet.field("Name", subject.name)
    sheet.field("Namespace", text(found, "metadata", "namespace"))
    sheet.field("Created on", _say_time(found))
    labels_of(sheet, found)
    annotations_of(sheet, found)
    sheet.section("Spec")
    every = f"{NONE} (Allowing the specific traffic to all pods in this namespace)"
    sheet.field("PodSelector", selector(spec, "podSelector") or every, level=1)
    kinds = texts(spec, "policyTypes")
    _write_direction(sheet, spec, "ingress", "Ingress" in kinds)
    _write_direction(sheet, spec, "egress", "Egress" in kinds)
    sheet.line(f"Policy Types: {', '.join(kinds)}", level=1)


def _say_time(found: Obj) -> str:
    seconds = parse_time(text(found, "metadata", "creationTimestamp")) or 0.0
    return datetime.fromtimestamp(seconds, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S %z %Z")


def _write_direction(sheet: Sheet, spec: Obj, direction: str, affected: bool) -> None:
    if not affected:
        sheet.line(f"Not affecting {direction} traffic", level=1)
        return
    sheet.section(f"Allowing {direction} traffic", 1)
    rules = each(spec, direction)
    if not rules:
        sheet.line(f"{NONE} (Selected pods are isolated for {direction} connectivity)", level=2)
    word, others = ("From", "source") if direction == "ingress" else ("To", "destination")
    for number, rule in enumerate(rules):
        if number:
            sheet.line("----------", level=2)
        _write_ports(sheet, rule)
        _write_peers(sheet, rule, word, others)


def _write_ports(sheet: Sheet, rule: Obj) -> None:
    ports = each(rule, "ports")
    if not ports:
        sheet.line("To Port: <any> (traffic allowed to all ports)", level=2)
    for port in ports:
        protocol, first = text(port, "protocol", none="TCP"), text(port, "port", none="<nil>")
        if last := text(port, "endPort"):
            sheet.line(f"To Port Range: {first}-{last}/{protocol}", level=2)
        else:
            sheet.line(f"To Port: {first}/{protocol}", level=2)


def _write_peers(sheet: Sheet, rule: Obj, word: str, others: str) -> None:
    peers = each(rule, word.lower())
    if not peers:
        sheet.line(f"{word}: <any> (traffic not restricted by {others})", level=2)
    for peer in peers:
        sheet.section(word, 2)
        for label, field in (("NamespaceSelector", "namespaceSelector"), ("PodSelector", "podSelector")):
            if has(peer, field):
                sheet.line(f"{label}: {selector(peer, field) or NONE}", level=3)
        if has(peer, "ipBlock"):
            _write_block(sheet, get(peer, "ipBlock"))


def _write_block(sheet: Sheet, block: Any) -> None:
    sheet.section("IPBlock", 3)
    sheet.line(f"CIDR: {text(block, 'cidr')}", level=4)
    sheet.line(f"Except: {', '.join(texts(block, 'except'))}", level=4)


DESCRIBERS = (Describer(("networkpolicies.networking.k8s.io",), describe),)
