"""Roles, and who has them."""

from __future__ import annotations

from typing import Any

from k9py.demo.api.tables.printer import age, name_and_time, name_of, part
from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Obj


def _binding(obj: Obj, cluster: Cluster) -> list[Any]:
    role = part(obj, "roleRef")
    named: dict[str, list[str]] = {"User": [], "Group": [], "ServiceAccount": []}
    for subject in obj.get("subjects") or ():
        account = subject["kind"] == "ServiceAccount"
        name = f"{subject.get('namespace', '')}/{subject['name']}" if account else subject["name"]
        named.setdefault(subject["kind"], []).append(name)
    subjects = [", ".join(named[kind]) for kind in ("User", "Group", "ServiceAccount")]
    return [name_of(obj), f"{role.get('kind', '')}/{role.get('name', '')}", age(obj, cluster), *subjects]


PRINTERS = {
    "clusterrolebindings.rbac.authorization.k8s.io": _binding,
    "rolebindings.rbac.authorization.k8s.io": _binding,
    "clusterroles.rbac.authorization.k8s.io": name_and_time,
    "roles.rbac.authorization.k8s.io": name_and_time,
}
