"""Who may do what: tokens, impersonation and RBAC, in the words of the real server."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from k9py.demo.api.access import ANONYMOUS, authenticate, authorize, authorize_path
from k9py.demo.api.bootstrap import bootstrap
from k9py.demo.api.target import User, find_target
from k9py.demo.api.tokens import Tokens
from k9py.demo.cluster import Cluster
from k9py.demo.controllers.aggregation import AggregationController
from k9py.demo.core.status import StatusError
from k9py.demo.core.store import Key, Obj

RBAC = "rbac.authorization.k8s.io"
ADMIN = User("admin", ("system:masters",))
JANE = User("jane", ("dev", "system:authenticated"))


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster(1_700_000_000.0)
    bootstrap(cluster)
    cluster.tokens["secret"] = ADMIN
    return cluster


def _role(
    cluster: Cluster, name: str, *rules: Obj, namespace: str = "", labels: Mapping[str, str] | None = None
) -> None:
    kind = "Role" if namespace else "ClusterRole"
    metadata = {"name": name, "labels": labels or {}} | ({"namespace": namespace} if namespace else {})
    obj = {"kind": kind, "apiVersion": f"{RBAC}/v1", "metadata": metadata, "rules": list(rules)}
    cluster.registry.make(f"{kind.lower()}s.{RBAC}", obj)


def _bind(cluster: Cluster, role: str, *subjects: Obj, namespace: str = "", kind: str = "ClusterRole") -> None:
    scope = "RoleBinding" if namespace else "ClusterRoleBinding"
    metadata = {"name": f"{role}-to-some"} | ({"namespace": namespace} if namespace else {})
    reference = {"apiGroup": RBAC, "kind": kind, "name": role}
    obj = {
        "kind": scope,
        "apiVersion": f"{RBAC}/v1",
        "metadata": metadata,
        "roleRef": reference,
        "subjects": list(subjects),
    }
    cluster.registry.make(f"{scope.lower()}s.{RBAC}", obj)


def _may(cluster: Cluster, user: User, verb: str, path: str) -> str:
    """Empty if it is allowed, else the refusal."""
    try:
        authorize(cluster, user, verb, find_target(cluster.catalog, path))
    except StatusError as error:
        return error.message
    return ""


@pytest.mark.parametrize(
    ("verb", "path", "message"),
    [
        (
            "list",
            "/api/v1/namespaces/default/pods",
            'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"',
        ),
        (
            "list",
            "/api/v1/pods",
            'pods is forbidden: User "jane" cannot list resource "pods" in API group "" at the cluster scope',
        ),
        (
            "get",
            "/api/v1/namespaces/default/pods/x/log",
            (
                'pods "x" is forbidden: User "jane" cannot get resource "pods/log" in API group "" '
                'in the namespace "default"'
            ),
        ),
        (
            "get",
            "/api/v1/namespaces/x",
            (
                'namespaces "x" is forbidden: User "jane" cannot get resource "namespaces" in API group "" '
                'in the namespace "x"'
            ),
        ),
        (
            "delete",
            "/apis/apps/v1/namespaces/x/deployments/y",
            (
                'deployments.apps "y" is forbidden: User "jane" cannot delete resource "deployments" '
                'in API group "apps" in the namespace "x"'
            ),
        ),
        (
            "get",
            "/api/v1/nodes/x",
            'nodes "x" is forbidden: User "jane" cannot get resource "nodes" in API group "" at the cluster scope',
        ),
    ],
)
def test_a_refusal_says_who_cannot_do_what_where(cluster: Cluster, verb: str, path: str, message: str) -> None:
    assert _may(cluster, JANE, verb, path) == message
    assert _may(cluster, ADMIN, verb, path) == ""


def test_a_binding_gives_a_role_to_users_groups_and_accounts(cluster: Cluster) -> None:
    account = User("system:serviceaccount:default:builder", ("system:serviceaccounts",))
    path = "/api/v1/namespaces/default/pods"
    for subject, user in (
        ({"kind": "User", "name": "jane"}, JANE),
        ({"kind": "Group", "name": "dev"}, JANE),
        ({"kind": "ServiceAccount", "name": "builder", "namespace": "default"}, account),
    ):
        assert _may(cluster, user, "list", path)
        _bind(cluster, "view", subject, namespace="default")
        assert not _may(cluster, user, "list", path)
        assert _may(cluster, user, "list", "/api/v1/namespaces/kube-system/pods")
        cluster.registry.discard(f"rolebindings.{RBAC}", "default", "view-to-some")


def test_names_subresources_and_stars_are_told_apart(cluster: Cluster) -> None:
    _role(
        cluster,
        "some",
        {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]},
        {"apiGroups": ["apps"], "resources": ["*"], "verbs": ["get"]},
        {"apiGroups": [""], "resources": ["secrets"], "resourceNames": ["mine"], "verbs": ["*"]},
        {"apiGroups": ["*"], "resources": ["*/scale"], "verbs": ["patch"]},
    )
    _bind(cluster, "some", {"kind": "User", "name": "jane"})
    root, apps = "/api/v1/namespaces/x", "/apis/apps/v1/namespaces/x"
    for verb, path in (
        ("get", f"{root}/pods/p/log"),
        ("get", f"{apps}/deployments/d"),
        ("delete", f"{root}/secrets/mine"),
        ("patch", f"{apps}/statefulsets/s/scale"),
    ):
        assert not _may(cluster, JANE, verb, path)
    for verb, path in (
        ("get", f"{root}/pods/p"),
        ("delete", f"{apps}/deployments/d"),
        ("get", f"{root}/secrets/yours"),
        ("list", f"{root}/secrets"),
    ):
        assert _may(cluster, JANE, verb, path)


def test_paths_that_are_no_resources_have_rules_too(cluster: Cluster) -> None:
    for path in ("/version", "/healthz", "/livez", "/readyz"):
        authorize_path(cluster, ANONYMOUS, "get", path)
    with pytest.raises(StatusError, match=r'^forbidden: User "system:anonymous" cannot get path "/apis"$'):
        authorize_path(cluster, ANONYMOUS, "get", "/apis")
    authorize_path(cluster, JANE, "get", "/openapi/v3")
    with pytest.raises(StatusError, match='cannot get path "/metrics"'):
        authorize_path(cluster, JANE, "get", "/metrics")


def test_tokens_tell_who_asks_and_unknown_ones_are_refused(cluster: Cluster) -> None:
    assert authenticate(cluster, {"Authorization": "Bearer secret"}) == ADMIN
    assert authenticate(cluster, {}) == ANONYMOUS
    with pytest.raises(StatusError, match="Unauthorized"):
        authenticate(cluster, {"Authorization": "Bearer guessed"})


def test_a_token_of_a_service_account_holds_until_it_expires_or_its_account_goes(cluster: Cluster) -> None:
    key = Key("serviceaccounts", "default", "default")
    entry = cluster.store.get(key)
    assert entry
    tokens = cluster.registry.part(Tokens)
    short, long = (tokens.issue(key, entry.meta.uid, (), seconds) for seconds in (600, 6000))
    user = authenticate(cluster, {"Authorization": f"Bearer {short}"})
    assert user.name == "system:serviceaccount:default:default"
    assert user.groups == ("system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated")
    cluster.clock.advance(601)
    with pytest.raises(StatusError):
        authenticate(cluster, {"Authorization": f"Bearer {short}"})
    authenticate(cluster, {"Authorization": f"Bearer {long}"})
    cluster.registry.discard("serviceaccounts", "default", "default")
    with pytest.raises(StatusError):
        authenticate(cluster, {"Authorization": f"Bearer {long}"})


def test_one_who_may_can_speak_for_another(cluster: Cluster) -> None:
    headers = {"Authorization": "Bearer secret", "Impersonate-User": "jane", "Impersonate-Group": "dev"}
    assert authenticate(cluster, headers) == JANE
    account = {"Authorization": "Bearer secret", "Impersonate-User": "system:serviceaccount:default:builder"}
    assert "system:serviceaccounts:default" in authenticate(cluster, account).groups
    extra = {**headers, "Impersonate-Extra-Scopes": "all", "Impersonate-Uid": "7"}
    assert authenticate(cluster, extra) == User("jane", JANE.groups, "7", {"scopes": ("all",)})


def test_one_who_may_not_is_told_whom_they_cannot_speak_for(cluster: Cluster) -> None:
    cluster.tokens["jane"] = JANE
    _role(
        cluster, "bob", {"apiGroups": [""], "resources": ["users"], "resourceNames": ["bob"], "verbs": ["impersonate"]}
    )
    _bind(cluster, "bob", {"kind": "User", "name": "jane"})
    headers = {"Authorization": "Bearer jane", "Impersonate-User": "bob"}
    assert authenticate(cluster, headers).name == "bob"
    with pytest.raises(StatusError) as refused:
        authenticate(cluster, {**headers, "Impersonate-Group": "g"})
    assert refused.value.message == (
        'groups "g" is forbidden: User "jane" cannot impersonate resource "groups" in API group "" at the cluster scope'
    )
    with pytest.raises(StatusError, match="without impersonating a user name"):
        authenticate(cluster, {"Authorization": "Bearer jane", "Impersonate-Group": "g"})


def test_a_role_that_is_made_of_others_grows_with_them(cluster: Cluster) -> None:
    AggregationController(cluster).start()
    cluster.clock.advance(0)
    before = cluster.store.get(Key(f"clusterroles.{RBAC}", "", "view"))
    assert before
    assert before.version < 260, "what the server makes by itself needs no mending"
    rule = {"apiGroups": ["shop.io"], "resources": ["carts"], "verbs": ["get"]}
    _role(cluster, "carts", rule, labels={f"{RBAC}/aggregate-to-view": "true"})
    cluster.clock.advance(0)
    for name in ("view", "edit", "admin"):
        found = cluster.registry.read(f"clusterroles.{RBAC}", "", name)
        assert found
        assert rule in found["rules"]


def test_a_role_that_is_not_there_is_named(cluster: Cluster) -> None:
    _bind(cluster, "ghost", {"kind": "User", "name": "jane"})
    assert _may(cluster, JANE, "list", "/api/v1/pods").endswith(
        f'at the cluster scope: RBAC: clusterrole.{RBAC} "ghost" not found'
    )


def test_one_who_may_speak_for_nobody_is_told_what_they_cannot_do_for_them(cluster: Cluster) -> None:
    cluster.tokens["jane"] = JANE
    headers = {"Authorization": "Bearer jane", "Impersonate-User": "bob"}
    with pytest.raises(StatusError) as refused:
        authenticate(cluster, headers, "GET", "/api/v1/pods")
    assert refused.value.message == (
        'pods is forbidden: User "jane" cannot impersonate-on:user-info:list resource "pods" in API group "" '
        "at the cluster scope"
    )
