"""What an object refers to in its spec: the objects that it names, and those that it selects by their labels.

Kinds that are built in are read by their API; of all others what looks like a reference is taken for one: `…Ref` with
a name, and `…Name` of a kind that is known, which counts only if there is such an object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from k9py.insight.relations.custom import custom_references
from k9py.insight.relations.identity import Identity
from k9py.insight.relations.pods import Reference, pod_references
from k9py.values.selector import Requirement, Selector, SelectorError, read_selector

Json = Mapping[str, Any]
RBAC = "rbac.authorization.k8s.io"
STORAGE = "storage.k8s.io"
NETWORKING = "networking.k8s.io"


class Selection(NamedTuple):
    """Pods that are selected by their labels, in the namespace of who selects."""

    selector: Selector
    how: str


def references_of(found: Json) -> tuple[Reference, ...]:
    """All that an object names, each once with all the ways in which it does. What cannot be read names nothing."""
    group, kind = _kind_of(found)
    read = _REFERENCES.get((group, kind), custom_references)
    try:
        return _merge(read(found, (found.get("metadata") or {}).get("namespace") or ""))
    except (AttributeError, LookupError, TypeError, ValueError):
        return ()


def selections_of(found: Json) -> tuple[Selection, ...]:
    """The pods that an object selects."""
    read = _SELECTIONS.get(_kind_of(found))
    try:
        return tuple(read(found.get("spec") or {})) if read else ()
    except (AttributeError, LookupError, TypeError, ValueError, SelectorError, msgspec.MsgspecError):
        return ()


def template_labels(found: Json) -> Mapping[str, str] | None:
    """The labels of the pods that a workload makes; None of what makes none."""
    spec = found.get("spec")
    template = spec.get("template") if isinstance(spec, dict) else None
    if not isinstance(template, dict) or "spec" not in template:
        return None
    return (template.get("metadata") or {}).get("labels") or {}


def _kind_of(found: Json) -> tuple[str, str]:
    group, slash, _ = str(found.get("apiVersion", "")).rpartition("/")
    return (group if slash else ""), str(found.get("kind", ""))


def _merge(references: Iterable[Reference]) -> tuple[Reference, ...]:
    """One for each object that is named; it is optional only if every way is."""
    merged: dict[Identity, Reference] = {}
    for each in references:
        known = merged.get(each.to)
        if known is None:
            merged[each.to] = each
        else:
            hows = known.how.split(", ")
            how = known.how if each.how in hows else f"{known.how}, {each.how}"
            merged[each.to] = Reference(each.to, how, known.optional and each.optional, known.guessed and each.guessed)
    return tuple(merged.values())


# ── each kind ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _pod(found: Json, namespace: str) -> Iterator[Reference]:
    yield from pod_references(found.get("spec") or {}, namespace, (found.get("metadata") or {}).get("name", ""))


def _workload(found: Json, namespace: str) -> Iterator[Reference]:
    spec = found.get("spec") or {}
    if service := spec.get("serviceName"):
        yield Reference(Identity("", "Service", namespace, service), "service name")
    yield from pod_references((spec.get("template") or {}).get("spec") or {}, namespace)


def _cron_job(found: Json, namespace: str) -> Iterator[Reference]:
    template = ((found.get("spec") or {}).get("jobTemplate") or {}).get("spec") or {}
    yield from _workload({"spec": template}, namespace)


def _pod_template(found: Json, namespace: str) -> Iterator[Reference]:
    yield from pod_references((found.get("template") or {}).get("spec") or {}, namespace)


def _ingress(found: Json, namespace: str) -> Iterator[Reference]:
    spec = found.get("spec") or {}
    if name := spec.get("ingressClassName"):
        yield Reference(Identity(NETWORKING, "IngressClass", "", name), "class")
    for tls in spec.get("tls") or ():
        if name := tls.get("secretName"):
            yield Reference(Identity("", "Secret", namespace, name), "TLS")
    yield from _backend(spec.get("defaultBackend"), namespace, "default backend")
    for rule in spec.get("rules") or ():
        for path in (rule.get("http") or {}).get("paths") or ():
            how = f"{rule.get('host') or '*'}{path.get('path') or '/'}"
            yield from _backend(path.get("backend"), namespace, how)


def _backend(backend: Json | None, namespace: str, how: str) -> Iterator[Reference]:
    backend = backend or {}
    if service := backend.get("service"):
        yield Reference(Identity("", "Service", namespace, service["name"]), how)
    if resource := backend.get("resource"):
        to = Identity(resource.get("apiGroup") or "", resource["kind"], namespace, resource["name"])
        yield Reference(to, how)


def _autoscaler(found: Json, namespace: str) -> Iterator[Reference]:
    target = (found.get("spec") or {}).get("scaleTargetRef") or {}
    if target.get("name"):
        yield Reference(Identity.of(target.get("apiVersion", ""), target["kind"], namespace, target["name"]), "scales")


def _claim(found: Json, namespace: str) -> Iterator[Reference]:
    spec = found.get("spec") or {}
    if name := spec.get("volumeName"):
        yield Reference(Identity("", "PersistentVolume", "", name), "bound to")
    if name := spec.get("storageClassName"):
        yield Reference(
            Identity(STORAGE, "StorageClass", "", name), "storage class", optional=bool(spec.get("volumeName"))
        )
    source = spec.get("dataSourceRef") or spec.get("dataSource") or {}
    if source.get("name"):
        where = source.get("namespace") or namespace
        yield Reference(Identity(source.get("apiGroup") or "", source["kind"], where, source["name"]), "data source")


def _volume(found: Json, _namespace: str) -> Iterator[Reference]:
    spec = found.get("spec") or {}
    if claim := spec.get("claimRef"):
        yield Reference(
            Identity("", "PersistentVolumeClaim", claim.get("namespace") or "", claim["name"]),
            "claimed by",
            optional=True,
        )
    if name := spec.get("storageClassName"):
        yield Reference(Identity(STORAGE, "StorageClass", "", name), "storage class", optional=True)
    secret = ((spec.get("csi") or {}).get("nodePublishSecretRef")) or {}
    if secret.get("name"):
        yield Reference(Identity("", "Secret", secret.get("namespace") or "", secret["name"]), "CSI")


def _service_account(found: Json, namespace: str) -> Iterator[Reference]:
    for secret in found.get("secrets") or ():
        if secret.get("name"):
            yield Reference(Identity("", "Secret", secret.get("namespace") or namespace, secret["name"]), "token")
    for secret in found.get("imagePullSecrets") or ():
        if secret.get("name"):
            yield Reference(Identity("", "Secret", namespace, secret["name"]), "image pull secret")


def _binding(found: Json, namespace: str) -> Iterator[Reference]:
    role = found.get("roleRef") or {}
    if role.get("name"):
        where = namespace if role.get("kind") == "Role" else ""
        yield Reference(Identity(RBAC, role.get("kind", "ClusterRole"), where, role["name"]), "role")
    for subject in found.get("subjects") or ():
        if subject.get("kind") == "ServiceAccount":
            where = subject.get("namespace") or namespace
            yield Reference(Identity("", "ServiceAccount", where, subject["name"]), "subject", optional=True)


def _secret(found: Json, namespace: str) -> Iterator[Reference]:
    annotations = (found.get("metadata") or {}).get("annotations") or {}
    if name := annotations.get("kubernetes.io/service-account.name"):
        yield Reference(Identity("", "ServiceAccount", namespace, name), "token of")


def _endpoint_slice(found: Json, namespace: str) -> Iterator[Reference]:
    for endpoint in found.get("endpoints") or ():
        target = endpoint.get("targetRef") or {}
        if target.get("kind") == "Pod" and target.get("name"):
            yield Reference(Identity("", "Pod", target.get("namespace") or namespace, target["name"]), "endpoint")


def _nothing(_found: Json, _namespace: str) -> Iterator[Reference]:
    yield from ()


_REFERENCES: Mapping[tuple[str, str], Callable[[Json, str], Iterable[Reference]]] = {
    ("", "Pod"): _pod,
    ("", "PodTemplate"): _pod_template,
    ("", "ReplicationController"): _workload,
    ("", "PersistentVolumeClaim"): _claim,
    ("", "PersistentVolume"): _volume,
    ("", "ServiceAccount"): _service_account,
    ("", "Secret"): _secret,
    **{("", kind): _nothing for kind in ("ConfigMap", "Endpoints", "Event", "Namespace", "Node", "Service")},
    **{("", kind): _nothing for kind in ("LimitRange", "ResourceQuota")},
    **{("apps", kind): _workload for kind in ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet")},
    ("apps", "ControllerRevision"): _nothing,
    ("batch", "Job"): _workload,
    ("batch", "CronJob"): _cron_job,
    ("autoscaling", "HorizontalPodAutoscaler"): _autoscaler,
    ("coordination.k8s.io", "Lease"): _nothing,
    ("discovery.k8s.io", "EndpointSlice"): _endpoint_slice,
    ("events.k8s.io", "Event"): _nothing,
    (NETWORKING, "Ingress"): _ingress,
    (NETWORKING, "NetworkPolicy"): _nothing,
    ("policy", "PodDisruptionBudget"): _nothing,
    **{(RBAC, kind): _binding for kind in ("RoleBinding", "ClusterRoleBinding")},
    **{(RBAC, kind): _nothing for kind in ("Role", "ClusterRole")},
}


def _service_pods(spec: Json) -> Iterator[Selection]:
    if labels := spec.get("selector"):
        yield Selection(Selector(tuple(Requirement(key, "=", (value,)) for key, value in labels.items())), "selects")


def _selected_pods(spec: Json) -> Iterator[Selection]:
    if spec.get("selector") is not None:
        yield Selection(read_selector(spec["selector"]), "protects")


def _policed_pods(spec: Json) -> Iterator[Selection]:
    yield Selection(read_selector(spec.get("podSelector") or {}), "applies to")


_SELECTIONS: Mapping[tuple[str, str], Callable[[Json], Iterable[Selection]]] = {
    ("", "Service"): _service_pods,
    ("policy", "PodDisruptionBudget"): _selected_pods,
    (NETWORKING, "NetworkPolicy"): _policed_pods,
}
