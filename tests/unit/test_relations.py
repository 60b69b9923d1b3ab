"""How objects belong together: what they refer to, who owns and selects them, and the trees that are made of that."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from k9py.insight.relations.graph import Thing, read_thing
from k9py.insight.relations.health import Health
from k9py.insight.relations.references import references_of, selections_of
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
            Health(Tone.BAD, "Ready=False (Hoarse)"),
        ),
        (
            CHOIR,
            {"status": {"conditions": [{"type": "Ready", "status": "Unknown"}]}},
            Health(Tone.BUSY, "Ready=Unknown"),
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
