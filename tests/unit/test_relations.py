"""How objects belong together: what they refer to, who owns and selects them, and the trees that are made of that."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from k9py.insight.relations.graph import Graph, Stand, Standing, Thing, read_thing
from k9py.insight.relations.health import Health
from k9py.insight.relations.identity import Identity
from k9py.insight.relations.references import references_of, selections_of
from k9py.insight.relations.tree import Branch, forest_of, tree_of, users_of
from k9py.values.cell import Tone
from k9py.values.resource import Gvr, Resource

Json = dict[str, Any]
_VERBS = frozenset({"get", "list", "watch"})


def kind(name: str, group: str = "", version: str = "v1", *, namespaced: bool = True) -> Resource:
    return Resource(Gvr(group, version, f"{name.lower()}s"), name, name.lower(), namespaced, _VERBS)


POD, SERVICE, CONFIG_MAP, SECRET = kind("Pod"), kind("Service"), kind("ConfigMap"), kind("Secret")
ACCOUNT, NODE = kind("ServiceAccount"), kind("Node", namespaced=False)
DEPLOYMENT, REPLICA_SET = kind("Deployment", "apps"), kind("ReplicaSet", "apps")
BUDGET = Resource(
    Gvr("policy", "v1", "poddisruptionbudgets"), "PodDisruptionBudget", "poddisruptionbudget", True, _VERBS
)
CHOIR = kind("Choir", "example.com")


def make(
    resource: Resource, name: str, owners: Sequence[Thing] = (), labels: Json | None = None, **fields: Any
) -> Thing:
    """An object, read from its JSON."""
    references = [
        {
            "apiVersion": owner.resource.gvr.api_version,
            "kind": owner.resource.kind,
            "name": owner.identity.name,
            "uid": owner.uid,
        }
        for owner in owners
    ]
    where = {"namespace": "shop"} if resource.namespaced else {}
    metadata = {
        "name": name,
        **where,
        "uid": f"uid-{resource.kind}-{name}",
        "labels": labels or {},
        "ownerReferences": references,
    }
    thing = read_thing(json.dumps({"metadata": metadata, **fields}).encode(), resource)
    assert thing is not None
    return thing


def told(api_version: str, name: str, /, **fields: Any) -> set[str]:
    """What an object refers to: `secret login (env A)`; `?` is optional, `~` a guess."""
    found = {"apiVersion": api_version, "kind": name, "metadata": {"name": "it", "namespace": "shop"}, **fields}
    return {
        f"{each.to.label} ({each.how}){'?' * each.optional}{'~' * each.guessed}"
        + (f" in {each.to.namespace}" if each.to.namespace not in ("", "shop") else "")
        for each in references_of(found)
    }


# ── what is referred to ──────────────────────────────────────────────────────────────────────────────────────────────

POD_SPEC: Json = {
    "serviceAccountName": "seller",
    "nodeName": "worker-a",
    "priorityClassName": "high",
    "runtimeClassName": "gvisor",
    "imagePullSecrets": [{"name": "registry"}],
    "initContainers": [{"name": "init", "envFrom": [{"secretRef": {"name": "first", "optional": True}}]}],
    "containers": [
        {
            "name": "main",
            "image": "a",
            "env": [
                {"name": "A", "valueFrom": {"secretKeyRef": {"name": "login", "key": "a"}}},
                {"name": "B", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "b", "optional": True}}},
                {"name": "C", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            ],
            "envFrom": [{"configMapRef": {"name": "all"}}],
        }
    ],
    "volumes": [
        {"name": "v1", "configMap": {"name": "settings"}},
        {"name": "v2", "secret": {"secretName": "tls", "optional": True}},
        {"name": "v3", "persistentVolumeClaim": {"claimName": "data"}},
        {"name": "v4", "projected": {"sources": [{"secret": {"name": "both"}}, {"configMap": {"name": "root-ca"}}]}},
        {"name": "v5", "ephemeral": {"volumeClaimTemplate": {}}},
        {"name": "v6", "csi": {"driver": "d", "nodePublishSecretRef": {"name": "csi"}}},
        {"name": "v7", "emptyDir": {}},
    ],
}
NAMED_BY_ITS_SPEC = {
    "serviceaccount seller (service account)",
    "priorityclass high (priority)",
    "runtimeclass gvisor (runtime)",
    "secret registry (image pull secret)",
    "secret first (env from)?",
    "secret login (env A)",
    "configmap settings (env B, volume v1)",
    "configmap all (env from)",
    "secret tls (volume v2)?",
    "persistentvolumeclaim data (volume v3)",
    "secret both (volume v4)",
    "configmap root-ca (volume v4)",
    "secret csi (volume v6)",
    "node worker-a (on node)",
}


def test_of_a_pod() -> None:
    assert told("v1", "Pod", spec=POD_SPEC) == NAMED_BY_ITS_SPEC | {"persistentvolumeclaim it-v5 (volume v5)"}


@pytest.mark.parametrize(
    ("api", "kind", "spec"),
    [
        ("apps/v1", "Deployment", {"template": {"spec": POD_SPEC}}),
        ("apps/v1", "DaemonSet", {"template": {"spec": POD_SPEC}}),
        ("batch/v1", "Job", {"template": {"spec": POD_SPEC}}),
        ("batch/v1", "CronJob", {"jobTemplate": {"spec": {"template": {"spec": POD_SPEC}}}}),
        ("example.com/v1", "Choir", {"anything": {"template": {"spec": POD_SPEC}}}),
    ],
)
def test_of_what_makes_pods(api: str, kind: str, spec: Json) -> None:
    assert told(api, kind, spec=spec) == NAMED_BY_ITS_SPEC


@pytest.mark.parametrize(
    ("api", "kind", "fields", "expected"),
    [
        ("apps/v1", "StatefulSet", {"spec": {"serviceName": "db"}}, {"service db (service name)"}),
        (
            "networking.k8s.io/v1",
            "Ingress",
            {
                "spec": {
                    "ingressClassName": "nginx",
                    "tls": [{"secretName": "tls"}, {}],
                    "defaultBackend": {"resource": {"apiGroup": "example.com", "kind": "Bucket", "name": "static"}},
                    "rules": [
                        {
                            "host": "a.example",
                            "http": {"paths": [{"path": "/x", "backend": {"service": {"name": "x"}}}]},
                        },
                        {"http": {"paths": [{"backend": {"service": {"name": "y"}}}]}},
                        {"host": "nothing.example"},
                    ],
                }
            },
            {
                "ingressclass nginx (class)",
                "secret tls (TLS)",
                "bucket static (default backend)",
                "service x (a.example/x)",
                "service y (*/)",
            },
        ),
        (
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            {"spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}}},
            {"deployment web (scales)"},
        ),
        (
            "rbac.authorization.k8s.io/v1",
            "RoleBinding",
            {
                "roleRef": {"kind": "ClusterRole", "name": "edit"},
                "subjects": [
                    {"kind": "ServiceAccount", "name": "seller"},
                    {"kind": "ServiceAccount", "name": "ci", "namespace": "tools"},
                    {"kind": "User", "name": "jane"},
                ],
            },
            {"clusterrole edit (role)", "serviceaccount seller (subject)?", "serviceaccount ci (subject)? in tools"},
        ),
        (
            "v1",
            "ServiceAccount",
            {"secrets": [{"name": "token"}], "imagePullSecrets": [{"name": "registry"}]},
            {"secret token (token)", "secret registry (image pull secret)"},
        ),
        (
            "discovery.k8s.io/v1",
            "EndpointSlice",
            {"endpoints": [{"targetRef": {"kind": "Pod", "name": "web-1", "namespace": "shop"}}, {"addresses": []}]},
            {"pod web-1 (endpoint)"},
        ),
        ("v1", "ConfigMap", {"data": {"secretRef": "x"}}, set()),
        ("v1", "Service", {"spec": {"selector": {"app": "web"}}}, set()),
        ("networking.k8s.io/v1", "Ingress", {"spec": "nonsense"}, set()),
        ("v1", "Pod", {"spec": {"containers": [7], "volumes": "x"}}, set()),
    ],
)
def test_of_other_kinds(api: str, kind: str, fields: Json, expected: set[str]) -> None:
    assert told(api, kind, **fields) == expected


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"secretRef": {"name": "a"}}, {"secret a (secretRef)"}),
        (
            {"deep": [{"er": {"tlsSecretRef": {"name": "a", "namespace": "other"}}}]},
            {"secret a (tlsSecretRef) in other"},
        ),
        (
            {"targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}},
            {"deployment web (targetRef)"},
        ),
        ({"issuerRef": {"group": "cert.example", "kind": "Issuer", "name": "ca"}}, {"issuer ca (issuerRef)"}),
        ({"parentRefs": [{"kind": "Gateway", "group": "gw.example", "name": "g"}]}, {"gateway g (parentRefs)"}),
        (
            {"secretName": "a", "storageClassName": "fast"},
            {"secret a (secretName)~", "storageclass fast (storageClassName)~"},
        ),
        ({"displayName": "a", "name": "b", "thingRef": {"name": "c"}, "ref": {}}, set()),
        ({"configMapKeyRef": {"name": "c", "optional": True}}, {"configmap c (configMapKeyRef)?"}),
    ],
)
def test_of_custom_resources_by_the_names_of_their_fields(spec: Json, expected: set[str]) -> None:
    assert told("example.com/v1", "Choir", spec=spec, status=spec) == expected


def test_what_is_selected() -> None:
    def selects(api: str, kind: str, spec: Json, labels: Json) -> list[str]:
        found = {"apiVersion": api, "kind": kind, "spec": spec}
        return [each.how for each in selections_of(found) if each.selector.matches(labels)]

    web = {"app": "web"}
    assert selects("v1", "Service", {"selector": web}, {**web, "more": "1"}) == ["selects"]
    assert selects("v1", "Service", {"selector": web}, {}) == []
    assert selects("v1", "Service", {}, web) == [], "without a selector others write its endpoints"
    assert selects("policy/v1", "PodDisruptionBudget", {"selector": {"matchLabels": web}}, web) == ["protects"]
    assert selects("policy/v1", "PodDisruptionBudget", {"selector": {}}, web) == ["protects"]
    assert selects("networking.k8s.io/v1", "NetworkPolicy", {"podSelector": {}}, web) == ["applies to"]
    bad = {"selector": {"matchExpressions": [{"key": "a", "operator": "Like"}]}}
    assert selects("policy/v1", "PodDisruptionBudget", bad, web) == []


# ── how they fare ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("resource", "fields", "expected"),
    [
        (POD, {"spec": {"containers": [{"name": "a"}]}, "status": {"phase": "Pending"}}, Health(Tone.BUSY, "Pending")),
        (CHOIR, {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}, Health(Tone.OK, "Ready")),
        (
            CHOIR,
            {
                "status": {
                    "conditions": [
                        {"type": "Synced", "status": "True"},
                        {"type": "Ready", "status": "False", "reason": "Hoarse"},
                    ]
                }
            },
            Health(Tone.BAD, "not Ready: Hoarse"),
        ),
        (
            CHOIR,
            {"status": {"conditions": [{"type": "Ready", "status": "Unknown"}]}},
            Health(Tone.BUSY, "Ready unknown"),
        ),
        (CHOIR, {"status": {"phase": "Failed"}}, Health(Tone.BAD, "Failed")),
        (CHOIR, {"status": {"state": "Singing"}}, Health(Tone.PLAIN, "Singing")),
        (CHOIR, {"status": {"conditions": "none", "phase": 7}}, Health()),
        (CHOIR, {"status": "fine"}, Health()),
        (CHOIR, {}, Health()),
        (POD, {"spec": 7}, Health()),
    ],
)
def test_how_it_fares(resource: Resource, fields: Json, expected: Health) -> None:
    assert make(resource, "it", **fields).health == expected


def test_what_is_being_deleted_says_so() -> None:
    raw = json.dumps({"metadata": {"name": "it", "deletionTimestamp": "2026-01-01T00:00:00Z"}}).encode()
    thing = read_thing(raw, CHOIR)
    assert thing
    assert thing.health == Health(Tone.GOING, "Terminating")
    assert read_thing(b'{"metadata": {}}', CHOIR) is None


# ── trees ────────────────────────────────────────────────────────────────────────────────────────────────────────────

RUNS: Json = {
    "phase": "Running",
    "containerStatuses": [{"name": "a", "ready": True, "restartCount": 0, "state": {"running": {}}}],
}
FAILS: Json = {
    "phase": "Running",
    "containerStatuses": [
        {"name": "a", "ready": False, "restartCount": 9, "state": {"waiting": {"reason": "CrashLoopBackOff"}}}
    ],
}
WEB = {"app": "web"}


def template(**spec: Any) -> Json:
    return {"template": {"metadata": {"labels": WEB}, "spec": {"containers": [{"name": "a", "image": "a"}], **spec}}}


def shop() -> Graph:
    """A deployment of two pods, one of which fails; its service, its settings, a secret that is missing."""
    volumes = [{"name": "v", "configMap": {"name": "settings"}}, {"name": "s", "secret": {"secretName": "absent"}}]
    web = make(DEPLOYMENT, "web", spec=template(volumes=volumes))
    set_ = make(REPLICA_SET, "web-1", [web], spec=template(volumes=volumes))
    pods = [
        make(
            POD,
            f"web-1-{number}",
            [set_],
            WEB,
            spec={"volumes": volumes, "nodeName": "worker-a", "containers": [{"name": "a"}]},
            status=status,
        )
        for number, status in enumerate((RUNS, FAILS))
    ]
    service = make(SERVICE, "web", spec={"selector": WEB})
    return grow(web, set_, *pods, service, make(CONFIG_MAP, "settings"), make(CONFIG_MAP, "alone"))


def grow(*things: Thing) -> Graph:
    graph = Graph()
    for thing in things:
        graph.put(thing)
    return graph


def standing(**known: Standing) -> Stand:
    """What is known of those that are not in the graph, by their names."""
    return lambda identity: known.get(identity.name.replace("-", "_"), Standing.MISSING)


def draw(branches: Sequence[Branch], depth: int = 0) -> list[str]:
    """The lines of a tree, without what is below a second mention."""
    lines: list[str] = []
    for branch in branches:
        how = f" [{branch.how}]" if branch.how else ""
        lacks = f" {branch.health.word}" if branch.thing is None else ""
        lines.append("  " * depth + f"{branch.identity.label}{how}{lacks}{' …' if branch.again else ''}")
        lines += draw(branch.children, depth + 1)
    return lines


def identity(resource: Resource, name: str) -> Identity:
    return Identity(resource.gvr.group, resource.kind, "shop" if resource.namespaced else "", name)


def test_the_tree_of_a_deployment() -> None:
    tree = tree_of(shop(), standing(worker_a=Standing.READING), identity(DEPLOYMENT, "web"))
    assert draw(tree) == [
        "deployment web",
        "  replicaset web-1",
        "    pod web-1-0",
        "      node worker-a [on node] reading …",
        "    pod web-1-1",
        "      node worker-a [on node] reading …",
        "  configmap settings [volume v]",
        "  secret absent [volume s] not there",
        "  service web [selects]",
    ]
    assert tree[0].below == 8
    assert tree[0].troubles[Tone.BAD] == 2, "the pod that fails, and the secret that is not there"
    assert tree[0].children[0].troubles == {Tone.BAD: 1}


def test_the_tree_of_a_pod_has_its_owners() -> None:
    tree = tree_of(shop(), standing(worker_a=Standing.DENIED), identity(POD, "web-1-0"))
    assert draw(tree) == [
        "pod web-1-0",
        "  replicaset web-1 [owner]",
        "    deployment web [owner]",
        "  configmap settings [volume v]",
        "  secret absent [volume s] not there",
        "  node worker-a [on node] may not be read",
        "  service web [selects]",
    ]
    assert tree[0].troubles == {Tone.BAD: 1, Tone.WARN: 1}


def test_the_tree_of_a_config_map_has_who_uses_it() -> None:
    tree = tree_of(shop(), standing(), identity(CONFIG_MAP, "settings"))
    assert draw(tree)[:4] == [
        "configmap settings",
        "  deployment web [used: volume v]",
        "    replicaset web-1",
        "      pod web-1-0",
    ]


def test_the_tree_of_what_is_not_there() -> None:
    tree = tree_of(shop(), standing(absent=Standing.UNSERVED), identity(CHOIR, "absent"))
    assert draw(tree) == ["choir absent no such kind here"]


def test_who_uses_an_object() -> None:
    graph = shop()
    assert draw(users_of(graph, standing(), identity(CONFIG_MAP, "settings"))) == [
        "configmap settings",
        "  deployment web [volume v]",
        "    replicaset web-1 [volume v]",
        "      pod web-1-0 [volume v]",
        "      pod web-1-1 [volume v]",
    ]
    assert draw(users_of(graph, standing(), identity(CONFIG_MAP, "alone"))) == ["configmap alone"]
    assert draw(users_of(graph, standing(), identity(SECRET, "absent")))[0] == "secret absent not there"


def test_bare_pods_and_custom_resources_use_it_too() -> None:
    pod = make(POD, "bare", spec={"containers": [], "serviceAccountName": "seller"})
    choir = make(CHOIR, "choir", spec={"serviceAccountName": "seller"})
    tree = users_of(grow(pod, choir, make(ACCOUNT, "seller")), standing(), identity(ACCOUNT, "seller"))
    assert draw(tree) == ["serviceaccount seller", "  choir choir [serviceAccountName]", "  pod bare [service account]"]


def test_a_namespace_shows_each_object_where_it_belongs() -> None:
    lines = draw(forest_of(shop(), standing()))
    assert [line for line in lines if not line.startswith(" ")] == ["deployment web", "configmap alone"]
    assert len([line for line in lines if "pod web-1-" in line]) == 2


def test_a_kind_in_a_namespace() -> None:
    graph = shop()
    assert [branch.identity.name for branch in forest_of(graph, standing(), ("", "Pod"))] == ["web-1-0", "web-1-1"]
    services = forest_of(graph, standing(), ("", "Service"))
    assert draw(services)[:2] == ["service web", "  pod web-1-0 [selects]"]
    assert forest_of(graph, standing(), ("batch", "Job")) == []


def test_what_was_unfolded_once_is_only_named_again() -> None:
    names = [{"name": "v", "secret": {"secretName": "absent"}}]
    account = make(ACCOUNT, "seller", secrets=[{"name": "token"}])
    pods = [
        make(POD, f"p{number}", spec={"containers": [], "serviceAccountName": "seller", "volumes": names})
        for number in (1, 2)
    ]
    lines = draw(forest_of(grow(account, *pods), standing()))
    assert lines == [
        "pod p1",
        "  secret absent [volume v] not there",
        "  serviceaccount seller [service account]",
        "    secret token [token] not there",
        "pod p2",
        "  secret absent [volume v] not there",
        "  serviceaccount seller [service account] …",
    ]


def test_what_is_owned_and_named_stands_once() -> None:
    choir = make(CHOIR, "choir", spec={"secretRef": {"name": "tls"}})
    tree = tree_of(grow(choir, make(SECRET, "tls", [choir])), standing(), identity(CHOIR, "choir"))
    assert draw(tree) == ["choir choir", "  secret tls [secretRef]"]


def test_a_guess_counts_only_if_there_is_such_an_object() -> None:
    choir = make(CHOIR, "choir", spec={"secretName": "tls"})
    assert draw(tree_of(grow(choir), standing(), identity(CHOIR, "choir"))) == ["choir choir"]
    assert len(draw(tree_of(grow(choir, make(SECRET, "tls")), standing(), identity(CHOIR, "choir")))) == 2


def test_objects_that_own_each_other_end() -> None:
    first = make(CHOIR, "a", [make(CHOIR, "b")])
    graph = grow(first, make(CHOIR, "b", [first]))
    assert draw(tree_of(graph, standing(), identity(CHOIR, "a"))) == ["choir a", "  choir b [owner]", "  choir b"]
    assert draw(forest_of(graph, standing(), ("example.com", "Choir")))[:2] == ["choir a", "  choir b"]


def test_an_optional_object_that_is_missing_is_no_trouble() -> None:
    volumes = [{"name": "v", "configMap": {"name": "absent", "optional": True}}]
    tree = tree_of(grow(make(POD, "p", spec={"containers": [], "volumes": volumes})), standing(), identity(POD, "p"))
    assert draw(tree)[1] == "  configmap absent [volume v] not there, optional"
    assert tree[0].children[0].health.tone is Tone.DIM


# ── as objects come and go ───────────────────────────────────────────────────────────────────────────────────────────


def test_what_changes_belongs_elsewhere() -> None:
    graph = shop()
    pod = graph.things[identity(POD, "web-1-0")]
    graph.put(make(POD, "web-1-0", labels={"app": "other"}, spec={"containers": []}, status=RUNS))
    assert pod not in list(graph.owned_by(graph.things[identity(REPLICA_SET, "web-1")]))
    assert len(list(graph.selected(graph.things[identity(SERVICE, "web")]))) == 1
    graph.remove(identity(SERVICE, "web"))
    graph.remove(identity(SERVICE, "web"))
    assert not list(graph.selecting(graph.things[identity(DEPLOYMENT, "web")]))
    for each in list(graph.things):
        graph.remove(each)
    assert not any(vars(graph).values()), "nothing of what is gone is kept"


def test_a_selector_is_found_by_whatever_label_it_names() -> None:
    budgets = [
        make(BUDGET, "equal", spec={"selector": {"matchLabels": WEB}}),
        make(BUDGET, "everything", spec={"selector": {}}),
        make(BUDGET, "exists", spec={"selector": {"matchExpressions": [{"key": "app", "operator": "Exists"}]}}),
        make(BUDGET, "other", spec={"selector": {"matchLabels": {"app": "other"}}}),
        make(BUDGET, "both", spec={"selector": {"matchLabels": {**WEB, "tier": "back"}}}),
    ]
    pod = make(POD, "p", labels={**WEB, "x": "y"}, spec={"containers": []})
    found = {tie.thing.identity.name for tie in grow(pod, *budgets).selecting(pod)}
    assert found == {"equal", "everything", "exists"}
