"""Defaults of a pod's spec, alone or in a template (core/v1 SetDefaults_PodSpec and what it holds)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from k9py.demo.api.defaults.filling import fill
from k9py.demo.api.defaults.volumes import default_reference, default_volume, pull_policy
from k9py.demo.api.quantities import settle
from k9py.demo.core.store import Obj

_SPEC = {
    "restartPolicy": "Always",
    "terminationGracePeriodSeconds": 30,
    "dnsPolicy": "ClusterFirst",
    "securityContext": {},
    "schedulerName": "default-scheduler",
}


def default_template(template: Obj) -> None:
    """A pod template."""
    template.setdefault("metadata", {})
    default_pod_spec(template.setdefault("spec", {}))


def default_pod_spec(spec: Obj) -> None:
    """A pod's spec. Everything in place."""
    fill(spec, _SPEC)
    _default_account(spec)
    for kind in ("containers", "initContainers", "ephemeralContainers"):
        for container in spec.get(kind) or ():
            default_container(container)
    for volume in spec.get("volumes") or ():
        default_volume(volume)
    for name in ("volumes", "initContainers", "ephemeralContainers", "tolerations", "imagePullSecrets", "nodeSelector"):
        if name in spec and not spec[name]:
            del spec[name]
    if "overhead" in spec:
        settle(spec, "overhead")


def _default_account(spec: Obj) -> None:
    """The old name of the field is kept in step."""
    account = spec.get("serviceAccountName") or spec.get("serviceAccount")
    if account:
        spec["serviceAccountName"] = spec["serviceAccount"] = account


def default_container(container: Obj) -> None:
    """A container of any sort."""
    if "imagePullPolicy" not in container:
        container["imagePullPolicy"] = pull_policy(container.get("image") or "")
    fill(container, {"terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"})
    resources = container.setdefault("resources", {})
    if resources:
        settle(resources, "limits")
        settle(resources, "requests")
    for port in container.get("ports") or ():
        port.setdefault("protocol", "TCP")
    for variable in container.get("env") or ():
        if "valueFrom" in variable:
            default_reference(variable["valueFrom"])
        elif variable.get("value") == "":
            del variable["value"]
    for name, default in _PARTS.items():
        if name in container:
            default(container[name])


def default_probe(probe: Obj) -> None:
    """A probe: each second number that is 0 counts as absent."""
    for name, value in (("timeoutSeconds", 1), ("periodSeconds", 10), ("successThreshold", 1), ("failureThreshold", 3)):
        if not probe.get(name):
            probe[name] = value
    if not probe.get("initialDelaySeconds", 1):
        del probe["initialDelaySeconds"]
    if "grpc" in probe:
        probe["grpc"]["service"] = probe["grpc"].get("service") or ""
    default_handler(probe)


def default_handler(handler: Obj) -> None:
    """What a probe or a hook does."""
    if "httpGet" in handler:
        fill(handler["httpGet"], {"path": "/", "scheme": "HTTP"})


def _default_lifecycle(lifecycle: Obj) -> None:
    for handler in lifecycle.values():
        if isinstance(handler, dict):
            default_handler(handler)


_PARTS: Mapping[str, Callable[[Obj], None]] = {
    "livenessProbe": default_probe,
    "readinessProbe": default_probe,
    "startupProbe": default_probe,
    "lifecycle": _default_lifecycle,
}
