"""Objects of the kinds and in the states that tests.cluster.zoo has not, so that each cell of a table has been seen.

What lives in no namespace is named after the namespace, and nothing of it does anything: policies and webhooks match a
group that does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.cluster.kubectl import Kubectl
from tests.cluster.workloads import Json, thing

NOWHERE = {"apiGroups": ["none.example.com"], "apiVersions": ["v1"], "resources": ["nones"], "operations": ["CREATE"]}
ADMISSION = "admissionregistration.k8s.io/v1"
PAST = "2026-01-01T00:00:00Z"


def add_exotic(kubectl: Kubectl, namespace: str) -> None:
    """Make all of them, and write the statuses that nothing here would write."""
    kubectl.create(*_services(), *_claims(), *_scaled(), *_leftovers(namespace), namespace=namespace)
    kubectl.create(*_cluster_wide(namespace))
    for what, status in STATUSES.items():
        kubectl.patch(what, {"status": status}, namespace, "--subresource=status", "--type=merge")
    kubectl("certificate", "approve", f"{namespace}-approved")
    kubectl("certificate", "deny", f"{namespace}-denied")


def remove_exotic(kubectl: Kubectl, namespace: str) -> None:
    """Delete what lives in no namespace."""
    for obj in _cluster_wide(namespace):
        kubectl("delete", obj["kind"], obj["metadata"]["name"], "--ignore-not-found", "--wait=false")


def _services() -> list[Json]:
    http = [{"name": "http", "port": 80}]
    hosts = [{"host": f"h{number}.example.com"} for number in range(5)]
    four = [{"ip": f"192.0.2.{number}"} for number in range(1, 5)]
    ports = [{"name": "a", "port": 80}, {"name": "b", "port": 81}]
    slice_ports = [{"name": f"p{port}", "port": port} for port in range(80, 85)]
    return [
        thing("Service", "external", spec={"ports": http, "externalIPs": ["192.0.2.7", "192.0.2.8"]}),
        thing("Service", "given", spec={"type": "LoadBalancer", "ports": http, "externalIPs": ["192.0.2.9"]}),
        thing("Endpoints", "by-hand", subsets=[{"addresses": four, "ports": ports}]),
        thing("Endpoints", "two", subsets=[{"addresses": four[:2]}, {"addresses": four[:1], "ports": [{"port": 9}]}]),
        thing("Endpoints", "six", subsets=[{"addresses": [{"ip": "2001:db8::1"}], "ports": [{"port": 9}]}]),
        thing("Endpoints", "none"),
        thing(
            "EndpointSlice",
            "many",
            "discovery.k8s.io/v1",
            addressType="IPv4",
            ports=slice_ports,
            endpoints=[{"addresses": [one["ip"]]} for one in four],
        ),
        thing("EndpointSlice", "bare", "discovery.k8s.io/v1", addressType="IPv6", ports=[], endpoints=[]),
        thing("EndpointSlice", "any", "discovery.k8s.io/v1", addressType="FQDN", ports=[{"name": "x"}], endpoints=[]),
        _ingress("hosts", rules=hosts),
        _ingress("three", rules=hosts[:3]),
        _ingress("mixed", rules=[*hosts[:2], *_pathless(), *hosts[2:]]),
        _ingress("fallback", rules=_pathless(), tls=[{"hosts": ["a"]}], ingressClassName="nobody"),
        thing("NetworkPolicy", "all", "networking.k8s.io/v1", spec={"podSelector": {}}),
        thing("NetworkPolicy", "some", "networking.k8s.io/v1", spec={"podSelector": _expressions()}),
    ]


def _ingress(name: str, **spec: Any) -> Json:
    return thing("Ingress", name, "networking.k8s.io/v1", spec=spec)


def _pathless() -> list[Json]:
    backend = {"service": {"name": "plain", "port": {"name": "http"}}}
    return [{"http": {"paths": [{"path": "/", "pathType": "Exact", "backend": backend}]}}]


def _expressions() -> Json:
    return {
        "matchLabels": {"b": "1", "a": "2"},
        "matchExpressions": [
            {"key": "c", "operator": "NotIn", "values": ["y", "x"]},
            {"key": "d", "operator": "Exists"},
            {"key": "aa", "operator": "DoesNotExist"},
            {"key": "a", "operator": "In", "values": ["2"]},
        ],
    }


def _claims() -> list[Json]:
    def claim(name: str, **spec: Any) -> Json:
        wanted = {"accessModes": ["ReadWriteMany", "ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
        return thing("PersistentVolumeClaim", name, spec={**wanted, **spec})

    old = claim("old-class")
    old["metadata"]["annotations"] = {"volume.beta.kubernetes.io/storage-class": "older"}
    return [claim("bound", storageClassName="", volumeName="nowhere", volumeMode="Block"), old]


def _scaled() -> list[Json]:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "nobody"}
    named, other = {"name": "requests"}, {"kind": "Service", "name": "plain", "apiVersion": "v1"}

    def value(kind: str, **amount: Any) -> Json:
        return {"type": kind, **amount}

    cpu = {"type": "Resource", "resource": {"name": "cpu", "target": value("Utilization", averageUtilization=80)}}
    memory = {"type": "Resource", "resource": {"name": "memory", "target": value("AverageValue", averageValue="1Gi")}}
    inside = {"name": "cpu", "container": "main", "target": value("Utilization", averageUtilization=5)}
    measured: dict[str, list[Json]] = {
        "cpu-only": [cpu],
        "cpu-and-memory": [cpu, memory],
        "three": [cpu, memory, {"type": "ContainerResource", "containerResource": inside}],
        "in-container": [{"type": "ContainerResource", "containerResource": inside}],
        "per-pod": [{"type": "Pods", "pods": {"metric": named, "target": value("AverageValue", averageValue="100m")}}],
        "of-object": [
            {"type": "Object", "object": {"metric": named, "describedObject": other, "target": target_value}}
            for target_value in (value("Value", value="1k"), value("AverageValue", averageValue="2"))
        ],
        "outside": [
            {"type": "External", "external": {"metric": named, "target": target_value}}
            for target_value in (value("Value", value="10"), value("AverageValue", averageValue="20"))
        ],
    }
    return [
        *(
            thing(
                "HorizontalPodAutoscaler",
                name,
                "autoscaling/v2",
                spec={"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 9, "metrics": metrics},
            )
            for name, metrics in measured.items()
        ),
        thing("PodDisruptionBudget", "share", "policy/v1", spec={"maxUnavailable": "25%", "selector": {}}),
        thing("PodDisruptionBudget", "none", "policy/v1", spec={"minAvailable": 0, "selector": {}}),
    ]


def _leftovers(namespace: str) -> list[Json]:
    template: Json = {"metadata": {"labels": {"a": "1"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    owner = {"apiVersion": "apps/v1", "kind": "DaemonSet", "name": "each", "uid": "1-2", "controller": True}
    revision = thing("ControllerRevision", "orphan", "apps/v1", revision=3, data={})
    about = {"kind": "Pod", "namespace": namespace, "name": "somebody", "fieldPath": "spec.containers{main}"}
    parallel = {"metadata": template["metadata"], "spec": {**template["spec"], "restartPolicy": "Never"}}
    owned = {**revision, "metadata": {"name": "owned", "ownerReferences": [owner]}, "revision": 4}
    hard = {"requests.cpu": "4", "limits.cpu": "8", "limits.memory": "1Gi", "pods": "90", "cpu": "90"}
    new: Json = {"reportingComponent": "example.com/tests", "reportingInstance": "here", "action": "Test"}
    request = {"devices": {"requests": [{"name": "one", "exactly": {"deviceClassName": "none"}}]}}
    return [
        thing("ReplicationController", "zero", spec={"replicas": 0, "selector": {"a": "1"}, "template": template}),
        thing("PodTemplate", "template", template=template),
        revision,
        owned,
        thing("Job", "parallel", "batch/v1", spec={"parallelism": 3, "suspend": True, "template": parallel}),
        thing("ResourceQuota", "both", spec={"hard": hard}),
        thing("ResourceQuota", "scoped", spec={"hard": {"count/jobs.batch": "900"}}),
        thing("Event", "old", involvedObject=about, type="Warning", reason="Old", count=3)
        | {"firstTimestamp": PAST, "lastTimestamp": PAST, "message": " spaces \n", "source": {"component": "c"}},
        thing("Event", "placed", involvedObject=about, source={"component": "c", "host": "node1"}, type="Normal"),
        thing(
            "Event",
            "kind-only",
            involvedObject={"kind": "Node", "namespace": namespace},
            eventTime="2026-01-01T00:00:00.000001Z",
            **new,
        )
        | {"type": "Normal", "reason": "New"},
        thing("Event", "series", involvedObject=about, eventTime="2026-01-01T00:00:00.000001Z", **new)
        | {"series": {"count": 7, "lastObservedTime": "2026-02-01T00:00:00.000001Z"}, "type": "Normal", "reason": "N"},
        thing("ConfigMap", "binary", binaryData={"a": "AAA="}, data={"b": "c"}),
        thing("Secret", "tls", type="kubernetes.io/tls", data={"tls.crt": "", "tls.key": ""}),
        thing("Secret", "empty"),
        thing("Lease", "free", "coordination.k8s.io/v1"),
        thing("ResourceClaim", "waiting", "resource.k8s.io/v1", spec=request),
        thing("ResourceClaim", "allocated", "resource.k8s.io/v1", spec=request),
        thing("ResourceClaimTemplate", "claims", "resource.k8s.io/v1", spec={"spec": request}),
        thing("CSIStorageCapacity", "room", "storage.k8s.io/v1", storageClassName="none", capacity="1Gi"),
        thing("RoleBinding", "everybody", "rbac.authorization.k8s.io/v1", subjects=_subjects(), roleRef=_role("view")),
        thing("RoleBinding", "nobody", "rbac.authorization.k8s.io/v1", roleRef=_role("view")),
    ]


def _subjects() -> list[Json]:
    group = "rbac.authorization.k8s.io"
    people = [{"kind": kind, "name": f"{kind}{n}", "apiGroup": group} for kind in ("User", "Group") for n in (1, 2)]
    return [*people, {"kind": "ServiceAccount", "name": "robot", "namespace": "tables"}]


def _role(name: str) -> Json:
    return {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name}


def _cluster_wide(prefix: str) -> list[Json]:
    default = {"annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}

    def named(kind: str, name: str, api: str, **fields: Any) -> Json:
        return thing(kind, f"{prefix}-{name}", api, **fields)

    def marked(obj: Json) -> Json:
        return {**obj, "metadata": {**obj["metadata"], **default}}

    volume = {"capacity": {"storage": "5Gi"}, "accessModes": ["ReadWriteOncePod"], "hostPath": {"path": "/nowhere"}}
    claimed = {**volume, "claimRef": {"namespace": prefix, "name": "none"}, "storageClassName": "slow"}
    storage, network = "storage.k8s.io/v1", "networking.k8s.io/v1"
    return [
        named("PersistentVolume", "free", "v1", spec=volume),
        named("PersistentVolume", "claimed", "v1", spec={**claimed, "persistentVolumeReclaimPolicy": "Recycle"}),
        named("StorageClass", "plain", storage, provisioner="example.com/none"),
        named("StorageClass", "late", storage, provisioner="example.com/none", volumeBindingMode="WaitForFirstConsumer")
        | {"allowVolumeExpansion": True, "reclaimPolicy": "Retain"},
        named("CSIDriver", "plain", storage, spec={}),
        named("CSIDriver", "full", storage, spec={"attachRequired": False, "podInfoOnMount": True})
        | {"spec": {"tokenRequests": [{"audience": "a"}, {"audience": "b"}], "requiresRepublish": True}},
        named("VolumeAttachment", "one", storage, spec={"attacher": "example.com/none", "nodeName": "none"})
        | {"spec": {"attacher": "none", "nodeName": "none", "source": {"persistentVolumeName": "volume"}}},
        named("VolumeAttributesClass", "fast", storage, driverName="example.com/none", parameters={"a": "b"}),
        marked(named("VolumeAttributesClass", "marked", storage, driverName="example.com/none", parameters={"a": "b"})),
        named("IngressClass", "plain", network, spec={"controller": "example.com/none"}),
        named("IngressClass", "tuned", network, spec={"controller": "example.com/none", "parameters": _parameters()}),
        named("IPAddress", "x", network) | {"metadata": {"name": "192.0.2.77"}, "spec": {"parentRef": _parent(prefix)}},
        *_admission(named),
        named("PriorityClass", "high", "scheduling.k8s.io/v1", value=1000, preemptionPolicy="Never"),
        named("RuntimeClass", "other", "node.k8s.io/v1", handler="none"),
        named("DeviceClass", "devices", "resource.k8s.io/v1", spec={}),
        *_slices(named),
        *(_request(named, name) for name in ("approved", "denied", "pending")),
        named("ClusterRoleBinding", "all", "rbac.authorization.k8s.io/v1", subjects=_subjects(), roleRef=_role("view")),
        named("FlowSchema", "lost", "flowcontrol.apiserver.k8s.io/v1", spec={"priorityLevelConfiguration": _lost()}),
    ]


def _lost() -> Json:
    return {"name": "nowhere"}


def _parameters() -> Json:
    return {"apiGroup": "example.com", "kind": "Tuning", "name": "tuned"}


def _parent(namespace: str) -> Json:
    return {"group": "example.com", "resource": "things", "namespace": namespace, "name": "one"}


def _slices(named: Callable[..., Json]) -> list[Json]:
    pool = {"name": "pool", "generation": 1, "resourceSliceCount": 1}
    spec = {"driver": "none.example.com", "pool": pool, "devices": []}
    return [
        named("ResourceSlice", "node", "resource.k8s.io/v1", spec={**spec, "nodeName": "none"}),
        named("ResourceSlice", "all", "resource.k8s.io/v1", spec={**spec, "allNodes": True}),
    ]


def _admission(named: Callable[..., Json]) -> list[Json]:
    hook = {
        "name": "none.example.com",
        "clientConfig": {"url": "https://192.0.2.1/"},
        "rules": [NOWHERE],
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
        "failurePolicy": "Ignore",
    }
    matching = {"matchConstraints": {"resourceRules": [NOWHERE]}, "failurePolicy": "Ignore"}
    checks = [{"expression": "true"}, {"expression": "1 == 1"}]
    kind = {"apiVersion": "example.com/v1", "kind": "Limit"}
    patch = {"patchType": "JSONPatch", "jsonPatch": {"expression": '[JSONPatch{op: "test", path: "/a", value: 1}]'}}
    mutating = {**matching, "mutations": [patch], "reinvocationPolicy": "Never"}

    def binding(binding_name: str, **reference: Any) -> Json:
        where = {"paramRef": {**reference, "parameterNotFoundAction": "Allow"}} if reference else {}
        spec = {"policyName": "none", "validationActions": ["Audit"], **where}
        return named("ValidatingAdmissionPolicyBinding", binding_name, ADMISSION, spec=spec)

    return [
        named("MutatingWebhookConfiguration", "none", ADMISSION, webhooks=[hook]),
        named("ValidatingWebhookConfiguration", "none", ADMISSION, webhooks=[hook]),
        named("ValidatingAdmissionPolicy", "plain", ADMISSION, spec={**matching, "validations": checks}),
        named(
            "ValidatingAdmissionPolicy", "kind", ADMISSION, spec={**matching, "validations": checks, "paramKind": kind}
        ),
        named("MutatingAdmissionPolicy", "plain", ADMISSION, spec=mutating),
        named("MutatingAdmissionPolicyBinding", "plain", ADMISSION, spec={"policyName": "none"}),
        binding("plain"),
        binding("named", name="limit"),
        binding("placed", name="limit", namespace="here"),
        binding("chosen", selector={"matchLabels": {"a": "b"}}),
        binding("picked", selector=_expressions()),
    ]


def _request(named: Callable[..., Json], name: str) -> Json:
    """A certificate signing request; its key is nobody's."""
    spec = {"request": CSR, "signerName": "example.com/none", "usages": ["client auth"]}
    more = {"expirationSeconds": 86400} if name == "pending" else {}
    return named("CertificateSigningRequest", name, "certificates.k8s.io/v1", spec={**spec, **more})


CSR = (
    "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlISk1IRUNBUUF3RHpFTk1Bc0dBMVVFQXd3RWJtOXVaVEJaTUJNR0J5cUdTTT"
    "Q5QWdFR0NDcUdTTTQ5QXdFSApBMElBQkErZndMdnYwNjVzc0pTWmZaUkppSjg3OS94THFkNW1aamw0QkVFaTB5a3k3Zk5nYkdwRlZDWmpkRWo2"
    "Ck9tUEZDbE1JT2xFaVdvUGxvM3BEVmFCUGQ5U2dBREFLQmdncWhrak9QUVFEQWdOSUFEQkZBaUJRQk1Ca1Voby8KVlN3Y2pEMWJZeXI0eGVjbG"
    "xiazRaR0VZM1JxcmRUZ3N2UUloQU14a204TVBCZU9HNzBZa2ZXUWNKZVlQOGNBagpOZmpEYTk1bk8xWDZISkdzCi0tLS0tRU5EIENFUlRJRklD"
    "QVRFIFJFUVVFU1QtLS0tLQo="
)

STATUSES: dict[str, Json] = {
    "service/given": {"loadBalancer": {"ingress": [{"ip": "192.0.2.5"}, {"hostname": "lb.example.com"}]}},
    "ingress/hosts": {"loadBalancer": {"ingress": [{"ip": "192.0.2.6"}, {"ip": "192.0.2.5"}]}},
    "hpa/cpu-and-memory": {
        "currentReplicas": 3,
        "desiredReplicas": 3,
        "conditions": [],
        "currentMetrics": [
            {
                "type": "Resource",
                "resource": {"name": "cpu", "current": {"averageUtilization": 12, "averageValue": "9m"}},
            },
            {"type": "Resource", "resource": {"name": "memory", "current": {"averageValue": "512Mi"}}},
        ],
    },
    "hpa/per-pod": {
        "desiredReplicas": 3,
        "conditions": [],
        "currentMetrics": [
            {"type": "Pods", "pods": {"metric": {"name": "requests"}, "current": {"averageValue": "20m"}}}
        ],
    },
    "hpa/outside": {
        "desiredReplicas": 3,
        "conditions": [],
        "currentMetrics": [
            {"type": "External", "external": {"metric": {"name": "requests"}, "current": {"value": "1500m"}}},
            {"type": "External", "external": {"metric": {"name": "requests"}, "current": {"averageValue": "7"}}},
        ],
    },
    "hpa/of-object": {
        "desiredReplicas": 3,
        "conditions": [],
        "currentMetrics": [
            {
                "type": "Object",
                "object": {
                    "metric": {"name": "requests"},
                    "describedObject": {"kind": "Service", "name": "plain", "apiVersion": "v1"},
                    "current": {"value": "3"},
                },
            }
        ],
    },
    "pvc/bound": {"phase": "Bound", "accessModes": ["ReadWriteMany", "ReadWriteOnce"], "capacity": {"storage": "5Gi"}},
}
