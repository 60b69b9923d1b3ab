"""The network of the cluster: names and addresses, and what answers at a port. No packet ever leaves the process."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from k9py.demo.cluster import Cluster
from k9py.demo.core.store import Entry, Obj
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
        system = self.process.system
        inner = system.listening.get(self.port) if system else None
        return inner(received) if inner else self.program.serve(self.process, self.port, received)

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
        pods = list(_backing(cluster, service))
        ips = [
            obj["status"]["podIP"]
            for obj in pods
            if not pod or obj["spec"].get("hostname", obj["metadata"]["name"]) == pod
        ]
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
        service = found[0]
        entry = next((one for one in service["spec"].get("ports", ()) if one["port"] == port), None)
        if entry is None:
            raise Unanswered(refused=False)
        pods = list(_backing(cluster, service))
        return _first(_endpoints(cluster, pods, entry), refused=True)
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
    parts = name.rstrip(".").removesuffix(f".{DOMAIN}").removesuffix(".svc").split(".")
    for head, where in ((parts[:1], parts[1:2] or [namespace]), (parts[1:2], parts[2:3] or [namespace])):
        if head and len(parts) <= 3:
            service = cluster.registry.read("services", where[0], head[0])
            if service is not None:
                return service, parts[0] if head is not parts[:1] and head == parts[1:2] and len(parts) > 1 and head[
                    0
                ] != parts[0] else ""
    return None


def _service_at(cluster: Cluster, address: str) -> tuple[Obj, str] | None:
    for entry in cluster.store.entries("services"):
        obj = entry.read()
        if obj["spec"].get("clusterIP") == address:
            return obj, ""
    return None


def _backing(cluster: Cluster, service: Obj) -> Iterator[Obj]:
    """The pods that are ready behind a Service, as its EndpointSlices will have them."""
    selector = service["spec"].get("selector")
    if not selector:
        return
    unready = service["spec"].get("publishNotReadyAddresses")
    for entry in cluster.store.entries("pods", service["metadata"]["namespace"]):
        if _selected(entry, selector):
            pod = entry.read()
            if pod.get("status", {}).get("podIP") and (unready or _ready(pod)):
                yield pod


def _selected(entry: Entry, selector: dict[str, str]) -> bool:
    return (
        all(entry.meta.labels.get(key) == value for key, value in selector.items())
        and not entry.meta.deletion_timestamp
    )


def _ready(pod: Obj) -> bool:
    conditions = pod["status"].get("conditions", ())
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def _at(cluster: Cluster, address: str) -> Iterator[Obj]:
    for entry in cluster.store.entries("pods"):
        pod = entry.read()
        if (pod.get("status") or {}).get("podIP") == address and pod["status"].get("phase") == "Running":
            yield pod
