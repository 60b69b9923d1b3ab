"""What a cluster runs for itself beside its control plane: aggregated APIs, and what `kubectl cluster-info` prints."""

from __future__ import annotations

from collections.abc import Iterator

from k9py.insight.cluster.facts import Facts
from k9py.insight.cluster.lines import Line, link_to, say, title
from k9py.insight.cluster.objects import ApiService, FullCondition, Service
from k9py.values.cell import Tone

CLUSTER_SERVICE = "kubernetes.io/cluster-service"
_NAME = "kubernetes.io/name"


def draw_aggregated(facts: Facts) -> Iterator[Line]:
    """The APIs that others serve than the API server, those first that cannot be had."""
    seen = facts.api_services
    found = [each for each in seen.items if each.spec.service or not _available(each)]
    lines = [_api(each) for each in found]
    yield title("Aggregated APIs")
    yield from sorted(lines, key=lambda line: (line.tone is Tone.OK, line.label))
    if seen.trouble:
        yield Line("apis", "APIs", (say("not seen", Tone.DIM), say(seen.trouble, Tone.DIM)), Tone.DIM)
    elif not lines:
        yield Line("apis", "none", (say("all are served by the API server itself", Tone.DIM),), Tone.DIM)


def _available(api: ApiService) -> bool:
    return _condition(api).status == "True"


def _condition(api: ApiService) -> FullCondition:
    found = (each for each in api.status.conditions if each.type == "Available")
    return next(found, FullCondition("Available", "Unknown"))


def _api(api: ApiService) -> Line:
    condition, service = _condition(api), api.spec.service
    served = say(f"by {service.namespace}/{service.name}" if service else "by the API server", Tone.DIM)
    link = link_to("apiservices.apiregistration.k8s.io", api.metadata)
    key, name = f"api:{api.metadata.name}", api.metadata.name
    if condition.status == "True":
        return Line(key, name, (say("available", Tone.OK), served), Tone.OK, link=link)
    why = f"{condition.reason}: {condition.message}".strip(": ") or "nothing is said of it"
    return Line(key, name, (say("not available", Tone.BAD), served, say(why)), Tone.BAD, link=link, alarm=why)


def draw_cluster_info(facts: Facts) -> Iterator[Line]:
    """The control plane's address, and the Services of kube-system that say they are of the cluster."""
    yield title("kubectl cluster-info")
    yield Line("info", "Kubernetes control plane", (say(facts.server),))
    seen = facts.services
    for service in sorted(seen.items, key=lambda each: each.metadata.name):
        labels = service.metadata.labels or {}
        if labels.get(CLUSTER_SERVICE) == "true":
            name = labels.get(_NAME) or service.metadata.name
            link = link_to("services", service.metadata)
            address = say(service_address(facts.server, service))
            yield Line(f"service:{service.metadata.name}", name, (address,), link=link)
    if seen.trouble:
        yield Line("services", "services", (say(f"not seen: {seen.trouble}", Tone.DIM),), Tone.DIM)


def service_address(server: str, service: Service) -> str:
    """Where it can be reached: at its load balancer, else through the API server.

    As kubectl/pkg/cmd/clusterinfo has it: `https:NAME:PORT-NAME` where the first port seems to speak TLS.
    """
    name, ports = service.metadata.name, service.spec.ports
    if ingress := service.status.load_balancer.ingress:
        host = ingress[0].ip or ingress[0].hostname
        return " ".join(f"http://{host}:{port.port}" for port in ports)
    if ports:
        first = ports[0]
        if first.name == "https" or first.port == 443:
            name = f"https:{name}:{first.name}"
        elif first.name:
            name = f"{name}:{first.name}"
    return f"{server}/api/v1/namespaces/{service.metadata.namespace}/services/{name}/proxy"
