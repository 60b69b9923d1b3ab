"""Requests for certificates."""

from __future__ import annotations

from k9py.insight.describe.facts import Obj, each, number, sub, text, texts, when
from k9py.insight.describe.sheet import Sheet
from k9py.insight.describe.subject import Describer, Subject, head
from k9py.values.age import human_duration

_DONE = ("Approved", "Denied", "Failed")


def describe(sheet: Sheet, subject: Subject) -> None:
    """Who asks which signer for what, and what became of it."""
    found, spec = subject.found, sub(subject.found, "spec")
    head(sheet, found)
    sheet.field("CreationTimestamp", when(found, "metadata", "creationTimestamp"))
    sheet.field("Requesting User", text(spec, "username"))
    sheet.field("Signer", text(spec, "signerName"))
    if seconds := number(spec, "expirationSeconds"):
        sheet.field("Requested Duration", human_duration(seconds))
    sheet.field("Status", _say_status(found))
    sheet.field("Usages", ", ".join(texts(spec, "usages")))


def _say_status(found: Obj) -> str:
    kinds = {text(condition, "type") for condition in each(found, "status", "conditions")}
    said = [kind for kind in _DONE if kind in kinds] or ["Pending"]
    return ",".join([*said, *(["Issued"] if text(found, "status", "certificate") else [])])


DESCRIBERS = (Describer(("certificatesigningrequests.certificates.k8s.io",), describe),)
