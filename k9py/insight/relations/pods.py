"""What the spec of a pod refers to: config maps, secrets, claims, its account, its node and its classes (core v1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from k9py.insight.relations.identity import Identity

Json = Mapping[str, Any]
CONTAINERS = ("initContainers", "containers", "ephemeralContainers")


class Reference(NamedTuple):
    """One object that another names. `how` says where: `env DB_URL`, `volume config`.

    One that is `optional` may be missing. One that is `guessed` from a name counts only if it is there.
    """

    to: Identity
    how: str
    optional: bool = False
    guessed: bool = False


def pod_references(spec: Json, namespace: str, pod: str = "") -> Iterator[Reference]:
    """All that a pod spec names; `pod` is the pod's name, where it is one and not a template."""
    yield from _settings(spec, namespace)
    for volume in spec.get("volumes") or ():
        yield from _volume(volume, namespace, pod)
    for secret in spec.get("imagePullSecrets") or ():
        if secret.get("name"):
            yield _core("Secret", namespace, secret["name"], "image pull secret")
    for claim in spec.get("resourceClaims") or ():
        yield from _resource_claim(claim, namespace)
    yield from _places(spec, namespace)


def with_pod_spec(value: Any) -> bool:
    """Whether this looks like the spec of a pod: custom resources have templates of pods, too."""
    containers = value.get("containers") if isinstance(value, Mapping) else None
    return isinstance(containers, list) and any(isinstance(each, dict) and "image" in each for each in containers)


def _core(kind: str, namespace: str, name: str, how: str, optional: bool = False) -> Reference:
    return Reference(Identity("", kind, namespace, name), how, optional)


def _settings(spec: Json, namespace: str) -> Iterator[Reference]:
    """What containers take their environment from."""
    for container in (each for group in CONTAINERS for each in spec.get(group) or ()):
        for variable in container.get("env") or ():
            source = variable.get("valueFrom") or {}
            yield from _keyed(source.get("configMapKeyRef"), "ConfigMap", namespace, f"env {variable.get('name')}")
            yield from _keyed(source.get("secretKeyRef"), "Secret", namespace, f"env {variable.get('name')}")
        for source in container.get("envFrom") or ():
            yield from _keyed(source.get("configMapRef"), "ConfigMap", namespace, "env from")
            yield from _keyed(source.get("secretRef"), "Secret", namespace, "env from")


def _keyed(ref: Json | None, kind: str, namespace: str, how: str) -> Iterator[Reference]:
    if ref and ref.get("name"):
        yield _core(kind, namespace, ref["name"], how, bool(ref.get("optional")))


def _volume(volume: Json, namespace: str, pod: str) -> Iterator[Reference]:
    how = f"volume {volume.get('name')}"
    yield from _keyed(volume.get("configMap"), "ConfigMap", namespace, how)
    secret = volume.get("secret") or {}
    if secret.get("secretName"):
        yield _core("Secret", namespace, secret["secretName"], how, bool(secret.get("optional")))
    claim = (volume.get("persistentVolumeClaim") or {}).get("claimName")
    if not claim and pod and volume.get("ephemeral"):
        claim = f"{pod}-{volume.get('name')}"
    if claim:
        yield _core("PersistentVolumeClaim", namespace, claim, how)
    for source in (volume.get("projected") or {}).get("sources") or ():
        yield from _keyed(source.get("configMap"), "ConfigMap", namespace, how)
        yield from _keyed(source.get("secret"), "Secret", namespace, how)
    yield from _volume_secret(volume, namespace, how)


def _volume_secret(volume: Json, namespace: str, how: str) -> Iterator[Reference]:
    """Plugins of old, and CSI, name a secret each in its own way."""
    for plugin in volume.values():
        if isinstance(plugin, dict):
            for field in ("secretRef", "nodePublishSecretRef"):
                yield from _keyed(plugin.get(field), "Secret", namespace, how)
    if name := (volume.get("azureFile") or {}).get("secretName"):
        yield _core("Secret", namespace, name, how)


def _resource_claim(claim: Json, namespace: str) -> Iterator[Reference]:
    for field, kind in (("resourceClaimName", "ResourceClaim"), ("resourceClaimTemplateName", "ResourceClaimTemplate")):
        if name := claim.get(field):
            yield Reference(Identity("resource.k8s.io", kind, namespace, name), f"device {claim.get('name')}")


def _places(spec: Json, namespace: str) -> Iterator[Reference]:
    if name := spec.get("serviceAccountName") or spec.get("serviceAccount"):
        yield _core("ServiceAccount", namespace, name, "service account")
    if name := spec.get("priorityClassName"):
        yield Reference(Identity("scheduling.k8s.io", "PriorityClass", "", name), "priority")
    if name := spec.get("runtimeClassName"):
        yield Reference(Identity("node.k8s.io", "RuntimeClass", "", name), "runtime")
    if name := spec.get("nodeName"):
        yield _core("Node", "", name, "on node")
