"""Reviews: what somebody may do, and who they are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from k9py.demo.api.bootstrap import bootstrap
from k9py.demo.cluster import Cluster
from tests.demo.asking import START, Answer, Client, asking

AUTHORIZATION = "/apis/authorization.k8s.io/v1"
AUTHENTICATION = "/apis/authentication.k8s.io/v1"


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    cluster = Cluster(START)
    bootstrap(cluster)
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}
    binding = {
        "kind": "RoleBinding",
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "metadata": {"name": "watchers", "namespace": "default"},
        "roleRef": reference,
        "subjects": [
            {"kind": "User", "name": "jane"},
            {"kind": "ServiceAccount", "name": "sa", "namespace": "default"},
        ],
    }
    cluster.registry.make("rolebindings.rbac.authorization.k8s.io", binding)
    async with asking(cluster) as found:
        yield found


async def _review(client: Client, path: str, kind: str, spec: Any, **headers: str) -> Answer:
    group = path.split("/")[2]
    return await client.ask("POST", path, {"kind": kind, "apiVersion": f"{group}/v1", "spec": spec}, **headers)


def _about(verb: str, namespace: str = "default") -> dict[str, Any]:
    return {"resourceAttributes": {"verb": verb, "resource": "pods", "namespace": namespace}}


async def test_a_user_asks_for_themselves(client: Client) -> None:
    path, kind = f"{AUTHORIZATION}/selfsubjectaccessreviews", "SelfSubjectAccessReview"
    mine = await _review(client, path, kind, _about("delete"))
    assert (mine.status, mine.body["status"]) == (201, {"allowed": True})
    hers = await _review(client, path, kind, _about("delete"), Impersonate_User="jane")
    assert hers.body["status"] == {"allowed": False}


@pytest.mark.parametrize(
    ("user", "subject"),
    [("jane", 'User "jane"'), ("system:serviceaccount:default:sa", 'ServiceAccount "sa/default"')],
)
async def test_the_reason_names_binding_role_and_subject(client: Client, user: str, subject: str) -> None:
    path = f"{AUTHORIZATION}/subjectaccessreviews"
    found = await _review(client, path, "SubjectAccessReview", {**_about("get"), "user": user})
    reason = f'RBAC: allowed by RoleBinding "watchers/default" of ClusterRole "view" to {subject}'
    assert found.body["status"] == {"allowed": True, "reason": reason}
    other = await _review(client, path, "SubjectAccessReview", {**_about("get", "kube-system"), "user": user})
    assert other.body["status"] == {"allowed": False}


async def test_a_path_can_be_asked_for(client: Client) -> None:
    path = f"{AUTHORIZATION}/subjectaccessreviews"
    spec = {
        "nonResourceAttributes": {"verb": "get", "path": "/healthz"},
        "user": "x",
        "groups": ["system:authenticated"],
    }
    found = await _review(client, path, "SubjectAccessReview", spec)
    assert found.body["status"]["reason"].startswith('RBAC: allowed by ClusterRoleBinding "system:')


async def test_a_question_that_is_none_is_refused(client: Client) -> None:
    path = f"{AUTHORIZATION}/subjectaccessreviews"
    found = await _review(client, path, "SubjectAccessReview", {})
    assert (found.status, found.message) == (
        422,
        (
            '.authorization.k8s.io "" is invalid: [spec.resourceAttributes: Invalid value: null: exactly one of '
            "nonResourceAttributes or resourceAttributes must be specified, "
            'spec.user: Invalid value: "": at least one of user or group must be specified]'
        ),
    )
    local = f"{AUTHORIZATION}/namespaces/default/localsubjectaccessreviews"
    other = await _review(client, local, "LocalSubjectAccessReview", {**_about("get", "other"), "user": "jane"})
    assert other.message.endswith(
        'spec.resourceAttributes.namespace: Invalid value: "other": must match metadata.namespace'
    )


async def test_all_rules_of_a_namespace_at_once(client: Client) -> None:
    path = f"{AUTHORIZATION}/selfsubjectrulesreviews"
    found = await _review(client, path, "SelfSubjectRulesReview", {"namespace": "default"}, Impersonate_User="jane")
    status = found.body["status"]
    assert any("pods/log" in rule["resources"] for rule in status["resourceRules"])
    assert {"verbs": ["create"], "apiGroups": ["authentication.k8s.io"], "resources": ["selfsubjectreviews"]} in (
        status["resourceRules"]
    )
    assert any("/healthz" in rule["nonResourceURLs"] for rule in status["nonResourceRules"])
    assert status["incomplete"] is False
    nowhere = await _review(client, path, "SelfSubjectRulesReview", {})
    assert (nowhere.status, nowhere.message) == (400, "no namespace on request")


async def test_who_am_i(client: Client) -> None:
    path = f"{AUTHENTICATION}/selfsubjectreviews"
    found = await _review(client, path, "SelfSubjectReview", {}, Impersonate_User="jane", Impersonate_Group="dev")
    assert found.body["status"]["userInfo"] == {"username": "jane", "groups": ["dev", "system:authenticated"]}


async def test_a_token_is_made_and_known_again(client: Client) -> None:
    path = "/api/v1/namespaces/default/serviceaccounts/default/token"
    made = await _review(client, path, "TokenRequest", {"expirationSeconds": 600})
    assert made.status == 400, "a TokenRequest is of authentication.k8s.io"
    request = {"kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1", "spec": {"expirationSeconds": 600}}
    made = await client.ask("POST", path, request)
    assert (made.status, made.body["status"]["expirationTimestamp"]) == (201, "2026-03-01T12:10:00Z")
    token = made.body["status"]["token"]
    assert token.count(".") == 2
    review = f"{AUTHENTICATION}/tokenreviews"
    found = await _review(client, review, "TokenReview", {"token": token})
    assert found.body["status"]["user"]["username"] == "system:serviceaccount:default:default"
    assert found.body["status"]["audiences"] == ["https://kubernetes.default.svc"]
    wrong = await _review(client, review, "TokenReview", {"token": "foo"})
    assert wrong.body["status"] == {"user": {}, "error": "invalid bearer token"}


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"expirationSeconds": 1}, "Invalid value: 1: may not specify a duration less than 10 minutes"),
        ({"boundObjectRef": {"kind": "Pod", "apiVersion": "v1", "name": "nope"}}, 'pods "nope" not found'),
        (
            {"boundObjectRef": {"kind": "Podx", "apiVersion": "v1", "name": "x"}},
            "cannot bind token to object of type /v1, Kind=Podx",
        ),
    ],
)
async def test_a_token_that_cannot_be_made(client: Client, spec: Any, message: str) -> None:
    path = "/api/v1/namespaces/default/serviceaccounts/default/token"
    request = {"kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1", "spec": spec}
    assert (await client.ask("POST", path, request)).message.endswith(message)
