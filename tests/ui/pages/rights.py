"""Somebody who may do little in a small cluster: roles and bindings, as a test needs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from k9py.demo.api.bootstrap import bootstrap
from k9py.demo.api.target import User
from tests.kube.scripted import ScriptedServer
from tests.ui.pages.objects import NAMESPACES, fill

RBAC = "/apis/rbac.authorization.k8s.io/v1"
GROUP = "rbac.authorization.k8s.io"
TOOLS = "도구-🔧"
READ = ("get", "list", "watch")

Rule = Mapping[str, Sequence[str]]


def rule(verbs: Sequence[str], *resources: str, group: str = "", names: Sequence[str] = ()) -> Rule:
    """A rule of one API group."""
    only = {"resourceNames": list(names)} if names else {}
    return {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs), **only}


def user(name: str) -> dict[str, Any]:
    """A user as a binding names them."""
    return {"kind": "User", "apiGroup": GROUP, "name": name}


def account(namespace: str, name: str) -> dict[str, Any]:
    """A service account as a binding names it."""
    return {"kind": "ServiceAccount", "namespace": namespace, "name": name}


def give(server: ScriptedServer, subject: Mapping[str, Any], namespace: str, name: str, *rules: Rule) -> None:
    """Make a role of these rules, and bind it to a subject: in one namespace, or (`""`) in the whole cluster."""
    kind = "Role" if namespace else "ClusterRole"
    server.store.put(f"{RBAC}/{kind.lower()}s", name, namespace, rules=list(rules))
    ref = {"apiGroup": GROUP, "kind": kind, "name": name}
    server.store.put(f"{RBAC}/{kind.lower()}bindings", name, namespace, roleRef=ref, subjects=[dict(subject)])


def become(server: ScriptedServer, name: str, *groups: str) -> None:
    """Have the token of the kubeconfig belong to somebody."""
    server.cluster.tokens["secret"] = User(name, (*groups, "system:authenticated"))


def fill_for(server: ScriptedServer, subject: Mapping[str, Any]) -> None:
    """The small cluster, in which they may read pods, deployments and config maps of `shop`, and pods of `도구-🔧`."""
    bootstrap(server.cluster)
    fill(server)
    server.store.put(NAMESPACES, TOOLS)
    read = (rule(READ, "pods", "configmaps"), rule(READ, "deployments", group="apps"))
    give(server, subject, "shop", "dev", *read, rule(("list", "watch"), "services"))
    give(server, subject, TOOLS, "dev", rule(READ, "pods"))


def fill_for_kim(server: ScriptedServer) -> None:
    """All that kim may do; which namespaces there are is told to her, too."""
    fill_for(server, user("kim"))
    give(server, user("kim"), "", "namespaces", rule(("list",), "namespaces"))
    become(server, "kim")


def fill_for_account(server: ScriptedServer) -> None:
    """The same for a service account, who is not told which namespaces there are."""
    fill_for(server, account("shop", "dev"))
    become(server, "system:serviceaccount:shop:dev")
