"""An authorizer that stands before RBAC, as a webhook would."""

from __future__ import annotations

from k9py.demo.api.rbac import Attributes, Rbac
from k9py.demo.api.target import User
from k9py.demo.cluster import Cluster


class Rights:
    """`denied` is what nobody may do: an RBAC verb and a resource as `deployments.apps/scale`, with the reason."""

    def __init__(self, cluster: Cluster) -> None:
        self.denied: dict[tuple[str, str], str] = {}
        rbac = cluster.registry.part(Rbac)
        self._allowed = rbac.allowed
        rbac.allowed = self._decide  # type: ignore[method-assign]

    def _decide(self, user: User, asked: Attributes) -> tuple[bool, str]:
        name = ".".join(part for part in (asked.resource, asked.group) if part)
        reason = self.denied.get((asked.verb, "/".join(part for part in (name, asked.subresource) if part)))
        return self._allowed(user, asked) if reason is None else (False, reason)
