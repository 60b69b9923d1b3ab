"""Delete and kill as Plans: what is sent, what is said of it, what takes it back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from k9py.actions.action import Answers, Fact
from k9py.actions.delete import ACTION as DELETE
from k9py.actions.finalizers import explain_finalizer, say_answer
from k9py.actions.kill import ACTION as KILL
from k9py.actions.plan import Danger, Plan, Target
from k9py.kinds.wellknown import DEPLOYMENTS, NAMESPACES, NODES, PODS
from k9py.values.errors import ApiError
from k9py.values.request import Request
from k9py.values.resource import Gvr, Key, Resource

NOW = datetime(2026, 3, 1, 9, 14, 2, tzinfo=UTC)
_ALL = frozenset({"create", "delete", "get", "list", "patch", "update", "watch"})
CLAIMS = Resource(Gvr("", "v1", "persistentvolumeclaims"), "PersistentVolumeClaim", "persistentvolumeclaim", True, _ALL)
SECRETS = Resource(Gvr("", "v1", "secrets"), "Secret", "secret", True, _ALL)
GADGETS = Resource(Gvr("example.com", "v1", "gadgets"), "Gadget", "gadget", True, _ALL)
Obj = dict[str, Any]


class Server:
    """Answers reads by path, and counts them."""

    def __init__(self, **answers: Any) -> None:
        self.answers: dict[str, Any] = {}
        self.asked: list[str] = []

    def put(self, resource: Resource, name: str, namespace: str = "shop", **fields: Any) -> Target:
        """An object; its uid is its name."""
        metadata = {"name": name, "uid": name, "resourceVersion": "7", **fields.pop("metadata", {})}
        if resource.namespaced:
            metadata["namespace"] = namespace
        found = {"apiVersion": resource.gvr.api_version, "kind": resource.kind, "metadata": metadata, **fields}
        place = namespace if resource.namespaced else ""
        self.answers[resource.path(place, name)] = found
        self.answers.setdefault(resource.path(place), {"items": []})["items"].append(found)
        return Target(Key("prod", resource.gvr, place, name), name, resource)

    async def read(self, request: Request) -> Any:
        self.asked.append(request.path)
        found = self.answers.get(request.path)
        if isinstance(found, Exception):
            raise found
        if found is None:
            raise ApiError(404, "NotFound", f"{request.path} not found")
        return found


def owned(kind: str, name: str, controller: bool = True) -> Obj:
    return {"ownerReferences": [{"kind": kind, "name": name, "uid": name, "controller": controller}]}


async def plan(server: Server, *targets: Target, action: Any = DELETE, **options: str) -> Plan:
    found: Plan = action.plan(await action.gather(server.read, targets), Answers(options=options), NOW)
    return found


async def facts(server: Server, *targets: Target) -> tuple[Fact, ...]:
    return await DELETE.gather(server.read, targets)


async def test_a_pod_is_deleted_by_its_uid() -> None:
    server = Server()
    made = await plan(server, server.put(PODS, "web", spec={"containers": []}))
    (effect,) = made.effects
    assert (effect.request.method, effect.request.path) == ("DELETE", "/api/v1/namespaces/shop/pods/web")
    assert effect.request.body == {"propagationPolicy": "Background", "preconditions": {"uid": "web"}}
    assert made.commands == ["kubectl delete pod/web -n shop --context prod"]
    assert (made.title, made.danger) == ("Delete pod shop/web", Danger.DESTRUCTIVE)


@pytest.mark.parametrize(
    ("grace", "seconds", "flags"),
    [("now (1 s)", 1, "--grace-period=1"), ("force (0 s)", 0, "--grace-period=0 --force")],
)
async def test_the_grace_of_a_pod(grace: str, seconds: int, flags: str) -> None:
    server = Server()
    made = await plan(server, server.put(PODS, "web", spec={}), grace=grace)
    assert made.effects[0].request.body["gracePeriodSeconds"] == seconds
    assert made.commands == [f"kubectl delete pod/web {flags} -n shop --context prod"]
    assert any("may still run on the node, and nothing waits" in line for line in made.cautions) == (seconds == 0)


async def test_kill_is_a_deletion_without_grace() -> None:
    server = Server()
    made = await plan(server, server.put(PODS, "web", spec={}), action=KILL)
    assert made.title == "Kill pod shop/web"
    assert made.danger is Danger.DESTRUCTIVE
    assert made.effects[0].request.body["gracePeriodSeconds"] == 0
    assert not KILL.options(await facts(server, server.put(PODS, "other", spec={})))


def deploy(server: Server) -> Target:
    """A deployment of two replica sets and three pods, and a pod that is another's."""
    labels = {"app": "web"}
    target = server.put(
        DEPLOYMENTS, "web", spec={"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}}}
    )
    sets = Resource(Gvr("apps", "v1", "replicasets"), "ReplicaSet", "replicaset", True, _ALL)
    for name in ("web-1", "web-2"):
        server.put(sets, name, metadata=owned("Deployment", "web"))
    for name in ("web-2-a", "web-2-b", "web-2-c"):
        server.put(PODS, name, metadata=owned("ReplicaSet", "web-2"))
    server.put(PODS, "other")
    return target


@pytest.mark.parametrize(
    ("policy", "says", "flag"),
    [
        ("background", "deleted, with its 3 pods and 2 replicasets", ""),
        ("foreground", "deleted, its 3 pods and 2 replicasets before it", " --cascade=foreground"),
        ("orphan", "deleted; its 3 pods and 2 replicasets stay", " --cascade=orphan"),
    ],
)
async def test_what_goes_with_it(policy: str, says: str, flag: str) -> None:
    server = Server()
    made = await plan(server, deploy(server), propagation=policy)
    assert made.effects[0].says == says
    assert made.effects[0].request.body["propagationPolicy"] == policy.capitalize()
    assert made.commands == [f"kubectl delete deployment/web{flag} -n shop --context prod"]


async def test_a_pod_of_a_controller_has_no_undo() -> None:
    server = Server()
    target = server.put(PODS, "web-1", metadata=owned("ReplicaSet", "web"))
    made = await plan(server, target)
    assert made.effects[0].undo is None
    assert made.effects[0].says == "deleted; its ReplicaSet web makes another"
    assert made.lasting == "there is no undo: a Pod of a ReplicaSet is made again by it"


async def test_undo_makes_it_again() -> None:
    server = Server()
    target = server.put(
        GADGETS, "one", metadata={"generation": 4, "managedFields": [{}], "labels": {"a": "b"}}, spec={"size": 3}
    )
    undo = (await plan(server, target)).effects[0].undo
    assert undo
    assert (undo.request.method, undo.request.path) == ("POST", "/apis/example.com/v1/namespaces/shop/gadgets")
    assert undo.request.body == {
        "apiVersion": "example.com/v1",
        "kind": "Gadget",
        "metadata": {"name": "one", "namespace": "shop", "labels": {"a": "b"}},
        "spec": {"size": 3},
    }
    assert undo.command.line.startswith(
        "kubectl create -f - -n shop --context prod <<'EOF'\napiVersion: example.com/v1"
    )


async def test_the_values_of_a_secret_are_in_no_command() -> None:
    server = Server()
    undo = (await plan(server, server.put(SECRETS, "key", data={"token": "aHVudGVyMg=="}))).effects[0].undo
    assert undo
    assert undo.request.body["data"] == {"token": "aHVudGVyMg=="}
    assert "aHVudGVyMg" not in undo.command.line
    assert "# the values are masked here: fill them in" in undo.command.line


GOING = {"deletionTimestamp": "2026-03-01T09:13:02Z", "deletionGracePeriodSeconds": 0}


async def test_what_is_stuck_is_explained_and_left_alone() -> None:
    server = Server()
    target = server.put(CLAIMS, "data", metadata={**GOING, "finalizers": ["kubernetes.io/pvc-protection"]}, spec={})
    server.put(PODS, "db-0", spec={"volumes": [{"persistentVolumeClaim": {"claimName": "data"}}]})
    made = await plan(server, target)
    assert not made.effects
    assert made.refusals[0].why == ("it is terminating for 60s, since 2026-03-01T09:13:02Z")
    assert "shop/data waits for kubernetes.io/pvc-protection: a pod still uses it (pod db-0)" in made.cautions
    assert [option.id for option in DELETE.options(await facts(server, target))] == ["finalizers"]


async def test_finalizers_are_removed_of_the_version_that_was_seen() -> None:
    server = Server()
    target = server.put(GADGETS, "one", metadata={**GOING, "finalizers": ["example.com/guard"]})
    made = await plan(server, target, finalizers="remove")
    (effect,) = made.effects
    assert effect.request.method == "PATCH"
    assert effect.request.body == {"metadata": {"uid": "one", "resourceVersion": "7", "finalizers": None}}
    patch = """'{"metadata": {"finalizers": null}}'"""
    assert made.commands == [f"kubectl patch gadget.example.com/one --type=merge -p {patch} -n shop --context prod"]
    skipped = "skipped: example.com/guard: the controller of example.com is to clean up first, and to let it go"
    assert f"shop/one: {skipped}" in made.cautions
    assert made.lasting == "there is no undo: it is on its way already"


async def test_a_stuck_namespace_says_what_is_left_in_it() -> None:
    server = Server()
    message = "Some content in the namespace has finalizers remaining: example.com/guard in 1 resource instances"
    condition = {"type": "NamespaceFinalizersRemaining", "status": "True", "message": message}
    target = server.put(
        NAMESPACES,
        "old",
        metadata={"deletionTimestamp": "2026-03-01T09:13:02Z"},
        spec={"finalizers": ["kubernetes"]},
        status={"conditions": [condition, {"type": "NamespaceContentRemaining", "status": "False"}]},
    )
    server.put(GADGETS, "one", "old", metadata={"finalizers": ["example.com/guard"]})
    told = {"resource": "gadgets", "scope": "Namespaced", "verbs": ["list", "delete"]}
    group = {"metadata": {"name": "example.com"}, "versions": [{"version": "v1", "resources": [told]}]}
    server.answers["/apis"] = {"kind": "APIGroupDiscoveryList", "items": [group]}
    made = await plan(server, target)
    assert "old still holds 1 gadgets.example.com, held by example.com/guard" in made.cautions
    assert "old: held by finalizers: example.com/guard in 1 resource instances" in made.cautions
    assert "old waits for kubernetes: the namespace controller deletes first all that is in it" in made.cautions
    made = await plan(server, target, finalizers="remove")
    request = made.effects[0].request
    assert (request.method, request.path) == ("PUT", "/api/v1/namespaces/old/finalize")
    assert request.body["spec"] == {"finalizers": []}
    assert (request.body["metadata"]["uid"], request.body["metadata"]["resourceVersion"]) == ("old", "7")
    assert made.commands[0].startswith("kubectl replace --raw /api/v1/namespaces/old/finalize -f -")


async def test_a_pod_that_is_on_its_way_can_be_hurried() -> None:
    server = Server()
    going = {"deletionTimestamp": "2026-03-01T09:14:12Z", "deletionGracePeriodSeconds": 30}
    target = server.put(PODS, "web", metadata=going, spec={"nodeName": "worker-a"})
    assert not (await plan(server, target)).effects
    (effect,) = (await plan(server, target, grace="force (0 s)")).effects
    assert effect.request.body["gracePeriodSeconds"] == 0
    assert effect.undo is None
    hurried = await plan(server, target, grace="now (1 s)")
    assert any("a kubelet that waits already may wait on" in line for line in hurried.cautions)
    assert (await plan(server, target, action=KILL)).effects


async def test_where_finalizers_are_removed_nothing_is_forced() -> None:
    server = Server()
    going = {"deletionTimestamp": "2026-03-01T09:14:12Z", "finalizers": ["example.com/guard"]}
    target = server.put(PODS, "web", metadata=going, spec={"nodeName": "worker-a"})
    made = await plan(server, target, grace="force (0 s)", finalizers="remove")
    assert [effect.request.method for effect in made.effects] == ["PATCH"]
    assert not any("forgets the pod" in line for line in made.cautions)
    assert any("press the key again" in line for line in made.cautions)


BUDGET = Resource(Gvr("policy", "v1", "poddisruptionbudgets"), "PodDisruptionBudget", "", True, _ALL)


@pytest.mark.parametrize(
    ("allowed", "pods", "said"),
    [
        (0, 1, "the budget web allows no disruption, and is not asked"),
        (1, 1, ""),
        (1, 2, "the budget web allows 1 of its pods to go, and is not asked: 2 would"),
    ],
)
async def test_a_budget_that_would_be_broken(allowed: int, pods: int, said: str) -> None:
    server = Server()
    selector = {"matchLabels": {"app": "web"}}
    server.put(BUDGET, "web", spec={"selector": selector}, status={"disruptionsAllowed": allowed})
    labels = {"labels": {"app": "web"}}
    targets = [server.put(PODS, f"web-{n}", metadata=labels, spec={}) for n in range(pods)]
    made = await plan(server, *targets, server.put(PODS, "other", spec={}))
    assert [line for line in made.cautions if "budget" in line] == ([said] if said else [])


async def test_many_targets_cost_a_list_each_and_no_request_each() -> None:
    server = Server()
    volumes = Resource(Gvr("", "v1", "persistentvolumes"), "PersistentVolume", "persistentvolume", False, _ALL)
    targets = []
    for n in range(200):
        targets.append(server.put(CLAIMS, f"data-{n}", spec={"volumeName": f"pv-{n}"}))
        server.put(volumes, f"pv-{n}", spec={"persistentVolumeReclaimPolicy": "Retain"})
    server.put(PODS, "db-0", spec={})
    made = await plan(server, *targets)
    assert len(made.effects) == 200
    beside = [path for path in server.asked if "persistentvolumeclaims" not in path]
    assert len(beside) <= 4, beside


async def test_who_may_not_read_beside_it_deletes_all_the_same() -> None:
    server = Server()
    target = deploy(server)
    for path in ("/apis/policy/v1/namespaces/shop/poddisruptionbudgets", PODS.path("shop")):
        server.answers[path] = ApiError(403, "Forbidden", "no")
    made = await plan(server, target)
    assert made.effects[0].says == "deleted, with its 2 replicasets"


@pytest.mark.parametrize("spec", [None, "words", ["a"], 3, {"template": "x", "selector": "y"}])
async def test_a_custom_resource_may_be_anything(spec: Any) -> None:
    server = Server()
    server.put(BUDGET, "web", spec={"selector": {}}, status={"disruptionsAllowed": 0})
    target = server.put(GADGETS, "one", spec=spec)
    assert (await plan(server, target)).effects[0].undo
    going = server.put(GADGETS, "two", metadata={**GOING, "finalizers": ["a/b"]}, spec=spec)
    assert (await plan(server, going, finalizers="remove")).effects


async def test_a_node_is_only_its_record() -> None:
    server = Server()
    made = await plan(server, server.put(NODES, "cp-1"))
    assert any("only its record goes" in line for line in made.cautions)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"kind": "Status", "status": "Success"}, "gone"),
        ({"kind": "Service", "metadata": {}}, "gone"),
        (
            {"kind": "Pod", "metadata": {"deletionTimestamp": "x", "deletionGracePeriodSeconds": 30}},
            "terminating: waits for 30 s of grace",
        ),
        ({"kind": "Pod", "metadata": {"deletionTimestamp": "x", "deletionGracePeriodSeconds": 0}}, "gone"),
        (
            {"kind": "Gadget", "metadata": {"deletionTimestamp": "x", "finalizers": ["a/b", "c"]}},
            "terminating: waits for its finalizers a/b, c",
        ),
        (
            {"kind": "Namespace", "metadata": {"deletionTimestamp": "x"}, "spec": {"finalizers": ["kubernetes"]}},
            "terminating: waits until what is in it has gone",
        ),
    ],
)
def test_what_the_server_answers(answer: Obj, said: str) -> None:
    assert say_answer(answer) == said


def test_a_finalizer_nobody_knows_is_its_controllers() -> None:
    assert explain_finalizer("stuff.example.com/x").startswith("the controller of stuff.example.com ")
    assert explain_finalizer("foregroundDeletion") == "the garbage collector deletes first what it owns"
