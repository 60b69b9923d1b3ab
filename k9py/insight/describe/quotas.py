"""Quotas and limit ranges, alone and in their namespace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from k9py.insight.describe.conditions import conditions_of
from k9py.insight.describe.facts import Obj, each, sub, text, texts
from k9py.insight.describe.sheet import Sheet
from k9py.insight.describe.subject import Asks, Describer, Subject, head
from k9py.values.request import Request

QUOTAS, LIMITS = "resourcequotas", "limitranges"

_SCOPES = {
    "Terminating": "Matches all pods that have an active deadline. These pods have a limited lifespan on a node "
    "before being actively terminated by the system.",
    "NotTerminating": "Matches all pods that do not have an active deadline. These pods usually include long running "
    "pods whose container command is not expected to terminate.",
    "BestEffort": "Matches all pods that do not have resource requirements set. These pods have a best effort quality "
    "of service.",
    "NotBestEffort": "Matches all pods that have at least one resource requirement set. These pods have a burstable "
    "or guaranteed quality of service.",
}


def describe_quota(sheet: Sheet, subject: Subject) -> None:
    """What may be used, and what is."""
    sheet.field("Name", subject.name)
    sheet.field("Namespace", text(subject.found, "metadata", "namespace"))
    _write_quota(sheet, subject.found, 0)


def _write_quota(sheet: Sheet, quota: Obj, level: int) -> None:
    scopes = sorted(texts(quota, "spec", "scopes"))
    if scopes:
        sheet.field("Scopes", ", ".join(scopes), level=level)
    for scope in scopes:
        if scope in _SCOPES:
            sheet.line(f" * {_SCOPES[scope]}", level=level)
    for term in each(quota, "spec", "scopeSelector", "matchExpressions"):
        words = f"{text(term, 'scopeName')} {text(term, 'operator')} [{', '.join(texts(term, 'values'))}]"
        sheet.field("Scope", words, level=level)
    used, hard = sub(quota, "status", "used"), sub(quota, "status", "hard")
    rows = [(name, text(used, name, none="0"), text(hard, name)) for name in sorted(hard)]
    sheet.table(("Resource", "Used", "Hard"), rows, level)


_KINDS = ("min", "max", "defaultRequest", "default", "maxLimitRequestRatio")
_TITLES = ("Type", "Resource", "Min", "Max", "Default Request", "Default Limit", "Max Limit/Request Ratio")


def describe_limits(sheet: Sheet, subject: Subject) -> None:
    """What containers, pods and claims may ask for, and what they get where they do not."""
    sheet.field("Name", subject.name)
    sheet.field("Namespace", text(subject.found, "metadata", "namespace"))
    sheet.table(_TITLES, _limit_rows([subject.found]), 0)


def _limit_rows(ranges: Iterable[Obj]) -> Iterator[tuple[str, ...]]:
    for limits in (limits for found in ranges for limits in each(found, "spec", "limits")):
        names = sorted({name for kind in _KINDS for name in sub(limits, kind)})
        for name in names:
            yield (text(limits, "type"), name, *(text(limits, kind, name, none="-") for kind in _KINDS))


def ask(found: Obj) -> Asks:
    """The quotas and limit ranges of a namespace."""
    path = f"/api/v1/namespaces/{text(found, 'metadata', 'name')}"
    return {what: Request("GET", f"{path}/{what}") for what in (QUOTAS, LIMITS)}


def describe_namespace(sheet: Sheet, subject: Subject) -> None:
    """Whether it is to stay, and what may be used in it."""
    head(sheet, subject.found)
    sheet.field("Status", text(subject.found, "status", "phase"))
    conditions_of(sheet, subject.found, "LastTransitionTime")
    sheet.line()
    _write_quotas(sheet, subject)
    sheet.line()
    _write_limits(sheet, subject)


def _write_quotas(sheet: Sheet, subject: Subject) -> None:
    quotas = subject.items(QUOTAS)
    if why := subject.why_not(QUOTAS):
        sheet.field("Resource Quotas", why)
        return
    sheet.line("Resource Quotas" if quotas else "No resource quota.")
    for quota in quotas:
        sheet.field("Name", text(quota, "metadata", "name"), level=1)
        _write_quota(sheet, quota, 1)


def _write_limits(sheet: Sheet, subject: Subject) -> None:
    ranges = subject.items(LIMITS)
    if why := subject.why_not(LIMITS):
        sheet.field("Resource Limits", why)
        return
    sheet.line("Resource Limits" if ranges else "No LimitRange resource.")
    if ranges:
        sheet.table(_TITLES, _limit_rows(ranges))


DESCRIBERS = (
    Describer((QUOTAS,), describe_quota),
    Describer((LIMITS,), describe_limits),
    Describer(("namespaces",), describe_namespace, ask, (QUOTAS, LIMITS)),
)
