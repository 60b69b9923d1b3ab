"""livez, readyz, healthz, the version and a few metrics."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import partial

from aiohttp import web

from k9py.demo.cluster import Cluster
from k9py.demo.core.parts import version_of
from k9py.demo.core.status import method_not_allowed, no_such_path
from k9py.demo.http.call import Page
from k9py.demo.http.discovery import nowhere

_HOOKS = (
    "start-apiserver-admission-initializer",
    "generic-apiserver-start-informers",
    "priority-and-fairness-config-consumer",
    "priority-and-fairness-filter",
    "storage-object-count-tracker-hook",
    "start-apiextensions-informers",
    "start-apiextensions-controllers",
    "crd-informer-synced",
    "start-system-namespaces-controller",
    "peer-endpoint-reconciler-controller",
    "start-cluster-authentication-info-controller",
    "start-kube-apiserver-identity-lease-controller",
    "start-kube-apiserver-identity-lease-garbage-collector",
    "storage-readiness",
    "start-legacy-token-tracking-controller",
    "start-service-ip-repair-controllers",
    "rbac/bootstrap-roles",
    "scheduling/bootstrap-system-priority-classes",
    "priority-and-fairness-config-producer",
    "bootstrap-controller",
    "start-kubernetes-service-cidr-controller",
    "aggregator-reload-proxy-client-cert",
    "start-kube-aggregator-informers",
    "apiservice-status-local-available-controller",
    "apiservice-status-remote-available-controller",
    "apiservice-registration-controller",
    "apiservice-discovery-controller",
    "kube-apiserver-autoregistration",
)
_STARTED = (
    *(f"poststarthook/{hook}" for hook in _HOOKS),
    "autoregister-completion",
    "poststarthook/apiservice-openapi-controller",
    "poststarthook/apiservice-openapiv3-controller",
)
_ALIVE = ("ping", "log", "loopback-serving-certificate", "etcd", *_STARTED)
CHECKS: Mapping[str, tuple[str, ...]] = {
    "healthz": _ALIVE,
    "livez": _ALIVE,
    "readyz": ("ping", "log", "etcd", "etcd-readiness", "informer-sync", *_STARTED, "shutdown"),
}
"""What each looks at, in the real server's order."""


async def _version(cluster: Cluster, request: web.Request) -> web.StreamResponse:
    if request.path.strip("/") != "version":
        raise no_such_path()
    if request.method not in ("GET", "HEAD"):
        raise method_not_allowed()
    major, minor, patch = version_of(cluster.off)
    found = {"major": str(major), "minor": str(minor)}
    if minor >= 33:  # KEP-4330
        found |= {"emulationMajor": str(major), "emulationMinor": str(minor)}
        found |= {"minCompatibilityMajor": str(major), "minCompatibilityMinor": str(minor - 1)}
    found |= {"gitVersion": f"v{major}.{minor}.{patch}", "gitCommit": "module", "gitTreeState": "clean"}
    built = {"buildDate": "1970-01-01T00:00:00Z", "goVersion": "go1.26.8", "compiler": "gc", "platform": "linux/amd64"}
    return web.json_response(found | built, dumps=partial(json.dumps, indent=2))


async def _health(cluster: Cluster, request: web.Request) -> web.StreamResponse:
    """All checks at once. Only who asks for it, or fails, is told of each."""
    endpoint = request.path.strip("/")
    if "verbose" not in request.query:
        return _text("ok")
    excluded = set(request.query.getall("exclude", ()))
    lines = [f"[+]{check} {'excluded: ' if check in excluded else ''}ok" for check in CHECKS[endpoint]]
    unknown = sorted(excluded - set(CHECKS[endpoint]))
    if unknown:
        quoted = ",".join(f'"{check}"' for check in unknown)
        lines.append(f"warn: some health checks cannot be excluded: no matches for {quoted}")
    return _text("\n".join([*lines, f"{endpoint} check passed", ""]))


async def _check(cluster: Cluster, request: web.Request) -> web.StreamResponse:
    """One check, as `/livez/etcd`."""
    endpoint, _, check = request.path.strip("/").partition("/")
    return _text("ok") if check in CHECKS[endpoint] else await nowhere(cluster, request)


def _text(text: str) -> web.Response:
    headers = {"Cache-Control": "no-cache, private", "X-Content-Type-Options": "nosniff"}
    return web.Response(text=text, headers=headers)


async def _metrics(cluster: Cluster, request: web.Request) -> web.StreamResponse:
    """A few of the real server's metrics, in Prometheus's text form."""
    major, minor, patch = version_of(cluster.off)
    built = f'major="{major}",minor="{minor}",git_version="v{major}.{minor}.{patch}",platform="linux/amd64"'
    counts = [
        (f'group="{served.group}",resource="{served.plural}"', cluster.store.count(served.storage))
        for served in cluster.catalog
        if cluster.catalog.storage(served.storage) == served and {"list", "create"} <= served.verbs
    ]
    healthy = [
        (f'name="{check}",type="{kind}"', 1) for kind in ("healthz", "livez", "readyz") for check in CHECKS[kind]
    ]
    lines = [
        *_metric("apiserver_resource_objects", "[ALPHA] Number of stored objects at the time of last check.", counts),
        *_metric("kubernetes_build_info", "[ALPHA] A metric with a constant '1' value.", [(built, 1)]),
        *_metric("kubernetes_healthcheck", "[STABLE] This metric records the result of a single healthcheck.", healthy),
    ]
    response = _text("\n".join([*lines, ""]))
    response.headers["Content-Type"] = "text/plain; version=0.0.4; charset=utf-8"
    return response


def _metric(name: str, text: str, values: Iterable[tuple[str, int]]) -> list[str]:
    rows = [f"{name}{{{labels}}} {value}" for labels, value in values]
    return [f"# HELP {name} {text}", f"# TYPE {name} gauge", *rows]


PAGES: tuple[tuple[str, Page], ...] = (
    ("/version", _version),
    ("/version/", _version),
    ("/metrics", _metrics),
    *((f"/{endpoint}", _health) for endpoint in CHECKS),
    *((f"/{endpoint}/", _check) for endpoint in CHECKS),
)
