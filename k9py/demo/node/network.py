"""The network of the cluster: names and addresses, and what answers at a port. No packet ever leaves the process."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from k9py.demo.cluster import Cluster
from k9py.demo.controllers.pods import pods_of, read_map_selector
from k9py.demo.core.store import Obj
from k9py.demo.node.program import Process, Program

DOMAIN = "cluster.local"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A process that could answer, with the port to ask it at."""

    program: Program
    process: Process
    port: int

    def answer(self, received: bytes) -> bytes | None:
        """What it answers to bytes; None if nobody listens there."""
        return self.program.answer(self.process, self.port, received)

    @property
    def open(self) -> bool:
        """Whether anybody listens."""
        return self.answer(b"") is not None


class Unknown(Exception):
    """No such name."""


class Unanswered(Exception):
    """The name is known, but nothing answers: `refused` says no at once, otherwise nobody says anything."""

    def __init__(self, refused: bool) -> None:
        super().__init__("Connection refused" if refused else "Connection timed out")
        self.refused = refused


def resolve(cluster: Cluster, namespace: str, name: str) -> tuple[str, list[str]]:
    """The full name and the addresses of a name as a pod of a namespace asks for it. Unknown if there are none."""
    if re.fullmatch(r"\d+(\.\d+){3}", name) or name == "localhost":
        return name, ["127.0.0.1" if name == "localhost" else name]
    found = _service(cluster, namespace, name)
    if found is not None:
        service, pod = found
        full = f"{service['metadata']['name']}.{service['metadata']['namespace']}.svc.{DOMAIN}"
        address = service["spec"].get("clusterIP", "")
        if address not in ("", "None") and not pod:
            return full, [address]
        backing = _backing(cluster, service)
        known = ((obj["spec"].get("hostname", obj["metadata"]["name"]), obj["status"]["podIP"]) for obj in backing)
        ips = [ip for host, ip in known if pod in ("", host)]
        if ips:
            return f"{pod}.{full}" if pod else full, ips
    raise Unknown(name)


def connect(cluster: Cluster, namespace: str, name: str, port: int, own: Endpoint | None = None) -> Endpoint:
    """What answers at a name and a port. Unknown, or Unanswered, if there is nothing."""
    _, addresses = resolve(cluster, namespace, name)
    if addresses[0].startswith("127.") and own:
        return _first(_endpoints_of(cluster, own.process.uid, port, own), refused=True)
    found = _service(cluster, namespace, name) or _service_at(cluster, addresses[0])
    if found and not found[1] and found[0]["spec"].get("clusterIP") != "None":
        service, _ = found
        entry = next((one for one in service["spec"].get("ports", ()) if one["port"] == port), None)
        if entry is None:
            raise Unanswered(refused=False)
        return _first(_endpoints(cluster, _backing(cluster, service), entry), refused=True)
    for address in addresses:
        for obj in _at(cluster, address):
            return _first(_endpoints_of(cluster, obj["metadata"]["uid"], port), refused=True)
    raise Unanswered(refused=False)


def listener(cluster: Cluster, uid: str, port: int) -> Endpoint | None:
    """What listens at a port of a pod."""
    return next((one for one in _endpoints_of(cluster, uid, port) if one.open), None)


def _first(endpoints: Iterator[Endpoint], refused: bool) -> Endpoint:
    found = next((one for one in endpoints if one.open), None)
    if found is None:
        raise Unanswered(refused)
    return found


def _endpoints(cluster: Cluster, pods: list[Obj], entry: Obj) -> Iterator[Endpoint]:
    """Any of the pods, by chance, as kube-proxy chooses."""
    for pod in cluster.random.sample(pods, len(pods)):
        wanted: int | str = entry.get("targetPort") or entry["port"]
        port = target_port(pod, wanted)
        if port is not None:
            yield from _endpoints_of(cluster, pod["metadata"]["uid"], port)


def target_port(pod: Obj, wanted: int | str) -> int | None:
    """A port of a pod by number or by name."""
    if isinstance(wanted, int) or wanted.isdigit():
        return int(wanted)
    ports = (port for container in pod["spec"]["containers"] for port in container.get("ports", ()))
    return next((port["containerPort"] for port in ports if port.get("name") == wanted), None)


def _endpoints_of(cluster: Cluster, uid: str, port: int, own: Endpoint | None = None) -> Iterator[Endpoint]:
    run = cluster.kubelets.find(uid)
    for container in run.containers.values() if run else ():
        if container.process:
            yield Endpoint(container.program, container.process, port)
    if run is None and own:
        yield Endpoint(own.program, own.process, port)


def _service(cluster: Cluster, namespace: str, name: str) -> tuple[Obj, str] | None:
    """The Service of a name, and the pod if the name is that of one behind it (`web-0.web`)."""
    first, *rest = name.rstrip(".").removesuffix(f".{DOMAIN}").removesuffix(".svc").split(".")
    for pod, parts in (("", [first, *rest]), (first, rest)):
        if parts and len(parts) <= 2:
            service = cluster.registry.read("services", parts[1] if parts[1:] else namespace, parts[0])
            if service is not None:
                return service, pod
    return None


def _service_at(cluster: Cluster, address: str) -> tuple[Obj, str] | None:
    for entry in cluster.store.entries("services"):
        obj = entry.read()
        if obj["spec"].get("clusterIP") == address:
            return obj, ""
    return None


def _backing(cluster: Cluster, service: Obj) -> list[Obj]:
    """The pods that are ready behind a Service, as its EndpointSlices will have them."""
    selector = read_map_selector(service["spec"].get("selector"))
    unready = service["spec"].get("publishNotReadyAddresses", False)
    pods = pods_of(cluster).within(service["metadata"]["namespace"])
    found = (pod for pod in pods if selector.matches(pod.labels) and pod.ip and not pod.leaving)
    return [pod.entry.read() for pod in found if unready or pod.ready]


def _at(cluster: Cluster, address: str) -> Iterator[Obj]:
    for entry in cluster.store.entries("pods"):
        if f'"{address}"'.encode() in entry.raw:
            pod = entry.read()
            if pod["status"].get("podIP") == address and pod["status"].get("phase") == "Running":
                yield pod
