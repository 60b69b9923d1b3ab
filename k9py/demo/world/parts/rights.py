"""Who may do what: service accounts, roles, bindings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from k9py.demo.core.store import Obj
from k9py.demo.world.building import made

RBAC = "rbac.authorization.k8s.io"
TOKEN = {"namespace": "Y2k=", "token": "bm90LWEtdG9rZW4="}
"""What the token controller would write; it opens nothing."""


def rights() -> Iterator[Obj]:
    """A viewer of one namespace, a deployer, and what the checkout needs."""
    yield made("v1", "ServiceAccount", "viewer", "shop", annotations={"example.com/for": "지원팀 대시보드"})
    yield made("v1", "ServiceAccount", "deployer", "ci")
    yield made("v1", "ServiceAccount", "checkout", "shop", automountServiceAccountToken=False)
    token = {"kubernetes.io/service-account.name": "deployer"}
    yield made(
        "v1",
        "Secret",
        "deployer-token",
        "ci",
        type="kubernetes.io/service-account-token",
        annotations=token,
        data=TOKEN,
    )
    yield _role("Role", "config-reader", "shop", [(("",), ("configmaps",), ("get", "list", "watch"))])
    deploys = [
        (("apps",), ("deployments", "deployments/scale"), ("get", "list", "watch", "update", "patch")),
        (("",), ("pods", "pods/log"), ("get", "list", "watch")),
    ]
    yield _role("ClusterRole", "shop-deployer", "", deploys)
    yield _binding("viewer", "shop", "ClusterRole", "view", ("viewer", "shop"))
    yield _binding("checkout-config", "shop", "Role", "config-reader", ("checkout", "shop"))
    yield _binding("ci-deploys", "shop", "ClusterRole", "shop-deployer", ("deployer", "ci"))
    yield _binding("ci-deploys", "payments", "ClusterRole", "shop-deployer", ("deployer", "ci"))


def _role(kind: str, name: str, namespace: str, rules: Sequence[tuple[tuple[str, ...], ...]]) -> Obj:
    listed = [{"apiGroups": [*groups], "resources": [*names], "verbs": [*verbs]} for groups, names, verbs in rules]
    return made(f"{RBAC}/v1", kind, name, namespace, rules=listed)


def _binding(name: str, namespace: str, kind: str, role: str, account: tuple[str, str]) -> Obj:
    return made(
        f"{RBAC}/v1",
        "RoleBinding",
        name,
        namespace,
        roleRef={"apiGroup": RBAC, "kind": kind, "name": role},
        subjects=[{"kind": "ServiceAccount", "name": account[0], "namespace": account[1]}],
    )
