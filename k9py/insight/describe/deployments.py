"""Deployments, with the replica sets that they have made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from k9py.insight.describe.conditions import conditions_of
from k9py.insight.describe.facts import Obj, each, get, number, selector, sub, text
from k9py.insight.describe.sheet import NONE, Cell, Sheet
from k9py.insight.describe.subject import Asks, Describer, Subject, head, in_namespace
from k9py.insight.describe.template import template_of

SETS = "replicasets"
HASH = "pod-template-hash"


def ask(found: Obj) -> Asks:
    """The replica sets that it selects."""
    return {SETS: in_namespace(found, "/apis/apps/v1", SETS, labelSelector=selector(found, "spec", "selector"))}


def describe(sheet: Sheet, subject: Subject) -> None:
    """What is wanted, what there is, the mould, and which replica sets have its pods."""
    found, spec, status = subject.found, sub(subject.found, "spec"), sub(subject.found, "status")
    head(sheet, found, created=True)
    sheet.field("Selector", selector(spec, "selector"))
    counts = (
        (number(spec, "replicas"), "desired"),
        (number(status, "updatedReplicas"), "updated"),
        (number(status, "replicas"), "total"),
        (number(status, "availableReplicas"), "available"),
        (number(status, "unavailableReplicas"), "unavailable"),
    )
    sheet.field("Replicas", " | ".join(f"{count} {word}" for count, word in counts))
    _write_strategy(sheet, spec)
    template_of(sheet, sub(spec, "template"))
    conditions_of(sheet, found)
    _write_sets(sheet, subject)


def _write_strategy(sheet: Sheet, spec: Obj) -> None:
    sheet.field("StrategyType", text(spec, "strategy", "type"))
    sheet.field("MinReadySeconds", text(spec, "minReadySeconds", none="0"))
    if get(spec, "paused"):
        sheet.field("Paused", Cell("true", "bad"))
    if rolling := sub(spec, "strategy", "rollingUpdate"):
        most, surge = text(rolling, "maxUnavailable", none="0"), text(rolling, "maxSurge", none="0")
        sheet.field("RollingUpdateStrategy", f"{most} max unavailable, {surge} max surge")


def _write_sets(sheet: Sheet, subject: Subject) -> None:
    if why := subject.why_not(SETS):
        sheet.field("ReplicaSets", why)
        return
    owned = [found for found in subject.items(SETS) if _is_owned(found, subject.uid)]
    owned.sort(key=lambda found: text(found, "metadata", "creationTimestamp"))
    wanted = _mould(get(subject.found, "spec", "template"))
    new = next((found for found in owned if _mould(get(found, "spec", "template")) == wanted), None)
    sheet.field("OldReplicaSets", _say_sets(found for found in owned if found is not new))
    sheet.field("NewReplicaSet", _say_sets([new] if new else []))


def _is_owned(found: Obj, uid: str) -> bool:
    return any(text(owner, "uid") == uid for owner in each(found, "metadata", "ownerReferences"))


def _mould(template: Any) -> Any:
    """A pod template without the label that tells the replica sets apart."""
    metadata = {**sub(template, "metadata")}
    labels = {name: value for name, value in sub(metadata, "labels").items() if name != HASH}
    return {**sub(template), "metadata": {**metadata, "labels": labels}}


def _say_sets(sets: Iterable[Obj]) -> str:
    return (
        ", ".join(
            f"{text(found, 'metadata', 'name')} ({number(found, 'status', 'replicas')}"
            f"/{number(found, 'spec', 'replicas')} replicas created)"
            for found in sets
        )
        or NONE
    )


DESCRIBERS = (Describer(("deployments.apps",), describe, ask, (SETS,)),)
