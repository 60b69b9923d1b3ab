"""What the server says of us: SelfSubjectRulesReview (authorization.k8s.io/v1), SelfSubjectReview (authentication)."""

from __future__ import annotations

from typing import NamedTuple

from k9py.insight.rules.rule import Rule, read_rules
from k9py.insight.rules.subject import Who
from k9py.values.request import Read, Request


class OwnRules(NamedTuple):
    """What we may do in a namespace; `incomplete` says why there may be more: an authorizer that keeps no list."""

    rules: tuple[Rule, ...]
    incomplete: str = ""


async def read_own_rules(read: Read, namespace: str) -> OwnRules:
    """All that we may do in a namespace, and what we may do everywhere. K9pyError where that may not be asked."""
    status = (await read(_review("authorization", "SelfSubjectRulesReview", {"namespace": namespace})))["status"]
    rules = read_rules([*(status.get("resourceRules") or ()), *(status.get("nonResourceRules") or ())])
    missing = status.get("evaluationError") or "an authorizer does not say what it allows"
    return OwnRules(rules, missing if status.get("incomplete") else "")


async def read_self(read: Read) -> Who:
    """Who we are to the server. K9pyError where it does not tell (before 1.28)."""
    info = (await read(_review("authentication", "SelfSubjectReview", {})))["status"]["userInfo"]
    return Who(info.get("username", ""), frozenset(info.get("groups") or ()))


def _review(group: str, kind: str, spec: dict[str, str]) -> Request:
    version = f"{group}.k8s.io/v1"
    body = {"apiVersion": version, "kind": kind, **({"spec": spec} if spec else {})}
    return Request("POST", f"/apis/{version}/{kind.lower()}s", body=body)
