"""Who may do what, on a real cluster: a user of two namespaces only, and what the roles and bindings say."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from k9py.insight.rules.reading import read_rbac
from k9py.insight.rules.rule import Asked
from k9py.insight.rules.subject import Subject, parse_subject, who_is
from k9py.values.request import Request
from tests.cluster.conftest import Cluster, Open
from tests.cluster.kubectl import Kubectl
from tests.cluster.workloads import Json, pod, thing

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

ROLE = "rbac.authorization.k8s.io/v1"
READ = ["get", "list", "watch"]


def role(name: str, *rules: tuple[list[str], list[str]]) -> dict[str, object]:
    """A role of rules of the core group: verbs and resources each."""
    said = [{"apiGroups": [""], "verbs": verbs, "resources": resources} for verbs, resources in rules]
    return thing("Role", name, ROLE, rules=said)


@pytest.fixture(scope="module")
def other(cluster: Cluster) -> Iterator[str]:
    """A second namespace."""
    name = cluster.make_namespace("rights-other")
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture(scope="module", autouse=True)
def ground(kubectl: Kubectl, namespace: str, other: str) -> None:
    """A pod in each of two namespaces, and a service account that may look at both, and at logs in its own."""
    kubectl.create(pod("here"), role("look", (READ, ["pods"]), (["get"], ["pods/log"])), namespace=namespace)
    kubectl.create(pod("there"), role("look", (READ, ["pods"])), namespace=other)
    kubectl("create", "serviceaccount", "dev", "-n", namespace)
    for place in (namespace, other):
        kubectl(
            *("create", "rolebinding", "look", "-n", place, "--role=look", f"--serviceaccount={namespace}:dev"),
        )
    kubectl.wait("pod/here", "condition=Ready", namespace)
    kubectl.wait("pod/there", "condition=Ready", other)


@pytest.fixture
def limited(kubectl: Kubectl, namespace: str, other: str, tmp_path: Path) -> Path:
    """The kubeconfig of the service account: no namespace in the context used, the other one in another context."""
    config = json.loads(json.dumps(kubectl.config()))
    token = kubectl("create", "token", "dev", "-n", namespace).strip()
    place = {"cluster": config["clusters"][0]["name"], "user": "dev"}
    config |= {
        "users": [{"name": "dev", "user": {"token": token}}],
        "contexts": [{"name": "dev", "context": place}, {"name": "there", "context": {**place, "namespace": other}}],
        "current-context": "dev",
    }
    path = tmp_path / "limited"
    path.write_text(json.dumps(config))
    return path


def test_two_namespaces_only(k9py: Open, limited: Path, namespace: str, other: str) -> None:
    screen = k9py(kubeconfig=limited, size=(200, 50))
    screen.wait(f"all namespaces are not permitted · 1 {namespace}  2 {other}")
    screen.wait_row("Pods", "here", "Running")
    screen.wait_title("Pods", rf"Pods 1 · {namespace}$")
    assert 'User "system:serviceaccount' in " ".join(screen.pane("Nodes").texts)  # says what was denied
    screen.send("2")
    screen.wait_row("Pods", "there", "Running")
    screen.wait_title("Pods", rf"Pods 1 · {other}$")
    screen.send("l")
    screen.wait(f"Logs pod {other}/there: not allowed to get pods/log in {other}")
    screen.send("0")
    screen.wait(f"permitted: 1 {namespace}")
    screen.command("ns")
    screen.wait_row("Namespaces", namespace, "1", "pods")
    screen.wait_row("Namespaces", other, "2", "pods")
    screen.point_at("Namespaces", namespace)
    screen.send("enter")
    screen.wait_row("Pods", "here", "Running")
    screen.send("l")
    screen.wait(r"Logs here")


def test_roles_and_bindings_by_keys(k9py: Open, kubectl: Kubectl, namespace: str) -> None:
    screen = k9py("-n", namespace, "-c", "roles", size=(200, 50))
    screen.wait_row("Roles", "look")
    screen.send("enter")
    screen.wait_row("Subjects", f"{namespace}/dev", "ServiceAccount", "role")
    screen.wait_row("Rules", "pods/log", "✓")
    kubectl("create", "rolebinding", "more", "-n", namespace, "--role=look", "--user=합창단")  # it is watched
    pane = screen.wait_row("Subjects", "합창단", "User", namespace)
    screen.send("tab")
    screen.wait_pane("Subjects", lambda pane: bool(pane.cursor), "no cursor")
    screen.send(*"j" * [row.says("합창단") for row in pane.rows].index(True), "enter")
    screen.wait_title("Permissions", rf"Permissions \d+ · {namespace} · user 합창단$")
    screen.wait_row("Permissions", "pods/log", "core", "✓")
    screen.command(f"rolebindings {namespace}")
    screen.wait_row("RoleBindings", "look")
    screen.point_at("RoleBindings", "look")
    screen.command("rbac")
    screen.wait_row("Subjects", f"{namespace}/dev")
    screen.wait_row("Rules", "pods/log")
    kubectl("delete", "rolebinding", "more", "-n", namespace)


def test_who_can_and_can_i_by_words(k9py: Open, kubectl: Kubectl, namespace: str, other: str) -> None:
    screen = k9py("-n", namespace, size=(200, 50))
    screen.wait_row("Pods", "here")
    screen.command("who-can get pods/log")
    screen.wait_title("Subjects", rf"Subjects \d+ · who can get pods/log in {namespace}$")
    screen.wait_row("Subjects", f"{namespace}/dev", "ServiceAccount", namespace)
    screen.command(f"who-can get pods/log in {other}")
    screen.wait_title("Subjects", rf"in {other}$")
    pane = screen.wait_row("Subjects", "system:masters", "Group", "everywhere", "everything")
    assert pane.row(f"{namespace}/dev") is None
    screen.command(f"can-i s:{namespace}:dev -n {other}")
    pane = screen.wait_row("Permissions", "pods", "core")
    assert pane.row("pods/log") is None
    screen.send("1")  # the namespace in use
    screen.wait_row("Permissions", "pods/log")
    screen.command("can-i")
    screen.wait_title("Permissions", rf"Permissions \d+ · {namespace} · myself$")
    screen.wait_row("Permissions", "*", "✓")
    screen.command("who-can get")
    screen.wait(":who-can VERB KIND")


def test_who_may_not_read_roles_is_told_their_own_rights(k9py: Open, limited: Path, namespace: str) -> None:
    screen = k9py("-n", namespace, kubeconfig=limited, size=(200, 50))
    screen.wait_row("Pods", "here")
    screen.command("can-i")
    screen.wait_row("Permissions", "pods/log", "core", "✓")
    screen.command("who-can get pods")
    screen.wait("roles and bindings may not be read")


ODD = [
    {"apiGroups": [""], "verbs": ["get"], "resources": ["*/log", "pods/exec"]},
    {"apiGroups": [""], "verbs": ["get", "update"], "resources": ["secrets"], "resourceNames": ["a", "b"]},
    {"apiGroups": ["apps"], "verbs": ["*"], "resources": ["deployments/*", "*/scale"]},
    {"apiGroups": ["*"], "verbs": ["watch"], "resources": ["configmaps", "nodes"]},
]
PATHS = [{"verbs": ["get"], "nonResourceURLs": ["/k9py/*", "/k9py-one"]}]


@pytest.fixture
def odd(kubectl: Kubectl, namespace: str) -> Iterator[None]:
    """Roles as few write them, bound to all sorts of subjects in a namespace and everywhere."""
    name = f"odd-{namespace}"
    kubectl.create(thing("ClusterRole", name, ROLE, rules=[*ODD, *PATHS]))
    kubectl.create(thing("Role", "odd", ROLE, rules=ODD[:3]), namespace=namespace)
    bind = ("create", "rolebinding", "-n", namespace)
    kubectl(*bind, "odd", "--role=odd", "--user=k9py-kim", f"--group=system:serviceaccounts:{namespace}")
    kubectl(*bind, "odd-too", f"--clusterrole={name}", f"--serviceaccount={namespace}:dev", "--group=k9py-devs")
    kubectl("create", "clusterrolebinding", name, f"--clusterrole={name}", "--user=k9py-lee", "--group=k9py-ops")
    yield
    kubectl("delete", "clusterrole,clusterrolebinding", name)


def questions(namespace: str, other: str) -> list[tuple[Subject, Asked]]:
    """What is asked of everybody: the same few hundred in each run."""
    words = ["u:k9py-kim", "u:k9py-lee", "u:nobody", "g:k9py-devs", "g:k9py-ops", "g:system:masters"]
    whose = [parse_subject(word) for word in (*words, f"s:{namespace}:dev", f"s:{namespace}:default", f"s:{other}:x")]
    what = [
        *(("", kind, sub) for kind, sub in (("pods", ""), ("pods", "log"), ("pods", "exec"), ("secrets", ""))),
        *(("apps", "deployments", sub) for sub in ("", "scale", "status")),
        *(("", kind, "") for kind in ("configmaps", "nodes", "log")),
    ]
    asked = [
        Asked(verb, *each, where, name)
        for each in what
        for verb in ("get", "watch", "update", "escalate")
        for where in ("", namespace, other)
        for name in ("", "a", "c")
    ]
    asked += [Asked(verb, path=path) for verb in ("get", "post") for path in ("/k9py/x", "/k9py", "/k9py-one", "/api")]
    picked = random.Random(7).sample(asked[:-8], 50) + asked[-8:]
    return [(subject, each) for subject in whose for each in picked]


def review(subject: Subject, asked: Asked) -> Json:
    """The question as the server takes it."""
    who = who_is(subject)
    if asked.path:
        about: Json = {"nonResourceAttributes": {"verb": asked.verb, "path": asked.path}}
    else:
        names = ("verb", "group", "resource", "subresource", "namespace", "name")
        about = {"resourceAttributes": {name: getattr(asked, name) for name in names}}
    spec = {"user": who.name, "groups": sorted(who.groups), **about}
    return {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}


@pytest.mark.usefixtures("odd")
async def test_the_rules_are_read_as_the_server_reads_them(kubectl: Kubectl, namespace: str, other: str) -> None:
    async def read(request: Request) -> Any:
        return json.loads(kubectl("get", "--raw", request.target))

    told = await read_rbac(read)
    assert told.gaps == ()
    asked = questions(namespace, other)
    every = "\n---\n".join(json.dumps(review(*each)) for each in asked)
    answers = kubectl("create", "--validate=false", "-f", "-", "-o", "jsonpath={.status.allowed}{'\\n'}", stdin=every)
    ours = [told.rbac.allows(who_is(subject), each) for subject, each in asked]
    theirs = [answer == "true" for answer in answers.split("\n")[: len(asked)]]
    assert {True, False} == set(theirs)
    wrong = [each for each, mine, right in zip(asked, ours, theirs, strict=True) if mine is not right]
    assert not wrong
