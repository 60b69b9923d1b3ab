"""RBAC as its authorizer reads it: what a rule covers, whom a binding means, who can do something."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k9py.insight.rules.rbac import Binding, Grant, Rbac, RoleRef, read_binding, read_role
from k9py.insight.rules.reading import Told, read_rbac
from k9py.insight.rules.reviews import read_own_rules, read_self
from k9py.insight.rules.rows import EVERYWHERE, permissions, subjects
from k9py.insight.rules.rule import Asked, Rule, read_rules
from k9py.insight.rules.subject import MASTERS, Subject, Who, parse_subject, who_is
from k9py.values.errors import ApiError
from k9py.values.request import Request

VIEW = RoleRef("ClusterRole", "view")
DEV = RoleRef("Role", "dev", "shop")
KIM = Subject("User", "kim")
ROBOT = Subject("ServiceAccount", "robot", "shop")


def rule(verbs: str = "get", resources: str = "pods", groups: str = "", names: str = "") -> Rule:
    return Rule(tuple(verbs.split()), tuple(groups.split(",")), tuple(resources.split()), tuple(names.split()))


@pytest.mark.parametrize(
    ("given_rule", "asked", "allowed"),
    [
        (rule(), Asked("get", "", "pods"), True),
        (rule(), Asked("get", "", "pods", namespace="shop", name="x"), True),
        (rule(), Asked("list", "", "pods"), False),
        (rule(), Asked("get", "apps", "pods"), False),
        (rule(), Asked("get", "", "pods", "log"), False),
        (rule(resources="pods/log"), Asked("get", "", "pods", "log"), True),
        (rule(resources="pods/log"), Asked("get", "", "pods"), False),
        (rule(resources="*/log"), Asked("get", "", "pods", "log"), True),
        (rule(resources="*/log"), Asked("get", "", "pods"), False),
        (rule(resources="*/log"), Asked("get", "", "log"), False),
        (rule(resources="pods/*"), Asked("get", "", "pods", "log"), False),
        (rule(resources="*"), Asked("get", "", "pods", "log"), True),
        (rule("*", "*", "*"), Asked("escalate", "rbac.authorization.k8s.io", "roles"), True),
        (rule("*", "*", "*"), Asked("get", path="/healthz"), False),
        (rule(names="a b"), Asked("get", "", "pods", name="b"), True),
        (rule(names="a b"), Asked("get", "", "pods", name="c"), False),
        (rule("list", names="a"), Asked("list", "", "pods"), False),
        (Rule(("get",), paths=("/healthz",)), Asked("get", path="/healthz"), True),
        (Rule(("get",), paths=("/healthz",)), Asked("get", path="/healthz/etcd"), False),
        (Rule(("get",), paths=("/healthz/*",)), Asked("get", path="/healthz/etcd"), True),
        (Rule(("get",), paths=("/healthz/*",)), Asked("get", path="/healthz"), False),
        (Rule(("*",), paths=("*",)), Asked("post", path="/anything"), True),
        (Rule(("get",), paths=("*",)), Asked("get", "", "pods"), False),
    ],
)
def test_what_a_rule_allows(given_rule: Rule, asked: Asked, allowed: bool) -> None:
    assert given_rule.allows(asked) is allowed


def test_a_rule_for_some_names_covers_what_it_does_not_allow() -> None:
    assert rule(names="a").covers(Asked("get", "", "pods"))
    assert not rule(names="a").allows(Asked("get", "", "pods"))


def test_rules_are_read_with_whatever_is_left_out() -> None:
    assert read_rules(None) == ()
    assert read_rules([{"verbs": ["get"], "resources": None, "nonResourceURLs": ["/x"]}]) == (
        Rule(("get",), paths=("/x",)),
    )


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("kim", KIM),
        ("u:kim", KIM),
        ("u:oidc:kim", Subject("User", "oidc:kim")),
        ("g:system:masters", Subject("Group", MASTERS)),
        ("s:shop:robot", ROBOT),
        ("s:robot", ROBOT),
        ("system:serviceaccount:shop:robot", ROBOT),
        ("system:node:a", Subject("User", "system:node:a")),
    ],
)
def test_subjects_as_they_are_typed(text: str, subject: Subject) -> None:
    assert parse_subject(text, "shop") == subject
    assert parse_subject(subject.word) == subject


def test_a_service_account_of_no_namespace_is_of_default() -> None:
    assert parse_subject("s:robot") == Subject("ServiceAccount", "robot", "default")


@pytest.mark.parametrize(
    ("who", "subject", "namespace", "meant"),
    [
        (who_is(KIM), KIM, "", True),
        (who_is(KIM), Subject("Group", "system:authenticated"), "", True),
        (who_is(KIM), Subject("Group", "system:unauthenticated"), "", False),
        (who_is(KIM), Subject("Group", "kim"), "", False),
        (who_is(Subject("User", "system:anonymous")), Subject("Group", "system:unauthenticated"), "", True),
        (who_is(Subject("Group", "devs")), Subject("Group", "devs"), "", True),
        (who_is(Subject("Group", "devs")), Subject("User", "devs"), "", False),
        (who_is(ROBOT), ROBOT, "", True),
        (who_is(ROBOT), Subject("ServiceAccount", "robot"), "shop", True),
        (who_is(ROBOT), Subject("ServiceAccount", "robot"), "tools", False),
        (who_is(ROBOT), Subject("ServiceAccount", "robot"), "", False),
        (who_is(ROBOT), Subject("User", "system:serviceaccount:shop:robot"), "", True),
        (who_is(ROBOT), Subject("Group", "system:serviceaccounts"), "", True),
        (who_is(ROBOT), Subject("Group", "system:serviceaccounts:shop"), "", True),
        (who_is(ROBOT), Subject("Group", "system:serviceaccounts:tools"), "", False),
    ],
)
def test_whom_a_binding_means(who: Who, subject: Subject, namespace: str, meant: bool) -> None:
    assert who.is_meant(subject, namespace) is meant


RBAC = Rbac(
    {VIEW: (rule("get list", "pods"),), DEV: (rule("get", "secrets", names="a b"), rule("create", "pods", names="x"))},
    (
        Binding("viewers", "", VIEW, (Subject("Group", "devs"),)),
        Binding("looks", "tools", VIEW, (ROBOT,)),
        Binding("devs", "shop", DEV, (KIM, ROBOT)),
        Binding("lost", "shop", RoleRef("Role", "gone", "shop"), (KIM,)),
    ),
)
LIST_PODS = Asked("list", "", "pods")


def test_a_cluster_role_bound_in_a_namespace_holds_there_only() -> None:
    robot = who_is(ROBOT)
    assert RBAC.allows(robot, Asked("list", "", "pods", namespace="tools"))
    assert not RBAC.allows(robot, Asked("list", "", "pods", namespace="shop"))
    assert not RBAC.allows(robot, LIST_PODS)
    assert RBAC.allows(who_is(Subject("Group", "devs")), LIST_PODS)


def test_masters_may_do_everything() -> None:
    master = who_is(Subject("Group", MASTERS))
    assert Rbac().allows(master, Asked("delete", "", "nodes", name="x"))
    assert Rbac().allows(master, Asked("get", path="/metrics"))


def who_can(asked: Asked, everywhere: bool = False) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(grant.subject.word, grant.namespace, grant.names) for grant in RBAC.who_can(asked, everywhere)][1:]


def test_who_can() -> None:
    assert [*Rbac().who_can(LIST_PODS)] == [Grant(Subject("Group", MASTERS), "", None)]
    assert who_can(LIST_PODS) == [("g:devs", "", ())]
    assert who_can(LIST_PODS, everywhere=True) == [("g:devs", "", ()), ("s:shop:robot", "tools", ())]
    some = ("a", "b")
    secrets = Asked("get", "", "secrets", namespace="shop")
    assert who_can(secrets) == [("u:kim", "shop", some), ("s:shop:robot", "shop", some)]
    assert [names for _, _, names in who_can(Asked("get", "", "secrets", namespace="shop", name="a"))] == [(), ()]
    assert who_can(Asked("get", "", "secrets", namespace="shop", name="c")) == []
    assert who_can(Asked("create", "", "pods", namespace="shop")) == []  # asked without a name


def test_rows_of_permissions() -> None:
    robot = who_is(ROBOT)
    rows = permissions(RBAC.rules(robot, "shop"), "shop")
    row = rows["shop", "secrets a,b"]
    assert (row.resource, row.group, [*row.verbs], row.names) == ("secrets", "", ["get"], ("a", "b"))
    assert row.through == ("rolebinding shop/devs",)
    told = permissions([(rule("get"), ""), (rule("list"), ""), (Rule(("get",), paths=("/api",)), "")], EVERYWHERE)
    assert [(name, sorted(each.verbs), each.order) for (_, name), each in told.items()] == [
        ("pods", ["get", "list"], 0),
        ("~/api", ["get"], 1),
    ]


def test_rows_of_subjects() -> None:
    rows = subjects(RBAC.who_can(LIST_PODS, everywhere=True))
    assert [(row.kind, row.subject, row.home, row.where, row.role, row.through) for row in rows.values()] == [
        ("Group", MASTERS, "", "", "everything", "built in"),
        ("Group", "devs", "", "", "clusterrole view", "clusterrolebinding viewers"),
        ("ServiceAccount", "robot", "shop", "tools", "clusterrole view", "rolebinding tools/looks"),
    ]


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def manifest(name: str, namespace: str = "", **fields: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, **({"namespace": namespace} if namespace else {})}, **fields}


ROLES = {
    "/clusterroles": [manifest("view", rules=[{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}])],
    "/clusterrolebindings": [
        manifest("all", roleRef={"kind": "ClusterRole", "name": "view"}, subjects=[{"kind": "User", "name": "kim"}])
    ],
    "/namespaces/shop/roles": [manifest("dev", "shop", rules=None)],
    "/namespaces/shop/rolebindings": [
        manifest(
            *("dev", "shop"),
            roleRef={"kind": "Role", "name": "dev"},
            subjects=[{"kind": "ServiceAccount", "name": "robot"}],
        )
    ],
}


class Server:
    """Answers lists one by one; what it has not is denied."""

    def __init__(self, lists: dict[str, list[dict[str, Any]]]) -> None:
        self.lists = lists

    async def read(self, request: Request) -> Any:
        found = self.lists.get(request.path.removeprefix("/apis/rbac.authorization.k8s.io/v1"))
        if found is None:
            raise ApiError(403, "Forbidden", "no")
        at = int(str(request.query.get("continue", "0")))
        more = {"continue": str(at + 1)} if at + 1 < len(found) else {}
        return {"metadata": more, "items": found[at : at + 1]}


async def test_all_that_may_be_read_is_read() -> None:
    told = await read_rbac(Server(ROLES).read, ["shop", "tools"])
    assert told.gaps == ("rolebindings may be read in shop only", "roles may be read in shop only")
    assert told.rbac.roles == {VIEW: (rule(),), DEV: ()}
    everywhere, here = told.rbac.bindings
    assert (everywhere.label, everywhere.role, everywhere.subjects) == ("clusterrolebinding all", VIEW, (KIM,))
    assert (here.label, here.role, here.subjects) == ("rolebinding shop/dev", DEV, (ROBOT,))


async def test_lists_come_in_pages() -> None:
    lists: dict[str, list[dict[str, Any]]] = {
        f"/{kind}": [] for kind in ("clusterrolebindings", "roles", "rolebindings")
    }
    told = await read_rbac(Server({**lists, "/clusterroles": [manifest(f"r{n}") for n in range(3)]}).read)
    assert [ref.name for ref in told.rbac.roles] == ["r0", "r1", "r2"]
    assert told.gaps == ()


async def test_what_may_not_be_read_is_told() -> None:
    assert await read_rbac(Server({}).read) == Told(
        Rbac(),
        tuple(f"{kind} may not be read" for kind in ("clusterrolebindings", "rolebindings", "clusterroles", "roles")),
    )


async def test_what_fails_otherwise_is_an_error() -> None:
    async def read(request: Request) -> Any:
        raise ApiError(500, "InternalError", "oh")

    with pytest.raises(ApiError, match="oh"):
        await read_rbac(read)


async def test_reviews() -> None:
    sent = list[Request]()

    async def read(request: Request) -> Any:
        sent.append(request)
        rules = {"resourceRules": [{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}], "incomplete": True}
        return {"status": {**rules, "userInfo": {"username": "kim", "groups": ["a"]}}}

    own = await read_own_rules(read, "shop")
    assert own.rules == (rule(),)
    assert own.incomplete == "an authorizer does not say what it allows"
    assert await read_self(read) == Who("kim", frozenset({"a"}))
    assert [request.path.rpartition("/")[2] for request in sent] == ["selfsubjectrulesreviews", "selfsubjectreviews"]
    assert sent[0].body["spec"] == {"namespace": "shop"}


# ── properties ───────────────────────────────────────────────────────────────────────────────────────────────────────

WORDS = st.sampled_from(["get", "pods", "log", "*", "*/log", "pods/log", "a", "b", ""])
RULES = st.builds(Rule, *(st.lists(WORDS, max_size=3).map(tuple) for _ in range(4)), st.just(()) | st.just(("/a*",)))
QUESTIONS = st.builds(Asked, *(st.sampled_from(["get", "pods", "log", "a", ""]) for _ in range(6)))


@given(RULES, QUESTIONS)
def test_what_is_allowed_is_covered(given_rule: Rule, asked: Asked) -> None:
    assert not given_rule.allows(asked) or given_rule.covers(asked)


@given(st.lists(RULES, max_size=3), QUESTIONS)
def test_who_can_names_whom_is_allowed(given_rules: list[Rule], asked: Asked) -> None:
    """With a name, both ways to ask agree; without one, who may on some names is named with them."""
    role = RoleRef("ClusterRole", "r")
    rbac = Rbac({role: tuple(given_rules)}, (Binding("b", "", role, (KIM,)),))
    named = [grant for grant in rbac.who_can(asked) if grant.subject == KIM]
    assert rbac.allows(who_is(KIM), asked) == bool(named and not named[0].names)


def test_reading_one_of_each() -> None:
    assert read_role(manifest("dev", "shop", rules=[])) == (DEV, ())
    bound = read_binding(manifest("b", roleRef={"kind": "ClusterRole", "name": "view"}))
    assert (bound.role, bound.subjects, bound.namespace) == (VIEW, (), "")
